/* Expected visits: v = entries + v P, where P holds the expected calls of each operation for each
 * visit. Components of the call graph are taken from the callers down; in one with a cycle the sum
 * entries * (1 + P + P^2 + ...) is taken round by round, which converges if and only if the
 * recursion comes to an end. */
#include "models/reader/traffic.h"

#include <string.h>

#include "models/reader/call_graph.h"

#define PAIRS_MAX 20000000u           /* workloads times operations */
#define WORK_MAX  UINT64_C(200000000) /* edges looked at in all cycles of one file */
#define SETTLED   1e-12

typedef struct Traffic {
    const Topology *topology;
    Graph graph;
    uint32_t *component;
    uint32_t *order;  /* nodes by component, callers first */
    uint32_t *starts; /* of components in the order */
    uint32_t components;
    double *visits, *round, *next;
    double *strongest;     /* the largest contribution to a node's visits, */
    uint32_t *contributor; /* and from whom; NO_INDEX: it is an entry */
    uint64_t work;
} Traffic;

/* --- paths for messages */

/* From an entry to the node, along the strongest contributions. */
static char *path_to(const Traffic *traffic, uint32_t node)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    while (node != NO_INDEX && g_hash_table_add(seen, GUINT_TO_POINTER(node + 1))) {
        g_array_append_val(nodes, node);
        node = traffic->contributor[node];
    }
    for (guint i = 0; i < nodes->len / 2; i++) {
        uint32_t *other = &g_array_index(nodes, uint32_t, nodes->len - 1 - i);
        uint32_t kept = g_array_index(nodes, uint32_t, i);
        g_array_index(nodes, uint32_t, i) = *other;
        *other = kept;
    }
    char *text = call_graph_path(traffic->topology, nodes);
    g_hash_table_destroy(seen);
    g_array_free(nodes, TRUE);
    return text;
}

static char *cycle_at(const Traffic *traffic, uint32_t node)
{
    GArray *nodes = graph_cycle(&traffic->graph, traffic->component, node);
    char *text = call_graph_path(traffic->topology, nodes);
    g_array_free(nodes, TRUE);
    return text;
}

/* --- solving for one workload */

typedef enum Verdict { TRAFFIC_FINE, TRAFFIC_TOO_MUCH, TRAFFIC_ENDLESS } Verdict;

static void contribute(Traffic *traffic, const GraphEdge *edge, double amount, double *to)
{
    to[edge->to] += amount;
    if (amount > traffic->strongest[edge->to]) {
        traffic->strongest[edge->to] = amount;
        traffic->contributor[edge->to] = edge->from;
    }
}

/* What leaves the node for other components. */
static void push_out(Traffic *traffic, uint32_t node)
{
    const Graph *graph = &traffic->graph;
    if (!(traffic->visits[node] > 0))
        return;
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        const GraphEdge *edge = graph_edge(graph, i);
        if (traffic->component[edge->to] != traffic->component[node])
            contribute(traffic, edge, traffic->visits[node] * edge->weight, traffic->visits);
    }
}

/* One more round of calls inside a component; returns their expected number. */
static double go_round(Traffic *traffic, const uint32_t *nodes, uint32_t count)
{
    const Graph *graph = &traffic->graph;
    double sum = 0;
    for (uint32_t n = 0; n < count; n++)
        traffic->next[nodes[n]] = 0;
    for (uint32_t n = 0; n < count; n++) {
        uint32_t node = nodes[n];
        traffic->work += graph->first[node + 1] - graph->first[node] + 1;
        for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            const GraphEdge *edge = graph_edge(graph, i);
            if (traffic->component[edge->to] == traffic->component[node])
                contribute(traffic, edge, traffic->round[node] * edge->weight, traffic->next);
        }
    }
    for (uint32_t n = 0; n < count; n++) {
        traffic->round[nodes[n]] = traffic->next[nodes[n]];
        traffic->visits[nodes[n]] += traffic->next[nodes[n]];
        sum += traffic->next[nodes[n]];
    }
    return sum;
}

static Verdict solve_component(Traffic *traffic, const uint32_t *nodes, uint32_t count,
                               uint32_t *culprit)
{
    double all = 0;
    for (uint32_t n = 0; n < count; n++) {
        traffic->round[nodes[n]] = traffic->visits[nodes[n]];
        all += traffic->visits[nodes[n]];
    }
    *culprit = nodes[0];
    if (!(all <= CALLS_EXPECTED_MAX))
        return TRAFFIC_TOO_MUCH;
    for (double round = all; round > SETTLED * all;) {
        round = go_round(traffic, nodes, count);
        all += round;
        for (uint32_t n = 0; n < count; n++) {
            if (traffic->visits[nodes[n]] > traffic->visits[*culprit])
                *culprit = nodes[n];
        }
        if (!(all <= CALLS_EXPECTED_MAX) || traffic->work > WORK_MAX)
            return TRAFFIC_ENDLESS;
    }
    return TRAFFIC_FINE;
}

