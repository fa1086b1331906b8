#include "reports/points_report.h"

#include <math.h>
#include <string.h>

#include "reports/headline.h"
#include "reports/json_values.h"
#include "reports/points_tables.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

/* --- names of parameters */

/* The last `count` parts of a pointer. */
static const char *end_of(const char *pointer, int count)
{
    const char *at = pointer + strlen(pointer);
    while (at > pointer && (at[-1] != '/' || --count > 0))
        at--;
    return at;
}

static bool is_distinct(const PointsView *view, int parts)
{
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(end_of(view->parameters[i].pointer, parts),
                       end_of(view->parameters[k].pointer, parts)) == 0)
                return false;
        }
    }
    return true;
}

char *points_parameter_short(const PointsView *view, uint32_t parameter)
{
    int parts = 1;
    while (!is_distinct(view, parts))
        parts++;
    return g_strdup(end_of(view->parameters[parameter].pointer, parts));
}

/* --- a table for people */

typedef struct PeopleReport {
    GString *text;
    const PointsView *view;
    bool is_markdown;
    bool has_few;
} PeopleReport;

static bool shows_designs(const PointsView *view)
{
    return view->design_count > 1;
}

/* One letter for each column: the design to the left, numbers to the right. */
static char *sides_of(const PointsView *view)
{
    GString *sides = g_string_new(shows_designs(view) ? "l" : "");
    for (uint32_t i = 0; i < view->parameter_count + HEADLINE_COLUMNS; i++)
        g_string_append_c(sides, 'r');
    return g_string_free(sides, FALSE);
}

static char **titles_of(const PointsView *view)
{
    GPtrArray *titles = g_ptr_array_new();
    if (shows_designs(view))
        g_ptr_array_add(titles, g_strdup("design"));
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *name = points_parameter_short(view, i);
        g_autofree char *shown = name_display(name, 24);
        const char *unit = view->parameters[i].unit;
        bool has_unit = unit != NULL && unit[0] != '\0';
        g_ptr_array_add(titles,
                        g_strconcat(shown, has_unit ? " " : "", has_unit ? unit : "", NULL));
    }
    for (int i = 0; i < HEADLINE_COLUMNS; i++)
        g_ptr_array_add(titles, g_strdup(headlines[i].title));
    g_ptr_array_add(titles, NULL);
    return (char **)g_ptr_array_free(titles, FALSE);
}

static void add_figure(PeopleReport *report, TextTable *table, const PointRow *row,
                       const char *workload, const char *column)
{
    uint32_t index = metrics_find(report->view->metrics, SCOPE_WORKLOAD, workload, column);
    Figure figure =
        index == NO_INDEX ? (Figure){.value = NAN} : point_record_figure(&row->record, index);
    const Estimate estimate = {.value = figure.value,
                               .low = figure.low,
                               .high = figure.high,
                               .is_from_few = figure.is_from_few};
    report->has_few |= figure.is_from_few;
    bool is_share = strcmp(column, "availability_ratio") == 0;
    text_table_add(table, estimate_display(&estimate, is_share ? 100 : 1));
}

static void add_row(PeopleReport *report, TextTable *table, const PointRow *row,
                    const char *workload)
{
    const PointsView *view = report->view;
    if (shows_designs(view))
        text_table_add(table, name_display(view->designs[row->design].name, 20));
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *cell = point_row_cell(view, row, i);
        text_table_add(table, name_display(cell, 24));
    }
    for (int i = 0; i < HEADLINE_COLUMNS; i++)
        add_figure(report, table, row, workload, headlines[i].metric);
}

static bool add_rows(PeopleReport *report, TextTable *table, const char *workload, GError **error)
{
    uint64_t count = MIN(points_view_rows(report->view), POINTS_SHOWN_MAX);
    for (uint64_t i = 0; i < count; i++) {
        PointRow row;
        if (!points_view_load(report->view, i, &row, error))
            return false;
        if (row.is_there)
            add_row(report, table, &row, workload);
        point_row_clear(&row, report->view);
    }
    return true;
}

static void print_note(const PeopleReport *report, const char *note)
{
    g_string_append_printf(report->text, report->is_markdown ? "\n%s\n" : "  %s\n", note);
}

static bool print_workload(PeopleReport *report, const char *workload, GError **error)
{
    g_auto(GStrv) titles = titles_of(report->view);
    g_autofree char *sides = sides_of(report->view);
    TextTable *table = text_table_new(sides, (const char *const *)titles);
    g_autofree char *name = name_display(workload, 40);
    bool is_read = add_rows(report, table, workload, error);
    g_string_append_printf(report->text, "\n%sWorkload %s\n%s", report->is_markdown ? "### " : "",
                           name, report->is_markdown ? "\n" : "");
    text_table_print(table, report->text, report->is_markdown);
    return is_read;
}

