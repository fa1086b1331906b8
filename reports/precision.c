#include "reports/precision.h"

#include <math.h>

#include "reports/columns.h"
#include "reports/text_findings.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

static double relative_error(const Estimate *estimate)
{
    double value = fabs(estimate->value);
    double half = fmax(estimate->high - estimate->value, estimate->value - estimate->low);
    if (half == 0)
        return 0;
    return half < value ? half / (value - half) : (double)INFINITY;
}

/* Few samples come before any width. */
static bool is_worse(const Precision *worst, double error, bool is_from_few)
{
    if (worst->metric == NULL || is_from_few != worst->is_from_few)
        return worst->metric == NULL || is_from_few;
    return error > worst->worst;
}

static void judge(Precision *worst, const Study *study, uint32_t variant, const MetricRef *ref)
{
    Estimate estimate;
    if (!study_estimate(study, variant, ref->scope, ref->name, ref->phase, ref->metric->name,
                        &estimate) ||
        isnan(estimate.value))
        return;
    double error = relative_error(&estimate);
    if (!is_worse(worst, error, estimate.is_from_few))
        return;
    g_free(worst->metric);
    worst->metric = metric_ref_text(ref);
    worst->worst = error;
    worst->variant = variant;
    worst->is_from_few = estimate.is_from_few;
}

Precision precision_judge(const Study *study, const GArray *metrics, double asked)
{
    Precision worst = {.asked = asked, .worst = (double)INFINITY};
    for (uint32_t i = 0; i < study_variant_count(study); i++) {
        worst.replications = MAX(worst.replications, study_replication_count(study, i));
        for (guint k = 0; k < metrics->len; k++)
            judge(&worst, study, i, &g_array_index(metrics, MetricRef, k));
    }
    worst.is_reached = worst.metric != NULL && !worst.is_from_few && worst.worst <= asked;
    return worst;
}

void precision_clear(Precision *precision)
{
    g_free(precision->metric);
    *precision = (Precision){0};
}

/* "least sure is workload/shoppers.p99_ms of queue, to 4.1 %" */
static char *worst_words(const Study *study, const Precision *precision)
{
    if (precision->metric == NULL)
        return g_strdup("nothing was measured");
    g_autofree char *metric = name_display(precision->metric, 60);
    g_autofree char *design = variant_display(study, precision->variant, 30);
    if (precision->is_from_few)
        return g_strdup_printf("too few samples stand behind %s of %s", metric, design);
    g_autofree char *error = number_display(precision->worst * 100);
    return g_strdup_printf("the least sure, %s of %s, %s%s%s", metric, design,
                           isfinite(precision->worst) ? "is known to " : "is not even known to 100",
                           isfinite(precision->worst) ? error : "", " %");
}

char *precision_words(const Study *study, const Precision *precision)
{
    g_autofree char *asked = number_short(precision->asked * 100);
    g_autofree char *worst = worst_words(study, precision);
    return g_strdup_printf("precision of %s %% %s after %u replications: %s", asked,
                           precision->is_reached ? "reached" : "not reached",
                           precision->replications, worst);
}
