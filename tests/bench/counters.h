/* The least that can be heard of a run: an observer that counts requests, visits and attempts by
 * how they ended, and nothing else. */
#ifndef TOPPLE_TESTS_BENCH_COUNTERS_H
#define TOPPLE_TESTS_BENCH_COUNTERS_H

#include "models/observer.h"

typedef struct Counters {
    Observer observer;
    uint64_t (*sites)[OUTCOME_COUNT]; /* requests, by call site of the mix */
    uint64_t (*operations)[VISIT_UNFINISHED + 1];
    uint64_t (*links)[OUTCOME_COUNT]; /* attempts */
} Counters;

/* The observer lives in it: it must stay where it is. */
void counters_init(Counters *counters, const Topology *topology);
void counters_clear(Counters *counters);

#endif
