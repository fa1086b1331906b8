#include "reports/csv_tables.h"

#include <math.h>

#include "reports/endings.h"
#include "reports/expectation.h"

static bool end_row(TableWriter *writer)
{
    csv_end_row(&writer->csv);
    return writer->spill == NULL || writer->spill(writer);
}

static void variant_labels(Csv *csv, const Study *study, uint32_t variant)
{
    const StudyVariant *labels = study_variant(study, variant);
    csv_text(csv, labels->topology->name);
    csv_text(csv, labels->design);
    csv_text(csv, labels->point);
}

static void run_labels(Csv *csv, const Study *study, uint32_t variant, uint32_t replication)
{
    variant_labels(csv, study, variant);
    csv_integer(csv, replication);
    csv_integer(csv, study_seed(study));
}

/* --- what each run measured */

typedef bool (*WriteRun)(TableWriter *writer, const Table *table, const Study *study,
                         uint32_t variant, uint32_t replication);

static bool for_each_run(TableWriter *writer, const Table *table, const Study *study,
                         WriteRun write)
{
    for (uint32_t i = 0; i < study_variant_count(study); i++) {
        for (uint32_t k = 0; k < study_replication_count(study, i); k++) {
            if (study_run(study, i, k) != NULL && !write(writer, table, study, i, k))
                return false;
        }
    }
    return true;
}

static bool write_wide_run(TableWriter *writer, const Table *table, const Study *study,
                           uint32_t variant, uint32_t replication)
{
    Csv *csv = &writer->csv;
    const RunResult *result = study_run(study, variant, replication);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        if (entry->scope == SCOPE_SYSTEM || table_of_scope(entry->scope) != table)
            continue;
        for (uint32_t phase = 0; phase < result->phase_count; phase++) {
            const double *values = study_run_values(study, variant, replication, i, (Phase)phase);
            run_labels(csv, study, variant, replication);
            csv_text(csv, entry->whole);
            if (entry->part != NULL)
                csv_text(csv, entry->part);
            csv_text(csv, phase_name((Phase)phase));
            for (size_t k = 0; k < table->column_count; k++) {
                if (table->columns[k].kind != COLUMN_LABEL)
                    csv_number(csv, values[k]);
            }
            if (!end_row(writer))
                return false;
        }
    }
    return true;
}

/* For each column of the series the scope's own column of that name, NULL if it has none. */
static void own_columns(Scope scope, const Column *const columns[], size_t count,
                        const Column *own[])
{
    for (size_t i = 0; i < count; i++) {
        own[i] = column_find(scope, columns[i]->name);
        if (own[i] != NULL && !own[i]->is_in_series)
            own[i] = NULL;
    }
}

static bool write_window(TableWriter *writer, const RunResult *result, const Entry *entry,
                         uint32_t window, const Column *const own[], size_t count)
{
    Csv *csv = &writer->csv;
    Measures measures = run_result_window(result, entry, window);
    SimTime start = result->window * window;
    csv_text(csv, scope_name(entry->scope));
    csv_text(csv, entry->name);
    csv_number(csv, sim_time_to_s(start));
    csv_number(csv, sim_time_to_s(MIN(start + result->window, result->measured)));
    for (size_t i = 0; i < count; i++)
        csv_number(csv, own[i] == NULL ? (double)NAN : column_value(own[i], &measures));
    return end_row(writer);
}

static bool write_series_run(TableWriter *writer, const Table *table, const Study *study,
                             uint32_t variant, uint32_t replication)
{
    (void)table;
    const RunResult *result = study_run(study, variant, replication);
    const Column *columns[SERIES_COLUMNS_MAX], *own[SERIES_COLUMNS_MAX];
    size_t count = series_columns(columns);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        if (entry->series.counts == NULL)
            continue;
        own_columns(entry->scope, columns, count, own);
        for (uint32_t window = 0; window < result->window_count; window++) {
            run_labels(&writer->csv, study, variant, replication);
            if (!write_window(writer, result, entry, window, own, count))
                return false;
        }
    }
    return true;
}

