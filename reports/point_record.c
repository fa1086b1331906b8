#include "reports/point_record.h"

#include <math.h>
#include <string.h>

#include "reports/csv_tables.h"
#include "reports/study_parts.h"

/* seed, replications, hit_limit, figures, values, warnings, tables (number, rows, text) */
#define RECORD_TYPE "(tubadadasa(utay))"

#define FIGURE_NUMBERS 4u /* value, low, high, is_from_few */

/* --- making */

static Estimate estimate_of(const Study *study, const MetricRef *metric)
{
    Estimate estimate;
    if (study_estimate(study, 0, metric->scope, metric->name, metric->phase, metric->metric->name,
                       &estimate))
        return estimate;
    return (Estimate){.value = NAN, .low = NAN, .high = NAN};
}

static GVariant *figures_of(const Study *study, const PointWishes *wishes)
{
    uint32_t count = point_wishes_figures(wishes);
    g_autofree Figure *figures = g_new0(Figure, count + 1);
    g_autofree double *numbers = g_new(double, count *FIGURE_NUMBERS + 1);
    for (guint i = 0; i < wishes->metrics->len; i++) {
        Estimate estimate = estimate_of(study, metric_at(wishes->metrics, i));
        figures[i] = (Figure){estimate.value, estimate.low, estimate.high, estimate.is_from_few};
    }
    if (wishes->extra_count > 0)
        wishes->extra(study, &figures[wishes->metrics->len]);
    for (uint32_t i = 0; i < count; i++) {
        const double parts[FIGURE_NUMBERS] = {figures[i].value, figures[i].low, figures[i].high,
                                              figures[i].is_from_few};
        memcpy(&numbers[i * FIGURE_NUMBERS], parts, sizeof parts);
    }
    return g_variant_new_fixed_array(G_VARIANT_TYPE_DOUBLE, numbers, count * FIGURE_NUMBERS,
                                     sizeof(double));
}

static void values_of(const Study *study, const MetricRef *metric, double *values, uint32_t count)
{
    const StudyRuns *runs = study_runs(study, 0);
    uint32_t entry = study_find_entry(runs, metric->scope, metric->name);
    size_t column = (size_t)(metric->metric - table_of_scope(metric->scope)->columns);
    for (uint32_t i = 0; i < count; i++)
        values[i] = entry == NO_INDEX || (uint32_t)metric->phase >= runs->phase_count ||
                            study_run(study, 0, i) == NULL
                        ? (double)NAN
                        : study_run_values(study, 0, i, entry, metric->phase)[column];
}

static GVariant *all_values(const Study *study, const PointWishes *wishes)
{
    uint32_t count = study_replication_count(study, 0);
    size_t room = wishes->keeps_values ? (size_t)wishes->metrics->len * count : 0;
    g_autofree double *values = g_new(double, room + 1);
    for (guint i = 0; wishes->keeps_values && i < wishes->metrics->len; i++)
        values_of(study, metric_at(wishes->metrics, i), &values[(size_t)i * count], count);
    return g_variant_new_fixed_array(G_VARIANT_TYPE_DOUBLE, values, room, sizeof(double));
}

bool point_record_can_hold(const Table *table)
{
    return !table->is_of_points && table != &table_compare && table != &table_expectations &&
           table != &table_outcomes && table != &table_points;
}

static GVariant *tables_of(const Study *study, uint32_t wanted)
{
    GVariantBuilder builder;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(utay)"));
    for (uint32_t i = 0; tables[i] != NULL; i++) {
        if ((wanted >> i & 1) == 0 || !point_record_can_hold(tables[i]))
            continue;
        TableWriter writer = {.csv.text = g_string_new(NULL)};
        table_write_rows(&writer, tables[i], study, NULL);
        GVariant *text = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, writer.csv.text->str,
                                                   writer.csv.text->len, 1);
        g_variant_builder_add(&builder, "(ut@ay)", i, (guint64)writer.csv.rows, text);
        g_string_free(writer.csv.text, TRUE);
    }
    return g_variant_builder_end(&builder);
}

GBytes *point_record_make(const Study *study, const PointWishes *wishes, const GPtrArray *warnings,
                          bool hit_limit)
{
    GVariant *words =
        g_variant_new_strv((const char *const *)warnings->pdata, (gssize)warnings->len);
    g_autoptr(GVariant) record = g_variant_ref_sink(g_variant_new(
        "(tub@ad@ad@as@a(utay))", (guint64)study_seed(study), study_replication_count(study, 0),
        (gboolean)hit_limit, figures_of(study, wishes), all_values(study, wishes), words,
        tables_of(study, wishes->tables)));
    return g_variant_get_data_as_bytes(record);
}

/* --- reading */

static const double *numbers_of(GVariant *whole, gsize child, size_t *count)
{
    g_autoptr(GVariant) numbers = g_variant_get_child_value(whole, child);
    gsize length;
    /* The array lies within the whole, which lives on. */
    const double *first = g_variant_get_fixed_array(numbers, &length, sizeof(double));
    *count = length;
    return first;
}

bool point_record_read(PointRecord *record, GBytes *bytes, uint32_t figure_count)
{
    GVariant *whole =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RECORD_TYPE), bytes, FALSE));
    size_t numbers;
    *record = (PointRecord){.whole = whole};
    if (!g_variant_is_normal_form(whole)) {
        point_record_clear(record);
        return false;
    }
    gboolean hit_limit;
    g_variant_get_child(whole, 0, "t", &record->seed);
    g_variant_get_child(whole, 1, "u", &record->replications);
    g_variant_get_child(whole, 2, "b", &hit_limit);
    record->hit_limit = hit_limit;
    record->figures = numbers_of(whole, 3, &numbers);
    record->figure_count = figure_count;
    record->values = numbers_of(whole, 4, &record->value_count);
    g_variant_get_child(whole, 5, "^a&s", &record->warnings);
    record->tables = g_variant_get_child_value(whole, 6);
    bool has_all = numbers == (size_t)figure_count * FIGURE_NUMBERS &&
                   (record->replications == 0 || record->value_count % record->replications == 0);
    if (!has_all)
        point_record_clear(record);
    return has_all;
}

void point_record_clear(PointRecord *record)
{
    g_free(record->warnings);
    g_clear_pointer(&record->tables, g_variant_unref);
    g_clear_pointer(&record->whole, g_variant_unref);
    *record = (PointRecord){0};
}

Figure point_record_figure(const PointRecord *record, uint32_t index)
{
    const double *figure = &record->figures[(size_t)index * FIGURE_NUMBERS];
    return (Figure){figure[0], figure[1], figure[2], figure[3] > 0};
}

const char *point_record_rows(const PointRecord *record, uint32_t table, size_t *length,
                              uint64_t *rows)
{
    *length = 0;
    *rows = 0;
    for (gsize i = 0; i < g_variant_n_children(record->tables); i++) {
        guint32 number;
        guint64 count;
        g_autoptr(GVariant) text = NULL;
        g_variant_get_child(record->tables, i, "(ut@ay)", &number, &count, &text);
        if (number != table)
            continue;
        *rows = count;
        gsize size;
        const char *bytes = g_variant_get_fixed_array(text, &size, 1);
        *length = size;
        return bytes; /* within the whole, which lives on */
    }
    return NULL;
}
