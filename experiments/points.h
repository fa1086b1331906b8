/* Many points: from a task to its record, and all tasks of a plan into a journal.
 *
 * A task is a number: point x designs + design. Its record depends on the plan and the number
 * alone, so that it does not matter which thread, process or machine makes it, nor when. */
#ifndef TOPPLE_EXPERIMENTS_POINTS_H
#define TOPPLE_EXPERIMENTS_POINTS_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "experiments/journal.h"
#include "experiments/sampling/sampling.h"
#include "experiments/thread_pool.h"
#include "models/document.h"
#include "models/topology.h"
#include "reports/point_record.h"
#include "reports/points_view.h"

/* A topology's text, with what --set puts into it. Borrowed. */
typedef struct TopologySource {
    const char *name, *folder; /* as document_parse takes them */
    const char *bytes;
    size_t length;
    char *const *sets; /* POINTER=JSON; NULL at the end */
} TopologySource;

/* Everything borrowed. */
typedef struct PointsPlan {
    TopologySource source;
    const PointsDesign *designs;
    uint32_t design_count;
    const Space *space;
    bool has_seed; /* else that of the topology at each point */
    uint64_t seed;
    uint32_t replications;       /* 0: as the topology says */
    uint32_t least_replications; /* instead of one that the topology says: differences and verdicts
                                    need several */
    uint64_t max_events;         /* of one run; 0: no limit */
    const char *only_slo;        /* the other objectives are removed; NULL: all stay */
    PointWishes wishes;
    uint32_t shard, shard_count; /* tasks whose number divided by shard_count leaves shard */
    atomic_int *stop;            /* not 0: end soon; raised when the journal cannot be written */
} PointsPlan;

static inline uint64_t points_task_count(const PointsPlan *plan)
{
    return plan->space->count * plan->design_count;
}

static inline uint64_t points_task(const PointsPlan *plan, uint32_t design, uint64_t point)
{
    return point * plan->design_count + design;
}

/* How many tasks are this shard's, and the number of one of them. */
uint64_t points_shard_size(const PointsPlan *plan);
uint64_t points_shard_task(const PointsPlan *plan, uint64_t index);

/* The source's text with its --set, one design's patch over it; NULL with problems. */
Document *points_document(const TopologySource *source, const char *design, Problems *problems);

/* The same with the values of a point. */
Document *points_document_at(const PointsPlan *plan, uint64_t task, Problems *problems);

/* The topology of a task; NULL with problems, which then say what is wrong with which value. */
Topology *points_read(const PointsPlan *plan, uint64_t task, Problems *problems);

/* Reads every task of the shard, so that nothing is simulated before all of it is known to be
 * right. NULL, or the problems of the first that is not, as lines for the user; to be freed. */
char *points_check(const PointsPlan *plan, ThreadPool *pool);

typedef enum PointEnd {
    POINT_DONE,
    POINT_STOPPED, /* by plan->stop: no record */
    POINT_WRONG,   /* a problem in words: topple is wrong, or a file has changed meanwhile */
} PointEnd;

typedef struct PointMade {
    GBytes *record; /* POINT_DONE */
    char *problem;  /* POINT_WRONG */
    bool is_internal;
} PointMade;

/* Simulates one task, from a body of the pool. `runs_done` as in ExperimentPlan. */
PointEnd points_make(const PointsPlan *plan, uint64_t task, ThreadPool *pool, uint32_t worker,
                     atomic_uint_least64_t *runs_done, PointMade *made);
void point_made_clear(PointMade *made);

/* What plan->stop becomes when something is wrong: no signal has this number. */
#define POINTS_STOPPED_FOR_ERROR (-2)

#define POINTS_TICK_NS 100000000 /* between looks at the progress */

/* How far it is. */
typedef struct PointsProgress {
    uint64_t total, done; /* tasks of the shard */
    uint64_t before;      /* of done: those that the journal had already */
    double share;         /* of `total`, with parts of tasks */
} PointsProgress;

typedef struct PointsRun {
    Journal *journal;
    ThreadPool *pool;
    /* Called now and then, from the calling thread; NULL: nobody looks. May raise plan->stop. */
    void (*tick)(void *context, const PointsProgress *progress);
    void *context;
} PointsRun;

typedef struct PointsResult {
    PointsProgress progress; /* at the end */
    GError *error;           /* the journal could not be written */
    char *problem;           /* of the first task that went wrong */
    bool is_internal;        /* topple is to blame for it */
    uint32_t silent_ranks;   /* that did not answer in the end */
} PointsResult;

/* Makes what the journal does not have. */
void points_run(const PointsPlan *plan, const PointsRun *run, PointsResult *result);
void points_result_clear(PointsResult *result);

/* The units of the space's axes, for PointsView: an array to be freed, of texts that are not. */
PointsParameter *points_parameters(const Space *space);

#endif
