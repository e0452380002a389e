/* Looks one character up in the generated tables. */
#include "core/text/fold.h"

static uint32_t block_row(uint32_t c)
{
    if (c < PIN_FOLD_LOW_END)
        return c / 32;
    if (c >= PIN_FOLD_LIGATURES && c < PIN_FOLD_LIGATURES_END)
        return PIN_FOLD_LOW_BLOCKS + (c - PIN_FOLD_LIGATURES) / 32;
    if (c >= PIN_FOLD_WIDTHS && c < PIN_FOLD_WIDTHS_END)
        return PIN_FOLD_LOW_BLOCKS + PIN_FOLD_LIGATURE_BLOCKS + (c - PIN_FOLD_WIDTHS) / 32;
    return UINT32_MAX;
}

static uint8_t class_above(uint32_t c)
{
    uint32_t low = 0, high = pin_class_count; /* the row wanted is in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (pin_class_start[middle] >> 3 <= c)
            low = middle;
        else
            high = middle;
    }
    return pin_class_start[low] & 7;
}

pin_char pin_char_at(pin_str text, size_t pos)
{
    if (pos >= text.len)
        return (pin_char){.klass = PIN_CHAR_OTHER};
    size_t   next = pos;
    uint32_t c = pin_utf8_next(text, &next);
    uint32_t width = (uint32_t)(next - pos);
    pin_char found = {.folded = text.at + pos, .width = width, .len = (uint8_t)width};
    if (c == PIN_UTF8_BAD) {
        found.len = 0;
        return found;
    }
    uint32_t row = block_row(c);
    if (row == UINT32_MAX) {
        found.klass = class_above(c);
    } else {
        uint16_t entry = pin_fold_entry[pin_fold_block[row]][c % 32];
        found.klass = (uint8_t)(entry >> 13);
        if (entry & 0x1FFF) {
            found.folded = pin_fold_pool + (entry & 0x1FFF) + 1;
            found.len = (uint8_t)pin_fold_pool[entry & 0x1FFF];
        }
    }
    if (found.klass == PIN_CHAR_SKIP)
        found.len = 0;
    return found;
}
