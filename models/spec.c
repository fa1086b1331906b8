#include "models/spec.h"

#include <stdarg.h>
#include <string.h>

#include "models/document_nodes.h"

#define NAMES_LISTED_MAX    12 /* more candidates than this are not listed in a message */
#define NAME_CHARACTERS_MAX 128
#define NAME_SHOWN_MAX      80

Spec spec_root(Document *document, Problems *problems)
{
    return (Spec){.document = document, .problems = problems, .node = document_root(document)};
}

SpecType spec_type(const Spec *spec)
{
    switch (NODE_TYPE(spec->node)) {
    case cJSON_Object:
        return SPEC_OBJECT;
    case cJSON_Array:
        return SPEC_ARRAY;
    case cJSON_String:
        return SPEC_STRING;
    case cJSON_Number:
        return SPEC_NUMBER;
    case cJSON_True:
    case cJSON_False:
        return SPEC_BOOLEAN;
    default:
        return SPEC_NULL;
    }
}

const char *spec_type_name(SpecType type)
{
    switch (type) {
    case SPEC_NULL:
        return "null";
    case SPEC_BOOLEAN:
        return "true or false";
    case SPEC_NUMBER:
        return "a number";
    case SPEC_STRING:
        return "a string";
    case SPEC_ARRAY:
        return "a list";
    case SPEC_OBJECT:
        return "an object";
    }
    return "";
}

/* --- problems --- */

static void append_token(GString *pointer, const Spec *spec)
{
    g_string_append_c(pointer, '/');
    if (spec->name == NULL)
        g_string_append_printf(pointer, "%zu", spec->index);
    for (const char *at = spec->name; at != NULL && *at != '\0'; at++) {
        if (*at == '~' || *at == '/')
            g_string_append(pointer, *at == '~' ? "~0" : "~1");
        else
            g_string_append_c(pointer, *at);
    }
}

static char *pointer_of(const Spec *spec)
{
    const Spec *chain[2 * DOCUMENT_DEPTH_MAX];
    size_t depth = 0;
    for (; spec->parent != NULL && depth < G_N_ELEMENTS(chain); spec = spec->parent)
        chain[depth++] = spec;
    GString *pointer = g_string_new(NULL);
    while (depth > 0)
        append_token(pointer, chain[--depth]);
    return g_string_free(pointer, FALSE);
}

/* A default has no place of its own; what is wrong with it is wrong with the object that takes it.
 */
static NodePlace place_of(const Spec *spec, bool at_key)
{
    NodePlace place = {.file = document_name(spec->document)};
    while (!document_find_place(spec->document, spec->node, at_key, &place) && spec->parent != NULL)
        spec = spec->parent;
    return place;
}

SpecPlace spec_place(const Spec *spec)
{
    NodePlace place = place_of(spec, false);
    return (SpecPlace){place.file, place.line, place.column, pointer_of(spec)};
}

static bool report(const Spec *spec, bool at_key, const char *format, va_list arguments)
    G_GNUC_PRINTF(3, 0);

static bool report(const Spec *spec, bool at_key, const char *format, va_list arguments)
{
    if (problems_are_full(spec->problems)) {
        spec->problems->count++;
        return false;
    }
    NodePlace place = place_of(spec, at_key);
    g_autofree char *pointer = pointer_of(spec);
    problems_add(spec->problems, place.file, place.line, place.column, pointer,
                 g_strdup_vprintf(format, arguments));
    return false;
}

bool spec_problem(const Spec *spec, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(spec, false, format, arguments);
    va_end(arguments);
    return false;
}

bool spec_problem_at_key(const Spec *spec, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(spec, true, format, arguments);
    va_end(arguments);
    return false;
}

bool spec_problem_at(const Spec *spec, const char *key, const char *format, ...)
{
    Spec member;
    va_list arguments;
    va_start(arguments, format);
    report(spec_member(spec, key, &member) ? &member : spec, false, format, arguments);
    va_end(arguments);
    return false;
}

/* "; did you mean ..." or the whole list when it is short, else nothing. */
static char *suggest(const char *name, const char *const *candidates, size_t count,
                     const char *list_start)
{
    const char *nearest = problems_nearest(name, candidates, count);
    if (nearest != NULL)
        return g_strdup_printf("; did you mean \"%s\"?", nearest);
    if (count == 0 || count > NAMES_LISTED_MAX)
        return g_strdup("");
    GString *list = g_string_new(list_start);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : " ", candidates[i]);
    return g_string_free(list, FALSE);
}

/* At most NAME_SHOWN_MAX characters of a name. */
static char *shorten_name(const char *name)
{
    if (g_utf8_strlen(name, -1) <= NAME_SHOWN_MAX)
        return g_strdup(name);
    g_autofree char *start = g_utf8_substring(name, 0, NAME_SHOWN_MAX);
    return g_strconcat(start, "...", NULL);
}

bool spec_unknown_name(const Spec *spec, const char *what, const char *name,
                       const char *const *candidates, size_t count)
{
    if (problems_are_full(spec->problems))
        return spec_problem(spec, "%s", "");
    g_autofree char *suggestion = suggest(name, candidates, count, "; there are:");
    g_autofree char *shown = shorten_name(name);
    return spec_problem(spec, "no %s is called \"%s\"%s", what, shown, suggestion);
}

