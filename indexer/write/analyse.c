/* Items to postings: what each question and answer says, word by word, and which provisions it cites.
 *
 * The question field is the question. The answer field is the verdict (unless the answer begins with
 * it), the answer, and what the citation list says in words. A provision counts for the question field
 * when the list or the question cites it, for the answer field when only the answer names it; everything
 * above it counts too, the less the further up, so that "Article 13" finds what cites Article 13(8). */
#include "indexer/corpus/parallel.h"
#include "indexer/write/inside.h"

/* Impacts of cited provisions. */
#define CITED 255
#define CITED_IN_RANGE 204
#define CITED_BELOW 128 /* the parent of what is cited; halved with each further step up, to ...     */
#define CITED_FAR_BELOW 32
#define CITED_MORE 24 /* ... plus this for every further provision below that is cited, up to ...  */
#define CITED_BELOW_MAX 224

pin_str pin_item_language(const pin_corpus *corpus, const pin_draft_item *item)
{
    return item->language.len ? item->language : corpus->config.language;
}

uint8_t pin_impact(uint32_t tf, uint32_t len, uint64_t tokens, uint32_t items, int field)
{
    /* round(255 x / (x + k1)) with x = tf / (1 - b + b len / average), average = tokens / items; both
     * sides multiplied by 10,000, the length ratio with 16 bits behind the point */
    uint64_t k1 = field ? PIN_K1_ANSWER : PIN_K1_QUESTION, b = field ? PIN_B_ANSWER : PIN_B_QUESTION;
    uint64_t ratio = tokens ? ((uint64_t)len * items << 16) / tokens : 1 << 16;
    uint64_t top = ((uint64_t)tf * 10000) << 16;
    uint64_t below = top + (k1 * (100 - b) << 16) + k1 * b * ratio;
    uint64_t impact = (2 * 255 * top + below) / (2 * below);
    return (uint8_t)(impact < 1 ? 1 : impact);
}

/* The posting of `key` in this field of this item: the one that is there, or a new one. */
static pin_posting *posting_for(pin_part *a, pin_key *key, uint32_t item, uint8_t field)
{
    uint32_t mark = item * 2 + field + 1;
    if (key->mark != mark) {
        pin_posting fresh = {.term = (uint32_t)(key - a->terms.at),
                             .where = (uint16_t)((item - a->first) << 3 | (uint32_t)field << 2)};
        key->mark = mark;
        key->posting = (uint32_t)(a->postings.len / sizeof fresh);
        pin_out_add(&a->postings, &fresh, sizeof fresh);
        if (a->postings.failed)
            return NULL;
    }
    return (pin_posting *)(void *)a->postings.at + key->posting;
}

static void count_word(pin_key *word, const pin_token *token, uint32_t item, uint8_t field)
{
    word->is_word |= token->kind == PIN_WORD;
    uint32_t mark = item * 2 + field + 1;
    if (word->mark == mark)
        return;
    /* the question of an item is read before its answer */
    word->df += word->mark == 0 || (word->mark - 1) / 2 != item;
    word->question_df += field == 0;
    word->mark = mark;
}

/* Words come again and again: each is stemmed once for a part. NULL when memory is short. */
static pin_key *term_of(pin_part *a, pin_key *word, pin_tokenizer *t, pin_token *token)
{
    if (token->kind != PIN_WORD)
        return pin_vocabulary_add(&a->terms, token->term);
    uint32_t *known = &word->terms[t->english];
    if (*known)
        return &a->terms.at[*known - 1];
    pin_token_finish(t, token);
    pin_key *term = pin_vocabulary_add(&a->terms, token->term);
    if (!term)
        return NULL;
    term->function |= token->function;
    *known = (uint32_t)(term - a->terms.at) + 1;
    return term;
}

static void read_text(pin_part *a, uint32_t *len, pin_str text, pin_str language, uint32_t item,
                      uint8_t field)
{
    pin_tokenizer t;
    pin_token     token;
    pin_tokenizer_init(&t, text, language);
    t.words_only = true;
    while (pin_tokenizer_next(&t, &token)) {
        pin_key     *word = pin_vocabulary_add(&a->words, token.word);
        pin_key     *term = word ? term_of(a, word, &t, &token) : NULL;
        pin_posting *posting = term ? posting_for(a, term, item, field) : NULL;
        if (!posting)
            return; /* memory is short: the buffers remember */
        posting->value += posting->value < UINT16_MAX;
        count_word(word, &token, item, field);
        if (token.part)
            continue;
        ++*len;
        if (field == 0)
            pin_out_u32(&a->forward, (uint32_t)(term - a->terms.at));
    }
}

