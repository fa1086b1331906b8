/* JSON, written by hand: objects and arrays with two spaces of indentation. */
#ifndef TOPPLE_REPORTS_JSON_TEXT_H
#define TOPPLE_REPORTS_JSON_TEXT_H

#include <glib.h>
#include <stdbool.h>

typedef struct JsonText {
    GString *text; /* borrowed */
    int depth;
    bool has_members; /* of the object or array that is open */
} JsonText;

/* key: NULL inside of an array and at the top. bracket: '{' or '['. */
void json_open(JsonText *json, const char *key, char bracket);
void json_close(JsonText *json, char bracket);                        /* '}' or ']' */
void json_string(JsonText *json, const char *key, const char *value); /* NULL: null */
void json_number(JsonText *json, const char *key, double value);      /* not finite: null */
void json_bool(JsonText *json, const char *key, bool value);

#endif
