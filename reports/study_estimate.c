#include <math.h>

#include "reports/statistics.h"
#include "reports/study_parts.h"

const char *interval_method_name(IntervalMethod method)
{
    static const char *const names[] = {
        [INTERVAL_NONE] = "",
        [INTERVAL_T] = "replications_t",
        [INTERVAL_SECTIONING] = "sectioning",
        [INTERVAL_BATCH_MEANS] = "batch_means",
    };
    return names[method];
}

const char *estimate_flag(const Estimate *estimate)
{
    if (estimate->is_from_few)
        return estimate->is_correlated ? "few_samples correlated_batches" : "few_samples";
    return estimate->is_correlated ? "correlated_batches" : "";
}

const Measures *study_merged(const StudyRuns *runs, uint32_t entry, Phase phase)
{
    const StudyRun *run = g_ptr_array_index(runs->runs, runs->any);
    return &runs->merged[run->result->entries[entry].samples_of * PHASE_COUNT + (uint32_t)phase];
}

uint32_t study_value_room(const StudyRuns *runs)
{
    return MAX(runs->runs->len, RECORDER_BATCHES);
}

static size_t column_index(Scope scope, const Column *column)
{
    return (size_t)(column - table_of_scope(scope)->columns);
}

static void values_of_runs(const StudyRuns *runs, uint32_t entry, size_t offset, double *values)
{
    for (uint32_t i = 0; i < runs->runs->len; i++) {
        const StudyRun *run = g_ptr_array_index(runs->runs, i);
        values[i] = run == NULL ? (double)NAN : run->values[runs->offsets[entry] + offset];
    }
}

static void values_of_batches(const StudyRun *run, size_t offset, const Column *column,
                              double *values)
{
    uint32_t count = run->result->batch_count;
    double scale = column_is_total(column) ? count : 1;
    for (uint32_t i = 0; i < count; i++)
        values[i] = run->batch_values[i][offset] * scale;
}

/* A largest value of all is not what the largest ones of the batches scatter around. */
static bool has_batches(const StudyRuns *runs, const StudyRun *run, const Column *column)
{
    return runs->run_count == 1 && run->result->batch_count > 1 && !column_is_largest(column);
}

static bool is_sectioned(const Column *column)
{
    return column->kind == COLUMN_PERCENTILE || column->kind == COLUMN_STDDEV;
}

IntervalMethod study_values(const StudyRuns *runs, uint32_t entry, Phase phase,
                            const Column *column, double *values, uint32_t *count)
{
    const StudyRun *run = g_ptr_array_index(runs->runs, runs->any);
    const Entry *any = &run->result->entries[entry];
    size_t columns = table_of_scope(any->scope)->column_count;
    size_t offset = (size_t)phase * columns + column_index(any->scope, column);
    if (has_batches(runs, run, column)) {
        *count = run->result->batch_count;
        values_of_batches(run, runs->offsets[entry] + offset, column, values);
        return INTERVAL_BATCH_MEANS;
    }
    *count = runs->runs->len;
    values_of_runs(runs, entry, offset, values);
    if (runs->run_count < 2)
        return INTERVAL_NONE;
    return is_sectioned(column) ? INTERVAL_SECTIONING : INTERVAL_T;
}

double study_value(const StudyRuns *runs, uint32_t entry, Phase phase, const Column *column,
                   IntervalMethod method, const double *values, uint32_t count)
{
    if (method == INTERVAL_BATCH_MEANS) {
        const StudyRun *run = g_ptr_array_index(runs->runs, runs->any);
        Scope scope = run->result->entries[entry].scope;
        return run->values[runs->offsets[entry] + column_index(scope, column)];
    }
    if (is_sectioned(column))
        return column_value(column, study_merged(runs, entry, phase));
    uint32_t used;
    return values_mean(values, count, &used);
}

static uint32_t count_used(const double *values, uint32_t count)
{
    uint32_t used;
    values_mean(values, count, &used);
    return used;
}

/* --- whether there are samples enough
 *
 * Samples of one run resemble each other, and so count for fewer. By how many shows in the means of
 * the replications: of n independent samples with variance v they would vary by v / n; they vary by
 * b, and so n samples are worth v / b. Measured coverage (docs/method.md) says how many it takes:
 * of a percentile two beyond it in each replication, for below one its intervals are too narrow; of
 * a mean 400 in all. Of samples that are independent, a percentile also needs 100 beyond it, which
 * make a rank interval of about +-20 %. */

#define EXCEEDANCES_ENOUGH             100
#define INDEPENDENT_EXCEEDANCES_ENOUGH 2
#define INDEPENDENT_ENOUGH             400

/* The mean of the same samples; NULL if the scope has none. */
static const Column *mean_beside(Scope scope, const Column *of)
{
    const Table *table = table_of_scope(scope);
    for (size_t i = 0; i < table->column_count; i++) {
        const Column *column = &table->columns[i];
        if (column->kind == COLUMN_MEAN && column->index == of->index)
            return column;
    }
    return NULL;
}

