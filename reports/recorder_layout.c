#include <glib.h>

#include "reports/recorder_parts.h"

static void scope_parts_init(ScopeParts *scope, Scope id, uint32_t wholes, size_t parts)
{
    scope->scope = id;
    scope->whole_count = wholes;
    scope->wholes = g_new0(Whole, wholes);
    scope->parts = g_new0(Part, parts);
    scope->part_names = g_new0(const char *, parts);
    scope->part_labels = g_new0(const char *, parts);
}

static void open_whole(ScopeParts *scope, uint32_t index, const char *name)
{
    scope->wholes[index].name = name;
    scope->wholes[index].first_part = scope->part_count;
}

/* Returns the part's index. Wholes are filled one after the other. */
static uint32_t add_part(ScopeParts *scope, uint32_t whole, const char *name, const char *label)
{
    uint32_t index = scope->part_count++;
    scope->parts[index].whole = whole;
    scope->parts[index].slice = scope->parts[index].window = UINT32_MAX;
    scope->part_names[index] = name;
    scope->part_labels[index] = label;
    scope->wholes[whole].part_count++;
    return index;
}

static SimTime slo_limit(const Topology *topology, uint32_t workload)
{
    SimTime limit = SIM_TIME_NEVER;
    for (uint32_t i = 0; i < topology->slo_count; i++) {
        if (topology->slos[i].workload == workload)
            limit = MIN(limit, topology->slos[i].latency);
    }
    return limit;
}

static void lay_out_workload(Recorder *recorder, uint32_t index)
{
    const Topology *topology = recorder->topology;
    const WorkloadConfig *workload = &topology->workloads[index];
    ScopeParts *scope = &recorder->workloads;
    SimTime limit = slo_limit(topology, index);
    open_whole(scope, index, workload->name);
    add_part(scope, index, NULL, NULL);
    for (uint32_t i = 0; i < workload->site_count; i++) {
        uint32_t site = workload->sites[i];
        uint32_t operation = topology->call_sites[site].operation;
        uint32_t part = add_part(scope, index, NULL, topology->operations[operation].full_name);
        recorder->site_parts[site] = &scope->parts[part];
        recorder->site_limits[site] = limit;
    }
}

static void lay_out_workloads(Recorder *recorder)
{
    const Topology *topology = recorder->topology;
    size_t parts = topology->workload_count;
    for (uint32_t i = 0; i < topology->workload_count; i++)
        parts += topology->workloads[i].site_count;
    scope_parts_init(&recorder->workloads, SCOPE_WORKLOAD, topology->workload_count, parts);
    recorder->site_parts = g_new0(Part *, topology->call_site_count);
    recorder->site_limits = g_new0(SimTime, topology->call_site_count);
    for (uint32_t i = 0; i < topology->workload_count; i++)
        lay_out_workload(recorder, i);
}

static void lay_out_services(Recorder *recorder)
{
    const Topology *topology = recorder->topology;
    ScopeParts *scope = &recorder->services;
    scope_parts_init(scope, SCOPE_SERVICE, topology->service_count,
                     (size_t)topology->service_count + topology->operation_count);
    recorder->operation_parts = g_new0(Part *, topology->operation_count);
    for (uint32_t i = 0; i < topology->service_count; i++) {
        const ServiceConfig *service = &topology->services[i];
        open_whole(scope, i, service->name);
        add_part(scope, i, NULL, NULL);
        for (uint32_t k = 0; k < service->operation_count; k++) {
            uint32_t operation = service->first_operation + k;
            const OperationConfig *config = &topology->operations[operation];
            uint32_t part = add_part(scope, i, config->full_name, config->name);
            recorder->operation_parts[operation] = &scope->parts[part];
        }
    }
}

static void lay_out_links(Recorder *recorder)
{
    const Topology *topology = recorder->topology;
    ScopeParts *scope = &recorder->links;
    scope_parts_init(scope, SCOPE_LINK, topology->link_count, topology->link_count);
    for (uint32_t i = 0; i < topology->link_count; i++) {
        open_whole(scope, i, topology->links[i].name);
        add_part(scope, i, NULL, NULL);
    }
}

