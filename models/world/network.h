/* The way between a caller and a callee: latency, loss, bandwidth. In line is what every message
 * meets; the rest is in network.c. A message's draws are named by the request and the visit. */
#ifndef TOPPLE_MODELS_WORLD_NETWORK_H
#define TOPPLE_MODELS_WORLD_NETWORK_H

#include "models/world/internal.h"

bool network_may_lose(World *world, const Link *link, uint64_t request, uint64_t visit,
                      bool is_request, SimTime *late);
SimTime network_transfer_time(World *world, const Link *link, const Call *call, int64_t size,
                              bool is_request);
SimTime network_gate_time(World *world, uint32_t gate, int64_t size, bool is_in);
SimTime network_injected_delay(World *world, const Link *link, uint64_t request, uint64_t visit);

/* Whether the message never arrives. If it does, *late grows by what retransmissions take. */
static inline bool network_loses(World *world, const Link *link, uint64_t request, uint64_t visit,
                                 bool is_request, SimTime *late)
{
    return link->may_lose && network_may_lose(world, link, request, visit, is_request, late);
}

/* From now until the last byte of the message has left. */
static inline SimTime network_transfer(World *world, const Link *link, const Call *call,
                                       int64_t size, bool is_request)
{
    return link->ns_per_byte > 0 ? network_transfer_time(world, link, call, size, is_request) : 0;
}

/* From now until the last byte of the message has entered, or left, the broker. */
static inline SimTime network_gate(World *world, const BrokerConfig *broker, int64_t size,
                                   bool is_in)
{
    return broker->bandwidth > 0 ? network_gate_time(world, broker->gate, size, is_in) : 0;
}

/* Latency both ways at once: the two draws share what one block of the generator gives. `back` may
 * be NULL. */
static inline SimTime network_latency(World *world, const Link *link, uint64_t request,
                                      uint64_t visit, SimTime *back)
{
    const Distribution *latency = link->config->latency;
    if (back != NULL)
        *back = 0;
    if (latency == NULL)
        return 0;
    gsl_rng *rng = sim_rng_at(&world->rng, link->keys.latency, request, visit);
    SimTime way = distribution_draw(latency, rng);
    if (back != NULL)
        *back = distribution_draw(latency, rng);
    return way;
}

/* Of a request, once it has left; *back gets the latency of the reply. */
static inline SimTime network_way(World *world, const Link *link, uint64_t request, uint64_t visit,
                                  SimTime *back)
{
    SimTime time = network_latency(world, link, request, visit, back);
    return link->is_faulty ? time + network_injected_delay(world, link, request, visit) : time;
}

#endif
