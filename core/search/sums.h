/* Sums of the ids of a stretch, with a mark for each line of 16 that was touched: what is not marked is zero,
 * so neither clearing nor looking visits it. */
#ifndef PIN_SEARCH_SUMS_H
#define PIN_SEARCH_SUMS_H

#include "pincite/base.h"

#define LINE 16
#define LINES 8 /* that a word of marks stands for */

typedef struct line_sums {
    uint32_t *at;
    uint8_t  *marks; /* 1 for a line that was touched; whole words of LINES */
    uint32_t  lines;
} line_sums;

/* For `ids` items. PIN_NO_SPACE. */
pin_status sums_open(line_sums *out, uint32_t ids, pin_arena *arena, pin_error *err);

/* ---- Into them ---- `place`, and what ids[i] - base comes to, lie in the stretch */
static inline void sums_touch(line_sums *sums, uint32_t place, uint32_t value)
{
    sums->at[place] += value;
    sums->marks[place / LINE] = 1;
}
static inline void sums_raise(line_sums *sums, uint32_t place, uint32_t value)
{
    if (sums->at[place] < value)
        sums->at[place] = value;
    sums->marks[place / LINE] = 1;
}
/* sums_touch of weight x impacts[i] for each of ids[0, count). */
void sums_touch_all(line_sums *sums, const uint32_t *ids, const uint8_t *impacts, uint32_t count,
                    uint32_t base, uint32_t weight);
/* Raises what is not 0 and below `floor` to it, and lowers what is above `ceiling`. */
void sums_hold(line_sums *sums, uint32_t floor, uint32_t ceiling);
/* Adds `from` to `to` and empties it. Both are of the same stretch. */
void sums_move(line_sums *to, line_sums *from);

/* ---- Out of them ---- */
/* Moves items base + place with a sum of `least` (1 .. 2^31 - 1) or more to items, found, ascending, and
 * clears the lines it leaves behind; begins at *line and ends before the room for `cap` is short of a line.
 */
uint32_t sums_take(uint32_t *items, uint32_t *found, uint32_t cap, line_sums *sums, uint32_t *line,
                   uint32_t base, uint32_t least);

/* ---- Without marks ---- */
/* Adds weight x impacts[i] to sums[ids[i] - base]. */
void sums_add_all(uint32_t *sums, const uint32_t *ids, const uint8_t *impacts, uint32_t count, uint32_t base,
                  uint32_t weight);
/* Number of sums[0, count) that are not 0. */
uint32_t sums_count(const uint32_t *sums, uint32_t count);
/* Places of sums[0, count) that are at least `least`, ascending; returns how many. */
uint32_t sums_collect(uint16_t *places, const uint32_t *sums, uint32_t count, uint32_t least);

#endif
