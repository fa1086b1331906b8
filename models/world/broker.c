/* Queues and topics: publishing, delivery to competing consumers, acknowledgement, redelivery, dead
 * letters.
 *
 * A message counts as a piece of its request's work from its acceptance to its end. A delivery is
 * named by (message, serial); what comes back from an older delivery is late and changes nothing
 * but the consumer's slot. */
#include "models/world/internal.h"

static Subscription *subscription_of(World *world, const Message *message)
{
    return &world->subscriptions[message->subscription];
}

static const ConsumerConfig *consumer_of(const World *world, const ConsumerSlot *slot)
{
    return &world->subscriptions[slot->subscription].config->consumers[slot->consumer];
}

static void report(World *world, const Message *message, MessageEvent event, bool leaves_queue)
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

/* A message that is refused has never been one. */
static void report_refusal(World *world, uint32_t subscription, uint32_t request)
{
    SimTime now = world_now(world);
    MessageRecord record = {.event = MESSAGE_REJECTED,
                            .subscription = subscription,
                            .consumer = NO_INDEX,
                            .tag = request_at(world, request)->tag,
                            .depth = world->subscriptions[subscription].depth,
                            .published = now,
                            .entered = now,
                            .time = now};
    world->observer.message(world->observer.context, &record);
}

/* --- the ready messages: a list, oldest first */

static void ready_insert(World *world, uint32_t handle, bool at_head)
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

static uint32_t ready_take(World *world, Subscription *subscription)
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

/* --- the end of messages */

static void message_free(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    uint32_t request = message->request;
    message->is_live = false;
    message->event = 0;
    message->redelivery = 0;
    message->serial++;
    slab_give(&world->messages, handle);
    request_release(world, request);
}

static bool accept(World *world, uint32_t subscription, uint32_t request, uint64_t visit,
                   Address reply_to);

/* Deliveries and the work on what is buffered follow when the current event has been dealt with, so
 * that nothing here calls itself. */
static void subscription_touch(World *world, uint32_t index)
{
    if (world->subscriptions[index].is_due)
        return;
    world->subscriptions[index].is_due = true;
    ref_queue_push(&world->due_subscriptions, index, 0);
}

static void slot_touch(World *world, uint32_t index)
{
    if (world->slots[index].is_due)
        return;
    world->slots[index].is_due = true;
    ref_queue_push(&world->due_slots, index, 0);
}

/* The dead-letter queue takes the message as a new one; a topic there copies it. */
static void dead_letter(World *world, uint32_t handle, uint32_t broker_index)
{
    Message *message = message_at(world, handle);
    if (broker_index == NO_INDEX) {
        report(world, message, MESSAGE_DROPPED, false);
    } else {
        report(world, message, MESSAGE_DEAD_LETTERED, false);
        broker_take(world, broker_index, message->request, message->visit);
    }
    message_free(world, handle);
}

void broker_take(World *world, uint32_t broker_index, uint32_t request, uint64_t visit)
{
    const BrokerConfig *broker = &world->topology->brokers[broker_index];
    if (broker->kind == BROKER_STREAM) {
        stream_take(world, broker_index, request, visit);
        return;
    }
    uint32_t end = broker->first_subscription + broker->subscription_count;
    for (uint32_t i = broker->first_subscription; i < end; i++)
        accept(world, i, request, visit, (Address){0});
}

/* --- delivery */

static bool slot_has_room(const World *world, const ConsumerSlot *slot)
{
    return slot->unacknowledged < consumer_of(world, slot)->prefetch &&
           !world->replicas[slot->replica].is_down;
}

/* Competing consumers take turns. NO_INDEX when none has room. */
static uint32_t next_slot(World *world, Subscription *subscription)
{
    for (uint32_t i = 0; i < subscription->slot_count; i++) {
        uint32_t turn = subscription->next_slot + i;
        if (turn >= subscription->slot_count)
            turn -= subscription->slot_count;
        if (!slot_has_room(world, &world->slots[subscription->first_slot + turn]))
            continue;
        subscription->next_slot = turn + 1 == subscription->slot_count ? 0 : turn + 1;
        return subscription->first_slot + turn;
    }
    return NO_INDEX;
}

