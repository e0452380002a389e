/* What was written is what is read: every field, list, word and link of made-up corpora, against the
 * drafts themselves and against postings counted in the plainest way. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/format/layout.h"
#include "core/read/read.h"
#include "core/text/text.h"
#include "tests/oracle/sample.h"

typedef struct opened {
    sample      s;
    sample_file bytes;
    pin_piece   piece;
    pin_file    file;
    pin_arena   arena;
    pin_index  *ix;
} opened;

static void open_sample(opened *o, uint32_t items, uint32_t modules, uint32_t articles, uint64_t seed)
{
    pin_error err = {0};
    sample_make(&o->s, items, modules, articles, seed);
    o->bytes = sample_index(&o->s);
    assert_non_null(o->bytes.at);
    o->piece = (pin_piece){0, o->bytes.len, o->bytes.at};
    o->file = (pin_file){.len = o->bytes.len, .pieces = &o->piece, .piece_count = 1};
    o->arena = pin_arena_over(malloc(32u << 20), 32u << 20);
    assert_int_equal(pin_index_open(&o->ix, &o->file, &o->arena, &err), PIN_OK);
}

static void close_sample(opened *o)
{
    free(o->arena.base);
    free(o->bytes.at);
    sample_free(&o->s);
}

static void assert_str(pin_str a, pin_str b)
{
    assert_int_equal(a.len, b.len);
    if (a.len)
        assert_memory_equal(a.at, b.at, a.len);
}

static void check_citation(const pin_citation *a, const pin_citation *b)
{
    assert_str(a->written, b->written);
    assert_str(a->source, b->source);
    assert_str(a->id, b->id);
    assert_str(a->label, b->label);
    assert_str(a->note, b->note);
    assert_str(a->quote, b->quote);
    assert_int_equal(a->provision, b->provision);
    assert_int_equal(a->entry, b->entry);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->in_list, b->in_list);
    assert_int_equal(a->from_range, b->from_range);
    assert_int_equal(a->in_question, b->in_question);
}

static void check_items(opened *o)
{
    for (uint32_t i = 0; i < o->s.corpus.item_count; i++) {
        const pin_draft_item *d = &o->s.corpus.items[i];
        pin_item              item;
        pin_module            module;
        pin_str               status;
        uint32_t              found;
        size_t                mark = o->arena.used;
        assert_int_equal(pin_index_item(&item, o->ix, i, &o->arena, NULL), PIN_OK);
        assert_int_equal(pin_index_module(&module, o->ix, item.module, NULL), PIN_OK);
        assert_str(module.slug, d->module);
        assert_int_equal(pin_read_item_module(o->ix, i), item.module);
        assert_str(item.id, d->id);
        assert_str(item.slug, d->slug);
        assert_str(item.given_id, d->given_id);
        assert_str(item.question, d->question);
        assert_str(item.verdict, d->verdict);
        assert_str(item.status, d->status);
        assert_str(item.status_text, d->status_text);
        assert_str(item.author, d->author);
        assert_str(item.updated, d->updated);
        assert_str(item.blocks, d->blocks);
        assert_int_equal(item.related_count, d->related_count);
        for (uint32_t k = 0; k < d->related_count; k++)
            assert_str(item.related[k], d->related[k]);
        assert_int_equal(item.citation_count, d->citation_count);
        for (uint32_t k = 0; k < d->citation_count; k++)
            check_citation(&item.citations[k], &d->citations[k]);
        assert_int_equal(pin_read_item_status(&status, o->ix, i, NULL), PIN_OK);
        assert_str(status, d->status);
        assert_int_equal(pin_index_find_item(&found, o->ix, d->id, &o->arena, NULL), PIN_OK);
        assert_int_equal(found, i);
        if (d->given_id.len) {
            assert_int_equal(pin_index_find_item(&found, o->ix, d->given_id, &o->arena, NULL), PIN_OK);
            assert_int_equal(found, i);
        }
        o->arena.used = mark;
    }
}

static void every_item_is_read_as_it_was_drafted(void **state)
{
    (void)state;
    static const uint32_t sizes[][3] = {{1, 1, 0}, {12, 3, 4}, {700, 9, 40}, {9000, 20, 100}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        opened o;
        open_sample(&o, sizes[i][0], sizes[i][1], sizes[i][2], i + 1);
        check_items(&o);
        pin_error err = {0};
        if (pin_index_verify(o.ix, &o.arena, &err) != PIN_OK)
            fail_msg("%s at %llu", err.message, (unsigned long long)err.offset);
        close_sample(&o);
    }
}

static void an_id_that_nobody_has_is_not_found(void **state)
{
    (void)state;
    opened   o;
    uint32_t found;
    open_sample(&o, 50, 2, 3, 5);
    assert_int_equal(pin_index_find_item(&found, o.ix, PIN_STR("module-0/item-999"), &o.arena, NULL),
                     PIN_NOT_FOUND);
    assert_int_equal(pin_index_find_item(&found, o.ix, PIN_STR(""), &o.arena, NULL), PIN_NOT_FOUND);
    assert_int_equal(pin_index_find_module(&found, o.ix, PIN_STR("module-9")), PIN_NOT_FOUND);
    assert_int_equal(pin_index_find_source(&found, o.ix, PIN_STR("gdpr")), PIN_NOT_FOUND);
    assert_int_equal(pin_index_find_provision(&found, o.ix, 0, PIN_STR("art_4"), NULL), PIN_NOT_FOUND);
    assert_int_equal(pin_index_find_provision(&found, o.ix, 1, PIN_STR("art_3"), NULL), PIN_NOT_FOUND);
    close_sample(&o);
}

static void members_keep_the_publishers_order_and_leave_nothing_out(void **state)
{
    (void)state;
    opened o;
    open_sample(&o, 30, 3, 2, 9);
    for (uint32_t m = 0; m < 3; m++) {
        pin_module module;
        uint32_t   item, own = 0;
        assert_int_equal(pin_index_module(&module, o.ix, m, NULL), PIN_OK);
        assert_int_equal(module.first_item, m * 10);
        assert_int_equal(module.item_count, 10);
        assert_int_equal(module.member_count, m == 0 ? 10 : 11);
        assert_int_equal(pin_index_member(&item, o.ix, m, 0, NULL), PIN_OK);
        assert_int_equal(item, m * 10 + 9);
        assert_int_equal(pin_index_member(&item, o.ix, m, 1, NULL), PIN_OK);
        assert_int_equal(item, 0);
        for (uint32_t k = 0; k < module.member_count; k++) {
            assert_int_equal(pin_index_member(&item, o.ix, m, k, NULL), PIN_OK);
            own += item / 10 == m;
        }
        assert_int_equal(own, 10);
        assert_int_equal(pin_index_member(&item, o.ix, m, module.member_count, NULL), PIN_NOT_FOUND);
    }
    close_sample(&o);
}

static void provisions_keep_their_words_and_their_tree(void **state)
{
    (void)state;
    opened o;
    open_sample(&o, 20, 2, 30, 4);
    pin_law law = pin_index_law(o.ix);
    assert_int_equal(law.act_count(law.ctx), 2);
    assert_int_equal(law.default_act, 0);
    for (uint32_t k = 0; k < 2; k++) {
        const pin_draft_source *d = &o.s.sources.sources[k];
        pin_source              source;
        pin_str                 name;
        assert_int_equal(pin_index_source(&source, o.ix, k, &o.arena, NULL), PIN_OK);
        assert_str(source.id, d->id);
        assert_str(source.celex, d->celex);
        assert_int_equal(source.name_count, 2);
        assert_true(law.act_name(law.ctx, k, 1, &name));
        assert_str(name, d->names[1]);
        assert_false(law.act_name(law.ctx, k, 2, &name));
        for (uint32_t i = 0; i < d->provision_count; i++) {
            const pin_draft_provision *p = &d->provisions[i];
            pin_provision              read;
            uint32_t                   number;
            assert_int_equal(pin_index_find_provision(&number, o.ix, k, p->id, NULL), PIN_OK);
            assert_int_equal(number, d->first + i);
            assert_int_equal(pin_index_provision(&read, o.ix, number, &o.arena, NULL), PIN_OK);
            assert_str(read.label, p->label);
            assert_str(read.kind, p->kind);
            assert_str(read.heading, p->heading);
            assert_str(read.text, p->text);
            assert_str(read.own, p->own);
            assert_int_equal(read.parent,
                             p->parent == PIN_NO_PROVISION ? PIN_NO_PROVISION : d->first + p->parent);
            /* an article has two paragraphs and one point below it */
            uint32_t below = p->parent == PIN_NO_PROVISION ? 3 : p->also_count || i % 4 == 3 ? 0 : 1;
            assert_int_equal(read.end, number + 1 + below);
            assert_int_equal(read.depth, p->parent == PIN_NO_PROVISION ? 0 : p->also_count ? 2 : 1);
            if (p->also_count)
                assert_int_equal(law.find_also(law.ctx, k, p->also[0]), number);
        }
    }
    assert_int_equal(law.find_also(law.ctx, 0, PIN_STR("Article 999(1a)")), PIN_NO_PROVISION);
    close_sample(&o);
}

