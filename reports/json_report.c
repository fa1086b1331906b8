#include "reports/json_report.h"

#include <math.h>

#include "reports/columns.h"
#include "reports/json_text.h"

static void print_labels(JsonText *json, const Study *study, uint32_t variant, Scope scope,
                         const char *name, Phase phase, const Column *metric)
{
    const StudyVariant *labels = study_variant(study, variant);
    json_string(json, "topology", labels->topology->name);
    json_string(json, "design", labels->design);
    json_string(json, "point", labels->point);
    json_string(json, "scope", scope_name(scope));
    json_string(json, "name", name);
    json_string(json, "phase", phase_name(phase));
    json_string(json, "metric", metric->name);
}

static void print_estimate(JsonText *json, const Study *study, uint32_t variant, uint32_t index,
                           Phase phase, const Column *metric)
{
    const Entry *entry = &study_any_run(study, variant)->entries[index];
    Estimate estimate = study_entry_estimate(study, variant, index, phase, metric);
    if (isnan(estimate.value))
        return;
    json_open(json, NULL, '{');
    print_labels(json, study, variant, entry->scope, entry->name, phase, metric);
    json_string(json, "unit", metric->unit);
    json_number(json, "replications", estimate.replications);
    json_number(json, "observations", (double)estimate.observations);
    json_number(json, "estimate", estimate.value);
    json_number(json, "ci_low", estimate.low);
    json_number(json, "ci_high", estimate.high);
    json_string(json, "ci_method", interval_method_name(estimate.method));
    json_string(json, "flag", estimate.is_from_few ? "few_samples" : "");
    json_close(json, '}');
}

static void print_entry(JsonText *json, const Study *study, uint32_t variant, uint32_t index)
{
    const RunResult *result = study_any_run(study, variant);
    const Table *table = table_of_scope(result->entries[index].scope);
    for (uint32_t phase = 0; phase < result->phase_count; phase++) {
        for (size_t i = 0; i < table->column_count; i++) {
            if (column_is_metric(&table->columns[i]))
                print_estimate(json, study, variant, index, (Phase)phase, &table->columns[i]);
        }
    }
}

static void print_summary(JsonText *json, const Study *study)
{
    json_open(json, "summary", '[');
    for (uint32_t variant = 0; variant < study_variant_count(study); variant++) {
        const RunResult *result = study_any_run(study, variant);
        for (uint32_t i = 0; result != NULL && i < result->entry_count; i++)
            print_entry(json, study, variant, i);
    }
    json_close(json, ']');
}

static void print_compare_row(JsonText *json, const Study *study, const CompareRow *row)
{
    const StudyVariant *first = study_variant(study, 0);
    g_autofree char *baseline = g_strconcat(first->topology->name, "/", first->design, NULL);
    json_open(json, NULL, '{');
    print_labels(json, study, row->variant, row->scope, row->name, row->phase, row->metric);
    json_string(json, "baseline", baseline);
    json_number(json, "pairs", row->pairs);
    json_number(json, "baseline_estimate", row->baseline);
    json_number(json, "design_estimate", row->design);
    json_number(json, "difference", row->difference);
    json_number(json, "difference_ci_low", row->difference_low);
    json_number(json, "difference_ci_high", row->difference_high);
    json_number(json, "ratio", row->ratio);
    json_number(json, "ratio_ci_low", row->ratio_low);
    json_number(json, "ratio_ci_high", row->ratio_high);
    json_number(json, "p_adjusted", row->p_adjusted);
    json_string(json, "verdict", verdict_name(row->verdict));
    json_close(json, '}');
}

void json_report_print(GString *text, const Study *study)
{
    JsonText json = {.text = text};
    json_open(&json, NULL, '{');
    print_summary(&json, study);
    if (study_variant_count(study) > 1) {
        g_autoptr(GArray) rows = study_compare(study);
        json_open(&json, "compare", '[');
        for (guint i = 0; i < rows->len; i++)
            print_compare_row(&json, study, &g_array_index(rows, CompareRow, i));
        json_close(&json, ']');
    }
    json_close(&json, '}');
}
