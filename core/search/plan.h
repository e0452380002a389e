/* What a query becomes before any item is looked at: words, the ways in which an item can meet each of
 * them, provisions, phrases. The inside of core/search; the outside is pincite/search.h.
 *
 *     query text --query.c--> words, phrases, citations --expand.c, provision.c--> slots of ways
 *     slots --exhaustive.c--> one sum an item --rerank.c--> the best --> hits
 *
 * A slot is one thing asked for: a word, or a provision. An item's score is the sum over the slots of
 * the best way in which it meets each. All memory is the caller's arena; keys and texts in a plan live
 * there or in the query. */
#ifndef PIN_SEARCH_PLAN_H
#define PIN_SEARCH_PLAN_H

#include "core/read/read.h"
#include "core/search/log2.h"
#include "core/search/rules.h"
#include "pincite/search.h"

/* The module for browsers, which is downloaded, leaves out what no page asks for, scores unfolded and the plain
 * scorer that the fast one is judged by, and the scorer that is faster only above 100,000 items. */
#ifdef PIN_LEAN
#define PLAN_LEAN true
#else
#define PLAN_LEAN false
#endif

/* One term of a way, looked up. */
typedef struct plan_part {
    pin_str  key;
    pin_term term;
    uint32_t weight; /* times (question_weight x impact + answer_weight x impact) */
} plan_part;

/* One way in which an item can meet a slot. It has either parts, all of which the item must have, or
 * rows: items and what they get, sorted by item. Its contribution is the sum of its parts, then held
 * within [floor, ceiling]. */
typedef struct plan_way {
    plan_part *parts;
    uint32_t   part_count;
    uint32_t  *row_items, *row_values;
    uint32_t   row_count;
    uint32_t   floor, ceiling;
    uint8_t    tier; /* pin_tier */
    bool       near; /* its terms count for nearness and for the share of the question */
} plan_way;

static inline uint32_t way_within(const plan_way *way, uint32_t value)
{
    if (value < way->floor)
        return way->floor;
    return value > way->ceiling ? way->ceiling : value;
}

typedef struct plan_slot {
    plan_way *ways;
    uint32_t  way_count;
    uint32_t  weight;   /* of the word itself; of a provision, its full contribution / field weights */
    uint32_t  position; /* of the word in the query: neighbours differ by one */
    bool      provision;
    bool      function;
    uint32_t  word; /* number of the word, or of the citation in plan.refs */
} plan_slot;

/* One word as written. */
typedef struct plan_word {
    uint32_t from, to; /* bytes of the query */
    pin_str  folded;   /* unstemmed */
    pin_str  term;     /* the key in the index */
    uint8_t  kind;     /* pin_token_kind */
    bool     function;
    bool     quoted;   /* stands in a quoted phrase: it is met exactly or not at all */
    bool     typing;   /* the last word, and the query ends with it */
    bool     again;    /* the same term stood before: counted there */
    bool     known;    /* some item has its term */
    bool     unread;   /* whether it is known is not: its page of the dictionary is missing */
    uint32_t citation; /* 1 + number of the provision slot that it belongs to; 0: none */
    uint32_t idf, weight;
    pin_term exact;
    uint32_t question_df;
    pin_str  parts[4]; /* of a code, as the tokenizer gives them */
    uint32_t part_count;
} plan_word;

typedef struct plan_phrase {
    pin_str  written;
    uint32_t first, count; /* its words */
} plan_phrase;

typedef struct plan {
    const pin_index *ix;
    pin_settings     settings; /* field weights already within RULE_FIELD_WEIGHT_MAX */
    uint32_t         idf_top;  /* see pin_idf_below */
    pin_str          query;
    plan_word       *words;
    uint32_t         word_count;
    plan_slot       *slots;
    uint32_t         slot_count;
    plan_phrase      phrases[RULE_PHRASES_MAX];
    uint32_t         phrase_count;
    pin_refs         refs;
    pin_correction  *corrections;
    uint32_t         correction_count;
    bool             cut;
    bool             needs; /* something is not here yet: the call ends with PIN_NEED */
} plan;

/* ---- query.c ---- words, phrases and citations of `query`. PIN_NO_SPACE, PIN_LIMIT. */
pin_status plan_read_query(plan *p, pin_arena *arena, pin_error *err);

/* ---- expand.c ---- looks the words up and makes their slots. PIN_NO_SPACE, PIN_CORRUPT. Bytes that
 * are missing set p->needs; the plan is then good for nothing but asking for more. */
pin_status plan_expand(plan *p, pin_arena *arena, pin_error *err);
/* Adds a way of one or more terms at `share` 256ths; *added is false when some term is in no item, the way is
 * there already, or the slot is full. */
pin_status plan_add_way(bool *added, plan *p, plan_slot *slot, pin_tier tier, uint32_t share,
                        const pin_str *keys, uint32_t key_count, pin_arena *arena, pin_error *err);
/* The term with this key; a term of no items when there is none, or when its page is missing. */
pin_status plan_term(pin_term *out, plan *p, pin_str key, pin_error *err);
/* Weight of a word with this idf at `share` 256ths, at least 1. */
uint32_t   plan_weight(uint32_t idf, uint32_t share);

/* ---- nearby.c ---- words of the index that a word may have been meant to be */
typedef struct plan_candidate {
    pin_str  text; /* in the arena */
    uint32_t df, question_df;
    uint8_t  edits; /* 0 for completions */
} plan_candidate;
/* Best first, at most `cap`. */
pin_status plan_completions(plan_candidate *out, uint32_t cap, uint32_t *count, plan *p, pin_str prefix,
                            pin_arena *arena, pin_error *err);
