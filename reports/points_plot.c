/* sweep.csv as a picture: three panels for each workload (goodput, availability, 99th percentile)
 * over the first parameter that is a number, a curve for each design and each combination of the
 * other parameters' values.
 *
 * Names go into single quotes: in double ones gnuplot would run what stands in backquotes. */
#include <string.h>

#include "reports/points_report.h"
#include "reports/points_tables.h"

#define CURVES_MAX 24u
#define PANEL_HIGH 280 /* pixels */

typedef struct Panel {
    const char *metric, *title, *range;
} Panel;

static const Panel panels[] = {
    {"goodput_rps", "goodput /s", "[0:*]"},
    {"availability_ratio", "availability", "[0:1.05]"},
    {"p99_ms", "p99 ms", "[0:*]"},
};

typedef struct Plot {
    GString *text;
    const PointsView *view;
    uint32_t x;        /* parameter; parameter_count: the number of the point */
    GPtrArray *curves; /* conditions (char *) */
    GPtrArray *titles; /* of the curves */
    bool has_more;
} Plot;

static char *quoted(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "'", -1);
    g_autofree char *joined = g_strjoinv("''", parts);
    return g_strconcat("'", joined, "'", NULL);
}

static uint32_t first_number(const PointsView *view)
{
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        if (view->parameters[i].unit != NULL)
            return i;
    }
    return view->parameter_count;
}

/* --- curves */

static void add_condition(GString *condition, const char *column, const char *value)
{
    g_autofree char *name = quoted(column), *text = quoted(value);
    g_string_append_printf(condition, "%sstrcol(%s) eq %s", condition->len == 0 ? "" : " && ", name,
                           text);
}

static void add_title(GString *title, const char *name, const char *value)
{
    g_string_append_printf(title, "%s%s%s%s", title->len == 0 ? "" : ", ", name,
                           name[0] == '\0' ? "" : " ", value);
}

/* What a row must have in common with this one to lie on its curve. */
static void describe_curve(const Plot *plot, const PointRow *row, GString *condition,
                           GString *title)
{
    const PointsView *view = plot->view;
    const char *design = view->designs[row->design].name;
    add_condition(condition, "design", design);
    if (view->design_count > 1)
        add_title(title, "", design);
    for (uint32_t i = 0; i < view->parameter_count && view->shape == POINTS_GRID; i++) {
        if (i == plot->x)
            continue;
        g_autofree char *column = points_parameter_column(&view->parameters[i]);
        g_autofree char *cell = point_row_cell(view, row, i);
        g_autofree char *name = points_parameter_short(view, i);
        add_condition(condition, column, cell);
        add_title(title, name, cell);
    }
}

static void add_curve(Plot *plot, const PointRow *row)
{
    GString *condition = g_string_new(NULL), *title = g_string_new(NULL);
    describe_curve(plot, row, condition, title);
    bool is_known =
        g_ptr_array_find_with_equal_func(plot->curves, condition->str, g_str_equal, NULL);
    if (!is_known && plot->curves->len < CURVES_MAX) {
        g_ptr_array_add(plot->curves, g_strdup(condition->str));
        g_ptr_array_add(plot->titles, g_strdup(title->str));
    }
    plot->has_more |= !is_known && plot->curves->len == CURVES_MAX;
    g_string_free(condition, TRUE);
    g_string_free(title, TRUE);
}

static void find_curves(Plot *plot)
{
    for (uint64_t i = 0; i < points_view_rows(plot->view) && !plot->has_more; i++) {
        PointRow row;
        points_view_values(plot->view, i, &row);
        add_curve(plot, &row);
        point_row_clear(&row, plot->view);
    }
}

/* --- the script */

static char *x_column(const Plot *plot)
{
    return plot->x < plot->view->parameter_count
               ? points_parameter_column(&plot->view->parameters[plot->x])
               : g_strdup("point");
}

/* Values that are no numbers stand below the points. */
static char *tick_labels(const Plot *plot)
{
    if (plot->x < plot->view->parameter_count || plot->view->parameter_count == 0)
        return g_strdup("");
    g_autofree char *column = points_parameter_column(&plot->view->parameters[0]);
    g_autofree char *name = quoted(column);
    return g_strdup_printf(":xtic(strcol(%s))", name);
}

