/* An index that opens either answers or says that it is corrupt, and never reads outside its bytes.
 * Each input is tried as it is, and with its checksums made right, so that the fuzzer need not guess
 * them to get behind the door. */
#include "tests/oracle/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char room[2u << 20];
    pin_arena            arena = pin_arena_over(room, sizeof room);
    (void)exercise(data, size, &arena);

    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    if (size)
        memcpy(copy, data, size);
    reseal(copy, size);
    arena = pin_arena_over(room, sizeof room);
    (void)exercise(copy, size, &arena);
    free(copy);
    return 0;
}
