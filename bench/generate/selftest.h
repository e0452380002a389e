/* What the generator promises, checked by itself: `generate --selftest`. */
#ifndef BENCH_SELFTEST_H
#define BENCH_SELFTEST_H

int selftest(void); /* 0 when all held; says on standard error what did not */

#endif
