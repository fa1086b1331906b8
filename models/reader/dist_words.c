#include "models/reader/dist_words.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define KNOWN_KEYS_MAX 16

const char *dist_name_get(const Spec *spec)
{
    Spec member;
    const char *name = NULL;
    if (!spec_member(spec, "dist", &member))
        spec_problem(spec, "the required key \"dist\" is missing");
    else
        spec_get_string(&member, &name);
    return name;
}

void dist_report_unknown(const Spec *spec, const char *what, const char *name, GPtrArray *names)
{
    Spec member;
    const char *const *candidates = (const char *const *)names->pdata;
    const char *nearest = problems_nearest(name, candidates, names->len);
    spec_member(spec, "dist", &member);
    if (nearest != NULL) {
        spec_unknown_name(&member, what, name, candidates, names->len);
        return;
    }
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    spec_problem(&member, "no %s is called \"%.80s\"; there are: %s", what, name, list);
}

bool dist_number_get(const Spec *spec, const DistributionParameter *parameter, double *value)
{
    bool is_limited = parameter->min != 0 || parameter->max != 0;
    double max = is_limited ? parameter->max : DBL_MAX;
    double min = parameter->above_min && parameter->min == 0 ? DBL_MIN : parameter->min;
    if (!spec_get_number(spec, min, max, value))
        return false;
    return !parameter->above_min || *value > parameter->min ||
           spec_problem(spec, "must be above %.15g, got %.15g", parameter->min, *value);
}

bool dist_finish(const Spec *spec, const DistributionParameter *parameters,
                 const char *const *common, size_t common_count, const char *also)
{
    const char *names[KNOWN_KEYS_MAX];
    size_t count = 0;
    for (; parameters->name != NULL && count < KNOWN_KEYS_MAX; parameters++)
        names[count++] = parameters->name;
    for (size_t i = 0; i < common_count && count < KNOWN_KEYS_MAX; i++)
        names[count++] = common[i];
    if (also != NULL && count < KNOWN_KEYS_MAX)
        names[count++] = also;
    return spec_finish(spec, names, count);
}

static bool set_equals(const DistributionParameter *parameters, const char *set,
                       const double *values)
{
    g_auto(GStrv) names = g_strsplit(set, " ", -1);
    for (size_t i = 0; parameters[i].name != NULL; i++) {
        bool is_wanted = g_strv_contains((const char *const *)names, parameters[i].name);
        if (is_wanted == (bool)isnan(values[i]))
            return false;
    }
    return true;
}

bool dist_set_matches(const DistributionParameter *parameters, const char *sets,
                      const double *values)
{
    g_auto(GStrv) list = g_strsplit(sets, "|", -1);
    bool is_found = false;
    for (char **set = list; *set != NULL; set++)
        is_found = is_found || set_equals(parameters, *set, values);
    return is_found;
}

/* "mean cv|p50 p99" as "mean+cv or p50+p99" */
static char *sets_text(const char *sets)
{
    g_auto(GStrv) list = g_strsplit(sets, "|", -1);
    size_t count = g_strv_length(list);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < count; i++) {
        const char *separator = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        g_string_append_printf(text, "%s%s", separator, g_strdelimit(list[i], " ", '+'));
    }
    return g_string_free(text, FALSE);
}

bool dist_report_sets(const Spec *spec, const char *kind, const DistributionParameter *parameters,
                      const char *sets, const double *values)
{
    g_autofree char *wanted = sets_text(sets);
    GString *got = g_string_new(NULL);
    for (size_t i = 0; parameters[i].name != NULL; i++) {
        if (!isnan(values[i]))
            g_string_append_printf(got, "%s%s", got->len > 0 ? ", " : "", parameters[i].name);
    }
    spec_problem(spec, "%s takes %s; got %s", kind, wanted, got->len > 0 ? got->str : "none");
    g_string_free(got, TRUE);
    return false;
}
