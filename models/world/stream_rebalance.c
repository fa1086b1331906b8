/* Consumer groups: who reads which partition, and how that changes.
 *
 * A rebalance waits until every member has joined it, which it does between batches, and until the
 * sessions of those that fell silent have ended; then the assignment takes its time to come. With
 * eager and static groups nobody reads meanwhile. In a cooperative one all read on; partitions that
 * must move are given up when the assignment is known, and handed on in a second round. */
#include <math.h>

#include "models/world/stream.h"

static uint32_t partitions_of(const Group *group)
{
    return group->broker->stream.partitions;
}

static bool is_cooperative(const Group *group)
{
    return group->config->group->rebalance == REBALANCE_COOPERATIVE;
}

static void report(World *world, const Group *group, const char *type)
{
    StateRecord record = {
        .time = world_now(world), .type = type, .subject = group->config->full_name, .value = NAN};
    world->observer.state_changed(world->observer.context, &record);
}

/* --- assignments */

/* Leaves the k-th member that is alive in the k-th member's `planned`; how many there are. */
static uint32_t list_alive(World *world, const Group *group)
{
    Member *members = member_at(world, group->first_member);
    uint32_t count = 0;
    for (uint32_t i = 0; i < group->member_count; i++) {
        if (!members[i].is_silent)
            members[count++].planned = group->first_member + i;
    }
    return count;
}

/* Which of `alive` members gets a partition. Range: neighbours to one, and the first members one
 * more when it does not divide up. */
static uint32_t turn_of(const Group *group, uint32_t partition, uint32_t alive)
{
    if (group->config->group->assignment == ASSIGNMENT_ROUND_ROBIN)
        return partition % alive;
    uint32_t base = partitions_of(group) / alive, extra = partitions_of(group) % alive;
    uint32_t in_wide_ones = extra * (base + 1);
    return partition < in_wide_ones ? partition / (base + 1)
                                    : extra + (partition - in_wide_ones) / base;
}

void group_assign(World *world, Group *group)
{
    Member *members = member_at(world, group->first_member);
    uint32_t alive = list_alive(world, group);
    for (uint32_t i = 0; i < group->member_count; i++) {
        members[i].unread.count = 0;
        members[i].is_in_group = !members[i].is_silent;
    }
    for (uint32_t p = 0; p < partitions_of(group); p++)
        partition_give(world, group->first_partition + p,
                       alive == 0 ? NO_INDEX : members[turn_of(group, p, alive)].planned);
}

/* How many partitions each member is to have: `base`, and `extra` members one more. */
typedef struct Share {
    uint32_t base, extra;
} Share;

static bool has_room(const Member *member, const Share *share)
{
    return !member->is_silent &&
           (member->planned < share->base || (member->planned == share->base && share->extra > 0));
}

static void plan_one(Member *member, Share *share)
{
    if (member->planned++ == share->base)
        share->extra--;
}

/* Those below the base come first. */
static uint32_t neediest(World *world, const Group *group, const Share *share)
{
    uint32_t found = NO_INDEX;
    for (uint32_t i = 0; i < group->member_count; i++) {
        const Member *member = member_at(world, group->first_member + i);
        if (has_room(member, share) &&
            (found == NO_INDEX || member->planned < member_at(world, found)->planned))
            found = group->first_member + i;
    }
    return found;
}

static void keep_what_can_stay(World *world, const Group *group, Share *share)
{
    for (uint32_t p = 0; p < partitions_of(group); p++) {
        Partition *partition = partition_at(world, group->first_partition + p);
        partition->target = NO_INDEX;
        if (partition->owner == NO_INDEX || !has_room(member_at(world, partition->owner), share))
            continue;
        partition->target = partition->owner;
        plan_one(member_at(world, partition->owner), share);
    }
}

/* As even as it can be with as few moves as possible, like Kafka's cooperative-sticky assignor. */
static void plan_targets(World *world, const Group *group)
{
    uint32_t alive = list_alive(world, group);
    for (uint32_t i = 0; i < group->member_count; i++)
        member_at(world, group->first_member + i)->planned = 0;
    Share share = {.base = alive == 0 ? 0 : partitions_of(group) / alive,
                   .extra = alive == 0 ? 0 : partitions_of(group) % alive};
    keep_what_can_stay(world, group, &share);
    for (uint32_t p = 0; p < partitions_of(group); p++) {
        Partition *partition = partition_at(world, group->first_partition + p);
        if (partition->target != NO_INDEX)
            continue;
        partition->target = neediest(world, group, &share);
        if (partition->target != NO_INDEX)
            plan_one(member_at(world, partition->target), &share);
    }
}

