#include "models/scanner.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "models/document.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Digits without an exponent stay below 1e300; anything longer is converted to see. */
#define DIGITS_SURELY_FINITE 300

#define WORD_SHOWN_MAX 20

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
    const char *text;
    size_t length, at;
    GArray *spans;
    Frame frames[DOCUMENT_DEPTH_MAX];
    size_t depth;
    GArray *keys; /* of the objects that are open, one behind the other */
    GString *key_bytes;
    JsonFault *fault;
} Scanner;

static bool fail(Scanner *scanner, bool is_grammar, size_t offset, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool fail(Scanner *scanner, bool is_grammar, size_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    scanner->fault->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    scanner->fault->offset = offset;
    scanner->fault->is_grammar = is_grammar;
    return false;
}

static int peek(const Scanner *scanner)
{
    return scanner->at < scanner->length ? (unsigned char)scanner->text[scanner->at] : -1;
}

/* What stands at the cursor, in words. */
static char *describe(const Scanner *scanner)
{
    if (scanner->at >= scanner->length)
        return g_strdup("the end of the text");
    const char *at = scanner->text + scanner->at;
    gunichar character = g_utf8_get_char_validated(at, (gssize)(scanner->length - scanner->at));
    if (*at == '\0' || character == (gunichar)-1 || character == (gunichar)-2)
        return g_strdup_printf("the byte 0x%02x", (unsigned)(unsigned char)*at);
    if (character < 0x20)
        return g_strdup_printf("the control character U+%04X", (unsigned)character);
    char buffer[8] = {0};
    g_unichar_to_utf8(character, buffer);
    return g_strdup_printf("'%s'", buffer);
}

static bool fail_expected(Scanner *scanner, const char *expected)
{
    g_autofree char *found = describe(scanner);
    const char *hint = "";
    if (peek(scanner) == '/' || peek(scanner) == '#')
        hint = " (comments are not allowed)";
    else if (peek(scanner) == '\'')
        hint = " (texts stand in double quotes)";
    return fail(scanner, true, scanner->at, "expected %s, found %s%s", expected, found, hint);
}

static void skip_blanks(Scanner *scanner)
{
    const char *text = scanner->text;
    size_t at = scanner->at;
    while (at < scanner->length &&
           (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
        at++;
    scanner->at = at;
}

/* --- strings --- */

static bool scan_hex4(Scanner *scanner, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, scanner->at++) {
        int digit = peek(scanner) < 0 ? -1 : g_ascii_xdigit_value((char)peek(scanner));
        if (digit < 0)
            return fail_expected(scanner, "four hexadecimal digits after \\u");
        *code = *code * 16 + (unsigned)digit;
    }
    return true;
}

static bool scan_low_surrogate(Scanner *scanner, size_t start, unsigned *code)
{
    unsigned low = 0;
    bool is_escape =
        scanner->length - scanner->at >= 2 && memcmp(scanner->text + scanner->at, "\\u", 2) == 0;
    if (is_escape) {
        scanner->at += 2;
        if (!scan_hex4(scanner, &low))
            return false;
    }
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(scanner, false, start, "half a surrogate pair (\\u%04x) is no character",
                    *code);
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* After "\u". */
static bool scan_code_point(Scanner *scanner, size_t start, GString *decoded)
{
    unsigned code;
    if (!scan_hex4(scanner, &code))
        return false;
    if (code == 0)
        return fail(scanner, false, start, "a string must not contain the character U+0000");
    if (code >= 0xDC00 && code <= 0xDFFF)
        return fail(scanner, false, start, "half a surrogate pair (\\u%04x) is no character", code);
    if (code >= 0xD800 && code < 0xDC00 && !scan_low_surrogate(scanner, start, &code))
        return false;
    if (decoded != NULL)
        g_string_append_unichar(decoded, code);
    return true;
}

static bool scan_escape(Scanner *scanner, GString *decoded)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    size_t start = scanner->at++;
    int letter = peek(scanner);
    if (letter == 'u') {
        scanner->at++;
        return scan_code_point(scanner, start, decoded);
    }
    const char *known = letter > 0 ? strchr(letters, letter) : NULL;
    if (known == NULL)
        return fail_expected(scanner, "one of \" \\ / b f n r t u after a backslash");
    scanner->at++;
    if (decoded != NULL)
        g_string_append_c(decoded, meanings[known - letters]);
    return true;
}

/* Bytes up to the next quote, backslash or control character. */
static bool scan_plain(Scanner *scanner, GString *decoded)
{
    const char *start = scanner->text + scanner->at, *end = start;
    const char *limit = scanner->text + scanner->length;
    while (end < limit && *end != '"' && *end != '\\' && (unsigned char)*end >= 0x20)
        end++;
    const char *invalid;
    if (!g_utf8_validate_len(start, (gsize)(end - start), &invalid)) {
        scanner->at = (size_t)(invalid - scanner->text);
        return fail(scanner, true, scanner->at, "the byte 0x%02x is not UTF-8",
                    (unsigned)(unsigned char)*invalid);
    }
    if (decoded != NULL)
        g_string_append_len(decoded, start, end - start);
    scanner->at = (size_t)(end - scanner->text);
    return true;
}

/* At the opening quote; leaves the cursor behind the closing one. */
static bool scan_string(Scanner *scanner, GString *decoded)
{
    size_t start = scanner->at++;
    for (;;) {
        if (!scan_plain(scanner, decoded))
            return false;
        int next = peek(scanner);
        if (next == '"')
            break;
        if (next == -1)
            return fail(scanner, true, start, "the string has no closing quote");
        if (next != '\\')
            return fail_expected(scanner, "an escape such as \\n in a string, or its closing \"");
        if (!scan_escape(scanner, decoded))
            return false;
    }
    scanner->at++;
    return true;
}

/* --- numbers and words --- */

static const char *skip_digits(const char *at)
{
    while (g_ascii_isdigit(*at))
        at++;
    return at;
}

const char *json_number_end(const char *at)
{
    const char *digits = *at == '-' ? at + 1 : at;
    const char *end = *digits == '0' ? digits + 1 : skip_digits(digits);
    if (end == digits)
        return at;
    if (*end == '.') {
        const char *fraction = skip_digits(end + 1);
        if (fraction == end + 1)
            return at;
        end = fraction;
    }
    if (*end != 'e' && *end != 'E')
        return end;
    const char *exponent = end[1] == '+' || end[1] == '-' ? end + 2 : end + 1;
    end = skip_digits(exponent);
    return end == exponent ? at : end;
}

static bool scan_number(Scanner *scanner)
{
    const char *start = scanner->text + scanner->at, *end = json_number_end(start);
    if (end == start)
        return fail(scanner, true, scanner->at, "this is not a number as JSON writes them");
    size_t length = (size_t)(end - start);
    bool is_plain = memchr(start, 'e', length) == NULL && memchr(start, 'E', length) == NULL;
    if ((!is_plain || length > DIGITS_SURELY_FINITE) && isinf(g_ascii_strtod(start, NULL)))
        return fail(scanner, false, scanner->at, "the number is too large");
    scanner->at += length;
    if (g_ascii_isdigit(*end))
        return fail(scanner, true, scanner->at - 1, "a number must not start with 0");
    return true;
}

/* As much of a word as is worth showing. */
static size_t word_length(const char *at)
{
    size_t length = 0;
    while (length < WORD_SHOWN_MAX && (g_ascii_isalnum(at[length]) || at[length] == '_'))
        length++;
    return length;
}

static bool scan_word(Scanner *scanner)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t length = strlen(words[i]);
        if (strncmp(scanner->text + scanner->at, words[i], length) == 0) {
            scanner->at += length;
            return true;
        }
    }
    size_t length = word_length(scanner->text + scanner->at);
    if (length == 0)
        return fail_expected(scanner, "a value");
    return fail(
        scanner, true, scanner->at,
        "%.*s is no value; texts stand in double quotes, and the only words are true, false "
        "and null",
        (int)length, scanner->text + scanner->at);
}

