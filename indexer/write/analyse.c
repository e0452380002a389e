/* Items to runs of postings: what each question and answer says, word by word, and which provisions it cites.
 *
 * The question field is the question. The answer field is the verdict (unless the answer begins with
 * it), the answer, and what the citation list says in words. A provision counts for the question field
 * when the list or the question cites it, for the answer field when only the answer names it; everything
 * above it counts too, the less the further up, so that "Article 13" finds what cites Article 13(8). */
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

/* What is at hand while a part is read; what stays is in pin_part. */
typedef struct counted {
    uint32_t term;  /* as the part met them                                                          */
    uint16_t where; /* item of the part << 3 | field << 2 | given: 0 counted, 1 an ancestor of what is
                       cited, 2 cited itself                                                         */
    uint16_t value; /* how often the term occurs, or, when given, its impact                         */
} counted;

typedef struct pin_reader {
    pin_vocabulary terms, words, abbreviations;
    pin_out        postings;     /* counted, in item order                                           */
    pin_out        forward;      /* u32 term of every question token                                 */
    pin_out        forward_ends; /* u32: past the last token of each item                            */
    pin_out        lengths[2];   /* u32 tokens of the field, by item                                 */
    pin_out        cited;        /* pin_cited                                                        */
    pin_out        hashes[3];    /* u64 by item: id, id as given, normal form                        */
    pin_out        has;          /* u8 by item                                                       */
    pin_out        room;
    pin_abbreviation_reader brackets;
    uint32_t       items;
} reader;

/* The posting of `key` in this field of this item: the one that is there, or a new one. */
static counted *posting_for(reader *a, pin_key *key, uint32_t item, uint8_t field)
{
    uint32_t mark = item * 2 + field + 1;
    if (key->mark != mark) {
        counted fresh = {.term = (uint32_t)(key - a->terms.at),
                         .where = (uint16_t)(item << 3 | (uint32_t)field << 2)};
        key->mark = mark;
        key->posting = (uint32_t)(a->postings.len / sizeof fresh);
        pin_out_add(&a->postings, &fresh, sizeof fresh);
        if (a->postings.failed)
            return NULL;
    }
    return (counted *)(void *)a->postings.at + key->posting;
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
static pin_key *term_of(reader *a, pin_key *word, pin_tokenizer *t, pin_token *token)
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

/* Some tokens of a text, each with its own copy of its word. Where a part keeps its words is larger than a
 * cache, so that each would wait for memory, twice for the word and once for its term: for a batch, memory is
 * called for beforehand. */
enum { BATCH = 32 };
typedef struct batch {
    uint32_t   count;
    pin_token  tokens[BATCH];
    pin_wanted words[BATCH];
    char       room[BATCH][PIN_TERM_MAX];
} batch;

static void fill_batch(batch *b, const reader *a, pin_tokenizer *t)
{
    b->count = 0;
    while (b->count < BATCH && pin_tokenizer_next(t, &b->tokens[b->count])) {
        pin_token *token = &b->tokens[b->count];
        char      *room = b->room[b->count];
        memcpy(room, token->word.at, token->word.len);
        token->word.at = token->term.at = room; /* words only: both are the same */
        pin_vocabulary_want(&b->words[b->count++], &a->words, token->word);
    }
    for (uint32_t i = 0; i < b->count; i++)
        pin_vocabulary_guess(&b->words[i], &a->words);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t term = b->words[i].guess ? a->words.at[b->words[i].guess - 1].terms[t->english] : 0;
        if (term)
            __builtin_prefetch(&a->terms.at[term - 1]);
    }
}

static bool count_batch(reader *a, uint32_t *len, batch *b, pin_tokenizer *t, uint32_t item, uint8_t field)
{
    for (uint32_t i = 0; i < b->count; i++) {
        pin_token *token = &b->tokens[i];
        pin_key   *word = pin_vocabulary_get(&a->words, &b->words[i]);
        pin_key   *term = word ? term_of(a, word, t, token) : NULL;
        counted   *posting = term ? posting_for(a, term, item, field) : NULL;
        if (!posting)
            return false; /* memory is short: the buffers remember */
        posting->value += posting->value < UINT16_MAX;
        count_word(word, token, item, field);
        if (token->part)
            continue;
        ++*len;
        if (field == 0)
            pin_out_u32(&a->forward, (uint32_t)(term - a->terms.at));
    }
    return true;
}

static void read_text(reader *a, uint32_t *len, pin_str text, pin_str language, uint32_t item,
                      uint8_t field)
{
    pin_tokenizer t;
    batch         b;
    pin_tokenizer_init(&t, text, language);
    t.words_only = true;
    do
        fill_batch(&b, a, &t);
    while (b.count && count_batch(a, len, &b, &t, item, field) && b.count == BATCH);
}

/* ---- Provisions ---- */
static pin_key *provision_key(reader *a, pin_str source, pin_str id)
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
static bool count_cited(reader *a, pin_str source, pin_str id, uint16_t impact, uint32_t item,
                        uint8_t field)
{
    pin_key     *key = provision_key(a, source, id);
    counted     *p = key ? posting_for(a, key, item, field) : NULL;
    if (!p)
        return false;
    bool first = (p->where & 3) != 2;
    p->where = (uint16_t)((p->where & ~3u) | 2);
    if (impact > p->value)
        p->value = impact;
    return first;
}

