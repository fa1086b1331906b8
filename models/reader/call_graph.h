/* The graph of operations and brokers: who calls whom, and how often for each visit. Private to
 * models/reader/. Nodes are the operations, then the brokers. */
#ifndef TOPPLE_MODELS_READER_CALL_GRAPH_H
#define TOPPLE_MODELS_READER_CALL_GRAPH_H

#include "models/reader/graph.h"
#include "models/topology.h"

/* Expected calls and messages for each visit, without failures (no fallback is run) and retries;
 * from a broker to its consumers, for each message. */
void call_graph_init(Graph *graph, const Topology *topology);

/* Synchronous calls between operations, those of fallbacks included; each with weight 1. */
void call_graph_init_sync(Graph *graph, const Topology *topology);

uint32_t call_graph_broker(const Topology *topology, uint32_t broker); /* its node */
const char *call_graph_name(const Topology *topology, uint32_t node);

/* Names of nodes as a path, the middle of a long one left out. To be freed. */
char *call_graph_path(const Topology *topology, const GArray *nodes);

/* Visits that all replicas of a consumer can make at once. */
double call_graph_capacity(const Topology *topology, const ConsumerConfig *consumer);

/* Where the code of an operation ends: that of operation i starts at its entry, in order. */
uint32_t operation_end(const Topology *topology, uint32_t operation);

#endif
