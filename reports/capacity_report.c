#include "reports/capacity_report.h"

#include <math.h>
#include <string.h>

#include "models/spec.h"
#include "reports/json_values.h"
#include "reports/points_report.h"
#include "reports/points_tables.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

static const CapacityAnswer *answer_at(const GArray *answers, guint index)
{
    return &g_array_index(answers, CapacityAnswer, index);
}

/* --- CSV */

static void question_labels(Csv *csv, const CapacityQuestion *question,
                            const CapacityAnswer *answer)
{
    point_labels(csv, question->view, &answer->row);
    csv_text(csv, question->slo);
    csv_text(csv, question->parameter);
    csv_text(csv, answer->unit);
}

static void parameter_header(Csv *csv, const PointsView *view, const Table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        csv_text(csv, table->columns[i].name);
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *name = points_parameter_column(&view->parameters[i]);
        csv_text(csv, name);
    }
    csv_end_row(csv);
    csv->rows = 0;
}

static void parameter_cells(Csv *csv, const PointsView *view, const PointRow *row)
{
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *cell = point_row_cell(view, row, i);
        csv_text(csv, cell);
    }
}

void capacity_csv(Csv *csv, const CapacityQuestion *question, const GArray *answers)
{
    parameter_header(csv, question->view, &table_capacity);
    for (guint i = 0; i < answers->len; i++) {
        const CapacityAnswer *answer = answer_at(answers, i);
        const LimitingResource *limit = &answer->limit;
        question_labels(csv, question, answer);
        csv_text(csv, question->wants_highest ? "highest" : "lowest");
        csv_number(csv, answer->meets);
        csv_number(csv, answer->misses);
        csv_integer(csv, answer->looks->len);
        csv_number(csv, answer->goodput);
        csv_text(csv, limit->service);
        csv_text(csv, limit->service == NULL ? NULL : limit->is_cpu ? "cores" : "threads");
        csv_number(csv, limit->service == NULL ? (double)NAN : limit->utilization);
        parameter_cells(csv, question->view, &answer->row);
        csv_end_row(csv);
    }
}

static void interval_cells(Csv *csv, const Figure *figure)
{
    csv_number(csv, figure->value);
    csv_number(csv, figure->low);
    csv_number(csv, figure->high);
}

static void probe_row(Csv *csv, const CapacityQuestion *question, const CapacityAnswer *answer,
                      guint number)
{
    const CapacityLook *look = &g_array_index(answer->looks, CapacityLook, number);
    question_labels(csv, question, answer);
    csv_integer(csv, number);
    csv_number(csv, look->value);
    csv_integer(csv, look->replications);
    csv_number(csv, answer->objective);
    interval_cells(csv, &look->figures[OBJECTIVE_ATTAINED]);
    interval_cells(csv, &look->figures[OBJECTIVE_KEPT_UP]);
    csv_number(csv, look->goodput.value);
    csv_number(csv, look->p99.value);
    csv_text(csv, objective_verdict_name(look->verdict));
    parameter_cells(csv, question->view, &answer->row);
    csv_end_row(csv);
}

void probes_csv(Csv *csv, const CapacityQuestion *question, const GArray *answers)
{
    parameter_header(csv, question->view, &table_probes);
    for (guint i = 0; i < answers->len; i++) {
        for (guint k = 0; k < answer_at(answers, i)->looks->len; k++)
            probe_row(csv, question, answer_at(answers, i), k);
    }
}

/* --- for people */

static void print_title(GString *text, const CapacityQuestion *question, const GArray *answers,
                        bool is_markdown)
{
    const CapacityAnswer *first = answer_at(answers, 0);
    const Topology *topology = question->view->designs[first->row.design].topology;
    const SloConfig *slo = topology->slos;
    while (strcmp(slo->name, question->slo) != 0)
        slo++;
    g_autofree char *name = name_display(topology->name, 40);
    char buffer[NUMBER_ROOM];
    const char *share = number_format(buffer, slo->objective_percent);
    g_autofree char *latency = duration_format(slo->latency);
    g_string_append_printf(text,
                           "%s%s: the %s %s at which %s %% of all requests of %s succeed within "
                           "%s (%s)\n\n",
                           is_markdown ? "## " : "", name,
                           question->wants_highest ? "highest" : "lowest", question->parameter,
                           share, topology->workloads[slo->workload].name, latency, slo->name);
}

static char *value_cell(const CapacityAnswer *answer, double value)
{
    if (isnan(value))
        return g_strdup("-");
    char buffer[NUMBER_ROOM];
    return g_strconcat(number_format(buffer, value), answer->unit, NULL);
}

static char *limit_cell(const LimitingResource *limit)
{
    if (limit->service == NULL)
        return g_strdup("-");
    g_autofree char *name = name_display(limit->service, 24);
    g_autofree char *busy = number_display(limit->utilization * 100);
    return g_strdup_printf("%s of %s, %s %%", limit->is_cpu ? "cores" : "threads", name, busy);
}

