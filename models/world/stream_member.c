/* What a member of a consumer group does: it polls, processes its batch record by record, commits.
 */
#include "models/world/stream.h"

static Group *group_of(const World *world, const Member *member)
{
    return group_at(world, member->group);
}

static const GroupConfig *config_of(const World *world, const Member *member)
{
    return group_of(world, member)->config->group;
}

static const ConsumerConfig *consumer_of(const World *world, const Member *member)
{
    return &group_of(world, member)->config->consumers[0];
}

void member_touch(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    if (member->is_due)
        return;
    member->is_due = true;
    ref_queue_push(&world->due_slots, world->slot_count + index, 0);
}

/* --- partitions and their owners */

static bool partition_is_led(const World *world, const Partition *partition)
{
    const Group *group = group_at(world, partition->group);
    uint32_t first = group->first_partition;
    return stream_is_led(world, group->config->broker,
                         (uint32_t)(partition - world->streams->partitions) - first);
}

void partition_offer(World *world, uint32_t index)
{
    Partition *partition = partition_at(world, index);
    if (partition->owner == NO_INDEX || partition->is_offered || partition->unread == SLAB_NONE ||
        !partition_is_led(world, partition))
        return;
    partition->is_offered = true;
    ref_queue_push(&member_at(world, partition->owner)->unread, index, partition->serial);
    member_touch(world, partition->owner);
}

void partition_give(World *world, uint32_t index, uint32_t owner)
{
    Partition *partition = partition_at(world, index);
    partition->owner = owner;
    partition->target = owner;
    partition->serial++;
    partition->is_offered = false;
    partition->read_from = world_now(world);
    partition_offer(world, index);
}

/* --- commits */

void member_commit_all(World *world, Member *member)
{
    while (member->dirty.count > 0) {
        Ref ref = ref_queue_pop(&member->dirty);
        if (partition_at(world, ref.handle)->serial == ref.serial)
            partition_commit(world, ref.handle);
    }
    member->next_commit = world_now(world) + config_of(world, member)->auto_commit_interval;
}

/* Between batches. */
static void commit_if_due(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    uint32_t timer = member->commit_timer;
    if (member->dirty.count == 0)
        return;
    if (config_of(world, member)->commit != COMMIT_AUTO || member->next_commit <= world_now(world))
        member_commit_all(world, member);
    else if (!timer_is_set(world, timer))
        timer_set(world, timer, member->next_commit, EVENT_TIMEOUT);
}

/* A member that waits in a poll commits every interval, also when there is nothing to commit: the
 * commits that would have come up to now have been. */
static void skip_idle_commits(World *world, Member *member)
{
    SimTime interval = config_of(world, member)->auto_commit_interval;
    SimTime late = world_now(world) - member->next_commit;
    if (late >= 0)
        member->next_commit += (late / interval + 1) * interval;
}

/* --- polls */

void member_stop_polling(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    if (!member->is_polling)
        return;
    member->is_polling = false;
    timer_cancel(world, member->step_timer);
}

/* Since when the first unread record could be fetched: consumers fetch ahead of their polls. */
static SimTime fetched_from(const World *world, const Partition *partition)
{
    SimTime entered = message_at(world, partition->unread)->entered;
    return MAX(entered, partition->read_from);
}

/* The partition whose turn it is; NULL when there is nothing to read. */
static const Partition *first_unread(World *world, Member *member)
{
    while (member->unread.count > 0) {
        Ref ref = member->unread.refs[member->unread.head];
        Partition *partition = partition_at(world, ref.handle);
        bool is_own = partition->serial == ref.serial;
        if (is_own && partition->unread != SLAB_NONE && partition_is_led(world, partition))
            return partition;
        if (is_own)
            partition->is_offered = false;
        ref_queue_pop(&member->unread);
    }
    return NULL;
}

static void poll_begin(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    const Group *group = group_of(world, member);
    const Partition *partition = first_unread(world, member);
    if (partition == NULL)
        return;
    const Distribution *latency = group->broker->delivery_latency;
    member->latency = latency == NULL ? 0
                                      : world_draw(world, latency, group->fetch_key, member->polls,
                                                   index - group->first_member);
    member->polls++;
    member->is_polling = true;
    SimTime due = fetched_from(world, partition) + member->latency;
    timer_set(world, member->step_timer, MAX(due, world_now(world)), EVENT_ARRIVAL);
}