static void print_title(const PeopleReport *report)
{
    const PointsView *view = report->view;
    const Topology *topology = view->designs[0].topology;
    g_autofree char *name = name_display(topology->name, 40);
    g_autofree char *points = count_display((double)view->point_count);
    g_string_append_printf(report->text, "%s%s: %s point%s", report->is_markdown ? "## " : "", name,
                           points, view->point_count == 1 ? "" : "s");
    if (shows_designs(view))
        g_string_append_printf(report->text, " in %u designs", view->design_count);
    g_string_append_c(report->text, '\n');
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *end = points_parameter_short(view, i);
        g_autofree char *note = g_strdup_printf("%s: %s", end, view->parameters[i].pointer);
        print_note(report, note);
    }
}

static bool print_for_people(PeopleReport *report, GError **error)
{
    print_title(report);
    for (guint i = 0; i < report->view->metrics->len; i++) {
        const MetricRef *metric = metric_at(report->view->metrics, i);
        bool is_first =
            metric->scope == SCOPE_WORKLOAD && strcmp(metric->metric->name, "offered_rps") == 0;
        if (is_first && !print_workload(report, metric->name, error))
            return false;
    }
    if (report->has_few)
        print_note(report,
                   "* fewer than 100 samples lie beyond it: only its order of magnitude counts");
    uint64_t rows = points_view_rows(report->view);
    if (rows > POINTS_SHOWN_MAX) {
        g_autofree char *more = count_display((double)(rows - POINTS_SHOWN_MAX));
        g_autofree char *note = g_strdup_printf("%s more: --format csv, or --out", more);
        print_note(report, note);
    }
    return true;
}

/* --- for machines */

static bool print_csv(GString *text, const PointsView *view, GError **error)
{
    Csv csv = {.text = text};
    sweep_header(&csv, view);
    for (uint64_t i = 0; i < points_view_rows(view); i++) {
        PointRow row;
        if (!points_view_load(view, i, &row, error))
            return false;
        if (row.is_there)
            sweep_row(&csv, view, &row);
        point_row_clear(&row, view);
    }
    return true;
}

static void print_json_figure(JsonText *json, const MetricRef *metric, const Figure *figure)
{
    g_autofree char *name = metric_ref_text(metric);
    json_text_name(json, name);
    json_text_open(json, '{');
    json_value_member(json, "estimate", figure->value);
    json_value_member(json, "ci_low", figure->low);
    json_value_member(json, "ci_high", figure->high);
    json_label_member(json, "flag", figure->is_from_few ? "few_samples" : "");
    json_text_close(json, '}');
}

static void print_json_row(JsonText *json, const PointsView *view, const PointRow *row)
{
    json_text_open(json, '{');
    json_label_member(json, "topology", view->designs[row->design].topology->name);
    json_label_member(json, "design", view->designs[row->design].name);
    json_value_member(json, "point", (double)row->point);
    json_value_member(json, "replications", row->record.replications);
    json_text_name(json, "values");
    json_text_open(json, '{');
    for (uint32_t i = 0; i < view->parameter_count; i++)
        json_text_raw_member(json, view->parameters[i].pointer,
                             row->values[i] == NULL ? "null" : row->values[i]);
    json_text_close(json, '}');
    json_text_name(json, "metrics");
    json_text_open(json, '{');
    for (guint i = 0; i < view->metrics->len; i++) {
        Figure figure = point_record_figure(&row->record, i);
        print_json_figure(json, metric_at(view->metrics, i), &figure);
    }
    json_text_close(json, '}');
    json_text_close(json, '}');
}

static bool print_json(GString *text, const PointsView *view, GError **error)
{
    JsonText json = {.text = text};
    json_text_open(&json, '{');
    json_text_name(&json, "points");
    json_text_open(&json, '[');
    for (uint64_t i = 0; i < points_view_rows(view); i++) {
        PointRow row;
        if (!points_view_load(view, i, &row, error))
            return false;
        if (row.is_there)
            print_json_row(&json, view, &row);
        point_row_clear(&row, view);
    }
    json_text_close(&json, ']');
    json_text_close(&json, '}');
    g_string_append_c(text, '\n');
    return true;
}

bool points_report_print(GString *text, const PointsView *view, const ReportOptions *options,
                         GError **error)
{
    PeopleReport report = {
        .text = text, .view = view, .is_markdown = options->format == REPORT_MARKDOWN};
    switch (options->format) {
    case REPORT_TEXT:
    case REPORT_MARKDOWN:
        return print_for_people(&report, error);
    case REPORT_JSON:
        return print_json(text, view, error);
    case REPORT_CSV:
        return print_csv(text, view, error);
    }
    return true;
}
