/* Reading single values: what the getters of spec.h accept, and what they say otherwise. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/document_nodes.h"
#include "models/quantity.h"
#include "models/scanner.h"
#include "models/spec.h"

#define FOUND_CHARACTERS_MAX 40
#define SEED_NUMBER_MAX      (INT64_C(1) << 53) /* whole numbers up to here are exact as doubles */
#define BANDWIDTH_MAX        INT64_C(1000000000000000)
#define UNLIMITED            1e300 /* limits beyond it are not worth a word */

/* --- what was found --- */

static const char *string_end(const char *quote)
{
    const char *at = quote + 1;
    while (*at != '"')
        at += *at == '\\' ? 2 : 1;
    return at + 1;
}

/* The value as it is written, shortened; lists and objects by their kind. */
static char *found_in(const Spec *spec)
{
    const char *text = document_text_of(spec->document, spec->node);
    SpecType type = spec_type(spec);
    if (type == SPEC_BOOLEAN)
        return g_strdup(NODE_TYPE(spec->node) == cJSON_True ? "true" : "false");
    if (type != SPEC_STRING && type != SPEC_NUMBER)
        return g_strdup(spec_type_name(type));
    const char *end = type == SPEC_STRING ? string_end(text) : json_number_end(text);
    glong length = g_utf8_strlen(text, end - text);
    if (length <= FOUND_CHARACTERS_MAX)
        return g_strndup(text, (gsize)(end - text));
    const char *cut = g_utf8_offset_to_pointer(text, FOUND_CHARACTERS_MAX - 3);
    return g_strdup_printf("%.*s...", (int)(cut - text), text);
}

/* Reports "must <wanted>, got <found>". */
static bool report_found(const Spec *spec, const char *wanted)
{
    if (problems_are_full(spec->problems))
        return spec_problem(spec, "%s", "");
    g_autofree char *found = found_in(spec);
    return spec_problem(spec, "must %s, got %s", wanted, found);
}

static bool report_must_be(const Spec *spec, const char *what, const char *range)
{
    g_autofree char *wanted =
        g_strconcat("be ", what, range[0] != '\0' && what[0] != '\0' ? " " : "", range, NULL);
    return report_found(spec, wanted);
}

bool spec_expect(const Spec *spec, SpecType type)
{
    return spec_type(spec) == type || report_must_be(spec, spec_type_name(type), "");
}

/* --- numbers --- */

static char *format_number(double number)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(buffer, sizeof buffer, "%.15g", number));
}

static char *range_text(double min, double max)
{
    g_autofree char *low = format_number(min), *high = format_number(max);
    bool is_above_zero = min > 0 && min <= DBL_MIN;
    if (max >= UNLIMITED && min <= -UNLIMITED)
        return g_strdup("");
    if (max >= UNLIMITED)
        return is_above_zero ? g_strdup("above 0") : g_strdup_printf("at least %s", low);
    return is_above_zero ? g_strdup_printf("above 0 and at most %s", high)
                         : g_strdup_printf("from %s to %s", low, high);
}

bool spec_get_number(const Spec *spec, double min, double max, double *value)
{
    double number = spec->node->valuedouble;
    bool is_number = spec_type(spec) == SPEC_NUMBER;
    if (is_number && number >= min && number <= max) {
        *value = number;
        return true;
    }
    g_autofree char *range = range_text(min, max);
    return report_must_be(spec, is_number ? "" : "a number", range);
}

/* Digits are read as they stand, since a double would round the long ones. */
static bool whole_number(const Spec *spec, int64_t *value)
{
    const char *text = document_text_of(spec->document, spec->node);
    const char *end = json_number_end(text), *digits = text[0] == '-' ? text + 1 : text;
    double number = spec->node->valuedouble;
    if (number != floor(number))
        return false;
    size_t length = strspn(digits, "0123456789");
    if (digits + length == end && length <= 18)
        *value = g_ascii_strtoll(text, NULL, 10);
    else if (fabs(number) < 0x1p62)
        *value = (int64_t)number;
    else
        *value = number > 0 ? INT64_MAX : INT64_MIN;
    return true;
}

static char *integer_range_text(int64_t min, int64_t max)
{
    if (max == INT64_MAX)
        return min == INT64_MIN ? g_strdup("") : g_strdup_printf("at least %" PRId64, min);
    return g_strdup_printf("from %" PRId64 " to %" PRId64, min, max);
}

bool spec_get_integer(const Spec *spec, int64_t min, int64_t max, int64_t *value)
{
    int64_t number = 0;
    bool is_whole = spec_type(spec) == SPEC_NUMBER && whole_number(spec, &number);
    if (is_whole && number >= min && number <= max) {
        *value = number;
        return true;
    }
    g_autofree char *range = integer_range_text(min, max);
    return report_must_be(spec, is_whole ? "" : "a whole number", range);
}

/* A decimal string of 64 bits. */
static bool seed_string(const char *text, uint64_t *value)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text) &&
           g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, value, NULL);
}

bool spec_get_seed(const Spec *spec, uint64_t *value)
{
    int64_t number;
    if (spec_type(spec) == SPEC_STRING && seed_string(spec->node->valuestring, value))
        return true;
    if (spec_type(spec) == SPEC_NUMBER && whole_number(spec, &number) && number >= 0 &&
        number <= SEED_NUMBER_MAX) {
        *value = (uint64_t)number;
        return true;
    }
    return report_found(spec, "be a whole number from 0 to 9007199254740992 (2^53), or a string of "
                              "digits for up to 64 bits");
}

