/* The life of frames and requests: how they begin, are named, and are dropped. */
#include <string.h>

#include "models/world/internal.h"

uint32_t frame_new(World *world, uint32_t request, FrameOrigin origin, uint32_t from,
                   uint32_t from_serial)
{
    if (!slab_has_room(&world->frames)) {
        world->stop = STOP_IN_FLIGHT;
        return SLAB_NONE;
    }
    uint32_t handle = slab_take(&world->frames);
    Frame *frame = frame_at(world, handle);
    frame->event = 0;
    call_timers_cancel(frame);
    frame->deadline = SIM_TIME_NEVER;
    frame->busy = 0;
    frame->serial++;
    frame->call_serial++;
    frame->request = request;
    frame->operation = NO_INDEX;
    frame->replica = NO_INDEX;
    frame->owner = handle;
    frame->children = 0;
    frame->from = from;
    frame->from_serial = from_serial;
    frame->link = NO_INDEX;
    frame->queued_ahead = 0;
    memset(&frame->depth, 0, sizeof(Frame) - offsetof(Frame, depth));
    frame->origin = (uint8_t)origin;
    frame->state = FRAME_RUNNING;
    request_at(world, request)->work++;
    return handle;
}

/* A freed frame holds no event and answers to no reference. */
void frame_free(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    if (frame->is_abandoned)
        world->abandoned--;
    uint32_t request = frame->request;
    frame->state = FRAME_FREE;
    frame->serial++;
    frame->call_serial++;
    frame->event = 0;
    call_timers_cancel(frame);
    slab_give(&world->frames, handle);
    request_release(world, request);
}

void request_release(World *world, uint32_t handle)
{
    Request *request = request_at(world, handle);
    SIM_CHECK(request->work > 0);
    if (--request->work > 0)
        return;
    CompletionRecord record = {.workload = request->workload,
                               .site = request->site,
                               .tag = request->tag,
                               .has_succeeded = request->has_succeeded,
                               .started = request->started,
                               .completed = world_now(world)};
    world->observer.request_completed(world->observer.context, &record);
    slab_give(&world->requests, handle);
}

void frame_wake(World *world, uint32_t handle, FrameWake wake)
{
    Frame *frame = frame_at(world, handle);
    frame->wake = (uint8_t)wake;
    frame_queue_push(&world->ready, handle, frame->serial);
}

void frame_resume(World *world, uint32_t handle, FrameWake wake)
{
    frame_at(world, handle)->state = FRAME_RUNNING;
    frame_wake(world, handle, wake);
}

uint64_t frame_visit(const Frame *frame)
{
    if (frame->loops_active == 0)
        return frame->visit;
    uint64_t loops = 0;
    for (unsigned i = 0; i < LOOPS_NESTED_MAX; i++)
        loops =
            loops * UINT64_C(0x9E3779B97F4A7C15) + (i < frame->loops_active ? frame->loops[i] : 0);
    return sim_mix(frame->visit, loops);
}

/* Walks up the tree of calls: a frame is wanted if each caller above it still waits for what it
 * asked. */
bool frame_is_wanted(const World *world, const Frame *frame)
{
    if (world->abandoned == 0)
        return true;
    for (;;) {
        if (frame->origin != ORIGIN_CALL)
            return true;
        const Frame *caller = frame_at(world, frame->from);
        if (caller->call_serial != frame->from_serial)
            return false;
        if (caller->owner == SLAB_NONE || caller->replica == NO_INDEX)
            return true;
        frame = frame_at(world, caller->owner);
        if (frame->has_replied)
            return true; /* work behind the reply is wanted for its own sake */
    }
}

/* The visit of the replica is over: tells the observer and whoever gave the work. */
void frame_visit_over(World *world, uint32_t handle, VisitEnd end)
{
    Frame *frame = frame_at(world, handle);
    SimTime now = world_now(world);
    const Request *request = request_at(world, frame->request);
    bool was_served = frame->has_thread;
    VisitRecord record = {
        .operation = frame->operation,
        .replica = frame->replica,
        .tag = request->tag,
        .end = end,
        .is_wasted = end != VISIT_COMPLETED || !frame->was_wanted,
        .has_started = was_served,
        .queued_ahead = frame->queued_ahead,
        .arrived = frame->arrived,
        .started = frame->started,
        .replied = frame->has_replied ? frame->replied : now,
        .ended = now,
        .busy = frame->busy,
    };
    world->observer.visit_ended(world->observer.context, &record);
    if (frame->origin == ORIGIN_MESSAGE)
        message_processed(world, frame, end == VISIT_COMPLETED);
}

void frame_leave_cpu(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    if (frame->in_cpu) {
        cpu_remove(world, frame->replica, handle);
    } else if (frame->has_core) {
        frame->has_core = false;
        cpu_freed(world, frame->replica);
    }
}

/* Ends the branches of an owner where they stand. Branches are found by looking at all frames: this
 * happens only when work is cancelled or a replica crashes. */
static void drop_branches(World *world, uint32_t owner, bool passes_on)
{
    for (uint32_t i = 1; i <= world->frames.used && frame_at(world, owner)->children > 0; i++) {
        Frame *frame = frame_at(world, i);
        if (frame->state == FRAME_FREE || frame->owner != owner || i == owner)
            continue;
        call_forget(world, i, passes_on);
        frame_leave_cpu(world, i);
        frame_at(world, owner)->children--;
        frame_free(world, i);
    }
}

void frame_drop(World *world, uint32_t handle, VisitEnd end)
{
    Frame *frame = frame_at(world, handle);
    bool passes_on = end == VISIT_CANCELLED; /* what is cancelled cancels what it has asked for */
    call_forget(world, handle, passes_on);
    drop_branches(world, handle, passes_on);
    frame_leave_cpu(world, handle);
    bool had_thread = frame->has_thread && frame->state != FRAME_OVER;
    if (frame->state != FRAME_OVER)
        frame_visit_over(world, handle, end);
    uint32_t replica = frame->replica;
    frame_free(world, handle);
    if (had_thread && end != VISIT_LOST)
        replica_leave(world, replica);
}
