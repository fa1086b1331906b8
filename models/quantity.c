#include "models/quantity.h"

#include <glib.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "models/spec.h"

#define DIGITS_MAX 18 /* 10^18 times the largest factor fits 128 bits */

const QuantityUnit quantity_time_units[] = {
    {"ns", SIM_TIME_NS},    {"us", SIM_TIME_US},      {"ms", SIM_TIME_MS}, {"s", SIM_TIME_S},
    {"m", 60 * SIM_TIME_S}, {"h", 3600 * SIM_TIME_S}, {NULL, 0},
};

const QuantityUnit quantity_size_units[] = {
    {"B", 1},
    {"kB", 1000},
    {"KB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {"TB", INT64_C(1000000000000)},
    {"KiB", INT64_C(1) << 10},
    {"MiB", INT64_C(1) << 20},
    {"GiB", INT64_C(1) << 30},
    {"TiB", INT64_C(1) << 40},
    {NULL, 0},
};

const QuantityUnit quantity_bandwidth_units[] = {
    {"bps", 1},        {"kbps", 1000},       {"Kbps", 1000},
    {"Mbps", 1000000}, {"Gbps", 1000000000}, {"Tbps", INT64_C(1000000000000)},
    {NULL, 0},
};

/* A decimal number: (whole + fraction / scale). */
typedef struct Decimal {
    int64_t whole, fraction, scale;
    bool is_too_large;
    bool is_zero; /* also in the digits that were left out */
} Decimal;

static const char *parse_whole(const char *at, Decimal *decimal)
{
    int digits = 0;
    for (; g_ascii_isdigit(*at); at++) {
        decimal->is_zero = decimal->is_zero && *at == '0';
        digits += digits > 0 || *at != '0';
        if (digits <= DIGITS_MAX)
            decimal->whole = decimal->whole * 10 + (*at - '0');
    }
    decimal->is_too_large = digits > DIGITS_MAX;
    return at;
}

static const char *parse_fraction(const char *at, Decimal *decimal)
{
    for (int digits = 0; g_ascii_isdigit(*at); at++, digits++) {
        decimal->is_zero = decimal->is_zero && *at == '0';
        if (digits >= DIGITS_MAX)
            continue;
        decimal->fraction = decimal->fraction * 10 + (*at - '0');
        decimal->scale *= 10;
    }
    return at;
}

/* The end of the number, or NULL if there is none. */
static const char *parse_decimal(const char *text, Decimal *decimal)
{
    *decimal = (Decimal){.scale = 1, .is_zero = true};
    const char *end = parse_whole(text, decimal);
    if (end == text)
        return NULL;
    if (*end != '.')
        return end;
    const char *fraction = end + 1;
    end = parse_fraction(fraction, decimal);
    return end == fraction ? NULL : end;
}

static const QuantityUnit *find_unit(const QuantityUnit *units, const char *name)
{
    while (units->name != NULL && strcmp(units->name, name) != 0)
        units++;
    return units->name != NULL ? units : NULL;
}

static QuantityStatus scale_decimal(const Decimal *decimal, int64_t factor, int64_t max,
                                    int64_t *value)
{
    __extension__ typedef __int128 Wide;
    Wide fraction = ((Wide)decimal->fraction * factor + decimal->scale / 2) / decimal->scale;
    Wide exact = (Wide)decimal->whole * factor + fraction;
    if (decimal->is_too_large || exact > max)
        return QUANTITY_TOO_LARGE;
    if (exact == 0 && !decimal->is_zero)
        return QUANTITY_TOO_SMALL;
    *value = (int64_t)exact;
    return QUANTITY_OK;
}

QuantityStatus quantity_parse(const char *text, const QuantityUnit *units, int64_t max,
                              int64_t *value)
{
    Decimal decimal;
    bool is_negative = text[0] == '-';
    const char *unit_name = parse_decimal(is_negative ? text + 1 : text, &decimal);
    if (unit_name == NULL)
        return QUANTITY_NO_NUMBER;
    bool is_plain_zero = strcmp(text, "0") == 0;
    if (*unit_name == '\0' && !is_plain_zero)
        return QUANTITY_NO_NUMBER;
    const QuantityUnit *unit = is_plain_zero ? units : find_unit(units, unit_name);
    if (unit == NULL)
        return QUANTITY_NO_SUCH_UNIT;
    if (is_negative)
        return QUANTITY_NEGATIVE;
    return scale_decimal(&decimal, unit->factor, max, value);
}

bool duration_parse(const char *text, SimTime *value)
{
    return quantity_parse(text, quantity_time_units, SIM_TIME_LONGEST, value) == QUANTITY_OK;
}

/* whole.fraction without the zeros at the end; factor is a power of ten. */
static char *format_decimal(int64_t value, const QuantityUnit *unit)
{
    int64_t rest = value % unit->factor, scale = unit->factor;
    if (rest == 0)
        return g_strdup_printf("%" PRId64 "%s", value / unit->factor, unit->name);
    int digits = 0;
    for (; scale > 1; scale /= 10)
        digits++;
    for (; rest % 10 == 0; rest /= 10)
        digits--;
    return g_strdup_printf("%" PRId64 ".%0*" PRId64 "%s", value / unit->factor, digits, rest,
                           unit->name);
}

/* The largest unit that is not larger than the value; minutes and hours only when they are whole.
 */
char *duration_format(SimTime value)
{
    const QuantityUnit *units = quantity_time_units, *best = NULL;
    if (value == 0)
        return g_strdup("0s");
    if (value == SIM_TIME_NEVER)
        return g_strdup("never");
    if (value < 0) {
        g_autofree char *positive = duration_format(value == INT64_MIN ? INT64_MAX : -value);
        return g_strconcat("-", positive, NULL);
    }
    for (const QuantityUnit *unit = units; unit->name != NULL; unit++) {
        bool is_decimal = unit->factor <= SIM_TIME_S;
        if (value >= unit->factor && (is_decimal || value % unit->factor == 0))
            best = unit;
    }
    return format_decimal(value, best != NULL ? best : units);
}

/* --- JSON */

static bool is_number(const char *json)
{
    return json[0] == '-' || g_ascii_isdigit(json[0]);
}

bool quantity_of_json(const char *json, double *value, const char **unit)
{
    static const struct {
        const QuantityUnit *units;
        const char *name;
        double divisor;
    } families[] = {{quantity_time_units, "ms", 1e6},
                    {quantity_size_units, "bytes", 1},
                    {quantity_bandwidth_units, "bps", 1}};
    *unit = "";
    if (is_number(json)) {
        *value = g_ascii_strtod(json, NULL);
        return true;
    }
    size_t length = strlen(json);
    if (length < 3 || json[0] != '"')
        return false;
    g_autofree char *text = g_strndup(json + 1, length - 2);
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        int64_t whole;
        if (quantity_parse(text, families[i].units, INT64_MAX, &whole) != QUANTITY_OK)
            continue;
        *unit = families[i].name;
        *value = (double)whole / families[i].divisor;
        return true;
    }
    return false;
}
