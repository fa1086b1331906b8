#include "reports/sensitivity_report.h"

#include <math.h>
#include <string.h>

#include "reports/json_values.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

/* Parameters that a table for people shows. */
#define ROWS_SHOWN_MAX 25u

static const SensitivityTable *table_at(const SensitivityAnswer *answer, guint index)
{
    return &g_array_index(answer->tables, SensitivityTable, index);
}

static const SensitivityRow *row_at(const SensitivityTable *table, guint index)
{
    return &g_array_index(table->rows, SensitivityRow, index);
}

static const char *method_of(const SensitivityAnswer *answer)
{
    return answer->is_morris ? "morris" : "tornado";
}

static const char *pointer_of(const SensitivityAnswer *answer, const SensitivityRow *row)
{
    return answer->view->parameters[row->parameter].pointer;
}

/* --- CSV */

static void effect_cells(Csv *csv, const Effect *effect)
{
    csv_number(csv, effect->value);
    csv_number(csv, effect->low);
    csv_number(csv, effect->high);
}

static void csv_row(Csv *csv, const SensitivityAnswer *answer, const SensitivityTable *table,
                    const SensitivityRow *row)
{
    const PointsDesign *design = &answer->view->designs[table->design];
    g_autofree char *metric = metric_ref_text(table->metric);
    csv_text(csv, design->topology->name);
    csv_text(csv, design->name);
    csv_text(csv, method_of(answer));
    csv_text(csv, metric);
    csv_text(csv, table->metric->metric->unit);
    csv_integer(csv, row->rank);
    csv_text(csv, pointer_of(answer, row));
    csv_text(csv, answer->lows[row->parameter]);
    csv_text(csv, answer->highs[row->parameter]);
    csv_number(csv, table->base);
    effect_cells(csv, &row->effect);
    effect_cells(csv, &row->at_low);
    effect_cells(csv, &row->at_high);
    csv_number(csv, row->mean);
    csv_number(csv, row->stddev);
    csv_end_row(csv);
}

void sensitivity_csv(Csv *csv, const SensitivityAnswer *answer)
{
    csv_header(csv, &table_sensitivity);
    for (guint i = 0; i < answer->tables->len; i++) {
        const SensitivityTable *table = table_at(answer, i);
        for (guint k = 0; k < table->rows->len; k++)
            csv_row(csv, answer, table, row_at(table, k));
    }
}

/* --- for people */

/* "12 [10, 14]" */
static char *effect_cell(const Effect *effect)
{
    g_autofree char *value = number_display(effect->value);
    if (isnan(effect->low))
        return g_strdup(value);
    g_autofree char *low = number_display(effect->low), *high = number_display(effect->high);
    return g_strdup_printf("%s [%s, %s]", value, low, high);
}

static char *range_cell(const SensitivityAnswer *answer, const SensitivityRow *row)
{
    g_autofree char *low = name_display(answer->lows[row->parameter], 16);
    g_autofree char *high = name_display(answer->highs[row->parameter], 16);
    char *range = g_strdup_printf("%s to %s", low, high);
    char *to = range;
    for (const char *from = range; *from != '\0'; from++) {
        if (*from != '"')
            *to++ = *from;
    }
    *to = '\0';
    return range;
}

static void add_row(TextTable *table, const SensitivityAnswer *answer, const SensitivityRow *row)
{
    text_table_add(table, name_display(pointer_of(answer, row), 50));
    text_table_add(table, range_cell(answer, row));
    text_table_add(table, effect_cell(&row->effect));
    if (answer->is_morris) {
        text_table_add(table, number_display(row->mean));
        text_table_add(table, number_display(row->stddev));
    } else {
        text_table_add(table, effect_cell(&row->at_low));
        text_table_add(table, effect_cell(&row->at_high));
    }
}

static void print_heading(GString *text, const SensitivityAnswer *answer,
                          const SensitivityTable *table, bool is_markdown)
{
    const PointsDesign *design = &answer->view->designs[table->design];
    const char *unit = table->metric->metric->unit;
    g_autofree char *metric = metric_ref_text(table->metric);
    g_autofree char *shown = name_display(metric, 60), *base = number_display(table->base);
    g_string_append_printf(text, "\n%s%s", is_markdown ? "### " : "", shown);
    if (unit[0] != '\0' && strcmp(unit, "ratio") != 0)
        g_string_append_printf(text, ", %s", unit);
    if (answer->view->design_count > 1)
        g_string_append_printf(text, ", design %s", design->name);
    if (!answer->is_morris)
        g_string_append_printf(text, ": %s as the file is", base);
    g_string_append(text, is_markdown ? "\n\n" : "\n");
}