static void print_curve(const Plot *plot, guint curve, const char *metric)
{
    g_autofree char *column = x_column(plot), *labels = tick_labels(plot);
    g_autofree char *x = quoted(column), *y = quoted(metric),
                    *title = quoted(plot->titles->pdata[curve]);
    g_string_append_printf(
        plot->text,
        "%s    'sweep.csv' using (%s ? column(%s) : NaN):(column(%s)):(column(%s.'_ci_low')):"
        "(column(%s.'_ci_high'))%s with %s linestyle %u title %s",
        curve == 0 ? "" : ", \\\n", (const char *)plot->curves->pdata[curve], x, y, y, y, labels,
        plot->view->shape == POINTS_CLOUD ? "yerrorbars" : "yerrorlines", curve % 8 + 1, title);
}

static void print_panel(const Plot *plot, const char *workload, const Panel *panel, bool has_key)
{
    const MetricRef metric = {SCOPE_WORKLOAD, (char *)(guintptr)workload,
                              column_find(SCOPE_WORKLOAD, panel->metric), PHASE_ALL};
    g_autofree char *name = metric_ref_text(&metric), *column = x_column(plot);
    g_autofree char *words = g_strdup_printf("%s: %s", workload, panel->title);
    g_autofree char *title = quoted(words), *x = quoted(column);
    g_string_append_printf(plot->text, "set title %s\nset xlabel %s\nset yrange %s\n%s\nplot \\\n",
                           title, x, panel->range, has_key ? "set key outside right" : "unset key");
    for (guint i = 0; i < plot->curves->len; i++)
        print_curve(plot, i, name);
    g_string_append(plot->text, "\n\n");
}

/* Colours that people with any sight tell apart (Okabe and Ito, 2008). */
static void print_styles(GString *text)
{
    static const char *const colors[] = {"0072b2", "d55e00", "009e73", "cc79a7",
                                         "56b4e9", "e69f00", "000000", "999999"};
    for (unsigned i = 0; i < G_N_ELEMENTS(colors); i++)
        g_string_append_printf(text,
                               "set style line %u linecolor '#%s' pointtype %u pointsize 0.5\n",
                               i + 1, colors[i], i + 4);
}

static GPtrArray *workloads_of(const PointsView *view)
{
    GPtrArray *workloads = g_ptr_array_new();
    for (guint i = 0; i < view->metrics->len; i++) {
        const MetricRef *metric = metric_at(view->metrics, i);
        if (metric->scope == SCOPE_WORKLOAD && strcmp(metric->metric->name, "p99_ms") == 0)
            g_ptr_array_add(workloads, metric->name);
    }
    return workloads;
}

static void print_head(const Plot *plot, guint workloads)
{
    g_string_append_printf(plot->text,
                           "# gnuplot sweep.gp draws sweep.csv into sweep.svg.%s\n"
                           "set terminal svg size 1000,%u dynamic background 'white' noenhanced\n"
                           "set output 'sweep.svg'\n"
                           "set datafile separator ','\n"
                           "set datafile missing NaN\n"
                           "set grid\n"
                           "set offsets graph 0.02, graph 0.02\n",
                           plot->has_more ? " Only the first curves are drawn: there are too many."
                                          : "",
                           workloads * (unsigned)G_N_ELEMENTS(panels) * PANEL_HIGH);
    print_styles(plot->text);
    g_string_append_printf(plot->text, "set multiplot layout %u,1\n\n",
                           workloads * (unsigned)G_N_ELEMENTS(panels));
}

char *points_plot(const PointsView *view)
{
    g_autoptr(GPtrArray) curves = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) workloads = workloads_of(view);
    Plot plot = {.view = view, .x = first_number(view), .curves = curves, .titles = titles};
    find_curves(&plot);
    plot.text = g_string_new(NULL);
    print_head(&plot, workloads->len);
    for (guint i = 0; i < workloads->len; i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(panels); k++)
            print_panel(&plot, workloads->pdata[i], &panels[k], curves->len > 1);
    }
    g_string_append(plot.text, "unset multiplot\n");
    return g_string_free(plot.text, FALSE);
}