/* A queue has its consumers as parts, a topic its subscriptions. */
static void lay_out_subscription(Recorder *recorder, uint32_t broker, uint32_t index)
{
    const Topology *topology = recorder->topology;
    const SubscriptionConfig *subscription = &topology->subscriptions[index];
    ScopeParts *scope = &recorder->brokers;
    if (subscription->name != NULL) {
        recorder->subscription_parts[index] =
            add_part(scope, broker, subscription->full_name, subscription->name);
        return;
    }
    bool is_only = subscription->consumer_count == 1;
    recorder->subscription_parts[index] = scope->part_count - (is_only ? 0 : 1);
    for (uint32_t i = 0; i < subscription->consumer_count; i++) {
        uint32_t operation = subscription->consumers[i].operation;
        add_part(scope, broker, subscription->consumer_names[i],
                 topology->operations[operation].full_name);
    }
}

static void lay_out_brokers(Recorder *recorder)
{
    const Topology *topology = recorder->topology;
    ScopeParts *scope = &recorder->brokers;
    size_t parts = (size_t)topology->broker_count + topology->subscription_count;
    for (uint32_t i = 0; i < topology->subscription_count; i++)
        parts += topology->subscriptions[i].consumer_count;
    scope_parts_init(scope, SCOPE_BROKER, topology->broker_count, parts);
    recorder->subscription_parts = g_new0(uint32_t, topology->subscription_count);
    for (uint32_t i = 0; i < topology->broker_count; i++) {
        const BrokerConfig *broker = &topology->brokers[i];
        open_whole(scope, i, broker->name);
        add_part(scope, i, NULL, NULL);
        for (uint32_t k = 0; k < broker->subscription_count; k++)
            lay_out_subscription(recorder, i, broker->first_subscription + k);
    }
}

/* The most parts, besides those of workloads, that are told apart by batches: each may keep 20
 * times two histograms of some kilobytes. */
#define BATCHED_PARTS_MAX 1000u

static void set_segments(const Recorder *recorder, ScopeParts *scope, bool has_batches)
{
    bool is_whole = recorder->batch_count > 0 && !has_batches;
    scope->segment_count = is_whole ? 1 : recorder->segment_count;
    for (uint32_t i = 0; i < recorder->segment_count; i++)
        scope->segment_of_tag[i + 1] = (uint8_t)(is_whole ? 0 : i);
}

void recorder_lay_out(Recorder *recorder)
{
    lay_out_workloads(recorder);
    lay_out_services(recorder);
    lay_out_links(recorder);
    lay_out_brokers(recorder);
    ScopeParts *others[] = {&recorder->services, &recorder->links, &recorder->brokers};
    uint32_t parts = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        parts += others[i]->part_count;
    set_segments(recorder, &recorder->workloads, true);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        set_segments(recorder, others[i], parts <= BATCHED_PARTS_MAX);
}

void recorder_open_part(const Recorder *recorder, const ScopeParts *scope, Part *part)
{
    size_t slices = (size_t)recorder->timeline.slice_count + 1;
    part->segments = g_new0(Measures, scope->segment_count);
    part->counts = g_new0(uint64_t, slices * (size_t)scope_counts(scope->scope));
    if (scope->scope == SCOPE_WORKLOAD)
        part->offered = g_new0(uint64_t, (size_t)recorder->starts.slice_count + 1);
    if (scope_levels(scope->scope) == 0)
        return;
    part->largest = g_new0(uint32_t, slices);
    for (int i = 0; i < scope_levels(scope->scope); i++)
        part->levels[i] = level_new(&recorder->timeline);
}

/* --- the end */

static void part_clear(Part *part, uint32_t segments)
{
    for (uint32_t i = 0; part->segments != NULL && i < segments; i++)
        measures_clear(&part->segments[i]);
    g_free(part->segments);
    g_free(part->counts);
    g_free(part->offered);
    g_free(part->largest);
    backlog_free(part->backlog);
    for (int i = 0; i < MEASURES_LEVELS; i++)
        g_free(part->levels[i]);
    if (part->crowd != NULL)
        histogram_clear(part->crowd);
    g_free(part->crowd);
}

static void whole_clear(Whole *whole)
{
    g_free(whole->latencies);
    for (uint32_t i = 0; whole->part_latencies != NULL && i < whole->part_count; i++)
        g_free(whole->part_latencies[i]);
    g_free(whole->part_latencies);
}

void scope_parts_clear(ScopeParts *scope)
{
    for (uint32_t i = 0; i < scope->part_count; i++)
        part_clear(&scope->parts[i], scope->segment_count);
    for (uint32_t i = 0; i < scope->whole_count; i++)
        whole_clear(&scope->wholes[i]);
    g_free(scope->latencies);
    g_free(scope->wholes);
    g_free(scope->parts);
    g_free(scope->part_names);
    g_free(scope->part_labels);
}
