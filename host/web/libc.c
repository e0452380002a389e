/* The six functions of <string.h> that the core uses, for a world without a C library. Bulk memory
 * makes copying and filling one instruction each. Compiled with -fno-builtin, or the loops below would
 * be recognised and turned into calls of themselves. */
#include <stdint.h>
#include <string.h>

void *memmove(void *to, const void *from, size_t len)
{
    __asm__("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.copy 0, 0" : : "r"(to), "r"(from), "r"(len) : "memory");
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len) { return memmove(to, from, len); }

void *memset(void *to, int byte, size_t len)
{
    __asm__("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.fill 0" : : "r"(to), "r"(byte), "r"(len) : "memory");
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    for (size_t i = 0; i < len; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void *memchr(const void *in, int byte, size_t len)
{
    const uint8_t *x = in;
    for (size_t i = 0; i < len; i++)
        if (x[i] == (uint8_t)byte)
            return (void *)(uintptr_t)(x + i);
    return NULL;
}

size_t strlen(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}
