/* Who calls whom, and how often for each visit, from the compiled steps. */
#include "models/reader/call_graph.h"

#define NAMES_HEAD 4u /* of a long path */
#define NAMES_TAIL 3u

typedef struct Walk {
    const Topology *topology;
    Graph *graph;
    uint32_t operation;
} Walk;

static void add_call(const Walk *walk, const Step *step, double factor)
{
    const Topology *topology = walk->topology;
    const CallSite *site = &topology->call_sites[step->index];
    const LinkConfig *link = &topology->links[site->link];
    uint32_t to = link->via == NO_INDEX ? site->operation : call_graph_broker(topology, link->via);
    graph_add(walk->graph, walk->operation, to, factor);
}

static void walk_steps(const Walk *walk, uint32_t from, uint32_t until, double factor);

/* Branches stand one behind the other, the last up to the step's target. */
static void walk_branches(const Walk *walk, const Step *step, double factor)
{
    for (uint32_t i = 0; i < step->target_count; i++) {
        uint32_t until = i + 1 < step->target_count ? step->targets[i + 1] : step->target;
        double share = step->weights == NULL ? 1
                       : i == 0              ? step->weights[0]
                                             : step->weights[i] - step->weights[i - 1];
        walk_steps(walk, step->targets[i], until, factor * share);
    }
}

/* Takes one step, with what it holds, and returns where to go on. */
static uint32_t walk_step(const Walk *walk, uint32_t pc, double factor)
{
    const Step *step = &walk->topology->code[pc];
    switch ((StepKind)step->kind) {
    case STEP_CALL:
        add_call(walk, step, factor);
        return pc + 1;
    case STEP_PUBLISH:
        graph_add(
            walk->graph, walk->operation,
            call_graph_broker(walk->topology, walk->topology->publish_sites[step->index].broker),
            factor);
        return pc + 1;
    case STEP_SKIP:
        walk_steps(walk, pc + 1, step->target, factor * (1 - step->probability));
        return step->target;
    case STEP_LOOP:
        walk_steps(walk, pc + 1, step->target - 1, factor * count_mean(step->count));
        return step->target;
    case STEP_CHOOSE:
    case STEP_FORK:
    case STEP_SPAWN:
        walk_branches(walk, step, factor);
        return step->target;
    case STEP_JUMP:
        return step->target;
    case STEP_COMPUTE:
    case STEP_WAIT:
    case STEP_FAIL:
    case STEP_LOOP_NEXT:
    case STEP_BRANCH_END:
    case STEP_DEGRADED:
    case STEP_REPLY:
    case STEP_END:
        return pc + 1;
    }
    return pc + 1;
}

/* Depth is that of the steps in the file. Jumps lead forward, over fallbacks. */
static void walk_steps(const Walk *walk, uint32_t from, uint32_t until, double factor)
{
    for (uint32_t pc = from; pc < until;)
        pc = walk_step(walk, pc, factor);
}

/* A message is taken by one of the competing consumers, by how many they can take at once. */
static void add_consumers(const Topology *topology, Graph *graph,
                          const SubscriptionConfig *subscription)
{
    double all = 0;
    for (uint32_t i = 0; i < subscription->consumer_count; i++)
        all += call_graph_capacity(topology, &subscription->consumers[i]);
    for (uint32_t i = 0; i < subscription->consumer_count; i++) {
        const ConsumerConfig *consumer = &subscription->consumers[i];
        graph_add(graph, call_graph_broker(topology, subscription->broker), consumer->operation,
                  call_graph_capacity(topology, consumer) / all);
    }
}

double call_graph_capacity(const Topology *topology, const ConsumerConfig *consumer)
{
    uint32_t service = topology->operations[consumer->operation].service;
    return (double)consumer->concurrency * topology->services[service].replicas;
}

uint32_t call_graph_broker(const Topology *topology, uint32_t broker)
{
    return topology->operation_count + broker;
}

const char *call_graph_name(const Topology *topology, uint32_t node)
{
    return node < topology->operation_count
               ? topology->operations[node].full_name
               : topology->brokers[node - topology->operation_count].name;
}

char *call_graph_path(const Topology *topology, const GArray *nodes)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++) {
        bool is_left_out = i >= NAMES_HEAD && i + NAMES_TAIL < nodes->len;
        if (is_left_out && i > NAMES_HEAD)
            continue;
        const char *name = call_graph_name(topology, g_array_index(nodes, uint32_t, i));
        g_string_append_printf(text, "%s%s", i > 0 ? " -> " : "", is_left_out ? "..." : name);
    }
    return g_string_free(text, FALSE);
}

uint32_t operation_end(const Topology *topology, uint32_t operation)
{
    return operation + 1 < topology->operation_count ? topology->operations[operation + 1].entry
                                                     : topology->step_count;
}

void call_graph_init(Graph *graph, const Topology *topology)
{
    graph_init(graph, topology->operation_count + topology->broker_count);
    for (uint32_t i = 0; i < topology->operation_count; i++) {
        const Walk walk = {topology, graph, i};
        walk_steps(&walk, topology->operations[i].entry, operation_end(topology, i), 1);
    }
    for (uint32_t i = 0; i < topology->subscription_count; i++)
        add_consumers(topology, graph, &topology->subscriptions[i]);
    graph_close(graph);
}

void call_graph_init_sync(Graph *graph, const Topology *topology)
{
    graph_init(graph, topology->operation_count);
    for (uint32_t i = 0; i < topology->operation_count; i++) {
        for (uint32_t pc = topology->operations[i].entry; pc < operation_end(topology, i); pc++) {
            const Step *step = &topology->code[pc];
            if (step->kind != STEP_CALL)
                continue;
            const CallSite *site = &topology->call_sites[step->index];
            if (topology->links[site->link].mode != LINK_ASYNC)
                graph_add(graph, i, site->operation, 1);
        }
    }
    graph_close(graph);
}
