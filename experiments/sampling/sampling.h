/* How points are chosen in the space of several axes. An open family: a kind is one file and one
 * line in kinds.def.
 *
 * A point is a number; its values are worked out when they are asked for, from what `prepare` has
 * left, so that a million points cost no memory for a grid, and a few bytes for each axis
 * otherwise. */
#ifndef TOPPLE_EXPERIMENTS_SAMPLING_H
#define TOPPLE_EXPERIMENTS_SAMPLING_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "experiments/axis.h"

#define POINTS_MAX 10000000u

typedef struct SamplingKind SamplingKind;

typedef struct Space {
    const SamplingKind *kind;
    GPtrArray *axes; /* of Axis, owned; may be empty */
    uint64_t count;  /* points */
    float *shares;   /* kinds that draw: of axis i at point k, shares[i * count + k]; else NULL */
} Space;

struct SamplingKind {
    const char *name;    /* "grid" */
    const char *summary; /* one line */
    bool takes_ranges;   /* also axes between two ends; false: values alone */
    bool takes_count;    /* the user says how many points (for screening: trajectories) */
    bool is_screening;   /* asks which parameters matter: of sensitivity, not of sweep */
    /* Sets space->count, from `asked` if takes_count; false with an error: these axes make none. */
    bool (*prepare)(Space *space, uint64_t asked, uint64_t seed, GError **error);
    /* JSON text of an axis at a point, to be freed; NULL: as in the file. */
    char *(*value)(const Space *space, uint64_t point, uint32_t axis);
};

extern const SamplingKind *const sampling_kinds[]; /* NULL at the end */

/* Names of those that are screening, or are not, for messages: "grid, together or sobol"; to be
 * freed. */
char *sampling_kind_names(bool is_screening);

/* NULL if there is none. */
const SamplingKind *sampling_kind_find(const char *name);

/* Takes the axes over. NULL with an error that is a sentence for the user. `asked`: 0 for kinds
 * that do not take a number. `seed` is for kinds that draw. */
Space *space_new(const SamplingKind *kind, GPtrArray *axes, uint64_t asked, uint64_t seed,
                 GError **error);
void space_free(Space *space);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Space, space_free)

static inline const Axis *space_axis(const Space *space, uint32_t axis)
{
    return g_ptr_array_index(space->axes, axis);
}

char *space_value(const Space *space, uint64_t point, uint32_t axis);

/* For kinds that draw: shares for all axes and points, and the value at them. */
bool space_draws(Space *space, uint64_t count, GError **error);
char *space_value_at_share(const Space *space, uint64_t point, uint32_t axis);

#define SAMPLING_ERROR (sampling_error_quark())
GQuark sampling_error_quark(void);

/* printf-like; always false. */
bool sampling_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
