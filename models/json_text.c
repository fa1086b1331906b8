#include "models/json_text.h"

#include <string.h>

void json_text_init(JsonText *json)
{
    *json = (JsonText){.text = g_string_new(NULL)};
}

char *json_text_finish(JsonText *json)
{
    g_string_append_c(json->text, '\n');
    return g_string_free(json->text, FALSE);
}

static void new_line(JsonText *json)
{
    g_string_append_c(json->text, '\n');
    for (int i = 0; i < json->depth; i++)
        g_string_append(json->text, "  ");
}

/* What stands between the last item and the next. */
static void separate(JsonText *json)
{
    if (json->is_after_name) {
        json->is_after_name = false;
        return;
    }
    if (json->has_items)
        g_string_append_c(json->text, ',');
    if (json->depth > 0)
        new_line(json);
    json->has_items = true;
}

void json_text_open(JsonText *json, char bracket)
{
    separate(json);
    g_string_append_c(json->text, bracket);
    json->depth++;
    json->has_items = false;
}

void json_text_close(JsonText *json, char bracket)
{
    json->depth--;
    if (json->has_items)
        new_line(json);
    g_string_append_c(json->text, bracket);
    json->has_items = true;
}

static void append_quoted(JsonText *json, const char *value)
{
    g_string_append_c(json->text, '"');
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_printf(json->text, "\\%c", *at);
        else if ((unsigned char)*at < 0x20)
            g_string_append_printf(json->text, "\\u%04x", (unsigned)*at);
        else
            g_string_append_c(json->text, *at);
    }
    g_string_append_c(json->text, '"');
}

void json_text_name(JsonText *json, const char *name)
{
    separate(json);
    append_quoted(json, name);
    g_string_append(json->text, ": ");
    json->is_after_name = true;
}

void json_text_string(JsonText *json, const char *value)
{
    separate(json);
    append_quoted(json, value);
}

void json_text_number(JsonText *json, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    separate(json);
    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, sizeof buffer, format, value);
        if (g_ascii_strtod(buffer, NULL) == value)
            break;
    }
    g_string_append(json->text, buffer);
}

void json_text_raw(JsonText *json, const char *value)
{
    separate(json);
    g_string_append(json->text, value);
}

void json_text_string_member(JsonText *json, const char *name, const char *value)
{
    json_text_name(json, name);
    json_text_string(json, value);
}

void json_text_number_member(JsonText *json, const char *name, double value)
{
    json_text_name(json, name);
    json_text_number(json, value);
}

void json_text_raw_member(JsonText *json, const char *name, const char *value)
{
    json_text_name(json, name);
    json_text_raw(json, value);
}
