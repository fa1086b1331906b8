/* Queues and topics: delivery to competing consumers, redelivery, dead letters.
 *
 * A delivery is named by (message, serial); what comes back from an older delivery is late and
 * changes nothing but the consumer's slot. */
#include "models/world/broker.h"
#include "models/world/network.h"
#include "models/world/timer.h"

void message_report(World *world, const Message *message, MessageEvent event, bool leaves_queue)
{
    MessageRecord record = {
        .event = event,
        .subscription = message->subscription,
        .consumer = message->slot == NO_INDEX ? NO_INDEX : world->slots[message->slot].consumer,
        .tag = message->tag,
        .depth = subscription_of(world, message)->depth,
        .published = message->published,
        .entered = message->entered,
        .leaves_queue = leaves_queue,
        .time = world_now(world),
    };
    world->observer.message(world->observer.context, &record);
}

/* --- the end of messages */

void message_forget(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    message->is_live = false;
    message->event = 0;
    message->redelivery = 0;
    message->serial++;
    if (message->visits == 0)
        slab_give(&world->messages, handle);
}

void message_free(World *world, uint32_t handle)
{
    uint32_t request = message_at(world, handle)->request;
    message_forget(world, handle);
    request_release(world, request);
}

void message_end(World *world, uint32_t handle)
{
    ready_release(world, message_at(world, handle));
    message_free(world, handle);
}

/* Deliveries and the work on what is buffered follow when the current event has been dealt with, so
 * that nothing here calls itself. */
void subscription_touch(World *world, uint32_t index)
{
    if (world->subscriptions[index].is_due)
        return;
    world->subscriptions[index].is_due = true;
    ref_queue_push(&world->due_subscriptions, index, 0);
}

/* A topic there copies it. Nobody there answers: whoever asks learns so by the timeout. */
void message_bury(World *world, uint32_t handle, uint32_t broker)
{
    const Message *message = message_at(world, handle);
    Publication publication = message_publication(message);
    publication.visit = message_next_visit(message);
    publication.reply_to = (Address){0};
    if (broker != NO_INDEX)
        broker_put(world, broker, &publication);
    message_end(world, handle);
}

static void dead_letter(World *world, uint32_t handle, uint32_t broker)
{
    message_report(world, message_at(world, handle),
                   broker == NO_INDEX ? MESSAGE_DROPPED : MESSAGE_DEAD_LETTERED, false);
    message_bury(world, handle, broker);
}

/* --- delivery */

/* As many batches may come as there are visits to begin with them. */
static bool has_idle_visit(const ConsumerSlot *slot, const ConsumerConfig *consumer)
{
    uint32_t coming = slot->in_transit + slot->buffered;
    uint32_t batches = (coming + consumer->batch_size - 1) / consumer->batch_size;
    return slot->processing + batches < consumer->concurrency;
}

static void dispatch_at(World *world, const ConsumerSlot *slot, SimTime due)
{
    if (!timer_is_set(world, slot->hand_out_timer))
        timer_set(world, slot->hand_out_timer, due, EVENT_TIMEOUT);
}

/* Who polls looks at multiples of the interval; there is nothing to see between messages, so that
 * idle polls cost no events. */
static bool poll_is_due(World *world, const ConsumerSlot *slot, SimTime interval)
{
    SimTime late = world_now(world) % interval;
    if (late == 0)
        return true;
    dispatch_at(world, slot, world_now(world) - late + interval);
    return false;
}

/* A batch is handed out when it is full, or when its first message has waited for long enough. */
static bool batch_is_due(World *world, const Subscription *subscription, uint32_t index)
{
    const ConsumerSlot *slot = &world->slots[index];
    const ConsumerConfig *consumer = slot_consumer(world, slot);
    SimTime due = subscription->offered_since + consumer->batch_window;
    if (subscription->offered >= consumer->batch_size || due <= world_now(world))
        return true;
    dispatch_at(world, slot, due);
    return false;
}

static bool slot_has_room(World *world, const Subscription *subscription, uint32_t index)
{
    const ConsumerSlot *slot = &world->slots[index];
    const ConsumerConfig *consumer = slot_consumer(world, slot);
    if (world->replicas[slot->replica].is_down)
        return false;
    bool has_room = consumer->batch_size == 1 ? slot->unacknowledged < consumer->prefetch
                                              : has_idle_visit(slot, consumer);
    if (!has_room)
        return false;
    if (consumer->poll_interval > 0)
        return poll_is_due(world, slot, consumer->poll_interval);
    return consumer->batch_size == 1 || batch_is_due(world, subscription, index);
}

/* Competing consumers take turns. NO_INDEX when none has room. */
static uint32_t next_slot(World *world, Subscription *subscription)
{
    for (uint32_t i = 0; i < subscription->slot_count; i++) {
        uint32_t turn = subscription->next_slot + i;
        if (turn >= subscription->slot_count)
            turn -= subscription->slot_count;
        if (!slot_has_room(world, subscription, subscription->first_slot + turn))
            continue;
        subscription->next_slot = turn + 1 == subscription->slot_count ? 0 : turn + 1;
        return subscription->first_slot + turn;
    }
    return NO_INDEX;
}

static SimTime travel_time(World *world, const Subscription *subscription, const Message *message)
{
    const Distribution *latency = subscription->broker->delivery_latency;
    return latency == NULL ? 0
                           : world_draw(world, latency, subscription->delivery_key,
                                        request_at(world, message->request)->id,
                                        sim_mix(message->visit, message->deliveries));
}

