/* Random durations as the topology writes them. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/reader/dist_words.h"
#include "models/reader/reader.h"

#define PERCENT_MAX 100.0

/* A distribution while it is read: what was found for the kind's parameters. */
typedef struct Reading {
    const Spec *spec;
    ReadContext *context;
    const DistributionKind *kind;
    DistributionInput input;
    GArray *weights, *points; /* of double */
    GPtrArray *parts;         /* of const Distribution */
} Reading;

static void reading_init(Reading *reading, const Spec *spec, ReadContext *context)
{
    *reading = (Reading){.spec = spec, .context = context};
    reading->weights = g_array_new(FALSE, FALSE, sizeof(double));
    reading->points = g_array_new(FALSE, FALSE, sizeof(double));
    reading->parts = g_ptr_array_new();
}

static void reading_clear(Reading *reading)
{
    g_array_free(reading->weights, TRUE);
    g_array_free(reading->points, TRUE);
    g_ptr_array_free(reading->parts, TRUE);
}

static void release_distribution(void *distribution)
{
    distribution_clear(distribution);
}

/* --- parameters --- */

/* The shortest duration that a parameter may have, and the longest. */
static bool get_duration(const Spec *spec, const DistributionParameter *parameter, double *ns)
{
    SimTime min = sim_time_from_ns(parameter->min), max = SIM_TIME_LONGEST, time;
    if (parameter->above_min)
        min++;
    if (parameter->max > 0 && parameter->max < (double)SIM_TIME_LONGEST)
        max = (SimTime)parameter->max;
    if (!spec_get_duration(spec, min, max, &time))
        return false;
    *ns = (double)time;
    return true;
}

static bool add_point(Reading *reading, const Spec *spec, SimTime min)
{
    SimTime time;
    if (!spec_get_duration(spec, min, SIM_TIME_LONGEST, &time))
        return false;
    double ns = (double)time;
    g_array_append_val(reading->points, ns);
    return true;
}

/* A number above 0 as the member `key` of a list's element. */
static bool add_weight(Reading *reading, const Spec *element, const char *key, double max)
{
    Spec member;
    double weight;
    if (!spec_member(element, key, &member))
        return spec_problem(element, "the required key \"%s\" is missing", key);
    if (!spec_get_number(&member, DBL_MIN, max, &weight))
        return false;
    g_array_append_val(reading->weights, weight);
    return true;
}

static bool read_phase(Reading *reading, const Spec *element)
{
    static const char *const keys[] = {"probability", "mean", "description"};
    Spec mean;
    if (!spec_expect(element, SPEC_OBJECT))
        return false;
    bool is_good = add_weight(reading, element, "probability", 1);
    if (!spec_member(element, "mean", &mean))
        is_good = spec_problem(element, "the required key \"mean\" is missing");
    else
        is_good &= add_point(reading, &mean, 1);
    return spec_finish(element, keys, G_N_ELEMENTS(keys)) && is_good;
}

static bool read_object(const Spec *spec, ReadContext *context, const char *also,
                        Distribution *distribution);

static bool read_part(Reading *reading, const Spec *element)
{
    Distribution *part = arena_take(reading->context->arena, 1, sizeof *part);
    if (!spec_expect(element, SPEC_OBJECT))
        return false;
    bool is_good = add_weight(reading, element, "weight", 1e9);
    is_good &= read_object(element, reading->context, "weight", part);
    g_ptr_array_add(reading->parts, part);
    return is_good;
}

static bool read_sample(Reading *reading, const Spec *element)
{
    return add_point(reading, element, 0);
}

static bool read_list(Reading *reading, const Spec *list,
                      bool (*read_element)(Reading *reading, const Spec *element))
{
    Spec element;
    bool is_good = true;
    if (!spec_expect(list, SPEC_ARRAY))
        return false;
    if (spec_size(list) == 0)
        return spec_problem(list, "must not be empty");
    for (bool more = spec_first(list, &element); more; more = spec_next(&element))
        is_good &= read_element(reading, &element);
    return is_good;
}

typedef struct Quantile {
    double percent;
    SimTime value;
} Quantile;

static int compare_quantiles(const void *a, const void *b)
{
    const Quantile *first = a, *second = b;
    return (first->percent > second->percent) - (first->percent < second->percent);
}

