#include "reports/study.h"

#include <math.h>
#include <string.h>

#include "reports/endings.h"
#include "reports/precision.h"
#include "reports/study_parts.h"
#include "sim/check.h"

/* Window cells that a study keeps, over all runs. */
#define STUDY_CELLS_MAX 4000000u

#define EQUIVALENCE 0.02

const double study_percentiles[STUDY_PERCENTILES] = {
    0.01, 0.05, 0.1,  0.2,  0.25, 0.3,  0.4,  0.5,   0.6,   0.7,    0.75,   0.8,     0.85, 0.9,
    0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 1.0,
};

Study *study_new(uint64_t seed)
{
    Study *study = g_new0(Study, 1);
    study->seed = seed;
    study->equivalence = EQUIVALENCE;
    study->variants = g_ptr_array_new();
    return study;
}

static void run_free(StudyRun *run)
{
    if (run == NULL)
        return;
    run_result_free(run->result);
    g_free(run->values);
    g_free(run->percentiles);
    g_free(run->endings);
    for (uint32_t i = 0; i < RECORDER_BATCHES; i++) {
        g_free(run->batch_values[i]);
        g_free(run->batch_percentiles[i]);
    }
    g_free(run);
}

static void runs_free(StudyRuns *runs)
{
    for (guint i = 0; i < runs->runs->len; i++)
        run_free(g_ptr_array_index(runs->runs, i));
    g_ptr_array_free(runs->runs, TRUE);
    for (uint32_t i = 0; i < runs->entry_count * PHASE_COUNT; i++)
        measures_clear(&runs->merged[i]);
    g_free(runs->merged);
    g_free(runs->offsets);
    g_hash_table_destroy(runs->index);
    g_free(runs);
}

void study_free(Study *study)
{
    if (study == NULL)
        return;
    for (guint i = 0; i < study->variants->len; i++)
        runs_free(study_runs(study, i));
    g_ptr_array_free(study->variants, TRUE);
    if (study->expectations != NULL)
        g_array_free(study->expectations, TRUE);
    if (study->precision != NULL)
        precision_clear(study->precision);
    g_free(study->precision);
    g_free(study);
}

uint32_t study_add_variant(Study *study, const StudyVariant *variant)
{
    StudyRuns *runs = g_new0(StudyRuns, 1);
    runs->variant = *variant;
    runs->runs = g_ptr_array_new();
    runs->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_ptr_array_add(study->variants, runs);
    return study->variants->len - 1;
}

static char *entry_key(Scope scope, const char *name)
{
    return g_strconcat(scope_name(scope), " ", name, NULL);
}

/* All runs of a variant have the same entries: they come from its topology. */
static void learn_entries(StudyRuns *runs, const RunResult *result)
{
    runs->entry_count = result->entry_count;
    runs->phase_count = result->phase_count;
    runs->offsets = g_new0(size_t, (size_t)result->entry_count + 1);
    runs->merged = g_new0(Measures, (size_t)result->entry_count * PHASE_COUNT);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        size_t columns = table_of_scope(entry->scope)->column_count;
        runs->offsets[i + 1] = runs->offsets[i] + columns * result->phase_count;
        runs->workload_count += entry->scope <= SCOPE_WORKLOAD;
        g_hash_table_insert(runs->index, entry_key(entry->scope, entry->name),
                            GUINT_TO_POINTER(i + 1));
    }
}

static void fill(double *values, const Table *table, const Measures *measures)
{
    for (size_t i = 0; i < table->column_count; i++)
        values[i] = measures == NULL ? (double)NAN : column_value(&table->columns[i], measures);
}

static double *evaluate(const StudyRuns *runs, const RunResult *result)
{
    double *values = g_new(double, runs->offsets[runs->entry_count] + 1);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        const Table *table = table_of_scope(entry->scope);
        for (uint32_t phase = 0; phase < result->phase_count; phase++)
            fill(&values[runs->offsets[i] + phase * table->column_count], table,
                 &entry->phases[phase]);
    }
    return values;
}

