#include "models/key_tables.h"

#include <string.h>

#include "models/arrival/arrival.h"
#include "models/backoff/backoff.h"
#include "models/balancer/balancer.h"
#include "models/fault/fault.h"
#include "models/reader/steps.h"
#include "models/reader/tables.h"

static const Key no_keys[] = {{.name = NULL}};

const KeyTable key_tables[] = {
    {"topology", "", "the whole file", root_keys, NULL},
    {"simulation", "/simulation", "how long, how often, with which chance", simulation_keys, NULL},
    {"service", "/services/<service>", "what answers", service_keys, NULL},
    {"operation", "/services/<service>/operations/<operation>", "what can be called",
     operation_keys, NULL},
    {"choice", ".../choose/<n>", "a branch of choose", choice_keys, NULL},
    {"link", "/links/<caller -> callee>", "how a caller reaches a callee", link_keys, NULL},
    {"load_balancing", "/links/<link>/load_balancing", "which replica an attempt goes to",
     balancing_keys, &balancer_family},
    {"connection_pool", "/links/<link>/connection_pool", "connections to the callee", pool_keys,
     NULL},
    {"backoff", "/links/<link>/retry_policy/backoff", "how long a retry waits", no_keys,
     &backoff_family},
    {"broker", "/brokers/<broker>", "a queue, a topic or a stream", broker_keys, NULL},
    {"subscription", "/brokers/<topic>/subscriptions/<subscription>", "a copy of every message",
     subscription_keys, NULL},
    {"consumer", "/brokers/<broker>/consumers/<operation>", "who takes messages", consumer_keys,
     NULL},
    {"consumer_group", "/brokers/<stream>/consumer_groups/<group>",
     "consumers that share the partitions of a stream", consumer_group_keys, NULL},
    {"workload", "/workloads/<workload>", "who asks, and how often", workload_keys, NULL},
    {"arrival", "/workloads/<workload>/arrival", "when requests come", arrival_part_keys,
     &arrival_family},
    {"fault", "/faults/<fault>", "what goes wrong", fault_keys, &fault_family},
    {"slo", "/slos/<slo>", "an objective", slo_keys, NULL},
    {"design", "/designs/<design>", "a variant of the file", design_keys, NULL},
    {.name = NULL},
};

const KeyTable *key_table_find(const char *name)
{
    const KeyTable *table = key_tables;
    while (table->name != NULL && strcmp(table->name, name) != 0)
        table++;
    return table->name != NULL ? table : NULL;
}

bool verb_keys_get(size_t position, VerbKeys *verb)
{
    for (size_t i = 0; i < position; i++) {
        if (verbs[i] == NULL)
            return false;
    }
    if (verbs[position] == NULL)
        return false;
    *verb = (VerbKeys){verbs[position]->name, verbs[position]->summary, verbs[position]->keys};
    return true;
}