static void record_deliver(World *world, Message *record)
{
    record->deliveries++;
    record->serial++;
    record->state = MESSAGE_BUFFERED;
    record_report(world, record, MESSAGE_DELIVERED, false);
}

/* Hands out what has been fetched of a partition, at most `room` records; how many. */
static uint32_t hand_out(World *world, const Member *member, Partition *partition, uint32_t room)
{
    uint32_t count = 0;
    partition->current = partition->unread;
    while (count < room && partition->unread != SLAB_NONE &&
           fetched_from(world, partition) + member->latency <= world_now(world)) {
        Message *record = message_at(world, partition->unread);
        partition->last_read = partition->unread;
        partition->unread = record->next;
        partition->unread_count--;
        record_deliver(world, record);
        count++;
    }
    return count;
}

/* How many records of the poll it was. */
static uint32_t take_turn(World *world, Member *member, Ref ref, uint32_t room)
{
    Partition *partition = partition_at(world, ref.handle);
    if (partition->serial != ref.serial)
        return 0;
    if (!partition_is_led(world, partition)) {
        partition->is_offered = false;
        return 0;
    }
    uint32_t count = hand_out(world, member, partition, room);
    if (count > 0)
        ref_queue_push(&member->batch, ref.handle, count);
    partition->is_offered = partition->unread != SLAB_NONE;
    if (partition->is_offered)
        ref_queue_push(&member->unread, ref.handle, ref.serial);
    return count;
}

static void watch_next_poll(World *world, const Member *member)
{
    uint32_t lane = group_of(world, member)->poll_lane;
    if (lane != NO_INDEX && member->batch_left > 0)
        timer_arm(world, member->poll_timer, lane);
}

/* Partitions take turns, from poll to poll as well. */
static void poll_end(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    uint32_t most = config_of(world, member)->max_poll_records;
    member->is_polling = false;
    skip_idle_commits(world, member);
    for (uint32_t turns = member->unread.count; turns > 0 && member->batch_left < most; turns--) {
        Ref turn = ref_queue_pop(&member->unread);
        member->batch_left += take_turn(world, member, turn, most - member->batch_left);
    }
    watch_next_poll(world, member);
    member_touch(world, index);
}

/* --- processing */

static void process(World *world, uint32_t index, uint32_t handle)
{
    Member *member = member_at(world, index);
    Message *record = message_at(world, handle);
    const ConsumerConfig *consumer = consumer_of(world, member);
    Frame *frame = frame_new(world, record->request, ORIGIN_MESSAGE, handle, record->serial);
    if (frame == NULL)
        return;
    frame->operation = consumer->operation;
    frame->replica = member->replica;
    frame->slot = world->slot_count + index;
    frame->pc = world->topology->operations[consumer->operation].entry;
    frame->visit =
        record->deliveries == 1 ? record->visit : sim_mix(record->visit, record->deliveries);
    frame_expect_reply(world, frame, record->reply_to);
    member->is_processing = true;
    record->state = MESSAGE_PROCESSING;
    if (record->is_duplicate)
        record_report(world, record, MESSAGE_DUPLICATE, false);
    replica_arrive(world, frame);
}

/* One record less of the batch; its partition's count stands in the place of a serial. */
static void batch_advance(Member *member)
{
    member->batch_left--;
    if (--member->batch.refs[member->batch.head].serial == 0)
        ref_queue_pop(&member->batch);
}

static bool is_known(World *world, const Member *member, const Message *record)
{
    return consumer_of(world, member)->has_deduplication &&
           (record->was_executed ||
            (record->may_be_repeated && seen_has(&world->subscriptions[record->subscription].seen,
                                                 record->identity, world_now(world))));
}

/* Its effect is there. What was there before it has been done twice, or, with deduplication, is
 * noticed as the effect is noted. */
static void record_executed(World *world, const Member *member, Message *record)
{
    const ConsumerConfig *consumer = consumer_of(world, member);
    Seen *seen = &world->subscriptions[record->subscription].seen;
    SimTime now = world_now(world);
    if (record->is_duplicate || is_known(world, member, record))
        record_report(world, record,
                      consumer->has_deduplication ? MESSAGE_DEDUPLICATED : MESSAGE_EXECUTED_TWICE,
                      false);
    else if (consumer->has_deduplication && record->may_be_repeated)
        seen_add(seen, record->identity, now, now + consumer->deduplication.window);
    record->is_duplicate = true; /* if it comes again */
    record->was_executed = true;
}

