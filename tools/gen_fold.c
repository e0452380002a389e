/* Writes the folding tables of core/text/fold.h as C, from utf8proc (Debian: libutf8proc-dev).
 *
 * usage: gen_fold > fold_table.c
 *
 * The rule: Unicode case folding and NFKD, without default-ignorable code points and accents. It is
 * utf8proc's, with the exceptions that functions below give and explain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/text/fold.h"

#define POOL_MAX 8192 /* 13 bits of an entry */
#define UNICODE_END 0x110000u

typedef struct folding {
    uint32_t klass;
    size_t   len;
    char     bytes[64];
} folding;

static void die(const char *why, uint32_t code_point)
{
    fprintf(stderr, "gen_fold: %s at U+%04X\n", why, (unsigned)code_point);
    exit(1);
}

static bool within(uint32_t c, uint32_t first, uint32_t last) { return c >= first && c <= last; }

/* Marks that readers leave out when they type. Vowel signs of Indic scripts, Thai and others are
 * marks too, but without them another word stands there, so they are kept. */
static bool is_accent(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    if (category != UTF8PROC_CATEGORY_MN && category != UTF8PROC_CATEGORY_ME)
        return false;
    return within(c, 0x0300, 0x036F) || within(c, 0x0483, 0x0489) || within(c, 0x0591, 0x074A) ||
           within(c, 0x1AB0, 0x1AFF) || within(c, 0x1DC0, 0x1DFF) || within(c, 0x20D0, 0x20FF) ||
           within(c, 0x3099, 0x309A) || c == 0xFB1E || within(c, 0xFE20, 0xFE2F);
}

/* From Unicode's Scripts.txt: Han, Hiragana, Katakana, Bopomofo, Hangul (utf8proc knows no scripts). */
static bool is_cjk(uint32_t c)
{
    return within(c, 0x1100, 0x11FF) || c == 0x3005 || c == 0x3007 || within(c, 0x3041, 0x309F) ||
           within(c, 0x30A1, 0x30FF) || within(c, 0x3105, 0x31BF) || within(c, 0x31F0, 0x31FF) ||
           within(c, 0x3400, 0x4DBF) || within(c, 0x4E00, 0x9FFF) || within(c, 0xA960, 0xA97C) ||
           within(c, 0xAC00, 0xD7FB) || within(c, 0xF900, 0xFAFF) || within(c, 0x1B000, 0x1B16F) ||
           within(c, 0x20000, 0x3FFFF);
}

/* In running text these are footnote marks: "manufacturer¹" is the word, not a new one. */
static bool is_raised_digit(uint32_t c)
{
    return c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || within(c, 0x2074, 0x2079);
}

/* What people and typesetters put where the grammar of codes wants ' or -. */
static char ascii_spelling(uint32_t c)
{
    switch (c) {
    case 0x00B4: /* acute accent */
    case 0x02BC: /* modifier letter apostrophe */
    case 0x2019: /* right single quotation mark */
        return '\'';
    case 0x2010: /* hyphen */
    case 0x2011: /* non-breaking hyphen */
        return '-';
    default:
        return 0;
    }
}

/* "Lu", "Mn", "Nd": letters, marks and numbers make words. */
static bool is_word_category(uint32_t c)
{
    char major = utf8proc_category_string((utf8proc_int32_t)c)[0];
    return major == 'L' || major == 'M' || major == 'N';
}

static uint32_t class_of_category(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    if (c == 0x200B) /* zero width space: a place to break, so it separates */
        return PIN_CHAR_OTHER;
    if (is_accent(c) || utf8proc_get_property((utf8proc_int32_t)c)->ignorable)
        return PIN_CHAR_SKIP;
    if (is_raised_digit(c) || ascii_spelling(c))
        return PIN_CHAR_OTHER;
    if (category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NO)
        return PIN_CHAR_DIGIT;
    if (is_word_category(c))
        return is_cjk(c) ? PIN_CHAR_CJK : PIN_CHAR_LETTER;
    return PIN_CHAR_OTHER;
}

/* Case fold and NFKD of `c`, without accents, and without the apostrophe of ŉ and the dot of ŀ;
 * returns how many code points. */
static int decompose(utf8proc_int32_t out[16], uint32_t c)
{
    int               boundary = UTF8PROC_BOUNDCLASS_START;
    utf8proc_int32_t  full[64];
    utf8proc_option_t rule = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_ssize_t  count = utf8proc_decompose_char((utf8proc_int32_t)c, full, 64, rule, &boundary);
    int               kept = 0;
    if (count < 0 || count > 16)
        die("no decomposition", c);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        if (!is_accent((uint32_t)full[i]) && full[i] != 0x02BC && full[i] != 0x00B7)
            out[kept++] = full[i];
    return kept;
}

static void keep_itself(folding *f, uint32_t c) { f->len = pin_utf8_put(f->bytes, c); }

/* A separator keeps its bytes, unless it is spelt with one ASCII character. */
static folding fold_other(uint32_t c, const utf8proc_int32_t *points, int count)
{
    folding f = {.klass = PIN_CHAR_OTHER};
    if (ascii_spelling(c)) {
        f.bytes[0] = ascii_spelling(c);
        f.len = 1;
    } else if (count == 1 && points[0] < 0x80 && class_of_category((uint32_t)points[0]) == PIN_CHAR_OTHER) {
        f.bytes[0] = (char)points[0];
        f.len = 1;
    } else {
        keep_itself(&f, c);
    }
    return f;
}