static void deliver(World *world, uint32_t handle, uint32_t slot_index)
{
    Message *message = message_at(world, handle);
    ConsumerSlot *slot = &world->slots[slot_index];
    Subscription *subscription = subscription_of(world, message);
    message->deliveries++;
    message->serial++;
    message->slot = slot_index;
    message->state = MESSAGE_IN_TRANSIT;
    slot->unacknowledged++;
    report(world, message, MESSAGE_DELIVERED, true);
    if (message->is_duplicate)
        report(world, message, MESSAGE_DUPLICATE, false);
    message->is_duplicate = false;
    SimTime travel = 0;
    if (subscription->broker->delivery_latency != NULL)
        travel = world_draw(world, subscription->broker->delivery_latency,
                            subscription->delivery_key, request_at(world, message->request)->id,
                            sim_mix(message->visit, message->deliveries));
    message->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_ARRIVAL,
                                     EVENT_MESSAGE, handle);
    uint32_t lane = subscription->lanes[slot->consumer];
    if (lane != NO_INDEX)
        message->redelivery = engine_arm(&world->engine, lane, EVENT_REDELIVERY, handle);
}

static void publish_take(World *world, Call *call);

/* Publishers that wait for room come first come, first served; those that have left are passed
 * over. */
static void admit_blocked(World *world, Subscription *subscription)
{
    while (subscription->blocked.count > 0 &&
           subscription->depth < subscription->broker->max_length) {
        Ref ref = ref_queue_pop(&subscription->blocked);
        Call *call = call_at(world, ref.handle);
        if (call->serial == ref.serial && call->state == CALL_BLOCKED)
            publish_take(world, call);
    }
}

void subscription_dispatch(World *world, uint32_t index)
{
    Subscription *subscription = &world->subscriptions[index];
    subscription->is_due = false;
    while (subscription->depth > 0) {
        uint32_t slot = next_slot(world, subscription);
        if (slot == NO_INDEX)
            return;
        deliver(world, ready_take(world, subscription), slot);
        admit_blocked(world, subscription);
    }
}

/* --- processing */

static void process(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    ConsumerSlot *slot = &world->slots[message->slot];
    const ConsumerConfig *consumer = consumer_of(world, slot);
    Frame *frame = frame_new(world, message->request, ORIGIN_MESSAGE, handle, message->serial);
    if (frame == NULL)
        return;
    frame->operation = consumer->operation;
    frame->replica = slot->replica;
    frame->slot = message->slot;
    frame->pc = world->topology->operations[consumer->operation].entry;
    frame->visit =
        message->deliveries == 1 ? message->visit : sim_mix(message->visit, message->deliveries);
    frame_expect_reply(world, frame, message->reply_to);
    slot->processing++;
    message->state = MESSAGE_PROCESSING;
    if (consumer->ack == ACK_BEFORE_PROCESSING) {
        report(world, message, MESSAGE_ACKNOWLEDGED, false);
        message_free(world, handle);
    }
    replica_arrive(world, frame);
}

/* The consumer takes up what waits in its buffer, as far as its concurrency goes. */
void slot_process(World *world, uint32_t slot_index)
{
    if (slot_index >= world->slot_count) {
        stream_member_go_on(world, slot_index - world->slot_count);
        return;
    }
    ConsumerSlot *slot = &world->slots[slot_index];
    slot->is_due = false;
    while (slot->buffer.count > 0 && slot->processing < consumer_of(world, slot)->concurrency &&
           !world->replicas[slot->replica].is_down) {
        Ref ref = ref_queue_pop(&slot->buffer);
        const Message *message = message_at(world, ref.handle);
        if (message->serial == ref.serial && message->state == MESSAGE_BUFFERED)
            process(world, ref.handle);
    }
}

