/* What is legal but doubtful. */
#include <math.h>

#include "models/load.h"
#include "models/reader/call_graph.h"
#include "models/reader/traffic.h"

#define WARNINGS_MAX 20u /* of one sort; more are only counted */

/* Adds a warning unless there are many of its sort already. */
typedef struct Sort {
    Topology *topology;
    const char *what;
    uint32_t count;
} Sort;

static void warn(Sort *sort, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void warn(Sort *sort, const char *format, ...)
{
    va_list arguments;
    if (sort->count++ >= WARNINGS_MAX)
        return;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    topology_warn(sort->topology, "%s", text);
}

static void warn_of_rest(const Sort *sort)
{
    if (sort->count > WARNINGS_MAX)
        topology_warn(sort->topology, "... and %u more warnings of %s", sort->count - WARNINGS_MAX,
                      sort->what);
}

/* --- cycles of synchronous calls */

static bool is_in_cycle(const Graph *graph, const uint32_t *component, uint32_t node)
{
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        if (component[graph_edge(graph, i)->to] == component[node])
            return true;
    }
    return false;
}

static void review_cycles(Topology *topology)
{
    Sort sort = {topology, "cycles of synchronous calls", 0};
    Graph graph;
    call_graph_init_sync(&graph, topology);
    uint32_t *component = g_new0(uint32_t, (gsize)topology->operation_count + 1);
    bool *is_told = g_new0(bool, (gsize)graph_components(&graph, component) + 1);
    for (uint32_t i = 0; i < topology->operation_count; i++) {
        if (is_told[component[i]] || !is_in_cycle(&graph, component, i))
            continue;
        is_told[component[i]] = true;
        const OperationConfig *operation = &topology->operations[i];
        GArray *nodes = graph_cycle(&graph, component, i);
        g_autofree char *cycle = call_graph_path(topology, nodes);
        g_array_free(nodes, TRUE);
        warn(&sort, "/services/%s/operations/%s: synchronous calls go in a circle: %s",
             topology->services[operation->service].name, operation->name, cycle);
    }
    warn_of_rest(&sort);
    g_free(is_told);
    g_free(component);
    graph_clear(&graph);
}

/* --- more work than can be done */

static void review_load(Topology *topology)
{
    Sort sort = {topology, "overload", 0};
    g_autofree ServiceLoad *loads = topology_load(topology);
    for (uint32_t i = 0; i < topology->service_count; i++) {
        const char *name = topology->services[i].name;
        if (loads[i].core_utilization >= 1)
            warn(
                &sort,
                "/services/%s: %.4g requests/s need %.3g times the cores it has; it cannot keep up",
                name, loads[i].rate, loads[i].core_utilization);
        else if (loads[i].thread_utilization >= 1)
            warn(&sort,
                 "/services/%s: %.4g requests/s hold %.3g times the threads it has, even when no "
                 "call has to wait; it cannot keep up",
                 name, loads[i].rate, loads[i].thread_utilization);
    }
    warn_of_rest(&sort);
}

/* --- timeouts that outlive the caller's */

static const LinkConfig *link_of_step(const Topology *topology, const Step *step)
{
    return &topology->links[topology->call_sites[step->index].link];
}

/* For each operation the link with the shortest timeout over which it is called. Where the deadline
 * is passed on, it ends the calls below by itself. */
static void note_timeout(const Topology *topology, const CallSite *site,
                         const LinkConfig **shortest)
{
    const LinkConfig *link = &topology->links[site->link];
    const LinkConfig *known = shortest[site->operation];
    if (link->mode == LINK_ASYNC || link->timeout == 0 || link->deadline_propagation)
        return;
    if (known == NULL || link->timeout < known->timeout)
        shortest[site->operation] = link;
}

static void warn_of_timeout(Sort *sort, const LinkConfig *link, const LinkConfig *caller)
{
    g_autofree char *inner = duration_format(link->timeout);
    g_autofree char *outer = duration_format(caller->timeout);
    warn(sort,
         "/links/%s/timeout: %s is not below the %s of \"%s\": its caller gives up first, and the "
         "work goes on for nobody",
         link->name, inner, outer, caller->name);
}

