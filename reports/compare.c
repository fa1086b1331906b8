#include <math.h>
#include <string.h>

#include "reports/headline.h"
#include "reports/statistics.h"
#include "reports/study_parts.h"

#define SIGNIFICANCE 0.05

const char *verdict_name(Verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_NONE] = "",
        [VERDICT_BETTER] = "better",
        [VERDICT_WORSE] = "worse",
        [VERDICT_EQUIVALENT] = "equivalent",
        [VERDICT_UNDECIDED] = "undecided",
    };
    return names[verdict];
}

/* --- one metric of one entry, in both */

typedef struct Side {
    const StudyRuns *runs;
    uint32_t entry;
    double *values;
    uint32_t count;
    IntervalMethod method;
} Side;

static void read_side(Side *side, Phase phase, const Column *metric)
{
    side->method = study_values(side->runs, side->entry, phase, metric, side->values, &side->count);
}

/* Pairs stand at the same index in both; NaN where one is missing. */
static uint32_t pair_up(const Side *baseline, const Side *design, double *differences,
                        double *logarithms)
{
    uint32_t count = MIN(baseline->count, design->count);
    bool is_alike =
        (baseline->method == INTERVAL_BATCH_MEANS) == (design->method == INTERVAL_BATCH_MEANS);
    for (uint32_t i = 0; i < count; i++) {
        double a = baseline->values[i], b = design->values[i];
        differences[i] = is_alike ? b - a : (double)NAN;
        logarithms[i] = is_alike && a > 0 && b > 0 ? log(b / a) : (double)NAN;
    }
    return count;
}

static bool has_missing(const double *values, const double *others, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (isnan(values[i]) != isnan(others[i]))
            return true;
    }
    return false;
}

typedef struct Bounds {
    double low, high;
} Bounds;

static Bounds bounds_of(const Side *side, Phase phase, const Column *metric)
{
    Bounds bounds;
    column_bounds(metric, study_merged(side->runs, side->entry, phase), &bounds.low, &bounds.high);
    return bounds;
}

/* What two percentiles differ by cannot be told finer than their buckets. */
static void widen_to_buckets(CompareRow *row, const Side *baseline, const Side *design)
{
    if (row->metric->kind != COLUMN_PERCENTILE || isnan(row->difference_low))
        return;
    Bounds a = bounds_of(baseline, row->phase, row->metric);
    Bounds b = bounds_of(design, row->phase, row->metric);
    row->difference_low = fmin(row->difference_low, b.low - a.high);
    row->difference_high = fmax(row->difference_high, b.high - a.low);
    if (b.low <= a.high && a.low <= b.high)
        row->p = 1;
    if (isnan(row->ratio_low) || !(a.low > 0))
        return;
    row->ratio_low = fmin(row->ratio_low, b.low / a.high);
    row->ratio_high = fmax(row->ratio_high, b.high / a.low);
}

static void set_ratio(CompareRow *row, const double *differences, const double *logarithms,
                      uint32_t count)
{
    row->ratio = row->design / row->baseline;
    row->ratio_low = row->ratio_high = (double)NAN;
    if (!isfinite(row->ratio))
        row->ratio = (double)NAN;
    /* A pair without a logarithm (a zero) would be left out silently: then there is no interval. */
    if (!(row->ratio > 0) || has_missing(differences, logarithms, count))
        return;
    Interval interval = interval_around(log(row->ratio), logarithms, count);
    row->ratio_low = exp(interval.low);
    row->ratio_high = exp(interval.high);
}

static void fill_row(CompareRow *row, Side *baseline, Side *design)
{
    uint32_t room = MAX(study_value_room(baseline->runs), study_value_room(design->runs));
    g_autofree double *differences = g_new(double, room);
    g_autofree double *logarithms = g_new(double, room);
    read_side(baseline, row->phase, row->metric);
    read_side(design, row->phase, row->metric);
    uint32_t count = pair_up(baseline, design, differences, logarithms);
    values_mean(differences, count, &row->pairs);

    row->difference = row->design - row->baseline;
    Interval interval = interval_around(row->difference, differences, count);
    row->difference_low = interval.low;
    row->difference_high = interval.high;
    row->p = interval.p;

    set_ratio(row, differences, logarithms, count);
    widen_to_buckets(row, baseline, design);
}

/* --- verdicts */

/* Differences that nobody would act on. */
static double margin_of(const CompareRow *row)
{
    if (strcmp(row->metric->name, "availability_ratio") == 0)
        return 0.001;
    return 0.02 * fabs(row->baseline);
}

