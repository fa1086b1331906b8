/* Streams from the constant topology, back to nothing, and what must hold of them. */
#include <glib.h>

#include "models/world/stream.h"

static uint64_t key_of(const World *world, const char *entity, const char *purpose)
{
    return sim_key(world->seed, world->replication, entity, purpose);
}

static const ServiceConfig *service_of(const Topology *topology, const SubscriptionConfig *group)
{
    return &topology->services[topology->operations[group->consumers[0].operation].service];
}

static uint32_t members_of(const Topology *topology, const SubscriptionConfig *group)
{
    return service_of(topology, group)->replicas * group->consumers[0].concurrency;
}

static void count(Streams *streams, const Topology *topology)
{
    for (uint32_t i = 0; i < topology->subscription_count; i++) {
        const SubscriptionConfig *config = &topology->subscriptions[i];
        if (config->group == NULL)
            continue;
        streams->group_count++;
        streams->member_count += members_of(topology, config);
        streams->partition_count += topology->brokers[config->broker].stream.partitions;
    }
}

static void build_stream(World *world, uint32_t broker)
{
    const Topology *topology = world->topology;
    const BrokerConfig *config = &topology->brokers[broker];
    Stream *stream = &world->streams->streams[broker];
    stream->readable = g_new0(SimTime, config->stream.partitions);
    stream->producers = g_new0(Producer, (size_t)topology->replica_count + 1);
    stream->key_key = key_of(world, config->name, "record key");
    stream->replication_key = key_of(world, config->name, "replication");
    stream_nodes_build(world, broker);
    for (uint32_t s = 0; s < topology->service_count; s++) {
        const ServiceConfig *service = &topology->services[s];
        for (uint32_t i = 0; i < service->replicas; i++)
            stream->producers[service->first_replica + i].partition = i % config->stream.partitions;
    }
}

/* The first members of all replicas come before the second ones: those without a partition are
 * spread over the replicas. */
static void build_members(World *world, uint32_t index)
{
    const Group *group = group_at(world, index);
    const ServiceConfig *service = service_of(world->topology, group->config);
    for (uint32_t i = 0; i < group->member_count; i++) {
        Member *member = member_at(world, group->first_member + i);
        member->group = index;
        member->replica = service->first_replica + i % service->replicas;
        member->next_commit = group->config->group->auto_commit_interval;
        member->step_timer = timer_new(world, member_step, group->first_member + i);
        member->commit_timer = timer_new(world, member_touch, group->first_member + i);
        member->session_timer = timer_new(world, member_expire, group->first_member + i);
        member->poll_timer = timer_new(world, member_too_late, group->first_member + i);
    }
}

static void build_group(World *world, uint32_t index, uint32_t subscription, const Group *before)
{
    const SubscriptionConfig *config = &world->topology->subscriptions[subscription];
    Group *group = group_at(world, index);
    group->config = config;
    group->broker = &world->topology->brokers[config->broker];
    group->subscription = subscription;
    group->member_count = members_of(world->topology, config);
    if (before != NULL) {
        group->first_member = before->first_member + before->member_count;
        group->first_partition = before->first_partition + before->broker->stream.partitions;
    }
    group->fetch_key = key_of(world, config->full_name, "fetch");
    group->rebalance_key = key_of(world, config->full_name, "rebalance");
    group->timer = timer_new(world, group_step, index);
    SimTime interval = config->group->max_poll_interval;
    group->poll_lane = interval > 0 ? engine_lane(&world->engine, interval) : NO_INDEX;
    for (uint32_t i = 0; i < group->broker->stream.partitions; i++) {
        Partition *partition = partition_at(world, group->first_partition + i);
        partition->group = index;
        partition->timer = timer_new(world, partition_lose_old, group->first_partition + i);
    }
    build_members(world, index);
    group_assign(world, group);
}

static bool has_stream(const Topology *topology)
{
    for (uint32_t i = 0; i < topology->broker_count; i++) {
        if (topology->brokers[i].kind == BROKER_STREAM)
            return true;
    }
    return false;
}