static void requeue(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    const ConsumerConfig *consumer = consumer_of(world, &world->slots[message->slot]);
    message->serial++;
    message->redelivery = 0;
    message->event = 0;
    if (message->deliveries >= consumer->max_deliveries) {
        dead_letter(world, handle, consumer->dead_letter);
        return;
    }
    report(world, message, MESSAGE_REDELIVERED, false);
    if (consumer->redelivery_delay > 0) {
        message->state = MESSAGE_DELAYED;
        message->event =
            engine_schedule(&world->engine, world_now(world) + consumer->redelivery_delay,
                            EVENT_RETRY, EVENT_MESSAGE, handle);
        return;
    }
    ready_insert(world, handle, consumer->requeue_to == REQUEUE_HEAD);
}

static void arrive(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    uint32_t slot_index = message->slot;
    ConsumerSlot *slot = &world->slots[slot_index];
    uint32_t subscription = message->subscription;
    if (world->replicas[slot->replica].is_down) {
        slot->unacknowledged--;
        requeue(world, handle);
        subscription_touch(world, subscription);
        return;
    }
    message->state = MESSAGE_BUFFERED;
    ref_queue_push(&slot->buffer, handle, message->serial);
    slot_touch(world, slot_index);
}

void message_event(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    if (message->is_record) {
        stream_message_event(world, handle);
        return;
    }
    message->event = 0;
    if (message->state == MESSAGE_IN_TRANSIT) {
        arrive(world, handle);
        return;
    }
    const ConsumerConfig *consumer = consumer_of(world, &world->slots[message->slot]);
    ready_insert(world, handle, consumer->requeue_to == REQUEUE_HEAD);
    subscription_touch(world, message->subscription);
}

/* The consumer did not acknowledge in time. What it has begun it goes on with: the next delivery
 * repeats it. */
void message_redelivery_due(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    uint32_t subscription = message->subscription, slot = message->slot;
    message->is_duplicate = message->state == MESSAGE_PROCESSING;
    if (message->state != MESSAGE_PROCESSING)
        world->slots[slot].unacknowledged--;
    requeue(world, handle);
    subscription_touch(world, subscription);
}

void message_processed(World *world, const Frame *frame, bool has_succeeded)
{
    if (frame->slot >= world->slot_count) {
        stream_processed(world, frame, has_succeeded);
        return;
    }
    ConsumerSlot *slot = &world->slots[frame->slot];
    uint32_t handle = frame->from, serial = frame->from_serial, slot_index = frame->slot;
    uint32_t subscription = slot->subscription;
    slot->processing--;
    slot->unacknowledged--;
    Message *message = message_at(world, handle);
    if (message->is_live && message->serial == serial) {
        if (has_succeeded) {
            report(world, message, MESSAGE_ACKNOWLEDGED, false);
            message_free(world, handle);
        } else {
            requeue(world, handle);
        }
    }
    slot_touch(world, slot_index);
    subscription_touch(world, subscription);
}

/* The broker notices the broken connection: what was with this replica goes back. What was in
 * processing comes back as its frames are lost. */
void consumer_crashed(World *world, uint32_t replica)
{
    for (uint32_t i = 1; i <= world->messages.used; i++) {
        Message *message = message_at(world, i);
        if (!message->is_live || message->slot == NO_INDEX ||
            world->slots[message->slot].replica != replica)
            continue;
        if (message->state != MESSAGE_IN_TRANSIT && message->state != MESSAGE_BUFFERED)
            continue;
        world->slots[message->slot].unacknowledged--;
        requeue(world, i);
    }
    for (uint32_t i = 0; i < world->slot_count; i++) {
        if (world->slots[i].replica != replica)
            continue;
        world->slots[i].buffer.count = 0;
        subscription_touch(world, world->slots[i].subscription);
    }
    stream_replica_changed(world, replica);
}

void consumer_returned(World *world, uint32_t replica)
{
    for (uint32_t i = 0; i < world->slot_count; i++) {
        if (world->slots[i].replica == replica)
            subscription_touch(world, world->slots[i].subscription);
    }
    stream_replica_changed(world, replica);
}

/* --- publishing */

static void drop_oldest(World *world, Subscription *subscription)
{
    uint32_t handle = ready_take(world, subscription);
    report(world, message_at(world, handle), MESSAGE_DROPPED, true);
    message_free(world, handle);
}

