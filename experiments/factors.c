#include "experiments/factors.h"

#include <math.h>
#include <string.h>

bool factor_parse(const char *json, double *number, char **unit)
{
    bool is_text = json[0] == '"';
    const char *text = json + is_text;
    char *end;
    *number = g_ascii_strtod(text, &end);
    if (end == text || !(*number > 0) || !isfinite(*number))
        return false;
    size_t rest = strlen(end);
    if (is_text != (rest > 1) || (is_text && end[rest - 1] != '"'))
        return false;
    *unit = is_text ? g_strndup(end, rest - 1) : g_strdup("");
    return true;
}

typedef struct Expansion {
    const TopologySource *source;
    const char *design;
    GPtrArray *axes, *left_out;
} Expansion;

static bool reads(const Expansion *expansion, const char *pointer, const char *json)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = points_document(expansion->source, expansion->design, problems);
    if (document == NULL || !document_put(document, "", pointer, json, problems))
        return false;
    g_autoptr(Topology) topology = topology_read(document, NULL, problems);
    return topology != NULL;
}

/* Only the reader knows which keys take whole numbers alone. */
static bool takes_fractions(const Expansion *expansion, const char *pointer, double number,
                            const char *unit)
{
    g_autoptr(Axis) axis = axis_range_new(pointer, 0, 0, false, unit);
    g_autofree char *json = axis_number(axis, floor(number) + 0.5);
    return reads(expansion, pointer, json);
}

/* At least one up and one down. */
static void widen(double number, double *low, double *high)
{
    *low = MAX(round(*low), 1);
    *high = round(*high);
    if (*low < number || *high > number)
        return;
    *low = MAX(number - 1, 1);
    *high = number + 1;
}

static Axis *range_around(const Expansion *expansion, const char *pointer, const char *json,
                          double share)
{
    double number;
    g_autofree char *unit = NULL;
    if (!factor_parse(json, &number, &unit))
        return NULL;
    double low = number * (1 - share), high = number * (1 + share);
    bool is_whole = !takes_fractions(expansion, pointer, number, unit);
    if (is_whole)
        widen(number, &low, &high);
    return axis_range_new(pointer, low, high, is_whole, unit);
}

static bool can_be(const Expansion *expansion, const Axis *axis)
{
    g_autofree char *low = axis_number(axis, axis->low), *high = axis_number(axis, axis->high);
    return reads(expansion, axis->pointer, low) && reads(expansion, axis->pointer, high);
}

static void add_factor(const Expansion *expansion, const Document *document, const char *pointer,
                       double share)
{
    g_autofree char *json = document_get(document, pointer);
    g_autoptr(Axis) axis = range_around(expansion, pointer, json, share);
    if (axis != NULL && can_be(expansion, axis))
        g_ptr_array_add(expansion->axes, g_steal_pointer(&axis));
    else
        g_ptr_array_add(expansion->left_out, g_strdup(pointer));
}

static char *expand(const Expansion *expansion, const Document *document, const Axis *axis)
{
    g_autoptr(GPtrArray) pointers = document_quantities(document, axis->pointer);
    guint before = expansion->axes->len;
    for (guint i = 0; i < pointers->len; i++)
        add_factor(expansion, document, pointers->pdata[i], axis->share);
    if (expansion->axes->len > before)
        return NULL;
    g_autofree char *missing = document_missing(document, axis->pointer);
    return missing != NULL
               ? g_strdup_printf("%s: names nothing in design %s: %s", axis->pointer,
                                 expansion->design, missing)
               : g_strdup_printf("%s: there is no number that could vary so", axis->text);
}

char *factors_expand(const TopologySource *source, const char *design, GPtrArray *axes,
                     GPtrArray *left_out)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = points_document(source, design, problems);
    GPtrArray *expanded = g_ptr_array_new();
    const Expansion expansion = {source, design, expanded, left_out};
    char *problem = document == NULL ? problems_format(problems) : NULL;
    for (guint i = 0; i < axes->len && problem == NULL; i++) {
        Axis *axis = axes->pdata[i];
        if (axis->kind == AXIS_AROUND)
            problem = expand(&expansion, document, axis);
        else
            g_ptr_array_add(expanded, g_steal_pointer(&axes->pdata[i]));
    }
    g_ptr_array_remove_range(axes, 0, axes->len);
    for (guint i = 0; i < expanded->len; i++)
        g_ptr_array_add(axes, expanded->pdata[i]);
    g_ptr_array_free(expanded, TRUE);
    return problem;
}