static Verdict judge(const CompareRow *row)
{
    if (row->metric->direction == DIRECTION_NEUTRAL)
        return VERDICT_NONE;
    double margin = margin_of(row);
    if (row->difference_low >= -margin && row->difference_high <= margin)
        return VERDICT_EQUIVALENT;
    if (!(row->p_adjusted < SIGNIFICANCE))
        return VERDICT_UNDECIDED;
    bool is_higher = row->difference > 0;
    return is_higher == (row->metric->direction == DIRECTION_HIGHER) ? VERDICT_BETTER
                                                                     : VERDICT_WORSE;
}

static bool is_headline(const CompareRow *row)
{
    return row->scope == SCOPE_WORKLOAD && row->phase == PHASE_ALL &&
           strchr(row->name, '/') == NULL && headline_find(row->metric->name);
}

/* Corrects p of the rows in [first, last) that are headlines or not. */
static void adjust(GArray *rows, guint first, guint last, bool is_of_headlines)
{
    g_autofree double *p = g_new(double, last - first + 1);
    for (guint i = first; i < last; i++) {
        const CompareRow *row = &g_array_index(rows, CompareRow, i);
        bool is_member =
            is_headline(row) == is_of_headlines && row->metric->direction != DIRECTION_NEUTRAL;
        p[i - first] = is_member ? row->p : (double)NAN;
    }
    holm_adjust(p, last - first);
    for (guint i = first; i < last; i++) {
        if (!isnan(p[i - first]))
            g_array_index(rows, CompareRow, i).p_adjusted = p[i - first];
    }
}

static bool is_same_thing(const CompareRow *a, const CompareRow *b)
{
    return a->variant == b->variant && a->name == b->name && a->phase == b->phase;
}

static void adjust_and_judge(GArray *rows)
{
    adjust(rows, 0, rows->len, true);
    for (guint first = 0, last; first < rows->len; first = last) {
        const CompareRow *row = &g_array_index(rows, CompareRow, first);
        for (last = first + 1; last < rows->len; last++) {
            if (!is_same_thing(row, &g_array_index(rows, CompareRow, last)))
                break;
        }
        adjust(rows, first, last, false);
    }
    for (guint i = 0; i < rows->len; i++) {
        CompareRow *row = &g_array_index(rows, CompareRow, i);
        row->verdict = judge(row);
    }
}

/* --- all of it */

static void compare_metrics(const Study *study, GArray *rows, CompareRow model, Side *baseline,
                            Side *design)
{
    const Table *table = table_of_scope(model.scope);
    for (size_t i = 0; i < table->column_count; i++) {
        CompareRow row = model;
        row.metric = &table->columns[i];
        if (!column_is_metric(row.metric))
            continue;
        row.baseline = study_entry_estimate(study, 0, baseline->entry, row.phase, row.metric).value;
        row.design =
            study_entry_estimate(study, row.variant, design->entry, row.phase, row.metric).value;
        if (isnan(row.baseline) && isnan(row.design))
            continue;
        fill_row(&row, baseline, design);
        g_array_append_val(rows, row);
    }
}

static void compare_variant(const Study *study, GArray *rows, uint32_t variant)
{
    const StudyRuns *base = study_runs(study, 0), *other = study_runs(study, variant);
    const RunResult *result = study_any_run(study, variant);
    if (result == NULL || base->entry_count == 0)
        return;
    g_autofree double *first = g_new(double, study_value_room(base));
    g_autofree double *second = g_new(double, study_value_room(other));
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        Side design = {.runs = other, .entry = i, .values = second};
        Side baseline = {.runs = base, .values = first};
        baseline.entry = study_find_entry(base, entry->scope, entry->name);
        uint32_t phases = MIN(base->phase_count, other->phase_count);
        for (uint32_t phase = 0; baseline.entry != NO_INDEX && phase < phases; phase++) {
            CompareRow model = {.variant = variant,
                                .scope = entry->scope,
                                .name = entry->name,
                                .phase = (Phase)phase,
                                .p_adjusted = (double)NAN};
            compare_metrics(study, rows, model, &baseline, &design);
        }
    }
}

GArray *study_compare(const Study *study)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(CompareRow));
    for (uint32_t i = 1; i < study_variant_count(study); i++)
        compare_variant(study, rows, i);
    adjust_and_judge(rows);
    return rows;
}

const CompareRow *compare_find(const GArray *rows, uint32_t variant, Scope scope, const char *name,
                               Phase phase, const char *metric)
{
    for (guint i = 0; i < rows->len; i++) {
        const CompareRow *row = &g_array_index(rows, CompareRow, i);
        if (row->variant == variant && row->scope == scope && row->phase == phase &&
            strcmp(row->name, name) == 0 && strcmp(row->metric->name, metric) == 0)
            return row;
    }
    return NULL;
}
