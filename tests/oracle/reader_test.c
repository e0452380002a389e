/* Two readers, one file: core/read and tools/reader.py (written from docs/format.md alone) must see the
 * same in every section. Both print JSON Lines, which are compared byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/read/index.h"
#include "pincite/build.h"
#include "tests/oracle/sample.h"

/* ---- JSON as Python's json.dumps(separators=(",", ":")) writes it ---- */
static void put_text(FILE *out, pin_str text)
{
    fputc('"', out);
    for (size_t at = 0; at < text.len;) {
        uint32_t    c = pin_utf8_next(text, &at);
        const char *from = "\"\\\n\r\t\b\f", *to = "\"\\nrtbf",
                   *hit = c && c < 128 ? strchr(from, (int)c) : NULL;
        if (hit)
            fprintf(out, "\\%c", to[hit - from]);
        else if (c >= 0x10000)
            fprintf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
        else if (c < 0x20 || c > 0x7E)
            fprintf(out, c == 0x7F ? "\x7f" : "\\u%04x", c);
        else
            fputc((int)c, out);
    }
    fputc('"', out);
}

static void put_key(FILE *out, const char *key, pin_str text)
{
    fprintf(out, ",\"%s\":", key);
    put_text(out, text);
}

static void put_texts(FILE *out, const char *key, const pin_str *texts, uint32_t count)
{
    fprintf(out, ",\"%s\":[", key);
    for (uint32_t i = 0; i < count; i++) {
        fputs(i ? "," : "", out);
        put_text(out, texts[i]);
    }
    fputc(']', out);
}

static void put_hex(FILE *out, const char *key, pin_str bytes)
{
    fprintf(out, ",\"%s\":\"", key);
    for (size_t i = 0; i < bytes.len; i++)
        fprintf(out, "%02x", (uint8_t)bytes.at[i]);
    fputc('"', out);
}

/* ---- The rows of tools/reader.py ---- */
static void dump_release(FILE *out, const pin_index *ix)
{
    pin_release  r;
    pin_settings s;
    pin_index_release(&r, ix);
    pin_read_settings(&s, ix);
    fprintf(out, "{\"file_id\":\"%016llx\",\"items\":%u,\"modules\":%u,\"sources\":%u,\"provisions\":%u}\n",
            (unsigned long long)r.file_id, r.item_count, r.module_count, r.source_count, r.provision_count);
    fputs("{\"engine\":", out);
    put_text(out, r.engine);
    put_key(out, "release", r.release);
    put_key(out, "title", r.title);
    put_key(out, "publisher", r.publisher);
    put_key(out, "base", r.base);
    put_key(out, "language", r.language);
    put_key(out, "updated", r.updated);
    put_key(out, "published", r.published);
    put_key(out, "default_source", r.default_source);
    fprintf(out, ",\"citations\":%u,\"skipped\":%u,\"states\":[%u,%u,%u,%u,%u],\"weights\":[%u,%u]}\n",
            r.citation_count, r.skipped_count, r.cite_states[0], r.cite_states[1], r.cite_states[2],
            r.cite_states[3], r.cite_states[4], s.question_weight, s.answer_weight);
}

static void dump_modules(FILE *out, const pin_index *ix)
{
    for (uint32_t i = 0; i < ix->module_count; i++) {
        pin_module m;
        assert_int_equal(pin_index_module(&m, ix, i, NULL), PIN_OK);
        fprintf(out, "{\"module\":%u", i);
        put_key(out, "slug", m.slug);
        put_key(out, "title", m.title);
        put_key(out, "description", m.description);
        put_key(out, "icon", m.icon);
        put_key(out, "audience", m.audience);
        put_key(out, "author", m.author);
        put_key(out, "published", m.published);
        put_key(out, "updated", m.updated);
        put_hex(out, "overview", m.overview);
        fprintf(out, ",\"first\":%u,\"count\":%u,\"members\":[", m.first_item, m.item_count);
        for (uint32_t k = 0; k < m.member_count; k++) {
            uint32_t item;
            assert_int_equal(pin_index_member(&item, ix, i, k, NULL), PIN_OK);
            fprintf(out, k ? ",%u" : "%u", item);
        }
        fputs("]}\n", out);
    }
}

