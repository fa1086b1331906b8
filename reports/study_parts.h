/* Inside of a Study. Private to reports/study*.c. */
#ifndef TOPPLE_REPORTS_STUDY_PARTS_H
#define TOPPLE_REPORTS_STUDY_PARTS_H

#include "reports/columns.h"
#include "reports/recorder.h"
#include "reports/study.h"

typedef struct StudyRun {
    RunResult *result;
    double *values;      /* of every entry, phase and column of the scope's table */
    double *percentiles; /* of entry i, which is of system or workload: STUDY_PERCENTILES each */
    uint8_t *endings;    /* RunEnding of each that the topology has */
    double *batch_values[RECORDER_BATCHES]; /* likewise of each batch; NULL: no batches */
    double *batch_percentiles[RECORDER_BATCHES];
} StudyRun;

typedef struct StudyRuns {
    StudyVariant variant;
    GPtrArray *runs;    /* of StudyRun, by replication; NULL where missing */
    uint32_t any;       /* a replication that is there, if entry_count > 0 */
    uint32_t run_count; /* those that are there */
    uint32_t entry_count, phase_count;
    uint32_t workload_count; /* entries of system and workloads: they come first */
    size_t *offsets;         /* of entry i in values */
    Measures *merged;        /* samples of entry i, phase p at i * PHASE_COUNT + p */
    GHashTable *index;       /* "scope name" -> entry + 1; borrowed by nobody */
} StudyRuns;

struct Study {
    uint64_t seed;
    GPtrArray *variants; /* of StudyRuns */
    double equivalence;
    GArray *expectations;
    struct Precision *precision;
};

static inline StudyRuns *study_runs(const Study *study, uint32_t variant)
{
    return g_ptr_array_index(study->variants, variant);
}

/* The samples of an entry and phase, of all runs together. */
const Measures *study_merged(const StudyRuns *runs, uint32_t entry, Phase phase);

/* NO_INDEX if there is none. */
uint32_t study_find_entry(const StudyRuns *runs, Scope scope, const char *name);

/* The values that an interval is made of, NaN where there is none: by replication, or of a single
 * run by batch. `count` of them, at most the room that study_value_room asks for. False if there is
 * but one. */
uint32_t study_value_room(const StudyRuns *runs);
IntervalMethod study_values(const StudyRuns *runs, uint32_t entry, Phase phase,
                            const Column *column, double *values, uint32_t *count);

/* The value that stands for all of them. */
double study_value(const StudyRuns *runs, uint32_t entry, Phase phase, const Column *column,
                   IntervalMethod method, const double *values, uint32_t count);

#endif