static void fill_percentiles(double *values, const Measures *measures)
{
    for (int i = 0; i < STUDY_PERCENTILES; i++) {
        Column column = {
            .kind = COLUMN_PERCENTILE, .index = REQUEST_LATENCY, .p = study_percentiles[i]};
        values[i] = measures == NULL ? (double)NAN : column_value(&column, measures);
    }
}

static double *evaluate_percentiles(const StudyRuns *runs, const RunResult *result)
{
    double *values = g_new(double, (size_t)runs->workload_count *STUDY_PERCENTILES + 1);
    for (uint32_t i = 0; i < runs->workload_count; i++)
        fill_percentiles(&values[i * STUDY_PERCENTILES], &result->entries[i].phases[PHASE_ALL]);
    return values;
}

/* Only a run without phases has batches: the values of a batch stand as those of its one phase. */
static void evaluate_batch(const StudyRuns *runs, const RunResult *result, uint32_t batch,
                           StudyRun *run)
{
    double *values = g_new(double, runs->offsets[runs->entry_count] + 1);
    double *percentiles = g_new(double, (size_t)runs->workload_count *STUDY_PERCENTILES + 1);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        const Measures *measures = entry->batches == NULL ? NULL : &entry->batches[batch];
        fill(&values[runs->offsets[i]], table_of_scope(entry->scope), measures);
        if (i < runs->workload_count)
            fill_percentiles(&percentiles[i * STUDY_PERCENTILES], measures);
    }
    run->batch_values[batch] = values;
    run->batch_percentiles[batch] = percentiles;
}

static uint8_t *evaluate_endings(const RunResult *result)
{
    uint32_t count = run_ending_count(result->topology);
    uint8_t *endings = g_new(uint8_t, count + 1);
    for (uint32_t i = 0; i < count; i++)
        endings[i] = (uint8_t)run_ending(result, i);
    return endings;
}

static void merge_samples(StudyRuns *runs, const RunResult *result)
{
    for (uint32_t i = 0; i < result->entry_count; i++) {
        for (uint32_t phase = 0; result->entries[i].samples_of == i && phase < runs->phase_count;
             phase++)
            measures_add_samples(&runs->merged[i * PHASE_COUNT + phase],
                                 &result->entries[i].phases[phase]);
    }
}

static void drop_series(RunResult *result)
{
    for (uint32_t i = 0; i < result->entry_count; i++) {
        Series *series = &result->entries[i].series;
        g_free(series->counts);
        g_free(series->levels);
        g_free(series->largest);
        g_free(series->oldest);
        g_free(series->latencies);
        *series = (Series){0};
    }
    result->window_count = 0;
}

/* Which replications keep their series depends on their number only, not on the order in which they
 * come. */
static void drop_series_beyond_limit(const Study *study, uint32_t replication, RunResult *result)
{
    uint64_t cells = (uint64_t)result->entry_count * result->window_count * study->variants->len;
    if (replication > 0 && cells * (replication + 1) > STUDY_CELLS_MAX)
        drop_series(result);
}

void study_add_run(Study *study, uint32_t variant, uint32_t replication, RunResult *result)
{
    StudyRuns *runs = study_runs(study, variant);
    if (runs->entry_count == 0)
        learn_entries(runs, result);
    SIM_CHECK(runs->entry_count == result->entry_count);
    while (runs->runs->len <= replication)
        g_ptr_array_add(runs->runs, NULL);
    SIM_CHECK(g_ptr_array_index(runs->runs, replication) == NULL);
    StudyRun *run = g_new0(StudyRun, 1);
    run->result = result;
    run->values = evaluate(runs, result);
    run->percentiles = evaluate_percentiles(runs, result);
    run->endings = evaluate_endings(result);
    for (uint32_t i = 0; i < result->batch_count; i++)
        evaluate_batch(runs, result, i, run);
    run_result_drop_batches(result);
    merge_samples(runs, result);
    run_result_drop_samples(result);
    drop_series_beyond_limit(study, replication, result);
    runs->runs->pdata[replication] = run;
    runs->any = replication;
    runs->run_count++;
}

