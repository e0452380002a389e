/* Memory that grows: the core lends none of its own, so the host lends more until an answer fits. */
#include <stdlib.h>

#include "host/cli/cli.h"

bool pin_cli_room_ready(pin_cli_room *room)
{
    if (!room->memory) {
        room->memory = malloc(PIN_CLI_ARENA_FIRST);
        if (!room->memory)
            return false;
        room->size = PIN_CLI_ARENA_FIRST;
    }
    room->arena = pin_arena_over(room->memory, room->size);
    return true;
}

bool pin_cli_room_again(pin_cli_room *room, pin_status status)
{
    if (status != PIN_NO_SPACE || room->size >= PIN_CLI_ARENA_MOST)
        return false;
    size_t size = room->size * 4 < PIN_CLI_ARENA_MOST ? room->size * 4 : PIN_CLI_ARENA_MOST;
    void  *memory = malloc(size); /* not realloc: what is there need not be kept */
    if (!memory)
        return false;
    free(room->memory);
    room->memory = memory;
    room->size = size;
    return pin_cli_room_ready(room);
}

void pin_cli_room_free(pin_cli_room *room)
{
    free(room->memory);
    *room = (pin_cli_room){0};
}