/* --- the course of a rebalance */

static void start_timer(World *world, Group *group)
{
    SimTime takes = world_draw(world, group->config->group->rebalance_time, group->rebalance_key,
                               group->rebalances++, 0);
    timer_set(world, group->timer, world_now(world) + takes, EVENT_COMPLETION);
}

static void stop_timer(World *world, const Group *group)
{
    timer_cancel(world, group->timer);
}

static void sync_when_gathered(World *world, Group *group)
{
    if (group->state != GROUP_GATHERING || group->pending > 0 || group->lingering > 0)
        return;
    group->state = GROUP_SYNCING;
    start_timer(world, group);
}

/* Also when one is under way: it begins anew. */
static void rebalance(World *world, Group *group)
{
    if (group->state == GROUP_STABLE)
        report(world, group, "rebalance_start");
    stop_timer(world, group);
    group->state = GROUP_GATHERING;
    group->moving = 0;
    group->pending = 0;
    for (uint32_t i = 0; i < group->member_count; i++) {
        Member *member = member_at(world, group->first_member + i);
        member->has_joined = false;
        if (member->is_silent || member->is_late)
            continue;
        group->pending++;
        member_touch(world, group->first_member + i);
    }
    sync_when_gathered(world, group);
}

static void finish(World *world, Group *group)
{
    group->state = GROUP_STABLE;
    report(world, group, "rebalance_end");
}

static void join(World *world, Group *group, uint32_t index)
{
    Member *member = member_at(world, index);
    member->has_joined = true;
    member_commit_all(world, member);
    if (!is_cooperative(group))
        member_stop_polling(world, index);
    group->pending--;
    sync_when_gathered(world, group);
}

static void give_free_ones(World *world, const Group *group)
{
    for (uint32_t p = 0; p < partitions_of(group); p++) {
        uint32_t index = group->first_partition + p;
        const Partition *partition = partition_at(world, index);
        if (partition->owner == NO_INDEX && partition->target != NO_INDEX)
            partition_give(world, index, partition->target);
    }
}

static void give_when_released(World *world, Group *group)
{
    if (group->moving > 0)
        return;
    group->state = GROUP_GIVING;
    start_timer(world, group);
}

/* Between batches: partitions that are to move are nobody's from now on. */
static void release(World *world, Group *group, uint32_t index)
{
    member_commit_all(world, member_at(world, index));
    for (uint32_t p = 0; p < partitions_of(group); p++) {
        Partition *partition = partition_at(world, group->first_partition + p);
        if (partition->owner != index || partition->target == index)
            continue;
        partition->owner = NO_INDEX;
        partition->serial++;
        partition->is_offered = false;
        group->moving--;
    }
    give_when_released(world, group);
}

static void sync_cooperative(World *world, Group *group)
{
    for (uint32_t i = 0; i < group->member_count; i++) {
        Member *member = member_at(world, group->first_member + i);
        member->is_in_group = !member->is_silent;
    }
    plan_targets(world, group);
    give_free_ones(world, group);
    for (uint32_t p = 0; p < partitions_of(group); p++) {
        const Partition *partition = partition_at(world, group->first_partition + p);
        if (partition->owner == partition->target)
            continue;
        group->moving++;
        member_touch(world, partition->owner);
    }
    if (group->moving > 0)
        group->state = GROUP_REVOKING;
    else
        finish(world, group);
}

void group_step(World *world, uint32_t index)
{
    Group *group = group_at(world, index);
    if (group->state == GROUP_SYNCING && is_cooperative(group)) {
        sync_cooperative(world, group);
        return;
    }
    if (group->state == GROUP_SYNCING)
        group_assign(world, group);
    else
        give_free_ones(world, group);
    finish(world, group);
}

bool member_may_read(World *world, uint32_t index)
{
    const Member *member = member_at(world, index);
    Group *group = group_at(world, member->group);
    if (group->state == GROUP_GATHERING && !member->has_joined)
        join(world, group, index);
    else if (group->state == GROUP_REVOKING)
        release(world, group, index);
    return member->is_in_group && (group->state == GROUP_STABLE || is_cooperative(group));
}

/* --- members that fall silent, and come back */

typedef void (*PartitionAction)(World *world, uint32_t partition, uint32_t member);