static void enter(Traffic *traffic, const WorkloadConfig *workload)
{
    for (uint32_t node = 0; node < traffic->graph.node_count; node++) {
        traffic->visits[node] = 0;
        traffic->strongest[node] = 0;
        traffic->contributor[node] = NO_INDEX;
    }
    for (uint32_t i = 0; i < workload->site_count; i++) {
        const CallSite *site = &traffic->topology->call_sites[workload->sites[i]];
        const LinkConfig *link = &traffic->topology->links[site->link];
        uint32_t node = link->via == NO_INDEX ? site->operation
                                              : call_graph_broker(traffic->topology, link->via);
        double before = i == 0 ? 0 : workload->weights[i - 1];
        traffic->visits[node] += workload->weights[i] - before;
        traffic->strongest[node] = traffic->visits[node];
    }
}

static Verdict solve(Traffic *traffic, const WorkloadConfig *workload, uint32_t *culprit)
{
    double all = 0;
    enter(traffic, workload);
    for (uint32_t c = 0; c < traffic->components; c++) {
        const uint32_t *nodes = traffic->order + traffic->starts[c];
        uint32_t count = traffic->starts[c + 1] - traffic->starts[c];
        Verdict verdict = solve_component(traffic, nodes, count, culprit);
        if (verdict != TRAFFIC_FINE)
            return verdict;
        for (uint32_t n = 0; n < count; n++) {
            all += traffic->visits[nodes[n]];
            push_out(traffic, nodes[n]);
        }
        if (!(all <= CALLS_EXPECTED_MAX))
            return TRAFFIC_TOO_MUCH;
    }
    return TRAFFIC_FINE;
}

/* --- all workloads */

static void report(ReadContext *context, const Traffic *traffic, const WorkloadConfig *workload,
                   Verdict verdict, uint32_t culprit)
{
    Spec place;
    g_autofree char *path =
        verdict == TRAFFIC_ENDLESS ? cycle_at(traffic, culprit) : path_to(traffic, culprit);
    if (!spec_member(&context->draft->workloads_spec, workload->name, &place))
        return;
    if (verdict == TRAFFIC_ENDLESS)
        spec_problem(&place,
                     "calls go round in a circle that does not come to an end: %s; let one of them "
                     "be made with a probability",
                     path);
    else
        spec_problem(&place,
                     "one request would make more than %d calls, over %s; have fewer of them, or "
                     "smaller loops",
                     (int)CALLS_EXPECTED_MAX, path);
}

static void traffic_init(Traffic *traffic, const Topology *topology)
{
    *traffic = (Traffic){.topology = topology};
    call_graph_init(&traffic->graph, topology);
    gsize count = MAX(traffic->graph.node_count, 1u);
    traffic->component = g_new0(uint32_t, count);
    traffic->order = g_new0(uint32_t, count);
    traffic->starts = g_new0(uint32_t, count + 1);
    traffic->contributor = g_new0(uint32_t, count);
    traffic->visits = g_new0(double, count);
    traffic->round = g_new0(double, count);
    traffic->next = g_new0(double, count);
    traffic->strongest = g_new0(double, count);
    traffic->components = graph_order(&traffic->graph, traffic->order, traffic->starts);
    for (uint32_t c = 0; c < traffic->components; c++) {
        for (uint32_t i = traffic->starts[c]; i < traffic->starts[c + 1]; i++)
            traffic->component[traffic->order[i]] = c;
    }
}

static void traffic_clear(Traffic *traffic)
{
    graph_clear(&traffic->graph);
    g_free(traffic->component);
    g_free(traffic->order);
    g_free(traffic->starts);
    g_free(traffic->contributor);
    g_free(traffic->visits);
    g_free(traffic->round);
    g_free(traffic->next);
    g_free(traffic->strongest);
}

void traffic_solve(ReadContext *context)
{
    Topology *topology = context->draft->topology;
    uint32_t operations = topology->operation_count;
    if ((uint64_t)topology->workload_count * operations > PAIRS_MAX) {
        spec_problem(&context->draft->workloads_spec,
                     "must not make more than %u pairs of workloads and operations", PAIRS_MAX);
        return;
    }
    double *visits =
        arena_take(topology->arena, (size_t)topology->workload_count * operations, sizeof *visits);
    Traffic traffic;
    traffic_init(&traffic, topology);
    for (uint32_t w = 0; w < topology->workload_count; w++) {
        uint32_t culprit;
        Verdict verdict = solve(&traffic, &topology->workloads[w], &culprit);
        if (verdict != TRAFFIC_FINE)
            report(context, &traffic, &topology->workloads[w], verdict, culprit);
        memcpy(visits + (size_t)w * operations, traffic.visits, operations * sizeof *visits);
    }
    traffic_clear(&traffic);
    topology->visits = visits;
}
