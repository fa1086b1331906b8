#include "reports/metrics.h"

#include <string.h>

static void clear(void *metric)
{
    metric_ref_clear(metric);
}

GArray *metrics_new(void)
{
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(MetricRef));
    g_array_set_clear_func(metrics, clear);
    return metrics;
}

void metrics_add(GArray *metrics, Scope scope, const char *name, const Column *metric)
{
    const MetricRef ref = {scope, g_strdup(name), metric, PHASE_ALL};
    g_array_append_val(metrics, ref);
}

/* --- those of a sweep */

static const char *name_of(const Topology *topology, Scope scope, uint32_t index)
{
    switch (scope) {
    case SCOPE_SYSTEM:
        return "*";
    case SCOPE_WORKLOAD:
        return topology->workloads[index].name;
    case SCOPE_SERVICE:
        return topology->services[index].name;
    case SCOPE_LINK:
        return topology->links[index].name;
    case SCOPE_BROKER:
        return topology->brokers[index].name;
    case SCOPE_COUNT:
        break;
    }
    return NULL;
}

static uint32_t count_of(const Topology *topology, Scope scope)
{
    switch (scope) {
    case SCOPE_SYSTEM:
        return topology->workload_count > 1;
    case SCOPE_WORKLOAD:
        return topology->workload_count;
    case SCOPE_SERVICE:
        return topology->service_count;
    case SCOPE_LINK:
        return topology->link_count;
    case SCOPE_BROKER:
        return topology->broker_count;
    case SCOPE_COUNT:
        break;
    }
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Bytewise, each once. */
static GPtrArray *names_of(const Topology *const *topologies, size_t count, Scope scope)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *names = g_ptr_array_new();
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < count_of(topologies[i], scope); k++) {
            const char *name = name_of(topologies[i], scope, k);
            if (g_hash_table_add(seen, (gpointer)(guintptr)name))
                g_ptr_array_add(names, (gpointer)(guintptr)name);
        }
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

GArray *metrics_of_sweep(const Topology *const *topologies, size_t count)
{
    GArray *metrics = metrics_new();
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        const Table *table = table_of_scope((Scope)scope);
        g_autoptr(GPtrArray) names = names_of(topologies, count, (Scope)scope);
        for (guint i = 0; i < names->len; i++) {
            for (size_t k = 0; k < table->column_count; k++) {
                if (table->columns[k].is_in_sweep)
                    metrics_add(metrics, (Scope)scope, names->pdata[i], &table->columns[k]);
            }
        }
    }
    return metrics;
}

uint32_t metrics_find(const GArray *metrics, Scope scope, const char *name, const char *metric)
{
    for (guint i = 0; i < metrics->len; i++) {
        const MetricRef *ref = metric_at(metrics, i);
        if (ref->scope == scope && ref->phase == PHASE_ALL && strcmp(ref->name, name) == 0 &&
            strcmp(ref->metric->name, metric) == 0)
            return i;
    }
    return NO_INDEX;
}