/* ---- Postings, counted plainly ---- */
typedef struct counted {
    char     key[PIN_TERM_MAX];
    size_t   len;
    uint32_t item, tf;
    int      field;
} counted;

static counted *rows;
static size_t   row_count, row_cap;

static int by_key(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    int            order = pin_str_order((pin_str){x->key, x->len}, (pin_str){y->key, y->len});
    if (order)
        return order;
    if (x->field != y->field)
        return x->field - y->field;
    return x->item < y->item ? -1 : x->item > y->item;
}

static uint32_t count_tokens(pin_str text, uint32_t item, int field)
{
    pin_tokenizer t;
    pin_token     token;
    uint32_t      len = 0;
    pin_tokenizer_init(&t, text, PIN_STR("en"));
    while (pin_tokenizer_next(&t, &token)) {
        if (row_count == row_cap) {
            row_cap = row_cap ? row_cap * 2 : 4096;
            rows = realloc(rows, row_cap * sizeof *rows);
        }
        counted *r = &rows[row_count++];
        *r = (counted){.len = token.term.len, .item = item, .tf = 1, .field = field};
        memcpy(r->key, token.term.at, token.term.len);
        len += !token.part;
    }
    return len;
}

static uint32_t count_answer(const pin_draft_item *d, uint32_t item)
{
    uint32_t len = 0, last_entry = UINT32_MAX;
    if (d->verdict.len && !pin_str_starts(d->plain, d->verdict))
        len += count_tokens(d->verdict, item, 1);
    len += count_tokens(d->plain, item, 1);
    for (uint32_t i = 0; i < d->citation_count; i++) {
        const pin_citation *c = &d->citations[i];
        if (!c->in_list) {
            last_entry = UINT32_MAX;
            continue;
        }
        if (c->entry != last_entry)
            len += count_tokens(c->written, item, 1) + count_tokens(c->note, item, 1);
        last_entry = c->entry;
    }
    return len;
}

