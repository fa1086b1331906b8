/* The log of a stream: publishing, partitions, commits, retention.
 *
 * A publication is carried by a message of its own, MESSAGE_SENDING until the leader has it and
 * MESSAGE_REPLICATING until it can be read. Once sent, a record is written whatever becomes of its
 * publisher. */
#include "models/world/broker.h"
#include "models/world/stream.h"

void record_report(World *world, const Message *record, MessageEvent event, bool leaves)
{
    MessageRecord report = {
        .event = event,
        .subscription = record->subscription,
        .consumer = NO_INDEX,
        .tag = request_at(world, record->request)->tag,
        .depth = world->subscriptions[record->subscription].depth,
        .published = record->published,
        .entered = record->entered,
        .leaves_queue = leaves,
        .time = world_now(world),
    };
    world->observer.message(world->observer.context, &report);
}

/* --- records */

/* SLAB_NONE when there is no room, and the run stops. */
static uint32_t record_new(World *world, uint32_t subscription, uint32_t request, uint64_t visit)
{
    if (!slab_has_room(&world->messages)) {
        world->stop = STOP_IN_FLIGHT;
        return SLAB_NONE;
    }
    uint32_t handle = slab_take(&world->messages);
    Message *record = message_at(world, handle);
    *record = (Message){.published = world_now(world),
                        .entered = world_now(world),
                        .visit = visit,
                        .request = request,
                        .subscription = subscription,
                        .serial = record->serial + 1,
                        .slot = NO_INDEX,
                        .processed = SIM_TIME_NEVER,
                        .is_live = true,
                        .is_record = true};
    request_at(world, request)->work++;
    return handle;
}

/* The request's work on it ended at `ended`. */
static void record_free(World *world, uint32_t handle, SimTime ended)
{
    Message *record = message_at(world, handle);
    uint32_t request = record->request;
    record->is_live = false;
    record->event = 0;
    record->processed = 0;
    record->serial++;
    slab_give(&world->messages, handle);
    request_release_since(world, request, ended);
}

/* The oldest record that is not committed leaves. */
static void partition_pop(World *world, Partition *partition, MessageEvent event)
{
    uint32_t handle = partition->first;
    Message *record = message_at(world, handle);
    partition->first = record->next;
    if (partition->last == handle)
        partition->last = SLAB_NONE;
    if (partition->last_read == handle)
        partition->last_read = SLAB_NONE;
    partition->lag--;
    world->subscriptions[record->subscription].depth--;
    record_report(world, record, event, true);
    record_free(world, handle,
                event == MESSAGE_ACKNOWLEDGED ? record->processed : world_now(world));
}

void partition_commit(World *world, uint32_t index)
{
    Partition *partition = partition_at(world, index);
    for (; partition->processed_count > 0; partition->processed_count--)
        partition_pop(world, partition, MESSAGE_ACKNOWLEDGED);
}

void partition_skip(World *world, uint32_t index, MessageEvent event)
{
    Partition *partition = partition_at(world, index);
    partition_commit(world, index);
    partition->current = message_at(world, partition->first)->next;
    partition_pop(world, partition, event);
}

/* What was handed out counts as committed: who had it is gone, or has lost it. */
static void lose_handed_out(World *world, Partition *partition, bool may_go_on)
{
    while (partition->first != partition->unread) {
        const Message *record = message_at(world, partition->first);
        bool is_done = record->processed != SIM_TIME_NEVER ||
                       (may_go_on && record->state == MESSAGE_PROCESSING);
        partition_pop(world, partition, is_done ? MESSAGE_ACKNOWLEDGED : MESSAGE_LOST);
    }
}

void partition_rewind(World *world, uint32_t index, bool may_go_on)
{
    Partition *partition = partition_at(world, index);
    if (group_at(world, partition->group)->config->group->delivery == DELIVERY_AT_MOST_ONCE)
        lose_handed_out(world, partition, may_go_on);
    for (uint32_t handle = partition->first; handle != partition->unread;) {
        Message *record = message_at(world, handle);
        if (may_go_on && record->state == MESSAGE_PROCESSING)
            record->is_duplicate = true;
        record->state = MESSAGE_READY;
        record->serial++;
        record_report(world, record, MESSAGE_REDELIVERED, false);
        handle = record->next;
    }
    partition->unread = partition->first;
    partition->unread_count = partition->lag;
    partition->processed_count = 0;
    partition->current = SLAB_NONE;
    partition->last_read = SLAB_NONE;
    partition_lose_old(world, index);
}

/* --- retention */

/* The oldest unread record. One that was processed, but by a consumer that crashed before the
 * commit, is not lost: it is spared its repetition. */
static void lose_oldest(World *world, Partition *partition)
{
    uint32_t handle = partition->unread;
    Message *record = message_at(world, handle);
    bool is_done = record->processed != SIM_TIME_NEVER;
    if (partition->last_read == SLAB_NONE)
        partition->first = record->next;
    else
        message_at(world, partition->last_read)->next = record->next;
    if (partition->last == handle)
        partition->last = partition->last_read;
    partition->unread = record->next;
    partition->unread_count--;
    partition->lag--;
    world->subscriptions[record->subscription].depth--;
    record_report(world, record, is_done ? MESSAGE_ACKNOWLEDGED : MESSAGE_DROPPED, true);
    record_free(world, handle, is_done ? record->processed : world_now(world));
}

