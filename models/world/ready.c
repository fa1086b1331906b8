/* What waits in a queue or a subscription.
 *
 * Those that can be delivered stand in lines, one for each priority, in order of arrival. A fifo
 * queue lets only one message of a key out of its hands at a time: the others of the key are held
 * back, in order, and count among those that wait. */
#include <glib.h>

#include "models/world/broker.h"
#include "models/world/timer.h"

#define KEYS_FIRST 16u

/* --- lines */

static void line_insert(World *world, uint32_t handle, bool at_head)
{
    Message *message = message_at(world, handle);
    Subscription *subscription = subscription_of(world, message);
    ReadyLine *line = &subscription->lines[message->priority];
    uint32_t *near_end = at_head ? &line->first : &line->last;
    uint32_t *far_end = at_head ? &line->last : &line->first;
    uint32_t neighbour = *near_end;
    message->next = at_head ? neighbour : SLAB_NONE;
    message->previous = at_head ? SLAB_NONE : neighbour;
    if (neighbour == SLAB_NONE)
        *far_end = handle;
    else if (at_head)
        message_at(world, neighbour)->previous = handle;
    else
        message_at(world, neighbour)->next = handle;
    *near_end = handle;
    if (subscription->offered++ == 0)
        subscription->offered_since = world_now(world);
    if (message->priority > subscription->top)
        subscription->top = message->priority;
}

uint32_t ready_first(const Subscription *subscription)
{
    return subscription->lines[subscription->top].first;
}

uint32_t ready_take(World *world, Subscription *subscription)
{
    ReadyLine *line = &subscription->lines[subscription->top];
    uint32_t handle = line->first;
    Message *message = message_at(world, handle);
    line->first = message->next;
    if (message->next == SLAB_NONE)
        line->last = SLAB_NONE;
    else
        message_at(world, message->next)->previous = SLAB_NONE;
    subscription->offered--;
    subscription->depth--;
    while (subscription->top > 0 && subscription->lines[subscription->top].first == SLAB_NONE)
        subscription->top--;
    return handle;
}

/* --- keys */

/* Key 0 is that of messages without one. */
static KeyState *key_state(Subscription *subscription, uint32_t key)
{
    if (key >= subscription->key_room) {
        uint32_t room = MAX(subscription->key_room, KEYS_FIRST);
        while (room <= key)
            room *= 2;
        subscription->keys = g_renew(KeyState, subscription->keys, room);
        for (uint32_t i = subscription->key_room; i < room; i++)
            subscription->keys[i] = (KeyState){0};
        subscription->key_room = room;
    }
    return &subscription->keys[key];
}

/* Whether it is the message's turn among those of its key; if not it is held back. */
static bool take_turn(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    KeyState *key = key_state(subscription_of(world, message), message->key);
    if (!key->is_taken) {
        key->is_taken = true;
        message->has_turn = true;
        return true;
    }
    message->next = SLAB_NONE;
    if (key->last == SLAB_NONE)
        key->first = handle;
    else
        message_at(world, key->last)->next = handle;
    key->last = handle;
    return false;
}

void ready_insert(World *world, uint32_t handle, bool at_head)
{
    Message *message = message_at(world, handle);
    Subscription *subscription = subscription_of(world, message);
    subscription->depth++;
    message->state = MESSAGE_READY;
    message->entered = world_now(world);
    if (!subscription->backlog->fifo || message->has_turn || take_turn(world, handle))
        line_insert(world, handle, at_head);
}

void ready_release(World *world, const Message *message)
{
    if (!message->has_turn)
        return;
    KeyState *key = key_state(subscription_of(world, message), message->key);
    uint32_t next = key->first;
    key->is_taken = next != SLAB_NONE;
    if (next == SLAB_NONE)
        return;
    key->first = message_at(world, next)->next;
    if (key->first == SLAB_NONE)
        key->last = SLAB_NONE;
    message_at(world, next)->has_turn = true;
    line_insert(world, next, false);
}

bool ready_is_overtaken(World *world, const Message *message)
{
    KeyState *key = key_state(subscription_of(world, message), message->key);
    if (message->sequence < key->newest_done)
        return true;
    key->newest_done = message->sequence;
    return false;
}

/* --- what is not kept */

bool ready_is_heard(const World *world, const Subscription *subscription)
{
    if (subscription->backlog->delivery != DELIVERY_AT_MOST_ONCE)
        return true;
    if (subscription->is_down)
        return false;
    for (uint32_t i = 0; i < subscription->slot_count; i++) {
        uint32_t replica = world->slots[subscription->first_slot + i].replica;
        if (!world->replicas[replica].is_down)
            return true;
    }
    return false;
}

void ready_lose_unheard(World *world, Subscription *subscription)
{
    if (ready_is_heard(world, subscription))
        return;
    while (subscription->offered > 0) {
        uint32_t handle = ready_take(world, subscription);
        message_report(world, message_at(world, handle), MESSAGE_LOST, true);
        message_end(world, handle);
        publish_admit(world, subscription);
    }
}

/* --- time to live */

static SimTime expiry_of(const World *world, const Subscription *subscription)
{
    return message_at(world, ready_first(subscription))->published +
           subscription->backlog->message_ttl;
}

/* Those whose time is up leave when they come to the head, as in RabbitMQ: what is delivered, and
 * what stands behind a message that is not expired, keeps its place. */
static void expire(World *world, Subscription *subscription, SimTime until)
{
    while (subscription->offered > 0 && expiry_of(world, subscription) <= until) {
        uint32_t handle = ready_take(world, subscription);
        message_report(world, message_at(world, handle), MESSAGE_EXPIRED, true);
        message_bury(world, handle, subscription->backlog->dead_letter);
        publish_admit(world, subscription);
    }
}

static void arm_expiry(World *world, Subscription *subscription)
{
    SimTime due = expiry_of(world, subscription);
    if (due > world_drain_limit(world) ||
        (timer_is_set(world, subscription->expiry_timer) && subscription->expiry_due <= due))
        return;
    subscription->expiry_due = due;
    timer_set(world, subscription->expiry_timer, due, EVENT_TIMEOUT);
}

/* At its very last moment a message can still be delivered. */
void ready_expire(World *world, uint32_t index)
{
    Subscription *subscription = &world->subscriptions[index];
    if (subscription->backlog->message_ttl == 0)
        return;
    expire(world, subscription, world_now(world) - 1);
    if (subscription->offered > 0)
        arm_expiry(world, subscription);
}

void ready_expiry_event(World *world, uint32_t index)
{
    Subscription *subscription = &world->subscriptions[index];
    if (subscription->is_down)
        return; /* it looks when it is back */
    expire(world, subscription, world_now(world));
    subscription_touch(world, index);
}