/* --- objects and arrays --- */

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
    return fail(scanner, false, repeated->offset, "the key \"%s\" is repeated", name);
}

static bool open_container(Scanner *scanner, bool is_object)
{
    if (scanner->depth == DOCUMENT_DEPTH_MAX)
        return fail(scanner, false, scanner->at, "objects and lists are nested more than %u deep",
                    DOCUMENT_DEPTH_MAX);
    scanner->frames[scanner->depth++] =
        (Frame){.is_object = is_object, .first_key = scanner->keys->len};
    scanner->at++;
    return true;
}

static bool close_container(Scanner *scanner)
{
    const Frame *frame = &scanner->frames[--scanner->depth];
    scanner->at++;
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
    skip_blanks(scanner);
    if (peek(scanner) != '"')
        return fail_expected(scanner, "a key in double quotes");
    Key found = {.bytes = scanner->key_bytes->len, .offset = (uint32_t)scanner->at};
    if (!scan_string(scanner, scanner->key_bytes))
        return false;
    if (scanner->key_bytes->len - found.bytes > DOCUMENT_KEY_MAX)
        return fail(scanner, false, found.offset, "the key is longer than %u bytes",
                    DOCUMENT_KEY_MAX);
    found.length = (uint32_t)(scanner->key_bytes->len - found.bytes);
    g_array_append_val(scanner->keys, found);
    *key = found.offset;
    skip_blanks(scanner);
    if (peek(scanner) != ':')
        return fail_expected(scanner, "':' after the key");
    scanner->at++;
    return true;
}