uint32_t study_variant_count(const Study *study)
{
    return study->variants->len;
}

const StudyVariant *study_variant(const Study *study, uint32_t variant)
{
    return &study_runs(study, variant)->variant;
}

uint64_t study_seed(const Study *study)
{
    return study->seed;
}

uint32_t study_replication_count(const Study *study, uint32_t variant)
{
    return study_runs(study, variant)->runs->len;
}

const RunResult *study_run(const Study *study, uint32_t variant, uint32_t replication)
{
    const StudyRuns *runs = study_runs(study, variant);
    if (replication >= runs->runs->len)
        return NULL;
    const StudyRun *run = g_ptr_array_index(runs->runs, replication);
    return run == NULL ? NULL : run->result;
}

const double *study_run_values(const Study *study, uint32_t variant, uint32_t replication,
                               uint32_t entry, Phase phase)
{
    const StudyRuns *runs = study_runs(study, variant);
    const StudyRun *run = g_ptr_array_index(runs->runs, replication);
    const Entry *of = &run->result->entries[entry];
    return &run->values[runs->offsets[entry] +
                        (size_t)phase * table_of_scope(of->scope)->column_count];
}

const RunResult *study_any_run(const Study *study, uint32_t variant)
{
    const StudyRuns *runs = study_runs(study, variant);
    return runs->entry_count == 0 ? NULL : study_run(study, variant, runs->any);
}

uint32_t study_find_entry(const StudyRuns *runs, Scope scope, const char *name)
{
    g_autofree char *key = entry_key(scope, name);
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(runs->index, key));
    return found == 0 ? NO_INDEX : found - 1;
}

char *study_check(const Study *study)
{
    for (uint32_t i = 0; i < study->variants->len; i++) {
        for (uint32_t k = 0; k < study_replication_count(study, i); k++) {
            const RunResult *result = study_run(study, i, k);
            g_autofree char *problem = result == NULL ? NULL : run_result_check(result);
            if (problem != NULL)
                return g_strdup_printf("design %s, replication %u: %s",
                                       study_variant(study, i)->design, k, problem);
        }
    }
    return NULL;
}

void study_set_equivalence(Study *study, double margin)
{
    study->equivalence = margin;
}

double study_equivalence(const Study *study)
{
    return study->equivalence;
}

void study_set_expectations(Study *study, GArray *results)
{
    study->expectations = results;
}

const GArray *study_expectations(const Study *study)
{
    return study->expectations;
}

void study_set_precision(Study *study, Precision *precision)
{
    study->precision = precision;
}

const Precision *study_precision(const Study *study)
{
    return study->precision;
}

static void note(GPtrArray *notes, char *text)
{
    for (guint i = 0; i < notes->len; i++) {
        if (strcmp(g_ptr_array_index(notes, i), text) == 0) {
            g_free(text);
            return;
        }
    }
    g_ptr_array_add(notes, text);
}

static void note_run(GPtrArray *notes, const RunResult *result)
{
    SimTime asked = MIN(result->topology->simulation.window, result->topology->simulation.duration);
    if (result->window > asked)
        note(notes, g_strdup_printf("windows of the time series are %g s long instead of %g s, to "
                                    "keep within memory",
                                    sim_time_to_s(result->window), sim_time_to_s(asked)));
    if (result->window_count == 0 && result->measured > 0)
        note(notes, g_strdup("timeseries.csv holds the first replications only, to keep within "
                             "memory"));
    if (result->events_dropped > 0)
        note(notes, g_strdup_printf("events.csv holds the first %u of each replication only",
                                    EVENTS_KEPT_MAX));
}

GPtrArray *study_notes(const Study *study)
{
    GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t i = 0; i < study->variants->len; i++) {
        for (uint32_t k = 0; k < study_replication_count(study, i); k++) {
            const RunResult *result = study_run(study, i, k);
            if (result != NULL)
                note_run(notes, result);
        }
    }
    return notes;
}
