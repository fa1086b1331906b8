#include "reports/points_tables.h"

void point_labels(Csv *csv, const PointsView *view, const PointRow *row)
{
    const PointsDesign *design = &view->designs[row->design];
    csv_text(csv, design->topology->name);
    csv_text(csv, design->name);
    csv_integer(csv, row->point);
}

static void column_of(Csv *csv, const char *name, const char *end)
{
    g_autofree char *whole = g_strconcat(name, end, NULL);
    csv_text(csv, whole);
}

void sweep_header(Csv *csv, const PointsView *view)
{
    for (size_t i = 0; i < table_sweep.column_count; i++)
        csv_text(csv, table_sweep.columns[i].name);
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *name = points_parameter_column(&view->parameters[i]);
        csv_text(csv, name);
    }
    for (guint i = 0; i < view->metrics->len; i++) {
        g_autofree char *name = metric_ref_text(metric_at(view->metrics, i));
        column_of(csv, name, "");
        column_of(csv, name, "_ci_low");
        column_of(csv, name, "_ci_high");
    }
    csv_end_row(csv);
    csv->rows = 0;
}

void sweep_row(Csv *csv, const PointsView *view, const PointRow *row)
{
    point_labels(csv, view, row);
    csv_integer(csv, row->record.seed);
    csv_integer(csv, row->record.replications);
    csv_text(csv, row->record.hit_limit ? "stopped_by_limit" : "");
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        g_autofree char *cell = point_row_cell(view, row, i);
        csv_text(csv, cell);
    }
    for (guint i = 0; i < view->metrics->len; i++) {
        Figure figure = point_record_figure(&row->record, i);
        csv_number(csv, figure.value);
        csv_number(csv, figure.low);
        csv_number(csv, figure.high);
    }
    csv_end_row(csv);
}

void points_rows(Csv *csv, const PointsView *view, const PointRow *row)
{
    for (uint32_t i = 0; i < view->parameter_count; i++) {
        point_labels(csv, view, row);
        csv_text(csv, view->parameters[i].pointer);
        csv_text(csv, row->values[i]);
        csv_end_row(csv);
    }
}