/* Digits, and more of them after a point. */
static bool percent_parse(const char *text, double *percent)
{
    size_t whole = strspn(text, "0123456789");
    const char *end = text + whole;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    *percent = g_ascii_strtod(text, NULL);
    return whole > 0 && *end == '\0' && end[-1] != '.' && *percent <= PERCENT_MAX;
}

static bool read_quantile(const Spec *member, GArray *quantiles)
{
    Quantile quantile;
    if (!percent_parse(member->name, &quantile.percent))
        return spec_problem_at_key(member,
                                   "must be a percentage from 0 to 100, such as \"99.9\", "
                                   "got \"%.40s\"",
                                   member->name);
    if (!spec_get_duration(member, 0, SIM_TIME_LONGEST, &quantile.value))
        return false;
    g_array_append_val(quantiles, quantile);
    return true;
}

static bool read_quantiles(Reading *reading, const Spec *object)
{
    Spec member;
    bool is_good = true;
    if (!spec_expect(object, SPEC_OBJECT))
        return false;
    g_autoptr(GArray) quantiles = g_array_new(FALSE, FALSE, sizeof(Quantile));
    for (bool more = spec_first(object, &member); more; more = spec_next(&member))
        is_good &= read_quantile(&member, quantiles);
    g_array_sort(quantiles, compare_quantiles);
    for (guint i = 0; i < quantiles->len; i++) {
        const Quantile *quantile = &g_array_index(quantiles, Quantile, i);
        double ns = (double)quantile->value;
        g_array_append_val(reading->weights, quantile->percent);
        g_array_append_val(reading->points, ns);
    }
    return is_good && (quantiles->len > 0 || spec_problem(object, "must not be empty"));
}

static bool read_line(Reading *reading, LineFile *file, const char *line)
{
    SimTime time;
    if (reading->context->file_values++ >= FILE_VALUES_MAX)
        return line_file_problem(file, "the files of this topology have more than %u values",
                                 FILE_VALUES_MAX);
    if (!duration_parse(line, &time))
        return line_file_problem(
            file, "must be a duration with a unit such as \"20ms\", got \"%.40s\"", line);
    double ns = (double)time;
    g_array_append_val(reading->points, ns);
    return true;
}

static bool read_file(Reading *reading, const Spec *spec)
{
    g_autoptr(LineFile) file = line_file_open(spec);
    if (file == NULL)
        return false;
    for (const char *line; (line = line_file_next(file)) != NULL;) {
        if (!read_line(reading, file, line))
            return false;
    }
    if (line_file_failed(file))
        return false;
    return reading->points->len > 0 || spec_problem(spec, "the file has no values");
}

static bool read_parameter(Reading *reading, const Spec *spec,
                           const DistributionParameter *parameter, double *value)
{
    *value = 0; /* given */
    switch (parameter->type) {
    case PARAMETER_DURATION:
        return get_duration(spec, parameter, value);
    case PARAMETER_NUMBER:
        return dist_number_get(spec, parameter, value);
    case PARAMETER_PHASES:
        return read_list(reading, spec, read_phase);
    case PARAMETER_MIXTURE:
        return read_list(reading, spec, read_part);
    case PARAMETER_SAMPLES:
        return read_list(reading, spec, read_sample);
    case PARAMETER_QUANTILES:
        return read_quantiles(reading, spec);
    case PARAMETER_FILE:
        return read_file(reading, spec);
    }
    return false;
}

static bool read_parameters(Reading *reading)
{
    const DistributionParameter *parameter = reading->kind->parameters;
    bool is_good = true;
    for (size_t i = 0; i < DISTRIBUTION_PARAMETERS_MAX; i++)
        reading->input.values[i] = NAN;
    for (size_t i = 0; parameter[i].name != NULL; i++) {
        Spec member;
        if (spec_member(reading->spec, parameter[i].name, &member))
            is_good &= read_parameter(reading, &member, &parameter[i], &reading->input.values[i]);
    }
    reading->input.weights = (const double *)(const void *)reading->weights->data;
    reading->input.points = (const double *)(const void *)reading->points->data;
    reading->input.count = MAX(reading->points->len, reading->parts->len);
    return is_good;
}

