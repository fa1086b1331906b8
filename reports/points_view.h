/* All records of many points, in the order of their rows: by design, then by point. What writers
 * ask for; who has the records (experiments/) fills it in. */
#ifndef TOPPLE_REPORTS_POINTS_VIEW_H
#define TOPPLE_REPORTS_POINTS_VIEW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "reports/point_record.h"

/* What was varied. */
typedef struct PointsParameter {
    const char *pointer;
    const char *unit; /* of its numbers: "", "ms", "bytes", "bps"; NULL: not all are numbers */
} PointsParameter;

typedef struct PointsDesign {
    const char *name;
    const Topology *topology; /* as the file has it, before values are put in */
} PointsDesign;

typedef struct PointRow {
    uint32_t design;
    uint64_t point;
    char **values; /* JSON, one for each parameter; NULL: as in the file */
    bool is_there; /* the record */
    PointRecord record;
    GBytes *bytes;
} PointRow;

/* How points lie: every value with every other, along one line, or anywhere. */
typedef enum PointsShape { POINTS_GRID, POINTS_LINE, POINTS_CLOUD } PointsShape;

typedef struct PointsView {
    PointsShape shape;
    const PointsDesign *designs;
    uint32_t design_count;
    const PointsParameter *parameters;
    uint32_t parameter_count;
    const GArray *metrics; /* of the records' figures */
    uint64_t point_count;
    /* JSON text of a parameter at a point, to be freed; NULL: as in the file. */
    char *(*value)(void *context, uint64_t point, uint32_t parameter);
    /* The bytes of a record, NULL if it is not there; false with an error when it cannot be read.
     */
    bool (*record)(void *context, uint32_t design, uint64_t point, GBytes **bytes, GError **error);
    void *context;
} PointsView;

/* The row with this number, from 0 to points_view_rows - 1: its values alone, or all of it. */
void points_view_values(const PointsView *view, uint64_t index, PointRow *row);
bool points_view_load(const PointsView *view, uint64_t index, PointRow *row, GError **error);
void point_row_clear(PointRow *row, const PointsView *view);

static inline uint64_t points_view_rows(const PointsView *view)
{
    return view->design_count * view->point_count;
}

/* The value of a parameter as a cell: a number in the parameter's unit, or a text without quotes;
 * to be freed. */
char *point_row_cell(const PointsView *view, const PointRow *row, uint32_t parameter);

/* The name of a parameter's column: "/links/a -> b/timeout [ms]"; to be freed. */
char *points_parameter_column(const PointsParameter *parameter);

#endif
