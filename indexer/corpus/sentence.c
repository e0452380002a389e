/* The first sentence of an answer, which is its verdict when it is short. A full stop ends a sentence
 * unless it belongs to an abbreviation or a lower-case letter follows. */
#include "indexer/corpus/corpus.h"

#include "core/bytes/bytes.h"

#include <string.h>

/* Abbreviations of legal English whose full stop ends no sentence; "No." only before a number. */
static bool is_abbreviation(pin_str word, uint32_t next)
{
    static const char *const known[] = {"art", "arts", "para", "paras",  "pt",  "pts", "reg",
                                        "dir", "cf",   "vs",   "mr",     "mrs", "dr",  "prof",
                                        "fig", "sec",  "ch",   "approx", "nos", "incl"};
    if (word.len == 1 && pin_is_alpha((unsigned char)word.at[0]))
        return true; /* "e.g.", "i.e.", an initial */
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        size_t i = 0;
        while (i < word.len && known[k][i] &&
               pin_ascii_lower((unsigned char)word.at[i]) == (unsigned char)known[k][i])
            i++;
        if (i == word.len && !known[k][i])
            return true;
    }
    return word.len == 2 && (word.at[0] | 32) == 'n' && (word.at[1] | 32) == 'o' && pin_is_digit(next);
}

/* Length of a closing quotation mark or bracket at text.at[at], or 0. */
static size_t closer_len(pin_str text, size_t at)
{
    static const char *const closers[] = {"\"", "'", ")", "]", "\xE2\x80\x9D", "\xE2\x80\x99", "\xC2\xBB"};
    for (size_t i = 0; i < sizeof closers / sizeof *closers; i++)
        if (pin_str_starts(pin_str_part(text, at, text.len), pin_str_of(closers[i])))
            return strlen(closers[i]);
    return 0;
}

/* End of the sentence whose terminator stands at `at`, or 0 when it goes on. */
static size_t sentence_end(pin_str line, size_t at)
{
    size_t end = at + 1;
    while (end < line.len && (line.at[end] == '.' || line.at[end] == '!' || line.at[end] == '?'))
        end++;
    for (size_t more; end < line.len && (more = closer_len(line, end));)
        end += more;
    if (end == line.len)
        return end;
    if (line.at[end] != ' ')
        return 0;
    uint32_t next = (unsigned char)line.at[end + 1 < line.len ? end + 1 : end];
    if (next >= 'a' && next <= 'z')
        return 0;
    size_t from = at;
    while (from &&
           (pin_is_alpha((unsigned char)line.at[from - 1]) || pin_is_digit((unsigned char)line.at[from - 1])))
        from--;
    return line.at[at] == '.' && is_abbreviation(pin_str_part(line, from, at), next) ? 0 : end;
}

static unsigned word_count(pin_str text)
{
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] != ' ' && (i == 0 || text.at[i - 1] == ' ');
    return count;
}

pin_str pin_first_sentence(pin_str blocks, pin_str plain)
{
    const pin_str none = {"", 0};
    if (!blocks.len || blocks.at[0] != PIN_B_PARAGRAPH || !plain.len)
        return none;
    const char *line_end = memchr(plain.at, '\n', plain.len);
    pin_str line = pin_str_trim(pin_str_part(plain, 0, line_end ? (size_t)(line_end - plain.at) : plain.len));
    size_t  end = 0;
    for (size_t i = 0; i < line.len && !end; i++)
        if (line.at[i] == '.' || line.at[i] == '!' || line.at[i] == '?')
            end = sentence_end(line, i);
    if (!end) { /* a line without a full stop: a sentence unless it announces what follows */
        if (!line.len || strchr(":;,", line.at[line.len - 1]))
            return none;
        end = line.len;
    }
    pin_str sentence = pin_str_part(line, 0, end);
    return word_count(sentence) <= PIN_VERDICT_WORDS ? sentence : none;
}
