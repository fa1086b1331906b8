#include "reports/study_pairs.h"

#include <math.h>

#include "reports/metric_ref.h"
#include "reports/statistics.h"

static const Contrast nothing = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, 0};

/* --- reading */

void pairs_init(Pairs *pairs, const Study *study, uint32_t baseline, uint32_t design)
{
    *pairs = (Pairs){.baseline.runs = study_runs(study, baseline),
                     .design.runs = study_runs(study, design)};
    uint32_t room =
        MAX(study_value_room(pairs->baseline.runs), study_value_room(pairs->design.runs));
    pairs->baseline.values = g_new(double, room);
    pairs->design.values = g_new(double, room);
    pairs->room = g_new(double, room);
}

void pairs_clear(Pairs *pairs)
{
    g_free(pairs->baseline.values);
    g_free(pairs->design.values);
    g_free(pairs->room);
}

static void read_side(PairSide *side, uint32_t entry, Phase phase, const Column *metric)
{
    side->entry = entry;
    side->method = study_values(side->runs, entry, phase, metric, side->values, &side->count);
    side->estimate =
        study_value(side->runs, entry, phase, metric, side->method, side->values, side->count);
}

void pairs_read(Pairs *pairs, uint32_t baseline_entry, uint32_t design_entry, Phase phase,
                const Column *metric)
{
    pairs->phase = phase;
    pairs->metric = metric;
    read_side(&pairs->baseline, baseline_entry, phase, metric);
    read_side(&pairs->design, design_entry, phase, metric);
    bool is_alike = (pairs->baseline.method == INTERVAL_BATCH_MEANS) ==
                    (pairs->design.method == INTERVAL_BATCH_MEANS);
    pairs->count = is_alike ? MIN(pairs->baseline.count, pairs->design.count) : 0;
}

/* --- what two values differ by */

typedef struct Bounds {
    double low, high;
} Bounds;

static Bounds bounds_of(const Pairs *pairs, const PairSide *side)
{
    Bounds bounds;
    column_bounds(pairs->metric, study_merged(side->runs, side->entry, pairs->phase), &bounds.low,
                  &bounds.high);
    return bounds;
}

/* Not finer than from `low` to `high`; what may be nothing at all is no sure difference. */
static void widen(Contrast *contrast, double low, double high, double none)
{
    if (isnan(contrast->low) || isnan(low) || isnan(high))
        return;
    contrast->low = fmin(contrast->low, low);
    contrast->high = fmax(contrast->high, high);
    if (low <= none && none <= high)
        contrast->p = 1;
}

static Contrast contrast_of(const Interval *interval, double value, uint32_t pairs)
{
    return (Contrast){value, interval->low, interval->high, interval->p, pairs};
}

Contrast pairs_difference(const Pairs *pairs, double factor)
{
    double value = pairs->design.estimate - factor * pairs->baseline.estimate;
    for (uint32_t i = 0; i < pairs->count; i++)
        pairs->room[i] = pairs->design.values[i] - factor * pairs->baseline.values[i];
    uint32_t used;
    values_mean(pairs->room, pairs->count, &used);
    Interval interval = interval_around(value, pairs->room, pairs->count);
    Contrast contrast = contrast_of(&interval, value, used);
    Bounds a = bounds_of(pairs, &pairs->baseline), b = bounds_of(pairs, &pairs->design);
    widen(&contrast, b.low - factor * a.high, b.high - factor * a.low, 0);
    return contrast;
}

/* --- what one is of the other */

/* A pair without a logarithm (a zero) would be left out silently: then there is no interval. */
static bool take_logarithms(const Pairs *pairs)
{
    for (uint32_t i = 0; i < pairs->count; i++) {
        double a = pairs->baseline.values[i], b = pairs->design.values[i];
        if (!isnan(a) && !isnan(b) && !(a > 0 && b > 0))
            return false;
        pairs->room[i] = log(b / a);
    }
    return true;
}

Contrast pairs_ratio(const Pairs *pairs)
{
    Contrast contrast = nothing;
    double ratio = pairs->design.estimate / pairs->baseline.estimate;
    if (!isfinite(ratio))
        return contrast;
    contrast.value = ratio;
    if (!(ratio > 0) || !take_logarithms(pairs))
        return contrast;
    Interval interval = interval_around(log(ratio), pairs->room, pairs->count);
    contrast.low = exp(interval.low);
    contrast.high = exp(interval.high);
    Bounds a = bounds_of(pairs, &pairs->baseline), b = bounds_of(pairs, &pairs->design);
    if (a.low > 0)
        widen(&contrast, b.low / a.high, b.high / a.low, 1);
    return contrast;
}

/* --- what pairing gains */

double pairs_variance_reduction(const Pairs *pairs)
{
    double sum = 0;
    for (int side = 0; side < 2; side++) {
        const double *values = side == 0 ? pairs->baseline.values : pairs->design.values;
        const double *others = side == 0 ? pairs->design.values : pairs->baseline.values;
        for (uint32_t i = 0; i < pairs->count; i++)
            pairs->room[i] = isnan(others[i]) ? (double)NAN : values[i];
        sum += values_variance(pairs->room, pairs->count);
    }
    for (uint32_t i = 0; i < pairs->count; i++)
        pairs->room[i] = pairs->design.values[i] - pairs->baseline.values[i];
    return sum > 0 ? sum / values_variance(pairs->room, pairs->count) : (double)NAN;
}

/* --- by name */

Contrast study_contrast(const Study *study, uint32_t variant, uint32_t other, double factor,
                        const MetricRef *metric)
{
    const StudyRuns *design = study_runs(study, variant), *baseline = study_runs(study, other);
    if (design->entry_count == 0 || baseline->entry_count == 0 ||
        (uint32_t)metric->phase >= MIN(design->phase_count, baseline->phase_count))
        return nothing;
    uint32_t design_entry = study_find_entry(design, metric->scope, metric->name);
    uint32_t baseline_entry = study_find_entry(baseline, metric->scope, metric->name);
    if (design_entry == NO_INDEX || baseline_entry == NO_INDEX)
        return nothing;
    Pairs pairs;
    pairs_init(&pairs, study, other, variant);
    pairs_read(&pairs, baseline_entry, design_entry, metric->phase, metric->metric);
    Contrast contrast = pairs_difference(&pairs, factor);
    pairs_clear(&pairs);
    return contrast;
}