/* Dealt with: the next one's turn. */
static void record_done(World *world, uint32_t index, Message *record)
{
    Member *member = member_at(world, index);
    Partition *partition = partition_at(world, record->partition);
    record->processed = world_now(world);
    record->state = MESSAGE_READY;
    partition->current = record->next;
    batch_advance(member);
    if (partition->processed_count++ == 0)
        ref_queue_push(&member->dirty, record->partition, partition->serial);
    if (config_of(world, member)->commit == COMMIT_AFTER_RECORD)
        member_commit_all(world, member);
}

/* Its effect is there already. */
static void record_skip(World *world, uint32_t index, Message *record)
{
    if (record->is_duplicate)
        record_report(world, record, MESSAGE_DUPLICATE, false);
    record_report(world, record, MESSAGE_DEDUPLICATED, false);
    record->is_duplicate = true;
    record->was_executed = true;
    record_done(world, index, record);
    member_touch(world, index);
}

static void process_next(World *world, uint32_t index)
{
    const Member *member = member_at(world, index);
    Ref turn = member->batch.refs[member->batch.head];
    uint32_t handle = partition_at(world, turn.handle)->current;
    Message *record = message_at(world, handle);
    if (record->state == MESSAGE_DELAYED)
        record_deliver(world, record);
    if (is_known(world, member, record))
        record_skip(world, index, record);
    else
        process(world, index, handle);
}

static void record_give_up(World *world, Member *member, const Message *record)
{
    uint32_t request = record->request, dead_letter = consumer_of(world, member)->dead_letter;
    uint64_t visit = message_next_visit(record);
    bool is_kept = dead_letter != NO_INDEX;
    request_at(world, request)->work++; /* until the next broker has it */
    partition_skip(world, record->partition, is_kept ? MESSAGE_DEAD_LETTERED : MESSAGE_DROPPED);
    batch_advance(member);
    if (is_kept)
        broker_take(world, dead_letter, request, visit);
    request_release(world, request);
}

/* It is tried again where it stands: what comes behind it waits. */
static void record_failed(World *world, uint32_t index, Message *record)
{
    Member *member = member_at(world, index);
    const ConsumerConfig *consumer = consumer_of(world, member);
    if (record->deliveries >= consumer->max_deliveries) {
        record_give_up(world, member, record);
        return;
    }
    record->serial++;
    record->state = MESSAGE_DELAYED;
    record_report(world, record, MESSAGE_REDELIVERED, false);
    member->is_retrying = true;
    timer_set(world, member->step_timer, world_now(world) + consumer->redelivery_delay,
              EVENT_RETRY);
}

void stream_processed(World *world, const Frame *frame, bool has_succeeded)
{
    uint32_t index = frame->slot - world->slot_count;
    Member *member = member_at(world, index);
    Message *record = message_at(world, frame->from);
    member->is_processing = false;
    if (world->replicas[member->replica].is_down)
        return; /* the crash sees to the rest */
    if (record->is_live && record->serial == frame->from_serial) {
        if (has_succeeded)
            record_executed(world, member, record);
        else if (config_of(world, member)->delivery == DELIVERY_AT_MOST_ONCE)
            record_report(world, record, MESSAGE_UNDONE, false);
        if (has_succeeded || config_of(world, member)->delivery == DELIVERY_AT_MOST_ONCE)
            record_done(world, index, record);
        else
            record_failed(world, index, record);
    }
    member_touch(world, index);
}

void member_step(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    if (member->is_polling && !member->is_silent) {
        poll_end(world, index);
        return;
    }
    member->is_polling = false; /* a hung one polls anew when it wakes up */
    member->is_retrying = false;
    member_touch(world, index);
}

/* What it takes up next, if it is free to do so. */
void stream_member_go_on(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    member->is_due = false;
    if (member->is_processing || member->is_retrying)
        return;
    if (member->is_late && member->batch_left == 0)
        member_catch_up(world, index);
    if (member->is_silent)
        return;
    if (member->batch_left > 0) {
        process_next(world, index);
        return;
    }
    timer_cancel(world, member->poll_timer);
    commit_if_due(world, index);
    if (member_may_read(world, index) && !member->is_polling)
        poll_begin(world, index);
}

void member_clear(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    member->unread.count = 0;
    member->batch.count = 0;
    member->dirty.count = 0;
    member->batch_left = 0;
    member->is_polling = false;
    member->is_retrying = false;
    timer_cancel(world, member->step_timer);
    timer_cancel(world, member->commit_timer);
    timer_cancel(world, member->poll_timer);
}
