/* Canonical ids and citations as written lead to the same references. */
#include <string.h>

#include "host/cli/provisions.h"

/* "art_13.par_8": steps of letters, an underscore and a number or letters, parted by dots. */
static bool looks_like_id(pin_str text)
{
    bool underscore = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '_')
            underscore = true;
        else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                   c == '-'))
            return false;
    }
    return underscore;
}

/* "source:id", or the id alone in the default source. False when it is no id at all. */
static bool split_id(pin_str *source, pin_str *id, const pin_index *ix, pin_str text)
{
    pin_release release;
    pin_index_release(&release, ix);
    const char *colon = text.len > 0 ? memchr(text.at, ':', text.len) : NULL;
    size_t      at = colon ? (size_t)(colon - text.at) : 0;
    *source = colon ? pin_str_part(text, 0, at) : release.default_source;
    *id = colon ? pin_str_part(text, at + 1, text.len) : text;
    return source->len > 0 && id->len > 0 && looks_like_id(*id);
}

static pin_status reference_to(pin_refs *out, const pin_index *ix, pin_str source, pin_str id, size_t len,
                               pin_arena *arena, pin_error *err)
{
    pin_source act;
    uint32_t   number;
    pin_status status = pin_index_find_source(&number, ix, source);
    pin_ref   *ref = pin_arena_take(arena, 1, sizeof *ref);
    if (!ref)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for a reference");
    *ref = (pin_ref){
        .to = (uint32_t)len, .act_named = true, .source = source, .id = id, .provision = PIN_NO_PROVISION};
    *out = (pin_refs){ref, 1};
    if (status != PIN_OK) {
        ref->state = PIN_CITE_OTHER_ACT;
        return PIN_OK;
    }
    status = pin_index_source(&act, ix, number, arena, err);
    if (status != PIN_OK)
        return status;
    ref->source = act.id;
    ref->state = act.loaded ? PIN_CITE_MISSING : PIN_CITE_NOT_CHECKED;
    status = pin_index_find_provision(&ref->provision, ix, number, id, err);
    if (status == PIN_OK)
        ref->state = PIN_CITE_RESOLVED;
    else
        ref->provision = PIN_NO_PROVISION;
    return status == PIN_NOT_FOUND ? PIN_OK : status;
}

pin_status pin_cli_provisions(pin_refs *out, const pin_index *ix, pin_str written, pin_arena *arena,
                              pin_error *err)
{
    pin_str source, id;
    written = pin_str_trim(written);
    if (split_id(&source, &id, ix, written))
        return reference_to(out, ix, source, id, written.len, arena, err);
    pin_law law = pin_index_law(ix);
    return pin_cite_scan(out, written, PIN_CITE_QUERY, &law, arena, err);
}

bool pin_cli_is_provision(const pin_ref *ref)
{
    return ref->id.len > 0 && (ref->state == PIN_CITE_RESOLVED || ref->state == PIN_CITE_NOT_CHECKED);
}
