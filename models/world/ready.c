/* What waits in a queue. */
#include "models/world/broker.h"

void message_report(World *world, const Message *message, MessageEvent event, bool leaves_queue)
{
    MessageRecord record = {
        .event = event,
        .subscription = message->subscription,
        .consumer = message->slot == NO_INDEX ? NO_INDEX : world->slots[message->slot].consumer,
        .tag = request_at(world, message->request)->tag,
        .depth = subscription_of(world, message)->depth,
        .published = message->published,
        .entered = message->entered,
        .leaves_queue = leaves_queue,
        .time = world_now(world),
    };
    world->observer.message(world->observer.context, &record);
}

/* --- the ready messages: a list, oldest first */

void ready_insert(World *world, uint32_t handle, bool at_head)
{
    Message *message = message_at(world, handle);
    Subscription *subscription = subscription_of(world, message);
    uint32_t *near_end = at_head ? &subscription->first : &subscription->last;
    uint32_t *far_end = at_head ? &subscription->last : &subscription->first;
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
    subscription->depth++;
    message->state = MESSAGE_READY;
    message->entered = world_now(world);
}

uint32_t ready_take(World *world, Subscription *subscription)
{
    uint32_t handle = subscription->first;
    Message *message = message_at(world, handle);
    subscription->first = message->next;
    if (message->next == SLAB_NONE)
        subscription->last = SLAB_NONE;
    else
        message_at(world, message->next)->previous = SLAB_NONE;
    subscription->depth--;
    return handle;
}