/* When the first unread record can no longer be read. */
static SimTime unread_until(const World *world, const Partition *partition, SimTime retention)
{
    return message_at(world, partition->unread)->published + retention;
}

/* A loss that the run does not live to see needs no timer: it would only keep the run going. */
void partition_lose_old(World *world, uint32_t index)
{
    Partition *partition = partition_at(world, index);
    const StreamConfig *config = &group_at(world, partition->group)->broker->stream;
    while (partition->unread_count > config->retention_records)
        lose_oldest(world, partition);
    if (config->retention == SIM_TIME_NEVER)
        return;
    while (partition->unread != SLAB_NONE &&
           unread_until(world, partition, config->retention) <= world_now(world))
        lose_oldest(world, partition);
    uint32_t timer = partition->timer;
    if (partition->unread == SLAB_NONE || timer_is_set(world, timer))
        return;
    SimTime due = unread_until(world, partition, config->retention);
    if (due <= world_drain_limit(world))
        timer_set(world, timer, due, EVENT_RETRY);
}

/* --- what is published */

static void record_append(World *world, uint32_t index, const Message *sent)
{
    Partition *partition = partition_at(world, index);
    uint32_t subscription = group_at(world, partition->group)->subscription;
    uint32_t handle = record_new(world, subscription, sent->request, sent->visit);
    if (handle == SLAB_NONE)
        return;
    Message *record = message_at(world, handle);
    record->published = sent->published;
    record->reply_to = sent->reply_to;
    record->identity = sent->identity;
    record->may_be_repeated = sent->may_be_repeated;
    record->partition = index;
    record->state = MESSAGE_READY;
    if (partition->last == SLAB_NONE)
        partition->first = handle;
    else
        message_at(world, partition->last)->next = handle;
    partition->last = handle;
    if (partition->unread == SLAB_NONE)
        partition->unread = handle;
    partition->lag++;
    partition->unread_count++;
    world->subscriptions[subscription].depth++;
    record_report(world, record, MESSAGE_PUBLISHED, false);
    partition_lose_old(world, index);
    partition_offer(world, index);
}

static void append_for_all(World *world, const Message *sent, uint32_t broker, uint32_t partition)
{
    const BrokerConfig *config = &world->topology->brokers[broker];
    for (uint32_t i = 0; i < config->subscription_count; i++) {
        uint32_t group = world->streams->group_of[config->first_subscription + i];
        record_append(world, group_at(world, group)->first_partition + partition, sent);
    }
}

/* To the next partition with every record, or, sticky, with every batch. */
static uint32_t next_partition(const World *world, uint32_t broker, uint32_t producer, int64_t size)
{
    /* Of a record in a batch, besides key and value: Kafka's DefaultRecord.MAX_RECORD_OVERHEAD. */
    const int64_t overhead = 21;
    const StreamConfig *config = &world->topology->brokers[broker].stream;
    Producer *state = &world->streams->streams[broker].producers[producer];
    uint32_t partition = state->partition;
    state->bytes += size + overhead;
    if (config->partitioner == PARTITIONER_STICKY && state->bytes < config->batch_size)
        return partition;
    state->bytes = 0;
    state->partition = partition + 1 == config->partitions ? 0 : partition + 1;
    return partition;
}

static uint32_t partition_of_key(World *world, uint32_t broker, const Count *key, uint64_t request,
                                 uint64_t visit)
{
    uint64_t draws = world->streams->streams[broker].key_key;
    uint32_t value = key->kind == NULL
                         ? key->constant
                         : count_draw(key, sim_rng_at(&world->rng, draws, request, visit));
    return (uint32_t)(sim_mix(value, 0) % world->topology->brokers[broker].stream.partitions);
}

/* The visit leaves out the attempt: a retry sends the same key. */
static uint32_t choose_partition(World *world, uint32_t broker, const Call *call)
{
    const Topology *topology = world->topology;
    const PublishSite *publish = call->is_publication ? &topology->publish_sites[call->site] : NULL;
    const Site *site = publish == NULL ? &world->sites[call->site] : NULL;
    const Count *key = publish == NULL ? site->config->key : publish->key;
    if (key != NULL)
        return partition_of_key(world, broker, key, request_at(world, call->request)->id,
                                publish == NULL ? sim_mix(call->visit, site->hash) : call->visit);
    uint32_t producer = call->caller == CALLER_USER ? topology->replica_count
                                                    : frame_at(world, call->from)->replica;
    return next_partition(world, broker, producer,
                          publish == NULL ? site->config->request_size : publish->size);
}

