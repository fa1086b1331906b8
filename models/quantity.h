/* Numbers with a unit, as users write them: "1.5s", "4KiB", "100Mbps". Exact decimal arithmetic, no
 * locale, no double. */
#ifndef TOPPLE_MODELS_QUANTITY_H
#define TOPPLE_MODELS_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct QuantityUnit {
    const char *name;
    int64_t factor;
} QuantityUnit;

/* Tables end with a NULL name; the base unit (factor 1) comes first. */
extern const QuantityUnit quantity_time_units[];      /* in ns: ns us ms s m h */
extern const QuantityUnit quantity_size_units[];      /* in bytes: B kB KiB ... */
extern const QuantityUnit quantity_bandwidth_units[]; /* in bits per second: bps kbps ... */

typedef enum QuantityStatus {
    QUANTITY_OK,
    QUANTITY_NO_NUMBER, /* or no unit */
    QUANTITY_NO_SUCH_UNIT,
    QUANTITY_NEGATIVE,
    QUANTITY_TOO_LARGE, /* above max */
    QUANTITY_TOO_SMALL, /* above 0, but it would round to 0 */
} QuantityStatus;

/* digits[.digits]unit, or "0". Rounded to the nearest whole base unit. */
QuantityStatus quantity_parse(const char *text, const QuantityUnit *units, int64_t max,
                              int64_t *value);

/* The number that a JSON text stands for: a number, or a text that is a duration (in ms), a size
 * (in bytes) or a bandwidth (in bits per second); `unit` is then "ms", "bytes" or "bps", else "".
 * False for all else. */
bool quantity_of_json(const char *json, double *value, const char **unit);

#endif
