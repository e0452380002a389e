/* The part of <string.h> the core uses, for compilers without a C library (wasm32). Only the
 * WebAssembly build looks here (-isystem core/bytes/freestanding); its host supplies the bodies. */
#ifndef PIN_FREESTANDING_STRING_H
#define PIN_FREESTANDING_STRING_H

#include <stddef.h>

void  *memcpy(void *restrict to, const void *restrict from, size_t len);
void  *memmove(void *to, const void *from, size_t len);
void  *memset(void *to, int byte, size_t len);
int    memcmp(const void *a, const void *b, size_t len);
void  *memchr(const void *in, int byte, size_t len);
size_t strlen(const char *text);

#endif
