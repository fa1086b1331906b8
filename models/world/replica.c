/* The callee's side: the door, the queue, the threads, crashes and hangs. */
#include <glib.h>

#include "models/world/internal.h"
#include "models/world/pool.h"

static const ServiceConfig *service_of(const World *world, const Replica *replica)
{
    return &world->topology->services[replica->service];
}

/* Refused at the door: a visit that never began. */
static void refuse(World *world, Frame *frame, Outcome outcome)
{
    if (frame->origin == ORIGIN_CALL)
        call_reply(world, frame, outcome);
    frame_drop(world, frame, VISIT_REJECTED);
}

static bool is_aborted(World *world, const Frame *frame)
{
    double spared = 1 - world->operations[frame->operation].abort_probability;
    if (frame->origin != ORIGIN_MESSAGE)
        spared *= 1 - world->links[frame->link].condition.abort_probability;
    return spared < 1 && world_chance(world, 1 - spared, world->abort_keys[frame->operation],
                                      request_at(world, frame->request)->id, frame->visit);
}

static void start(World *world, Frame *frame)
{
    world->replicas[frame->replica].in_service++;
    frame->has_thread = true;
    frame->started = world_now(world);
    frame->event = 0;
    frame_begin(world, frame);
}

static void enqueue(World *world, Frame *frame)
{
    Replica *replica = &world->replicas[frame->replica];
    const QueueConfig *config = &service_of(world, replica)->queue;
    frame->state = FRAME_QUEUED;
    frame->event = 0;
    frame->ticket = wait_queue_push(&replica->queue, frame->self,
                                    world->topology->operations[frame->operation].priority);
    frame->queued_ahead = replica->queue.count;
    if (config->timeout > 0)
        frame->event = engine_arm(&world->engine, replica->queue_lane, EVENT_FRAME, frame->self);
}

/* A crashed process answers with a reset of the connection, or not at all. Who came with a message
 * gives it back. */
static void arrive_nowhere(World *world, Frame *frame, bool is_silent)
{
    if (frame->origin == ORIGIN_CALL && !is_silent)
        call_reply(world, frame, OUTCOME_CONNECT_FAILURE);
    if (frame->origin == ORIGIN_MESSAGE)
        message_processed(world, frame, false);
    frame_free(world, frame);
}

void replica_arrive(World *world, Frame *frame)
{
    Replica *replica = &world->replicas[frame->replica];
    frame->event = 0;
    if (replica->is_down) {
        arrive_nowhere(world, frame, replica->is_silent);
        return;
    }
    frame->arrived = world_now(world);
    if (is_aborted(world, frame)) {
        refuse(world, frame, OUTCOME_ERROR);
        return;
    }
    if (replica->in_service < replica->capacity && !replica->is_hung && replica->queue.count == 0) {
        start(world, frame);
        return;
    }
    if (replica->queue.count >= service_of(world, replica)->queue.max_length) {
        refuse(world, frame, OUTCOME_REJECTED);
        return;
    }
    enqueue(world, frame);
}

static bool is_expired(const World *world, const Frame *frame, const QueueConfig *queue)
{
    return queue->drop_expired_on_dequeue && frame->deadline <= world_now(world);
}

/* Leaves the queue without having been served; its caller, if it still waits, learns that it was
 * turned away. */
static void give_up(World *world, Frame *frame)
{
    if (frame->origin == ORIGIN_CALL)
        call_reply(world, frame, OUTCOME_REJECTED);
    frame_drop(world, frame, VISIT_ABANDONED);
}

void replica_start_next(World *world, uint32_t index)
{
    Replica *replica = &world->replicas[index];
    while (replica->in_service < replica->capacity && replica->queue.count > 0 &&
           !replica->is_hung && !replica->is_down) {
        Frame *frame = frame_at(world, wait_queue_pop(&replica->queue));
        if (is_expired(world, frame, &service_of(world, replica)->queue))
            give_up(world, frame);
        else
            start(world, frame);
    }
}

