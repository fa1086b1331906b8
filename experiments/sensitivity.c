#include "experiments/sensitivity.h"

#include <math.h>
#include <string.h>

#include "experiments/sampling/screening.h"
#include "reports/statistics.h"

/* What came out at every point of one design: estimates, and values by replication. */
typedef struct Outcomes {
    const Space *space;
    uint32_t metrics;
    Figure *figures;        /* of metric m at point p: figures[p * metrics + m] */
    double **values;        /* of point p: values[p][m * replications[p] + r] */
    uint32_t *replications; /* of each point */
} Outcomes;

static double estimate(const Outcomes *outcomes, uint64_t point, uint32_t metric)
{
    return outcomes->figures[point * outcomes->metrics + metric].value;
}

/* --- reading */

static void keep(Outcomes *outcomes, uint64_t point, const PointRecord *record)
{
    for (uint32_t i = 0; i < outcomes->metrics; i++)
        outcomes->figures[point * outcomes->metrics + i] = point_record_figure(record, i);
    bool has_values = record->value_count == (size_t)outcomes->metrics * record->replications;
    outcomes->replications[point] = has_values ? record->replications : 0;
    outcomes->values[point] =
        g_memdup2(record->values, has_values ? record->value_count * sizeof(double) : 0);
}

static bool read_outcomes(Outcomes *outcomes, const PointsView *view, uint32_t design,
                          GError **error)
{
    for (uint64_t point = 0; point < view->point_count; point++) {
        PointRow row;
        if (!points_view_load(view, design * view->point_count + point, &row, error))
            return false;
        keep(outcomes, point, &row.record);
        point_row_clear(&row, view);
    }
    return true;
}

static void outcomes_init(Outcomes *outcomes, const Space *space, const PointsView *view)
{
    uint64_t points = view->point_count;
    *outcomes = (Outcomes){.space = space, .metrics = view->metrics->len};
    outcomes->figures = g_new0(Figure, points * outcomes->metrics + 1);
    outcomes->values = g_new0(double *, points + 1);
    outcomes->replications = g_new0(uint32_t, points + 1);
}

static void outcomes_clear(Outcomes *outcomes, uint64_t points)
{
    for (uint64_t i = 0; i < points; i++)
        g_free(outcomes->values[i]);
    g_free(outcomes->values);
    g_free(outcomes->figures);
    g_free(outcomes->replications);
}

/* --- tornado */

/* Of estimates, with the spread of the differences of replications. */
static Effect difference(const Outcomes *outcomes, uint64_t point, uint64_t from, uint32_t metric)
{
    uint32_t count = MIN(outcomes->replications[point], outcomes->replications[from]);
    g_autofree double *differences = g_new(double, count + 1);
    for (uint32_t i = 0; i < count; i++)
        differences[i] = outcomes->values[point][metric * outcomes->replications[point] + i] -
                         outcomes->values[from][metric * outcomes->replications[from] + i];
    double center = estimate(outcomes, point, metric) - estimate(outcomes, from, metric);
    Interval interval = interval_around(center, differences, count);
    return (Effect){center, interval.low, interval.high};
}

static Effect positive(Effect effect)
{
    return effect.value >= 0 ? effect : (Effect){-effect.value, -effect.high, -effect.low};
}

static double size_of(Effect effect)
{
    return isnan(effect.value) ? -1 : fabs(effect.value);
}

static Effect larger(Effect a, Effect b)
{
    return size_of(b) > size_of(a) ? b : a;
}

static SensitivityRow tornado_row(const Outcomes *outcomes, uint32_t axis, uint32_t metric)
{
    uint64_t low = tornado_point(axis, false), high = tornado_point(axis, true);
    SensitivityRow row = {.parameter = axis,
                          .at_low = difference(outcomes, low, 0, metric),
                          .at_high = difference(outcomes, high, 0, metric),
                          .mean = NAN,
                          .stddev = NAN};
    Effect swing = difference(outcomes, high, low, metric);
    row.effect = positive(larger(swing, larger(row.at_low, row.at_high)));
    return row;
}

/* --- Morris */

