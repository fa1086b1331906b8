#include "reports/describe.h"

#include "reports/columns.h"

/* A bar would end the cell. */
static void append_cell(GString *text, const char *cell)
{
    for (const char *c = cell; *c != '\0'; c++) {
        if (*c == '|')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *c);
    }
}

static void describe_column(GString *text, const Column *column)
{
    static const char *const better[] = {"", "higher", "lower"};
    g_string_append_printf(text, "| `%s` | ", column->name);
    append_cell(text, column->unit);
    g_string_append(text, " | ");
    append_cell(text, column->meaning);
    g_string_append_printf(text, " | %s |\n", better[column->direction]);
}

static void describe_series(GString *text)
{
    const Column *columns[SERIES_COLUMNS_MAX];
    size_t count = series_columns(columns);
    g_string_append(text, "\nThen these, of the row's scope and as in its table above, empty where "
                          "the scope has no such column; counts, rates, shares, levels and "
                          "latencies are those of the window:\n\n");
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s`%s`", i == 0 ? "" : ", ", columns[i]->name);
    g_string_append(text, ".\n");
}

static void describe_table(GString *text, const Table *table)
{
    g_string_append_printf(text, "\n### %s\n\nOne row per %s.\n\n", table->file, table->rows);
    g_string_append(text, "| column | unit | meaning | better |\n|---|---|---|---|\n");
    for (size_t i = 0; i < table->column_count; i++)
        describe_column(text, &table->columns[i]);
    if (table == &table_timeseries)
        describe_series(text);
}

void describe_outputs(GString *text)
{
    for (size_t i = 0; tables[i] != NULL; i++)
        describe_table(text, tables[i]);
}
