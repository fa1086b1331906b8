/* Writes JSON as indented text. Names and strings are escaped; the caller opens and closes in the
 * right order. */
#ifndef TOPPLE_MODELS_JSON_TEXT_H
#define TOPPLE_MODELS_JSON_TEXT_H

#include <glib.h>
#include <stdbool.h>

typedef struct JsonText {
    GString *text;
    int depth;
    bool has_items; /* something stands before the next item on this level */
    bool is_after_name;
} JsonText;

void json_text_init(JsonText *json);
char *json_text_finish(JsonText *json); /* with a line feed at the end; to be freed */

void json_text_open(JsonText *json, char bracket); /* '{' or '[' */
void json_text_close(JsonText *json, char bracket);
void json_text_name(JsonText *json, const char *name); /* of the next value */
void json_text_string(JsonText *json, const char *value);
void json_text_number(JsonText *json, double value);   /* finite; the shortest exact text */
void json_text_raw(JsonText *json, const char *value); /* JSON already */

/* A name and its value. */
void json_text_string_member(JsonText *json, const char *name, const char *value);
void json_text_number_member(JsonText *json, const char *name, double value);
void json_text_raw_member(JsonText *json, const char *name, const char *value);

#endif