/* The formula of docs/format.md, in floating point. */
static double exact_impact(double tf, double len, double average, int field)
{
    double k1 = field ? 1.5 : 1.0, b = field ? 0.75 : 0.5;
    double x = tf / (1 - b + b * len / average);
    return 255 * x / (x + k1);
}

static uint32_t list_forms[4];

static void check_list(opened *o, const pin_list *list, int field, const counted *from, uint32_t count,
                       const uint32_t *lengths, double average)
{
    pin_postings p;
    uint32_t     done = 0;
    uint8_t      max = 0;
    assert_int_equal(list->count, count);
    assert_int_equal(pin_postings_open(&p, o->ix, list, (pin_field)field, NULL), PIN_OK);
    while (pin_postings_next(&p, NULL) == PIN_OK)
        for (uint32_t i = 0; i < p.count; i++, done++) {
            assert_true(done < count);
            assert_int_equal(p.ids[i], from[done].item);
            double exact = exact_impact(from[done].tf, lengths[from[done].item * 2 + field], average, field);
            double most = list->form == PIN_LIST_FLAT ? 0.5 * 17 + 0.51 : 0.51;
            if (exact < 17 && list->form == PIN_LIST_FLAT)
                most = 17; /* at least one nibble step */
            if (fabs(p.impacts[i] - exact) > most)
                fail_msg("impact %d, should be %f", p.impacts[i], exact);
            max = p.impacts[i] > max ? p.impacts[i] : max;
        }
    assert_int_equal(done, count);
    assert_int_equal(list->max, max);
    if (count)
        list_forms[list->form]++;
}

