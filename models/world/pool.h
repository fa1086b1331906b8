/* Connection pools of links: models/world/pool.c. */
#ifndef TOPPLE_MODELS_WORLD_POOL_H
#define TOPPLE_MODELS_WORLD_POOL_H

#include "models/world/internal.h"

typedef struct Pool Pool;

/* key: of the draws. */
Pool *pool_new(const LinkConfig *link, uint32_t clients, uint32_t hosts, uint64_t key);
void pool_free(Pool *pool, uint32_t hosts);

/* The attempt, CALL_POOLED, has its target: call_connected follows at once or later, or it is
 * refused. */
void pool_request(World *world, Call *call, Link *link);
/* The attempt is over; OUTCOME_TIMEOUT: the caller has left, without a reply. */
void pool_leave(World *world, Call *call, Link *link, Outcome outcome);

void pool_event(World *world, uint32_t connection);
EventId *pool_event_held(const World *world, uint32_t connection);
/* The replica that the connection starts from; NO_INDEX: a workload, or all of a service. */
uint32_t pool_event_replica(const World *world, uint32_t connection);
/* It has crashed, or is back. */
void pools_replica_changed(World *world, uint32_t replica, bool is_crash);

/* How long the attempt has waited for its connection; -1: the pool had no room. */
SimTime pool_wait(const World *world, const Call *call, Outcome outcome);

void pools_build(World *world);
void pools_demolish(World *world);
char *pools_check(const World *world); /* what is wrong, or NULL */

#endif
