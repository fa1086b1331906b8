/* A strict scanner of JSON (RFC 8259), which decides what a document is before a tree is built.
 *
 * It checks the grammar, UTF-8, the range of numbers, repeated keys and the limits of document.h,
 * and needs no stack: nesting is counted, not recursed into. */
#ifndef TOPPLE_MODELS_SCANNER_H
#define TOPPLE_MODELS_SCANNER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_NO_KEY UINT32_MAX

/* Where a value stands in the text: offsets of its first byte and of its member name's opening
 * quote (JSON_NO_KEY for elements of arrays and for the root). */
typedef struct JsonSpan {
    uint32_t key, value;
} JsonSpan;

typedef struct JsonFault {
    size_t offset;
    bool is_grammar; /* false: JSON, but refused here: a repeated key, a NUL or half a surrogate
                        pair in a string, a number too large for a double, a limit */
    char *message;   /* to be freed */
} JsonFault;

/* The spans of all values in document order (a value before its members), as a GArray of JsonSpan;
 * NULL with `fault` filled in otherwise. text[length] must be readable and NUL. One byte order mark
 * at the start is skipped. */
GArray *json_scan(const char *text, size_t length, JsonFault *fault);

/* The end of the number that starts at `at`, as far as it follows the grammar; `at` itself if none
 * does. The text must end with a byte that is no part of a number. */
const char *json_number_end(const char *at);

#endif
