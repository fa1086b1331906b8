#include "models/scanner.h"

#include <string.h>

#include "models/document.h"
#include "models/scanner_tokens.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

typedef struct Key {
    size_t bytes; /* where the decoded key starts in key_bytes */
    uint32_t length;
    uint32_t offset; /* in the text */
} Key;

typedef struct Frame {
    bool is_object;
    guint first_key; /* of this object in keys */
} Frame;

typedef struct Scanner {
    JsonCursor cursor;
    GArray *spans;
    Frame frames[DOCUMENT_DEPTH_MAX];
    size_t depth;
    GArray *keys; /* of the objects that are open, one behind the other */
    GString *key_bytes;
} Scanner;

static int compare_keys(const void *a, const void *b, void *bytes)
{
    const Key *first = a, *second = b;
    const char *base = bytes;
    size_t common = first->length < second->length ? first->length : second->length;
    int order = memcmp(base + first->bytes, base + second->bytes, common);
    if (order == 0)
        order = (first->length > second->length) - (first->length < second->length);
    return order != 0 ? order : (first->offset > second->offset) - (first->offset < second->offset);
}

static bool same_key(const Key *a, const Key *b, const char *bytes)
{
    return a->length == b->length && memcmp(bytes + a->bytes, bytes + b->bytes, a->length) == 0;
}

/* Sorted, so that no choice of keys can make it slow. */
static bool check_repeated(Scanner *scanner, guint first)
{
    Key *keys = &g_array_index(scanner->keys, Key, first);
    guint count = scanner->keys->len - first;
    const char *bytes = scanner->key_bytes->str;
    g_qsort_with_data(keys, (gint)count, sizeof *keys, compare_keys, scanner->key_bytes->str);
    const Key *repeated = NULL;
    for (guint i = 1; i < count; i++) {
        if (same_key(&keys[i - 1], &keys[i], bytes) &&
            (repeated == NULL || keys[i].offset < repeated->offset))
            repeated = &keys[i];
    }
    if (repeated == NULL)
        return true;
    g_autofree char *name = g_strndup(bytes + repeated->bytes, repeated->length);
    return json_fail(&scanner->cursor, false, repeated->offset, "the key \"%s\" is repeated", name);
}

static bool open_container(Scanner *scanner, bool is_object)
{
    if (scanner->depth == DOCUMENT_DEPTH_MAX)
        return json_fail(&scanner->cursor, false, scanner->cursor.at,
                         "objects and lists are nested more than %u deep", DOCUMENT_DEPTH_MAX);
    scanner->frames[scanner->depth++] =
        (Frame){.is_object = is_object, .first_key = scanner->keys->len};
    scanner->cursor.at++;
    return true;
}

static bool close_container(Scanner *scanner)
{
    const Frame *frame = &scanner->frames[--scanner->depth];
    scanner->cursor.at++;
    if (!frame->is_object || scanner->keys->len == frame->first_key)
        return true;
    if (!check_repeated(scanner, frame->first_key))
        return false;
    /* Sorting moved them, so the first of them in the text is looked for. */
    size_t bytes = scanner->key_bytes->len;
    for (guint i = frame->first_key; i < scanner->keys->len; i++)
        bytes = MIN(bytes, g_array_index(scanner->keys, Key, i).bytes);
    g_string_truncate(scanner->key_bytes, bytes);
    g_array_set_size(scanner->keys, frame->first_key);
    return true;
}

static bool in_object(const Scanner *scanner)
{
    return scanner->depth > 0 && scanner->frames[scanner->depth - 1].is_object;
}

/* The name of the next member and its colon. In an array there is nothing to read. */
static bool scan_key(Scanner *scanner, uint32_t *key)
{
    *key = JSON_NO_KEY;
    if (!in_object(scanner))
        return true;
    json_skip_blanks(&scanner->cursor);
    if (json_peek(&scanner->cursor) != '"')
        return json_fail_expected(&scanner->cursor, "a key in double quotes");
    Key found = {.bytes = scanner->key_bytes->len, .offset = (uint32_t)scanner->cursor.at};
    if (!json_scan_string(&scanner->cursor, scanner->key_bytes))
        return false;
    if (scanner->key_bytes->len - found.bytes > DOCUMENT_KEY_MAX)
        return json_fail(&scanner->cursor, false, found.offset, "the key is longer than %u bytes",
                         DOCUMENT_KEY_MAX);
    found.length = (uint32_t)(scanner->key_bytes->len - found.bytes);
    g_array_append_val(scanner->keys, found);
    *key = found.offset;
    json_skip_blanks(&scanner->cursor);
    if (json_peek(&scanner->cursor) != ':')
        return json_fail_expected(&scanner->cursor, "':' after the key");
    scanner->cursor.at++;
    return true;
}