static void lists_hold_what_the_texts_say(void **state)
{
    (void)state;
    opened o;
    open_sample(&o, 9000, 11, 20, 77);
    uint32_t  n = o.s.corpus.item_count;
    uint32_t *lengths = calloc(n * 2, sizeof *lengths);
    double    average[2] = {0};
    row_count = 0;
    for (uint32_t i = 0; i < n; i++) {
        lengths[i * 2] = count_tokens(o.s.corpus.items[i].question, i, 0);
        lengths[i * 2 + 1] = count_answer(&o.s.corpus.items[i], i);
        average[0] += (double)lengths[i * 2] / n;
        average[1] += (double)lengths[i * 2 + 1] / n;
    }
    qsort(rows, row_count, sizeof *rows, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < row_count; i++)
        if (kept && by_key(&rows[kept - 1], &rows[i]) == 0)
            rows[kept - 1].tf++;
        else
            rows[kept++] = rows[i];
    for (size_t from = 0, to; from < kept; from = to) {
        pin_term term;
        uint32_t count[2] = {0};
        pin_str  key = {rows[from].key, rows[from].len};
        for (to = from; to < kept && pin_str_equal((pin_str){rows[to].key, rows[to].len}, key); to++)
            count[rows[to].field]++;
        assert_int_equal(pin_read_term(&term, o.ix, key, NULL), PIN_OK);
        check_list(&o, &term.lists[0], 0, rows + from, count[0], lengths, average[0]);
        check_list(&o, &term.lists[1], 1, rows + from + count[0], count[1], lengths, average[1]);
        uint32_t both = 0;
        for (size_t a = from, b = from + count[0]; a < from + count[0] && b < to;) {
            both += rows[a].item == rows[b].item;
            if (rows[a].item <= rows[b].item)
                a++;
            else
                b++;
        }
        assert_int_equal(term.df, count[0] + count[1] - both);
    }
    for (int form = 0; form < 4; form++)
        assert_true(list_forms[form] > 0); /* the sample has lists of every form */
    pin_term term;
    assert_int_equal(pin_read_term(&term, o.ix, PIN_STR("zzzz"), NULL), PIN_NOT_FOUND);
    assert_int_equal(pin_read_term(&term, o.ix, PIN_STR(""), NULL), PIN_NOT_FOUND);
    assert_int_equal(pin_read_term(&term, o.ix, PIN_STR("\x01"), NULL), PIN_NOT_FOUND);
    free(lengths);
    free(rows);
    rows = NULL;
    row_cap = 0;
    close_sample(&o);
}

/* ---- Provisions as terms ---- */
static uint8_t impact_in(opened *o, const char *key, pin_field field, uint32_t item)
{
    pin_term     term;
    pin_postings p;
    if (pin_read_term(&term, o->ix, pin_str_of(key), NULL) != PIN_OK)
        return 0;
    assert_int_equal(pin_postings_open(&p, o->ix, &term.lists[field], field, NULL), PIN_OK);
    while (pin_postings_next(&p, NULL) == PIN_OK)
        for (uint32_t i = 0; i < p.count; i++)
            if (p.ids[i] == item)
                return p.impacts[i];
    return 0;
}

static pin_citation cited(sample *s, const char *id, bool in_list, bool from_range)
{
    const pin_draft_source *cra = &s->sources.sources[0];
    for (uint32_t i = 0; i < cra->provision_count; i++)
        if (pin_str_equal(cra->provisions[i].id, pin_str_of(id)))
            return (pin_citation){.source = cra->id,
                                  .id = cra->provisions[i].id,
                                  .label = cra->provisions[i].label,
                                  .provision = i,
                                  .in_list = in_list,
                                  .from_range = from_range};
    return (pin_citation){.source = PIN_STR("gdpr"),
                          .id = pin_str_of(id),
                          .state = PIN_CITE_NOT_CHECKED,
                          .provision = PIN_NO_PROVISION,
                          .in_list = in_list};
}

