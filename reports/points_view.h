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

typedef struct PointsView {
    const PointsDesign *designs;
    uint32_t design_count;
    const PointsParameter *parameters;
    uint32_t parameter_count;
    const GArray *metrics; /* of the records' figures */
    uint64_t point_count;
    /* Fills in record, bytes, is_there and values; false with an error when the record cannot be
     * read. */
    bool (*load)(void *context, uint32_t design, uint64_t point, PointRow *row, GError **error);
    void *context;
} PointsView;

/* The row with this number, from 0 to design_count x point_count - 1. */
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
