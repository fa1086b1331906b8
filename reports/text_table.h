/* A table for people: columns as wide as they need, the first to the left, the others to the right;
 * as plain text or as Markdown. */
#ifndef TOPPLE_REPORTS_TEXT_TABLE_H
#define TOPPLE_REPORTS_TEXT_TABLE_H

#include <glib.h>
#include <stdbool.h>

typedef struct TextTable TextTable;

/* The table has as many columns as there are titles. */
TextTable *text_table_new(const char *const *titles, guint count);

/* Cells come row by row, from left to right. Takes the text over; NULL is an empty cell. */
void text_table_add(TextTable *table, char *cell);

/* Appends the table to `text` and frees it. */
void text_table_print(TextTable *table, GString *text, bool is_markdown);

/* The name with control characters and such shown as \u{...}, and not longer than `most` characters
 * (the end replaced by an ellipsis). */
char *name_display(const char *name, int most);

#endif