static void print_table(GString *text, const SensitivityAnswer *answer,
                        const SensitivityTable *table, bool is_markdown)
{
    static const char *const tornado[] = {"parameter", "range", "effect", "at its low end",
                                          "at its high end"};
    static const char *const morris[] = {"parameter", "range", "effect (mu*)", "mean (mu)",
                                         "spread (sigma)"};
    TextTable *printed = text_table_new("lrrrr", answer->is_morris ? morris : tornado);
    for (guint i = 0; i < MIN(table->rows->len, ROWS_SHOWN_MAX); i++)
        add_row(printed, answer, row_at(table, i));
    print_heading(text, answer, table, is_markdown);
    text_table_print(printed, text, is_markdown);
    if (table->rows->len > ROWS_SHOWN_MAX)
        g_string_append_printf(text, "  %u more, with less effect: --format csv, or --out\n",
                               table->rows->len - ROWS_SHOWN_MAX);
}

static void print_people(GString *text, const SensitivityAnswer *answer, bool is_markdown)
{
    const Topology *topology = answer->view->designs[0].topology;
    g_autofree char *name = name_display(topology->name, 40);
    g_autofree char *points = count_display((double)answer->view->point_count);
    g_string_append_printf(text, "%s%s: what matters, of %u parameters, at %s points (%s)\n",
                           is_markdown ? "## " : "", name, answer->view->parameter_count, points,
                           method_of(answer));
    for (guint i = 0; i < answer->tables->len; i++)
        print_table(text, answer, table_at(answer, i), is_markdown);
}

/* --- JSON */

static void effect_members(JsonText *json, const char *name, const Effect *effect)
{
    json_text_name(json, name);
    json_text_open(json, '{');
    json_value_member(json, "value", effect->value);
    json_value_member(json, "ci_low", effect->low);
    json_value_member(json, "ci_high", effect->high);
    json_text_close(json, '}');
}

static void print_json_row(JsonText *json, const SensitivityAnswer *answer,
                           const SensitivityTable *table, const SensitivityRow *row)
{
    g_autofree char *metric = metric_ref_text(table->metric);
    json_text_open(json, '{');
    json_label_member(json, "design", answer->view->designs[table->design].name);
    json_label_member(json, "metric", metric);
    json_value_member(json, "rank", row->rank);
    json_label_member(json, "parameter", pointer_of(answer, row));
    json_text_raw_member(json, "low", answer->lows[row->parameter]);
    json_text_raw_member(json, "high", answer->highs[row->parameter]);
    json_value_member(json, "base", table->base);
    effect_members(json, "effect", &row->effect);
    effect_members(json, "at_low", &row->at_low);
    effect_members(json, "at_high", &row->at_high);
    json_value_member(json, "mean_effect", row->mean);
    json_value_member(json, "stddev_effect", row->stddev);
    json_text_close(json, '}');
}

static void print_json(GString *text, const SensitivityAnswer *answer)
{
    JsonText json = {.text = text};
    json_text_open(&json, '{');
    json_label_member(&json, "method", method_of(answer));
    json_text_name(&json, "sensitivity");
    json_text_open(&json, '[');
    for (guint i = 0; i < answer->tables->len; i++) {
        const SensitivityTable *table = table_at(answer, i);
        for (guint k = 0; k < table->rows->len; k++)
            print_json_row(&json, answer, table, row_at(table, k));
    }
    json_text_close(&json, ']');
    json_text_close(&json, '}');
    g_string_append_c(text, '\n');
}

void sensitivity_report_print(GString *text, const SensitivityAnswer *answer,
                              const ReportOptions *options)
{
    Csv csv = {.text = text};
    switch (options->format) {
    case REPORT_TEXT:
    case REPORT_MARKDOWN:
        print_people(text, answer, options->format == REPORT_MARKDOWN);
        break;
    case REPORT_JSON:
        print_json(text, answer);
        break;
    case REPORT_CSV:
        sensitivity_csv(&csv, answer);
        break;
    }
}
