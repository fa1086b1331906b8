/* Distributions from texts in tests: "mean=2 cv=0.5", durations in ms; the name of a list alone
 * ("phases") says that it is given, its elements come separately. */
#ifndef TOPPLE_TESTS_DISTRIBUTION_TEXT_H
#define TOPPLE_TESTS_DISTRIBUTION_TEXT_H

#include <glib.h>
#include <math.h>
#include <string.h>

#include "sim/distribution/distribution.h"
#include "tests/support/cmocka_all.h"

#define MS 1e6 /* ns */

static inline size_t parameter_index(const DistributionKind *kind, const char *name)
{
    for (size_t i = 0; kind->parameters[i].name != NULL; i++) {
        if (strcmp(kind->parameters[i].name, name) == 0)
            return i;
    }
    fail_msg("%s has no parameter %s", kind->name, name);
    return 0;
}

/* `lists` may be NULL; its points are in ns. */
static inline DistributionInput input_from_text(const DistributionKind *kind, const char *given,
                                                const DistributionInput *lists)
{
    DistributionInput input = {0};
    if (lists != NULL)
        input = *lists;
    for (size_t i = 0; i < DISTRIBUTION_PARAMETERS_MAX; i++)
        input.values[i] = NAN;
    g_auto(GStrv) words = g_strsplit(given, " ", -1);
    for (size_t i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) sides = g_strsplit(words[i], "=", 2);
        size_t at = parameter_index(kind, sides[0]);
        double value = sides[1] == NULL ? 0 : g_ascii_strtod(sides[1], NULL);
        input.values[at] = kind->parameters[at].type == PARAMETER_DURATION ? value * MS : value;
    }
    return input;
}

/* Returns what distribution_prepare returns; shift and limit in ns. */
static inline const char *prepare_limited(Distribution *distribution, const char *name,
                                          const char *given, const DistributionInput *lists,
                                          double shift, double limit)
{
    const DistributionKind *kind = distribution_kind_find(name);
    assert_non_null(kind);
    DistributionInput input = input_from_text(kind, given, lists);
    return distribution_prepare(distribution, kind, &input, shift, limit);
}

static inline const char *prepare_text(Distribution *distribution, const char *name,
                                       const char *given, const DistributionInput *lists)
{
    return prepare_limited(distribution, name, given, lists, 0, INFINITY);
}

#endif