static void count_above(reader *a, pin_str source, pin_str id, uint32_t steps, uint32_t item,
                        uint8_t field)
{
    pin_key     *key = provision_key(a, source, id);
    counted     *p = key ? posting_for(a, key, item, field) : NULL;
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

static void read_citation(reader *a, const pin_source_set *sources, const pin_citation *c,
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
static void read_words(pin_part *p, reader *a, const pin_draft_item *item, pin_str language,
                       const pin_source_set *sources)
{
    uint32_t number = a->items, lengths[2] = {0};
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
        p->tokens[f] += lengths[f];
    }
}

static void note_citations(pin_part *p, reader *a, const pin_draft_item *item)
{
    p->citations += item->citation_count;
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        p->states[c->state % 5]++;
        if (c->provision == PIN_NO_PROVISION)
            continue;
        pin_cited cited = {c->provision, i | (c->from_range ? PIN_CITING_RANGE : 0), a->items};
        pin_out_add(&a->cited, &cited, sizeof cited);
    }
}

static void note_hash(reader *a, int which, bool has, pin_str key, pin_section kind)
{
    pin_out_u64(&a->hashes[which], has ? pin_hash64(key.at, key.len, kind) : 0);
}

static void note_names(reader *a, const pin_draft_item *item, pin_str normal)
{
    bool given = item->given_id.len && !pin_str_equal(item->given_id, item->id), exact = normal.len > 0;
    note_hash(a, 0, true, item->id, PIN_S_IDS);
    note_hash(a, 1, given, item->given_id, PIN_S_IDS);
    note_hash(a, 2, exact, normal, PIN_S_EXACT);
    pin_out_byte(&a->has, (uint8_t)((given ? 1 : 0) | (exact ? 2 : 0)));
}

static reader *reader_of(pin_part *p)
{
    if (!p->reader && !p->failed)
        p->reader = calloc(1, sizeof *p->reader);
    p->failed |= !p->reader;
    return p->reader;
}

void pin_analysis_item(pin_analysis *analysis, uint32_t part, const pin_draft_item *item, pin_str normal)
{
    pin_part *p = &analysis->parts[part];
    reader   *a = reader_of(p);
    if (!a)
        return;
    pin_str language = pin_item_language(analysis->corpus, item);
    read_words(p, a, item, language, analysis->sources);
    note_citations(p, a, item);
    note_names(a, item, normal);
    p->failed |= !pin_read_abbreviations(&a->abbreviations, &a->brackets, item, language, a->items);
    p->record_len += pin_record_len(&a->room, item);
    a->items++;
}

/* ---- The end of a part: postings by term, and only what is needed of them ---- */
static void reader_free(pin_part *p)
{
    reader *a = p->reader;
    if (!a)
        return;
    pin_vocabulary_free(&a->terms);
    pin_vocabulary_free(&a->words);
    pin_vocabulary_free(&a->abbreviations);
    pin_out *outs[] = {&a->postings, &a->forward,   &a->forward_ends, &a->lengths[0], &a->lengths[1], &a->cited,
                       &a->hashes[0], &a->hashes[1], &a->hashes[2],    &a->has,        &a->room,       &a->brackets.words,
                       &a->brackets.room};
    for (size_t i = 0; i < sizeof outs / sizeof *outs; i++)
        pin_out_free(outs[i]);
    free(a);
    p->reader = NULL;
}

static bool reader_failed(const reader *a)
{
    bool failed = a->terms.failed || a->words.failed || a->abbreviations.failed || a->postings.failed ||
                  a->forward.failed || a->forward_ends.failed || a->cited.failed || a->has.failed || a->room.failed;
    for (int i = 0; i < 3; i++)
        failed |= a->hashes[i].failed || a->lengths[i % 2].failed;
    return failed;
}

/* What `o` holds, in the part's pool. */
static void *keep(pin_part *p, pin_out *o)
{
    void *at = pin_pool_room(p->pool, o->len, 1);
    if (at && o->len)
        memcpy(at, o->at, o->len);
    p->failed |= !at;
    pin_out_free(o);
    return at;
}

/* A stable counting sort of the postings of a field by the place of their term. */
static bool make_run(pin_part *p, int field, const uint32_t *places)
{
    const counted *from = (const counted *)(const void *)p->reader->postings.at;
    size_t         count = p->reader->postings.len / sizeof *from, mine = 0;
    pin_run       *run = &p->runs[field];
    run->starts = pin_pool_take(p->pool, (size_t)p->term_count + 2, sizeof *run->starts);
    for (size_t i = 0; i < count; i++)
        mine += (from[i].where >> 2 & 1) == field;
    run->at = pin_pool_room(p->pool, mine, sizeof *run->at);
    if (!run->starts || !run->at)
        return false;
    uint32_t *next = run->starts + 1; /* of term t; ends as the start of t + 1 */
    for (size_t i = 0; i < count; i++)
        if ((from[i].where >> 2 & 1) == field)
            next[places[from[i].term] + 1]++;
    for (uint32_t t = 0; t < p->term_count; t++)
        next[t + 1] += next[t];
    for (size_t i = 0; i < count; i++)
        if ((from[i].where >> 2 & 1) == field)
            run->at[next[places[from[i].term]]++] =
                (pin_posting){(uint16_t)(from[i].where >> 3 << 1 | ((from[i].where & 3) != 0)), from[i].value};
    return true;
}