/* Only words at most `most` edits away that at least `least_df` items have. */
pin_status plan_corrections(plan_candidate *out, uint32_t cap, uint32_t *count, plan *p, pin_str word,
                            uint32_t most, uint32_t least_df, pin_arena *arena, pin_error *err);
/* Optimal string alignment distance of two texts of at most PIN_TERM_MAX bytes, counted in characters;
 * `most` + 1 when it is above `most`. */
uint32_t   pin_edit_distance(pin_str a, pin_str b, uint32_t most);

/* ---- everyday.c ---- what the law calls a word of daily life: texts of one or more words, or 0 */
#define PIN_EVERYDAY_MAX 6
uint32_t pin_everyday(pin_str out[PIN_EVERYDAY_MAX], pin_str stem);
/* The stem that row number `row` of the table is for; empty past the last. */
pin_str  pin_everyday_stem(uint32_t row);

/* ---- initials.c ---- rows of words in questions whose first letters an unknown word spells */
pin_status plan_add_initials(plan *p, plan_slot *slot, pin_arena *arena, pin_error *err);

/* ---- provision.c ---- the slot of one provision, with rows for every item that touches it */
pin_status plan_add_provision(plan *p, uint32_t ref, pin_arena *arena, pin_error *err);

/* ---- Ranked items ---- */
typedef struct ranked {
    uint32_t item, score;
} ranked;
/* Higher score, then lower item; as one number, so that it costs no branch. */
static inline uint64_t ranked_key(ranked r) { return (uint64_t)r.score << 32 | (UINT32_MAX - r.item); }
static inline ranked   ranked_of(uint64_t key)
{
    return (ranked){.item = UINT32_MAX - (uint32_t)key, .score = (uint32_t)(key >> 32)};
}

/* ---- exhaustive.c ---- sums[item_count], zeroed by the caller, receives every item's score */
pin_status plan_score_all(uint32_t *sums, plan *p, pin_arena *scratch, pin_error *err);
/* The `cap` best of sums[first, end) into `best`, in order of rank; returns how many. */
uint32_t plan_best_of(ranked *best, uint32_t cap, const uint32_t *sums, uint32_t first, uint32_t end);
/* What one item gets for one slot, and by which way (UINT32_MAX: none). */
typedef struct slot_share {
    uint32_t value, way;
    uint32_t question[RULE_PARTS_MAX], answer[RULE_PARTS_MAX]; /* impacts, by part of that way */
    bool     in_question;
} slot_share;
pin_status plan_share_of(slot_share *out, plan *p, const plan_slot *slot, uint32_t item, pin_error *err);

/* ---- find.c ---- the best items by their sums: filtered, counted */
typedef struct plan_search {
    uint32_t        first, end;  /* items of the module asked for, or all                        */
    pin_str         status;      /* slug, or empty                                               */
    const uint32_t *exact;       /* items whose question is the query: they come first           */
    uint32_t        exact_count; /* at most cap                                                  */
    uint32_t        cap;         /* how many are wanted                                          */
    bool            exhaustive;  /* by the plain scorer                                          */
} plan_search;
/* Fills best[what->cap] in order of rank, *count, and in `out` total, total_is_least and, unless they are
 * NULL, module_counts. Bytes that are missing set p->needs; then nothing is found. */
pin_status plan_find(ranked *best, uint32_t *count, pin_hits *out, plan *p, const plan_search *what,
                     pin_arena *scratch, pin_error *err);

/* ---- phrase.c ---- does the item hold every quoted phrase, in its question or in its answer? */
pin_status plan_has_phrases(bool *out, plan *p, uint32_t item, pin_arena *scratch, pin_error *err);
/* The answer as plain text, in the arena. */
pin_status plan_plain(pin_str *out, const pin_item *item, pin_arena *arena, pin_error *err);

/* ---- rerank.c ---- what the second look adds to each of the best */
typedef struct bonus {
    uint32_t near, share, begins;
    uint32_t covered, of; /* words of the question that the query covers */
} bonus;
typedef struct near_terms near_terms; /* which slot a question term belongs to */
pin_status                plan_near_terms(near_terms **out, plan *p, pin_arena *arena, pin_error *err);
/* Of an item that stays below `enough` whatever its nearness is, nearness is not told. */
pin_status plan_bonus(bonus *out, plan *p, near_terms *terms, uint32_t item, uint32_t score, uint32_t enough,
                      pin_error *err);
/* No item with this score gets a larger bonus; `may_begin`: its question may begin with the query. */
uint32_t   plan_most_bonus(const near_terms *terms, uint32_t score, bool may_begin);
/* The same bound for one item, tighter: by what the lists that are here say of its question. Over a network,
 * where looking costs more than this. */
pin_status plan_hope(uint32_t *most, plan *p, const near_terms *terms, uint32_t item, uint32_t score, pin_error *err);
/* Looks at the first word only. */
pin_status plan_may_begin(bool *out, plan *p, near_terms *terms, uint32_t item, pin_error *err);
/* Items whose question is the query. */
pin_status plan_exact_items(uint32_t *items, uint32_t cap, uint32_t *count, plan *p, pin_arena *scratch,
                            pin_error *err);

/* ---- snippet.c, explain.c, confident.c ---- */
pin_status plan_snippet(pin_snippet *out, plan *p, uint32_t item, pin_arena *arena, pin_error *err);
pin_status plan_explain(pin_hit *hit, plan *p, const bonus *b, bool exact, pin_arena *arena, pin_error *err);
pin_status plan_confident(bool *out, plan *p, const pin_hits *hits, bool exact, pin_error *err);

#endif