static void dump_sources(FILE *out, const pin_index *ix, pin_arena *arena)
{
    for (uint32_t i = 0; i < ix->source_count; i++) {
        pin_source s;
        assert_int_equal(pin_index_source(&s, ix, i, arena, NULL), PIN_OK);
        fprintf(out, "{\"source\":%u", i);
        put_key(out, "id", s.id);
        put_key(out, "title", s.title);
        put_key(out, "celex", s.celex);
        put_key(out, "eli", s.eli);
        put_key(out, "version", s.version);
        put_key(out, "language", s.language);
        put_key(out, "link", s.link);
        put_key(out, "rank", s.rank);
        put_texts(out, "names", s.names, s.name_count);
        fprintf(out, ",\"flags\":%d,\"first\":%u,\"count\":%u}\n", s.loaded + 2 * s.outline,
                s.first_provision, s.provision_count);
    }
}

static void dump_provisions(FILE *out, const pin_index *ix, pin_arena *arena)
{
    for (uint32_t i = 0; i < ix->provision_count; i++) {
        pin_provision p;
        pin_citings   who;
        size_t        mark = arena->used;
        assert_int_equal(pin_index_provision(&p, ix, i, arena, NULL), PIN_OK);
        assert_int_equal(pin_read_citing_rows(&who, ix, i, arena, NULL), PIN_OK);
        fprintf(out, "{\"provision\":%u,\"source\":%u,\"parent\":%lld,\"depth\":%u,\"end\":%u", i, p.source,
                p.parent == PIN_NO_PROVISION ? -1LL : (long long)p.parent, p.depth, p.end);
        put_key(out, "id", p.id);
        put_key(out, "label", p.label);
        put_key(out, "kind", p.kind);
        put_key(out, "heading", p.heading);
        put_key(out, "own", p.own);
        put_key(out, "text", p.text);
        fputs(",\"citing\":[", out);
        for (uint32_t k = 0; k < who.count; k++)
            fprintf(out, "%s[%u,%u,%d]", k ? "," : "", who.at[k].item, who.at[k].citation,
                    who.at[k].touch == PIN_TOUCH_RANGE);
        fputs("]}\n", out);
        arena->used = mark;
    }
}

static void dump_citation(FILE *out, const pin_citation *c)
{
    fprintf(out, "{\"how\":%d,\"entry\":%u",
            c->state + 8 * c->in_list + 16 * c->from_range + 32 * c->in_question, c->entry);
    put_key(out, "written", c->written);
    put_key(out, "source", c->source);
    put_key(out, "note", c->note);
    put_key(out, "quote", c->quote);
    put_key(out, "id", c->id);
    put_key(out, "label", c->label);
    fprintf(out, ",\"provision\":%lld}", c->provision == PIN_NO_PROVISION ? -1LL : (long long)c->provision);
}

static void dump_items(FILE *out, const pin_index *ix, pin_arena *arena)
{
    for (uint32_t i = 0; i < ix->item_count; i++) {
        pin_item        item;
        static uint32_t terms[100000];
        uint32_t        count;
        size_t          mark = arena->used;
        assert_int_equal(pin_index_item(&item, ix, i, arena, NULL), PIN_OK);
        fprintf(out, "{\"item\":%u,\"module\":%u", i, item.module);
        put_key(out, "id", item.id);
        put_key(out, "slug", item.slug);
        put_key(out, "given_id", item.given_id);
        put_key(out, "question", item.question);
        put_key(out, "verdict", item.verdict);
        put_key(out, "status", item.status);
        put_key(out, "status_text", item.status_text);
        put_key(out, "author", item.author);
        put_key(out, "published", item.published);
        put_key(out, "updated", item.updated);
        put_key(out, "language", item.language);
        put_hex(out, "blocks", item.blocks);
        put_texts(out, "related", item.related, item.related_count);
        fputs(",\"citations\":[", out);
        for (uint32_t k = 0; k < item.citation_count; k++) {
            fputs(k ? "," : "", out);
            dump_citation(out, &item.citations[k]);
        }
        fputs("],\"terms\":[", out);
        assert_int_equal(pin_read_question_terms(terms, 100000, &count, ix, i, NULL), PIN_OK);
        for (uint32_t k = 0; k < count; k++)
            fprintf(out, k ? ",%u" : "%u", terms[k]);
        fputs("]}\n", out);
        arena->used = mark;
    }
}

