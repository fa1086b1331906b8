/* What consumers do with the messages of queues and topics: they take up what is in their buffers,
 * one by one or in batches, and acknowledge what they have dealt with.
 *
 * A visit of an operation that comes from a message holds the message, also when it has ended
 * meanwhile, so that what comes of the visit is still known to be about it. */
#include "models/world/broker.h"

void slot_touch(World *world, uint32_t index)
{
    if (world->slots[index].is_due)
        return;
    world->slots[index].is_due = true;
    ref_queue_push(&world->due_slots, index, 0);
}

/* --- duplicates */

static bool is_done(const World *world, const ConsumerSlot *slot, const Message *message)
{
    return message->was_executed ||
           (message->may_be_repeated && seen_has(&world->subscriptions[slot->subscription].seen,
                                                 message->identity, world_now(world)));
}

/* Without deduplication whatever is done again has its effect again. With it the effect and the
 * note that it is there are one transaction, which fails where the note is already there. */
static void executed(World *world, const ConsumerSlot *slot, Message *message)
{
    const ConsumerConfig *consumer = slot_consumer(world, slot);
    if (!consumer->has_deduplication && message->was_executed)
        message_report(world, message, MESSAGE_EXECUTED_TWICE, false);
    else if (consumer->has_deduplication && is_done(world, slot, message))
        message_report(world, message, MESSAGE_DEDUPLICATED, false);
    else if (consumer->has_deduplication && message->may_be_repeated)
        seen_add(&world->subscriptions[slot->subscription].seen, message->identity,
                 world_now(world), world_now(world) + consumer->deduplication.window);
    if (!message->was_executed && ready_is_overtaken(world, message))
        message_report(world, message, MESSAGE_REORDERED, false);
    message->was_executed = true;
}

static void acknowledge(World *world, uint32_t handle)
{
    message_report(world, message_at(world, handle), MESSAGE_ACKNOWLEDGED, false);
    message_end(world, handle);
}

static void skip(World *world, uint32_t handle, ConsumerSlot *slot)
{
    slot->unacknowledged--;
    message_report(world, message_at(world, handle), MESSAGE_DEDUPLICATED, false);
    acknowledge(world, handle);
    subscription_touch(world, slot->subscription);
}

/* --- taking up */

/* The next message in the buffer that is worth while; SLAB_NONE when there is none. */
static uint32_t take_up(World *world, ConsumerSlot *slot)
{
    while (slot->buffered > 0) {
        Ref ref = ref_queue_pop(&slot->buffer);
        const Message *message = message_at(world, ref.handle);
        if (message->serial != ref.serial || message->state != MESSAGE_BUFFERED)
            continue;
        slot->buffered--;
        if (!slot_consumer(world, slot)->has_deduplication || !is_done(world, slot, message))
            return ref.handle;
        skip(world, ref.handle, slot);
    }
    return SLAB_NONE;
}

/* NULL when there is no room, and the run stops. */
static Frame *visit_new(World *world, ConsumerSlot *slot, const Message *message, Ref from)
{
    uint32_t operation = slot_consumer(world, slot)->operation;
    Frame *frame = frame_new(world, message->request, ORIGIN_MESSAGE, from.handle, from.serial);
    if (frame == NULL)
        return NULL;
    frame->operation = operation;
    frame->replica = slot->replica;
    frame->slot = message->slot;
    frame->pc = world->topology->operations[operation].entry;
    frame->visit =
        message->deliveries == 1 ? message->visit : sim_mix(message->visit, message->deliveries);
    frame_expect_reply(world, frame, message->reply_to);
    slot->processing++;
    return frame;
}

static void begin(World *world, uint32_t handle, const ConsumerSlot *slot)
{
    Message *message = message_at(world, handle);
    message->state = MESSAGE_PROCESSING;
    message->visits++;
    if (slot_consumer(world, slot)->ack == ACK_BEFORE_PROCESSING)
        acknowledge(world, handle);
}

static void process_one(World *world, ConsumerSlot *slot)
{
    uint32_t handle = take_up(world, slot);
    if (handle == SLAB_NONE)
        return;
    const Message *message = message_at(world, handle);
    Frame *frame = visit_new(world, slot, message, (Ref){handle, message->serial});
    if (frame == NULL)
        return;
    begin(world, handle, slot);
    replica_arrive(world, frame);
}

/* --- batches */

static BatchEntry *entry_at(const World *world, uint32_t handle)
{
    return slab_at(&world->batches, handle);
}

/* Behind the last of its batch; SLAB_NONE if there is no room, and the run stops. */
static uint32_t batch_add(World *world, uint32_t message, uint32_t last)
{
    if (!slab_has_room(&world->batches)) {
        world->stop = STOP_IN_FLIGHT;
        return SLAB_NONE;
    }
    uint32_t handle = slab_take(&world->batches);
    *entry_at(world, handle) =
        (BatchEntry){{message, message_at(world, message)->serial}, SLAB_NONE};
    if (last != SLAB_NONE)
        entry_at(world, last)->next = handle;
    return handle;
}

/* One visit deals with them all. It draws what it draws as that of the first. */
static void process_batch(World *world, ConsumerSlot *slot)
{
    uint32_t most = slot_consumer(world, slot)->batch_size;
    uint32_t first = take_up(world, slot);
    if (first == SLAB_NONE)
        return;
    Frame *frame = visit_new(world, slot, message_at(world, first), (Ref){SLAB_NONE, 0});
    if (frame == NULL)
        return;
    uint32_t last = SLAB_NONE, handle = first;
    for (uint32_t count = 1; handle != SLAB_NONE && world->stop == STOP_FINISHED; count++) {
        last = batch_add(world, handle, last);
        if (handle == first)
            frame->from = last;
        begin(world, handle, slot);
        handle = count < most ? take_up(world, slot) : SLAB_NONE;
    }
    replica_arrive(world, frame);
}

