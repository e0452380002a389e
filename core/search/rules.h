/* Every constant of the ranking in one place. What each does, and what was measured: docs/ranking.md.
 *
 * Weights are in 256ths. A contribution is weight x (question_weight x impact + answer_weight x impact),
 * all integers, so that a score is the same number on every machine. */
#ifndef PIN_SEARCH_RULES_H
#define PIN_SEARCH_RULES_H

#define RULE_ONE 256u                       /* a weight of 1 */
#define RULE_IDF_BITS 6                     /* idf is in bits (log2), with this many binary places */
#define RULE_IDF_MAX (33u << RULE_IDF_BITS) /* log2(2 x 2^32) */
#define RULE_FUNCTION 77u                   /* 0.3: words that only hold the sentence together */

/* How much less than the word itself another reading of it counts. */
#define RULE_ABBREVIATION 179u /* 0.7: SBOM <-> software bill of materials, as the corpus says */
#define RULE_EVERYDAY 154u     /* 0.6: the word of the law for a word of daily life */
#define RULE_INITIALS 179u     /* 0.7: an unknown capital word spells a row of words in a question */
#define RULE_CODE_PARTS 179u   /* 0.7: all parts of a code apart */
#define RULE_CODE_PARENT 128u  /* 0.5: 14(2) for 14(2)(a) */
#define RULE_PREFIX 205u       /* 0.8: the last word is still being typed */
#define RULE_TYPO_ONE 205u     /* 0.8: one edit away */
#define RULE_TYPO_TWO 154u     /* 0.6: two edits away */

/* Where a word is met exactly and otherwise too: an exact match gives at least this share of the
 * word's full contribution, any other reading less. */
#define RULE_LINE 64u /* 0.25 */

/* A word that at most 1/2^RULE_RARE_SHIFT of the items have in their question (but 2 or fewer always)
 * is rare enough there to be read in other ways as well. */
#define RULE_RARE_SHIFT 6
#define RULE_RARE_LEAST 2u

/* Levels of a provision by how an item touches it, in 256ths of the provision's full contribution, and
 * what the impact of the citation can add without reaching the next level. */
#define RULE_TOUCH_EXACT 140u
#define RULE_TOUCH_RANGE 110u
#define RULE_TOUCH_PARENT 80u
#define RULE_TOUCH_CHILD 50u
#define RULE_TOUCH_TEXT 24u
#define RULE_TOUCH_GRADE 28u

/* A word that the corpus itself has only by a slip: in at most so many items, one edit from a word that so
 * many times as many have, in a corpus of so many items or more. */
#define RULE_SLIP_DF 2u
#define RULE_SLIP_TIMES 32u
#define RULE_SLIP_ITEMS 256u

/* Second look at the best. */
#define RULE_RESCORE 64u               /* candidates */
#define RULE_NEAR 8u                   /* words further apart than this do not count as near */
#define RULE_NEAR_UNIT 64u             /* a neighbouring pair is worth this impact in the question */
#define RULE_SHARE 64u                 /* 0.25 of the score when the query covers the whole question */
#define RULE_BEGINS 256u               /* the score again when the question begins with the whole query */
#define RULE_BEGINS_WORDS 2u           /* which has at least so many words */
#define RULE_EXACT_QUESTION (1u << 30) /* above every other sum */

/* Bounds of work. */
#define RULE_WAYS_MAX 16u /* readings of one word */
#define RULE_PARTS_MAX 8u /* words of one reading */
#define RULE_PROVISIONS_MAX 16u
#define RULE_PHRASES_MAX 16u
#define RULE_FIELD_WEIGHT_MAX 16u /* question_weight + answer_weight */
#define RULE_PREFIX_WALK 512u     /* words looked at for a prefix */
#define RULE_PREFIX_TAKE 8u
#define RULE_PREFIX_LEAST 2u /* bytes; one letter is only looked for beside its neighbour */
#define RULE_TYPO_TAKE 2u
#define RULE_TYPO_WALK_WORDS 60000u /* larger vocabularies are corrected by the deletion table alone */
#define RULE_INITIALS_ITEMS 20000u  /* initials are not looked for in larger corpora */
#define RULE_ABBREVIATIONS_MAX 4096u
#define RULE_PHRASE_ITEMS 512u      /* items whose text is read for quoted phrases, at most         */
#define RULE_PHRASE_COUNT 128u      /* so many are read to count them, even when enough are found    */
#define RULE_COUNT_ITEMS 100000u /* module counts are left out above this */
#define RULE_EXACT_BYTES 4096u   /* longer queries are nobody's question */
#define RULE_QUESTION_TERMS 256u /* words of a question looked at */

#endif
