/* Who calls whom, and how often for each visit, from the compiled steps. */
#include "models/reader/call_graph.h"

#define NAMES_HEAD 4u /* of a long path */
#define NAMES_TAIL 3u

typedef struct Walk {
    const Topology *topology;
    Graph *graph;
    uint32_t operation;
} Walk;

static double batch_of(const ConsumerConfig *consumer)
{
    return MAX(consumer->batch_size, 1u);
}

/* A message is taken by one of the competing consumers, by how many they can take at once. Batches
 * count as full, as they are when there is much to do. */
static void add_consumers(const Topology *topology, Graph *graph, uint32_t from,
                          const SubscriptionConfig *subscription, double messages)
{
    double all = 0;
    for (uint32_t i = 0; i < subscription->consumer_count; i++)
        all += call_graph_capacity(topology, &subscription->consumers[i]) *
               batch_of(&subscription->consumers[i]);
    for (uint32_t i = 0; i < subscription->consumer_count; i++) {
        const ConsumerConfig *consumer = &subscription->consumers[i];
        graph_add(graph, from, consumer->operation,
                  messages * call_graph_capacity(topology, consumer) / all);
    }
}

static double share_of_keys(const FilterConfig *filter, const Count *key)
{
    double share = 0;
    for (uint32_t i = 0; i < filter->key_count; i++) {
        if (i == 0 || filter->keys[i] != filter->keys[i - 1])
            share += count_probability(key, filter->keys[i]);
    }
    return share;
}

/* Subscriptions that filter by key see what depends on the sender: they hang on it, not on the
 * broker. */
static void add_message(const Walk *walk, uint32_t broker, const Count *key, double factor)
{
    const Topology *topology = walk->topology;
    const BrokerConfig *config = &topology->brokers[broker];
    graph_add(walk->graph, walk->operation, call_graph_broker(topology, broker), factor);
    for (uint32_t i = 0; i < config->subscription_count && key != NULL; i++) {
        const SubscriptionConfig *subscription =
            &topology->subscriptions[config->first_subscription + i];
        if (subscription->filter.keys != NULL)
            add_consumers(topology, walk->graph, walk->operation, subscription,
                          factor * share_of_keys(&subscription->filter, key));
    }
}

static void add_call(const Walk *walk, const Step *step, double factor)
{
    const CallSite *site = &walk->topology->call_sites[step->index];
    const LinkConfig *link = &walk->topology->links[site->link];
    if (link->via == NO_INDEX)
        graph_add(walk->graph, walk->operation, site->operation, factor);
    else
        add_message(walk, link->via, site->key, factor);
}

static void add_publication(const Walk *walk, const Step *step, double factor)
{
    const PublishSite *site = &walk->topology->publish_sites[step->index];
    add_message(walk, site->broker, site->key, factor);
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
        add_publication(walk, step, factor);
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
    for (uint32_t i = 0; i < topology->subscription_count; i++) {
        const SubscriptionConfig *subscription = &topology->subscriptions[i];
        if (subscription->filter.keys == NULL)
            add_consumers(topology, graph, call_graph_broker(topology, subscription->broker),
                          subscription, subscription->filter.probability);
    }
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
