#include "experiments/sampling/sampling.h"

#include <string.h>

/* Shares that a space may keep: 400 MB. */
#define SHARES_MAX 100000000u

#define SAMPLING_KIND(name) extern const SamplingKind sampling_##name;
#include "experiments/sampling/kinds.def"
#undef SAMPLING_KIND

const SamplingKind *const sampling_kinds[] = {
#define SAMPLING_KIND(name) &sampling_##name,
#include "experiments/sampling/kinds.def"
#undef SAMPLING_KIND
    NULL,
};

G_DEFINE_QUARK(topple - sampling - error, sampling_error)

bool sampling_fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, SAMPLING_ERROR, 0, text);
    return false;
}

const SamplingKind *sampling_kind_find(const char *name)
{
    for (size_t i = 0; sampling_kinds[i] != NULL; i++) {
        if (strcmp(sampling_kinds[i]->name, name) == 0)
            return sampling_kinds[i];
    }
    return NULL;
}

char *sampling_kind_names(bool is_screening)
{
    GPtrArray *names = g_ptr_array_new();
    for (size_t i = 0; sampling_kinds[i] != NULL; i++) {
        if (sampling_kinds[i]->is_screening == is_screening)
            g_ptr_array_add(names, (gpointer)(guintptr)sampling_kinds[i]->name);
    }
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s",
                               i == 0                ? ""
                               : i + 1 == names->len ? " or "
                                                     : ", ",
                               (const char *)names->pdata[i]);
    g_ptr_array_free(names, TRUE);
    return g_string_free(text, FALSE);
}

/* --- axes */

static bool check_kind_of_axis(const SamplingKind *kind, const Axis *axis, GError **error)
{
    switch (axis->kind) {
    case AXIS_OPEN:
        return sampling_fail(error, "%s: there are no values; POINTER=1,2,4 or POINTER=1:8:1",
                             axis->pointer);
    case AXIS_RANGE:
        return kind->takes_ranges || sampling_fail(error, "%s: %s needs a step: POINTER=a:b:step",
                                                   axis->text, kind->name);
    case AXIS_AROUND:
        return sampling_fail(error, "%s: a share of the file's value is for sensitivity",
                             axis->text);
    case AXIS_VALUES:
        break;
    }
    return true;
}

/* The second would overwrite the first, or a part of it. */
static bool is_inside(const char *pointer, const char *whole)
{
    size_t length = strlen(whole);
    return strncmp(pointer, whole, length) == 0 &&
           (pointer[length] == '\0' || pointer[length] == '/');
}

static bool check_axes(const Space *space, GError **error)
{
    for (uint32_t i = 0; i < space->axes->len; i++) {
        const Axis *axis = space_axis(space, i);
        if (!check_kind_of_axis(space->kind, axis, error))
            return false;
        for (uint32_t k = 0; k < space->axes->len; k++) {
            if (k != i && is_inside(axis->pointer, space_axis(space, k)->pointer))
                return sampling_fail(error, "%s and %s: both vary the same value",
                                     space_axis(space, MIN(i, k))->pointer,
                                     space_axis(space, MAX(i, k))->pointer);
        }
    }
    return true;
}

/* --- spaces */

Space *space_new(const SamplingKind *kind, GPtrArray *axes, uint64_t asked, uint64_t seed,
                 GError **error)
{
    g_autoptr(Space) space = g_new0(Space, 1);
    space->kind = kind;
    space->axes = axes;
    if (asked > POINTS_MAX)
        sampling_fail(error, "more than %u points", POINTS_MAX);
    else if (check_axes(space, error) && kind->prepare(space, asked, seed, error))
        return g_steal_pointer(&space);
    return NULL;
}

void space_free(Space *space)
{
    if (space == NULL)
        return;
    g_ptr_array_free(space->axes, TRUE);
    g_free(space->shares);
    g_free(space);
}

char *space_value(const Space *space, uint64_t point, uint32_t axis)
{
    return space->kind->value(space, point, axis);
}

bool space_draws(Space *space, uint64_t count, GError **error)
{
    if (count * space->axes->len > SHARES_MAX)
        return sampling_fail(error, "%u parameters at %" G_GUINT64_FORMAT " points are too much",
                             space->axes->len, count);
    space->count = count;
    space->shares = g_new(float, count * space->axes->len + 1);
    return true;
}

char *space_value_at_share(const Space *space, uint64_t point, uint32_t axis)
{
    return axis_value_at(space_axis(space, axis), space->shares[axis * space->count + point]);
}
