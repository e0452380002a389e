/* Did you mean: the nearest command, option, module or item to one that does not exist. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"

enum { LONGEST = 128, ITEMS_LOOKED_AT = 50000, SHOWN = 3 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Optimal string alignment: Damerau's edits without touching one place twice. Rows of the usual table. */
uint32_t pin_cli_distance(pin_str a, pin_str b, uint32_t most)
{
    if (a.len > LONGEST || b.len > LONGEST)
        return pin_str_equal(a, b) ? 0 : most + 1;
    size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (gap > most)
        return most + 1;
    uint32_t rows[3][LONGEST + 1];
    for (uint32_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        uint32_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *twice = rows[(i + 1) % 3], least;
        row[0] = least = (uint32_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            char     x = lower(a.at[i - 1]), y = lower(b.at[j - 1]);
            uint32_t best = above[j - 1] + (x != y);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && x == lower(b.at[j - 2]) && lower(a.at[i - 2]) == y &&
                twice[j - 2] + 1 < best)
                best = twice[j - 2] + 1;
            row[j] = best;
            if (best < least)
                least = best;
        }
        if (least > most)
            return most + 1;
    }
    uint32_t distance = rows[a.len % 3][b.len];
    return distance > most ? most + 1 : distance;
}

/* Edits that may be a slip: a third of the text, at least one. */
static uint32_t tolerance(pin_str text)
{
    uint32_t third = (uint32_t)(text.len < 30 ? text.len / 3 : 10);
    return third > 0 ? third : 1;
}

const char *pin_cli_nearest(pin_str wrong, const char *const *names, uint32_t count)
{
    uint32_t    most = tolerance(wrong);
    const char *best = NULL;
    for (uint32_t i = 0; i < count; i++) {
        pin_str  name = pin_str_of(names[i]);
        uint32_t distance = pin_cli_distance(wrong, name, most);
        if (wrong.len >= 2 &&
            pin_str_starts(name, wrong)) /* the beginning of a name is as good as one slip */
            distance = distance < 1 ? distance : 1;
        if (distance > most || (best && distance == most))
            continue;
        best = names[i];
        most = distance;
    }
    return best;
}

/* ---- Items ---- */
typedef struct near_id {
    char     id[LONGEST + 1];
    uint32_t distance;
} near_id;

static bool contains(pin_str text, pin_str part)
{
    for (size_t i = 0; part.len <= text.len && i <= text.len - part.len; i++)
        if (memcmp(text.at + i, part.at, part.len) == 0)
            return true;
    return false;
}

/* How far `id` is from what was asked for: as a whole, or its slug, or as the corpus gave it. */
static uint32_t item_distance(pin_str asked, const pin_item *item, uint32_t most)
{
    uint32_t best = pin_cli_distance(asked, item->id, most);
    uint32_t slug = pin_cli_distance(asked, item->slug, most);
    uint32_t given = item->given_id.len > 0 ? pin_cli_distance(asked, item->given_id, most) : most + 1;
    best = slug < best ? slug : best;
    best = given < best ? given : best;
    if (asked.len >= 4) { /* the beginning of an id, perhaps misspelt: behind what fits as a whole */
        uint32_t whole = pin_cli_distance(asked, pin_str_part(item->id, 0, asked.len + 1), most);
        uint32_t short_form = pin_cli_distance(asked, pin_str_part(item->slug, 0, asked.len + 1), most);
        uint32_t begin = whole < short_form ? whole : short_form;
        best = begin + 1 < best ? begin + 1 : best;
    }
    if (best > most && asked.len >= 4 && contains(item->id, asked))
        best = most; /* a piece of the id: better than nothing, behind every slip */
    return best;
}

static void keep_nearest(near_id *near, uint32_t *count, pin_str id, uint32_t distance)
{
    uint32_t at = *count;
    while (at > 0 && near[at - 1].distance > distance)
        at--;
    if (at >= SHOWN || id.len > LONGEST)
        return;
    if (*count < SHOWN)
        ++*count;
    memmove(near + at + 1, near + at, (*count - at - 1) * sizeof *near);
    memcpy(near[at].id, id.at, id.len);
    near[at].id[id.len] = '\0';
    near[at].distance = distance;
}

static bool read_item(pin_item *item, pin_cli_index *index, uint32_t number)
{
    pin_status status = PIN_NO_SPACE;
    if (!pin_cli_room_ready(&index->room))
        return false;
    do
        status = pin_index_item(item, index->ix, number, &index->room.arena, NULL);
    while (pin_cli_room_again(&index->room, status));
    return status == PIN_OK;
}

int pin_cli_no_item(pin_cli *cli, pin_cli_index *index, pin_str id)
{
    pin_release release;
    near_id     near[SHOWN];
    int         shown = (int)(id.len < 200 ? id.len : 200);
    uint32_t    count = 0;
    pin_index_release(&release, index->ix);
    for (uint32_t i = 0; i < release.item_count && i < ITEMS_LOOKED_AT; i++) {
        pin_item item;
        uint32_t most = tolerance(id);
        if (!read_item(&item, index, i))
            break;
        uint32_t distance = item_distance(id, &item, most);
        if (distance <= most)
            keep_nearest(near, &count, item.id, distance);
    }
    if (count == 0)
        pin_cli_note(cli, "no item '%.*s' in '%s'", shown, id.at, index->path);
    else if (count == 1)
        pin_cli_note(cli, "no item '%.*s': did you mean '%s'?", shown, id.at, near[0].id);
    else
        pin_cli_note(cli, "no item '%.*s': did you mean '%s'%s%s%s or '%s'?", shown, id.at, near[0].id,
                     count > 2 ? ", '" : "", count > 2 ? near[1].id : "", count > 2 ? "'" : "",
                     near[count - 1].id);
    return PIN_EXIT_NONE;
}

/* ---- Modules ---- */
int pin_cli_no_module(pin_cli *cli, pin_cli_index *index, pin_str slug)
{
    pin_release release;
    uint32_t    most = tolerance(slug);
    pin_str     best = {0};
    pin_index_release(&release, index->ix);
    for (uint32_t i = 0; i < release.module_count && i < ITEMS_LOOKED_AT; i++) {
        pin_module module;
        if (pin_index_module(&module, index->ix, i, NULL) != PIN_OK)
            break;
        uint32_t distance = pin_cli_distance(slug, module.slug, most);
        if (distance > most && slug.len >= 3 && contains(module.slug, slug))
            distance = most;
        if (distance > most || (best.len > 0 && distance == most))
            continue;
        best = module.slug;
        most = distance;
    }
    int len = (int)(slug.len < 200 ? slug.len : 200);
    if (best.len > 0)
        return pin_cli_misuse(cli, "unknown module '%.*s': did you mean '%.*s'?", len, slug.at, (int)best.len,
                              best.at);
    return pin_cli_misuse(cli, "unknown module '%.*s' in '%s'", len, slug.at, index->path);
}