static bool add_span(Scanner *scanner, uint32_t key)
{
    if (scanner->spans->len == DOCUMENT_VALUES_MAX)
        return fail(scanner, false, scanner->at, "there are more than %u values",
                    DOCUMENT_VALUES_MAX);
    JsonSpan span = {.key = key, .value = (uint32_t)scanner->at};
    g_array_append_val(scanner->spans, span);
    return true;
}

/* A scalar or the opening bracket of a container. */
static bool scan_value(Scanner *scanner, uint32_t key, bool *is_open)
{
    skip_blanks(scanner);
    if (!add_span(scanner, key))
        return false;
    int first = peek(scanner);
    *is_open = first == '{' || first == '[';
    if (*is_open)
        return open_container(scanner, first == '{');
    if (first == '"')
        return scan_string(scanner, NULL);
    if (first == '-' || (first >= '0' && first <= '9'))
        return scan_number(scanner);
    return scan_word(scanner);
}

static bool at_closing(const Scanner *scanner)
{
    return peek(scanner) == (in_object(scanner) ? '}' : ']');
}

/* From behind a value to the next one, closing what ends there. */
static bool scan_to_next(Scanner *scanner, uint32_t *key, bool *is_done)
{
    skip_blanks(scanner);
    while (scanner->depth > 0 && at_closing(scanner)) {
        if (!close_container(scanner))
            return false;
        skip_blanks(scanner);
    }
    *is_done = scanner->depth == 0;
    if (*is_done)
        return scanner->at == scanner->length || fail_expected(scanner, "the end of the text");
    if (peek(scanner) != ',')
        return fail_expected(scanner, in_object(scanner) ? "',' or '}'" : "',' or ']'");
    size_t comma = scanner->at++;
    skip_blanks(scanner);
    if (at_closing(scanner))
        return fail(scanner, true, comma, "a comma must not stand before the closing '%c'",
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
        skip_blanks(scanner);
        bool has_members = is_open && !at_closing(scanner);
        if (has_members ? !scan_key(scanner, &key) : !scan_to_next(scanner, &key, &is_done))
            return false;
    }
    return true;
}

GArray *json_scan(const char *text, size_t length, JsonFault *fault)
{
    Scanner scanner = {.text = text, .length = length, .fault = fault};
    *fault = (JsonFault){0};
    if (length > DOCUMENT_BYTES_MAX) {
        fail(&scanner, false, 0, "the text is longer than %u MiB", DOCUMENT_BYTES_MAX >> 20);
        return NULL;
    }
    if (length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0)
        scanner.at = 3;
    scanner.spans = g_array_new(FALSE, FALSE, sizeof(JsonSpan));
    scanner.keys = g_array_new(FALSE, FALSE, sizeof(Key));
    scanner.key_bytes = g_string_new(NULL);
    if (!scan(&scanner))
        g_clear_pointer(&scanner.spans, g_array_unref);
    g_array_free(scanner.keys, TRUE);
    g_string_free(scanner.key_bytes, TRUE);
    return scanner.spans;
}
