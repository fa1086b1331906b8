/* Single values of a document by JSON Pointer (RFC 6901). */
#include <string.h>

#include "models/document_nodes.h"
#include "models/json_print.h"
#include "models/quantity.h"

/* Decodes ~0 and ~1 in place; false when a ~ stands for nothing. */
static bool unescape_token(char *token)
{
    char *to = token;
    for (const char *from = token; *from != '\0'; from++) {
        if (*from == '~' && from[1] != '0' && from[1] != '1')
            return false;
        if (*from == '~')
            *to++ = *++from == '0' ? '~' : '/';
        else
            *to++ = *from;
    }
    *to = '\0';
    return true;
}

/* Element by its index as RFC 6901 writes it; NULL if there is none. */
static cJSON *find_element(const cJSON *array, const char *token)
{
    size_t length = strlen(token);
    if (length == 0 || length > 7 || strspn(token, "0123456789") != length ||
        (token[0] == '0' && length > 1))
        return NULL;
    return cJSON_GetArrayItem(array, (int)g_ascii_strtoull(token, NULL, 10));
}

/* What is set, and for whom. */
typedef struct Setting {
    const char *source; /* "--set": the name of its text in errors */
    const char *pointer;
    Problems *problems;
} Setting;

static bool set_problem(const Setting *setting, const char *message)
{
    problems_add(setting->problems, setting->source, 0, 0, setting->pointer, g_strdup(message));
    return false;
}

static cJSON *find_child(const cJSON *parent, const char *token)
{
    return NODE_TYPE(parent) == cJSON_Array ? find_element(parent, token)
                                            : cJSON_GetObjectItemCaseSensitive(parent, token);
}

/* Puts the value in the place of `token`, which need not exist in an object. Takes the value over
 * unless it returns false. */
static bool put_child(cJSON *parent, const char *token, cJSON *value)
{
    cJSON *present = find_child(parent, token);
    if (NODE_TYPE(parent) == cJSON_Array)
        return present != NULL && cJSON_ReplaceItemViaPointer(parent, present, value);
    if (present != NULL)
        return cJSON_ReplaceItemInObjectCaseSensitive(parent, token, value);
    return cJSON_AddItemToObject(parent, token, value);
}

static bool is_container(const cJSON *node)
{
    return NODE_TYPE(node) == cJSON_Object || NODE_TYPE(node) == cJSON_Array;
}

/* tokens: at least one. Takes the value over if it returns true. */
static bool set_at(cJSON *root, char **tokens, cJSON *value, const Setting *setting)
{
    cJSON *parent = root;
    for (; tokens[1] != NULL && is_container(parent); tokens++) {
        cJSON *child = find_child(parent, tokens[0]);
        if (child == NULL) {
            child = cJSON_CreateObject();
            child->valueint = value->valueint;
            if (!put_child(parent, tokens[0], child)) {
                cJSON_Delete(child);
                break;
            }
        }
        parent = child;
    }
    if (!is_container(parent))
        return set_problem(setting, "what stands on the way is no object and no list");
    if (tokens[1] != NULL || !put_child(parent, tokens[0], value))
        return set_problem(setting, "the list has no such element");
    return true;
}

/* The parts of a pointer, decoded, behind an empty one; NULL with a problem. */
static char **split_pointer(const Setting *setting)
{
    const char *pointer = setting->pointer;
    char **tokens = g_strsplit(pointer, "/", -1);
    const char *fault = NULL;
    if (pointer[0] != '/')
        fault = "must be a JSON Pointer such as /services/cart/replicas";
    for (char **token = tokens; *token != NULL && fault == NULL; token++) {
        if (!unescape_token(*token))
            fault = "in a JSON Pointer ~ is written ~0 and / in a name ~1";
        else if (strlen(*token) > DOCUMENT_KEY_MAX)
            fault = "a key in it is too long";
    }
    if (fault == NULL)
        return tokens;
    set_problem(setting, fault);
    g_strfreev(tokens);
    return NULL;
}

static size_t depth_of(const cJSON *node)
{
    size_t deepest = 0;
    for (const cJSON *child = node->child; child != NULL; child = child->next)
        deepest = MAX(deepest, depth_of(child));
    return deepest + 1;
}

/* Takes the value over. */
static bool set_value(Document *document, cJSON *value, const Setting *setting)
{
    if (setting->pointer[0] == '\0') {
        document_replace_root(document, value);
        return true;
    }
    char **tokens = split_pointer(setting);
    bool is_set = false;
    if (tokens != NULL && g_strv_length(tokens) - 1 + depth_of(value) > DOCUMENT_DEPTH_MAX)
        set_problem(setting, "the value would be nested too deep");
    else if (tokens != NULL)
        is_set = set_at(document_root(document), tokens + 1, value, setting);
    if (!is_set)
        cJSON_Delete(value);
    g_strfreev(tokens);
    return is_set;
}

/* The JSON starts at text[start]. */
static bool set_text(Document *document, const char *text, size_t start, const Setting *setting)
{
    if (!g_utf8_validate(setting->pointer, -1, NULL))
        return set_problem(setting, "the pointer is not UTF-8");
    cJSON *value = document_add_text(document, setting->source, text, start, setting->pointer,
                                     setting->problems);
    return value != NULL && set_value(document, value, setting);
}