static void deliver(World *world, uint32_t handle, uint32_t slot_index)
{
    Message *message = message_at(world, handle);
    ConsumerSlot *slot = &world->slots[slot_index];
    message->deliveries++;
    message->serial++;
    message->slot = slot_index;
    message->state = MESSAGE_IN_TRANSIT;
    slot->unacknowledged++;
    slot->in_transit++;
    message_report(world, message, MESSAGE_DELIVERED, true);
    if (message->is_duplicate)
        message_report(world, message, MESSAGE_DUPLICATE, false);
    message->is_duplicate = false;
}

static void send_off(World *world, uint32_t handle, SimTime travel)
{
    Message *message = message_at(world, handle);
    const ConsumerSlot *slot = &world->slots[message->slot];
    message->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_ARRIVAL,
                                     EVENT_MESSAGE, handle);
    uint32_t lane = subscription_of(world, message)->lanes[slot->consumer];
    if (lane != NO_INDEX)
        message->redelivery = engine_arm(&world->engine, lane, EVENT_REDELIVERY, handle);
}

/* One message, or a batch, which travels together. */
static void hand_out(World *world, Subscription *subscription, uint32_t index)
{
    uint32_t count = slot_consumer(world, &world->slots[index])->batch_size;
    SimTime travel = 0;
    for (uint32_t i = 0; i < count && subscription->offered > 0; i++) {
        uint32_t handle = ready_take(world, subscription);
        deliver(world, handle, index);
        if (i == 0)
            travel = travel_time(world, subscription, message_at(world, handle));
        send_off(world, handle,
                 travel + network_gate(world, subscription->broker, message_at(world, handle)->size,
                                       false));
        publish_admit(world, subscription);
    }
    subscription->offered_since = world_now(world);
}

void subscription_dispatch(World *world, uint32_t index)
{
    Subscription *subscription = &world->subscriptions[index];
    subscription->is_due = false;
    if (subscription->is_down)
        return;
    ready_expire(world, index);
    while (subscription->offered > 0) {
        uint32_t slot = next_slot(world, subscription);
        if (slot == NO_INDEX)
            break;
        hand_out(world, subscription, slot);
    }
    ready_expire(world, index);
}

/* --- redelivery */

void message_refuse(World *world, uint32_t handle)
{
    const Message *message = message_at(world, handle);
    dead_letter(world, handle, slot_consumer(world, &world->slots[message->slot])->dead_letter);
}

void message_requeue(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    const ConsumerConfig *consumer = slot_consumer(world, &world->slots[message->slot]);
    message->serial++;
    message->redelivery = 0;
    message->event = 0;
    if (subscription_of(world, message)->backlog->delivery == DELIVERY_AT_MOST_ONCE) {
        message_report(world, message, MESSAGE_LOST, false);
        message_end(world, handle);
        return;
    }
    if (message->deliveries >= consumer->max_deliveries) {
        dead_letter(world, handle, consumer->dead_letter);
        return;
    }
    message_report(world, message, MESSAGE_REDELIVERED, false);
    if (consumer->redelivery_delay > 0) {
        message->state = MESSAGE_DELAYED;
        message->event =
            engine_schedule(&world->engine, world_now(world) + consumer->redelivery_delay,
                            EVENT_RETRY, EVENT_MESSAGE, handle);
        return;
    }
    ready_insert(world, handle, consumer->requeue_to == REQUEUE_HEAD);
}

void message_event(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    if (message->is_record) {
        stream_message_event(world, handle);
        return;
    }
    if (message->state == MESSAGE_SENDING) {
        publish_arrived(world, handle);
        return;
    }
    message->event = 0;
    if (message->state == MESSAGE_IN_TRANSIT) {
        slot_arrive(world, handle);
        return;
    }
    const ConsumerConfig *consumer = slot_consumer(world, &world->slots[message->slot]);
    ready_insert(world, handle, consumer->requeue_to == REQUEUE_HEAD);
    subscription_touch(world, message->subscription);
}

/* The consumer did not acknowledge in time. What it has begun it goes on with: the next delivery
 * repeats it. */
void message_redelivery_due(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    uint32_t subscription = message->subscription;
    message->is_duplicate = message->state == MESSAGE_PROCESSING;
    if (message->state == MESSAGE_IN_TRANSIT || message->state == MESSAGE_BUFFERED)
        slot_let_go(world, message);
    message_requeue(world, handle);
    subscription_touch(world, subscription);
}

/* --- brokers that are gone and come back */

static void subscription_set_down(World *world, uint32_t index, bool is_down)
{
    Subscription *subscription = &world->subscriptions[index];
    if (subscription->is_down == is_down)
        return;
    subscription->is_down = is_down;
    if (is_down) {
        publish_cut_off(world, subscription);
        consumers_cut_off(world, index);
        ready_lose_unheard(world, subscription);
    }
    subscription_touch(world, index);
}

void broker_nodes_changed(World *world, uint32_t broker, uint32_t nodes_down)
{
    const BrokerConfig *config = &world->topology->brokers[broker];
    if (config->kind == BROKER_STREAM) {
        stream_nodes_changed(world, broker, nodes_down);
        return;
    }
    for (uint32_t i = 0; i < config->subscription_count; i++)
        subscription_set_down(world, config->first_subscription + i, nodes_down > 0);
}

/* --- the end of the run */

/* What has not reached its broker was not published. */
void message_unfinished(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    if (message->is_live && message->is_record)
        stream_message_unfinished(world, message);
    else if (message->is_live && message->state != MESSAGE_SENDING &&
             message->state != MESSAGE_BLOCKED)
        message_report(world, message, MESSAGE_UNFINISHED, message->state == MESSAGE_READY);
}
