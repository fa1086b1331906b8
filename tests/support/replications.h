/* Runs topologies many times and judges the results against theory.
 *
 * Every run is held to conservation and Little's law on the way: the test fails where one does not
 * hold. Errors are standard errors over independent replications; seeds are fixed (1, or the
 * file's). With TOPPLE_THEORY set in the environment, what was measured is printed. */
#ifndef TOPPLE_TESTS_REPLICATIONS_H
#define TOPPLE_TESTS_REPLICATIONS_H

#include <glib.h>

#include "experiments/experiment.h"
#include "reports/measures.h"

/* Replications behind an assertion: five standard errors of 20 runs are left by chance once in
 * 12,000 times. */
#define REPLICATIONS 20u

typedef struct Replications {
    GPtrArray *topologies, *names;
    StudyVariant *variants;
    uint32_t variant_count;
    ExperimentResult result;
} Replications;

/* The base of a text, formatted first; ' stands for ". */
void replications_run(Replications *runs, const char *text, ...) G_GNUC_PRINTF(2, 3);

/* The designs of a file, named "base,queue"; NULL: all. count 0: as many as the file says. */
void replications_run_file(Replications *runs, const char *path, const char *designs,
                           uint32_t count);
/* The designs of a JSON text (without ') under a file name of its own, on so many threads. */
void replications_run_json(Replications *runs, const char *json, const char *designs,
                           uint32_t count, uint32_t threads);
void replications_clear(Replications *runs);

typedef struct Sample {
    double mean, error; /* standard error of the mean; NaN with fewer than two values */
    uint32_t count;
} Sample;

/* metric is a column of the scope's table, or two with / between them: their ratio in each
 * replication. Fails the test when there is no such thing, or a replication has no value. */
Sample sample_of(const Replications *runs, const char *design, Scope scope, const char *name,
                 Phase phase, const char *metric);

/* The mean of what a sample should be: within five standard errors, and the standard error must be
 * below a share of the truth, so that the test can fail. */
void assert_within_errors(double mean, double error, double truth, double share);

/* Both at once, of the base and phase `all`. */
void assert_theory(const Replications *runs, Scope scope, const char *name, const char *metric,
                   double truth, double share);

/* The same in a phase. */
void assert_theory_in(const Replications *runs, Phase phase, Scope scope, const char *name,
                      const char *metric, double truth, double share);

/* Percentiles come from buckets, whose middle may be off by 0.4 %: that much more is allowed. */
void assert_theory_percentile(const Replications *runs, Scope scope, const char *name,
                              const char *metric, double truth, double share);

#endif
