/* Queues and topics. Private to models/world/broker.c, publish.c and ready.c.
 *
 * A message counts as a piece of its request's work from when it is sent to its end. */
#ifndef TOPPLE_MODELS_WORLD_BROKER_H
#define TOPPLE_MODELS_WORLD_BROKER_H

#include "models/world/internal.h"

static inline Subscription *subscription_of(World *world, const Message *message)
{
    return &world->subscriptions[message->subscription];
}

/* `leaves_queue`: the event ends a stay among those that wait. */
void message_report(World *world, const Message *message, MessageEvent event, bool leaves_queue);
void message_forget(World *world, uint32_t handle);
void message_free(World *world, uint32_t handle); /* and its piece of the request's work is over */

/* Deliveries follow when the current event has been dealt with. */
void subscription_touch(World *world, uint32_t subscription);

/* --- ready.c: what waits for a consumer */

void ready_insert(World *world, uint32_t handle, bool at_head);
uint32_t ready_take(World *world, Subscription *subscription); /* the first; there is one */

/* --- publish.c */

/* There may be room now: publishers that wait for it come first come, first served. */
void publish_admit(World *world, Subscription *subscription);

#endif
