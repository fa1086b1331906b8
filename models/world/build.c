/* From the constant topology to live objects, and back to nothing. */
#include <glib.h>

#include "models/world/broker.h"
#include "models/world/pool.h"
#include "models/world/timer.h"

static uint64_t key_of(const World *world, const char *entity, const char *purpose)
{
    return sim_key(world->seed, world->replication, entity, purpose);
}

/* --- replicas */

static Cpu *cpu_new(const CpuConfig *config)
{
    Cpu *cpu = g_new0(Cpu, 1);
    cpu->cores = config->cores;
    cpu->scheduling = config->scheduling;
    cpu->speed = 1;
    return cpu;
}

static void build_replicas(World *world)
{
    const Topology *topology = world->topology;
    world->replicas = g_new0(Replica, topology->replica_count);
    for (uint32_t s = 0; s < topology->service_count; s++) {
        const ServiceConfig *service = &topology->services[s];
        uint32_t lane = service->queue.timeout > 0
                            ? engine_lane(&world->engine, service->queue.timeout)
                            : NO_INDEX;
        for (uint32_t i = 0; i < service->replicas; i++) {
            Replica *replica = &world->replicas[service->first_replica + i];
            replica->service = s;
            replica->capacity = service->server == SERVER_THREAD_PER_REQUEST
                                    ? service->threads
                                    : service->max_in_flight;
            replica->slowdown = 1;
            replica->queue_lane = lane;
            replica->queue.kind = service->queue.discipline;
            replica->cpu = service->has_cpu ? cpu_new(&service->cpu) : NULL;
        }
    }
}

/* --- links */

static uint32_t callers_of(const Topology *topology, const LinkConfig *link)
{
    return link->caller != NO_INDEX ? topology->services[link->caller].replicas
                                    : topology->workloads[link->workload].clients;
}

static LinkKeys link_keys(const World *world, const char *name)
{
    return (LinkKeys){
        .latency = key_of(world, name, "latency"),
        .request_loss = key_of(world, name, "request loss"),
        .response_loss = key_of(world, name, "response loss"),
        .delay = key_of(world, name, "delay"),
        .balancer = key_of(world, name, "balancer"),
        .backoff = key_of(world, name, "backoff"),
        .serialize = key_of(world, name, "serialize"),
    };
}

static void build_balancer(World *world, Link *link)
{
    link->balancer = balancer_kind(&link->config->balancer);
    link->balancer_states = g_malloc0_n(link->clients, link->balancer->state_size + 1);
    if (link->balancer->counts_in_flight)
        link->in_flight = g_new0(uint32_t, (size_t)link->clients * link->replica_count);
    uint64_t key = key_of(world, link->config->name, "balancer start");
    for (uint32_t i = 0; i < link->clients && link->balancer->start != NULL; i++)
        link->balancer->start(link->balancer_states + i * link->balancer->state_size,
                              link->config->balancer.config, link->replica_count,
                              sim_rng_at(&world->rng, key, i, 0));
}

static void build_links(World *world)
{
    const Topology *topology = world->topology;
    world->links = g_new0(Link, topology->link_count);
    for (uint32_t i = 0; i < topology->link_count; i++) {
        const LinkConfig *config = &topology->links[i];
        Link *link = &world->links[i];
        link->config = config;
        link->keys = link_keys(world, config->name);
        link->call_lane =
            config->timeout > 0 ? engine_lane(&world->engine, config->timeout) : NO_INDEX;
        link->attempt_lane = config->per_try_timeout > 0
                                 ? engine_lane(&world->engine, config->per_try_timeout)
                                 : NO_INDEX;
        link->first_replica = topology->services[config->callee].first_replica;
        link->replica_count = topology->services[config->callee].replicas;
        uint32_t callers = callers_of(topology, config);
        link->clients = config->balancer_is_shared ? 1 : callers;
        link->is_async = config->mode != LINK_SYNC;
        link->is_one_way = config->mode == LINK_ASYNC;
        link->is_answered = config->mode == LINK_ASYNC_REPLY;
        if (config->has_pool)
            link->pool = pool_new(config, callers, link->replica_count,
                                  key_of(world, config->name, "connect"));
        link->may_lose = config->loss_ratio > 0;
        if (config->bandwidth_sharing == SHARING_FIFO)
            link->lines = g_new0(Line, callers);
        link->ns_per_byte = config->bandwidth > 0 ? 8e9 / config->bandwidth : 0;
        build_balancer(world, link);
    }
}

