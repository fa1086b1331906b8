#include "reports/expectation.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"

#define FORM                                                                                       \
    "must read \"[DESIGN:] SCOPE/NAME.METRIC < NUMBER\", with <, <=, > or >= between "             \
    "blanks, and a number, a design, or NUMBER * DESIGN behind it"

static const char *const relations[] = {
    [RELATION_LESS] = " < ",
    [RELATION_AT_MOST] = " <= ",
    [RELATION_MORE] = " > ",
    [RELATION_AT_LEAST] = " >= ",
};

/* --- reading */

/* The last relation in the text, since names of links hold "->". NULL if there is none. */
static const char *find_relation(const char *text, Relation *relation)
{
    const char *last = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(relations); i++) {
        const char *found = g_strrstr(text, relations[i]);
        if (found == NULL || (last != NULL && found < last))
            continue;
        last = found;
        *relation = (Relation)i;
    }
    return last;
}

/* A design's name can hold colons: it ends at the first one with a metric behind it. */
static const char *find_metric(const char *text)
{
    if (metric_ref_begins(text))
        return text;
    for (const char *colon = strchr(text, ':'); colon != NULL; colon = strchr(colon + 1, ':')) {
        const char *behind = colon + 1 + strspn(colon + 1, " ");
        if (metric_ref_begins(behind))
            return behind;
    }
    return NULL;
}

static char *design_before(const char *text, const char *metric)
{
    if (metric == text)
        return NULL;
    g_autofree char *before = g_strndup(text, (gsize)(metric - text));
    g_strchomp(before)[strlen(before) - 1] = '\0';
    return g_strdup(g_strstrip(before));
}

static bool read_number(const char *text, double *number, const char **rest)
{
    char *end;
    *number = g_ascii_strtod(text, &end);
    *rest = end + strspn(end, " ");
    return end != text && isfinite(*number);
}

/* "300", "base", "1.1 * base" */
static bool read_bound(Expectation *expectation, const char *text)
{
    const char *rest;
    if (read_number(text, &expectation->number, &rest)) {
        if (*rest == '\0')
            return true;
        if (*rest == '*' && expectation->number > 0) {
            expectation->other = g_strstrip(g_strdup(rest + 1));
            return *expectation->other != '\0';
        }
    }
    expectation->number = 1;
    expectation->other = g_strdup(text);
    return *text != '\0';
}

char *expectation_parse(Expectation *expectation, const char *text)
{
    *expectation = (Expectation){0};
    g_autofree char *whole = g_strstrip(g_strdup(text));
    const char *metric = find_metric(whole);
    const char *relation = find_relation(whole, &expectation->relation);
    if (metric == NULL || relation == NULL || relation < metric)
        return g_strdup(FORM);
    g_autofree char *name = g_strstrip(g_strndup(metric, (gsize)(relation - metric)));
    char *problem = metric_ref_parse(&expectation->metric, name);
    if (problem != NULL)
        return problem;
    expectation->text = g_strdup(whole);
    expectation->design = design_before(whole, metric);
    const char *bound = relation + strlen(relations[expectation->relation]);
    if (read_bound(expectation, bound + strspn(bound, " ")))
        return NULL;
    expectation_clear(expectation);
    return g_strdup(FORM);
}

void expectation_clear(Expectation *expectation)
{
    g_free(expectation->text);
    g_free(expectation->design);
    g_free(expectation->other);
    metric_ref_clear(&expectation->metric);
    *expectation = (Expectation){0};
}

/* --- judging */

const char *judgement_name(Judgement judgement)
{
    static const char *const names[] = {"pass", "fail", "undecided"};
    return names[judgement];
}

static bool holds(Relation relation, double value, double limit)
{
    switch (relation) {
    case RELATION_LESS:
        return value < limit;
    case RELATION_AT_MOST:
        return value <= limit;
    case RELATION_MORE:
        return value > limit;
    case RELATION_AT_LEAST:
        return value >= limit;
    }
    return false;
}

/* It passes when it holds at both ends of the interval, and fails when it holds at neither. */
static Judgement judge(Relation relation, double low, double high, double limit)
{
    if (isnan(low) || isnan(high))
        return JUDGEMENT_UNDECIDED;
    bool at_low = holds(relation, low, limit), at_high = holds(relation, high, limit);
    if (at_low != at_high)
        return JUDGEMENT_UNDECIDED;
    return at_low ? JUDGEMENT_PASS : JUDGEMENT_FAIL;
}

static const char *flag_of(const Estimate *estimate)
{
    if (isnan(estimate->value))
        return "not_measured";
    return isnan(estimate->low) ? "no_interval" : estimate_flag(estimate);
}

static Estimate estimate_of(const Study *study, uint32_t variant, const MetricRef *metric)
{
    Estimate estimate = {.value = (double)NAN, .low = (double)NAN, .high = (double)NAN};
    study_estimate(study, variant, metric->scope, metric->name, metric->phase, metric->metric->name,
                   &estimate);
    return estimate;
}

static void judge_difference(ExpectationResult *result, const Expectation *expectation,
                             const Study *study, uint32_t other)
{
    const MetricRef *metric = &expectation->metric;
    Contrast contrast = study_contrast(study, result->variant, other, expectation->number, metric);
    Estimate theirs = estimate_of(study, other, metric);
    result->is_difference = true;
    result->value = contrast.value;
    result->low = contrast.low;
    result->high = contrast.high;
    if (*result->flag == '\0')
        result->flag = isnan(contrast.low) ? "no_interval" : flag_of(&theirs);
}

ExpectationResult expectation_judge(const Expectation *expectation, const Study *study,
                                    uint32_t variant, uint32_t other)
{
    Estimate estimate = estimate_of(study, variant, &expectation->metric);
    ExpectationResult result = {.text = g_strdup(expectation->text),
                                .variant = variant,
                                .value = estimate.value,
                                .low = estimate.low,
                                .high = estimate.high,
                                .flag = flag_of(&estimate)};
    if (expectation->other != NULL)
        judge_difference(&result, expectation, study, other);
    double limit = expectation->other != NULL ? 0 : expectation->number;
    result.judgement = judge(expectation->relation, result.low, result.high, limit);
    return result;
}
