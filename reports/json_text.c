#include "reports/json_text.h"

#include "reports/csv.h"

static void append_quoted(GString *text, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    g_string_append_c(text, '"');
    for (const char *c = valid; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_printf(text, "\\%c", *c);
        else if ((unsigned char)*c < 0x20 || *c == 0x7f)
            g_string_append_printf(text, "\\u%04x", (unsigned)*c);
        else
            g_string_append_c(text, *c);
    }
    g_string_append_c(text, '"');
}

static void begin(JsonText *json, const char *key)
{
    if (json->has_members)
        g_string_append_c(json->text, ',');
    if (json->depth > 0)
        g_string_append_printf(json->text, "\n%*s", 2 * json->depth, "");
    json->has_members = true;
    if (key == NULL)
        return;
    append_quoted(json->text, key);
    g_string_append(json->text, ": ");
}

void json_open(JsonText *json, const char *key, char bracket)
{
    begin(json, key);
    g_string_append_c(json->text, bracket);
    json->depth++;
    json->has_members = false;
}

void json_close(JsonText *json, char bracket)
{
    json->depth--;
    if (json->has_members)
        g_string_append_printf(json->text, "\n%*s", 2 * json->depth, "");
    g_string_append_c(json->text, bracket);
    json->has_members = true;
    if (json->depth == 0)
        g_string_append_c(json->text, '\n');
}

void json_string(JsonText *json, const char *key, const char *value)
{
    begin(json, key);
    if (value == NULL)
        g_string_append(json->text, "null");
    else
        append_quoted(json->text, value);
}

void json_number(JsonText *json, const char *key, double value)
{
    char buffer[NUMBER_ROOM];
    const char *number = number_format(buffer, value);
    begin(json, key);
    g_string_append(json->text, *number == '\0' ? "null" : number);
}

void json_bool(JsonText *json, const char *key, bool value)
{
    begin(json, key);
    g_string_append(json->text, value ? "true" : "false");
}