static bool close_part(pin_analysis *analysis, pin_part *p)
{
    reader   *a = p->reader;
    uint32_t *places = NULL;
    p->items = a->items;
    p->term_count = a->terms.count;
    p->pool = pin_pool_new_in(analysis->corpus->options ? analysis->corpus->options->scratch : NULL);
    p->terms = pin_vocabulary_sorted(&a->terms); /* of the reader, until the part is joined */
    places = malloc(((size_t)p->term_count + 1) * sizeof *places);
    bool good = p->pool && p->terms && places && !reader_failed(a);
    for (uint32_t t = 0; good && t < p->term_count; t++)
        places[p->terms[t]] = t;
    good = good && make_run(p, 0, places) && make_run(p, 1, places);
    for (size_t i = 0; good && i < a->forward.len / 4; i++)
        pin_store32(a->forward.at + i * 4, places[pin_load32(a->forward.at + i * 4)]);
    free(places);
    if (!good)
        return false;
    pin_out_free(&a->postings);
    p->forward = keep(p, &a->forward);
    p->forward_ends = keep(p, &a->forward_ends);
    p->cited_count = (uint32_t)(a->cited.len / sizeof *p->cited);
    p->cited = keep(p, &a->cited);
    p->ids = keep(p, &a->hashes[0]);
    p->given = keep(p, &a->hashes[1]);
    p->exact = keep(p, &a->hashes[2]);
    p->has = keep(p, &a->has);
    p->runs[0].lengths = keep(p, &a->lengths[0]);
    p->runs[1].lengths = keep(p, &a->lengths[1]);
    return !p->failed;
}

void pin_analysis_end(pin_analysis *analysis, uint32_t part)
{
    pin_part *p = &analysis->parts[part];
    if (reader_of(p))
        p->failed |= !close_part(analysis, p);
}

/* ---- All parts together ---- */
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

static bool join_terms(pin_analysis *a, pin_part *p)
{
    uint32_t *global = pin_pool_room(p->pool, p->term_count, sizeof *global);
    for (uint32_t t = 0; global && t < p->term_count; t++) {
        const pin_key *mine = &p->reader->terms.at[p->terms[t]];
        pin_key       *term = pin_vocabulary_add(&a->terms, pin_vocabulary_text(&p->reader->terms, p->terms[t]));
        if (!term)
            return false;
        term->function |= mine->function;
        term->question_df += p->runs[0].starts[t + 1] - p->runs[0].starts[t];
        term->df += p->runs[1].starts[t + 1] - p->runs[1].starts[t];
        global[t] = (uint32_t)(term - a->terms.at);
    }
    free(p->terms);
    p->terms = global;
    return global != NULL;
}

pin_status pin_analysis_join(pin_analysis *a, uint32_t part)
{
    pin_part *p = &a->parts[part];
    bool      good = !p->failed && p->reader && join_terms(a, p);
    if (!good) {
        if (p->reader) /* until here its terms are malloc'ed */
            free(p->terms);
        p->terms = NULL;
        reader_free(p);
        return PIN_NO_SPACE;
    }
    add_words(&a->words, &p->reader->words);
    add_words(&a->abbreviations, &p->reader->abbreviations);
    reader_free(p);
    p->first = a->items;
    a->items += p->items;
    a->record_len += p->record_len;
    a->citations += p->citations;
    for (int i = 0; i < 5; i++)
        a->states[i] += p->states[i];
    for (int f = 0; f < 2; f++)
        a->tokens[f] += p->tokens[f];
    return a->words.failed || a->abbreviations.failed ? PIN_NO_SPACE : PIN_OK;
}

pin_analysis *pin_analysis_new(const pin_corpus *corpus, const pin_source_set *sources, uint32_t parts)
{
    pin_analysis *a = calloc(1, sizeof *a);
    if (a)
        *a = (pin_analysis){.corpus = corpus,
                            .sources = sources,
                            .parts = calloc((size_t)parts + 1, sizeof *a->parts),
                            .part_count = parts};
    if (a && a->parts)
        return a;
    free(a);
    return NULL;
}

void pin_analysis_free(pin_analysis *a)
{
    if (!a)
        return;
    pin_vocabulary_free(&a->terms);
    pin_vocabulary_free(&a->words);
    pin_vocabulary_free(&a->abbreviations);
    for (uint32_t i = 0; i < a->part_count; i++) {
        pin_part *p = &a->parts[i];
        if (p->reader)
            free(p->terms);
        reader_free(p);
        pin_pool_free(p->pool);
    }
    free(a->parts);
    free(a);
}
