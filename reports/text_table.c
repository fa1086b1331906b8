#include "reports/text_table.h"

#include <string.h>

struct TextTable {
    const char *sides;
    guint columns;
    GPtrArray *cells; /* titles first */
};

TextTable *text_table_new(const char *sides, const char *const *titles)
{
    TextTable *table = g_new0(TextTable, 1);
    table->sides = sides;
    table->columns = (guint)strlen(sides);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < table->columns; i++)
        text_table_add(table, g_strdup(titles[i]));
    return table;
}

void text_table_add(TextTable *table, char *cell)
{
    g_ptr_array_add(table->cells, cell == NULL ? g_strdup("") : cell);
}

static const char *cell_at(const TextTable *table, guint index)
{
    return g_ptr_array_index(table->cells, index);
}

static int width_of(const char *text)
{
    return (int)g_utf8_strlen(text, -1);
}

static int column_width(const TextTable *table, guint column)
{
    int width = 0;
    for (guint i = column; i < table->cells->len; i += table->columns)
        width = MAX(width, width_of(cell_at(table, i)));
    return width;
}

static void print_spaces(GString *text, int count)
{
    for (int i = 0; i < count; i++)
        g_string_append_c(text, ' ');
}

static void trim_end(GString *text)
{
    while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
}

static void print_plain(const TextTable *table, GString *text, const int *widths)
{
    for (guint i = 0; i < table->cells->len; i++) {
        guint column = i % table->columns;
        const char *cell = cell_at(table, i);
        int padding = widths[column] - width_of(cell);
        bool is_last = column + 1 == table->columns;
        g_string_append(text, "  ");
        if (table->sides[column] == 'r')
            print_spaces(text, padding);
        g_string_append(text, cell);
        if (is_last) {
            trim_end(text);
            g_string_append_c(text, '\n');
        } else if (table->sides[column] == 'l') {
            print_spaces(text, padding);
        }
    }
}

static void print_markdown_cell(GString *text, const char *cell)
{
    g_string_append(text, "| ");
    for (const char *c = cell; *c != '\0'; c++) {
        if (*c == '|')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *c);
    }
    g_string_append_c(text, ' ');
}

static void print_markdown(const TextTable *table, GString *text)
{
    for (guint i = 0; i < table->cells->len; i++) {
        print_markdown_cell(text, cell_at(table, i));
        if (i % table->columns + 1 == table->columns)
            g_string_append(text, "|\n");
        if (i + 1 != table->columns)
            continue;
        g_string_append_c(text, '|');
        for (guint k = 0; k < table->columns; k++)
            g_string_append(text, table->sides[k] == 'l' ? ":--|" : "--:|");
        g_string_append_c(text, '\n');
    }
}

void text_table_print(TextTable *table, GString *text, bool is_markdown)
{
    g_autofree int *widths = g_new(int, table->columns);
    for (guint i = 0; i < table->columns; i++)
        widths[i] = column_width(table, i);
    if (is_markdown)
        print_markdown(table, text);
    else
        print_plain(table, text, widths);
    g_ptr_array_free(table->cells, TRUE);
    g_free(table);
}

/* What does not print, or turns the direction of writing. */
static bool is_hidden(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_SURROGATE ||
           type == G_UNICODE_UNASSIGNED || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *name_display(const char *name, int most)
{
    g_autofree char *valid = g_utf8_make_valid(name == NULL ? "" : name, -1);
    GString *shown = g_string_new(NULL);
    int width = 0;
    for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar unicode = g_utf8_get_char(c);
        gsize before = shown->len;
        if (is_hidden(unicode))
            g_string_append_printf(shown, "\\u{%x}", unicode);
        else
            g_string_append_unichar(shown, unicode);
        int added = width_of(&shown->str[before]);
        bool is_last = *g_utf8_next_char(c) == '\0';
        if (width + added > most - (is_last ? 0 : 1)) {
            g_string_truncate(shown, before);
            g_string_append(shown, "…");
            break;
        }
        width += added;
    }
    return g_string_free(shown, FALSE);
}
