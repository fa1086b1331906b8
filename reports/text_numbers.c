#include "reports/text_numbers.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"

/* Decimal places so that `value` shows `digits` significant digits. */
static int places_for(double value, int digits)
{
    if (!(fabs(value) > 0) || !isfinite(value))
        return 0;
    int leading = (int)floor(log10(fabs(value)));
    return CLAMP(digits - 1 - leading, 0, 6);
}

/* Thousands are set apart by commas from 10,000 on. */
static char *fixed(double value, int places)
{
    char format[16], digits[400];
    g_snprintf(format, sizeof format, "%%.%df", places);
    g_ascii_formatd(digits, sizeof digits, format, value);
    const char *point = strchr(digits, '.');
    size_t whole = point == NULL ? strlen(digits) : (size_t)(point - digits);
    size_t first = digits[0] == '-' ? 1 : 0;
    if (first == 1 && strspn(digits, "-0.") == strlen(digits))
        return g_strdup(digits + 1); /* minus nothing */
    GString *text = g_string_new_len(digits, (gssize)first);
    for (size_t i = first; i < whole; i++) {
        g_string_append_c(text, digits[i]);
        if (whole - first > 4 && i + 1 < whole && (whole - i - 1) % 3 == 0)
            g_string_append_c(text, ',');
    }
    g_string_append(text, digits + whole);
    return g_string_free(text, FALSE);
}

char *number_display(double value)
{
    if (!isfinite(value))
        return g_strdup("-");
    return fixed(value, places_for(value, 3));
}

char *number_short(double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(buffer, sizeof buffer, "%.6g", value));
}

char *count_display(double value)
{
    return isfinite(value) ? fixed(value, 0) : g_strdup("-");
}

char *estimate_display(const Estimate *estimate, double scale)
{
    double value = estimate->value * scale;
    g_autofree char *mark = g_strconcat(estimate->is_from_few ? "*" : "",
                                        estimate->is_correlated ? "\u2020" : "", NULL);
    if (!isfinite(value))
        return g_strdup("-");
    double half = (estimate->high - estimate->low) / 2 * scale;
    if (!isfinite(half)) {
        g_autofree char *alone = fixed(value, places_for(value, 4));
        return g_strconcat(alone, mark, NULL);
    }
    int places = half > 0 ? places_for(half, 2) : places_for(value, 3);
    /* Nobody needs more than five digits of a value that is nearly certain. */
    places = MIN(places, places_for(value, 5));
    g_autofree char *middle = fixed(value, places);
    g_autofree char *around = fixed(half, places);
    return g_strconcat(middle, " ± ", around, mark, NULL);
}

static char *with_sign(double value, int places)
{
    g_autofree char *digits = fixed(value, places);
    return g_strconcat(value > 0 ? "+" : "", digits, NULL);
}

static char *change(double center, double low, double high, int places, const char *unit)
{
    g_autofree char *middle = with_sign(center, places);
    if (!isfinite(low))
        return g_strconcat(middle, unit, NULL);
    g_autofree char *from = with_sign(low, places);
    g_autofree char *to = with_sign(high, places);
    return g_strconcat(middle, unit, " [", from, ", ", to, "]", NULL);
}

static char *factor(const CompareRow *row)
{
    g_autofree char *middle = number_display(row->ratio);
    if (!isfinite(row->ratio_low))
        return g_strconcat("x ", middle, NULL);
    g_autofree char *from = number_display(row->ratio_low);
    g_autofree char *to = number_display(row->ratio_high);
    return g_strconcat("x ", middle, " [", from, ", ", to, "]", NULL);
}

static int places_of_change(double low, double high, double center)
{
    double half = fabs(high - low) / 2;
    return MIN(2, isfinite(half) && half > 0 ? places_for(half, 1) : places_for(center, 2));
}

char *change_display(const CompareRow *row)
{
    if (strcmp(row->metric->unit, "ratio") == 0) {
        double low = row->difference_low * 100, high = row->difference_high * 100;
        int places = places_of_change(low, high, row->difference * 100);
        return change(row->difference * 100, low, high, places, " points");
    }
    if (!isfinite(row->ratio)) {
        int places = places_for(row->difference, 3);
        g_autofree char *unit = g_strconcat(" ", row->metric->unit, NULL);
        return change(row->difference, row->difference_low, row->difference_high, places, unit);
    }
    if (row->ratio >= 2)
        return factor(row);
    double low = (row->ratio_low - 1) * 100, high = (row->ratio_high - 1) * 100;
    double center = (row->ratio - 1) * 100;
    return change(center, low, high, places_of_change(low, high, center), " %");
}