static void for_each_partition_of(World *world, uint32_t index, PartitionAction action)
{
    const Group *group = group_at(world, member_at(world, index)->group);
    for (uint32_t p = 0; p < partitions_of(group); p++) {
        if (partition_at(world, group->first_partition + p)->owner == index)
            action(world, group->first_partition + p, index);
    }
}

/* The process has forgotten where it was. */
static void forget(World *world, uint32_t partition, uint32_t member)
{
    (void)member;
    partition_at(world, partition)->is_offered = false;
    partition_rewind(world, partition, false);
}

static void take_away(World *world, uint32_t partition, uint32_t member)
{
    partition_rewind(world, partition, member_at(world, member)->is_processing);
    partition_give(world, partition, NO_INDEX);
}

static void crash(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    member->is_down = true;
    member->is_processing = false;
    member->is_late = false;
    member_clear(world, index);
    for_each_partition_of(world, index, forget);
}

static void fall_silent(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    Group *group = group_at(world, member->group);
    uint32_t session = member->session_timer;
    member->is_silent = true;
    if (!timer_is_set(world, session)) {
        group->lingering++;
        timer_set(world, session, world_now(world) + group->config->group->session_timeout,
                  EVENT_TIMEOUT);
    }
    if (group->state == GROUP_GATHERING && !member->has_joined && !member->is_late)
        group->pending--;
    if (group->state != GROUP_SYNCING)
        return;
    group->state = GROUP_GATHERING;
    stop_timer(world, group);
}

static void resume(World *world, Group *group, uint32_t index, bool was_down)
{
    const Member *member = member_at(world, index);
    timer_cancel(world, member->session_timer);
    group->lingering--;
    if (group->state == GROUP_GATHERING && !member->has_joined)
        group->pending++;
    if (was_down)
        for_each_partition_of(world, index, partition_give);
    sync_when_gathered(world, group);
    member_touch(world, index);
}

/* A process that was started anew is another member to the group, unless the group is static: the
 * old one lingers until its session ends. */
static void come_back(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    Group *group = group_at(world, member->group);
    bool was_down = member->is_down;
    bool is_same = !was_down || group->config->group->rebalance == REBALANCE_STATIC;
    member->is_silent = false;
    member->is_down = false;
    if (is_same && member->is_in_group && timer_is_set(world, member->session_timer)) {
        resume(world, group, index, was_down);
        return;
    }
    member->is_in_group = false;
    rebalance(world, group);
}

/* The process is alive and says so no more: it leaves at once, or, static, is missed when its
 * session ends. It polls again when it has finished its batch; put out, when it has finished the
 * record in hand. */
void member_too_late(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    if (member->is_silent)
        return;
    fall_silent(world, index);
    member->is_late = true;
    if (group_at(world, member->group)->config->group->rebalance == REBALANCE_STATIC) {
        member->is_silent = false;
        return;
    }
    timer_cancel(world, member->session_timer);
    member_expire(world, index);
    member_touch(world, index);
}

void member_catch_up(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    if (world->replicas[member->replica].is_hung)
        return; /* it catches up when it wakes up */
    member->is_late = false;
    come_back(world, index);
}

void member_expire(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    Group *group = group_at(world, member->group);
    group->lingering--;
    if (member->is_late)
        member->is_silent = true;
    if (member->is_silent)
        member_clear(world, index);
    for_each_partition_of(world, index, take_away);
    member->is_in_group = false;
    if (group->state == GROUP_GATHERING)
        sync_when_gathered(world, group);
    else
        rebalance(world, group);
}

/* Late as before: only a poll brings it back. */
static void wake_late(World *world, uint32_t index)
{
    Member *member = member_at(world, index);
    member->is_silent = !member->is_in_group;
    member_touch(world, index);
}

static void follow(World *world, uint32_t index)
{
    const Member *member = member_at(world, index);
    const Replica *replica = &world->replicas[member->replica];
    bool is_silent = replica->is_down || replica->is_hung;
    if (replica->is_down && !member->is_down)
        crash(world, index);
    if (is_silent && !member->is_silent)
        fall_silent(world, index);
    else if (!is_silent && member->is_late)
        wake_late(world, index);
    else if (!is_silent && member->is_silent)
        come_back(world, index);
}

void stream_replica_changed(World *world, uint32_t replica)
{
    for (uint32_t i = 0; world->streams != NULL && i < world->streams->member_count; i++) {
        if (member_at(world, i)->replica == replica)
            follow(world, i);
    }
}