void stream_publish(World *world, Call *call, uint32_t broker, SimTime takes, uint64_t visit)
{
    uint32_t handle = record_new(world, broker, call->request, visit);
    if (handle == SLAB_NONE)
        return;
    Message *sent = message_at(world, handle);
    sent->state = MESSAGE_SENDING;
    sent->partition = choose_partition(world, broker, call);
    sent->caller = call->self;
    sent->caller_serial = call->serial;
    sent->reply_to = call_address(world, call);
    sent->identity = publish_identity(world, call);
    sent->may_be_repeated = publish_may_be_repeated(world, call);
    sent->event = engine_schedule(&world->engine, world_now(world) + takes, EVENT_COMPLETION,
                                  EVENT_MESSAGE, handle);
    if (world->topology->brokers[broker].stream.acks == ACKS_NONE)
        publish_answer(world, call->self, call->serial, OUTCOME_SUCCESS);
}

static void replicate(World *world, uint32_t handle, const Distribution *latency)
{
    Message *sent = message_at(world, handle);
    sent->state = MESSAGE_REPLICATING;
    if (!stream_replicates(world, sent->subscription)) {
        stream_hold(world, handle);
        return;
    }
    const Stream *stream = &world->streams->streams[sent->subscription];
    SimTime due = world_now(world);
    if (latency != NULL)
        due += world_draw(world, latency, stream->replication_key,
                          request_at(world, sent->request)->id, sent->visit);
    SimTime *readable = &stream->readable[sent->partition];
    *readable = MAX(*readable, due);
    sent->event =
        engine_schedule(&world->engine, *readable, EVENT_COMPLETION, EVENT_MESSAGE, handle);
}

/* The record can be read. With too few replicas it is, although its publisher is refused. */
static void publish_finish(World *world, uint32_t handle, int acks)
{
    Message sent = *message_at(world, handle);
    if (acks == ACKS_ALL)
        publish_answer(world, sent.caller, sent.caller_serial,
                       stream_has_enough_in_sync(world, sent.subscription) ? OUTCOME_SUCCESS
                                                                           : OUTCOME_REJECTED);
    append_for_all(world, &sent, sent.subscription, sent.partition);
    record_free(world, handle, world_now(world));
}

/* With too few replicas in sync a record that is to be on all of them is not taken. */
static void publish_refuse(World *world, uint32_t handle)
{
    const Message *sent = message_at(world, handle);
    const BrokerConfig *config = &world->topology->brokers[sent->subscription];
    for (uint32_t i = 0; i < config->subscription_count; i++)
        report_refusal(world, config->first_subscription + i, sent->request);
    publish_answer(world, sent->caller, sent->caller_serial, OUTCOME_REJECTED);
    record_free(world, handle, world_now(world));
}

/* It has arrived at the leader of its partition, if there is one. */
static void publish_arrive(World *world, uint32_t handle)
{
    Message *sent = message_at(world, handle);
    const StreamConfig *config = &world->topology->brokers[sent->subscription].stream;
    if (!stream_is_led(world, sent->subscription, sent->partition)) {
        stream_hold(world, handle);
        return;
    }
    if (config->acks == ACKS_ALL && !stream_has_enough_in_sync(world, sent->subscription)) {
        publish_refuse(world, handle);
        return;
    }
    sent->published = world_now(world);
    if (config->acks == ACKS_LEADER)
        publish_answer(world, sent->caller, sent->caller_serial, OUTCOME_SUCCESS);
    if (config->replication_latency != NULL || !stream_replicates(world, sent->subscription))
        replicate(world, handle, config->replication_latency);
    else
        publish_finish(world, handle, config->acks);
}

void stream_message_event(World *world, uint32_t handle)
{
    Message *sent = message_at(world, handle);
    sent->event = 0;
    if (sent->state == MESSAGE_SENDING)
        publish_arrive(world, handle);
    else
        publish_finish(world, handle, world->topology->brokers[sent->subscription].stream.acks);
}

void stream_go_on(World *world, uint32_t handle)
{
    const Message *sent = message_at(world, handle);
    if (sent->state == MESSAGE_REPLICATING && !stream_replicates(world, sent->subscription))
        stream_hold(world, handle);
    else
        stream_message_event(world, handle);
}

/* To each group it counts as published and lost. */
void stream_lose(World *world, uint32_t handle)
{
    const Message *sent = message_at(world, handle);
    const BrokerConfig *config = &world->topology->brokers[sent->subscription];
    for (uint32_t i = 0; i < config->subscription_count; i++) {
        Message record = *sent;
        record.subscription = config->first_subscription + i;
        record_report(world, &record, MESSAGE_PUBLISHED, false);
        record_report(world, &record, MESSAGE_LOST, false);
    }
    record_free(world, handle, world_now(world));
}

/* Nobody's replica sends dead letters, and nobody waits for the answer: they take turns with what
 * users send. */
void stream_take(World *world, uint32_t broker, uint32_t request, uint64_t visit)
{
    uint32_t handle = record_new(world, broker, request, visit);
    if (handle == SLAB_NONE)
        return;
    Message *sent = message_at(world, handle);
    sent->partition = next_partition(world, broker, world->topology->replica_count, 0);
    publish_arrive(world, handle);
}

void stream_message_unfinished(World *world, const Message *record)
{
    if (record->state != MESSAGE_SENDING && record->state != MESSAGE_REPLICATING)
        record_report(world, record, MESSAGE_UNFINISHED, true);
}