/* --- words --- */

bool spec_get_boolean(const Spec *spec, bool *value)
{
    if (!spec_expect(spec, SPEC_BOOLEAN))
        return false;
    *value = NODE_TYPE(spec->node) == cJSON_True;
    return true;
}

bool spec_get_string(const Spec *spec, const char **value)
{
    if (!spec_expect(spec, SPEC_STRING))
        return false;
    *value = spec->node->valuestring;
    return true;
}

/* "a", "b" or "c" */
static void append_choices(GString *text, const char *const *choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *separator = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        g_string_append_printf(text, "%s\"%s\"", separator, choices[i]);
    }
}

static bool report_no_choice(const Spec *spec, const char *const *choices, size_t count)
{
    if (problems_are_full(spec->problems))
        return spec_problem(spec, "%s", "");
    g_autofree char *found = found_in(spec);
    const char *nearest = spec_type(spec) == SPEC_STRING
                              ? problems_nearest(spec->node->valuestring, choices, count)
                              : NULL;
    GString *text = g_string_new("must be ");
    append_choices(text, choices, count);
    g_string_append_printf(text, ", got %s", found);
    if (nearest != NULL)
        g_string_append_printf(text, "; did you mean \"%s\"?", nearest);
    spec_problem(spec, "%s", text->str);
    g_string_free(text, TRUE);
    return false;
}

bool spec_get_choice(const Spec *spec, const char *const *choices, size_t count, int *value)
{
    for (size_t i = 0; spec_type(spec) == SPEC_STRING && i < count; i++) {
        if (strcmp(spec->node->valuestring, choices[i]) == 0) {
            *value = (int)i;
            return true;
        }
    }
    return report_no_choice(spec, choices, count);
}

/* --- quantities --- */

/* How a kind of quantity is asked for. */
typedef struct QuantityWords {
    const QuantityUnit *units;
    const char *what; /* "a duration with a unit such as \"20ms\"" */
    const char *unit_names;
    const char *whole; /* "a whole number of nanoseconds" */
} QuantityWords;

static const QuantityWords duration_words = {
    quantity_time_units, "be a duration with a unit such as \"20ms\"",
    "end in one of the units ns, us, ms, s, m or h", "be a whole number of nanoseconds"};
static const QuantityWords size_words = {
    quantity_size_units, "be a size with a unit such as \"4KiB\"",
    "end in one of the units B, kB, MB, GB, TB, KiB, MiB, GiB or TiB",
    "be a whole number of bytes"};
static const QuantityWords bandwidth_words = {
    quantity_bandwidth_units, "be a bandwidth with a unit such as \"1Gbps\"",
    "end in one of the units bps, kbps, Mbps, Gbps or Tbps",
    "be a whole number of bits per second"};

/* A value that is too large comes out as INT64_MAX, a negative one as -1: out of any range. */
static bool get_quantity(const Spec *spec, const QuantityWords *words, int64_t *value)
{
    if (spec_type(spec) == SPEC_NUMBER && spec->node->valuedouble == 0) {
        *value = 0;
        return true;
    }
    if (spec_type(spec) != SPEC_STRING)
        return report_found(spec, words->what);
    switch (quantity_parse(spec->node->valuestring, words->units, INT64_MAX - 1, value)) {
    case QUANTITY_OK:
        return true;
    case QUANTITY_NO_NUMBER:
        return report_found(spec, words->what);
    case QUANTITY_NO_SUCH_UNIT:
        return report_found(spec, words->unit_names);
    case QUANTITY_TOO_SMALL:
        return report_found(spec, words->whole);
    case QUANTITY_NEGATIVE:
        *value = -1;
        return true;
    case QUANTITY_TOO_LARGE:
        *value = INT64_MAX;
        return true;
    }
    return false;
}

bool spec_get_duration(const Spec *spec, SimTime min, SimTime max, SimTime *value)
{
    SimTime time;
    if (!get_quantity(spec, &duration_words, &time))
        return false;
    if (time >= min && time <= max) {
        *value = time;
        return true;
    }
    g_autofree char *low = duration_format(min), *high = duration_format(max);
    g_autofree char *range = g_strdup_printf("from %s to %s", low, high);
    return report_must_be(spec, "", range);
}

bool spec_get_size(const Spec *spec, int64_t max, int64_t *bytes)
{
    int64_t size;
    if (!get_quantity(spec, &size_words, &size))
        return false;
    if (size >= 0 && size <= max) {
        *bytes = size;
        return true;
    }
    g_autofree char *range = g_strdup_printf("from 0B to %" PRId64 "B", max);
    return report_must_be(spec, "", range);
}

bool spec_get_bandwidth(const Spec *spec, double *bits_per_second)
{
    int64_t bandwidth;
    if (!get_quantity(spec, &bandwidth_words, &bandwidth))
        return false;
    if (bandwidth > 0 && bandwidth <= BANDWIDTH_MAX) {
        *bits_per_second = (double)bandwidth;
        return true;
    }
    return report_found(spec, "be from 1bps to 1000Tbps");
}
