/* Any bytes as text. Tokens come in order, lie inside the text, are UTF-8 of at most PIN_TERM_MAX
 * bytes; stems never grow; the normal form is its own normal form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/text/text.h"

#define MUST(claim)                                                                                          \
    do {                                                                                                     \
        if (!(claim)) {                                                                                      \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim);                              \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_term(pin_str term)
{
    MUST(term.len >= 1 && term.len <= PIN_TERM_MAX);
    MUST(pin_utf8_valid(term) == term.len);
}

static void check_part(const pin_token *part, const pin_token *whole)
{
    MUST(part->position == whole->position);
    MUST(part->from >= whole->from && part->to <= whole->to);
    MUST(part->to - part->from < whole->to - whole->from);
}

static void check_order(const pin_token *now, const pin_token *last, uint32_t position)
{
    MUST(now->position == position);
    MUST(now->kind == PIN_BIGRAM ? now->from >= last->from : now->from >= last->to);
}

static void check_tokens(pin_str text, pin_str language)
{
    pin_tokenizer t;
    pin_token     now, whole = {0};
    uint64_t      tokens = 0;
    uint32_t      position = 0;
    pin_tokenizer_init(&t, text, language);
    while (pin_tokenizer_next(&t, &now)) {
        MUST(now.from < now.to && now.to <= text.len);
        check_term(now.word);
        check_term(now.term);
        MUST(now.term.len <= now.word.len);
        MUST(now.kind == PIN_WORD || pin_str_equal(now.word, now.term));
        MUST(now.kind == PIN_WORD || !now.function);
        if (now.part) {
            check_part(&now, &whole);
        } else {
            check_order(&now, &whole, position++);
            whole = now;
        }
        MUST(++tokens <= 2 * (uint64_t)text.len); /* progress */
    }
    MUST(!pin_tokenizer_next(&t, &now));
}

/* The normal form in memory of exactly its size; free() it. */
static pin_str normal_form(pin_str text)
{
    pin_buf wanted = pin_buf_over(NULL, 0);
    pin_normalise(&wanted, text);
    char   *bytes = malloc(wanted.len ? wanted.len : 1);
    pin_buf out = pin_buf_over(bytes, wanted.len);
    MUST(bytes);
    pin_normalise(&out, text);
    MUST(out.len == wanted.len);
    return (pin_str){bytes, out.len};
}

static void check_normal_form(pin_str text)
{
    pin_str once = normal_form(text), twice = normal_form(once);
    MUST(pin_utf8_valid(once) == once.len);
    if (!pin_str_equal(once, twice))
        fprintf(stderr, "once  '%.*s'\ntwice '%.*s'\n", (int)once.len, once.at, (int)twice.len, twice.at);
    MUST(pin_str_equal(once, twice));
    free((char *)once.at);
    free((char *)twice.at);
}

static void check_stem(pin_str text)
{
    char *word = malloc(text.len ? text.len : 1);
    MUST(word);
    if (text.len)
        memcpy(word, text.at, text.len);
    MUST(pin_stem_english(word, text.len) <= text.len);
    free(word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pin_str text = {(const char *)data, size};
    check_tokens(text, PIN_STR(""));
    check_tokens(text, PIN_STR("fr"));
    check_tokens(text, PIN_STR("de-AT"));
    check_normal_form(text);
    check_stem(text);
    return 0;
}
