/* Random durations as the topology writes them. */
#include <math.h>
#include <string.h>

#include "models/reader/dist_words.h"
#include "models/reader/reader.h"

#define PERCENT_MAX 100.0

/* A distribution while it is read: what was found for the kind's parameters. */
typedef struct Draft {
    const Spec *spec;
    ReadContext *context;
    const DistributionKind *kind;
    DistributionInput input;
    GArray *weights, *points; /* of double */
    GPtrArray *parts;         /* of const Distribution */
} Draft;

static void draft_init(Draft *draft, const Spec *spec, ReadContext *context)
{
    *draft = (Draft){.spec = spec, .context = context};
    draft->weights = g_array_new(FALSE, FALSE, sizeof(double));
    draft->points = g_array_new(FALSE, FALSE, sizeof(double));
    draft->parts = g_ptr_array_new();
}

static void draft_clear(Draft *draft)
{
    g_array_free(draft->weights, TRUE);
    g_array_free(draft->points, TRUE);
    g_ptr_array_free(draft->parts, TRUE);
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

static bool add_point(Draft *draft, const Spec *spec, SimTime min)
{
    SimTime time;
    if (!spec_get_duration(spec, min, SIM_TIME_LONGEST, &time))
        return false;
    double ns = (double)time;
    g_array_append_val(draft->points, ns);
    return true;
}

/* A number above 0 as the member `key` of a list's element. */
static bool add_weight(Draft *draft, const Spec *element, const char *key, double max)
{
    Spec member;
    double weight;
    if (!spec_member(element, key, &member))
        return spec_problem(element, "the required key \"%s\" is missing", key);
    if (!spec_get_number(&member, 0, max, &weight))
        return false;
    g_array_append_val(draft->weights, weight);
    return true;
}

static bool read_phase(Draft *draft, const Spec *element)
{
    static const char *const keys[] = {"probability", "mean", "description"};
    Spec mean;
    if (!spec_expect(element, SPEC_OBJECT))
        return false;
    bool is_good = add_weight(draft, element, "probability", 1);
    if (!spec_member(element, "mean", &mean))
        is_good = spec_problem(element, "the required key \"mean\" is missing");
    else
        is_good &= add_point(draft, &mean, 1);
    return spec_finish(element, keys, G_N_ELEMENTS(keys)) && is_good;
}

static bool read_object(const Spec *spec, ReadContext *context, const char *also,
                        Distribution *distribution);

static bool read_part(Draft *draft, const Spec *element)
{
    Distribution *part = arena_take(draft->context->arena, 1, sizeof *part);
    if (!spec_expect(element, SPEC_OBJECT))
        return false;
    bool is_good = add_weight(draft, element, "weight", 1e9);
    is_good &= read_object(element, draft->context, "weight", part);
    g_ptr_array_add(draft->parts, part);
    return is_good;
}

static bool read_sample(Draft *draft, const Spec *element)
{
    return add_point(draft, element, 0);
}

static bool read_list(Draft *draft, const Spec *list,
                      bool (*read_element)(Draft *draft, const Spec *element))
{
    Spec element;
    bool is_good = true;
    if (!spec_expect(list, SPEC_ARRAY))
        return false;
    if (spec_size(list) == 0)
        return spec_problem(list, "must not be empty");
    for (bool more = spec_first(list, &element); more; more = spec_next(&element))
        is_good &= read_element(draft, &element);
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

static bool read_quantiles(Draft *draft, const Spec *object)
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
        g_array_append_val(draft->weights, quantile->percent);
        g_array_append_val(draft->points, ns);
    }
    return is_good && (quantiles->len > 0 || spec_problem(object, "must not be empty"));
}

static bool read_line(Draft *draft, LineFile *file, const char *line)
{
    SimTime time;
    if (draft->context->file_values++ >= FILE_VALUES_MAX)
        return line_file_problem(file, "the files of this topology have more than %u values",
                                 FILE_VALUES_MAX);
    if (!duration_parse(line, &time))
        return line_file_problem(
            file, "must be a duration with a unit such as \"20ms\", got \"%.40s\"", line);
    double ns = (double)time;
    g_array_append_val(draft->points, ns);
    return true;
}