/* ---- Provisions ---- */
static pin_key *provision_key(pin_part *a, pin_str source, pin_str id)
{
    char    room[PIN_KEY_MAX];
    pin_buf key = pin_buf_over(room, sizeof room);
    pin_buf_byte(&key, 1);
    pin_buf_add(&key, source);
    pin_buf_byte(&key, ':');
    pin_buf_add(&key, id);
    return pin_buf_status(&key) == PIN_OK ? pin_vocabulary_add(&a->terms, pin_buf_str(&key)) : NULL;
}

/* False when this very provision was counted before, so that what is above it is not counted again. */
static bool count_cited(pin_part *a, pin_str source, pin_str id, uint16_t impact, uint32_t item,
                        uint8_t field)
{
    pin_key     *key = provision_key(a, source, id);
    pin_posting *p = key ? posting_for(a, key, item, field) : NULL;
    if (!p)
        return false;
    bool first = (p->where & 3) != 2;
    p->where = (uint16_t)((p->where & ~3u) | 2);
    if (impact > p->value)
        p->value = impact;
    return first;
}

static void count_above(pin_part *a, pin_str source, pin_str id, uint32_t steps, uint32_t item,
                        uint8_t field)
{
    pin_key     *key = provision_key(a, source, id);
    pin_posting *p = key ? posting_for(a, key, item, field) : NULL;
    if (!p)
        return;
    uint32_t impact = steps < 3 ? CITED_BELOW >> (steps - 1) : CITED_FAR_BELOW;
    if ((p->where & 3) == 0) {
        p->where |= 1;
        p->value = (uint16_t)impact;
        return;
    }
    if (p->value >= CITED_BELOW_MAX)
        return;
    impact = (p->value > impact ? p->value : impact) + CITED_MORE;
    p->value = (uint16_t)(impact < CITED_BELOW_MAX ? impact : CITED_BELOW_MAX);
}

static const pin_draft_source *source_of(const pin_source_set *sources, const pin_citation *c)
{
    for (uint32_t i = 0; i < sources->source_count; i++) {
        const pin_draft_source *s = &sources->sources[i];
        if (c->provision >= s->first && c->provision - s->first < s->provision_count)
            return s;
    }
    return NULL;
}

/* The id one step up: by the source's own tree where we have it, else by cutting the last step. */
static pin_str id_above(const pin_draft_source *source, uint32_t *number, pin_str id)
{
    if (source) {
        uint32_t parent = source->provisions[*number].parent;
        if (parent >= source->provision_count || parent >= *number)
            return (pin_str){0};
        *number = parent;
        return source->provisions[parent].id;
    }
    size_t dot = id.len;
    while (dot > 0 && id.at[dot - 1] != '.')
        dot--;
    return dot ? pin_str_part(id, 0, dot - 1) : (pin_str){0};
}

static void read_citation(pin_part *a, const pin_source_set *sources, const pin_citation *c,
                          uint32_t item)
{
    if (c->id.len == 0 || c->source.len == 0)
        return;
    uint8_t                 field = c->in_list || c->in_question ? 0 : 1;
    const pin_draft_source *source = source_of(sources, c);
    uint32_t                number = source ? c->provision - source->first : 0, steps = 0;
    if (!count_cited(a, c->source, c->id, c->from_range ? CITED_IN_RANGE : CITED, item, field))
        return;
    for (pin_str id = id_above(source, &number, c->id); id.len && steps < 64;
         id = id_above(source, &number, id))
        count_above(a, c->source, id, ++steps, item, field);
}

