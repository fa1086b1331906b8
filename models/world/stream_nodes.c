/* The nodes that hold a stream: what of it can be written and read while some of them are down.
 *
 * Each partition has a replica on each of replication_factor nodes, and partition p is led by node
 * p % replication_factor; nodes fail from the first on. It takes failover_time until the others
 * know: then they lead what the lost ones led, and count as all that are in sync. Until then
 * nothing that was not on all replicas can be read, nor acknowledged with acks all. */
#include <glib.h>
#include <math.h>

#include "models/world/broker.h"
#include "models/world/stream.h"

static const StreamConfig *config_of(const World *world, uint32_t broker)
{
    return &world->topology->brokers[broker].stream;
}

static Stream *stream_of(const World *world, uint32_t broker)
{
    return &world->streams->streams[broker];
}

static bool is_gone(const World *world, uint32_t broker)
{
    return stream_of(world, broker)->nodes_down >= config_of(world, broker)->replication_factor;
}

bool stream_is_led(const World *world, uint32_t broker, uint32_t partition)
{
    const Stream *stream = stream_of(world, broker);
    uint32_t nodes = config_of(world, broker)->replication_factor;
    if (stream->nodes_down == 0)
        return true;
    return stream->nodes_down < nodes &&
           (!stream->is_failing_over || partition % nodes >= stream->nodes_down);
}

bool stream_replicates(const World *world, uint32_t broker)
{
    return !stream_of(world, broker)->is_failing_over && !is_gone(world, broker);
}

bool stream_has_enough_in_sync(const World *world, uint32_t broker)
{
    const Stream *stream = stream_of(world, broker);
    const StreamConfig *config = config_of(world, broker);
    uint32_t in_sync = config->replication_factor - stream->nodes_down;
    return stream->nodes_down == 0 || stream->is_failing_over ||
           in_sync >= config->min_insync_replicas;
}

void stream_hold(World *world, uint32_t handle)
{
    Message *sent = message_at(world, handle);
    sent->event = 0;
    ref_queue_push(&stream_of(world, sent->subscription)->held, handle, 0);
}

/* --- nodes that go */

static int compare_events(gconstpointer a, gconstpointer b)
{
    EventId x = *(const EventId *)a, y = *(const EventId *)b;
    return (x > y) - (x < y);
}

/* The events of what is on its way to the followers, in the order in which the leaders had it. */
static GArray *unreplicated(const World *world, uint32_t broker)
{
    GArray *events = g_array_new(FALSE, FALSE, sizeof(EventId));
    for (uint32_t i = 1; i <= world->messages.used; i++) {
        const Message *sent = message_at(world, i);
        if (sent->is_live && sent->is_record && sent->state == MESSAGE_REPLICATING &&
            sent->subscription == broker && sent->event != 0)
            g_array_append_val(events, sent->event);
    }
    g_array_sort(events, compare_events);
    return events;
}

/* With its leader goes what no other node has. A producer that waits for all replicas has not been
 * answered and sends it again; others do not learn of it. */
static void lose_leader(World *world, uint32_t handle, int acks)
{
    if (acks != ACKS_ALL) {
        stream_lose(world, handle);
        return;
    }
    message_at(world, handle)->state = MESSAGE_SENDING;
    stream_hold(world, handle);
}

static void stop_replication(World *world, uint32_t broker)
{
    const StreamConfig *config = config_of(world, broker);
    g_autoptr(GArray) events = unreplicated(world, broker);
    for (guint i = 0; i < events->len; i++) {
        uint32_t handle = event_handle(g_array_index(events, EventId, i));
        uint32_t partition = message_at(world, handle)->partition;
        if (!is_gone(world, broker) && !stream_is_led(world, broker, partition))
            lose_leader(world, handle, config->acks);
        else
            stream_hold(world, handle);
    }
    for (uint32_t p = 0; p < config->partitions; p++)
        stream_of(world, broker)->readable[p] = world_now(world);
}

/* --- nodes that lead, and come back */

static void go_on(World *world, uint32_t broker)
{
    RefQueue *held = &stream_of(world, broker)->held;
    for (uint32_t left = held->count; left > 0; left--) {
        uint32_t handle = ref_queue_pop(held).handle;
        stream_go_on(world, handle);
    }
    const BrokerConfig *config = &world->topology->brokers[broker];
    for (uint32_t i = 0; i < config->subscription_count; i++) {
        const Group *group =
            group_at(world, world->streams->group_of[config->first_subscription + i]);
        for (uint32_t p = 0; p < config->stream.partitions; p++)
            partition_offer(world, group->first_partition + p);
    }
}

static void fail_over(World *world, uint32_t broker)
{
    stream_of(world, broker)->is_failing_over = false;
    StateRecord record = {.time = world_now(world),
                          .type = "failover",
                          .subject = world->topology->brokers[broker].name,
                          .value = NAN};
    world->observer.state_changed(world->observer.context, &record);
    go_on(world, broker);
}

static void begin_failover(World *world, uint32_t broker)
{
    Stream *stream = stream_of(world, broker);
    stream->is_failing_over = !is_gone(world, broker);
    stop_replication(world, broker);
    timer_cancel(world, stream->failover_timer);
    if (!stream->is_failing_over)
        return;
    SimTime takes = world_draw(world, config_of(world, broker)->failover_time, stream->failover_key,
                               stream->failovers++, 0);
    timer_set(world, stream->failover_timer, world_now(world) + takes, EVENT_COMPLETION);
}

void stream_nodes_changed(World *world, uint32_t broker, uint32_t nodes_down)
{
    Stream *stream = stream_of(world, broker);
    uint32_t nodes = config_of(world, broker)->replication_factor;
    uint32_t down = MIN(nodes_down, nodes), before = stream->nodes_down;
    stream->nodes_down = down;
    if (down > before)
        begin_failover(world, broker);
    if (down >= before)
        return;
    if (down == 0 || before == nodes) { /* those that are back know what they have lost */
        stream->is_failing_over = false;
        timer_cancel(world, stream->failover_timer);
    }
    go_on(world, broker);
}

void stream_nodes_build(World *world, uint32_t broker)
{
    Stream *stream = stream_of(world, broker);
    stream->failover_timer = timer_new(world, fail_over, broker);
    stream->failover_key =
        sim_key(world->seed, world->replication, world->topology->brokers[broker].name, "failover");
}
