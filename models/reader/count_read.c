/* Random counts as the topology writes them. */
#include <math.h>
#include <string.h>

#include "models/reader/dist_words.h"
#include "models/reader/reader.h"

#define PARAMETERS_MAX 3 /* as many as Count has room for */

static void release_count(void *count)
{
    count_clear(count);
}

static bool read_integer(const Spec *spec, uint32_t min, uint32_t max, Count *count)
{
    int64_t value;
    if (!spec_get_integer(spec, min, max, &value))
        return false;
    count_init_constant(count, (uint32_t)value);
    return true;
}

/* {"dist": "constant", "value": 3} */
static bool read_constant(const Spec *spec, uint32_t min, uint32_t max, Count *count)
{
    static const char *const keys[] = {"dist", "value"};
    Spec value;
    bool is_good = spec_member(spec, "value", &value)
                       ? read_integer(&value, min, max, count)
                       : spec_problem(spec, "the required key \"value\" is missing");
    return spec_finish(spec, keys, G_N_ELEMENTS(keys)) && is_good;
}

static const CountKind *choose_kind(const Spec *spec, const char *name)
{
    const CountKind *kind = count_kind_find(name);
    if (kind != NULL)
        return kind;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; count_kinds[i] != NULL; i++)
        g_ptr_array_add(names, (char *)(uintptr_t)count_kinds[i]->name);
    g_ptr_array_add(names, (char *)(uintptr_t) "constant");
    dist_report_unknown(spec, "distribution of counts", name, names);
    return NULL;
}

static bool read_parameters(const Spec *spec, const CountKind *kind, double *values)
{
    static const char *const common[] = {"dist"};
    const DistributionParameter *parameters = kind->parameters;
    bool is_good = true;
    for (size_t i = 0; i < PARAMETERS_MAX; i++)
        values[i] = NAN;
    for (size_t i = 0; i < PARAMETERS_MAX && parameters[i].name != NULL; i++) {
        Spec member;
        if (!spec_member(spec, parameters[i].name, &member))
            continue;
        values[i] = 0; /* given, be it wrong */
        is_good &= dist_number_get(&member, &parameters[i], &values[i]);
    }
    if (!dist_finish(spec, parameters, common, G_N_ELEMENTS(common), NULL))
        return false;
    if (!dist_set_matches(parameters, kind->sets, values))
        is_good = dist_report_sets(spec, kind->name, parameters, kind->sets, values);
    return is_good;
}

static bool read_random(const Spec *spec, ReadContext *context, const CountKind *kind, Count *count)
{
    double values[PARAMETERS_MAX];
    if (!read_parameters(spec, kind, values))
        return false;
    const char *fault = count_prepare(count, kind, values);
    if (fault != NULL)
        return spec_problem(spec, "%s must %s", kind->name, fault);
    arena_on_free(context->arena, release_count, count);
    return true;
}

static bool read_object(const Spec *spec, ReadContext *context, uint32_t min, uint32_t max,
                        Count *count)
{
    const char *name = dist_name_get(spec);
    if (name == NULL)
        return false;
    if (strcmp(name, "constant") == 0)
        return read_constant(spec, min, max, count);
    const CountKind *kind = choose_kind(spec, name);
    return kind != NULL && read_random(spec, context, kind, count);
}

bool count_read(const Spec *spec, ReadContext *context, uint32_t min, uint32_t max,
                const Count **count)
{
    Count *result = arena_take(context->arena, 1, sizeof *result);
    bool is_good = spec_type(spec) == SPEC_OBJECT ? read_object(spec, context, min, max, result)
                                                  : read_integer(spec, min, max, result);
    if (is_good)
        *count = result;
    return is_good;
}