/* --- the whole --- */

static bool read_optional_duration(const Spec *spec, const char *key, SimTime min, double *ns)
{
    Spec member;
    SimTime time;
    if (!spec_member(spec, key, &member))
        return true;
    if (!spec_get_duration(&member, min, SIM_TIME_LONGEST, &time))
        return false;
    *ns = (double)time;
    return true;
}

static const DistributionKind *choose_kind(const Spec *spec)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name = dist_name_get(spec);
    if (name == NULL)
        return NULL;
    const DistributionKind *kind = distribution_kind_find(name);
    if (kind == NULL) {
        for (size_t i = 0; distribution_kinds[i] != NULL; i++)
            g_ptr_array_add(names, (char *)(uintptr_t)distribution_kinds[i]->name);
        dist_report_unknown(spec, "distribution", name, names);
    }
    return kind;
}

static bool finish(const Reading *reading, const char *also)
{
    static const char *const common[] = {"dist", "shift", "max"};
    return dist_finish(reading->spec, reading->kind->parameters, common, G_N_ELEMENTS(common),
                       also);
}

static bool has_parameter(const DistributionKind *kind, const char *name)
{
    const DistributionParameter *parameter = kind->parameters;
    while (parameter->name != NULL && strcmp(parameter->name, name) != 0)
        parameter++;
    return parameter->name != NULL;
}

/* "max" is the limit above which draws are redrawn, unless the kind has a parameter of that name
 * (uniform), which says the same of itself. */
static bool read_limit(const Reading *reading, double *limit)
{
    return has_parameter(reading->kind, "max") ||
           read_optional_duration(reading->spec, "max", 1, limit);
}

static bool check_set(const Reading *reading)
{
    return distribution_set_of(reading->kind, &reading->input) >= 0 ||
           dist_report_sets(reading->spec, reading->kind->name, reading->kind->parameters,
                            reading->kind->sets, reading->input.values);
}

static bool fill(Reading *reading, const char *also, Distribution *distribution)
{
    double shift = 0, limit = INFINITY;
    bool is_good = read_parameters(reading);
    is_good &= read_optional_duration(reading->spec, "shift", 0, &shift);
    is_good &= read_limit(reading, &limit);
    /* Without what a misspelt key was meant to say, the set could not be right. */
    is_good &= finish(reading, also) && check_set(reading);
    /* Trying out a limit takes a while; a file that is refused anyway is not worth it. */
    if (!is_good || problems_are_full(reading->context->problems))
        return false;
    reading->input.parts = (const Distribution *const *)reading->parts->pdata;
    const char *fault =
        distribution_prepare(distribution, reading->kind, &reading->input, shift, limit);
    if (fault != NULL)
        return spec_problem(reading->spec, "%s must %s", reading->kind->name, fault);
    arena_on_free(reading->context->arena, release_distribution, distribution);
    return true;
}

/* `also`: a key that the object may have besides. */
static bool read_object(const Spec *spec, ReadContext *context, const char *also,
                        Distribution *distribution)
{
    Reading reading;
    reading_init(&reading, spec, context);
    reading.kind = choose_kind(spec);
    bool is_good = reading.kind != NULL && fill(&reading, also, distribution);
    reading_clear(&reading);
    return is_good;
}

static const Distribution *constant_of(ReadContext *context, SimTime value)
{
    const Distribution *known =
        context->constants == NULL ? NULL : g_hash_table_lookup(context->constants, &value);
    if (known != NULL)
        return known;
    Distribution *made = arena_take(context->arena, 1, sizeof *made);
    distribution_init_constant(made, value);
    if (context->constants != NULL)
        g_hash_table_insert(context->constants, &made->constant, made);
    return made;
}

bool distribution_read(const Spec *spec, ReadContext *context, const Distribution **distribution)
{
    SimTime value;
    if (spec_type(spec) != SPEC_OBJECT) {
        if (!spec_get_duration(spec, 0, SIM_TIME_LONGEST, &value))
            return false;
        *distribution = constant_of(context, value);
        return true;
    }
    Distribution *result = arena_take(context->arena, 1, sizeof *result);
    if (!read_object(spec, context, NULL, result))
        return false;
    *distribution = result;
    return true;
}
