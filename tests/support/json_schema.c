#include "tests/support/json_schema.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct Check {
    const cJSON *root, *schema, *value;
    const char *place;
} Check;

static char *fault_of(const Check *check);

static char *fault(const Check *check, const char *what)
{
    return g_strdup_printf("%s: %s", check->place, what);
}

static char *fault_below(const Check *check, const cJSON *schema, const cJSON *value,
                         const char *name)
{
    g_autofree char *place =
        name == NULL ? g_strdup(check->place) : g_strdup_printf("%s/%s", check->place, name);
    const Check below = {check->root, schema, value, place};
    return fault_of(&below);
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static char *check_type(const Check *check, const cJSON *keyword)
{
    const cJSON *value = check->value;
    const char *type = keyword->valuestring;
    bool is_good = strcmp(type, "object") == 0    ? cJSON_IsObject(value)
                   : strcmp(type, "array") == 0   ? cJSON_IsArray(value)
                   : strcmp(type, "string") == 0  ? cJSON_IsString(value)
                   : strcmp(type, "boolean") == 0 ? cJSON_IsBool(value)
                   : strcmp(type, "null") == 0    ? cJSON_IsNull(value)
                   : strcmp(type, "number") == 0  ? cJSON_IsNumber(value)
                   : strcmp(type, "integer") == 0
                       ? cJSON_IsNumber(value) && floor(value->valuedouble) == value->valuedouble
                       : false;
    return is_good ? NULL : fault(check, type);
}

static char *check_reference(const Check *check, const cJSON *keyword)
{
    const char *name = strrchr(keyword->valuestring, '/') + 1;
    const cJSON *schema = member(member(check->root, "$defs"), name);
    return schema == NULL ? fault(check, keyword->valuestring)
                          : fault_below(check, schema, check->value, NULL);
}

static char *check_some(const Check *check, const cJSON *keyword, bool exactly_one)
{
    int matches = 0;
    g_autofree char *first = NULL;
    for (const cJSON *schema = keyword->child; schema != NULL; schema = schema->next) {
        char *message = fault_below(check, schema, check->value, NULL);
        matches += message == NULL;
        if (first == NULL)
            first = message;
        else
            g_free(message);
    }
    if (matches == 1 || (matches > 1 && !exactly_one))
        return NULL;
    return g_strdup_printf("%s: %d match (first: %s)", check->place, matches,
                           first == NULL ? "-" : first);
}

static char *check_enum(const Check *check, const cJSON *keyword)
{
    for (const cJSON *item = keyword->child; item != NULL; item = item->next) {
        if (cJSON_Compare(item, check->value, true))
            return NULL;
    }
    return fault(check, "enum");
}

static char *check_pattern(const Check *check, const cJSON *keyword)
{
    if (!cJSON_IsString(check->value))
        return NULL;
    bool is_good = g_regex_match_simple(keyword->valuestring, check->value->valuestring, 0, 0);
    return is_good ? NULL : fault(check, keyword->valuestring);
}

static char *check_required(const Check *check, const cJSON *keyword)
{
    for (const cJSON *name = keyword->child; name != NULL && cJSON_IsObject(check->value);
         name = name->next) {
        if (member(check->value, name->valuestring) == NULL)
            return fault(check, name->valuestring);
    }
    return NULL;
}

static char *check_properties(const Check *check, const cJSON *keyword)
{
    char *message = NULL;
    for (const cJSON *schema = keyword->child; schema != NULL && message == NULL;
         schema = schema->next) {
        const cJSON *value =
            cJSON_IsObject(check->value) ? member(check->value, schema->string) : NULL;
        if (value != NULL)
            message = fault_below(check, schema, value, schema->string);
    }
    return message;
}

static char *check_additional(const Check *check, const cJSON *keyword)
{
    const cJSON *known = member(check->schema, "properties");
    char *message = NULL;
    if (!cJSON_IsObject(check->value))
        return NULL;
    for (const cJSON *value = check->value->child; value != NULL && message == NULL;
         value = value->next) {
        if (member(known, value->string) != NULL)
            continue;
        message = cJSON_IsFalse(keyword) ? fault(check, value->string)
                                         : fault_below(check, keyword, value, value->string);
    }
    return message;
}

static char *check_names(const Check *check, const cJSON *keyword)
{
    char *message = NULL;
    if (!cJSON_IsObject(check->value))
        return NULL;
    for (const cJSON *value = check->value->child; value != NULL && message == NULL;
         value = value->next) {
        cJSON *name = cJSON_CreateString(value->string);
        message = fault_below(check, keyword, name, value->string);
        cJSON_Delete(name);
    }
    return message;
}

static char *check_items(const Check *check, const cJSON *keyword)
{
    char *message = NULL;
    int index = 0;
    if (!cJSON_IsArray(check->value))
        return NULL;
    for (const cJSON *item = check->value->child; item != NULL && message == NULL;
         item = item->next) {
        g_autofree char *name = g_strdup_printf("%d", index++);
        message = fault_below(check, keyword, item, name);
    }
    return message;
}

static char *check_limit(const Check *check, const cJSON *keyword)
{
    const char *name = keyword->string;
    const cJSON *value = check->value;
    double limit = keyword->valuedouble;
    double size = cJSON_IsObject(value) || cJSON_IsArray(value) ? cJSON_GetArraySize(value) : 0;
    bool is_good = true;
    if (strcmp(name, "minimum") == 0)
        is_good = !cJSON_IsNumber(value) || value->valuedouble >= limit;
    else if (strcmp(name, "exclusiveMinimum") == 0)
        is_good = !cJSON_IsNumber(value) || value->valuedouble > limit;
    else if (strcmp(name, "maximum") == 0)
        is_good = !cJSON_IsNumber(value) || value->valuedouble <= limit;
    else if (strcmp(name, "minItems") == 0)
        is_good = !cJSON_IsArray(value) || size >= limit;
    else if (strcmp(name, "maxItems") == 0)
        is_good = !cJSON_IsArray(value) || size <= limit;
    else
        is_good = !cJSON_IsObject(value) || size >= limit;
    return is_good ? NULL : fault(check, name);
}

static char *check_unique(const Check *check, const cJSON *keyword)
{
    if (!cJSON_IsTrue(keyword) || !cJSON_IsArray(check->value))
        return NULL;
    for (const cJSON *item = check->value->child; item != NULL; item = item->next) {
        for (const cJSON *other = item->next; other != NULL; other = other->next) {
            if (cJSON_Compare(item, other, true))
                return fault(check, "uniqueItems");
        }
    }
    return NULL;
}

static char *ignore(const Check *check, const cJSON *keyword)
{
    (void)check;
    (void)keyword;
    return NULL;
}

static char *check_one(const Check *check, const cJSON *keyword)
{
    return check_some(check, keyword, true);
}

static char *check_any(const Check *check, const cJSON *keyword)
{
    return check_some(check, keyword, false);
}

static char *check_constant(const Check *check, const cJSON *keyword)
{
    return cJSON_Compare(keyword, check->value, true) ? NULL : fault(check, "const");
}

static const struct {
    const char *name;
    char *(*check)(const Check *check, const cJSON *keyword);
} keywords[] = {
    {"$schema", ignore},
    {"$defs", ignore},
    {"title", ignore},
    {"description", ignore},
    {"default", ignore},
    {"type", check_type},
    {"$ref", check_reference},
    {"oneOf", check_one},
    {"anyOf", check_any},
    {"enum", check_enum},
    {"const", check_constant},
    {"pattern", check_pattern},
    {"required", check_required},
    {"properties", check_properties},
    {"additionalProperties", check_additional},
    {"propertyNames", check_names},
    {"items", check_items},
    {"minimum", check_limit},
    {"exclusiveMinimum", check_limit},
    {"maximum", check_limit},
    {"minItems", check_limit},
    {"maxItems", check_limit},
    {"minProperties", check_limit},
    {"uniqueItems", check_unique},
};

static char *fault_of(const Check *check)
{
    for (const cJSON *keyword = check->schema->child; keyword != NULL; keyword = keyword->next) {
        size_t i = 0;
        while (i < G_N_ELEMENTS(keywords) && strcmp(keywords[i].name, keyword->string) != 0)
            i++;
        if (i == G_N_ELEMENTS(keywords))
            return fault(check, keyword->string);
        char *message = keywords[i].check(check, keyword);
        if (message != NULL)
            return message;
    }
    return NULL;
}

char *json_schema_fault(const cJSON *schema, const cJSON *value)
{
    const Check check = {schema, schema, value, ""};
    return fault_of(&check);
}
