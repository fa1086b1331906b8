#include "experiments/axis.h"

#include <math.h>
#include <string.h>

#include "models/json_text.h"
#include "models/scanner.h"

#define DIGITS_MAX 15 /* of a number in a range, before and behind the point together */

G_DEFINE_QUARK(topple - axis - error, axis_error)

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, AXIS_ERROR, 0, text);
    return false;
}

/* --- splitting: not inside of brackets and texts */

static char **split_outside(const char *text, char separator)
{
    GPtrArray *parts = g_ptr_array_new();
    int depth = 0;
    bool is_quoted = false;
    const char *start = text;
    for (const char *at = text;; at++) {
        if (*at == '\0' || (*at == separator && depth == 0 && !is_quoted)) {
            g_ptr_array_add(parts, g_strstrip(g_strndup(start, (gsize)(at - start))));
            start = at + 1;
        }
        if (*at == '\0')
            break;
        if (*at == '"')
            is_quoted = !is_quoted;
        else if (*at == '\\' && is_quoted && at[1] != '\0')
            at++;
        else if (!is_quoted)
            depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
    }
    g_ptr_array_add(parts, NULL);
    return (char **)g_ptr_array_free(parts, FALSE);
}

/* --- lists */

static bool is_json(const char *text)
{
    JsonFault fault = {0};
    GArray *spans = json_scan(text, strlen(text), &fault);
    g_free(fault.message);
    if (spans == NULL)
        return false;
    g_array_unref(spans);
    return true;
}

static char *quoted(const char *word)
{
    JsonText json = {.text = g_string_new(NULL)};
    json_text_string(&json, word);
    return g_string_free(json.text, FALSE);
}

static char *read_value(const char *pointer, const char *text, GError **error)
{
    if (text[0] == '\0')
        fail(error, "%s: a value is missing", pointer);
    else if (is_json(text))
        return g_strdup(text);
    else if (strpbrk(text, "\"[]{}:") != NULL || !g_utf8_validate(text, -1, NULL))
        fail(error, "%s: %s is neither JSON nor a word", pointer, text);
    else
        return quoted(text);
    return NULL;
}

static bool add_value(Axis *axis, char *value, GError **error)
{
    g_ptr_array_add(axis->values, value);
    if (axis->values->len <= AXIS_VALUES_MAX)
        return true;
    return fail(error, "%s: more than %u values", axis->pointer, AXIS_VALUES_MAX);
}

static bool check_distinct(const Axis *axis, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < axis->values->len; i++) {
        if (!g_hash_table_add(seen, axis->values->pdata[i]))
            return fail(error, "%s: the value %s comes twice", axis->pointer,
                        (const char *)axis->values->pdata[i]);
    }
    return true;
}

static bool read_list(Axis *axis, char *const *parts, GError **error)
{
    axis->kind = AXIS_VALUES;
    axis->values = g_ptr_array_new_with_free_func(g_free);
    for (; *parts != NULL; parts++) {
        char *value = read_value(axis->pointer, *parts, error);
        if (value == NULL || !add_value(axis, value, error))
            return false;
    }
    return check_distinct(axis, error);
}

/* --- ranges */

/* digits x 10^-decimals unit */
typedef struct Decimal {
    int64_t digits;
    int decimals;
    const char *unit;
} Decimal;

static bool parse_decimal(const char *text, Decimal *decimal)
{
    bool is_negative = *text == '-', has_point = false;
    int count = 0;
    *decimal = (Decimal){0};
    for (text += is_negative; g_ascii_isdigit(*text) || (*text == '.' && !has_point); text++) {
        if (*text == '.') {
            has_point = true;
            continue;
        }
        if (++count > DIGITS_MAX)
            return false;
        decimal->digits = decimal->digits * 10 + (*text - '0');
        decimal->decimals += has_point;
    }
    if (is_negative)
        decimal->digits = -decimal->digits;
    decimal->unit = text;
    return count > 0;
}

