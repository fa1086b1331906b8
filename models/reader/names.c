#include "models/reader/names.h"

#include <string.h>

#include "models/reader/draft.h"
#include "sim/rng.h"

/* g_str_hash is so simple that a file can have all its names collide. */
static guint name_hash(gconstpointer name)
{
    return (guint)sim_hash(name);
}

void name_map_init(NameMap *map)
{
    map->names = g_ptr_array_new();
    map->by_name = g_hash_table_new(name_hash, g_str_equal);
}

void name_map_clear(NameMap *map)
{
    g_ptr_array_free(map->names, TRUE);
    g_hash_table_destroy(map->by_name);
}

uint32_t name_map_count(const NameMap *map)
{
    return map->names->len;
}

const char *name_map_get(const NameMap *map, uint32_t index)
{
    return g_ptr_array_index(map->names, index);
}

uint32_t name_map_find(const NameMap *map, const char *name)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(map->by_name, name));
    return found == 0 ? NO_INDEX : found - 1;
}

uint32_t name_map_add(NameMap *map, const char *name)
{
    union {
        const char *name;
        gpointer pointer;
    } key = {.name = name};
    g_ptr_array_add(map->names, key.pointer);
    if (name_map_find(map, name) == NO_INDEX)
        g_hash_table_insert(map->by_name, key.pointer, GUINT_TO_POINTER(map->names->len));
    return map->names->len - 1;
}

/* As spec_unknown_name; at the member's name when that is what is unknown. */
static bool unknown_among(const Spec *spec, const char *what, const char *name,
                          const char *const *candidates, uint32_t count)
{
    if (name != spec->name)
        return spec_unknown_name(spec, what, name, candidates, count);
    const char *near = NULL;
    if (!problems_are_full(spec->problems))
        near = problems_nearest(name, candidates, count);
    if (near == NULL)
        return spec_problem_at_key(spec, "no %s is called \"%s\"", what, name);
    return spec_problem_at_key(spec, "no %s is called \"%s\"; did you mean \"%s\"?", what, name,
                               near);
}

static bool unknown(const Spec *spec, const char *what, const char *name, const NameMap *map)
{
    return unknown_among(spec, what, name, (const char *const *)map->names->pdata, map->names->len);
}

static bool read_name(const Spec *spec, const char *what, const NameMap *map, uint32_t *index)
{
    const char *name;
    if (!spec_get_string(spec, &name))
        return false;
    *index = name_map_find(map, name);
    return *index != NO_INDEX || unknown(spec, what, name, map);
}

bool name_read_service(const Spec *spec, ReadContext *context, uint32_t *service)
{
    return read_name(spec, "service", &context->draft->services, service);
}

bool name_read_broker(const Spec *spec, ReadContext *context, uint32_t *broker)
{
    return read_name(spec, "broker", &context->draft->brokers, broker);
}

bool name_read_workload(const Spec *spec, ReadContext *context, uint32_t *workload)
{
    return read_name(spec, "workload", &context->draft->workloads, workload);
}

bool name_read_zone(const Spec *spec, ReadContext *context, uint32_t *zone)
{
    return read_name(spec, "zone", &context->draft->zones, zone);
}

static bool no_operation(const Spec *spec, const char *name)
{
    const char *advice = "name one of its operations";
    return name == spec->name ? spec_problem_at_key(spec, "\"%s\" is a service; %s", name, advice)
                              : spec_problem(spec, "\"%s\" is a service; %s", name, advice);
}

/* Only the operations of the service that was named are worth suggesting. */
static bool unknown_operation(const Spec *spec, const Draft *draft, const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *service_name =
        dot == NULL ? g_strdup(name) : g_strndup(name, (size_t)(dot - name));
    uint32_t service = name_map_find(&draft->services, service_name);
    if (name_map_count(&draft->services) == 0)
        return false; /* which has been said */
    if (service == NO_INDEX)
        return unknown(spec, "operation", name, &draft->operations);
    if (dot == NULL)
        return no_operation(spec, name);
    const ServiceConfig *config = &g_array_index(draft->service_list, ServiceConfig, service);
    void **names = draft->operations.names->pdata + config->first_operation;
    return unknown_among(spec, "operation", name, (const char *const *)(void *)names,
                         config->operation_count);
}

static bool find_operation(const Spec *spec, ReadContext *context, const char *name,
                           uint32_t *operation)
{
    *operation = name_map_find(&context->draft->operations, name);
    return *operation != NO_INDEX || unknown_operation(spec, context->draft, name);
}

bool name_read_operation(const Spec *spec, ReadContext *context, uint32_t *operation)
{
    const char *name;
    return spec_get_string(spec, &name) && find_operation(spec, context, name, operation);
}

bool name_find_operation(const Spec *spec, ReadContext *context, uint32_t *operation)
{
    return find_operation(spec, context, spec->name, operation);
}
