/* Faults: folds those that are on into the condition of what they target, and acts on the change.
 */
#include <math.h>

#include <stdlib.h>
#include <string.h>

#include "models/world/internal.h"
#include "models/world/pool.h"

static const FaultConfig *fault_of(const World *world, uint32_t window)
{
    return &world->topology->faults[world->schedule->windows[window].fault];
}

static int compare_indices(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Lists are in ascending order. */
static bool has_index(const uint32_t *list, uint32_t count, uint32_t index)
{
    return count > 0 && bsearch(&index, list, count, sizeof *list, compare_indices) != NULL;
}

static bool window_hits_replica(const FaultWindow *window, uint32_t replica)
{
    return has_index(window->replicas, window->replica_count, replica);
}

/* Windows that are on, in ascending order, so that a fold never depends on the order of edges. */
static void switch_window(World *world, uint32_t window, bool is_on)
{
    uint32_t *on = world->windows_on, i = 0;
    while (i < world->windows_on_count && on[i] < window)
        i++;
    if (is_on) {
        memmove(on + i + 1, on + i, (world->windows_on_count++ - i) * sizeof *on);
        on[i] = window;
    } else {
        memmove(on + i, on + i + 1, (--world->windows_on_count - i) * sizeof *on);
    }
}

/* --- replicas */

static ReplicaCondition replica_condition(const World *world, uint32_t replica)
{
    ReplicaCondition condition = REPLICA_WELL;
    for (uint32_t i = 0; i < world->windows_on_count; i++) {
        uint32_t window = world->windows_on[i];
        const FaultKind *kind = fault_kind(fault_of(world, window));
        if (kind->on_replica != NULL &&
            window_hits_replica(&world->schedule->windows[window], replica))
            kind->on_replica(fault_of(world, window)->type.config, &condition);
    }
    return condition;
}

static void set_speed(World *world, uint32_t index)
{
    const Replica *replica = &world->replicas[index];
    if (replica->cpu != NULL)
        cpu_set_speed(world, index, replica->is_hung ? 0 : 1 / replica->slowdown);
}

static void change_slowdown(World *world, uint32_t index, double slowdown)
{
    Replica *replica = &world->replicas[index];
    double factor = slowdown / replica->slowdown;
    replica->slowdown = slowdown;
    replica_rescale(world, index, factor);
    set_speed(world, index);
}

static void change_hung(World *world, uint32_t index, bool is_hung)
{
    Replica *replica = &world->replicas[index];
    replica->is_hung = is_hung;
    world->hung += is_hung ? 1 : UINT32_MAX;
    if (is_hung)
        replica_hang(world, index);
    set_speed(world, index);
    if (!is_hung)
        replica_wake(world, index);
}

static void update_replica(World *world, uint32_t index)
{
    Replica *replica = &world->replicas[index];
    ReplicaCondition condition = replica_condition(world, index);
    bool was_down = replica->is_down;
    replica->is_silent = condition.is_silent;
    replica->is_down = condition.is_down;
    if (condition.is_down && !was_down)
        replica_crash(world, index);
    if (condition.slowdown < replica->slowdown || condition.slowdown > replica->slowdown)
        change_slowdown(world, index, condition.slowdown);
    if (condition.is_hung != replica->is_hung)
        change_hung(world, index, condition.is_hung);
    if (was_down && !condition.is_down) {
        consumer_returned(world, index);
        pools_replica_changed(world, index, false);
    }
}

/* --- operations */

static bool targets_operation(const World *world, const FaultConfig *fault, uint32_t operation)
{
    if (fault->target == TARGET_OPERATION)
        return fault->target_index == operation;
    return fault->target == TARGET_SERVICE &&
           fault->target_index == world->topology->operations[operation].service;
}

static OperationCondition operation_condition(const World *world, uint32_t operation)
{
    OperationCondition condition = OPERATION_WELL;
    for (uint32_t i = 0; i < world->windows_on_count; i++) {
        const FaultConfig *fault = fault_of(world, world->windows_on[i]);
        const FaultKind *kind = fault_kind(fault);
        /* A kind that acts on replicas does so for a service target; on operations only for an
         * operation. */
        bool acts = fault->target == TARGET_OPERATION || kind->on_replica == NULL;
        if (kind->on_operation != NULL && acts && targets_operation(world, fault, operation))
            kind->on_operation(fault->type.config, &condition);
    }
    return condition;
}

static bool is_of_operation(const Frame *frame, uint32_t operation)
{
    return frame->state != FRAME_FREE && frame->state != FRAME_TRAVELLING &&
           frame->operation == operation;
}

/* Work in progress of one operation: what has an event of its own, and what stands in a shared CPU.
 */
static void rescale_operation(World *world, uint32_t operation, double factor)
{
    for (uint32_t i = 1; i <= world->frames.used; i++) {
        Frame *frame = frame_at(world, i);
        if (is_of_operation(frame, operation))
            frame_stretch(world, frame, factor);
    }
    const ServiceConfig *service =
        &world->topology->services[world->topology->operations[operation].service];
    for (uint32_t i = 0; i < service->replicas; i++) {
        uint32_t replica = service->first_replica + i;
        if (world->replicas[replica].cpu != NULL)
            cpu_scale_work(world, replica, operation, factor);
    }
}

static void update_operation(World *world, uint32_t operation)
{
    OperationCondition *now = &world->operations[operation];
    OperationCondition condition = operation_condition(world, operation);
    double factor = condition.slowdown / now->slowdown;
    *now = condition;
    if (factor < 1 || factor > 1)
        rescale_operation(world, operation, factor);
}

/* --- links */

/* A kind that acts on operations does so for a service target; on links only for links. */
static bool acts_on_links(const FaultConfig *fault, const FaultKind *kind)
{
    return kind->on_link != NULL &&
           (fault->target == TARGET_LINK ||
            (fault->target == TARGET_SERVICE && kind->on_operation == NULL));
}

static void update_link(World *world, uint32_t index)
{
    Link *link = &world->links[index];
    link->condition = (LinkCondition){0};
    link->is_faulty = false;
    for (uint32_t i = 0; i < world->windows_on_count; i++) {
        const FaultConfig *fault = fault_of(world, world->windows_on[i]);
        const FaultKind *kind = fault_kind(fault);
        if (acts_on_links(fault, kind) && has_index(fault->links, fault->link_count, index)) {
            kind->on_link(fault->type.config, &link->condition);
            link->is_faulty = true;
        }
        if (kind->on_outgoing != NULL && has_index(fault->outgoing, fault->outgoing_count, index)) {
            kind->on_outgoing(fault->type.config, &link->condition);
            link->is_faulty = true;
        }
    }
    link->may_lose = link->is_faulty || link->config->loss_ratio > 0;
}

/* --- brokers */

static void update_broker(World *world, uint32_t broker)
{
    BrokerCondition condition = {0};
    for (uint32_t i = 0; i < world->windows_on_count; i++) {
        const FaultConfig *fault = fault_of(world, world->windows_on[i]);
        const FaultKind *kind = fault_kind(fault);
        if (kind->on_broker != NULL && fault->target_index == broker)
            kind->on_broker(fault->type.config, &condition);
    }
    broker_nodes_changed(world, broker, condition.nodes_down);
}

/* --- windows */

static void apply(World *world, uint32_t window_index)
{
    const FaultWindow *window = &world->schedule->windows[window_index];
    const FaultConfig *fault = fault_of(world, window_index);
    const FaultKind *kind = fault_kind(fault);
    if (acts_on_links(fault, kind)) {
        for (uint32_t i = 0; i < fault->link_count; i++)
            update_link(world, fault->links[i]);
    }
    if (kind->on_outgoing != NULL) {
        for (uint32_t i = 0; i < fault->outgoing_count; i++)
            update_link(world, fault->outgoing[i]);
    }
    if (kind->on_operation != NULL) {
        for (uint32_t i = 0; i < world->topology->operation_count; i++) {
            if (targets_operation(world, fault, i))
                update_operation(world, i);
        }
    }
    if (kind->on_broker != NULL)
        update_broker(world, fault->target_index);
    if (kind->on_replica != NULL) {
        for (uint32_t i = 0; i < window->replica_count; i++)
            update_replica(world, window->replicas[i]);
    }
}

static void report(World *world, uint32_t window_index, bool begins)
{
    const FaultConfig *fault = fault_of(world, window_index);
    StateRecord record = {.time = world_now(world),
                          .type = begins ? "fault_start" : "fault_end",
                          .subject = fault->name,
                          .value = NAN,
                          .detail = fault->type.kind->name};
    world->observer.state_changed(world->observer.context, &record);
}

void fault_event(World *world, uint32_t edge)
{
    uint32_t window = edge / 2;
    world->fault_events[edge] = 0;
    switch_window(world, window, edge % 2 == 0);
    apply(world, window);
    report(world, window, edge % 2 == 0);
}

/* Edges come before everything else at their time, in the order of their windows. */
void faults_start(World *world)
{
    for (uint32_t i = 0; i < world->schedule->count; i++) {
        const FaultWindow *window = &world->schedule->windows[i];
        world->fault_events[i * 2] =
            engine_schedule(&world->engine, window->start, EVENT_COMPLETION, EVENT_FAULT, i * 2);
        if (window->end != SIM_TIME_NEVER)
            world->fault_events[i * 2 + 1] = engine_schedule(
                &world->engine, window->end, EVENT_COMPLETION, EVENT_FAULT, i * 2 + 1);
    }
}