/* A batch begins when all of it is there. */
static bool may_begin(const World *world, const ConsumerSlot *slot)
{
    const ConsumerConfig *consumer = slot_consumer(world, slot);
    return slot->buffered > 0 && slot->processing < consumer->concurrency &&
           (slot->buffered >= consumer->batch_size || slot->in_transit == 0) &&
           !world->replicas[slot->replica].is_down;
}

void slot_process(World *world, uint32_t index)
{
    if (index >= world->slot_count) {
        stream_member_go_on(world, index - world->slot_count);
        return;
    }
    ConsumerSlot *slot = &world->slots[index];
    slot->is_due = false;
    while (may_begin(world, slot)) {
        if (slot_consumer(world, slot)->batch_size > 1)
            process_batch(world, slot);
        else
            process_one(world, slot);
    }
}

/* --- ends of deliveries */

/* It was not dealt with. A broker that learns of nothing but its own timeout waits for that. */
static void give_back(World *world, uint32_t handle, bool is_crash)
{
    Message *message = message_at(world, handle);
    const ConsumerConfig *consumer = slot_consumer(world, &world->slots[message->slot]);
    if (consumer->on_failure == FAILURE_REJECT && !is_crash) {
        message_refuse(world, handle);
    } else if (consumer->on_failure == FAILURE_WAIT) {
        message->serial++;
        message->event = 0;
        message->state = MESSAGE_FAILED;
    } else {
        message_requeue(world, handle);
    }
}

static void delivery_over(World *world, ConsumerSlot *slot, Ref delivery, bool has_succeeded)
{
    Message *message = message_at(world, delivery.handle);
    bool is_current = message->is_live && message->serial == delivery.serial;
    slot->unacknowledged--;
    if (has_succeeded)
        executed(world, slot, message);
    else if (slot_consumer(world, slot)->ack == ACK_BEFORE_PROCESSING)
        message_report(world, message, MESSAGE_UNDONE, false);
    if (is_current && has_succeeded)
        acknowledge(world, delivery.handle);
    else if (is_current)
        give_back(world, delivery.handle, world->replicas[slot->replica].is_down);
    message->visits--;
    if (!message->is_live && message->visits == 0)
        slab_give(&world->messages, delivery.handle);
}

static void batch_over(World *world, ConsumerSlot *slot, uint32_t batch, bool has_succeeded)
{
    while (batch != SLAB_NONE) {
        BatchEntry entry = *entry_at(world, batch);
        slab_give(&world->batches, batch);
        delivery_over(world, slot, entry.delivery, has_succeeded);
        batch = entry.next;
    }
}

void message_processed(World *world, const Frame *frame, bool has_succeeded)
{
    if (frame->slot >= world->slot_count) {
        stream_processed(world, frame, has_succeeded);
        return;
    }
    uint32_t index = frame->slot;
    ConsumerSlot *slot = &world->slots[index];
    slot->processing--;
    if (slot_consumer(world, slot)->batch_size > 1)
        batch_over(world, slot, frame->from, has_succeeded);
    else
        delivery_over(world, slot, (Ref){frame->from, frame->from_serial}, has_succeeded);
    slot_touch(world, index);
    subscription_touch(world, slot->subscription);
}

/* --- arrivals and crashes */

void slot_let_go(World *world, const Message *message)
{
    ConsumerSlot *slot = &world->slots[message->slot];
    slot->unacknowledged--;
    if (message->state == MESSAGE_BUFFERED)
        slot->buffered--;
    else
        slot->in_transit--;
}

void slot_arrive(World *world, uint32_t handle)
{
    Message *message = message_at(world, handle);
    uint32_t index = message->slot, subscription = message->subscription;
    ConsumerSlot *slot = &world->slots[index];
    slot->in_transit--;
    if (world->replicas[slot->replica].is_down) {
        slot->unacknowledged--;
        give_back(world, handle, true);
        subscription_touch(world, subscription);
        return;
    }
    message->state = MESSAGE_BUFFERED;
    ref_queue_push(&slot->buffer, handle, message->serial);
    slot->buffered++;
    slot_touch(world, index);
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
        slot_let_go(world, message);
        give_back(world, i, true);
    }
    for (uint32_t i = 0; i < world->slot_count; i++) {
        ConsumerSlot *slot = &world->slots[i];
        if (slot->replica != replica)
            continue;
        slot->buffer.count = 0;
        ready_lose_unheard(world, &world->subscriptions[slot->subscription]);
        subscription_touch(world, slot->subscription);
    }
    stream_replica_changed(world, replica);
}

void consumers_cut_off(World *world, uint32_t subscription)
{
    for (uint32_t i = 1; i <= world->messages.used; i++) {
        Message *message = message_at(world, i);
        if (!message->is_live || message->slot == NO_INDEX || message->subscription != subscription)
            continue;
        if (message->state == MESSAGE_IN_TRANSIT || message->state == MESSAGE_BUFFERED)
            slot_let_go(world, message);
        else if (message->state == MESSAGE_PROCESSING)
            message->is_duplicate = true; /* the consumer goes on with it, for nothing */
        else
            continue;
        give_back(world, i, true);
    }
}

void consumer_returned(World *world, uint32_t replica)
{
    for (uint32_t i = 0; i < world->slot_count; i++) {
        if (world->slots[i].replica == replica)
            subscription_touch(world, world->slots[i].subscription);
    }
    stream_replica_changed(world, replica);
}