/* Takes a message into one subscription; false if it is full and refuses. */
static bool accept(World *world, uint32_t index, uint32_t request, uint64_t visit, Address reply_to)
{
    Subscription *subscription = &world->subscriptions[index];
    if (!slab_has_room(&world->messages)) {
        world->stop = STOP_IN_FLIGHT;
        return false;
    }
    bool is_full = subscription->depth >= subscription->broker->max_length;
    if (is_full &&
        (subscription->broker->overflow != OVERFLOW_DROP_HEAD || subscription->depth == 0)) {
        report_refusal(world, index, request);
        return false;
    }
    if (is_full)
        drop_oldest(world, subscription);
    uint32_t handle = slab_take(&world->messages);
    Message *message = message_at(world, handle);
    uint32_t serial = message->serial + 1;
    *message = (Message){.published = world_now(world),
                         .visit = visit,
                         .request = request,
                         .subscription = index,
                         .serial = serial,
                         .slot = NO_INDEX,
                         .reply_to = reply_to,
                         .is_live = true};
    request_at(world, request)->work++;
    ready_insert(world, handle, false);
    report(world, message, MESSAGE_PUBLISHED, false);
    subscription_touch(world, index);
    return true;
}

/* The first full subscription of a broker that makes its publishers wait; NO_INDEX: there is room
 * in all. */
static uint32_t full_subscription(const World *world, const BrokerConfig *broker)
{
    if (broker->overflow != OVERFLOW_BLOCK)
        return NO_INDEX;
    for (uint32_t i = 0; i < broker->subscription_count; i++) {
        if (world->subscriptions[broker->first_subscription + i].depth >= broker->max_length)
            return broker->first_subscription + i;
    }
    return NO_INDEX;
}

static uint64_t publish_visit(const World *world, const Call *call)
{
    return call->is_publication ? call->visit : call_attempt_visit(world, call, call->attempt);
}

void publish_begin(World *world, Call *call, uint32_t broker_index)
{
    const BrokerConfig *broker = &world->topology->brokers[broker_index];
    call->target = broker_index;
    call->state = CALL_PUBLISHING;
    SimTime takes = 0;
    if (broker->publish_latency != NULL)
        takes = world_draw(world, broker->publish_latency, world->publish_keys[broker_index],
                           request_at(world, call->request)->id, publish_visit(world, call));
    if (broker->kind == BROKER_STREAM) {
        stream_publish(world, call, broker_index, takes, publish_visit(world, call));
        return;
    }
    call->event = engine_schedule(&world->engine, world_now(world) + takes, EVENT_COMPLETION,
                                  EVENT_CALL, call->self);
}

static bool accept_in_all(World *world, const BrokerConfig *broker, const Call *call)
{
    uint32_t request = call->request;
    uint64_t visit = publish_visit(world, call);
    Address reply_to = call_address(world, call);
    bool all = true;
    for (uint32_t i = 0; i < broker->subscription_count; i++) {
        if (!accept(world, broker->first_subscription + i, request, visit, reply_to))
            all = false;
    }
    return all;
}

static void publish_take(World *world, Call *call)
{
    const BrokerConfig *broker = &world->topology->brokers[call->target];
    uint32_t full = full_subscription(world, broker);
    if (full != NO_INDEX) {
        call->state = CALL_BLOCKED;
        ref_queue_push(&world->subscriptions[full].blocked, call->self, call->serial);
        return;
    }
    call->outcome = accept_in_all(world, broker, call) ? OUTCOME_SUCCESS : OUTCOME_REJECTED;
    call->state = CALL_PUBLISHED;
    world_wake(world, call->self, call->serial, WAKE_PUBLISHED);
}

void publish_arrived(World *world, Call *call)
{
    call->event = 0;
    publish_take(world, call);
}

/* The broker has answered the publisher. */
void publish_over(World *world, Call *call)
{
    if (call->is_publication)
        call_over(world, call, (Outcome)call->outcome);
    else
        call_published(world, call);
}

/* --- the end of the run */

void message_unfinished(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    if (message->is_live && message->is_record)
        stream_message_unfinished(world, message);
    else if (message->is_live)
        report(world, message, MESSAGE_UNFINISHED, message->state == MESSAGE_READY);
}