static bool write_events_run(TableWriter *writer, const Table *table, const Study *study,
                             uint32_t variant, uint32_t replication)
{
    (void)table;
    Csv *csv = &writer->csv;
    const GArray *events = study_run(study, variant, replication)->events;
    for (guint i = 0; i < events->len; i++) {
        const RunEvent *event = &g_array_index(events, RunEvent, i);
        run_labels(csv, study, variant, replication);
        csv_number(csv, sim_time_to_s(event->time));
        csv_text(csv, event->type);
        csv_text(csv, event->subject);
        csv_number(csv, event->value);
        csv_text(csv, event->detail);
        if (!end_row(writer))
            return false;
    }
    return true;
}

/* --- what all runs say together */

static bool write_estimate(TableWriter *writer, const Study *study, uint32_t variant,
                           uint32_t index, Phase phase, const Column *metric)
{
    Csv *csv = &writer->csv;
    const Entry *entry = &study_any_run(study, variant)->entries[index];
    Estimate estimate = study_entry_estimate(study, variant, index, phase, metric);
    if (isnan(estimate.value))
        return true;
    variant_labels(csv, study, variant);
    csv_text(csv, scope_name(entry->scope));
    csv_text(csv, entry->name);
    csv_text(csv, phase_name(phase));
    csv_text(csv, metric->name);
    csv_text(csv, metric->unit);
    csv_integer(csv, estimate.replications);
    csv_integer(csv, estimate.observations);
    csv_number(csv, estimate.value);
    csv_number(csv, estimate.low);
    csv_number(csv, estimate.high);
    csv_text(csv, interval_method_name(estimate.method));
    csv_text(csv, estimate_flag(&estimate));
    return end_row(writer);
}

static bool write_summary_entry(TableWriter *writer, const Study *study, uint32_t variant,
                                uint32_t index)
{
    const RunResult *result = study_any_run(study, variant);
    const Table *table = table_of_scope(result->entries[index].scope);
    for (uint32_t phase = 0; phase < result->phase_count; phase++) {
        for (size_t i = 0; i < table->column_count; i++) {
            if (column_is_metric(&table->columns[i]) &&
                !write_estimate(writer, study, variant, index, (Phase)phase, &table->columns[i]))
                return false;
        }
    }
    return true;
}

static bool write_summary(TableWriter *writer, const Study *study)
{
    for (uint32_t variant = 0; variant < study_variant_count(study); variant++) {
        const RunResult *result = study_any_run(study, variant);
        for (uint32_t i = 0; result != NULL && i < result->entry_count; i++) {
            if (!write_summary_entry(writer, study, variant, i))
                return false;
        }
    }
    return true;
}

static bool write_percentile(TableWriter *writer, const Study *study, uint32_t variant,
                             uint32_t index, int percentile)
{
    Csv *csv = &writer->csv;
    const Entry *entry = &study_any_run(study, variant)->entries[index];
    Estimate estimate = study_percentile(study, variant, index, percentile);
    double p = study_percentiles[percentile];
    variant_labels(csv, study, variant);
    csv_text(csv, scope_name(entry->scope));
    csv_text(csv, entry->name);
    csv_number(csv, p * 100);
    csv_number(csv, estimate.value);
    csv_number(csv, estimate.low);
    csv_number(csv, estimate.high);
    csv_integer(csv, estimate.observations);
    csv_number(csv, p < 1 ? 1 / (1 - p) : (double)NAN);
    return end_row(writer);
}

static bool write_percentiles(TableWriter *writer, const Study *study)
{
    for (uint32_t variant = 0; variant < study_variant_count(study); variant++) {
        const RunResult *result = study_any_run(study, variant);
        for (uint32_t i = 0; result != NULL && i < result->entry_count; i++) {
            if (result->entries[i].scope != SCOPE_WORKLOAD)
                continue;
            for (int k = 0; k < STUDY_PERCENTILES; k++) {
                if (!write_percentile(writer, study, variant, i, k))
                    return false;
            }
        }
    }
    return true;
}