static void dump_list(FILE *out, const char *key, const pin_index *ix, const pin_list *list, pin_field field)
{
    pin_postings p;
    fprintf(out, ",\"%s\":[", key);
    assert_int_equal(pin_postings_open(&p, ix, list, field, NULL), PIN_OK);
    for (bool first = true; pin_postings_next(&p, NULL) == PIN_OK;)
        for (uint32_t i = 0; i < p.count; i++, first = false)
            fprintf(out, "%s[%u,%u]", first ? "" : ",", p.ids[i], p.impacts[i]);
    fputc(']', out);
}

static void dump_terms(FILE *out, const pin_index *ix)
{
    for (uint32_t page = 0, number = 0; page < ix->terms.pages; page++) {
        const uint8_t *at;
        pin_page_walk  w;
        assert_int_equal(pin_page_get(&at, ix, PIN_S_TERMS, page, NULL), PIN_OK);
        pin_page_walk_init(&w, PIN_S_TERMS, at);
        for (; pin_page_next(&w, NULL) == PIN_OK; number++) {
            pin_str  key = {(const char *)w.key, w.key_len};
            pin_term term;
            uint32_t again;
            assert_int_equal(pin_read_term(&term, ix, key, NULL), PIN_OK);
            assert_int_equal(pin_read_term_number(&again, ix, key, NULL), PIN_OK);
            assert_int_equal(again, number);
            fprintf(out, "{\"term\":%u", number);
            put_hex(out, "key", key);
            fprintf(out, ",\"df\":%u", term.df);
            dump_list(out, "question", ix, &term.lists[0], PIN_QUESTION);
            dump_list(out, "answer", ix, &term.lists[1], PIN_ANSWER);
            fputs("}\n", out);
        }
    }
}

static void dump_words(FILE *out, const pin_index *ix)
{
    pin_word_walk walk;
    pin_word      word;
    assert_int_equal(pin_words_seek(&walk, ix, PIN_STR(""), NULL), PIN_OK);
    while (pin_words_next(&word, &walk, NULL) == PIN_OK) {
        uint32_t numbers[1000], count;
        assert_int_equal(pin_read_deletes(numbers, 1000, &count, ix, word.text, NULL), PIN_OK);
        fprintf(out, "{\"word\":%u", word.number);
        put_key(out, "text", word.text);
        fprintf(out, ",\"df\":%u,\"question_df\":%u,\"deletes\":[", word.df, word.question_df);
        for (uint32_t i = 0; i < count; i++)
            fprintf(out, i ? ",%u" : "%u", numbers[i]);
        fputs("]}\n", out);
    }
}

static void dump(FILE *out, const sample_file *bytes)
{
    pin_piece  piece = {0, bytes->len, bytes->at};
    pin_file   file = {.len = bytes->len, .pieces = &piece, .piece_count = 1};
    size_t     room = 16u << 20;
    void      *memory = malloc(room);
    pin_arena  arena = pin_arena_over(memory, room);
    pin_index *ix;
    pin_error  err = {0};
    assert_int_equal(pin_index_open(&ix, &file, &arena, &err), PIN_OK);
    if (pin_index_verify(ix, &arena, &err) != PIN_OK)
        fail_msg("verify: %s", err.message);
    dump_release(out, ix);
    dump_modules(out, ix);
    dump_sources(out, ix, &arena);
    dump_provisions(out, ix, &arena);
    dump_items(out, ix, &arena);
    for (uint32_t i = 0; i < ix->abbreviation_count; i++) {
        pin_abbreviation a;
        assert_int_equal(pin_read_abbreviation(&a, ix, i, NULL), PIN_OK);
        fputs("{\"abbreviation\":[", out);
        put_text(out, a.short_form);
        fputc(',', out);
        put_text(out, a.long_form);
        fputs("]}\n", out);
    }
    dump_terms(out, ix);
    dump_words(out, ix);
    free(memory);
}