static bool add_span(Scanner *scanner, uint32_t key)
{
    if (scanner->spans->len == DOCUMENT_VALUES_MAX)
        return json_fail(&scanner->cursor, false, scanner->cursor.at,
                         "there are more than %u values", DOCUMENT_VALUES_MAX);
    JsonSpan span = {.key = key, .value = (uint32_t)scanner->cursor.at};
    g_array_append_val(scanner->spans, span);
    return true;
}

/* A scalar or the opening bracket of a container. */
static bool scan_value(Scanner *scanner, uint32_t key, bool *is_open)
{
    json_skip_blanks(&scanner->cursor);
    if (!add_span(scanner, key))
        return false;
    int first = json_peek(&scanner->cursor);
    *is_open = first == '{' || first == '[';
    if (*is_open)
        return open_container(scanner, first == '{');
    if (first == '"')
        return json_scan_string(&scanner->cursor, NULL);
    if (first == '-' || (first >= '0' && first <= '9'))
        return json_scan_number(&scanner->cursor);
    return json_scan_word(&scanner->cursor);
}

static bool at_closing(const Scanner *scanner)
{
    return json_peek(&scanner->cursor) == (in_object(scanner) ? '}' : ']');
}

/* From behind a value to the next one, closing what ends there. */
static bool scan_to_next(Scanner *scanner, uint32_t *key, bool *is_done)
{
    json_skip_blanks(&scanner->cursor);
    while (scanner->depth > 0 && at_closing(scanner)) {
        if (!close_container(scanner))
            return false;
        json_skip_blanks(&scanner->cursor);
    }
    *is_done = scanner->depth == 0;
    if (*is_done)
        return scanner->cursor.at == scanner->cursor.length ||
               json_fail_expected(&scanner->cursor, "the end of the text");
    if (json_peek(&scanner->cursor) != ',')
        return json_fail_expected(&scanner->cursor,
                                  in_object(scanner) ? "',' or '}'" : "',' or ']'");
    size_t comma = scanner->cursor.at++;
    json_skip_blanks(&scanner->cursor);
    if (at_closing(scanner))
        return json_fail(&scanner->cursor, true, comma,
                         "a comma must not stand before the closing '%c'",
                         in_object(scanner) ? '}' : ']');
    return scan_key(scanner, key);
}

static bool scan(Scanner *scanner)
{
    uint32_t key = JSON_NO_KEY;
    for (bool is_done = false; !is_done;) {
        bool is_open;
        if (!scan_value(scanner, key, &is_open))
            return false;
        json_skip_blanks(&scanner->cursor);
        bool has_members = is_open && !at_closing(scanner);
        if (has_members ? !scan_key(scanner, &key) : !scan_to_next(scanner, &key, &is_done))
            return false;
    }
    return true;
}

GArray *json_scan(const char *text, size_t length, JsonFault *fault)
{
    Scanner scanner = {.cursor = {.text = text, .length = length, .fault = fault}};
    *fault = (JsonFault){0};
    if (length > DOCUMENT_BYTES_MAX) {
        json_fail(&scanner.cursor, false, 0, "the text is longer than %u MiB",
                  DOCUMENT_BYTES_MAX >> 20);
        return NULL;
    }
    if (length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0)
        scanner.cursor.at = 3;
    scanner.spans = g_array_new(FALSE, FALSE, sizeof(JsonSpan));
    scanner.keys = g_array_new(FALSE, FALSE, sizeof(Key));
    scanner.key_bytes = g_string_new(NULL);
    if (!scan(&scanner))
        g_clear_pointer(&scanner.spans, g_array_unref);
    g_array_free(scanner.keys, TRUE);
    g_string_free(scanner.key_bytes, TRUE);
    return scanner.spans;
}