void streams_build(World *world)
{
    const Topology *topology = world->topology;
    if (!has_stream(topology))
        return;
    Streams *streams = world->streams = g_new0(Streams, 1);
    count(streams, topology);
    streams->streams = g_new0(Stream, topology->broker_count);
    streams->groups = g_new0(Group, streams->group_count);
    streams->partitions = g_new0(Partition, streams->partition_count);
    streams->members = g_new0(Member, streams->member_count);
    streams->group_of = g_new0(uint32_t, topology->subscription_count);
    for (uint32_t i = 0; i < topology->broker_count; i++) {
        if (topology->brokers[i].kind == BROKER_STREAM)
            build_stream(world, i);
    }
    uint32_t group = 0;
    for (uint32_t i = 0; i < topology->subscription_count; i++) {
        if (topology->subscriptions[i].group == NULL)
            continue;
        streams->group_of[i] = group;
        build_group(world, group, i, group == 0 ? NULL : group_at(world, group - 1));
        group++;
    }
}

void streams_demolish(World *world)
{
    Streams *streams = world->streams;
    if (streams == NULL)
        return;
    for (uint32_t i = 0; i < world->topology->broker_count; i++) {
        g_free(streams->streams[i].readable);
        g_free(streams->streams[i].producers);
        ref_queue_clear(&streams->streams[i].held);
    }
    for (uint32_t i = 0; i < streams->member_count; i++) {
        ref_queue_clear(&streams->members[i].unread);
        ref_queue_clear(&streams->members[i].batch);
        ref_queue_clear(&streams->members[i].dirty);
    }
    void *const arrays[] = {streams->streams, streams->groups, streams->partitions,
                            streams->members, streams->group_of};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
    g_free(streams);
    world->streams = NULL;
}

/* --- checks */

/* Records stand in the order in which they were published, and each is counted. */
static char *check_partition(const World *world, const Partition *partition)
{
    const char *name = group_at(world, partition->group)->config->full_name;
    uint32_t records = 0, unread = 0;
    SimTime before = 0;
    for (uint32_t handle = partition->first; handle != SLAB_NONE;) {
        const Message *record = message_at(world, handle);
        if (record->published < before)
            return g_strdup_printf("%s: records of a partition are out of order", name);
        before = record->published;
        records++;
        unread += unread > 0 || handle == partition->unread;
        handle = record->next;
    }
    if (records != partition->lag || unread != partition->unread_count)
        return g_strdup_printf("%s: %u records, of which %u unread, are counted as %u and %u", name,
                               records, unread, partition->lag, partition->unread_count);
    return NULL;
}

static bool is_at_work(const Member *member)
{
    return member->is_due || member->is_polling || member->is_processing || member->is_retrying;
}

/* Outside of rebalances every partition has an owner, as long as anybody is alive, and no record
 * waits beside an idle one. */
static char *check_owner(const World *world, const Group *group, const Partition *partition)
{
    bool is_alone = true;
    for (uint32_t i = 0; i < group->member_count; i++)
        is_alone = is_alone && member_at(world, group->first_member + i)->is_silent;
    if (group->state != GROUP_STABLE || is_alone)
        return NULL;
    if (partition->owner == NO_INDEX)
        return g_strdup_printf("%s: a partition has no owner", group->config->full_name);
    const Member *owner = member_at(world, partition->owner);
    if (partition->lag > partition->processed_count && !owner->is_silent && !is_at_work(owner))
        return g_strdup_printf("%s: %u records wait beside an idle consumer",
                               group->config->full_name, partition->lag);
    return NULL;
}

static char *check_group(const World *world, const Group *group)
{
    uint32_t lag = 0;
    for (uint32_t p = 0; p < group->broker->stream.partitions; p++) {
        const Partition *partition = partition_at(world, group->first_partition + p);
        char *wrong = check_partition(world, partition);
        if (wrong == NULL)
            wrong = check_owner(world, group, partition);
        if (wrong != NULL)
            return wrong;
        lag += partition->lag;
    }
    if (lag != world->subscriptions[group->subscription].depth)
        return g_strdup_printf("%s: its partitions hold %u records, it counts %u",
                               group->config->full_name, lag,
                               world->subscriptions[group->subscription].depth);
    return NULL;
}

char *streams_check(const World *world)
{
    char *wrong = NULL;
    for (uint32_t i = 0; world->streams != NULL && i < world->streams->group_count; i++) {
        if (wrong == NULL)
            wrong = check_group(world, group_at(world, i));
    }
    return wrong;
}