/* --- brokers */

static uint32_t slots_of(const Topology *topology, const SubscriptionConfig *subscription)
{
    uint32_t count = 0;
    if (subscription->group != NULL)
        return 0; /* its consumers are members: streams_build */
    for (uint32_t i = 0; i < subscription->consumer_count; i++)
        count +=
            topology->services[topology->operations[subscription->consumers[i].operation].service]
                .replicas;
    return count;
}

static void build_slots(World *world, uint32_t index, uint32_t first)
{
    const Topology *topology = world->topology;
    Subscription *subscription = &world->subscriptions[index];
    ConsumerSlot *slot = &world->slots[first];
    for (uint32_t i = 0; i < subscription->config->consumer_count; i++) {
        const ConsumerConfig *consumer = &subscription->config->consumers[i];
        const ServiceConfig *service =
            &topology->services[topology->operations[consumer->operation].service];
        for (uint32_t r = 0; r < service->replicas; r++)
            *slot++ = (ConsumerSlot){
                .subscription = index,
                .consumer = i,
                .replica = service->first_replica + r,
                .hand_out_timer = timer_new(world, subscription_touch, index),
            };
        subscription->lanes[i] = consumer->redelivery_timeout > 0
                                     ? engine_lane(&world->engine, consumer->redelivery_timeout)
                                     : NO_INDEX;
    }
}

static void build_brokers(World *world)
{
    const Topology *topology = world->topology;
    for (uint32_t i = 0; i < topology->subscription_count; i++)
        world->slot_count += slots_of(topology, &topology->subscriptions[i]);
    world->subscriptions = g_new0(Subscription, topology->subscription_count);
    world->slots = g_new0(ConsumerSlot, world->slot_count);
    uint32_t first = 0;
    for (uint32_t i = 0; i < topology->subscription_count; i++) {
        const SubscriptionConfig *config = &topology->subscriptions[i];
        Subscription *subscription = &world->subscriptions[i];
        subscription->config = config;
        subscription->broker = &topology->brokers[config->broker];
        subscription->backlog = &config->backlog;
        subscription->lines = g_new0(ReadyLine, config->backlog.max_priority + 1);
        subscription->first_slot = first;
        subscription->slot_count = slots_of(topology, config);
        subscription->lanes = g_new(uint32_t, config->consumer_count);
        subscription->delivery_key = key_of(world, config->full_name, "delivery");
        subscription->filter_key = key_of(world, config->full_name, "filter");
        subscription->expiry_timer = timer_new(world, ready_expiry_event, i);
        if (config->group == NULL)
            build_slots(world, i, first);
        first += subscription->slot_count;
    }
    world->gates = g_new0(Gate, topology->broker_count);
    world->broker_keys = g_new(BrokerKeys, topology->broker_count);
    for (uint32_t i = 0; i < topology->broker_count; i++) {
        const char *name = topology->brokers[i].name;
        world->broker_keys[i] = (BrokerKeys){.publish = key_of(world, name, "publish"),
                                             .key = key_of(world, name, "message key"),
                                             .priority = key_of(world, name, "message priority")};
        if (topology->brokers[i].bandwidth > 0)
            world->gates[i].ns_per_byte = 8e9 / topology->brokers[i].bandwidth;
    }
}

/* --- workloads */

