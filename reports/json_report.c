#include "reports/json_report.h"

#include <math.h>

#include "reports/columns.h"
#include "reports/endings.h"
#include "reports/expectation.h"
#include "reports/json_values.h"

static void print_labels(JsonText *json, const Study *study, uint32_t variant, Scope scope,
                         const char *name, Phase phase, const Column *metric)
{
    const StudyVariant *labels = study_variant(study, variant);
    json_label_member(json, "topology", labels->topology->name);
    json_label_member(json, "design", labels->design);
    json_label_member(json, "point", labels->point);
    json_label_member(json, "scope", scope_name(scope));
    json_label_member(json, "name", name);
    json_label_member(json, "phase", phase_name(phase));
    json_label_member(json, "metric", metric->name);
}

static void print_estimate(JsonText *json, const Study *study, uint32_t variant, uint32_t index,
                           Phase phase, const Column *metric)
{
    const Entry *entry = &study_any_run(study, variant)->entries[index];
    Estimate estimate = study_entry_estimate(study, variant, index, phase, metric);
    if (isnan(estimate.value))
        return;
    json_text_open(json, '{');
    print_labels(json, study, variant, entry->scope, entry->name, phase, metric);
    json_label_member(json, "unit", metric->unit);
    json_value_member(json, "replications", estimate.replications);
    json_value_member(json, "observations", (double)estimate.observations);
    json_value_member(json, "estimate", estimate.value);
    json_value_member(json, "ci_low", estimate.low);
    json_value_member(json, "ci_high", estimate.high);
    json_label_member(json, "ci_method", interval_method_name(estimate.method));
    json_label_member(json, "flag", estimate_flag(&estimate));
    json_text_close(json, '}');
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
    json_text_name(json, "summary");
    json_text_open(json, '[');
    for (uint32_t variant = 0; variant < study_variant_count(study); variant++) {
        const RunResult *result = study_any_run(study, variant);
        for (uint32_t i = 0; result != NULL && i < result->entry_count; i++)
            print_entry(json, study, variant, i);
    }
    json_text_close(json, ']');
}

static void print_compare_row(JsonText *json, const Study *study, const CompareRow *row)
{
    const StudyVariant *first = study_variant(study, 0);
    g_autofree char *baseline = g_strconcat(first->topology->name, "/", first->design, NULL);
    json_text_open(json, '{');
    print_labels(json, study, row->variant, row->scope, row->name, row->phase, row->metric);
    json_label_member(json, "baseline", baseline);
    json_value_member(json, "pairs", row->pairs);
    json_value_member(json, "baseline_estimate", row->baseline);
    json_value_member(json, "design_estimate", row->design);
    json_value_member(json, "difference", row->difference);
    json_value_member(json, "difference_ci_low", row->difference_low);
    json_value_member(json, "difference_ci_high", row->difference_high);
    json_value_member(json, "ratio", row->ratio);
    json_value_member(json, "ratio_ci_low", row->ratio_low);
    json_value_member(json, "ratio_ci_high", row->ratio_high);
    json_value_member(json, "p_adjusted", row->p_adjusted);
    json_label_member(json, "verdict", verdict_name(row->verdict));
    json_value_member(json, "variance_reduction", row->variance_reduction);
    json_text_close(json, '}');
}

static void print_outcome(JsonText *json, const Study *study, uint32_t variant, uint32_t index)
{
    const StudyVariant *labels = study_variant(study, variant);
    EndingShare share = study_ending(study, variant, index);
    json_text_open(json, '{');
    json_label_member(json, "topology", labels->topology->name);
    json_label_member(json, "design", labels->design);
    json_label_member(json, "point", labels->point);
    json_label_member(json, "outcome", run_ending_kind(labels->topology, index));
    json_label_member(json, "name", run_ending_name(labels->topology, index));
    json_value_member(json, "replications", share.known);
    json_value_member(json, "count", share.yes);
    json_value_member(json, "share_ratio", share.share);
    json_value_member(json, "ci_low", share.low);
    json_value_member(json, "ci_high", share.high);
    json_text_close(json, '}');
}

static void print_outcomes(JsonText *json, const Study *study)
{
    json_text_name(json, "outcomes");
    json_text_open(json, '[');
    for (uint32_t variant = 0; variant < study_variant_count(study); variant++) {
        uint32_t count = run_ending_count(study_variant(study, variant)->topology);
        for (uint32_t i = 0; i < count; i++)
            print_outcome(json, study, variant, i);
    }
    json_text_close(json, ']');
}

static void print_expectations(JsonText *json, const Study *study)
{
    const GArray *results = study_expectations(study);
    if (results == NULL || results->len == 0)
        return;
    json_text_name(json, "expectations");
    json_text_open(json, '[');
    for (guint i = 0; i < results->len; i++) {
        const ExpectationResult *result = &g_array_index(results, ExpectationResult, i);
        const StudyVariant *labels = study_variant(study, result->variant);
        json_text_open(json, '{');
        json_label_member(json, "topology", labels->topology->name);
        json_label_member(json, "design", labels->design);
        json_label_member(json, "point", labels->point);
        json_label_member(json, "expectation", result->text);
        json_label_member(json, "result", judgement_name(result->judgement));
        json_value_member(json, "found", result->value);
        json_value_member(json, "ci_low", result->low);
        json_value_member(json, "ci_high", result->high);
        json_label_member(json, "flag", result->flag);
        json_text_close(json, '}');
    }
    json_text_close(json, ']');
}

void json_report_print(GString *text, const Study *study)
{
    JsonText json = {.text = text};
    json_text_open(&json, '{');
    print_summary(&json, study);
    if (study_variant_count(study) > 1) {
        g_autoptr(GArray) rows = study_compare(study);
        json_text_name(&json, "compare");
        json_text_open(&json, '[');
        for (guint i = 0; i < rows->len; i++)
            print_compare_row(&json, study, &g_array_index(rows, CompareRow, i));
        json_text_close(&json, ']');
    }
    print_outcomes(&json, study);
    print_expectations(&json, study);
    json_text_close(&json, '}');
    g_string_append_c(text, '\n');
}