/* ---- Items ---- */
static void read_item(pin_part *a, const pin_corpus *corpus, const pin_source_set *sources,
                      uint32_t number)
{
    const pin_draft_item *item = &corpus->items[number];
    pin_str               language = pin_item_language(corpus, item);
    uint32_t              lengths[2] = {0};
    read_text(a, &lengths[0], item->question, language, number, 0);
    pin_out_u32(&a->forward_ends, (uint32_t)(a->forward.len / 4));
    for (uint32_t i = 0; i < item->citation_count; i++)
        if (item->citations[i].in_list || item->citations[i].in_question)
            read_citation(a, sources, &item->citations[i], number);

    if (item->verdict.len && !pin_str_starts(item->plain, item->verdict))
        read_text(a, &lengths[1], item->verdict, language, number, 1);
    read_text(a, &lengths[1], item->plain, language, number, 1);
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        if (!c->in_list && !c->in_question)
            read_citation(a, sources, c, number);
        bool told = i > 0 && item->citations[i - 1].in_list && item->citations[i - 1].entry == c->entry;
        if (!c->in_list || told)
            continue;
        read_text(a, &lengths[1], c->written, language, number, 1);
        read_text(a, &lengths[1], c->note, language, number, 1);
    }
    for (int f = 0; f < 2; f++) {
        pin_out_u32(&a->lengths[f], lengths[f]);
        a->tokens[f] += lengths[f];
    }
}

/* ---- Parts ---- */
typedef struct job {
    pin_part             *parts;
    const pin_corpus     *corpus;
    const pin_source_set *sources;
} job;

static void read_part(void *ctx, uint32_t number)
{
    const job *j = ctx;
    pin_part  *p = &j->parts[number];
    p->first = number * PIN_PART_ITEMS;
    for (uint32_t i = p->first; i < j->corpus->item_count && i - p->first < PIN_PART_ITEMS; i++)
        read_item(p, j->corpus, j->sources, i);
    p->failed = p->terms.failed || p->words.failed || p->postings.failed || p->forward.failed ||
                p->forward_ends.failed || p->lengths[0].failed || p->lengths[1].failed;
}

static void add_words(pin_vocabulary *all, const pin_vocabulary *part)
{
    for (uint32_t i = 0; i < part->count; i++) {
        pin_key *word = pin_vocabulary_add(all, pin_vocabulary_text(part, i));
        if (!word)
            return;
        word->df += part->at[i].df;
        word->question_df += part->at[i].question_df;
        word->is_word |= part->at[i].is_word;
    }
}

/* The part's terms and words among those of all; its own vocabulary is not needed any more. */
static bool join_part(pin_analysis *a, pin_part *p)
{
    p->global = malloc(((size_t)p->terms.count + 1) * sizeof *p->global);
    if (!p->global)
        return false;
    for (uint32_t i = 0; i < p->terms.count; i++) {
        pin_key *term = pin_vocabulary_add(&a->terms, pin_vocabulary_text(&p->terms, i));
        if (!term)
            return false;
        term->function |= p->terms.at[i].function;
        p->global[i] = (uint32_t)(term - a->terms.at);
    }
    add_words(&a->words, &p->words);
    for (int f = 0; f < 2; f++)
        a->tokens[f] += p->tokens[f];
    pin_vocabulary_free(&p->terms);
    pin_vocabulary_free(&p->words);
    return !a->words.failed;
}

pin_status pin_analyse(pin_analysis *out, const pin_corpus *corpus, const pin_source_set *sources)
{
    *out = (pin_analysis){.part_count = (corpus->item_count + PIN_PART_ITEMS - 1) / PIN_PART_ITEMS};
    out->parts = calloc((size_t)out->part_count + 1, sizeof *out->parts);
    if (!out->parts)
        return PIN_NO_SPACE;
    job      j = {out->parts, corpus, sources};
    uint64_t postings = 0, tokens = 0;
    pin_parallel_told(corpus->options, "analysing", corpus->item_count, out->part_count, read_part, &j);
    for (uint32_t i = 0; i < out->part_count; i++) {
        if (out->parts[i].failed || !join_part(out, &out->parts[i]))
            return PIN_NO_SPACE;
        postings += out->parts[i].postings.len / sizeof(pin_posting);
        tokens += out->parts[i].forward.len / 4;
    }
    return postings > UINT32_MAX || tokens > UINT32_MAX ? PIN_LIMIT : PIN_OK;
}

void pin_analysis_free(pin_analysis *a)
{
    pin_vocabulary_free(&a->terms);
    pin_vocabulary_free(&a->words);
    for (uint32_t i = 0; i < a->part_count && a->parts; i++) {
        pin_part *p = &a->parts[i];
        pin_vocabulary_free(&p->terms);
        pin_vocabulary_free(&p->words);
        free(p->global);
        pin_out_free(&p->postings);
        pin_out_free(&p->forward);
        pin_out_free(&p->forward_ends);
        pin_out_free(&p->lengths[0]);
        pin_out_free(&p->lengths[1]);
    }
    free(a->parts);
    *a = (pin_analysis){0};
}
