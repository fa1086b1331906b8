/* The life of frames and requests: how they begin, are named, and are dropped. */
#include <string.h>

#include "models/world/internal.h"

Frame *frame_new(World *world, uint32_t request, FrameOrigin origin, uint32_t from,
                 uint32_t from_serial)
{
    if (!slab_has_room(&world->frames)) {
        world->stop = STOP_IN_FLIGHT;
        return NULL;
    }
    uint32_t handle = slab_take(&world->frames);
    Frame *frame = frame_at(world, handle);
    frame->event = 0;
    frame->deadline = SIM_TIME_NEVER;
    frame->busy = 0;
    frame->self = handle;
    frame->serial++;
    frame->join_serial++;
    frame->request = request;
    frame->children = 0;
    frame->from = from;
    frame->from_serial = from_serial;
    frame->queued_ahead = 0;
    memset(&frame->depth, 0, sizeof(Frame) - offsetof(Frame, depth));
    frame->state = FRAME_TRAVELLING;
    frame->origin = (uint8_t)origin;
    request_at(world, request)->work++;
    return frame;
}

/* A freed frame holds no event and answers to no reference. */
void frame_free(World *world, Frame *frame)
{
    if (frame->is_abandoned)
        world->abandoned--;
    frame->state = FRAME_FREE;
    frame->serial++;
    frame->join_serial++;
    frame->event = 0;
    slab_give(&world->frames, frame->self);
    request_release(world, frame->request);
}

/* The last piece of its work has been let go. */
static void request_complete(World *world, uint32_t handle)
{
    const Request *request = request_at(world, handle);
    CompletionRecord record = {.workload = request->workload,
                               .site = request->site,
                               .tag = request->tag,
                               .has_succeeded = request->has_succeeded,
                               .started = request->started,
                               .completed = request->worked};
    world->observer.request_completed(world->observer.context, &record);
    slab_give(&world->requests, handle);
}

void request_release(World *world, uint32_t handle)
{
    Request *request = request_at(world, handle);
    SIM_CHECK(request->work > 0);
    request->worked = world_now(world);
    if (--request->work == 0)
        request_complete(world, handle);
}

void request_release_since(World *world, uint32_t handle, SimTime ended)
{
    Request *request = request_at(world, handle);
    SIM_CHECK(request->work > 0);
    if (ended > request->worked)
        request->worked = ended;
    if (--request->work == 0)
        request_complete(world, handle);
}

void frame_resume(World *world, Frame *frame, Wake wake)
{
    frame->state = FRAME_RUNNING;
    world_wake(world, frame->self, frame->serial, wake);
}

static uint64_t visit_in_loops(const World *world, const Frame *frame)
{
    const uint32_t *rounds = &world->loops[(size_t)frame->self * LOOPS_NESTED_MAX];
    uint64_t loops = 0;
    for (unsigned i = 0; i < LOOPS_NESTED_MAX; i++)
        loops = loops * UINT64_C(0x9E3779B97F4A7C15) + (i < frame->loops_active ? rounds[i] : 0);
    return sim_mix(frame->visit, loops);
}

uint64_t frame_visit(const World *world, const Frame *frame)
{
    return frame->loops_active == 0 ? frame->visit : visit_in_loops(world, frame);
}

/* Walks up the tree of calls: a frame is wanted if each caller above it still waits for what it
 * asked. */
bool frame_is_wanted(const World *world, const Frame *frame)
{
    if (world->abandoned == 0)
        return true;
    for (;;) {
        if (frame->origin != ORIGIN_CALL && !frame->answers)
            return true;
        Ref asker = frame_asker(world, frame);
        const Call *call = call_at(world, asker.handle);
        if (call->serial != asker.serial)
            return false;
        if (call->caller == CALLER_USER)
            return true;
        frame = owner_of(world, frame_at(world, call->from));
        if (frame->has_replied)
            return true; /* work behind the reply is wanted for its own sake */
    }
}

/* The visit of the replica is over: tells the observer and whoever gave the work. */
void frame_visit_over(World *world, Frame *frame, VisitEnd end)
{
    SimTime now = world_now(world);
    VisitRecord record = {
        .operation = frame->operation,
        .replica = frame->replica,
        .tag = request_at(world, frame->request)->tag,
        .end = end,
        .is_wasted = end != VISIT_COMPLETED || !frame->was_wanted,
        .has_started = frame->has_thread,
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

void frame_leave_cpu(World *world, Frame *frame)
{
    if (frame->in_cpu) {
        cpu_remove(world, frame);
    } else if (frame->has_core) {
        frame->has_core = false;
        cpu_freed(world, frame->replica);
    }
}

static void drop_branch(World *world, Frame *owner, Frame *branch, bool passes_on)
{
    call_forget(world, branch, passes_on);
    frame_leave_cpu(world, branch);
    owner->children--;
    frame_free(world, branch);
}

/* Ends the branches of an owner where they stand. They are found by looking at all frames and
 * calls: this happens only when work is cancelled or a replica crashes. */
static void drop_branches(World *world, Frame *owner, bool passes_on)
{
    for (uint32_t i = 1; i <= world->frames.used && owner->children > 0; i++) {
        Frame *frame = frame_at(world, i);
        if (frame->state != FRAME_FREE && frame->origin == ORIGIN_BRANCH &&
            frame->owner == owner->self)
            drop_branch(world, owner, frame, passes_on);
    }
    for (uint32_t i = 1; i <= world->calls.used && owner->children > 0; i++) {
        Call *call = call_at(world, i);
        if (call->state == CALL_FREE || call->caller != CALLER_BRANCH || call->from != owner->self)
            continue;
        owner->children--;
        call_drop(world, call, passes_on);
    }
}

void frame_drop(World *world, Frame *frame, VisitEnd end)
{
    bool passes_on = end == VISIT_CANCELLED; /* what is cancelled cancels what it has asked for */
    call_forget(world, frame, passes_on);
    drop_branches(world, frame, passes_on);
    frame_leave_cpu(world, frame);
    bool had_thread = frame->has_thread && frame->state != FRAME_OVER;
    if (frame->state != FRAME_OVER)
        frame_visit_over(world, frame, end);
    uint32_t replica = frame->replica;
    frame_free(world, frame);
    if (had_thread && end != VISIT_LOST)
        replica_leave(world, replica);
}