static void add_answer(TextTable *table, const CapacityQuestion *question,
                       const CapacityAnswer *answer)
{
    const PointsView *view = question->view;
    text_table_add(table, name_display(view->designs[answer->row.design].name, 20));
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *cell = point_row_cell(view, &answer->row, i);
        text_table_add(table, name_display(cell, 24));
    }
    text_table_add(table, value_cell(answer, answer->meets));
    text_table_add(table, value_cell(answer, answer->misses));
    text_table_add(table, number_display(answer->goodput));
    text_table_add(table, limit_cell(&answer->limit));
}

static void print_people(GString *text, const CapacityQuestion *question, const GArray *answers,
                         bool is_markdown)
{
    const PointsView *view = question->view;
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    GString *sides = g_string_new("l");
    g_ptr_array_add(titles, g_strdup("design"));
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_ptr_array_add(titles, points_parameter_short(view, i));
        g_string_append_c(sides, 'r');
    }
    static const char *const own[] = {"meets it", "misses it", "goodput /s", "limited by"};
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        g_ptr_array_add(titles, g_strdup(own[i]));
    g_string_append(sides, "rrrl");
    TextTable *table = text_table_new(sides->str, (const char *const *)titles->pdata);
    print_title(text, question, answers, is_markdown);
    for (guint i = 0; i < answers->len; i++)
        add_answer(table, question, answer_at(answers, i));
    text_table_print(table, text, is_markdown);
    g_string_free(sides, TRUE);
}

/* --- JSON */

static void print_json_look(JsonText *json, const CapacityLook *look)
{
    json_text_open(json, '{');
    json_value_member(json, "value", look->value);
    json_value_member(json, "replications", look->replications);
    json_value_member(json, "attained_ratio", look->figures[OBJECTIVE_ATTAINED].value);
    json_value_member(json, "attained_ci_low", look->figures[OBJECTIVE_ATTAINED].low);
    json_value_member(json, "attained_ci_high", look->figures[OBJECTIVE_ATTAINED].high);
    json_value_member(json, "kept_up_ratio", look->figures[OBJECTIVE_KEPT_UP].value);
    json_label_member(json, "outcome", objective_verdict_name(look->verdict));
    json_text_close(json, '}');
}

static void print_json_answer(JsonText *json, const CapacityQuestion *question,
                              const CapacityAnswer *answer)
{
    const PointsView *view = question->view;
    json_text_open(json, '{');
    json_label_member(json, "topology", view->designs[answer->row.design].topology->name);
    json_label_member(json, "design", view->designs[answer->row.design].name);
    json_value_member(json, "point", (double)answer->row.point);
    json_text_name(json, "values");
    json_text_open(json, '{');
    for (uint32_t i = 0; i < view->parameter_count; i++)
        json_text_raw_member(json, view->parameters[i].pointer, answer->row.values[i]);
    json_text_close(json, '}');
    json_label_member(json, "unit", answer->unit);
    json_value_member(json, "meets", answer->meets);
    json_value_member(json, "misses", answer->misses);
    json_value_member(json, "goodput_rps", answer->goodput);
    json_label_member(json, "limit_service", answer->limit.service);
    json_label_member(json, "limit_resource", answer->limit.is_cpu ? "cores" : "threads");
    json_value_member(json, "limit_utilization", answer->limit.utilization);
    json_text_name(json, "looks");
    json_text_open(json, '[');
    for (guint i = 0; i < answer->looks->len; i++)
        print_json_look(json, &g_array_index(answer->looks, CapacityLook, i));
    json_text_close(json, ']');
    json_text_close(json, '}');
}

static void print_json(GString *text, const CapacityQuestion *question, const GArray *answers)
{
    JsonText json = {.text = text};
    json_text_open(&json, '{');
    json_label_member(&json, "slo", question->slo);
    json_label_member(&json, "parameter", question->parameter);
    json_label_member(&json, "asked", question->wants_highest ? "highest" : "lowest");
    json_text_name(&json, "capacity");
    json_text_open(&json, '[');
    for (guint i = 0; i < answers->len; i++)
        print_json_answer(&json, question, answer_at(answers, i));
    json_text_close(&json, ']');
    json_text_close(&json, '}');
    g_string_append_c(text, '\n');
}

void capacity_report_print(GString *text, const CapacityQuestion *question, const GArray *answers,
                           const ReportOptions *options)
{
    Csv csv = {.text = text};
    switch (options->format) {
    case REPORT_TEXT:
    case REPORT_MARKDOWN:
        print_people(text, question, answers, options->format == REPORT_MARKDOWN);
        break;
    case REPORT_JSON:
        print_json(text, question, answers);
        break;
    case REPORT_CSV:
        capacity_csv(&csv, question, answers);
        break;
    }
}