bool document_set(Document *document, const char *assignment, Problems *problems)
{
    const char *equals = strchr(assignment, '=');
    Setting setting = {.source = "--set", .pointer = "", .problems = problems};
    if (equals == NULL || strlen(assignment) > DOCUMENT_BYTES_MAX)
        return set_problem(&setting, "must be POINTER=JSON, such as /services/cart/replicas=3");
    g_autofree char *pointer = g_strndup(assignment, (gsize)(equals - assignment));
    setting.pointer = pointer;
    return set_text(document, assignment, (size_t)(equals + 1 - assignment), &setting);
}

bool document_put(Document *document, const char *source, const char *pointer, const char *json,
                  Problems *problems)
{
    const Setting setting = {.source = source, .pointer = pointer, .problems = problems};
    return set_text(document, json, 0, &setting);
}

void document_keep_only(Document *document, const char *member, const char *name)
{
    cJSON *object = cJSON_GetObjectItemCaseSensitive(document_root(document), member);
    for (cJSON *child = cJSON_IsObject(object) ? object->child : NULL, *next; child != NULL;
         child = next) {
        next = child->next;
        if (strcmp(child->string, name) != 0)
            cJSON_Delete(cJSON_DetachItemViaPointer(object, child));
    }
}

/* --- looking */

/* Follows the tokens as far as they name something: the value there, and how many they were. */
static const cJSON *follow(const Document *document, char **tokens, guint *count)
{
    const cJSON *node = document_root_const(document);
    for (*count = 0; tokens[*count] != NULL && is_container(node); ++*count) {
        const cJSON *child = find_child(node, tokens[*count]);
        if (child == NULL)
            break;
        node = child;
    }
    return node;
}

static char **tokens_of(const char *pointer)
{
    g_autoptr(Problems) problems = problems_new();
    const Setting setting = {.source = "", .pointer = pointer, .problems = problems};
    return split_pointer(&setting);
}

char *document_get(const Document *document, const char *pointer)
{
    g_auto(GStrv) tokens = tokens_of(pointer);
    guint count;
    const cJSON *node = tokens == NULL ? NULL : follow(document, tokens + 1, &count);
    if (node == NULL || tokens[count + 1] != NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    json_print(text, document, node);
    g_string_truncate(text, text->len - 1); /* the line feed */
    return g_string_free(text, FALSE);
}

static char *escape_token(const char *token)
{
    GString *escaped = g_string_new(NULL);
    for (; *token != '\0'; token++) {
        if (*token == '~' || *token == '/')
            g_string_append(escaped, *token == '~' ? "~0" : "~1");
        else
            g_string_append_c(escaped, *token);
    }
    return g_string_free(escaped, FALSE);
}

static bool is_quantity(const cJSON *node)
{
    double value = node->valuedouble;
    const char *unit;
    if (NODE_TYPE(node) == cJSON_String) {
        g_autofree char *json = g_strconcat("\"", node->valuestring, "\"", NULL);
        return quantity_of_json(json, &value, &unit) && value > 0;
    }
    return NODE_TYPE(node) == cJSON_Number && value > 0;
}

/* Recurses as deep as the document is nested. */
static void add_quantities(const cJSON *node, const char *pointer, GPtrArray *found)
{
    guint index = 0;
    if (is_quantity(node))
        g_ptr_array_add(found, g_strdup(pointer));
    for (const cJSON *child = node->child; child != NULL; child = child->next, index++) {
        g_autofree char *token =
            child->string != NULL ? escape_token(child->string) : g_strdup_printf("%u", index);
        g_autofree char *inner = g_strconcat(pointer, "/", token, NULL);
        add_quantities(child, inner, found);
    }
}

GPtrArray *document_quantities(const Document *document, const char *pointer)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) tokens = tokens_of(pointer);
    guint count;
    const cJSON *node = tokens == NULL ? NULL : follow(document, tokens + 1, &count);
    if (node != NULL && tokens[count + 1] == NULL)
        add_quantities(node, pointer, found);
    return found;
}

static const char *nearest_member(const cJSON *object, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const cJSON *child = object->child; child != NULL; child = child->next) {
        if (child->string != NULL)
            g_ptr_array_add(names, child->string);
    }
    return problems_nearest(name, (const char *const *)names->pdata, names->len);
}

char *document_missing(const Document *document, const char *pointer)
{
    g_auto(GStrv) tokens = tokens_of(pointer);
    guint count;
    if (tokens == NULL)
        return g_strdup("it is no JSON Pointer");
    const cJSON *node = follow(document, tokens + 1, &count);
    const char *name = tokens[count + 1];
    if (name == NULL)
        return NULL;
    tokens[count + 1] = NULL;
    g_autofree char *place = g_strjoinv("/", tokens);
    tokens[count + 1] = (char *)(guintptr)name;
    const char *near = nearest_member(node, name);
    return near == NULL
               ? g_strdup_printf("there is no \"%s\" in %s", name, count == 0 ? "the file" : place)
               : g_strdup_printf("there is no \"%s\" in %s; did you mean \"%s\"?", name,
                                 count == 0 ? "the file" : place, near);
}