static folding fold(uint32_t c)
{
    utf8proc_int32_t points[16];
    folding          f = {.klass = class_of_category(c)};
    bool             surrogate = within(c, 0xD800, 0xDFFF);
    int              count = surrogate ? 0 : decompose(points, c);
    if (surrogate || f.klass == PIN_CHAR_OTHER)
        return fold_other(c, points, count);
    if (f.klass == PIN_CHAR_SKIP && count > 0) /* U+0345, an accent in capitals a letter: iota */
        f.klass = PIN_CHAR_LETTER;
    if (count == 0)
        f.klass = PIN_CHAR_SKIP;
    for (int i = 0; i < count; i++) {
        uint32_t klass = class_of_category((uint32_t)points[i]);
        if (klass == PIN_CHAR_OTHER) /* a fraction, or a number in brackets */
            return fold_other(c, points, count);
        if (klass == PIN_CHAR_CJK)
            f.klass = klass;
        f.len += pin_utf8_put(f.bytes + f.len, (uint32_t)points[i]);
    }
    if (f.len > PIN_FOLD_MAX)
        die("grows beyond PIN_FOLD_MAX", c);
    return f;
}

/* ---- Pool of folded forms and blocks of entries ---- */
static char     pool[POOL_MAX];
static size_t   pool_used = 1; /* 0 means "itself" */
static uint16_t blocks[PIN_FOLD_BLOCKS][32];
static size_t   block_count;
static uint8_t  block_of[PIN_FOLD_BLOCKS];
static size_t   block_rows;

static uint16_t pool_place(const folding *f, uint32_t c)
{
    for (size_t at = 1; at < pool_used; at += 1 + (size_t)pool[at])
        if ((size_t)pool[at] == f->len && memcmp(pool + at + 1, f->bytes, f->len) == 0)
            return (uint16_t)at;
    if (pool_used + 1 + f->len > POOL_MAX)
        die("pool is full", c);
    size_t at = pool_used;
    pool[at] = (char)f->len;
    memcpy(pool + at + 1, f->bytes, f->len);
    pool_used += 1 + f->len;
    return (uint16_t)at;
}

static uint16_t entry_of(uint32_t c)
{
    folding f = fold(c), itself = {0};
    keep_itself(&itself, c);
    bool same = f.len == itself.len && memcmp(f.bytes, itself.bytes, f.len) == 0;
    return (uint16_t)(f.klass << 13 | (same || f.klass == PIN_CHAR_SKIP ? 0 : pool_place(&f, c)));
}

static void add_blocks(uint32_t from, uint32_t end)
{
    for (uint32_t first = from; first < end; first += 32) {
        uint16_t block[32];
        size_t   i = 0;
        for (uint32_t k = 0; k < 32; k++)
            block[k] = entry_of(first + k);
        while (i < block_count && memcmp(blocks[i], block, sizeof block) != 0)
            i++;
        if (i == block_count)
            memcpy(blocks[block_count++], block, sizeof block);
        if (i > UINT8_MAX)
            die("more than 256 different blocks", first);
        block_of[block_rows++] = (uint8_t)i;
    }
}

static void print_table(void)
{
    printf("const uint8_t pin_fold_block[PIN_FOLD_BLOCKS] = {");
    for (size_t i = 0; i < block_rows; i++)
        printf("%s%u,", i % 24 ? " " : "\n    ", block_of[i]);
    printf("\n};\n\nconst uint16_t pin_fold_entry[][32] = {");
    for (size_t i = 0; i < block_count; i++)
        for (size_t k = 0; k < 32; k++)
            printf("%s%u%s",
                   k == 0        ? "\n    {"
                   : k % 16 == 0 ? "\n     "
                                 : " ",
                   blocks[i][k], k == 31 ? "}," : ",");
    printf("\n};\n\nconst char pin_fold_pool[] = {");
    for (size_t i = 0; i < pool_used; i++)
        printf("%s%d,", i % 20 ? " " : "\n    ", (signed char)pool[i]);
    printf("\n};\n\n");
}

static void print_classes(void)
{
    uint32_t count = 0, last = UINT32_MAX;
    printf("const uint32_t pin_class_start[] = {");
    for (uint32_t c = PIN_FOLD_LOW_END; c < UNICODE_END; c++) {
        bool     unassigned = utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_CN;
        uint32_t klass = class_of_category(c);
        if (c > PIN_FOLD_LOW_END && (klass == last || (unassigned && klass == PIN_CHAR_OTHER)))
            continue;
        printf("%s0x%X,", count++ % 8 ? " " : "\n    ", (unsigned)(c << 3 | klass));
        last = klass;
    }
    printf("\n};\nconst uint32_t pin_class_count = %u;\n", (unsigned)count);
}

int main(void)
{
    add_blocks(0, PIN_FOLD_LOW_END);
    add_blocks(PIN_FOLD_LIGATURES, PIN_FOLD_LIGATURES_END);
    add_blocks(PIN_FOLD_WIDTHS, PIN_FOLD_WIDTHS_END);
    printf("/* Written by tools/gen_fold.c from utf8proc %s (Unicode %s). Do not edit. */\n",
           utf8proc_version(), utf8proc_unicode_version());
    printf("#include \"core/text/fold.h\"\n\n");
    print_table();
    print_classes();
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
