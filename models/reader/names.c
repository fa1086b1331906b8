#include "models/reader/names.h"

#include <string.h>

#include "models/reader/draft.h"

void name_map_init(NameMap *map)
{
    map->names = g_ptr_array_new();
    map->by_name = g_hash_table_new(g_str_hash, g_str_equal);
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

static bool unknown(const Spec *spec, const char *what, const char *name, const NameMap *map)
{
    if (problems_are_full(spec->problems))
        return spec_problem(spec, "no %s is called \"%s\"", what, name);
    return spec_unknown_name(spec, what, name, (const char *const *)map->names->pdata,
                             map->names->len);
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

/* Only the operations of the service that was named are worth suggesting. */
static bool unknown_operation(const Spec *spec, ReadContext *context, const char *name)
{
    const Draft *draft = context->draft;
    const char *dot = strchr(name, '.');
    if (dot == NULL) {
        if (name_map_find(&draft->services, name) == NO_INDEX)
            return unknown(spec, "service", name, &draft->services);
        return spec_problem(spec, "\"%s\" is a service; name one of its operations, as \"%s.get\"",
                            name, name);
    }
    g_autofree char *service_name = g_strndup(name, (size_t)(dot - name));
    uint32_t service = name_map_find(&draft->services, service_name);
    if (service == NO_INDEX)
        return unknown(spec, "service", service_name, &draft->services);
    const ServiceConfig *config = &g_array_index(draft->service_list, ServiceConfig, service);
    return spec_unknown_name(
        spec, "operation", name,
        (const char *const *)(void *)&draft->operations.names->pdata[config->first_operation],
        config->operation_count);
}

bool name_read_operation(const Spec *spec, ReadContext *context, uint32_t *operation)
{
    const char *name;
    if (!spec_get_string(spec, &name))
        return false;
    *operation = name_map_find(&context->draft->operations, name);
    return *operation != NO_INDEX || unknown_operation(spec, context, name);
}
