/* What the bench measures: topologies, and runs to compare them with. */
#ifndef TOPPLE_TESTS_BENCH_CASES_H
#define TOPPLE_TESTS_BENCH_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "models/topology.h"
#include "models/world.h"

typedef struct Figures {
    WorldCounts counts; /* zero where there is nothing to count */
    double seconds;     /* of CPU; of the clock for threads */
    double start_mib;   /* resident when the run began, its topology included */
    double peak_mib;    /* resident at most */
} Figures;

typedef struct Case Case;

struct Case {
    const char *name;
    Figures (*run)(const Case *self);
    const char *file;    /* NULL: layers of services, by layers.h */
    unsigned services;   /* of the layers */
    double rate;         /* of requests, likewise */
    const char *sets[2]; /* POINTER=JSON over the topology; NULL: none */
    unsigned rounds;     /* the fastest counts; 0: ROUNDS */
    unsigned threads;
};

#define ROUNDS 3u

extern const Case cases[];
extern const size_t case_count;

/* NULL if there is none. */
const Case *case_find(const char *name);

/* False for those that do less. */
bool case_has_topology(const Case *self);

/* With further POINTER=JSON over it, `extra` NULL-terminated; NULL: none. Says what is wrong on
 * stderr, and ends the program. */
Topology *case_topology(const Case *self, const char *const *extra);

/* One run of the topology with all statistics on. */
Figures run_recorded(const Topology *topology);

double cpu_seconds(void);
double resident_mib(void);
double peak_mib(void);

#endif