static void build_users(World *world, Source *source, uint32_t workload)
{
    source->first_user = world->user_count;
    world->user_count += source->config->users;
    world->users = g_renew(User, world->users, world->user_count);
    for (uint32_t i = 0; i < source->config->users; i++)
        world->users[source->first_user + i] = (User){.workload = workload, .index = i};
}

static void build_sources(World *world)
{
    const Topology *topology = world->topology;
    world->sources = g_new0(Source, topology->workload_count);
    for (uint32_t i = 0; i < topology->workload_count; i++) {
        const WorkloadConfig *config = &topology->workloads[i];
        Source *source = &world->sources[i];
        source->config = config;
        source->mix_key = key_of(world, config->name, "mix");
        source->think_key = key_of(world, config->name, "think");
        source->visit = sim_hash(config->name);
        if (config->is_closed)
            build_users(world, source, i);
        else
            source->arrivals =
                arrival_process_new(topology, i, world->seed, world->replication, world->schedule);
    }
}

/* --- keys of draws */

/* Named by the operation, the verb and its place among the operation's steps of that verb: a step
 * more of another verb leaves the draws alone. */
static void build_step_keys(World *world)
{
    static const char *const verbs[] = {
        [STEP_COMPUTE] = "compute", [STEP_WAIT] = "wait",         [STEP_CALL] = "call",
        [STEP_PUBLISH] = "publish", [STEP_FAIL] = "fail",         [STEP_SKIP] = "skip",
        [STEP_CHOOSE] = "choose",   [STEP_JUMP] = "jump",         [STEP_LOOP] = "loop",
        [STEP_LOOP_NEXT] = "next",  [STEP_FORK] = "fork",         [STEP_SPAWN] = "spawn",
        [STEP_BRANCH_END] = "join", [STEP_DEGRADED] = "degraded", [STEP_REPLY] = "reply",
        [STEP_END] = "end",
    };
    const Topology *topology = world->topology;
    world->step_keys = g_new0(uint64_t, topology->step_count);
    uint32_t operation = 0;
    for (uint32_t pc = 0; pc < topology->step_count; pc++) {
        while (operation + 1 < topology->operation_count &&
               topology->operations[operation + 1].entry <= pc)
            operation++;
        const Step *step = &topology->code[pc];
        uint64_t key = key_of(world, topology->operations[operation].full_name, verbs[step->kind]);
        world->step_keys[pc] = sim_mix(key, step->ordinal);
    }
}

static void build_sites(World *world)
{
    const Topology *topology = world->topology;
    world->sites = g_new(Site, topology->call_site_count);
    for (uint32_t i = 0; i < topology->call_site_count; i++) {
        const CallSite *config = &topology->call_sites[i];
        const OperationConfig *operation = &topology->operations[config->operation];
        world->sites[i] = (Site){.config = config,
                                 .link = &world->links[config->link],
                                 .hash = sim_mix(sim_hash(operation->full_name), config->ordinal),
                                 .entry = operation->entry};
    }
    world->publish_hashes = g_new(uint64_t, topology->publish_site_count);
    for (uint32_t i = 0; i < topology->publish_site_count; i++) {
        const PublishSite *site = &topology->publish_sites[i];
        world->publish_hashes[i] =
            sim_mix(sim_hash(topology->brokers[site->broker].name), site->ordinal);
    }
}

/* Of a branch that starts here: it is one synchronous call, whose reply costs nothing to read and
 * whose failure has no fallback. */
static bool is_lone_call(const Topology *topology, uint32_t pc)
{
    const Step *step = &topology->code[pc];
    if (step->kind != STEP_CALL || step->on_failure != NO_INDEX ||
        topology->code[pc + 1].kind != STEP_BRANCH_END)
        return false;
    const LinkConfig *link = &topology->links[topology->call_sites[step->index].link];
    return link->mode == LINK_SYNC && link->serialization == NULL;
}

static void build_lone_calls(World *world)
{
    world->is_lone_call = g_new0(bool, world->topology->step_count);
    for (uint32_t pc = 0; pc + 1 < world->topology->step_count; pc++)
        world->is_lone_call[pc] = is_lone_call(world->topology, pc);
}