static void review_timeouts(Topology *topology)
{
    Sort sort = {topology, "timeouts", 0};
    g_autofree const LinkConfig **shortest =
        g_new0(const LinkConfig *, MAX(topology->operation_count, 1u));
    g_autofree bool *is_told = g_new0(bool, MAX(topology->link_count, 1u));
    for (uint32_t i = 0; i < topology->call_site_count; i++)
        note_timeout(topology, &topology->call_sites[i], shortest);
    for (uint32_t i = 0; i < topology->operation_count; i++) {
        for (uint32_t pc = topology->operations[i].entry;
             shortest[i] != NULL && pc < operation_end(topology, i); pc++) {
            const Step *step = &topology->code[pc];
            if (step->kind != STEP_CALL)
                continue;
            const LinkConfig *link = link_of_step(topology, step);
            if (link->mode == LINK_ASYNC || link->timeout < shortest[i]->timeout ||
                is_told[link - topology->links])
                continue;
            is_told[link - topology->links] = true;
            warn_of_timeout(&sort, link, shortest[i]);
        }
    }
    warn_of_rest(&sort);
}

/* --- replies that may never come */

static void review_replies(Topology *topology)
{
    Sort sort = {topology, "replies", 0};
    for (uint32_t i = 0; i < topology->link_count; i++) {
        const LinkConfig *link = &topology->links[i];
        bool has_timeout = link->timeout > 0 || link->per_try_timeout > 0;
        if (link->mode == LINK_ASYNC_REPLY && !has_timeout)
            warn(&sort,
                 "/links/%s: has no timeout: the caller of a request that fails or is lost waits "
                 "for its reply for ever",
                 link->name);
    }
    warn_of_rest(&sort);
}

/* --- calls that other consumers may take */

static bool takes_only(const Topology *topology, uint32_t broker, uint32_t operation)
{
    const BrokerConfig *config = &topology->brokers[broker];
    const SubscriptionConfig *queue = &topology->subscriptions[config->first_subscription];
    bool is_only = true;
    for (uint32_t i = 0; config->kind == BROKER_QUEUE && i < queue->consumer_count; i++)
        is_only = is_only && queue->consumers[i].operation == operation;
    return is_only;
}

static void review_consumers(Topology *topology)
{
    Sort sort = {topology, "consumers", 0};
    g_autofree bool *is_told = g_new0(bool, MAX(topology->broker_count, 1u));
    for (uint32_t i = 0; i < topology->call_site_count; i++) {
        const CallSite *site = &topology->call_sites[i];
        const LinkConfig *link = &topology->links[site->link];
        if (link->via == NO_INDEX || is_told[link->via])
            continue;
        is_told[link->via] = !takes_only(topology, link->via, site->operation);
        if (is_told[link->via])
            warn(
                &sort,
                "/brokers/%s: calls to %s over \"%s\" also go to the other consumers of this queue",
                topology->brokers[link->via].name, topology->operations[site->operation].full_name,
                link->name);
    }
    warn_of_rest(&sort);
}

/* --- consumers without a partition */

static void review_groups(Topology *topology)
{
    Sort sort = {topology, "consumer groups", 0};
    for (uint32_t i = 0; i < topology->subscription_count; i++) {
        const SubscriptionConfig *group = &topology->subscriptions[i];
        const BrokerConfig *broker = &topology->brokers[group->broker];
        if (group->group == NULL)
            continue;
        double members = call_graph_capacity(topology, &group->consumers[0]);
        if (members > broker->stream.partitions)
            warn(&sort,
                 "/brokers/%s/consumer_groups/%s: %.0f consumers share %u partitions: %.0f of them "
                 "get none",
                 broker->name, group->name, members, broker->stream.partitions,
                 members - broker->stream.partitions);
    }
    warn_of_rest(&sort);
}

void topology_review(ReadContext *context)
{
    Topology *topology = context->draft->topology;
    review_cycles(topology);
    review_load(topology);
    review_timeouts(topology);
    review_replies(topology);
    review_consumers(topology);
    review_groups(topology);
}
