/* A table for people: columns as wide as they need, each aligned to its side; as plain text or as
 * Markdown. */
#ifndef TOPPLE_REPORTS_TEXT_TABLE_H
#define TOPPLE_REPORTS_TEXT_TABLE_H

#include <glib.h>
#include <stdbool.h>

typedef struct TextTable TextTable;

/* One column for each letter of `sides`: 'l' to the left, 'r' to the right. */
TextTable *text_table_new(const char *sides, const char *const *titles);

/* Cells come row by row, from left to right. Takes the text over; NULL is an empty cell. */
void text_table_add(TextTable *table, char *cell);

/* Appends the table to `text` and frees it. */
void text_table_print(TextTable *table, GString *text, bool is_markdown);

/* The name with control characters and such shown as \u{...}, and not longer than `most` characters
 * (the end replaced by an ellipsis). */
char *name_display(const char *name, int most);

#endif
