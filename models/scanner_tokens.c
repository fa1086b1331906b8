#include "models/scanner_tokens.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* Digits without an exponent stay below 1e300; anything longer is converted to see. */
#define DIGITS_SURELY_FINITE 300

#define WORD_SHOWN_MAX 20

bool json_fail(JsonCursor *cursor, bool is_grammar, size_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    cursor->fault->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cursor->fault->offset = offset;
    cursor->fault->is_grammar = is_grammar;
    return false;
}

int json_peek(const JsonCursor *cursor)
{
    return cursor->at < cursor->length ? (unsigned char)cursor->text[cursor->at] : -1;
}

/* What stands at the cursor, in words. */
static char *describe(const JsonCursor *cursor)
{
    if (cursor->at >= cursor->length)
        return g_strdup("the end of the text");
    const char *at = cursor->text + cursor->at;
    gunichar character = g_utf8_get_char_validated(at, (gssize)(cursor->length - cursor->at));
    if (*at == '\0' || character == (gunichar)-1 || character == (gunichar)-2)
        return g_strdup_printf("the byte 0x%02x", (unsigned)(unsigned char)*at);
    if (character < 0x20)
        return g_strdup_printf("the control character U+%04X", (unsigned)character);
    char buffer[8] = {0};
    g_unichar_to_utf8(character, buffer);
    return g_strdup_printf("'%s'", buffer);
}

bool json_fail_expected(JsonCursor *cursor, const char *expected)
{
    g_autofree char *found = describe(cursor);
    const char *hint = "";
    if (json_peek(cursor) == '/' || json_peek(cursor) == '#')
        hint = " (comments are not allowed)";
    else if (json_peek(cursor) == '\'')
        hint = " (texts stand in double quotes)";
    return json_fail(cursor, true, cursor->at, "expected %s, found %s%s", expected, found, hint);
}

void json_skip_blanks(JsonCursor *cursor)
{
    const char *text = cursor->text;
    size_t at = cursor->at;
    while (at < cursor->length &&
           (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
        at++;
    cursor->at = at;
}

/* --- strings --- */

static bool scan_hex4(JsonCursor *cursor, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, cursor->at++) {
        int digit = json_peek(cursor) < 0 ? -1 : g_ascii_xdigit_value((char)json_peek(cursor));
        if (digit < 0)
            return json_fail_expected(cursor, "four hexadecimal digits after \\u");
        *code = *code * 16 + (unsigned)digit;
    }
    return true;
}

static bool scan_low_surrogate(JsonCursor *cursor, size_t start, unsigned *code)
{
    unsigned low = 0;
    bool is_escape =
        cursor->length - cursor->at >= 2 && memcmp(cursor->text + cursor->at, "\\u", 2) == 0;
    if (is_escape) {
        cursor->at += 2;
        if (!scan_hex4(cursor, &low))
            return false;
    }
    if (low < 0xDC00 || low > 0xDFFF)
        return json_fail(cursor, false, start, "half a surrogate pair (\\u%04x) is no character",
                         *code);
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* After "\u". */
static bool scan_code_point(JsonCursor *cursor, size_t start, GString *decoded)
{
    unsigned code;
    if (!scan_hex4(cursor, &code))
        return false;
    if (code == 0)
        return json_fail(cursor, false, start, "a string must not contain the character U+0000");
    if (code >= 0xDC00 && code <= 0xDFFF)
        return json_fail(cursor, false, start, "half a surrogate pair (\\u%04x) is no character",
                         code);
    if (code >= 0xD800 && code < 0xDC00 && !scan_low_surrogate(cursor, start, &code))
        return false;
    if (decoded != NULL)
        g_string_append_unichar(decoded, code);
    return true;
}

static bool scan_escape(JsonCursor *cursor, GString *decoded)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    size_t start = cursor->at++;
    int letter = json_peek(cursor);
    if (letter == 'u') {
        cursor->at++;
        return scan_code_point(cursor, start, decoded);
    }
    const char *known = letter > 0 ? strchr(letters, letter) : NULL;
    if (known == NULL)
        return json_fail_expected(cursor, "one of \" \\ / b f n r t u after a backslash");
    cursor->at++;
    if (decoded != NULL)
        g_string_append_c(decoded, meanings[known - letters]);
    return true;
}

/* Bytes up to the next quote, backslash or control character. */
static bool scan_plain(JsonCursor *cursor, GString *decoded)
{
    const char *start = cursor->text + cursor->at, *end = start;
    const char *limit = cursor->text + cursor->length;
    while (end < limit && *end != '"' && *end != '\\' && (unsigned char)*end >= 0x20)
        end++;
    const char *invalid;
    if (!g_utf8_validate_len(start, (gsize)(end - start), &invalid)) {
        cursor->at = (size_t)(invalid - cursor->text);
        return json_fail(cursor, true, cursor->at, "the byte 0x%02x is not UTF-8",
                         (unsigned)(unsigned char)*invalid);
    }
    if (decoded != NULL)
        g_string_append_len(decoded, start, end - start);
    cursor->at = (size_t)(end - cursor->text);
    return true;
}

/* At the opening quote; leaves the cursor behind the closing one. */
bool json_scan_string(JsonCursor *cursor, GString *decoded)
{
    size_t start = cursor->at++;
    for (;;) {
        if (!scan_plain(cursor, decoded))
            return false;
        int next = json_peek(cursor);
        if (next == '"')
            break;
        if (next == -1)
            return json_fail(cursor, true, start, "the string has no closing quote");
        if (next != '\\')
            return json_fail_expected(cursor,
                                      "an escape such as \\n in a string, or its closing \"");
        if (!scan_escape(cursor, decoded))
            return false;
    }
    cursor->at++;
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

bool json_scan_number(JsonCursor *cursor)
{
    const char *start = cursor->text + cursor->at, *end = json_number_end(start);
    if (end == start)
        return json_fail(cursor, true, cursor->at, "this is not a number as JSON writes them");
    size_t length = (size_t)(end - start);
    bool is_plain = memchr(start, 'e', length) == NULL && memchr(start, 'E', length) == NULL;
    if ((!is_plain || length > DIGITS_SURELY_FINITE) && isinf(g_ascii_strtod(start, NULL)))
        return json_fail(cursor, false, cursor->at, "the number is too large");
    cursor->at += length;
    if (g_ascii_isdigit(*end))
        return json_fail(cursor, true, cursor->at - 1, "a number must not start with 0");
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

bool json_scan_word(JsonCursor *cursor)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t length = strlen(words[i]);
        if (strncmp(cursor->text + cursor->at, words[i], length) == 0) {
            cursor->at += length;
            return true;
        }
    }
    size_t length = word_length(cursor->text + cursor->at);
    if (length == 0)
        return json_fail_expected(cursor, "a value");
    return json_fail(
        cursor, true, cursor->at,
        "%.*s is no value; texts stand in double quotes, and the only words are true, false "
        "and null",
        (int)length, cursor->text + cursor->at);
}
