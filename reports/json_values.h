/* Members that may be missing: null, where a table has an empty cell. */
#ifndef TOPPLE_REPORTS_JSON_VALUES_H
#define TOPPLE_REPORTS_JSON_VALUES_H

#include "models/json_text.h"
#include "reports/csv.h"

/* As many digits as in CSV; not finite: null. */
static inline void json_value_member(JsonText *json, const char *name, double value)
{
    char buffer[NUMBER_ROOM];
    const char *number = number_format(buffer, value);
    json_text_raw_member(json, name, *number == '\0' ? "null" : number);
}

/* NULL: null. What is no UTF-8 (a command line can hold anything) is made so. */
static inline void json_label_member(JsonText *json, const char *name, const char *value)
{
    if (value == NULL) {
        json_text_raw_member(json, name, "null");
    } else {
        g_autofree char *valid = g_utf8_make_valid(value, -1);
        json_text_string_member(json, name, valid);
    }
}

#endif