static void provisions_are_terms_with_everything_above_them(void **state)
{
    (void)state;
    opened       o;
    sample      *s = &o.s;
    pin_citation c[4][3];
    sample_make(s, 4, 1, 5, 3);
    c[0][0] = cited(s, "art_2.par_1.pnt_a", true, false);
    c[1][0] = cited(s, "art_2.par_1", false, false);
    c[2][0] = cited(s, "art_2.par_1", true, true);
    c[2][1] = cited(s, "art_2.par_2", true, false);
    c[3][0] = cited(s, "art_9.par_3.pnt_b", true, false); /* of an act that is not loaded */
    for (uint32_t i = 0; i < 4; i++) {
        s->corpus.items[i].citations = c[i];
        s->corpus.items[i].citation_count = i == 2 ? 2 : 1;
        s->corpus.items[i].blocks = s->corpus.items[i].plain = (pin_str){0};
    }
    o.bytes = sample_index(s);
    o.piece = (pin_piece){0, o.bytes.len, o.bytes.at};
    o.file = (pin_file){.len = o.bytes.len, .pieces = &o.piece, .piece_count = 1};
    o.arena = pin_arena_over(malloc(1u << 20), 1u << 20);
    assert_int_equal(pin_index_open(&o.ix, &o.file, &o.arena, NULL), PIN_OK);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2.par_1.pnt_a",
                               PIN_QUESTION, 0),
                     255);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2.par_1",
                               PIN_QUESTION, 0),
                     128);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2",
                               PIN_QUESTION, 0),
                     64);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2.par_1",
                               PIN_QUESTION, 1),
                     0);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2.par_1",
                               PIN_ANSWER, 1),
                     255);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2",
                               PIN_ANSWER, 1),
                     128);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2.par_1",
                               PIN_QUESTION, 2),
                     204);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "cra:art_2",
                               PIN_QUESTION, 2),
                     128 + 24);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "gdpr:art_9.par_3",
                               PIN_QUESTION, 3),
                     128);
    assert_int_equal(impact_in(&o,
                               "\x01"
                               "gdpr:art_9",
                               PIN_QUESTION, 3),
                     64);

    pin_citings who;
    uint32_t    number;
    assert_int_equal(pin_index_find_provision(&number, o.ix, 0, PIN_STR("art_2.par_1"), NULL), PIN_OK);
    assert_int_equal(pin_index_citing(&who, o.ix, number, &o.arena, NULL), PIN_OK);
    assert_int_equal(who.count, 3);
    assert_int_equal(who.at[0].item, 1);
    assert_int_equal(who.at[0].touch, PIN_TOUCH_EXACT);
    assert_int_equal(who.at[1].item, 2);
    assert_int_equal(who.at[1].touch, PIN_TOUCH_RANGE);
    assert_int_equal(who.at[2].item, 0);
    assert_int_equal(who.at[2].touch, PIN_TOUCH_CHILD);
    assert_int_equal(pin_index_find_provision(&number, o.ix, 0, PIN_STR("art_2.par_1.pnt_a"), NULL), PIN_OK);
    assert_int_equal(pin_index_citing(&who, o.ix, number, &o.arena, NULL), PIN_OK);
    assert_int_equal(who.count, 3);
    assert_int_equal(who.at[0].item, 0);
    assert_int_equal(who.at[1].touch, PIN_TOUCH_PARENT);
    close_sample(&o);
}

/* ---- Words, typos, exact questions, abbreviations, forward index ---- */
static void words_are_sorted_and_found_by_what_is_left_of_them(void **state)
{
    (void)state;
    opened        o;
    pin_settings  settings;
    pin_word_walk walk, at;
    pin_word      word, again;
    char          last[64];
    size_t        last_len = 0;
    uint32_t      seen = 0, numbers[64], count, found;
    open_sample(&o, 3000, 5, 10, 21);
    pin_read_settings(&settings, o.ix);
    assert_int_equal(pin_words_seek(&walk, o.ix, PIN_STR(""), NULL), PIN_OK);
    while (pin_words_next(&word, &walk, NULL) == PIN_OK) {
        assert_int_equal(word.number, seen++);
        assert_true(pin_str_order(word.text, (pin_str){last, last_len}) > 0);
        memcpy(last, word.text.at, word.text.len);
        last_len = word.text.len;
        assert_true(word.df >= word.question_df && word.df > 0 && word.df <= 3000);
        assert_int_equal(pin_words_at(&at, o.ix, word.number, NULL), PIN_OK);
        assert_int_equal(pin_words_next(&again, &at, NULL), PIN_OK);
        assert_str(again.text, word.text);
        assert_int_equal(pin_words_seek(&at, o.ix, (pin_str){last, last_len}, NULL), PIN_OK);
        assert_int_equal(pin_words_next(&again, &at, NULL), PIN_OK);
        assert_int_equal(again.number, word.number);
        if (last_len < 3 || last[0] < 'a' || last[0] > 'z' || memchr(last, '-', last_len) ||
            memchr(last, '&', last_len))
            continue;
        for (size_t cut = 0; cut <= last_len; cut++) { /* each character taken out, and none */
            char   reduced[64];
            size_t len = cut == last_len ? last_len : last_len - 1;
            memcpy(reduced, last, last_len);
            if (cut < last_len)
                memmove(reduced + cut, reduced + cut + 1, last_len - cut - 1);
            assert_int_equal(pin_read_deletes(numbers, 64, &count, o.ix, (pin_str){reduced, len}, NULL),
                             PIN_OK);
            for (found = 0; found < count && numbers[found] != word.number; found++) {
            }
            assert_true(found < count);
        }
    }
    assert_int_equal(seen, settings.word_count);
    assert_true(seen > 500);
    assert_int_equal(pin_words_seek(&walk, o.ix, PIN_STR("\xff\xff"), NULL), PIN_OK);
    assert_int_equal(pin_words_next(&word, &walk, NULL), PIN_NOT_FOUND);
    assert_int_equal(pin_words_at(&walk, o.ix, seen, NULL), PIN_NOT_FOUND);
    close_sample(&o);
}

