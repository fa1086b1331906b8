#include <math.h>
#include <string.h>

#include "reports/headline.h"
#include "reports/statistics.h"
#include "reports/study_pairs.h"

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

/* --- verdicts */

#define AVAILABILITY_MARGIN_MAX 0.001

static double margin_of(const CompareRow *row, double equivalence)
{
    if (strcmp(row->metric->name, "availability_ratio") == 0)
        return fmin(equivalence, AVAILABILITY_MARGIN_MAX);
    return equivalence * fabs(row->baseline);
}

static Verdict judge(const CompareRow *row, double equivalence)
{
    if (row->metric->direction == DIRECTION_NEUTRAL)
        return VERDICT_NONE;
    double margin = margin_of(row, equivalence);
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

static void adjust_and_judge(GArray *rows, double equivalence)
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
        row->verdict = judge(row, equivalence);
    }
}

/* --- all of it */

static void fill_row(CompareRow *row, const Pairs *pairs)
{
    row->baseline = pairs->baseline.estimate;
    row->design = pairs->design.estimate;
    Contrast difference = pairs_difference(pairs, 1);
    row->pairs = difference.pairs;
    row->difference = difference.value;
    row->difference_low = difference.low;
    row->difference_high = difference.high;
    row->p = difference.p;
    Contrast ratio = pairs_ratio(pairs);
    row->ratio = ratio.value;
    row->ratio_low = ratio.low;
    row->ratio_high = ratio.high;
    row->variance_reduction = pairs_variance_reduction(pairs);
}

static void compare_metrics(GArray *rows, CompareRow model, Pairs *pairs, uint32_t baseline,
                            uint32_t design)
{
    const Table *table = table_of_scope(model.scope);
    for (size_t i = 0; i < table->column_count; i++) {
        CompareRow row = model;
        row.metric = &table->columns[i];
        if (!column_is_metric(row.metric))
            continue;
        pairs_read(pairs, baseline, design, row.phase, row.metric);
        if (isnan(pairs->baseline.estimate) && isnan(pairs->design.estimate))
            continue;
        fill_row(&row, pairs);
        g_array_append_val(rows, row);
    }
}

static void compare_variant(const Study *study, GArray *rows, uint32_t variant)
{
    const StudyRuns *base = study_runs(study, 0), *other = study_runs(study, variant);
    const RunResult *result = study_any_run(study, variant);
    if (result == NULL || base->entry_count == 0)
        return;
    Pairs pairs;
    pairs_init(&pairs, study, 0, variant);
    uint32_t phases = MIN(base->phase_count, other->phase_count);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        uint32_t baseline = study_find_entry(base, entry->scope, entry->name);
        for (uint32_t phase = 0; baseline != NO_INDEX && phase < phases; phase++) {
            CompareRow model = {.variant = variant,
                                .scope = entry->scope,
                                .name = entry->name,
                                .phase = (Phase)phase,
                                .p_adjusted = (double)NAN};
            compare_metrics(rows, model, &pairs, baseline, i);
        }
    }
    pairs_clear(&pairs);
}

GArray *study_compare(const Study *study)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(CompareRow));
    for (uint32_t i = 1; i < study_variant_count(study); i++)
        compare_variant(study, rows, i);
    adjust_and_judge(rows, study->equivalence);
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
