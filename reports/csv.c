#include "reports/csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void separate(Csv *csv)
{
    if (csv->is_inside_row)
        g_string_append_c(csv->text, ',');
    csv->is_inside_row = true;
}

void csv_text(Csv *csv, const char *text)
{
    separate(csv);
    if (text == NULL)
        return;
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(csv->text, text);
        return;
    }
    g_string_append_c(csv->text, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(csv->text, '"');
        g_string_append_c(csv->text, *c);
    }
    g_string_append_c(csv->text, '"');
}

const char *number_format(char buffer[NUMBER_ROOM], double value)
{
    if (!isfinite(value))
        return "";
    if (value == 0)
        return "0"; /* also for -0 */
    bool is_whole = fabs(value) < 9007199254740992.0 && floor(value) == value;
    return g_ascii_formatd(buffer, NUMBER_ROOM, is_whole ? "%.0f" : "%.9g", value);
}

void csv_number(Csv *csv, double value)
{
    char buffer[NUMBER_ROOM];
    separate(csv);
    g_string_append(csv->text, number_format(buffer, value));
}

void csv_integer(Csv *csv, uint64_t value)
{
    separate(csv);
    g_string_append_printf(csv->text, "%" PRIu64, value);
}

void csv_empty(Csv *csv)
{
    separate(csv);
}

void csv_end_row(Csv *csv)
{
    g_string_append_c(csv->text, '\n');
    csv->is_inside_row = false;
    csv->rows++;
}

void csv_header(Csv *csv, const Table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        csv_text(csv, table->columns[i].name);
    if (table == &table_timeseries) {
        const Column *columns[SERIES_COLUMNS_MAX];
        size_t count = series_columns(columns);
        for (size_t i = 0; i < count; i++)
            csv_text(csv, columns[i]->name);
    }
    csv_end_row(csv);
    csv->rows = 0;
}
