/* Replies of mode async_reply: what is asked by a message is answered by a message.
 *
 * A request carries an Address: the call that waits for the reply, as a correlation id does. Only
 * the operation itself answers. A message that is refused, lost or given back is not answered, and
 * its caller learns so by its timeout. A reply to an attempt that is over finds nobody: it is
 * dropped. */
#include <glib.h>

#include "models/world/network.h"

/* On its way through a queue that no service consumes: the callers take the replies at once. It
 * keeps the request alive, but what becomes of it is no work. */
typedef struct Reply {
    EventId event;
    SimTime sent, published;
    uint64_t visit;
    int64_t size; /* bytes */
    Address to;
    uint32_t request, broker;
    uint8_t outcome;
    bool is_degraded, is_published, is_live;
} Reply;

static Reply *reply_at(const World *world, uint32_t handle)
{
    return slab_at(&world->replies, handle);
}

Address call_address(const World *world, const Call *call)
{
    if (call->is_publication || !world->sites[call->site].link->is_answered)
        return (Address){0};
    return (Address){.call = call->self, .serial = call->serial, .site = call->site};
}

/* --- who is asked */

/* Addresses of frames lie apart: few frames have any. */
static Address *address_of(World *world, const Frame *frame)
{
    if (frame->self >= world->addresses_room) {
        world->addresses_room = world->frames.chunk_count * SLAB_CHUNK_SIZE;
        world->addresses = g_renew(Address, world->addresses, world->addresses_room);
    }
    return &world->addresses[frame->self];
}

void frame_expect_reply(World *world, Frame *frame, Address address)
{
    if (address.call == SLAB_NONE ||
        world->sites[address.site].config->operation != frame->operation)
        return;
    frame->answers = true;
    *address_of(world, frame) = address;
}

/* --- the way of a reply */

static void report(World *world, const Reply *reply, MessageEvent event)
{
    MessageRecord record = {
        .event = event,
        .subscription = world->topology->brokers[reply->broker].first_subscription,
        .consumer = NO_INDEX,
        .tag = request_at(world, reply->request)->tag,
        .published = reply->published,
        .entered = world_now(world),
        .leaves_queue = event == MESSAGE_DELIVERED,
        .time = world_now(world),
    };
    world->observer.message(world->observer.context, &record);
}

/* Into its queue, and out of it. */
static void travel(World *world, uint32_t handle, bool is_in)
{
    Reply *reply = reply_at(world, handle);
    const BrokerConfig *broker = &world->topology->brokers[reply->broker];
    const Distribution *latency = is_in ? broker->publish_latency : broker->delivery_latency;
    uint64_t key = is_in ? world->broker_keys[reply->broker].publish
                         : world->subscriptions[broker->first_subscription].delivery_key;
    SimTime takes = network_gate(world, broker, reply->size, is_in);
    if (latency != NULL)
        takes +=
            world_draw(world, latency, key, request_at(world, reply->request)->id, reply->visit);
    reply->event = engine_schedule(&world->engine, world_now(world) + takes, EVENT_COMPLETION,
                                   EVENT_REPLY, handle);
}

/* Nothing where the frame came straight from a call that is over. */
static int64_t size_of(const World *world, const Frame *frame, Ref asker)
{
    if (frame->origin == ORIGIN_MESSAGE)
        return world->sites[world->addresses[frame->self].site].config->response_size;
    const Call *call = call_at(world, asker.handle);
    return call->serial == asker.serial ? world->sites[call->site].config->response_size : 0;
}

static void send_through(World *world, const Frame *frame, uint32_t broker, Outcome outcome)
{
    if (!slab_has_room(&world->replies)) {
        world->stop = STOP_IN_FLIGHT;
        return;
    }
    Ref asker = frame_asker(world, frame);
    uint32_t handle = slab_take(&world->replies);
    *reply_at(world, handle) = (Reply){.sent = world_now(world),
                                       .visit = frame->visit,
                                       .size = size_of(world, frame, asker),
                                       .to = {.call = asker.handle, .serial = asker.serial},
                                       .request = frame->request,
                                       .broker = broker,
                                       .outcome = (uint8_t)outcome,
                                       .is_degraded = frame->is_degraded,
                                       .is_live = true};
    request_at(world, frame->request)->work++;
    travel(world, handle, true);
}

void reply_send(World *world, Frame *frame, Outcome outcome)
{
    uint32_t broker = frame_link(world, frame)->config->reply_via;
    if (broker == NO_INDEX)
        call_reply(world, frame, outcome);
    else if (frame->origin != ORIGIN_MESSAGE || outcome == OUTCOME_SUCCESS)
        send_through(world, frame, broker, outcome);
}

/* Its queue cannot be reached: it never was there, and its caller learns so by the timeout. */
static void forget(World *world, uint32_t handle)
{
    Reply *reply = reply_at(world, handle);
    reply->is_live = false;
    slab_give(&world->replies, handle);
    request_release_since(world, reply->request, reply->sent);
}

/* The call that the reply is for; NULL if nobody waits any more. */
static Call *caller_of(const World *world, const Reply *reply)
{
    Call *call = call_at(world, reply->to.call);
    return call->serial == reply->to.serial ? call : NULL;
}

static void end(World *world, uint32_t handle)
{
    Reply *reply = reply_at(world, handle);
    Call *call = caller_of(world, reply);
    Outcome outcome = (Outcome)reply->outcome;
    report(world, reply, call != NULL ? MESSAGE_ACKNOWLEDGED : MESSAGE_DROPPED);
    if (call != NULL)
        call->is_degraded = reply->is_degraded;
    reply->is_live = false;
    slab_give(&world->replies, handle);
    request_release_since(world, reply->request, reply->sent);
    if (call != NULL)
        call_attempt_ended(world, call, outcome);
}

void reply_event(World *world, uint32_t handle)
{
    Reply *reply = reply_at(world, handle);
    reply->event = 0;
    if (reply->is_published) {
        end(world, handle);
        return;
    }
    const BrokerConfig *broker = &world->topology->brokers[reply->broker];
    if (world->subscriptions[broker->first_subscription].is_down) {
        forget(world, handle);
        return;
    }
    reply->is_published = true;
    reply->published = world_now(world);
    report(world, reply, MESSAGE_PUBLISHED);
    report(world, reply, MESSAGE_DELIVERED);
    travel(world, handle, false);
}

EventId *reply_event_held(const World *world, uint32_t handle)
{
    return &reply_at(world, handle)->event;
}

const Frame *reply_taker(const World *world, uint32_t handle)
{
    const Reply *reply = reply_at(world, handle);
    const Call *call = reply->is_published ? caller_of(world, reply) : NULL;
    return call == NULL || call->caller == CALLER_USER ? NULL : frame_at(world, call->from);
}

/* --- the beginning and the end */

void replies_build(World *world)
{
    slab_init(&world->replies, sizeof(Reply));
    for (uint32_t i = 0; i < world->topology->link_count; i++) {
        if (world->links[i].is_answered)
            world->abandoned = 1; /* who gives up is not told to the callee: it must always look */
    }
}

void replies_demolish(World *world)
{
    slab_clear(&world->replies);
    g_free(world->addresses);
}

void replies_unfinished(World *world)
{
    for (uint32_t i = 1; i <= world->replies.used; i++) {
        const Reply *reply = reply_at(world, i);
        if (reply->is_live && reply->is_published)
            report(world, reply, MESSAGE_UNFINISHED);
    }
}
