/* Our English stemmer against Snowball's own (libstemmer), word for word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text/text.h"

#ifdef HAVE_STEMMER
#include <libstemmer.h>

#define DICTIONARY "/usr/share/dict/american-english-huge"
#define WORD_MAX 256

static size_t compared, differed;

static void compare(struct sb_stemmer *oracle, const char *word, size_t len)
{
    char ours[WORD_MAX];
    memcpy(ours, word, len);
    size_t           our_len = pin_stem_english(ours, len);
    const sb_symbol *theirs = sb_stemmer_stem(oracle, (const sb_symbol *)word, (int)len);
    size_t           their_len = (size_t)sb_stemmer_length(oracle);
    compared++;
    if (our_len == their_len && memcmp(ours, theirs, our_len) == 0)
        return;
    if (differed++ < 20)
        print_error("%.*s: %.*s, libstemmer says %.*s\n", (int)len, word, (int)our_len, ours, (int)their_len,
                    (const char *)theirs);
}

/* `word` and `suffix` joined, plainly and as spelling rules would have it (without e, doubled, y to i). */
static void compare_built(struct sb_stemmer *oracle, const char *word, size_t len, const char *suffix)
{
    char   built[WORD_MAX];
    size_t suffix_len = strlen(suffix);
    if (len == 0 || len + suffix_len + 1 > WORD_MAX)
        return;
    memcpy(built, word, len);
    memcpy(built + len, suffix, suffix_len);
    compare(oracle, built, len + suffix_len);
    if ((unsigned char)word[len - 1] >= 0x80)
        return; /* not to cut a character in two */
    memcpy(built + len - 1, suffix, suffix_len);
    compare(oracle, built, len - 1 + suffix_len);
    built[len - 1] = 'i';
    memcpy(built + len, suffix, suffix_len);
    compare(oracle, built, len + suffix_len);
    built[len - 1] = word[len - 1];
    built[len] = word[len - 1];
    memcpy(built + len + 1, suffix, suffix_len);
    compare(oracle, built, len + 1 + suffix_len);
}

static size_t lower(char *word)
{
    size_t len = strcspn(word, "\n");
    for (size_t i = 0; i < len; i++)
        if (word[i] >= 'A' && word[i] <= 'Z')
            word[i] = (char)(word[i] + 32);
    return len;
}

static const char suffixes[] = "s es ies ied us ss ' 's 's' ed edly ing ingly eed eedly y ly li tional enci "
                               "anci ably ibly ently izer ization "
                               "ational ation ator alism ality ally fulness ously ousness iveness ivity "
                               "bility bly logy fully lessly alize "
                               "icate icity ical ful ness ative ance ence er able ible ant ement ment ent "
                               "ism iti sion tion ive ize e ll yy "
                               "\u00E9 \u00E9s \u00E9ed";

static void compare_with_every_suffix(struct sb_stemmer *oracle, const char *word, size_t len)
{
    for (const char *at = suffixes; *at;) {
        char   suffix[16] = {0};
        size_t suffix_len = strcspn(at, " ");
        memcpy(suffix, at, suffix_len);
        compare_built(oracle, word, len, suffix);
        at += suffix_len + (at[suffix_len] == ' ');
    }
}

static void every_dictionary_word_gets_the_stem_libstemmer_gives(void **state)
{
    (void)state;
    FILE *dictionary = fopen(DICTIONARY, "r");
    if (!dictionary) {
        print_message("skipped: no " DICTIONARY " (package wamerican-huge)\n");
        skip();
    }
    struct sb_stemmer *oracle = sb_stemmer_new("english", "UTF_8");
    char               word[WORD_MAX / 2];
    for (size_t line = 0; fgets(word, sizeof word, dictionary); line++) {
        size_t len = lower(word);
        compare(oracle, word, len);
        if (line % 8 == 0) /* 12 million words in all */
            compare_with_every_suffix(oracle, word, len);
    }
    fclose(dictionary);
    sb_stemmer_delete(oracle);
    print_message("%zu words compared\n", compared);
    assert_true(compared > 1000000);
    assert_int_equal(differed, 0);
}

/* All words of up to six letters over the letters on which the rules turn. */
static void every_short_word_over_the_tricky_letters_agrees(void **state)
{
    (void)state;
    static const char  letters[] = "aeysld't";
    struct sb_stemmer *oracle = sb_stemmer_new("english", "UTF_8");
    size_t             before = differed;
    for (size_t len = 1; len <= 6; len++) {
        for (uint32_t number = 0; number < 1u << 3 * len; number++) {
            char word[8];
            for (size_t i = 0; i < len; i++)
                word[i] = letters[number >> 3 * i & 7];
            compare(oracle, word, len);
        }
    }
    sb_stemmer_delete(oracle);
    assert_int_equal(differed, before);
}
#else
static void every_dictionary_word_gets_the_stem_libstemmer_gives(void **state)
{
    (void)state;
    print_message("skipped: built without libstemmer\n");
    skip();
}

static void every_short_word_over_the_tricky_letters_agrees(void **state)
{
    (void)state;
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dictionary_word_gets_the_stem_libstemmer_gives),
        cmocka_unit_test(every_short_word_over_the_tricky_letters_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
