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

static void values_of_batches(const RunResult *result, const Entry *entry, const Column *column,
                              double *values)
{
    double scale = column_is_total(column) ? result->batch_count : 1;
    for (uint32_t i = 0; i < result->batch_count; i++)
        values[i] = column_value(column, &entry->batches[i]) * scale;
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
    bool has_batches = run->result->batch_count > 1 && any->batches != NULL && phase == PHASE_ALL &&
                       column->kind != COLUMN_MAX;
    if (runs->run_count == 1 && has_batches) {
        *count = run->result->batch_count;
        values_of_batches(run->result, any, column, values);
        return INTERVAL_BATCH_MEANS;
    }
    *count = runs->runs->len;
    values_of_runs(runs, entry, (size_t)phase * columns + column_index(any->scope, column), values);
    if (runs->run_count < 2)
        return INTERVAL_NONE;
    return is_sectioned(column) ? INTERVAL_SECTIONING : INTERVAL_T;
}

/* The value that stands for all replications. */
static double center_of(const StudyRuns *runs, uint32_t entry, Phase phase, const Column *column,
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

#define EXCEEDANCES_ENOUGH 100 /* a rank interval of about +-20 % */

static void count_observations(Estimate *estimate, const Column *column, const Measures *merged)
{
    estimate->observations = estimate->replications;
    if (!column_is_of_samples(column))
        return;
    const Histogram *samples = merged->samples[column->index];
    estimate->observations = samples == NULL ? 0 : samples->count;
    double beyond = (double)estimate->observations * (1 - column->p);
    /* The product is not exact: 1e5 * (1 - 0.999) is a little less than 100. */
    estimate->is_from_few = column->kind == COLUMN_PERCENTILE && estimate->observations > 0 &&
                            beyond < EXCEEDANCES_ENOUGH - 1e-6;
}

Estimate study_entry_estimate(const Study *study, uint32_t variant, uint32_t entry, Phase phase,
                              const Column *metric)
{
    const StudyRuns *runs = study_runs(study, variant);
    g_autofree double *values = g_new(double, study_value_room(runs));
    uint32_t count;
    Estimate estimate = {.method = study_values(runs, entry, phase, metric, values, &count)};
    estimate.value = center_of(runs, entry, phase, metric, estimate.method, values, count);
    estimate.replications = count_used(values, count);
    Interval interval = interval_around(estimate.value, values, count);
    estimate.low = interval.low;
    estimate.high = interval.high;
    if (isnan(interval.low))
        estimate.method = INTERVAL_NONE;
    count_observations(&estimate, metric, study_merged(runs, entry, phase));
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

static void percentiles_of_batches(const RunResult *result, const Entry *entry,
                                   const Column *column, double *values)
{
    for (uint32_t i = 0; i < result->batch_count; i++)
        values[i] = column_value(column, &entry->batches[i]);
}

Estimate study_percentile(const Study *study, uint32_t variant, uint32_t entry, int percentile)
{
    const StudyRuns *runs = study_runs(study, variant);
    const StudyRun *any = g_ptr_array_index(runs->runs, runs->any);
    const Entry *of = &any->result->entries[entry];
    Column column = {
        .kind = COLUMN_PERCENTILE, .index = REQUEST_LATENCY, .p = study_percentiles[percentile]};
    g_autofree double *values = g_new(double, study_value_room(runs));
    uint32_t count = runs->runs->len;
    bool has_batches = any->result->batch_count > 1 && of->batches != NULL;
    if (runs->run_count == 1 && has_batches) {
        count = any->result->batch_count;
        percentiles_of_batches(any->result, of, &column, values);
    } else {
        for (uint32_t i = 0; i < count; i++) {
            const StudyRun *run = g_ptr_array_index(runs->runs, i);
            values[i] = run == NULL
                            ? (double)NAN
                            : run->percentiles[entry * STUDY_PERCENTILES + (uint32_t)percentile];
        }
    }
    const Measures *merged = study_merged(runs, entry, PHASE_ALL);
    Estimate estimate = {.value = column_value(&column, merged)};
    estimate.replications = count_used(values, count);
    /* The largest value of all has no interval: it grows with the number of samples. */
    Interval interval = interval_around(column.p < 1 ? estimate.value : (double)NAN, values, count);
    estimate.low = interval.low;
    estimate.high = interval.high;
    estimate.method = isnan(interval.low) ? INTERVAL_NONE : INTERVAL_SECTIONING;
    count_observations(&estimate, &column, merged);
    return estimate;
}
