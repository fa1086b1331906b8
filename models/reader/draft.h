/* The topology in the making: lists that grow, names, and the places in the file that are asked
 * about again. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_DRAFT_H
#define TOPPLE_MODELS_READER_DRAFT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/reader/names.h"
#include "models/reader/reader.h"
#include "models/topology.h"

typedef struct Draft {
    Topology *topology;
    /* The file and its collections; a collection that is not there, or is no object, is not
     * present. Fixed in memory: other specs have them as parents. */
    Spec root, services_spec, brokers_spec, links_spec, workloads_spec, faults_spec, slos_spec;
    bool has_services, has_brokers, has_links, has_workloads, has_faults, has_slos;

    NameMap services, operations, brokers, workloads, zones;
    GArray *service_list;      /* ServiceConfig */
    GArray *operation_list;    /* OperationConfig */
    GArray *code;              /* Step */
    GArray *call_sites;        /* CallSite */
    GArray *publish_sites;     /* PublishSite */
    GArray *link_list;         /* LinkConfig */
    GArray *broker_list;       /* BrokerConfig */
    GArray *subscription_list; /* SubscriptionConfig */
    GArray *workload_list;     /* WorkloadConfig */
    GArray *fault_list;        /* FaultConfig */
    GArray *slo_list;          /* SloConfig */
    struct LinkBook *links;    /* models/reader/links.h */
    GHashTable *consumed;      /* of (broker, operation) pairs that have a consumer */
    bool is_too_large;         /* said once that there are too many steps */
} Draft;

void draft_init(Draft *draft, Topology *topology);
void draft_clear(Draft *draft);

/* Gives the lists to the topology's arena and points the topology at them. */
void draft_hand_over(Draft *draft);

/* A number for two, and a hash for such numbers: GLib's own folds the halves together, and pairs
 * are often alike in both. The tables own their keys. */
static inline gint64 draft_pair(uint32_t first, uint32_t second)
{
    return (gint64)(((uint64_t)first << 32) | second);
}
GHashTable *draft_pairs_new(void);
void draft_pairs_set(GHashTable *pairs, gint64 pair, uint32_t value);

/* A list that holds one zeroed element for each of `count` names. */
void draft_size_list(GArray *list, uint32_t count);

/* The parts, each in the file of its name. All report to the context's problems and go on. */
void simulation_read(const Spec *spec, ReadContext *context, SimulationConfig *simulation);
/* Names of services and their operations; false with a problem when they are too many to go on. */
bool services_name(ReadContext *context);
void services_read(ReadContext *context);
void brokers_read(ReadContext *context);
void slos_read(ReadContext *context);

/* Consumers of all brokers, one for each replica, and all members of groups. After services_read.
 */
uint64_t broker_slots(const Draft *draft);

/* Whether a consumer of the broker takes messages for the operation. */
bool broker_has_consumer(const Draft *draft, uint32_t broker, uint32_t operation);

/* Adds a warning: printf-like, with the place first, as "/services/cart: ...". */
void topology_warn(Topology *topology, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
