/* Which runs to make: every design in every replication, on threads, gathered into a study.
 *
 * Results do not depend on the number of threads: a run's draws are named by seed and replication,
 * and the study keeps what it is given by index. */
#ifndef TOPPLE_EXPERIMENTS_EXPERIMENT_H
#define TOPPLE_EXPERIMENTS_EXPERIMENT_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "experiments/thread_pool.h"
#include "models/topology.h"
#include "reports/study.h"

#define EXPERIMENT_REPLICATIONS_MAX 100000u
#define EXPERIMENT_THREADS_MAX      THREAD_POOL_MAX

typedef struct ExperimentPlan {
    const StudyVariant *variants; /* borrowed; must outlive the study */
    uint32_t variant_count;
    uint64_t seed;
    uint32_t replications; /* of each variant */
    uint32_t threads;      /* 1..EXPERIMENT_THREADS_MAX; not read when there is a pool */
    /* Set: the plan is run from a loop's body of this pool, by that body's worker, and nobody
     * ticks. NULL: on threads of its own. */
    ThreadPool *pool;
    uint32_t worker;
    uint64_t max_events; /* of one run; 0: no limit */
    atomic_int *stop;    /* not 0: end soon; NULL: never */
    /* Called now and then, from the calling thread, with the share that is done, 0..1; NULL: nobody
     * looks. May raise *stop. */
    void (*tick)(void *context, double done);
    void *context;
    atomic_uint_least64_t *runs_done; /* counted up with every run; NULL: nobody counts */
} ExperimentPlan;

typedef struct ExperimentResult {
    Study *study;
    GPtrArray *warnings; /* of char *: runs that were stopped or cut, each said once a variant */
    bool is_complete;    /* every run came to its end */
    bool hit_limit; /* some run was stopped by a limit of events, of requests in flight, of time
                       standing still */
    char *problem;  /* what broke an invariant: topple is wrong; NULL: nothing */
} ExperimentResult;

/* Runs all of it. A run that was interrupted counts only if its variant has no other. */
void experiment_run(const ExperimentPlan *plan, ExperimentResult *result);
void experiment_result_clear(ExperimentResult *result);

#endif
