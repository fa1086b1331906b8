#include "models/json_print.h"

#include <string.h>

#include "models/scanner.h"

static void print_string(GString *text, const char *string)
{
    g_string_append_c(text, '"');
    for (const char *at = string; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(text, '\\');
        if ((unsigned char)*at < 0x20)
            g_string_append_printf(text, "\\u%04x", (unsigned)(unsigned char)*at);
        else
            g_string_append_c(text, *at);
    }
    g_string_append_c(text, '"');
}

static void print_line(GString *text, size_t depth)
{
    g_string_append_c(text, '\n');
    for (size_t i = 0; i < depth; i++)
        g_string_append(text, "  ");
}

static void print_value(GString *text, const Document *document, const cJSON *node, size_t depth);

static void print_container(GString *text, const Document *document, const cJSON *node,
                            size_t depth)
{
    bool is_object = NODE_TYPE(node) == cJSON_Object;
    g_string_append_c(text, is_object ? '{' : '[');
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        print_line(text, depth + 1);
        if (is_object) {
            print_string(text, child->string);
            g_string_append(text, ": ");
        }
        print_value(text, document, child, depth + 1);
        if (child->next != NULL)
            g_string_append_c(text, ',');
    }
    if (node->child != NULL)
        print_line(text, depth);
    g_string_append_c(text, is_object ? '}' : ']');
}

static void print_value(GString *text, const Document *document, const cJSON *node, size_t depth)
{
    const char *written = document_text_of(document, node);
    switch (NODE_TYPE(node)) {
    case cJSON_Object:
    case cJSON_Array:
        print_container(text, document, node, depth);
        break;
    case cJSON_String:
        print_string(text, node->valuestring);
        break;
    case cJSON_Number:
        g_string_append_len(text, written, json_number_end(written) - written);
        break;
    case cJSON_True:
        g_string_append(text, "true");
        break;
    case cJSON_False:
        g_string_append(text, "false");
        break;
    default:
        g_string_append(text, "null");
    }
}

void json_print(GString *text, const Document *document, const cJSON *node)
{
    print_value(text, document, node, 0);
    g_string_append_c(text, '\n');
}
