/* <assert.h> for compilers without a C library (wasm32): a broken promise traps. */
#undef assert
#ifdef NDEBUG
#define assert(claim) ((void)0)
#else
#define assert(claim) ((claim) ? (void)0 : __builtin_trap())
#endif
