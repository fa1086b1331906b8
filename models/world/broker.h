/* Queues and topics. Private to models/world/: publish.c, ready.c, broker.c, consumer.c.
 *
 * A message counts as a piece of its request's work from when it is sent to its end. */
#ifndef TOPPLE_MODELS_WORLD_BROKER_H
#define TOPPLE_MODELS_WORLD_BROKER_H

#include "models/world/internal.h"

static inline Subscription *subscription_of(World *world, const Message *message)
{
    return &world->subscriptions[message->subscription];
}

static inline const ConsumerConfig *slot_consumer(const World *world, const ConsumerSlot *slot)
{
    return &world->subscriptions[slot->subscription].config->consumers[slot->consumer];
}

/* `leaves_queue`: the event ends a stay among those that wait. */
void message_report(World *world, const Message *message, MessageEvent event, bool leaves_queue);
void message_forget(World *world, uint32_t handle);
/* And its piece of the request's work is over. */
void message_free(World *world, uint32_t handle);
/* The same for one that was taken in. */
void message_end(World *world, uint32_t handle);
/* It ends, and a broker gets it as a new message; NO_INDEX: none does. */
void message_bury(World *world, uint32_t handle, uint32_t broker);

/* It failed its last delivery: to the dead letters of its consumer. */
void message_refuse(World *world, uint32_t handle);
/* It failed, or was not acknowledged in time: back to the queue, if it may come again. */
void message_requeue(World *world, uint32_t handle);

/* Deliveries follow when the current event has been dealt with. */
void subscription_touch(World *world, uint32_t subscription);
void slot_touch(World *world, uint32_t slot); /* likewise the work on what is buffered */

/* --- ready.c: what waits for a consumer */

void ready_insert(World *world, uint32_t handle, bool at_head);
/* Who is next, of those that can be delivered; there is one. */
uint32_t ready_first(const Subscription *subscription);
uint32_t ready_take(World *world, Subscription *subscription);
/* The message is over: the next of its key can be delivered. */
void ready_release(World *world, const Message *message);
/* Lets go of those at the head whose time is up, and sets the clock for the next. */
void ready_expire(World *world, uint32_t subscription);
void ready_expiry_event(World *world, uint32_t subscription);

/* Whether another of its key has been dealt with before it that came after it. To be asked once, as
 * it is dealt with. */
bool ready_is_overtaken(World *world, const Message *message);
/* Of those that are delivered at most once: somebody is there to hear them, or they are not kept.
 */
bool ready_is_heard(const World *world, const Subscription *subscription);
void ready_lose_unheard(World *world, Subscription *subscription);

/* --- consumer.c */

void slot_arrive(World *world, uint32_t message);
/* The message, on its way or buffered, goes somewhere else. */
void slot_let_go(World *world, const Message *message);
/* Its broker and its consumers have lost each other. */
void consumers_cut_off(World *world, uint32_t subscription);

/* --- publish.c */

/* What a broker is given: each subscription makes a message of its own of it. */
typedef struct Publication {
    uint64_t visit;
    uint64_t identity; /* the same when it is published again by a retry */
    int64_t size;      /* bytes */
    uint32_t request;
    uint32_t key; /* 0: none */
    uint8_t priority;
    bool may_be_repeated;
    Address reply_to;
} Publication;

static inline Publication message_publication(const Message *message)
{
    return (Publication){.visit = message->visit,
                         .identity = message->identity,
                         .size = message->size,
                         .request = message->request,
                         .key = message->key,
                         .priority = message->priority,
                         .may_be_repeated = message->may_be_repeated,
                         .reply_to = message->reply_to};
}

/* What a call publishes is known by, also when a retry of its link publishes it again. */
uint64_t publish_identity(const World *world, const Call *call);
bool publish_may_be_repeated(const World *world, const Call *call);
/* A message that is refused has never been one. */
void report_refusal(World *world, uint32_t subscription, uint32_t request);
/* The broker is gone: publishers that wait for room have lost their connection. */
void publish_cut_off(World *world, Subscription *subscription);
void broker_put(World *world, uint32_t broker, const Publication *publication);
/* There may be room now: publishers that wait for it come first come, first served. */
void publish_admit(World *world, Subscription *subscription);

#endif
