#include "models/reader/graph.h"

#include <string.h>

void graph_init(Graph *graph, uint32_t node_count)
{
    graph->node_count = node_count;
    graph->edges = g_array_new(FALSE, FALSE, sizeof(GraphEdge));
    graph->first = g_new0(uint32_t, (gsize)node_count + 1);
}

void graph_clear(Graph *graph)
{
    g_array_free(graph->edges, TRUE);
    g_free(graph->first);
}

void graph_add(Graph *graph, uint32_t from, uint32_t to, double weight)
{
    const GraphEdge edge = {from, to, weight};
    g_array_append_val(graph->edges, edge);
}

/* Counting sort by `from`, which keeps the order of a node's edges. */
void graph_close(Graph *graph)
{
    uint32_t count = graph->edges->len;
    uint32_t *first = graph->first;
    for (uint32_t i = 0; i < count; i++)
        first[graph_edge(graph, i)->from + 1]++;
    for (uint32_t node = 0; node < graph->node_count; node++)
        first[node + 1] += first[node];
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(GraphEdge), count);
    g_array_set_size(sorted, count);
    uint32_t *next = g_new(uint32_t, (gsize)graph->node_count + 1);
    memcpy(next, first, graph->node_count * sizeof *next);
    for (uint32_t i = 0; i < count; i++) {
        const GraphEdge *edge = graph_edge(graph, i);
        g_array_index(sorted, GraphEdge, next[edge->from]++) = *edge;
    }
    g_free(next);
    g_array_free(graph->edges, TRUE);
    graph->edges = sorted;
}

/* --- components */

#define UNSEEN 0u

typedef struct Search {
    const Graph *graph;
    uint32_t *component;
    uint32_t *order; /* of discovery, from 1 */
    uint32_t *low;   /* smallest order that can be reached within the component */
    uint32_t *edge;  /* the next one to look at */
    uint32_t *path;  /* from the root of the search to the current node */
    uint32_t *open;  /* nodes whose component is not known */
    bool *is_open;
    uint32_t depth, open_count, discovered, components;
} Search;

static void discover(Search *search, uint32_t node)
{
    search->order[node] = search->low[node] = ++search->discovered;
    search->edge[node] = search->graph->first[node];
    search->path[search->depth++] = node;
    search->open[search->open_count++] = node;
    search->is_open[node] = true;
}

static void close_component(Search *search, uint32_t root)
{
    uint32_t node;
    do {
        node = search->open[--search->open_count];
        search->is_open[node] = false;
        search->component[node] = search->components;
    } while (node != root);
    search->components++;
}

static void leave(Search *search, uint32_t node)
{
    search->depth--;
    if (search->low[node] == search->order[node])
        close_component(search, node);
    if (search->depth == 0)
        return;
    uint32_t parent = search->path[search->depth - 1];
    search->low[parent] = MIN(search->low[parent], search->low[node]);
}

static void advance(Search *search, uint32_t node)
{
    if (search->edge[node] == search->graph->first[node + 1]) {
        leave(search, node);
        return;
    }
    uint32_t to = graph_edge(search->graph, search->edge[node]++)->to;
    if (search->order[to] == UNSEEN)
        discover(search, to);
    else if (search->is_open[to])
        search->low[node] = MIN(search->low[node], search->order[to]);
}

uint32_t graph_components(const Graph *graph, uint32_t *component)
{
    gsize count = (gsize)graph->node_count + 1;
    Search search = {.graph = graph, .component = component};
    uint32_t *memory = g_new0(uint32_t, 5 * count);
    search.order = memory;
    search.low = memory + count;
    search.edge = memory + 2 * count;
    search.path = memory + 3 * count;
    search.open = memory + 4 * count;
    search.is_open = g_new0(bool, count);
    for (uint32_t node = 0; node < graph->node_count; node++) {
        if (search.order[node] == UNSEEN)
            discover(&search, node);
        while (search.depth > 0)
            advance(&search, search.path[search.depth - 1]);
    }
    g_free(memory);
    g_free(search.is_open);
    return search.components;
}

/* A counting sort by component, the highest number first. */
uint32_t graph_order(const Graph *graph, uint32_t *order, uint32_t *starts)
{
    uint32_t count = graph->node_count;
    uint32_t *component = g_new0(uint32_t, (gsize)count + 1);
    uint32_t components = graph_components(graph, component);
    memset(starts, 0, ((gsize)components + 1) * sizeof *starts);
    for (uint32_t node = 0; node < count; node++)
        starts[components - component[node]]++;
    for (uint32_t c = 0; c < components; c++)
        starts[c + 1] += starts[c];
    for (uint32_t node = count; node-- > 0;)
        order[--starts[components - component[node]]] = node;
    for (uint32_t c = 0; c < components; c++)
        starts[c] = starts[c + 1];
    starts[components] = count;
    g_free(component);
    return components;
}

static const GraphEdge *heaviest(const Graph *graph, const uint32_t *component, uint32_t node)
{
    const GraphEdge *best = NULL;
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        const GraphEdge *edge = graph_edge(graph, i);
        if (component[edge->to] == component[node] && (best == NULL || edge->weight > best->weight))
            best = edge;
    }
    return best;
}

GArray *graph_cycle(const Graph *graph, const uint32_t *component, uint32_t node)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    g_array_append_val(nodes, node);
    while (g_hash_table_add(seen, GUINT_TO_POINTER(node + 1))) {
        const GraphEdge *edge = heaviest(graph, component, node);
        if (edge == NULL)
            break;
        node = edge->to;
        g_array_append_val(nodes, node);
    }
    g_hash_table_destroy(seen);
    return nodes;
}
