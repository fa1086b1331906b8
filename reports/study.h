/* All runs of a command, variant by variant and replication by replication, and what they say
 * together: estimates with intervals, and differences with verdicts.
 *
 * Runs may be added in any order: histograms merge exactly and values are kept by index, so the
 * results do not depend on it. Not thread-safe: add from one thread, or under a lock. */
#ifndef TOPPLE_REPORTS_STUDY_H
#define TOPPLE_REPORTS_STUDY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "reports/run_result.h"

typedef struct Study Study;
struct MetricRef;
struct Column;

typedef struct StudyParameter {
    const char *pointer; /* JSON Pointer */
    const char *value;   /* JSON text */
} StudyParameter;

/* One design at one point of a sweep. Everything is borrowed and must outlive the study. */
typedef struct StudyVariant {
    const char *design; /* "base" */
    const char *point;  /* "" outside of sweeps */
    const Topology *topology;
    const StudyParameter *parameters; /* that make the point */
    uint32_t parameter_count;
} StudyVariant;

Study *study_new(uint64_t seed);
void study_free(Study *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Study, study_free)

/* Returns its index; the first is the baseline of comparisons. All before the first run. */
uint32_t study_add_variant(Study *study, const StudyVariant *variant);

/* Takes the result over. Each (variant, replication) once; replication from 0. */
void study_add_run(Study *study, uint32_t variant, uint32_t replication, RunResult *result);

uint32_t study_variant_count(const Study *study);
const StudyVariant *study_variant(const Study *study, uint32_t variant);
uint64_t study_seed(const Study *study);

/* One more than the highest replication added. */
uint32_t study_replication_count(const Study *study, uint32_t variant);

/* NULL when that replication is missing. Its histograms are gone (merged); entries keep counts, and
 * the early replications their series, as far as memory allows. */
const RunResult *study_run(const Study *study, uint32_t variant, uint32_t replication);

typedef enum IntervalMethod {
    INTERVAL_NONE,        /* one run, or nothing to judge by */
    INTERVAL_T,           /* independent replications, Student's t */
    INTERVAL_SECTIONING,  /* percentile of the merged sample, spread of those of the replications */
    INTERVAL_BATCH_MEANS, /* one replication, cut into batches */
} IntervalMethod;

const char *interval_method_name(IntervalMethod method); /* "replications_t" */

typedef struct Estimate {
    double value;          /* NaN: missing */
    double low, high;      /* 95 %; NaN: no interval */
    uint32_t replications; /* that had a value */
    uint64_t observations; /* samples behind it, or replications when it is no sample's */
    IntervalMethod method;
    bool is_from_few;   /* a percentile or mean with too few independent samples behind it */
    bool is_correlated; /* batches that depend on their neighbours: the interval is too narrow */
} Estimate;

/* "few_samples", "correlated_batches", both with a blank between them, or "". */
const char *estimate_flag(const Estimate *estimate);

/* An entry's metric (a column's name of the scope's wide table); false if there is no such thing.
 */
bool study_estimate(const Study *study, uint32_t variant, Scope scope, const char *name,
                    Phase phase, const char *metric, Estimate *estimate);

/* How a metric differs between two variants, judged by pairs of replications. */
typedef struct Contrast {
    double value;
    double low, high; /* 95 %; NaN: no interval */
    double p;         /* two-sided probability of so much by chance; NaN likewise */
    uint32_t pairs;
} Contrast;

/* variant - factor * other. All missing where either does not have it. */
Contrast study_contrast(const Study *study, uint32_t variant, uint32_t other, double factor,
                        const struct MetricRef *metric);

/* Everything in a comparison of a variant with the baseline. */
typedef enum Verdict {
    VERDICT_NONE, /* neither direction of this metric is better */
    VERDICT_BETTER,
    VERDICT_WORSE,
    VERDICT_EQUIVALENT, /* the interval lies within the margin of equivalence */
    VERDICT_UNDECIDED,
} Verdict;

const char *verdict_name(Verdict verdict);

typedef struct CompareRow {
    uint32_t variant;
    Scope scope;
    const char *name; /* borrowed from the study */
    Phase phase;
    const struct Column *metric;
    uint32_t pairs;
    double baseline, design; /* estimates */
    double difference, difference_low, difference_high;
    double ratio, ratio_low, ratio_high;
    double p, p_adjusted; /* Holm; NaN when there is no interval */
    Verdict verdict;
    double variance_reduction; /* of the difference by pairing; NaN where nothing varies */
} CompareRow;

/* Differences that nobody would act on, as a share of the baseline: 0.02 until it is set. Of
 * availability_ratio it is the difference itself, and never more than 0.001. */
void study_set_equivalence(Study *study, double margin);
double study_equivalence(const Study *study);

/* Rows of every variant but the first against the first, by variant, entry, phase, metric. */
GArray *study_compare(const Study *study);

/* NULL if there is none. */
const CompareRow *compare_find(const GArray *rows, uint32_t variant, Scope scope, const char *name,
                               Phase phase, const char *metric);

/* The fineness of percentiles.csv. */
#define STUDY_PERCENTILES 27
extern const double study_percentiles[STUDY_PERCENTILES]; /* 0 < p <= 1 */

/* Latency of succeeded requests of a workload or system entry (its index), phase `all`. */
Estimate study_percentile(const Study *study, uint32_t variant, uint32_t entry, int percentile);

/* Likewise study_estimate by the entry's index in any run's entries. */
Estimate study_entry_estimate(const Study *study, uint32_t variant, uint32_t entry, Phase phase,
                              const struct Column *metric);

/* The values of one run, entry and phase: one for each column of the table of the entry's scope,
 * NaN for labels. The run must be there. */
const double *study_run_values(const Study *study, uint32_t variant, uint32_t replication,
                               uint32_t entry, Phase phase);

/* A run of this variant, for its entries' names and constants; NULL if there is none. */
const RunResult *study_any_run(const Study *study, uint32_t variant);

/* What came of expectations, for the outputs: of ExpectationResult (reports/expectation.h), taken
 * over. NULL until it is set. */
void study_set_expectations(Study *study, GArray *results);
const GArray *study_expectations(const Study *study);

/* What came of --precision, likewise; NULL: nothing was asked for. */
struct Precision;
void study_set_precision(Study *study, struct Precision *precision);
const struct Precision *study_precision(const Study *study);

/* What the outputs leave out to keep within memory, in words: of char *, to be freed with it. */
GPtrArray *study_notes(const Study *study);

/* run_result_check over all runs, and the worlds' own problems: NULL, or the first that is wrong.
 */
char *study_check(const Study *study);

#endif