static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* False when it does not fit. */
static bool rescale(Decimal *decimal, int decimals)
{
    int64_t factor = power_of_ten(decimals - decimal->decimals);
    decimal->decimals = decimals;
    return !__builtin_mul_overflow(decimal->digits, factor, &decimal->digits);
}

static double decimal_value(const Decimal *decimal)
{
    return (double)decimal->digits / (double)power_of_ten(decimal->decimals);
}

static char *json_of(const char *number, const char *unit)
{
    return unit[0] == '\0' ? g_strdup(number) : g_strdup_printf("\"%s%s\"", number, unit);
}

/* Without zeros at the end. */
static char *decimal_json(int64_t digits, int decimals, const char *unit)
{
    while (decimals > 0 && digits % 10 == 0) {
        digits /= 10;
        decimals--;
    }
    int64_t factor = power_of_ten(decimals), size = digits < 0 ? -digits : digits;
    g_autofree char *number =
        decimals == 0
            ? g_strdup_printf("%s%" G_GINT64_FORMAT, digits < 0 ? "-" : "", size)
            : g_strdup_printf("%s%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, digits < 0 ? "-" : "",
                              size / factor, decimals, size % factor);
    return json_of(number, unit);
}

static bool is_empty(const Decimal *from, const Decimal *to, int64_t step)
{
    return step > 0 ? from->digits > to->digits : from->digits < to->digits;
}

static bool read_steps(Axis *axis, Decimal part[3], char *const *texts, GError **error)
{
    int decimals = MAX(part[0].decimals, MAX(part[1].decimals, part[2].decimals));
    for (int i = 0; i < 3; i++) {
        if (!rescale(&part[i], decimals))
            return fail(error, "%s: %s has too many digits", axis->pointer, texts[i]);
    }
    int64_t step = part[2].digits;
    if (step == 0)
        return fail(error, "%s: the step must not be 0", axis->pointer);
    if (is_empty(&part[0], &part[1], step))
        return fail(error, "%s: the range is empty: from %s in steps of %s never comes to %s",
                    axis->pointer, texts[0], texts[2], texts[1]);
    axis->kind = AXIS_VALUES;
    axis->values = g_ptr_array_new_with_free_func(g_free);
    for (Decimal at = part[0]; !is_empty(&at, &part[1], step);) {
        if (!add_value(axis, decimal_json(at.digits, decimals, at.unit), error))
            return false;
        if (__builtin_add_overflow(at.digits, step, &at.digits))
            break;
    }
    return true;
}

static bool read_ends(Axis *axis, const Decimal part[2], char *const *texts, GError **error)
{
    axis->kind = AXIS_RANGE;
    axis->low = decimal_value(&part[0]);
    axis->high = decimal_value(&part[1]);
    axis->is_whole = part[0].decimals == 0 && part[1].decimals == 0 && part[0].unit[0] == '\0';
    axis->unit = g_strdup(part[0].unit);
    if (axis->low >= axis->high)
        return fail(error, "%s: the range is empty: %s is not below %s", axis->pointer, texts[0],
                    texts[1]);
    if (axis->is_logarithmic && axis->low <= 0)
        return fail(error, "%s: a logarithmic range must start above 0", axis->pointer);
    return true;
}

static bool read_range(Axis *axis, char *const *texts, GError **error)
{
    guint count = g_strv_length((char **)(guintptr)texts);
    axis->is_logarithmic = count == 3 && strcmp(texts[2], "log") == 0;
    guint numbers = axis->is_logarithmic ? 2 : count;
    Decimal part[3] = {0};
    if (count > 3)
        return fail(error, "%s: a range is a:b:step, a:b or a:b:log", axis->pointer);
    for (guint i = 0; i < numbers; i++) {
        if (!parse_decimal(texts[i], &part[i]))
            return fail(error, "%s: \"%s\" is no number for a range a:b:step", axis->pointer,
                        texts[i]);
        if (strpbrk(part[i].unit, "\"\\") != NULL || strcmp(part[i].unit, part[0].unit) != 0)
            return fail(error, "%s: all of a range must have the same unit, got %s and %s",
                        axis->pointer, texts[0], texts[i]);
    }
    return numbers == 3 ? read_steps(axis, part, texts, error)
                        : read_ends(axis, part, texts, error);
}