static bool read_file(Draft *draft, const Spec *spec)
{
    g_autoptr(LineFile) file = line_file_open(spec);
    if (file == NULL)
        return false;
    for (const char *line; (line = line_file_next(file)) != NULL;) {
        if (!read_line(draft, file, line))
            return false;
    }
    if (line_file_failed(file))
        return false;
    return draft->points->len > 0 || spec_problem(spec, "the file has no values");
}

static bool read_parameter(Draft *draft, const Spec *spec, const DistributionParameter *parameter,
                           double *value)
{
    *value = 0; /* given */
    switch (parameter->type) {
    case PARAMETER_DURATION:
        return get_duration(spec, parameter, value);
    case PARAMETER_NUMBER:
        return dist_number_get(spec, parameter, value);
    case PARAMETER_PHASES:
        return read_list(draft, spec, read_phase);
    case PARAMETER_MIXTURE:
        return read_list(draft, spec, read_part);
    case PARAMETER_SAMPLES:
        return read_list(draft, spec, read_sample);
    case PARAMETER_QUANTILES:
        return read_quantiles(draft, spec);
    case PARAMETER_FILE:
        return read_file(draft, spec);
    }
    return false;
}

static bool read_parameters(Draft *draft)
{
    const DistributionParameter *parameter = draft->kind->parameters;
    bool is_good = true;
    for (size_t i = 0; i < DISTRIBUTION_PARAMETERS_MAX; i++)
        draft->input.values[i] = NAN;
    for (size_t i = 0; parameter[i].name != NULL; i++) {
        Spec member;
        if (spec_member(draft->spec, parameter[i].name, &member))
            is_good &= read_parameter(draft, &member, &parameter[i], &draft->input.values[i]);
    }
    draft->input.weights = (const double *)(const void *)draft->weights->data;
    draft->input.points = (const double *)(const void *)draft->points->data;
    draft->input.count = MAX(draft->points->len, draft->parts->len);
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

static bool finish(const Draft *draft, const char *also)
{
    static const char *const common[] = {"dist", "shift", "max"};
    return dist_finish(draft->spec, draft->kind->parameters, common, G_N_ELEMENTS(common), also);
}

static bool check_set(const Draft *draft)
{
    return distribution_set_of(draft->kind, &draft->input) >= 0 ||
           dist_report_sets(draft->spec, draft->kind->name, draft->kind->parameters,
                            draft->kind->sets, draft->input.values);
}

static bool fill(Draft *draft, const char *also, Distribution *distribution)
{
    double shift = 0, limit = INFINITY;
    bool is_good = read_parameters(draft);
    is_good &= read_optional_duration(draft->spec, "shift", 0, &shift);
    is_good &= read_optional_duration(draft->spec, "max", 1, &limit);
    /* Without what a misspelt key was meant to say, the set could not be right. */
    is_good &= finish(draft, also) && check_set(draft);
    if (!is_good)
        return false;
    draft->input.parts = (const Distribution *const *)draft->parts->pdata;
    const char *fault =
        distribution_prepare(distribution, draft->kind, &draft->input, shift, limit);
    if (fault != NULL)
        return spec_problem(draft->spec, "%s must %s", draft->kind->name, fault);
    arena_on_free(draft->context->arena, release_distribution, distribution);
    return true;
}

/* `also`: a key that the object may have besides. */
static bool read_object(const Spec *spec, ReadContext *context, const char *also,
                        Distribution *distribution)
{
    Draft draft;
    draft_init(&draft, spec, context);
    draft.kind = choose_kind(spec);
    bool is_good = draft.kind != NULL && fill(&draft, also, distribution);
    draft_clear(&draft);
    return is_good;
}

static bool read_constant(const Spec *spec, Distribution *distribution)
{
    SimTime value;
    if (!spec_get_duration(spec, 0, SIM_TIME_LONGEST, &value))
        return false;
    distribution_init_constant(distribution, value);
    return true;
}

bool distribution_read(const Spec *spec, ReadContext *context, const Distribution **distribution)
{
    Distribution *result = arena_take(context->arena, 1, sizeof *result);
    bool is_good = spec_type(spec) == SPEC_OBJECT ? read_object(spec, context, NULL, result)
                                                  : read_constant(spec, result);
    if (is_good)
        *distribution = result;
    return is_good;
}