static void questions_are_found_whole_and_term_by_term(void **state)
{
    (void)state;
    opened o;
    open_sample(&o, 400, 4, 3, 8);
    for (uint32_t i = 0; i < 400; i++) {
        pin_str       question = o.s.corpus.items[i].question;
        char          room[4096];
        pin_buf       normal = pin_buf_over(room, sizeof room);
        uint32_t      items[64], count, numbers[64], at = 0, number;
        pin_tokenizer t;
        pin_token     token;
        pin_normalise(&normal, question);
        assert_int_equal(pin_read_exact(items, 64, &count, o.ix, pin_buf_str(&normal), NULL), PIN_OK);
        for (at = 0; at < count && items[at] != i; at++) {
        }
        assert_true(at < count);
        assert_int_equal(pin_read_question_terms(numbers, 64, &count, o.ix, i, NULL), PIN_OK);
        pin_tokenizer_init(&t, question, PIN_STR("en"));
        for (at = 0; pin_tokenizer_next(&t, &token);) {
            if (token.part)
                continue;
            assert_int_equal(pin_read_term_number(&number, o.ix, token.term, NULL), PIN_OK);
            assert_true(at < count);
            assert_int_equal(numbers[at++], number);
        }
        assert_int_equal(at, count);
    }
    uint32_t count, items[4];
    assert_int_equal(pin_read_exact(items, 4, &count, o.ix, PIN_STR("nobody asked this"), NULL), PIN_OK);
    assert_int_equal(count, 0);
    close_sample(&o);
}

static void abbreviations_are_those_that_the_text_explains(void **state)
{
    (void)state;
    opened           o;
    pin_abbreviation a;
    open_sample(&o, 60, 2, 2, 6);
    assert_int_equal(pin_read_abbreviation_count(o.ix), 2); /* EUCC does not fit its words */
    assert_int_equal(pin_read_abbreviation(&a, o.ix, 0, NULL), PIN_OK);
    assert_str(a.short_form, PIN_STR("cvd"));
    assert_str(a.long_form, PIN_STR("coordinated vulnerability disclosure"));
    assert_int_equal(pin_read_abbreviation(&a, o.ix, 1, NULL), PIN_OK);
    assert_str(a.short_form, PIN_STR("sbom"));
    assert_str(a.long_form, PIN_STR("software bill of materials"));
    close_sample(&o);
}

static void the_same_corpus_gives_the_same_bytes(void **state)
{
    (void)state;
    sample a, b, other;
    sample_make(&a, 6000, 7, 20, 2);
    sample_make(&b, 6000, 7, 20, 2);
    sample_make(&other, 6000, 7, 20, 3);
    sample_file x = sample_index(&a), y = sample_index(&b), z = sample_index(&other);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.at, y.at, x.len);
    assert_true(pin_load64(x.at + 24) != pin_load64(z.at + 24)); /* the file id follows the content */
    free(x.at);
    free(y.at);
    free(z.at);
    sample_free(&a);
    sample_free(&b);
    sample_free(&other);
}

