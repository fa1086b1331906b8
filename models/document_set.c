/* Setting single values of a document by JSON Pointer (RFC 6901). */
#include <string.h>

#include "models/document_nodes.h"

#define SET_NAME "--set" /* the name of such texts in errors */

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

static bool set_problem(Problems *problems, const char *pointer, const char *message)
{
    problems_add(problems, SET_NAME, 0, 0, pointer, g_strdup(message));
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
static bool set_at(cJSON *root, char **tokens, cJSON *value, const char *pointer,
                   Problems *problems)
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
        return set_problem(problems, pointer, "what stands on the way is no object and no list");
    if (tokens[1] != NULL || !put_child(parent, tokens[0], value))
        return set_problem(problems, pointer, "the list has no such element");
    return true;
}

/* The parts of a pointer, decoded, behind an empty one; NULL with a problem. */
static char **split_pointer(const char *pointer, Problems *problems)
{
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
    set_problem(problems, pointer, fault);
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
static bool set_value(Document *document, const char *pointer, cJSON *value, Problems *problems)
{
    if (pointer[0] == '\0') {
        document_replace_root(document, value);
        return true;
    }
    char **tokens = split_pointer(pointer, problems);
    bool is_set = false;
    if (tokens != NULL && g_strv_length(tokens) - 1 + depth_of(value) > DOCUMENT_DEPTH_MAX)
        set_problem(problems, pointer, "the value would be nested too deep");
    else if (tokens != NULL)
        is_set = set_at(document_root(document), tokens + 1, value, pointer, problems);
    if (!is_set)
        cJSON_Delete(value);
    g_strfreev(tokens);
    return is_set;
}

bool document_set(Document *document, const char *assignment, Problems *problems)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || strlen(assignment) > DOCUMENT_BYTES_MAX)
        return set_problem(problems, "", "must be POINTER=JSON, such as /services/cart/replicas=3");
    g_autofree char *pointer = g_strndup(assignment, (gsize)(equals - assignment));
    if (!g_utf8_validate(pointer, -1, NULL))
        return set_problem(problems, pointer, "the pointer is not UTF-8");
    cJSON *value = document_add_text(document, SET_NAME, assignment,
                                     (size_t)(equals + 1 - assignment), pointer, problems);
    return value != NULL && set_value(document, pointer, value, problems);
}