/* ---- Comparing ---- */
static void assert_same_in_both(const sample_file *bytes)
{
    char pin[] = "/tmp/pincite-reader-XXXXXX", command[512];
    int  fd = mkstemp(pin);
    assert_true(fd >= 0);
    FILE *out = fdopen(fd, "wb"), *ours = tmpfile();
    assert_int_equal(fwrite(bytes->at, 1, bytes->len, out), bytes->len);
    fclose(out);
    dump(ours, bytes);
    rewind(ours);
    snprintf(command, sizeof command, "python3 '%s/tools/reader.py' %s", PINCITE_SOURCE_DIR, pin);
    FILE  *theirs = popen(command, "r");
    char  *a = NULL, *b = NULL;
    size_t cap_a = 0, cap_b = 0, line = 0;
    for (;; line++) {
        ssize_t n = getline(&a, &cap_a, ours), m = getline(&b, &cap_b, theirs);
        if (n < 0 && m < 0)
            break;
        if (n != m || memcmp(a, b, (size_t)n) != 0)
            fail_msg("line %zu\n  C:      %.300s\n  Python: %.300s", line + 1, n < 0 ? "-" : a,
                     m < 0 ? "-" : b);
    }
    assert_int_equal(pclose(theirs), 0);
    assert_true(line > 50);
    fclose(ours);
    unlink(pin);
    free(a);
    free(b);
}

static void both_readers_see_the_same_in_made_up_corpora(void **state)
{
    (void)state;
    static const uint32_t sizes[][3] = {{1, 1, 0}, {25, 3, 4}, {301, 5, 60}, {5000, 9, 150}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        sample s;
        sample_make(&s, sizes[i][0], sizes[i][1], sizes[i][2], i + 60);
        sample_file file = sample_index(&s);
        assert_non_null(file.at);
        assert_same_in_both(&file);
        free(file.at);
        sample_free(&s);
    }
}

/* ---- The real ones ---- */
static bool read_all(sample_file *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    *out = (sample_file){0};
    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    out->len = (size_t)ftell(file);
    rewind(file);
    out->at = malloc(out->len + 1);
    bool good = fread(out->at, 1, out->len, file) == out->len;
    fclose(file);
    return good;
}

static pin_input one_file(pin_input_file *file, const sample_file *bytes, const char *name)
{
    *file = (pin_input_file){pin_str_of(name), pin_str_of(name), {(const char *)bytes->at, bytes->len}};
    return (pin_input){.root = pin_str_of(name), .files = file, .file_count = 1};
}

static void both_readers_see_the_same_in_the_real_corpus(void **state)
{
    (void)state;
    sample_file corpus, law, index = {0};
    if (!read_all(&corpus, PINCITE_SHARED_DIR "/eval-dev/faq/corpus.jsonl")) {
        print_message("skipped: the shared data are not here\n");
        skip();
    }
    assert_true(read_all(&law, PINCITE_SHARED_DIR "/cra/provisions.jsonl"));
    pin_input_file    files[2];
    pin_build_options options = {0};
    pin_input_source  source = {.id = PIN_STR("cra"), .input = one_file(&files[0], &law, "provisions.jsonl")};
    pin_input         input = one_file(&files[1], &corpus, "corpus.jsonl");
    pin_build_report  report;
    pin_sink          sink = {&index, sample_write};
    pin_error         err = {0};
    pin_build        *b = pin_build_new(&options);
    assert_int_equal(pin_build_add_source(b, &source, &err), PIN_OK);
    assert_int_equal(pin_build_add_corpus(b, &input, &err), PIN_OK);
    assert_int_equal(pin_build_finish(&report, b, &sink, &err), PIN_OK);
    assert_int_equal(report.item_count, 148);
    assert_int_equal(report.provision_count, 891);
    assert_same_in_both(&index);
    pin_build_free(b);
    free(index.at);
    free(corpus.at);
    free(law.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_readers_see_the_same_in_made_up_corpora),
        cmocka_unit_test(both_readers_see_the_same_in_the_real_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