static void build_operations(World *world)
{
    const Topology *topology = world->topology;
    world->operations = g_new(OperationCondition, topology->operation_count);
    world->abort_keys = g_new(uint64_t, topology->operation_count);
    for (uint32_t i = 0; i < topology->operation_count; i++) {
        world->operations[i] = OPERATION_WELL;
        world->abort_keys[i] = key_of(world, topology->operations[i].full_name, "abort");
    }
}

void world_build(World *world)
{
    slab_init(&world->frames, sizeof(Frame));
    slab_init(&world->calls, sizeof(Call));
    slab_init(&world->requests, sizeof(Request));
    slab_init(&world->messages, sizeof(Message));
    slab_init(&world->batches, sizeof(BatchEntry));
    slab_init(&world->signals, sizeof(Signal));
    slab_grow(&world->frames); /* handle 0 can be looked at */
    slab_grow(&world->calls);
    slab_grow(&world->messages);
    build_replicas(world);
    build_links(world);
    timers_build(world);
    build_brokers(world);
    streams_build(world);
    replies_build(world);
    pools_build(world);
    build_sources(world);
    build_operations(world);
    build_step_keys(world);
    build_sites(world);
    build_lone_calls(world);
    world->fault_events = g_new0(EventId, world->schedule->count * 2);
    world->windows_on = g_new0(uint32_t, world->schedule->count);
}

/* --- back to nothing */

static void demolish_replica(Replica *replica)
{
    if (replica->queue.kind != NULL)
        replica->queue.kind->clear(&replica->queue);
    if (replica->parked != NULL)
        g_array_free(replica->parked, TRUE);
    if (replica->cpu == NULL)
        return;
    ref_queue_clear(&replica->cpu->waiting);
    g_free(replica->cpu->jobs);
    g_free(replica->cpu);
}

static void demolish_parts(World *world)
{
    const Topology *topology = world->topology;
    for (uint32_t i = 0; i < topology->replica_count; i++)
        demolish_replica(&world->replicas[i]);
    for (uint32_t i = 0; i < topology->link_count; i++) {
        g_free(world->links[i].balancer_states);
        g_free(world->links[i].in_flight);
        g_free(world->links[i].lines);
        pool_free(world->links[i].pool, world->links[i].replica_count);
    }
    for (uint32_t i = 0; i < topology->subscription_count; i++) {
        g_free(world->subscriptions[i].lanes);
        g_free(world->subscriptions[i].lines);
        g_free(world->subscriptions[i].keys);
        seen_clear(&world->subscriptions[i].seen);
        ref_queue_clear(&world->subscriptions[i].blocked);
    }
    for (uint32_t i = 0; i < world->slot_count; i++)
        ref_queue_clear(&world->slots[i].buffer);
    for (uint32_t i = 0; i < topology->workload_count; i++) {
        if (world->sources[i].arrivals != NULL)
            arrival_process_free(world->sources[i].arrivals);
    }
}

void world_demolish(World *world)
{
    demolish_parts(world);
    streams_demolish(world);
    replies_demolish(world);
    pools_demolish(world);
    timers_demolish(world);
    void *const arrays[] = {world->replicas,       world->links,       world->subscriptions,
                            world->slots,          world->sources,     world->users,
                            world->operations,     world->abort_keys,  world->fault_events,
                            world->windows_on,     world->step_keys,   world->sites,
                            world->publish_hashes, world->broker_keys, world->gates,
                            world->is_lone_call,   world->loops};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
    ref_queue_clear(&world->ready);
    ref_queue_clear(&world->due_subscriptions);
    ref_queue_clear(&world->due_slots);
    slab_clear(&world->frames);
    slab_clear(&world->calls);
    slab_clear(&world->requests);
    slab_clear(&world->messages);
    slab_clear(&world->batches);
    slab_clear(&world->signals);
    engine_clear(&world->engine);
}