/* What all samples of a replication (or batch) are worth; INFINITY: there is no telling. */
static double independent_samples(const StudyRuns *runs, uint32_t entry, Phase phase,
                                  const Column *column)
{
    const StudyRun *any = g_ptr_array_index(runs->runs, runs->any);
    const Column *mean = mean_beside(any->result->entries[entry].scope, column);
    const Histogram *samples = study_merged(runs, entry, phase)->samples[column->index];
    if (mean == NULL || samples == NULL)
        return (double)INFINITY;
    g_autofree double *means = g_new(double, study_value_room(runs));
    uint32_t count;
    study_values(runs, entry, phase, mean, means, &count);
    double between = values_variance(means, count);
    double deviation = histogram_stddev(samples) / (double)SIM_TIME_MS;
    return between > 0 ? deviation * deviation / between : (double)INFINITY;
}

static void count_observations(Estimate *estimate, const StudyRuns *runs, uint32_t entry,
                               Phase phase, const Column *column)
{
    estimate->observations = estimate->replications;
    if (!column_is_of_samples(column))
        return;
    const Histogram *samples = study_merged(runs, entry, phase)->samples[column->index];
    estimate->observations = samples == NULL ? 0 : samples->count;
    double independent = independent_samples(runs, entry, phase, column);
    double share = 1 - column->p, beyond = (double)estimate->observations * share;
    if (column->kind == COLUMN_MEAN)
        estimate->is_from_few = independent * estimate->replications < INDEPENDENT_ENOUGH;
    /* The product is not exact: 1e5 * (1 - 0.999) is a little less than 100. */
    else if (column->kind == COLUMN_PERCENTILE && estimate->observations > 0)
        estimate->is_from_few = beyond < EXCEEDANCES_ENOUGH - 1e-6 ||
                                independent * share < INDEPENDENT_EXCEEDANCES_ENOUGH;
}

/* --- estimates */

/* Batches whose correlation is less likely than this by chance are flagged. */
#define CORRELATION_CHANCE 0.05

/* The interval, at least as wide as the bucket of the value. */
static void judge(Estimate *estimate, const StudyRuns *runs, uint32_t entry, Phase phase,
                  const Column *column, const double *values, uint32_t count)
{
    double low, high;
    Interval interval = interval_around(estimate->value, values, count);
    column_bounds(column, study_merged(runs, entry, phase), &low, &high);
    estimate->replications = count_used(values, count);
    estimate->low = isnan(interval.low) ? (double)NAN : fmin(interval.low, low);
    estimate->high = isnan(interval.low) ? (double)NAN : fmax(interval.high, high);
    if (isnan(interval.low))
        estimate->method = INTERVAL_NONE;
    estimate->is_correlated = estimate->method == INTERVAL_BATCH_MEANS &&
                              neighbours_chance(values, count) < CORRELATION_CHANCE;
    count_observations(estimate, runs, entry, phase, column);
}

Estimate study_entry_estimate(const Study *study, uint32_t variant, uint32_t entry, Phase phase,
                              const Column *metric)
{
    const StudyRuns *runs = study_runs(study, variant);
    g_autofree double *values = g_new(double, study_value_room(runs));
    uint32_t count;
    Estimate estimate = {.method = study_values(runs, entry, phase, metric, values, &count)};
    estimate.value = study_value(runs, entry, phase, metric, estimate.method, values, count);
    judge(&estimate, runs, entry, phase, metric, values, count);
    return estimate;
}

bool study_estimate(const Study *study, uint32_t variant, Scope scope, const char *name,
                    Phase phase, const char *metric, Estimate *estimate)
{
    const StudyRuns *runs = study_runs(study, variant);
    const Column *column = column_find(scope, metric);
    if (column == NULL || runs->entry_count == 0 || (uint32_t)phase >= runs->phase_count)
        return false;
    uint32_t entry = study_find_entry(runs, scope, name);
    if (entry == NO_INDEX)
        return false;
    *estimate = study_entry_estimate(study, variant, entry, phase, column);
    return true;
}

/* Likewise study_values. */
static uint32_t percentile_values(const StudyRuns *runs, size_t offset, double *values)
{
    const StudyRun *any = g_ptr_array_index(runs->runs, runs->any);
    uint32_t batches = runs->run_count == 1 ? any->result->batch_count : 0;
    uint32_t count = batches > 1 ? batches : runs->runs->len;
    for (uint32_t i = 0; i < count; i++) {
        const StudyRun *run = batches > 1 ? any : g_ptr_array_index(runs->runs, i);
        if (run == NULL)
            values[i] = (double)NAN;
        else
            values[i] = (batches > 1 ? run->batch_percentiles[i] : run->percentiles)[offset];
    }
    return count;
}

Estimate study_percentile(const Study *study, uint32_t variant, uint32_t entry, int percentile)
{
    const StudyRuns *runs = study_runs(study, variant);
    Column column = {
        .kind = COLUMN_PERCENTILE, .index = REQUEST_LATENCY, .p = study_percentiles[percentile]};
    g_autofree double *values = g_new(double, study_value_room(runs));
    size_t offset = (size_t)entry * STUDY_PERCENTILES + (size_t)percentile;
    uint32_t count = percentile_values(runs, offset, values);
    const Measures *merged = study_merged(runs, entry, PHASE_ALL);
    Estimate estimate = {.value = column_value(&column, merged), .method = INTERVAL_SECTIONING};
    judge(&estimate, runs, entry, PHASE_ALL, &column, values, count);
    if (column.p < 1)
        return estimate;
    /* The largest value of all has no interval: it grows with the number of samples. */
    estimate.low = estimate.high = (double)NAN;
    estimate.method = INTERVAL_NONE;
    return estimate;
}