/* Effects of each trajectory's step along an axis, for its whole range. */
static void effects_of(const Outcomes *outcomes, uint32_t axis, uint32_t metric, double *effects)
{
    const Space *space = outcomes->space;
    uint32_t axes = space->axes->len;
    for (uint64_t i = 0; i < morris_trajectories(space); i++) {
        for (uint32_t step = 0; step < axes; step++) {
            uint64_t point = i * (axes + 1) + step;
            bool is_up;
            if (morris_move(space, point, &is_up) != axis)
                continue;
            double change =
                estimate(outcomes, point + 1, metric) - estimate(outcomes, point, metric);
            effects[i] = (is_up ? change : -change) / MORRIS_STEP;
        }
    }
}

static double stddev_of(const double *values, uint32_t count, double mean)
{
    double squares = 0;
    for (uint32_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return sqrt(squares / (count - 1));
}

static SensitivityRow morris_row(const Outcomes *outcomes, uint32_t axis, uint32_t metric)
{
    static const Effect missing = {NAN, NAN, NAN};
    uint32_t count = (uint32_t)morris_trajectories(outcomes->space), used;
    g_autofree double *effects = g_new(double, count), *sizes = g_new(double, count);
    effects_of(outcomes, axis, metric, effects);
    for (uint32_t i = 0; i < count; i++)
        sizes[i] = fabs(effects[i]);
    double mean = values_mean(effects, count, &used), size = values_mean(sizes, count, &used);
    Interval interval = interval_around(size, sizes, count);
    return (SensitivityRow){
        .parameter = axis,
        /* A mean of sizes is not below 0, whatever Student says. */
        .effect = {size, isnan(interval.low) ? interval.low : fmax(interval.low, 0), interval.high},
        .at_low = missing,
        .at_high = missing,
        .mean = mean,
        .stddev = stddev_of(effects, count, mean)};
}

/* --- tables */

/* The largest first; what is missing last; equal ones as they were given. */
static int compare_rows(const void *a, const void *b)
{
    const SensitivityRow *one = a, *other = b;
    double x = size_of(one->effect), y = size_of(other->effect);
    if (x > y || x < y)
        return x > y ? -1 : 1;
    return one->parameter < other->parameter ? -1 : one->parameter > other->parameter;
}

static SensitivityTable table_of(const Outcomes *outcomes, const PointsView *view, uint32_t design,
                                 uint32_t metric)
{
    bool is_morris = outcomes->space->kind->takes_count;
    SensitivityTable table = {.design = design,
                              .metric = metric_at(view->metrics, metric),
                              .base = is_morris ? (double)NAN : estimate(outcomes, 0, metric),
                              .rows = g_array_new(FALSE, FALSE, sizeof(SensitivityRow))};
    for (uint32_t i = 0; i < outcomes->space->axes->len; i++) {
        SensitivityRow row =
            is_morris ? morris_row(outcomes, i, metric) : tornado_row(outcomes, i, metric);
        g_array_append_val(table.rows, row);
    }
    g_array_sort(table.rows, compare_rows);
    for (guint i = 0; i < table.rows->len; i++)
        g_array_index(table.rows, SensitivityRow, i).rank = i + 1;
    return table;
}

GArray *sensitivity_tables(const Space *space, const PointsView *view, GError **error)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(SensitivityTable));
    bool is_read = true;
    for (uint32_t design = 0; is_read && design < view->design_count; design++) {
        Outcomes outcomes;
        outcomes_init(&outcomes, space, view);
        is_read = read_outcomes(&outcomes, view, design, error);
        for (uint32_t i = 0; is_read && i < outcomes.metrics; i++) {
            SensitivityTable table = table_of(&outcomes, view, design, i);
            g_array_append_val(list, table);
        }
        outcomes_clear(&outcomes, view->point_count);
    }
    if (is_read)
        return list;
    sensitivity_tables_free(list);
    return NULL;
}

void sensitivity_tables_free(GArray *list)
{
    if (list == NULL)
        return;
    for (guint i = 0; i < list->len; i++)
        g_array_free(g_array_index(list, SensitivityTable, i).rows, TRUE);
    g_array_free(list, TRUE);
}