/* --- objects and lists --- */

static bool is_description(const Spec *parent, const cJSON *node)
{
    return NODE_TYPE(parent->node) == cJSON_Object && strcmp(node->string, "description") == 0;
}

static Spec child_of(const Spec *parent, cJSON *node, size_t index)
{
    Spec child = *parent;
    child.node = node;
    child.parent = parent;
    child.name = NODE_TYPE(parent->node) == cJSON_Object ? node->string : NULL;
    child.index = index;
    return child;
}

static cJSON *find_member(const Spec *spec, const char *key, size_t *index)
{
    *index = 0;
    if (NODE_TYPE(spec->node) != cJSON_Object)
        return NULL;
    cJSON *node = spec->node->child;
    for (; node != NULL && strcmp(node->string, key) != 0; node = node->next)
        ++*index;
    return node;
}

bool spec_member(const Spec *spec, const char *key, Spec *child)
{
    size_t index;
    cJSON *node = find_member(spec, key, &index);
    if (node == NULL)
        return false;
    node->type |= NODE_CONSUMED;
    *child = child_of(spec, node, index);
    return true;
}

bool spec_has(const Spec *spec, const char *key)
{
    size_t index;
    return find_member(spec, key, &index) != NULL;
}

static bool report_unknown_key(const Spec *member, const char *const *keys, size_t count)
{
    if (problems_are_full(member->problems))
        return spec_problem(member, "%s", "");
    g_autofree char *suggestion = suggest(member->name, keys, count, "; the keys here are");
    g_autofree char *shown = shorten_name(member->name);
    return spec_problem_at_key(member, "unknown key \"%s\"%s", shown, suggestion);
}

bool spec_finish(const Spec *spec, const char *const *keys, size_t count)
{
    bool is_good = true;
    size_t index = 0;
    if (NODE_TYPE(spec->node) != cJSON_Object)
        return true;
    for (cJSON *node = spec->node->child; node != NULL; node = node->next, index++) {
        if ((node->type & NODE_CONSUMED) != 0)
            continue;
        Spec member = child_of(spec, node, index);
        if (is_description(spec, node))
            is_good &= spec_expect(&member, SPEC_STRING);
        else
            is_good &= report_unknown_key(&member, keys, count);
    }
    return is_good;
}

size_t spec_size(const Spec *spec)
{
    size_t size = 0;
    for (const cJSON *node = spec->node->child; node != NULL; node = node->next)
        size += !is_description(spec, node);
    return size;
}

static bool visit(const Spec *parent, cJSON *node, size_t index, Spec *child)
{
    for (; node != NULL && is_description(parent, node); node = node->next)
        index++;
    if (node == NULL)
        return false;
    node->type |= NODE_CONSUMED;
    *child = child_of(parent, node, index);
    return true;
}

bool spec_first(const Spec *spec, Spec *child)
{
    return visit(spec, spec->node->child, 0, child);
}

bool spec_next(Spec *child)
{
    return visit(child->parent, child->node->next, child->index + 1, child);
}

bool spec_merge(const Spec *below, const Spec *above, Spec *merged)
{
    cJSON *node =
        document_merge_copies(above->document, below != NULL ? below->node : NULL, above->node);
    if (node == NULL)
        return spec_problem(above, "too many values are merged in this file");
    *merged = *above;
    merged->node = node;
    return true;
}

void spec_merge_free(Spec *merged)
{
    document_drop_copy(merged->document, merged->node);
    merged->node = NULL;
}

Spec spec_from_text(const Spec *parent, const char *name, const char *json)
{
    Spec spec = *parent;
    spec.node = document_constant(parent->document, json);
    spec.parent = parent;
    spec.name = name;
    spec.index = 0;
    return spec;
}

/* --- names and paths --- */

/* Why it is no name, continuing "must ..."; NULL if it is one. */
static const char *name_fault(const char *name)
{
    glong length = g_utf8_strlen(name, -1);
    if (length < 1 || length > NAME_CHARACTERS_MAX)
        return "have 1 to 128 characters";
    if (strpbrk(name, "./*") != NULL || strstr(name, "->") != NULL)
        return "not contain any of . / * ->";
    if (name[0] == ' ' || name[strlen(name) - 1] == ' ')
        return "not start or end with a blank";
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return "not contain control characters";
    }
    return NULL;
}

bool spec_check_name(const Spec *spec, const char *what)
{
    const char *name = spec->name != NULL ? spec->name : spec->node->valuestring;
    const char *fault = name != NULL ? name_fault(name) : NULL;
    return fault == NULL || spec_problem_at_key(spec, "the name of a %s must %s", what, fault);
}

char *spec_resolve_path(const Spec *spec, const char *path)
{
    const char *folder = document_folder(spec->document);
    return folder == NULL || g_path_is_absolute(path) ? g_strdup(path)
                                                      : g_build_filename(folder, path, NULL);
}
