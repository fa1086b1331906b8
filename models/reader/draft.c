#include "models/reader/draft.h"

#include "models/reader/links.h"

static guint pair_hash(gconstpointer key)
{
    uint64_t pair = (uint64_t) * (const gint64 *)key;
    return (guint)((pair * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

GHashTable *draft_pairs_new(void)
{
    return g_hash_table_new_full(pair_hash, g_int64_equal, g_free, NULL);
}

void draft_pairs_set(GHashTable *pairs, gint64 pair, uint32_t value)
{
    gint64 *key = g_new(gint64, 1);
    *key = pair;
    g_hash_table_insert(pairs, key, GUINT_TO_POINTER(value));
}

void draft_init(Draft *draft, Topology *topology)
{
    *draft = (Draft){.topology = topology};
    name_map_init(&draft->services);
    name_map_init(&draft->operations);
    name_map_init(&draft->brokers);
    name_map_init(&draft->workloads);
    name_map_init(&draft->zones);
    draft->service_list = g_array_new(FALSE, TRUE, sizeof(ServiceConfig));
    draft->operation_list = g_array_new(FALSE, TRUE, sizeof(OperationConfig));
    draft->code = g_array_new(FALSE, TRUE, sizeof(Step));
    draft->call_sites = g_array_new(FALSE, TRUE, sizeof(CallSite));
    draft->publish_sites = g_array_new(FALSE, TRUE, sizeof(PublishSite));
    draft->link_list = g_array_new(FALSE, TRUE, sizeof(LinkConfig));
    draft->broker_list = g_array_new(FALSE, TRUE, sizeof(BrokerConfig));
    draft->subscription_list = g_array_new(FALSE, TRUE, sizeof(SubscriptionConfig));
    draft->workload_list = g_array_new(FALSE, TRUE, sizeof(WorkloadConfig));
    draft->fault_list = g_array_new(FALSE, TRUE, sizeof(FaultConfig));
    draft->slo_list = g_array_new(FALSE, TRUE, sizeof(SloConfig));
    draft->links = link_book_new();
    draft->consumed = draft_pairs_new();
}

void draft_clear(Draft *draft)
{
    GArray *lists[] = {draft->service_list, draft->operation_list,    draft->code,
                       draft->call_sites,   draft->publish_sites,     draft->link_list,
                       draft->broker_list,  draft->subscription_list, draft->workload_list,
                       draft->fault_list,   draft->slo_list};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (lists[i] != NULL)
            g_array_free(lists[i], TRUE);
    }
    name_map_clear(&draft->services);
    name_map_clear(&draft->operations);
    name_map_clear(&draft->brokers);
    name_map_clear(&draft->workloads);
    name_map_clear(&draft->zones);
    link_book_free(draft->links);
    g_hash_table_destroy(draft->consumed);
}

void draft_size_list(GArray *list, uint32_t count)
{
    g_array_set_size(list, count);
}

/* The arena takes the list's memory as it is: nothing is copied. */
static const void *take(Draft *draft, GArray **list, uint32_t *count)
{
    *count = (*list)->len;
    void *memory = g_array_free(*list, FALSE);
    *list = NULL;
    arena_on_free(draft->topology->arena, g_free, memory);
    return memory;
}

static void hand_over_zones(Draft *draft)
{
    Topology *topology = draft->topology;
    uint32_t count = name_map_count(&draft->zones);
    const char **zones = arena_take(topology->arena, count, sizeof *zones);
    for (uint32_t i = 0; i < count; i++)
        zones[i] = name_map_get(&draft->zones, i);
    topology->zones = zones;
    topology->zone_count = count;
}

void draft_hand_over(Draft *draft)
{
    Topology *topology = draft->topology;
    topology->services = take(draft, &draft->service_list, &topology->service_count);
    topology->operations = take(draft, &draft->operation_list, &topology->operation_count);
    topology->code = take(draft, &draft->code, &topology->step_count);
    topology->call_sites = take(draft, &draft->call_sites, &topology->call_site_count);
    topology->publish_sites = take(draft, &draft->publish_sites, &topology->publish_site_count);
    topology->links = take(draft, &draft->link_list, &topology->link_count);
    topology->brokers = take(draft, &draft->broker_list, &topology->broker_count);
    topology->subscriptions = take(draft, &draft->subscription_list, &topology->subscription_count);
    topology->workloads = take(draft, &draft->workload_list, &topology->workload_count);
    topology->faults = take(draft, &draft->fault_list, &topology->fault_count);
    topology->slos = take(draft, &draft->slo_list, &topology->slo_count);
    hand_over_zones(draft);
}

void topology_warn(Topology *topology, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(topology->warnings, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}
