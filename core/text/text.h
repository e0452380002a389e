/* Prose -> terms: words folded to lower case without accents, stemmed in English, codes kept whole.
 *
 * The same bytes give the same tokens natively and in the browser, so the index and the query
 * agree. Nothing allocates or fails: a byte that is not UTF-8 separates words like a space does.
 *
 * What becomes of what is written:
 *
 *     manufacturer's, manufacturer’s   manufacturer         the possessive goes (English only)
 *     don't, O'Brien                   dont, obrien         other apostrophes close up; in French, Italian,
 *                                                           Catalan and Occitan they separate: l'article
 *     secure-by-default, and/or        secure by default    words on their own, one position each
 *     VPNs, CPUs                       vpn, cpu             the s of a plural written after capitals goes
 *     e.g., U.S.                       eg, us               single letters between dots close up
 *     art_13                           art 13               an underscore separates
 *     10,000  10 000                   10000                thousands close up (after a space: 000 only)
 *     SHA256, 72, 10th                 a code               whatever has a digit is a code
 *     product¹                         product              raised digits are footnote marks: they separate
 *     東京都                           東京 京都            overlapping pairs; alone: the one character
 *
 * Codes are one token, then their parts at the same position (`part` is true), so that a search for
 * a part finds the whole:
 *
 *     13(8)            13(8), part 13          14(2)(a)    14(2)(a), parts 14(2) and 14: its parents
 *     2024/2847        + 2024, 2847            2009/81/EC  + 2009, 81, ec
 *     CVE-2024-3094    + cve, 2024, 3094       24-hour     + 24, hour (a word, so it is stemmed)
 *     27001:2022       + 27001, 2022           18031-1     + 18031 (a lone digit is not worth a part)
 *     B+C, Q&A         b+c + b, c              4.2.5, 1.0, A.5.23, C++, C#   no parts
 *
 * A hyphen makes a code only where one of the joined words has a digit. A bracket, slash, colon or
 * dot belongs to a code only between digits (or as shown), so "13(8)." at the end of a sentence is
 * 13(8), "ISO/IEC" two words, and "manufacturer(s)" no code.
 *
 * Folding is Unicode case folding and compatibility decomposition (NFKD) without accents, for all
 * code points below U+2C00, Latin ligatures and full- and half-width forms; above, letters stay as
 * they are. Vowel signs of Indic scripts and of Thai are letters, not accents. Chinese, Japanese
 * and Korean text is expected in NFC, as it is nearly always written. */
#ifndef PIN_TEXT_H
#define PIN_TEXT_H

#include "pincite/base.h"

typedef enum pin_token_kind {
    PIN_WORD,  /* letters only; its term is stemmed where the language has a stemmer */
    PIN_CODE,  /* has a digit, or is one of b+c, q&a, c++, c#; never stemmed, not worth a typo search */
    PIN_BIGRAM /* two characters of Han, kana or Hangul, or a lone one */
} pin_token_kind;

/* Bytes of a folded or stemmed term; longer words are cut at a character boundary. */
#define PIN_TERM_MAX 64

typedef struct pin_token {
    pin_str  word;     /* folded, not stemmed, 1..PIN_TERM_MAX bytes; lives until the next call */
    pin_str  term;     /* the index key: the stem of a PIN_WORD in English, else `word`; lives likewise */
    uint32_t from, to; /* the bytes of the source text it stands for, [from, to), without possessive */
    uint32_t position; /* 0-based running number; the parts of a code have the position of the code */
    uint8_t  kind;     /* pin_token_kind */
    bool     function; /* wh-word, auxiliary, pronoun, article, preposition, conjunction; English only */
    bool     part;     /* a part of the PIN_CODE before it */
} pin_token;

/* Reads one text. Holds no resources; may be copied and dropped at any time. The fields are private. */
typedef struct pin_tokenizer {
    pin_str  text;               /* borrowed; at most UINT32_MAX bytes are read                 */
    size_t   at;                 /* next byte to read                                           */
    size_t   code_at;            /* where the last chunk began                                  */
    size_t   part_at, part_to;   /* the rest of a code that still has parts to give             */
    size_t   words_to;           /* hyphens before this byte are known to join words, not codes */
    uint32_t position;           /* of the next token                                           */
    bool     parents;            /* the parts to give are parents: 14(2), 14                    */
    bool     half_told;          /* the character at `at` was the second half of a bigram       */
    bool     english, elision;   /* properties of the language                                  */
    bool     words_only;         /* may be set after init: see pin_token_finish                 */
    char     word[PIN_TERM_MAX]; /* the memory of the token given last                          */
    char     term[PIN_TERM_MAX];
} pin_tokenizer;

/* Starts over `text`, which must outlive the tokenizer. `language` is a BCP 47 tag of which the
 * first subtag counts, in any case; "" means "en". Text beyond 4 GiB is not read. */
void pin_tokenizer_init(pin_tokenizer *t, pin_str text, pin_str language);

/* The next token, or false at the end. Linear in the text as a whole, whatever the bytes are. */
bool pin_tokenizer_next(pin_tokenizer *t, pin_token *out);

/* With `words_only` a token comes with its word as its term and not as a function word, and this puts that
 * right: for whoever remembers what became of a word and needs to ask but once. */
void pin_token_finish(pin_tokenizer *t, pin_token *token);

/* Stems a folded word in place and returns its new length, which is never larger. This is the
 * Snowball English stemmer ("Porter2"), as in libstemmer 2.2:
 * https://snowballstem.org/algorithms/english/stemmer.html. Worked: "vulnerabilities" -> "vulner".
 * Bytes outside a-z (and ' which is dropped at the ends) count as consonants. */
size_t pin_stem_english(char *word, size_t len);

/* Whether a folded English word only holds a sentence together: who, does, our, the, under, and. */
bool pin_is_function_word(pin_str folded_word);

/* The normal form of a question, by which two spellings of the same question are equal: its folded
 * words and whole codes, unstemmed, joined by single spaces. "What's a SBOM?" -> "what a sbom".
 * Appends to `out` (see pin_buf_status). Idempotent: the normal form is its own normal form. */
void pin_normalise(pin_buf *out, pin_str text);

/* The same word by word, for whoever has the words already, as the tokenizer gives them in English (parts left
 * out). `before` starts as PIN_NORMAL_NOTHING: what stands before decides how the next is joined. */
typedef enum pin_normal_before { PIN_NORMAL_NOTHING, PIN_NORMAL_WORD, PIN_NORMAL_NUMBER } pin_normal_before;
void pin_normal_word(pin_buf *out, pin_normal_before *before, pin_str word);

#endif
