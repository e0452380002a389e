/* The canonical form of an item, and its hash. docs/evidence.md says what every line means; a program of a
 * hundred lines in another language rebuilds it from there, and a test holds the two against each other. */
#include "pincite/evidence.h"

#include <sodium.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "pincite/blocks.h"

void pin_evidence_hash(uint8_t out[PIN_EVIDENCE_LEN], pin_str bytes)
{
    crypto_generichash(out, PIN_EVIDENCE_LEN, (const unsigned char *)bytes.at, bytes.len, NULL, 0);
}

/* ---- Fields: "NAME LENGTH\n", the bytes, "\n" ---- */
static void field_head(pin_buf *out, const char *name, size_t len)
{
    pin_buf_adds(out, name);
    pin_buf_byte(out, ' ');
    pin_buf_uint(out, len);
    pin_buf_byte(out, '\n');
}

static void field(pin_buf *out, const char *name, pin_str value)
{
    field_head(out, name, value.len);
    pin_buf_add(out, value);
    pin_buf_byte(out, '\n');
}

/* The answer as plain text. Its length stands before it, so it is made twice: once to be measured. */
static pin_status answer(pin_buf *out, pin_str blocks)
{
    pin_buf    measure = {0};
    pin_status status = pin_blocks_plain(&measure, blocks);
    if (status == PIN_CORRUPT)
        return status;
    field_head(out, "answer", measure.len);
    size_t  left = out->cap > out->len ? out->cap - out->len : 0;
    pin_buf rest = pin_buf_over(left ? out->at + out->len : NULL, left);
    pin_blocks_plain(&rest, blocks);
    out->len += rest.len;
    pin_buf_byte(out, '\n');
    return PIN_OK;
}

static void structure(pin_buf *out, pin_str blocks)
{
    uint8_t hash[PIN_EVIDENCE_LEN];
    char    hex[2 * PIN_EVIDENCE_LEN];
    pin_evidence_hash(hash, blocks);
    pin_revision_hex(hex, (pin_str){(const char *)hash, sizeof hash});
    field(out, "structure", (pin_str){hex, sizeof hex});
}

static pin_str yes_or_no(bool claim) { return claim ? PIN_STR("yes") : PIN_STR("no"); }

static void citation(pin_buf *out, const pin_citation *c, const pin_footing *f)
{
    field(out, "written", c->written);
    field(out, "source", c->source);
    field(out, "provision", c->id);
    field(out, "state", pin_str_of(pin_cite_state_name((pin_cite_state)c->state)));
    field(out, "range", yes_or_no(c->from_range));
    field(out, "listed", yes_or_no(c->in_list));
    field(out, "note", c->note);
    field(out, "quote", c->quote);
    field(out, "version", f->version);
    field(out, "words", f->words);
}

pin_status pin_evidence_canonical(pin_buf *out, const pin_item *item, const pin_footing *footings,
                                  pin_error *err)
{
    pin_buf_adds(out, "pincite-revision 1\n");
    field(out, "id", item->id);
    field(out, "language", item->language);
    field(out, "question", item->question);
    field(out, "verdict", item->verdict);
    if (answer(out, item->blocks) != PIN_OK)
        return pin_fail(err, PIN_CORRUPT, 0, "the blocks of an answer are damaged");
    structure(out, item->blocks);
    for (uint32_t i = 0; i < item->citation_count; i++)
        citation(out, &item->citations[i], &footings[i]);
    return pin_buf_status(out) == PIN_OK ? PIN_OK
                                         : pin_fail(err, PIN_NO_SPACE, 0, "no room for a canonical form");
}