/* --- shares of what the file has */

static bool is_share(const char *text)
{
    size_t digits = strspn(text, "0123456789.");
    return digits > 0 && strcmp(text + digits, "%") == 0;
}

static bool read_share(Axis *axis, const char *text, GError **error)
{
    axis->kind = AXIS_AROUND;
    axis->share = g_ascii_strtod(text, NULL) / 100;
    return (axis->share > 0 && axis->share < 1) ||
           fail(error, "%s: must be above 0%% and below 100%%, got %s", axis->pointer, text);
}

/* --- all of it */

static bool read_values(Axis *axis, const char *values, GError **error)
{
    g_auto(GStrv) parts = split_outside(values, ',');
    g_auto(GStrv) range = split_outside(values, ':');
    if (parts[0] == NULL || (parts[1] == NULL && parts[0][0] == '\0'))
        return fail(error, "%s: there are no values", axis->pointer);
    if (is_share(parts[0]) && parts[1] == NULL)
        return read_share(axis, parts[0], error);
    return range[1] != NULL ? read_range(axis, range, error) : read_list(axis, parts, error);
}

Axis *axis_parse(const char *text, GError **error)
{
    g_autoptr(Axis) axis = g_new0(Axis, 1);
    const char *equals = strchr(text, '=');
    axis->text = g_strdup(text);
    axis->pointer = equals == NULL ? g_strdup(text) : g_strndup(text, (gsize)(equals - text));
    if (axis->pointer[0] != '/' || !g_utf8_validate(text, -1, NULL))
        fail(error, "\"%s\": must start with a JSON Pointer such as /services/cart/replicas", text);
    else if (equals == NULL || read_values(axis, equals + 1, error))
        return g_steal_pointer(&axis);
    return NULL;
}

Axis *axis_range_new(const char *pointer, double low, double high, bool is_whole, const char *unit)
{
    Axis *axis = g_new0(Axis, 1);
    axis->kind = AXIS_RANGE;
    axis->text = g_strdup(pointer);
    axis->pointer = g_strdup(pointer);
    axis->low = low;
    axis->high = high;
    axis->is_whole = is_whole;
    axis->unit = g_strdup(unit);
    return axis;
}

void axis_free(Axis *axis)
{
    if (axis == NULL)
        return;
    if (axis->values != NULL)
        g_ptr_array_free(axis->values, TRUE);
    g_free(axis->unit);
    g_free(axis->pointer);
    g_free(axis->text);
    g_free(axis);
}

char *axis_number(const Axis *axis, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    return json_of(g_ascii_formatd(buffer, sizeof buffer, axis->is_whole ? "%.0f" : "%.6g", value),
                   axis->unit == NULL ? "" : axis->unit);
}

/* Each whole number is as likely as every other: the last one has its share too. */
char *axis_value_at(const Axis *axis, double share)
{
    if (axis->kind == AXIS_VALUES)
        return g_strdup(axis->values->pdata[(guint)(share * axis->values->len)]);
    double end = axis->is_whole ? axis->high + 1 : axis->high;
    double value = axis->is_logarithmic ? axis->low * pow(end / axis->low, share)
                                        : axis->low + share * (end - axis->low);
    return axis_number(axis, axis->is_whole ? MIN(floor(value), axis->high) : value);
}

char *axis_value_between(const Axis *axis, double share)
{
    if (axis->kind == AXIS_VALUES)
        return g_strdup(axis->values->pdata[(guint)lround(share * (axis->values->len - 1))]);
    double value = axis->is_logarithmic ? axis->low * pow(axis->high / axis->low, share)
                                        : axis->low + share * (axis->high - axis->low);
    return axis_number(axis, axis->is_whole ? round(value) : value);
}
