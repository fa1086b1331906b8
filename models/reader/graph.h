/* A directed graph with weights, for who calls whom how often. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_GRAPH_H
#define TOPPLE_MODELS_READER_GRAPH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct GraphEdge {
    uint32_t from, to;
    double weight;
} GraphEdge;

typedef struct Graph {
    uint32_t node_count;
    GArray *edges;   /* GraphEdge; in order of `from` once graph_close was called */
    uint32_t *first; /* node_count + 1: where a node's edges begin */
} Graph;

void graph_init(Graph *graph, uint32_t node_count);
void graph_clear(Graph *graph);
void graph_add(Graph *graph, uint32_t from, uint32_t to, double weight);
void graph_close(Graph *graph); /* no more edges */

static inline const GraphEdge *graph_edge(const Graph *graph, uint32_t index)
{
    return &g_array_index(graph->edges, GraphEdge, index);
}

/* Strongly connected components (Tarjan 1972, without recursion). component[node] is its number;
 * edges between components lead from a higher number to a lower. Returns how many there are. */
uint32_t graph_components(const Graph *graph, uint32_t *component);

/* From a node along the heaviest edges inside its component until one comes again: the nodes on the
 * way, the last of which has come before. Only the node itself if there is no such edge. */
GArray *graph_cycle(const Graph *graph, const uint32_t *component, uint32_t node);

/* Nodes by component, callers first: component i of the order is order[starts[i]] up to
 * order[starts[i + 1] - 1], in ascending order. `order` has room for the nodes, `starts` for one
 * more. Returns the number of components. */
uint32_t graph_order(const Graph *graph, uint32_t *order, uint32_t *starts);

#endif