void replica_leave(World *world, uint32_t index)
{
    Replica *replica = &world->replicas[index];
    SIM_CHECK(replica->in_service > 0);
    replica->in_service--;
    if (replica->queue.count > 0)
        replica_start_next(world, index);
}

void replica_unqueue(World *world, Frame *frame)
{
    WaitQueue *queue = &world->replicas[frame->replica].queue;
    queue->kind->remove(queue, frame->ticket);
}

void replica_queue_timeout(World *world, Frame *frame)
{
    replica_unqueue(world, frame);
    give_up(world, frame);
}

/* --- what happens to all frames of a replica: rare, so they are found by looking at every frame */

typedef void (*FrameAction)(World *world, Frame *frame, double argument);

static void for_each_owner_in(World *world, uint32_t replica, FrameAction action, double argument)
{
    for (uint32_t i = 1; i <= world->frames.used; i++) {
        Frame *frame = frame_at(world, i);
        if (frame->state != FRAME_FREE && frame->state != FRAME_TRAVELLING &&
            frame->replica == replica && frame->origin != ORIGIN_BRANCH)
            action(world, frame, argument);
    }
}

static void for_each_frame_in(World *world, uint32_t replica, FrameAction action, double argument)
{
    for (uint32_t i = 1; i <= world->frames.used; i++) {
        Frame *frame = frame_at(world, i);
        if (frame->state != FRAME_FREE && frame->state != FRAME_TRAVELLING &&
            frame->replica == replica)
            action(world, frame, argument);
    }
}

static void lose(World *world, Frame *frame, double argument)
{
    (void)argument;
    if (frame->origin == ORIGIN_CALL && !frame->has_replied &&
        !world->replicas[frame->replica].is_silent)
        call_reply(world, frame, OUTCOME_RESET);
    frame_drop(world, frame, VISIT_LOST);
}

void replica_crash(World *world, uint32_t index)
{
    Replica *replica = &world->replicas[index];
    for_each_owner_in(world, index, lose, 0);
    if (replica->cpu != NULL)
        cpu_clear(world, index);
    replica->queue.kind->clear(&replica->queue);
    replica->in_service = 0;
    if (replica->parked != NULL)
        g_array_set_size(replica->parked, 0);
    consumer_crashed(world, index);
    pools_replica_changed(world, index, true);
}

/* Computations and waits of a frame that have an event of their own. */
static bool is_timed(const Frame *frame)
{
    return (frame->state == FRAME_COMPUTING && !frame->in_cpu) || frame->state == FRAME_WAITING;
}

static void freeze(World *world, Frame *frame, double argument)
{
    (void)argument;
    if (!is_timed(frame) || frame->event == 0)
        return;
    frame->event = 0;
    frame->until -= world_now(world);
}

static void thaw(World *world, Frame *frame, double argument)
{
    (void)argument;
    if (!is_timed(frame) || frame->event != 0)
        return;
    frame->until += world_now(world);
    frame->event =
        engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME, frame->self);
}

void frame_stretch(World *world, Frame *frame, double factor)
{
    if (!is_timed(frame))
        return;
    bool runs = frame->event != 0;
    SimTime now = runs ? world_now(world) : 0;
    frame->until = now + sim_time_from_ns((double)(frame->until - now) * factor);
    if (runs)
        frame->event = engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME,
                                       frame->self);
}

void replica_rescale(World *world, uint32_t index, double factor)
{
    for_each_frame_in(world, index, frame_stretch, factor);
}

void replica_hang(World *world, uint32_t index)
{
    for_each_frame_in(world, index, freeze, 0);
    stream_replica_changed(world, index);
}

void replica_wake(World *world, uint32_t index)
{
    Replica *replica = &world->replicas[index];
    for_each_frame_in(world, index, thaw, 0);
    for (guint i = 0; replica->parked != NULL && i < replica->parked->len; i++)
        world_dispatch(world, g_array_index(replica->parked, EventId, i));
    if (replica->parked != NULL)
        g_array_set_size(replica->parked, 0);
    replica_start_next(world, index);
    consumer_returned(world, index);
}
