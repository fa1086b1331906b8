#include "reports/points_view.h"

#include <string.h>

#include "models/quantity.h"
#include "reports/csv.h"

void points_view_values(const PointsView *view, uint64_t index, PointRow *row)
{
    *row = (PointRow){.design = (uint32_t)(index / view->point_count),
                      .point = index % view->point_count};
    row->values = g_new0(char *, view->parameter_count + 1);
    for (uint32_t i = 0; i < view->parameter_count; i++)
        row->values[i] = view->value(view->context, row->point, i);
}

bool points_view_load(const PointsView *view, uint64_t index, PointRow *row, GError **error)
{
    points_view_values(view, index, row);
    bool is_read = view->record(view->context, row->design, row->point, &row->bytes, error);
    if (is_read && row->bytes != NULL) {
        row->is_there = point_record_read(&row->record, row->bytes, view->metrics->len);
        is_read = row->is_there;
        if (!is_read)
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "the record of point %" G_GUINT64_FORMAT " is damaged", row->point);
    }
    if (!is_read)
        point_row_clear(row, view);
    return is_read;
}

void point_row_clear(PointRow *row, const PointsView *view)
{
    for (uint32_t i = 0; row->values != NULL && i < view->parameter_count; i++)
        g_free(row->values[i]);
    g_free(row->values);
    if (row->is_there)
        point_record_clear(&row->record);
    g_clear_pointer(&row->bytes, g_bytes_unref);
    *row = (PointRow){0};
}

/* A text without its quotes, everything else as it is. */
static char *plain(const char *json)
{
    size_t length = strlen(json);
    bool is_text = length >= 2 && json[0] == '"' && strchr(json, '\\') == NULL;
    return is_text ? g_strndup(json + 1, length - 2) : g_strdup(json);
}

char *point_row_cell(const PointsView *view, const PointRow *row, uint32_t parameter)
{
    const char *json = row->values[parameter], *unit;
    double value;
    char buffer[NUMBER_ROOM];
    if (json == NULL)
        return g_strdup("");
    if (view->parameters[parameter].unit != NULL && quantity_of_json(json, &value, &unit))
        return g_strdup(number_format(buffer, value));
    return plain(json);
}

char *points_parameter_column(const PointsParameter *parameter)
{
    if (parameter->unit == NULL || parameter->unit[0] == '\0')
        return g_strdup(parameter->pointer);
    return g_strdup_printf("%s [%s]", parameter->pointer, parameter->unit);
}