static bool write_comparison_row(TableWriter *writer, const Study *study, const CompareRow *row,
                                 const char *baseline)
{
    Csv *csv = &writer->csv;
    variant_labels(csv, study, row->variant);
    csv_text(csv, scope_name(row->scope));
    csv_text(csv, row->name);
    csv_text(csv, phase_name(row->phase));
    csv_text(csv, row->metric->name);
    csv_text(csv, baseline);
    csv_integer(csv, row->pairs);
    csv_number(csv, row->baseline);
    csv_number(csv, row->design);
    csv_number(csv, row->difference);
    csv_number(csv, row->difference_low);
    csv_number(csv, row->difference_high);
    csv_number(csv, row->ratio);
    csv_number(csv, row->ratio_low);
    csv_number(csv, row->ratio_high);
    csv_number(csv, row->p_adjusted);
    csv_text(csv, verdict_name(row->verdict));
    csv_number(csv, row->variance_reduction);
    return end_row(writer);
}

static bool write_comparison(TableWriter *writer, const Study *study, const GArray *comparison)
{
    if (study_variant_count(study) == 0)
        return true;
    const StudyVariant *first = study_variant(study, 0);
    g_autofree char *baseline = g_strconcat(first->topology->name, "/", first->design, NULL);
    for (guint i = 0; i < comparison->len; i++) {
        const CompareRow *row = &g_array_index(comparison, CompareRow, i);
        if (!write_comparison_row(writer, study, row, baseline))
            return false;
    }
    return true;
}

static bool write_outcomes(TableWriter *writer, const Study *study)
{
    Csv *csv = &writer->csv;
    for (uint32_t variant = 0; variant < study_variant_count(study); variant++) {
        const Topology *topology = study_variant(study, variant)->topology;
        for (uint32_t i = 0; i < run_ending_count(topology); i++) {
            EndingShare share = study_ending(study, variant, i);
            variant_labels(csv, study, variant);
            csv_text(csv, run_ending_kind(topology, i));
            csv_text(csv, run_ending_name(topology, i));
            csv_integer(csv, share.known);
            csv_integer(csv, share.yes);
            csv_number(csv, share.share);
            csv_number(csv, share.low);
            csv_number(csv, share.high);
            if (!end_row(writer))
                return false;
        }
    }
    return true;
}

static bool write_expectations(TableWriter *writer, const Study *study)
{
    Csv *csv = &writer->csv;
    const GArray *results = study_expectations(study);
    for (guint i = 0; results != NULL && i < results->len; i++) {
        const ExpectationResult *result = &g_array_index(results, ExpectationResult, i);
        variant_labels(csv, study, result->variant);
        csv_text(csv, result->text);
        csv_text(csv, judgement_name(result->judgement));
        csv_number(csv, result->value);
        csv_number(csv, result->low);
        csv_number(csv, result->high);
        csv_text(csv, result->flag);
        if (!end_row(writer))
            return false;
    }
    return true;
}

static bool write_points(TableWriter *writer, const Study *study)
{
    Csv *csv = &writer->csv;
    for (uint32_t i = 0; i < study_variant_count(study); i++) {
        const StudyVariant *variant = study_variant(study, i);
        for (uint32_t k = 0; k < variant->parameter_count; k++) {
            variant_labels(csv, study, i);
            csv_text(csv, variant->parameters[k].pointer);
            csv_text(csv, variant->parameters[k].value);
            if (!end_row(writer))
                return false;
        }
    }
    return true;
}

bool table_write_rows(TableWriter *writer, const Table *table, const Study *study,
                      const GArray *comparison)
{
    if (table == &table_summary)
        return write_summary(writer, study);
    if (table == &table_percentiles)
        return write_percentiles(writer, study);
    if (table == &table_compare)
        return write_comparison(writer, study, comparison);
    if (table == &table_outcomes)
        return write_outcomes(writer, study);
    if (table == &table_expectations)
        return write_expectations(writer, study);
    if (table == &table_points)
        return write_points(writer, study);
    if (table == &table_timeseries)
        return for_each_run(writer, table, study, write_series_run);
    if (table == &table_events)
        return for_each_run(writer, table, study, write_events_run);
    return for_each_run(writer, table, study, write_wide_run);
}

bool table_write(TableWriter *writer, const Table *table, const Study *study,
                 const GArray *comparison)
{
    csv_header(&writer->csv, table);
    return table_write_rows(writer, table, study, comparison);
}
