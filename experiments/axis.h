/* One parameter that is varied: a JSON Pointer and its values, as `--vary` writes them.
 *
 *   POINTER=v1,v2,...    a list: JSON values, or bare words for texts
 *   POINTER=a:b:step     from a to b; the last value is at most (for a negative step: at least) b
 *   POINTER=a:b          anything between, for those who choose points themselves
 *   POINTER=a:b:log      the same, with every factor as likely as every other
 *   POINTER              the value that the file has, and what a search makes of it
 *   POINTER=20%          all numbers there and below, as the file has them, 20 % up and down
 *
 * a, b and step may have a unit, the same for all ("10ms:50ms:10ms"): then the values are texts.
 * Steps are exact: decimal arithmetic, no doubles. */
#ifndef TOPPLE_EXPERIMENTS_AXIS_H
#define TOPPLE_EXPERIMENTS_AXIS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define AXIS_VALUES_MAX 1000000u

typedef enum AxisKind { AXIS_OPEN, AXIS_VALUES, AXIS_RANGE, AXIS_AROUND } AxisKind;

typedef struct Axis {
    AxisKind kind;
    char *text; /* as it was written */
    char *pointer;
    GPtrArray *values; /* AXIS_VALUES: JSON texts; else NULL */
    /* AXIS_RANGE */
    double low, high;
    bool is_whole; /* both ends are whole numbers: so are the values between */
    bool is_logarithmic;
    char *unit;   /* "": numbers */
    double share; /* AXIS_AROUND */
} Axis;

/* NULL with an error, a sentence for the user without "--vary". */
Axis *axis_parse(const char *text, GError **error);
void axis_free(Axis *axis);

/* A range. */
Axis *axis_range_new(const char *pointer, double low, double high, bool is_whole, const char *unit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Axis, axis_free)

/* The JSON text of the value of a range (or list) at a share from 0 to below 1, to be freed. Six
 * digits: enough for whoever reads it, and exact from then on. */
char *axis_value_at(const Axis *axis, double share);

/* The same at a share from 0 to 1, ends included: the nearest whole number, or value of a list. */
char *axis_value_between(const Axis *axis, double share);

/* JSON text of a number in the unit of the range, to be freed. */
char *axis_number(const Axis *axis, double value);

#define AXIS_ERROR (axis_error_quark())
GQuark axis_error_quark(void);

#endif
