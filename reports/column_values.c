#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "sim/check.h"

const Table *table_of_scope(Scope scope)
{
    switch (scope) {
    case SCOPE_SERVICE:
        return &table_services;
    case SCOPE_LINK:
        return &table_links;
    case SCOPE_BROKER:
        return &table_brokers;
    case SCOPE_SYSTEM:
    case SCOPE_WORKLOAD:
    case SCOPE_COUNT:
        break;
    }
    return &table_requests;
}

bool column_is_metric(const Column *column)
{
    return column->kind != COLUMN_LABEL && column->kind != COLUMN_EMPTY;
}

const Column *column_find(Scope scope, const char *metric)
{
    const Table *table = table_of_scope(scope);
    for (size_t i = 0; i < table->column_count; i++) {
        if (column_is_metric(&table->columns[i]) && strcmp(table->columns[i].name, metric) == 0)
            return &table->columns[i];
    }
    return NULL;
}

/* Of a window only the samples numbered 0 are kept, as four figures. In ns. */
static double window_value(const Column *column, const WindowLatency *latency)
{
    if (column->kind == COLUMN_MEAN)
        return latency->mean;
    if (column->kind == COLUMN_MAX)
        return latency->max;
    return column->p < 0.9 ? latency->p50 : latency->p99;
}

static double sample_value(const Column *column, const Histogram *samples)
{
    if (samples == NULL || samples->count == 0)
        return (double)NAN;
    if (column->kind == COLUMN_MEAN)
        return histogram_mean(samples);
    if (column->kind == COLUMN_STDDEV)
        return histogram_stddev(samples);
    if (column->kind == COLUMN_MAX)
        return (double)samples->max;
    return histogram_percentile(samples, column->p);
}

static double duration_value(const Column *column, const Measures *measures)
{
    double ns = measures->window != NULL ? window_value(column, measures->window)
                                         : sample_value(column, measures->samples[column->index]);
    return ns / (double)SIM_TIME_MS;
}

double column_value(const Column *column, const Measures *measures)
{
    switch (column->kind) {
    case COLUMN_COUNT:
        return (double)measures->counts[column->index];
    case COLUMN_RATE:
        return measures->span_s > 0 ? (double)measures->counts[column->index] / measures->span_s
                                    : (double)NAN;
    case COLUMN_MEAN:
    case COLUMN_STDDEV:
    case COLUMN_MAX:
    case COLUMN_PERCENTILE:
        return duration_value(column, measures);
    case COLUMN_VALUE:
    case COLUMN_LARGEST:
    case COLUMN_TOTAL:
        return column->value(measures);
    case COLUMN_LABEL:
    case COLUMN_EMPTY:
        break;
    }
    return (double)NAN;
}

void column_bounds(const Column *column, const Measures *measures, double *low, double *high)
{
    *low = *high = (double)NAN;
    if (column->kind != COLUMN_PERCENTILE || measures->samples[column->index] == NULL)
        return;
    histogram_percentile_bounds(measures->samples[column->index], column->p, low, high);
    *low /= (double)SIM_TIME_MS;
    *high /= (double)SIM_TIME_MS;
}

bool column_is_total(const Column *column)
{
    return column->kind == COLUMN_COUNT || column->kind == COLUMN_TOTAL;
}

bool column_is_largest(const Column *column)
{
    return column->kind == COLUMN_LARGEST || column->kind == COLUMN_MAX;
}

bool column_is_of_samples(const Column *column)
{
    return column->kind == COLUMN_MEAN || column->kind == COLUMN_STDDEV ||
           column->kind == COLUMN_MAX || column->kind == COLUMN_PERCENTILE;
}

/* A column of several scopes ("rejected") stands where the first of them has it. */
static bool is_seen(const Column *columns[], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(columns[i]->name, name) == 0)
            return true;
    }
    return false;
}

size_t series_columns(const Column *columns[SERIES_COLUMNS_MAX])
{
    static const Scope scopes[] = {SCOPE_WORKLOAD, SCOPE_SERVICE, SCOPE_LINK, SCOPE_BROKER};
    size_t count = 0;
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        const Table *table = table_of_scope(scopes[i]);
        for (size_t k = 0; k < table->column_count; k++) {
            const Column *column = &table->columns[k];
            if (!column->is_in_series || is_seen(columns, count, column->name))
                continue;
            SIM_CHECK(count < SERIES_COLUMNS_MAX);
            columns[count++] = column;
        }
    }
    return count;
}
