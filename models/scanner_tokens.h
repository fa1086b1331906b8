/* The words of a JSON text: strings, numbers, true, false and null. For scanner.c.
 *
 * Each function starts at the cursor and leaves it behind what it has read, or fills in the fault
 * and returns false. */
#ifndef TOPPLE_MODELS_SCANNER_TOKENS_H
#define TOPPLE_MODELS_SCANNER_TOKENS_H

#include "models/scanner.h"

typedef struct JsonCursor {
    const char *text; /* text[length] is NUL */
    size_t length, at;
    JsonFault *fault;
} JsonCursor;

/* Both fill in the fault and return false; the second one's is bad grammar at the cursor. */
bool json_fail(JsonCursor *cursor, bool is_grammar, size_t offset, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
bool json_fail_expected(JsonCursor *cursor, const char *expected);

int json_peek(const JsonCursor *cursor); /* the byte at the cursor; -1 at the end */
void json_skip_blanks(JsonCursor *cursor);

/* At the opening quote. What the string says is appended to `decoded`, unless it is NULL. */
bool json_scan_string(JsonCursor *cursor, GString *decoded);
bool json_scan_number(JsonCursor *cursor);
bool json_scan_word(JsonCursor *cursor);

#endif
