/* What one point of many leaves behind: figures, rows of tables, warnings; as bytes, because it is
 * kept in journals and sent between processes. A record depends on its point alone. */
#ifndef TOPPLE_REPORTS_POINT_RECORD_H
#define TOPPLE_REPORTS_POINT_RECORD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "reports/columns.h"
#include "reports/metrics.h"
#include "reports/study.h"

typedef struct Figure {
    double value;     /* NaN: missing */
    double low, high; /* 95 %; NaN: no interval */
    bool is_from_few;
} Figure;

/* What is wanted. */
typedef struct PointWishes {
    const GArray *metrics; /* of MetricRef */
    uint32_t tables;       /* bit i: rows of tables[i], if a record can hold them */
    bool keeps_values;     /* each metric's value in each replication */
    /* Figures of somebody's own, behind those of the metrics. */
    uint32_t extra_count;
    void (*extra)(const Study *study, Figure *figures);
} PointWishes;

/* Everything borrowed from the bytes it was read from. */
typedef struct PointRecord {
    uint64_t seed;
    uint32_t replications;
    bool hit_limit;
    uint32_t figure_count;
    const double *figures; /* see point_record_figure */
    const double *values;  /* of figure i in replication k: values[i * replications + k] */
    size_t value_count;    /* 0: not kept */
    const char **warnings; /* NULL at the end */
    GVariant *tables;      /* see point_record_rows */
    GVariant *whole;
} PointRecord;

/* Whether records can hold rows of a table: not those that compare, or are of all points. */
bool point_record_can_hold(const Table *table);

static inline uint32_t point_wishes_figures(const PointWishes *wishes)
{
    return wishes->metrics->len + wishes->extra_count;
}

/* The record of a study of one variant. `warnings`: of char *. */
GBytes *point_record_make(const Study *study, const PointWishes *wishes, const GPtrArray *warnings,
                          bool hit_limit);

/* False if the bytes are no record with this many figures; then there is nothing to clear. The
 * bytes must outlive the record. */
bool point_record_read(PointRecord *record, GBytes *bytes, uint32_t figure_count);
void point_record_clear(PointRecord *record);

Figure point_record_figure(const PointRecord *record, uint32_t index);

/* CSV rows of tables[table], not ended by NUL; length 0 if there are none. */
const char *point_record_rows(const PointRecord *record, uint32_t table, size_t *length,
                              uint64_t *rows);

#endif