/* A sink that says no at its n-th write must end the writing with PIN_IO, whenever that is. */
typedef struct refusing {
    uint32_t left;
} refusing;

static bool refuse(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    refusing *r = ctx;
    (void)offset;
    (void)bytes;
    (void)len;
    return r->left > 0 && r->left-- > 0;
}

static void a_sink_that_refuses_ends_the_writing(void **state)
{
    (void)state;
    sample           s;
    pin_write_report report;
    sample_make(&s, 5, 1, 2, 1);
    pin_status st = PIN_IO;
    uint32_t   n = 0;
    for (; st == PIN_IO; n++) {
        refusing r = {n};
        pin_sink sink = {&r, refuse};
        st = pin_write_index(&report, &s.corpus, &s.sources, NULL, &sink, NULL);
        assert_true(st == PIN_OK || st == PIN_IO);
    }
    assert_true(n > 20);
    sample_free(&s);
}

/* ---- Reading over a network: only what was asked for is there ---- */
typedef struct network {
    const sample_file *file;
    pin_piece          pieces[512];
    uint32_t           count;
    uint64_t           fetched;
    uint32_t           rounds;
} network;

static int by_offset(const void *a, const void *b)
{
    const pin_piece *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Fetches what was asked for, in exact copies so that the sanitizer sees a byte too far. */
static void fetch(network *net, pin_needs *needs)
{
    for (uint32_t i = 0; i < needs->count; i++) {
        uint64_t from = needs->at[i].offset, to = from + needs->at[i].len;
        assert_true(to <= net->file->len);
        for (uint32_t k = 0; k < net->count; k++) { /* pieces are disjoint: take over what they have */
            pin_piece *p = &net->pieces[k];
            if (p->offset + p->len < from || p->offset > to)
                continue;
            from = p->offset < from ? p->offset : from;
            to = p->offset + p->len > to ? p->offset + p->len : to;
            free((void *)(uintptr_t)p->at);
            *p = net->pieces[--net->count];
            k = UINT32_MAX; /* from the start */
        }
        uint8_t *copy = malloc((size_t)(to - from));
        memcpy(copy, net->file->at + from, (size_t)(to - from));
        assert_true(net->count < 512);
        net->pieces[net->count++] = (pin_piece){from, to - from, copy};
        net->fetched += needs->at[i].len;
        qsort(net->pieces, net->count, sizeof net->pieces[0], by_offset);
    }
    needs->count = 0;
    net->rounds++;
}

static void a_reader_with_pieces_fetches_little_and_sees_the_same(void **state)
{
    (void)state;
    opened o;
    open_sample(&o, 9000, 20, 50, 12);
    network    net = {.file = &o.bytes};
    pin_needs  needs = {.at = malloc(64 * sizeof *needs.at), .cap = 64};
    pin_file   file = {.len = o.bytes.len, .pieces = net.pieces, .piece_count = 0, .needs = &needs};
    size_t     room = 1u << 20;
    void      *memory = malloc(room);
    pin_arena  arena = pin_arena_over(memory, room);
    pin_index *ix;
    pin_status s;
    pin_error  err = {0};
    while ((s = pin_index_open(&ix, &file, &arena, &err)) == PIN_NEED) {
        assert_true(net.rounds < 3);
        fetch(&net, &needs);
        file.piece_count = net.count;
    }
    assert_int_equal(s, PIN_OK);
    assert_true(net.fetched <= 128u << 10);
    for (uint32_t i = 0; i < 9000; i += 1300) {
        pin_item item, whole;
        uint32_t round = net.rounds, number;
        size_t   mark = arena.used;
        while ((s = pin_index_find_item(&number, ix, o.s.corpus.items[i].id, &arena, &err)) == PIN_NEED ||
               (s == PIN_OK && (s = pin_index_item(&item, ix, number, &arena, &err)) == PIN_NEED)) {
            fetch(&net, &needs);
            file.piece_count = net.count;
            assert_int_equal(pin_index_lend(ix, &file, &err), PIN_OK);
            arena.used = mark;
        }
        assert_int_equal(s, PIN_OK);
        assert_true(net.rounds - round <= 6);
        assert_int_equal(pin_index_item(&whole, o.ix, i, &o.arena, NULL), PIN_OK);
        assert_str(item.id, whole.id);
        assert_str(item.blocks, whole.blocks);
        arena.used = mark;
    }
    static const char *const keys[] = {"the", "supplier", "2024/2847", "risk"};
    for (size_t k = 0; k < 4; k++) {
        pin_term     here, there;
        pin_postings p, q;
        pin_status   other = pin_read_term(&there, o.ix, pin_str_of(keys[k]), NULL);
        for (int field = 0; field < 2; field++) {
            while ((s = pin_read_term(&here, ix, pin_str_of(keys[k]), &err)) == PIN_NEED ||
                   (s == PIN_OK && (s = pin_postings_open(&p, ix, &here.lists[field], (pin_field)field,
                                                          &err)) == PIN_NEED)) {
                fetch(&net, &needs);
                file.piece_count = net.count;
                assert_int_equal(pin_index_lend(ix, &file, &err), PIN_OK);
            }
            assert_int_equal(s, other);
            if (s != PIN_OK)
                continue;
            assert_int_equal(pin_postings_open(&q, o.ix, &there.lists[field], (pin_field)field, NULL),
                             PIN_OK);
            pin_status a, b;
            do {
                a = pin_postings_next(&p, &err);
                b = pin_postings_next(&q, NULL);
                assert_int_equal(a, b);
                assert_int_equal(p.count, q.count);
                assert_memory_equal(p.ids, q.ids, p.count * sizeof p.ids[0]);
                assert_memory_equal(p.impacts, q.impacts, p.count);
            } while (a == PIN_OK);
        }
    }
    for (uint32_t i = 0; i < net.count; i++)
        free((void *)(uintptr_t)net.pieces[i].at);
    free(needs.at);
    free(memory);
    close_sample(&o);
}

/* Even tables are filled up to their longest bucket: where that is one of a key that everybody has, they are not. */
static void a_question_that_thousands_ask_makes_no_table_long(void **state)
{
    (void)state;
    opened   o;
    uint32_t items = 3000, found[8], count;
    sample_make(&o.s, items, 2, 2, 5);
    for (uint32_t i = 0; i < items; i++)
        o.s.corpus.items[i].question = PIN_STR("Is this to be decided?");
    o.bytes = sample_index(&o.s);
    assert_non_null(o.bytes.at);
    o.piece = (pin_piece){0, o.bytes.len, o.bytes.at};
    o.file = (pin_file){.len = o.bytes.len, .pieces = &o.piece, .piece_count = 1};
    o.arena = pin_arena_over(malloc(32u << 20), 32u << 20);
    assert_int_equal(pin_index_open(&o.ix, &o.file, &o.arena, NULL), PIN_OK);
    assert_int_equal(pin_index_verify(o.ix, &o.arena, NULL), PIN_OK);
    assert_int_equal(pin_read_exact(found, 8, &count, o.ix, PIN_STR("is this to be decided"), NULL), PIN_OK);
    assert_int_equal(count, 8);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(found[i], i);
    uint32_t sections = pin_load32(o.bytes.at + PIN_H_SECTIONS), seen = 0;
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *row = o.bytes.at + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL;
        if (pin_load16(row + PIN_ROW_KIND) != PIN_S_EXACT)
            continue;
        assert_in_range(pin_load64(row + PIN_ROW_LEN), items * 4, items * 4 + 4096);
        seen++;
    }
    assert_int_equal(seen, 1);
    close_sample(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_read_as_it_was_drafted),
        cmocka_unit_test(an_id_that_nobody_has_is_not_found),
        cmocka_unit_test(members_keep_the_publishers_order_and_leave_nothing_out),
        cmocka_unit_test(provisions_keep_their_words_and_their_tree),
        cmocka_unit_test(lists_hold_what_the_texts_say),
        cmocka_unit_test(provisions_are_terms_with_everything_above_them),
        cmocka_unit_test(words_are_sorted_and_found_by_what_is_left_of_them),
        cmocka_unit_test(questions_are_found_whole_and_term_by_term),
        cmocka_unit_test(abbreviations_are_those_that_the_text_explains),
        cmocka_unit_test(the_same_corpus_gives_the_same_bytes),
        cmocka_unit_test(a_sink_that_refuses_ends_the_writing),
        cmocka_unit_test(a_question_that_thousands_ask_makes_no_table_long),
        cmocka_unit_test(a_reader_with_pieces_fetches_little_and_sees_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
