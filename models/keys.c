#include "models/keys.h"

#include <float.h>
#include <string.h>

#include "models/reader/reader.h"

#define COMMON_KEYS_MAX 96 /* of the tables that make up one object */

/* A range of 0..0 is one that the table leaves out. */
static bool has_range(const Key *key)
{
    return key->min != 0 || key->max != 0;
}

/* --- values of single keys --- */

static bool read_integer(const Spec *spec, const Key *key, uint32_t *value)
{
    int64_t number, max = has_range(key) && key->max < UINT32_MAX ? (int64_t)key->max : UINT32_MAX;
    if (!spec_get_integer(spec, (int64_t)key->min, max, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static bool read_number(const Spec *spec, const Key *key, double *value)
{
    return spec_get_number(spec, key->min, has_range(key) ? key->max : DBL_MAX, value);
}

static bool read_duration(const Spec *spec, const Key *key, SimTime *value)
{
    bool is_limited = has_range(key) && key->max < (double)SIM_TIME_LONGEST;
    SimTime min = key->min > 0 && key->min < 1 ? 1 : (SimTime)key->min;
    return spec_get_duration(spec, min, is_limited ? (SimTime)key->max : SIM_TIME_LONGEST, value);
}

static bool read_size(const Spec *spec, const Key *key, int64_t *value)
{
    bool is_limited = has_range(key) && key->max < 0x1p62;
    return spec_get_size(spec, is_limited ? (int64_t)key->max : INT64_C(1) << 62, value);
}

static bool read_string(const Spec *spec, ReadContext *context, const char **value)
{
    const char *text;
    if (!spec_get_string(spec, &text))
        return false;
    *value = arena_string(context->arena, text);
    return true;
}

static bool read_choice(const Spec *spec, const Key *key, int *value)
{
    size_t count = 0;
    while (key->detail.choices[count] != NULL)
        count++;
    return spec_get_choice(spec, key->detail.choices, count, value);
}

static bool read_count(const Spec *spec, ReadContext *context, const Key *key, const Count **value)
{
    bool is_limited = has_range(key) && key->max < COUNT_LARGEST;
    return count_read(spec, context, (uint32_t)key->min,
                      is_limited ? (uint32_t)key->max : COUNT_LARGEST, value);
}

static bool read_unsupported(const Spec *spec)
{
    return spec_problem_at_key(spec, "\"%s\" is not supported yet", spec->name);
}

static bool read_value(const Spec *spec, ReadContext *context, const Key *key, void *value)
{
    switch (key->type) {
    case KEY_BOOLEAN:
        return spec_get_boolean(spec, value);
    case KEY_INTEGER:
        return read_integer(spec, key, value);
    case KEY_NUMBER:
        return read_number(spec, key, value);
    case KEY_DURATION:
        return read_duration(spec, key, value);
    case KEY_SIZE:
        return read_size(spec, key, value);
    case KEY_BANDWIDTH:
        return spec_get_bandwidth(spec, value);
    case KEY_STRING:
        return read_string(spec, context, value);
    case KEY_CHOICE:
        return read_choice(spec, key, value);
    case KEY_DISTRIBUTION:
        return distribution_read(spec, context, value);
    case KEY_COUNT:
        return read_count(spec, context, key, value);
    case KEY_OBJECT:
        return keys_read(spec, context, value, key->detail.keys);
    case KEY_KIND:
        return kind_read(spec, context, key->detail.family, value, NULL, NULL);
    case KEY_CUSTOM:
        return key->detail.custom->read(spec, context, value);
    case KEY_UNSUPPORTED:
        return read_unsupported(spec);
    }
    return false;
}

/* --- tables --- */

static bool read_written(const Spec *member, ReadContext *context, char *config, const Key *key)
{
    if (key->nullable && spec_type(member) == SPEC_NULL)
        return true;
    if (key->type == KEY_OBJECT && key->present != 0)
        *(bool *)(void *)(config + key->present) = true;
    return read_value(member, context, key, config + key->offset);
}

static bool read_key(const Spec *spec, ReadContext *context, char *config, const Key *key)
{
    Spec member;
    if (spec_member(spec, key->name, &member))
        return read_written(&member, context, config, key);
    if (key->required)
        return spec_problem(spec, "the required key \"%s\" is missing", key->name);
    if (key->fallback == NULL)
        return true;
    member = spec_from_text(spec, key->name, key->fallback);
    return (key->nullable && spec_type(&member) == SPEC_NULL) ||
           read_value(&member, context, key, config + key->offset);
}

bool keys_read_part(const Spec *spec, ReadContext *context, void *config, const Key *keys)
{
    bool is_good = true;
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    for (const Key *key = keys; key != NULL && key->name != NULL; key++)
        is_good &= read_key(spec, context, config, key);
    return is_good;
}

bool keys_finish(const Spec *spec, const Key *const *tables)
{
    const char *names[COMMON_KEYS_MAX];
    size_t count = 0;
    for (; *tables != NULL; tables++) {
        for (const Key *key = *tables; key->name != NULL && count < COMMON_KEYS_MAX; key++)
            names[count++] = key->name;
    }
    return spec_finish(spec, names, count);
}

bool keys_read(const Spec *spec, ReadContext *context, void *config, const Key *keys)
{
    const Key *const tables[] = {keys, NULL};
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    bool is_good = keys_read_part(spec, context, config, keys);
    return keys_finish(spec, tables) && is_good;
}

/* --- kinds --- */

const Kind *kind_find(const Family *family, const char *name)
{
    for (const Kind *const *kind = family->kinds; *kind != NULL; kind++) {
        if (strcmp((*kind)->name, name) == 0)
            return *kind;
    }
    return NULL;
}

static bool is_for_later(const Family *family, const char *name)
{
    return family->later != NULL && g_strv_contains(family->later, name);
}

/* The names of the kinds, and where one of them is near, that one. */
static void report_no_kind(const Spec *selector, const Family *family, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const Kind *const *kind = family->kinds; *kind != NULL; kind++)
        g_ptr_array_add(names, (char *)(uintptr_t)(*kind)->name);
    g_ptr_array_add(names, NULL);
    const char *const *candidates = (const char *const *)names->pdata;
    const char *nearest = problems_nearest(name, candidates, names->len - 1);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    if (nearest != NULL)
        spec_problem(selector, "no %s is called \"%.80s\"; did you mean \"%s\"? There are: %s",
                     family->name, name, nearest, list);
    else
        spec_problem(selector, "no %s is called \"%.80s\"; there are: %s", family->name, name,
                     list);
}

/* The kind that the object names, or NULL with a problem. */
static const Kind *choose_kind(const Spec *spec, const Family *family)
{
    Spec selector;
    const char *name = family->fallback;
    bool is_written = spec_member(spec, family->selector, &selector);
    if (!is_written && name == NULL) {
        spec_problem(spec, "the required key \"%s\" is missing", family->selector);
        return NULL;
    }
    if (is_written && !spec_get_string(&selector, &name))
        return NULL;
    const Kind *kind = kind_find(family, name);
    if (kind == NULL && is_for_later(family, name))
        spec_problem(&selector, "\"%s\" is not supported yet", name);
    else if (kind == NULL)
        report_no_kind(&selector, family, name);
    return kind;
}

static bool finish_kind(const Spec *spec, const Family *family, const Kind *kind, const Key *common)
{
    const Key selector[] = {{.name = family->selector}, {.name = NULL}};
    const Key *tables[4] = {selector};
    size_t count = 1;
    if (common != NULL)
        tables[count++] = common;
    if (kind->keys != NULL)
        tables[count++] = kind->keys;
    return keys_finish(spec, tables);
}

bool kind_read(const Spec *spec, ReadContext *context, const Family *family, KindChoice *choice,
               const Key *common, void *common_config)
{
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    const Kind *kind = choose_kind(spec, family);
    bool is_good = keys_read_part(spec, context, common_config, common);
    if (kind == NULL)
        return false;
    void *config = kind->config_size > 0 ? arena_take(context->arena, 1, kind->config_size) : NULL;
    is_good &= keys_read_part(spec, context, config, kind->keys);
    is_good &= finish_kind(spec, family, kind, common);
    if (is_good && kind->check != NULL)
        is_good = kind->check(spec, config);
    *choice = (KindChoice){.kind = kind, .config = config};
    return is_good;
}
