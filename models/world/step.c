/* What a frame does: it executes steps, computes, replies. */
#include <glib.h>

#include "models/world/internal.h"

typedef enum StepResult { STEP_GOES_ON, STEP_MUST_WAIT, STEP_HAS_FAILED } StepResult;

/* An owner's steps, and what follows the reply, are over. */
static void owner_over(World *world, Frame *frame)
{
    uint32_t replica = frame->replica;
    frame_visit_over(world, frame, frame->has_failed ? VISIT_FAILED : VISIT_COMPLETED);
    if (frame->children == 0)
        frame_free(world, frame);
    else
        frame->state = FRAME_OVER;
    replica_leave(world, replica);
}

/* One of the branches that a fork waits for is over. It goes on when enough have succeeded, and
 * fails when no longer enough can; those not waited for run on. */
static void join(World *world, Frame *parent, bool has_succeeded)
{
    parent->join_left--;
    if (has_succeeded)
        parent->join_needed--;
    bool is_hopeless = parent->join_left < parent->join_needed;
    if (parent->join_needed > 0 && !is_hopeless)
        return;
    parent->join_serial++;
    if (!is_hopeless)
        parent->pc = step_of(world, parent)->target;
    frame_resume(world, parent, is_hopeless ? WAKE_FAILED : WAKE_RUN);
}

void branch_over(World *world, Frame *owner, uint32_t from, uint32_t from_serial,
                 bool has_succeeded)
{
    SIM_CHECK(owner->children > 0);
    if (--owner->children == 0 && owner->state == FRAME_OVER) {
        frame_free(world, owner);
        return;
    }
    Frame *parent = frame_at(world, from);
    if (from != SLAB_NONE && parent->join_serial == from_serial)
        join(world, parent, has_succeeded);
}

/* A branch with a frame of its own is over. */
static void branch_end(World *world, Frame *branch, bool has_succeeded)
{
    Frame *owner = frame_at(world, branch->owner);
    uint32_t from = branch->from, from_serial = branch->from_serial;
    frame_free(world, branch);
    branch_over(world, owner, from, from_serial, has_succeeded);
}

/* The reply leaves; a failed operation has none of the steps behind it left. */
static void reply_leaves(World *world, Frame *frame, Outcome outcome)
{
    frame->has_replied = true;
    frame->was_wanted = frame_is_wanted(world, frame);
    if (frame->origin == ORIGIN_CALL)
        call_reply(world, frame, outcome);
    else if (frame->answers)
        reply_send(world, frame, outcome);
    frame->replied = world_now(world); /* in the place of way_back */
}

static bool writes_replies(const World *world, const Frame *frame)
{
    return (frame->origin == ORIGIN_CALL || frame->answers) &&
           frame_link(world, frame)->config->serialization != NULL;
}

static void serialize(World *world, Frame *frame, const Link *link, FramePhase phase)
{
    SimTime duration =
        world_draw(world, link->config->serialization, sim_mix(link->keys.serialize, phase),
                   request_at(world, frame->request)->id, frame_visit(world, frame));
    frame_compute(world, frame, duration, phase);
}

static bool reads_requests(const World *world, const Frame *frame)
{
    const Link *link = frame_link(world, frame);
    return link != NULL && link->config->serialization != NULL;
}

void frame_begin(World *world, Frame *frame)
{
    if (reads_requests(world, frame))
        serialize(world, frame, frame_link(world, frame), PHASE_RECEIVE);
    else
        frame_resume(world, frame, WAKE_RUN);
}

void frame_compute(World *world, Frame *frame, SimTime duration, FramePhase phase)
{
    Replica *replica = &world->replicas[frame->replica];
    frame->state = FRAME_COMPUTING;
    frame->phase = (uint8_t)phase;
    frame->is_drawn = false; /* in the place of `until` */
    owner_of(world, frame)->busy += duration;
    double slowdown = world->operations[frame->operation].slowdown;
    if (replica->cpu != NULL) {
        SimTime work = slowdown > 1 ? sim_time_from_ns((double)duration * slowdown) : duration;
        cpu_add(world, frame, work);
        return;
    }
    slowdown *= replica->slowdown;
    SimTime takes = slowdown > 1 ? sim_time_from_ns((double)duration * slowdown) : duration;
    frame->until = world_now(world) + takes;
    frame->event =
        engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME, frame->self);
}

/* The frame waits for the call until it is over: which it is at once when nobody answers. */
static StepResult make_call(World *world, Frame *frame, const Step *step)
{
    const LinkConfig *link = world->sites[step->index].link->config;
    if (link->mode == LINK_ASYNC && link->via == NO_INDEX) {
        call_send(world, frame, step->index);
        frame->pc++;
        return STEP_GOES_ON;
    }
    Call *call = call_new(world, frame->request, CALLER_FRAME, frame->self, step->index,
                          frame_visit(world, frame));
    if (call == NULL)
        return STEP_MUST_WAIT;
    frame->state = FRAME_CALLING;
    frame->call = call->self;
    call_begin(world, call);
    return STEP_MUST_WAIT;
}

void frame_computed(World *world, Frame *frame)
{
    frame->event = 0;
    frame_leave_cpu(world, frame);
    switch ((FramePhase)frame->phase) {
    case PHASE_STEP:
        frame_step_done(world, frame);
        return;
    case PHASE_RECEIVE:
        frame_run(world, frame);
        return;
    case PHASE_SEND:
        if (make_call(world, frame, step_of(world, frame)) == STEP_GOES_ON)
            frame_run(world, frame);
        return;
    case PHASE_RESULT:
        frame_step_done(world, frame);
        return;
    case PHASE_RETURN:
        frame->phase = PHASE_STEP;
        reply_leaves(world, frame, OUTCOME_SUCCESS);
        frame->pc++;
        frame_run(world, frame);
        return;
    }
}

void frame_step_done(World *world, Frame *frame)
{
    frame->pc++;
    frame_run(world, frame);
}

/* Nothing is left to do about the failure. */
static void fail(World *world, Frame *frame)
{
    if (frame->origin == ORIGIN_BRANCH) {
        branch_end(world, frame, false);
        return;
    }
    if (!frame->has_replied) {
        frame->has_failed = true;
        reply_leaves(world, frame, OUTCOME_ERROR);
    }
    owner_over(world, frame);
}

static bool has_fallback(const World *world, const Frame *frame)
{
    return step_of(world, frame)->on_failure != NO_INDEX;
}

void frame_step_failed(World *world, Frame *frame)
{
    if (!has_fallback(world, frame)) {
        fail(world, frame);
        return;
    }
    frame->pc = step_of(world, frame)->on_failure;
    frame_run(world, frame);
}

void frame_cancel(World *world, Frame *frame, bool immediately)
{
    if (frame->has_replied)
        return;
    switch ((FrameState)frame->state) {
    case FRAME_QUEUED:
        replica_unqueue(world, frame);
        frame_drop(world, frame, VISIT_ABANDONED);
        return;
    case FRAME_TRAVELLING:
    case FRAME_RUNNING:
        frame->is_cancelled = true;
        return;
    case FRAME_COMPUTING:
    case FRAME_WAITING:
        if (!immediately) {
            frame->is_cancelled = true;
            return;
        }
        break;
    case FRAME_CALLING:
    case FRAME_JOINING:
        break;
    case FRAME_FREE:
    case FRAME_OVER:
        return;
    }
    frame_drop(world, frame, VISIT_CANCELLED);
}

/* --- steps */

static uint64_t request_id(const World *world, const Frame *frame)
{
    return request_at(world, frame->request)->id;
}

static gsl_rng *step_rng(World *world, const Frame *frame)
{
    return sim_rng_at(&world->rng, world->step_keys[frame->pc], request_id(world, frame),
                      frame_visit(world, frame));
}

static bool step_chance(World *world, const Frame *frame, double probability)
{
    return world_chance(world, probability, world->step_keys[frame->pc], request_id(world, frame),
                        frame_visit(world, frame));
}

/* A permanent failure is the request's, whichever attempt or delivery it is. */
static bool fails(World *world, const Frame *frame, const Step *step)
{
    return world_chance(world, step->probability, world->step_keys[frame->pc],
                        request_id(world, frame),
                        step->is_permanent ? 0 : frame_visit(world, frame));
}

static SimTime step_duration(World *world, Frame *frame, const Step *step)
{
    if (frame->is_drawn) {
        frame->is_drawn = false;
        return frame->drawn;
    }
    return world_draw(world, step->duration, world->step_keys[frame->pc], request_id(world, frame),
                      frame_visit(world, frame));
}

void frame_draw_ahead(World *world, Frame *frame)
{
    const Step *step = step_of(world, frame);
    if (step->kind != STEP_COMPUTE && step->kind != STEP_WAIT)
        return;
    frame->drawn = step_duration(world, frame, step);
    frame->is_drawn = true;
}

static void wait_begin(World *world, Frame *frame, SimTime duration)
{
    double slowdown =
        world->replicas[frame->replica].slowdown * world->operations[frame->operation].slowdown;
    frame->until = world_now(world) +
                   (slowdown > 1 ? sim_time_from_ns((double)duration * slowdown) : duration);
    frame->state = FRAME_WAITING;
    frame->event =
        engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME, frame->self);
}

static uint32_t choose(World *world, const Frame *frame, const Step *step)
{
    double point = gsl_rng_uniform(step_rng(world, frame));
    for (uint32_t i = 0; i + 1 < step->target_count; i++) {
        if (point < step->weights[i])
            return step->targets[i];
    }
    return step->targets[step->target_count - 1];
}

/* A branch has its own loops, so its visit says which round of the outer ones it belongs to. */
static bool branch_start(World *world, Frame *parent, uint32_t pc, bool is_awaited)
{
    Frame *branch = frame_new(world, parent->request, ORIGIN_BRANCH,
                              is_awaited ? parent->self : SLAB_NONE, parent->join_serial);
    if (branch == NULL)
        return false;
    Frame *owner = owner_of(world, parent);
    owner->children++;
    branch->owner = owner->self;
    branch->operation = parent->operation;
    branch->replica = parent->replica;
    branch->depth = parent->depth;
    branch->visit = frame_visit(world, parent);
    branch->pc = pc;
    frame_resume(world, branch, WAKE_RUN);
    return true;
}

/* A branch that is one call is that call. */
static bool lone_call_start(World *world, Frame *owner, uint32_t pc)
{
    Call *call = call_new(world, owner->request, CALLER_BRANCH, owner->self,
                          world->topology->code[pc].index, frame_visit(world, owner));
    if (call == NULL)
        return false;
    call->from_serial = owner->join_serial;
    owner->children++;
    request_at(world, owner->request)->work++;
    world_wake(world, call->self, call->serial, WAKE_CALL);
    return true;
}

/* Who calls must hold the thread itself: of a branch's branches each has a frame. */
static StepResult fork_begin(World *world, Frame *frame, const Step *step)
{
    frame->join_serial++;
    frame->join_needed = step->needed;
    frame->join_left = step->target_count;
    frame->state = FRAME_JOINING;
    bool has_room = true;
    for (uint32_t i = 0; i < step->target_count && has_room; i++) {
        uint32_t pc = step->targets[i];
        if (world->is_lone_call[pc] && frame->origin != ORIGIN_BRANCH)
            has_room = lone_call_start(world, frame, pc);
        else
            has_room = branch_start(world, frame, pc, true);
    }
    return STEP_MUST_WAIT;
}

/* Counters of loops lie apart: few frames have any. */
static uint32_t *loops_of(World *world, const Frame *frame)
{
    if (frame->self >= world->loops_room) {
        world->loops_room = world->frames.chunk_count * SLAB_CHUNK_SIZE;
        world->loops =
            g_renew(uint32_t, world->loops, (size_t)world->loops_room * LOOPS_NESTED_MAX);
    }
    return &world->loops[(size_t)frame->self * LOOPS_NESTED_MAX];
}

static StepResult loop_begin(World *world, Frame *frame, const Step *step)
{
    uint32_t rounds = step->count->kind == NULL ? step->count->constant
                                                : count_draw(step->count, step_rng(world, frame));
    if (rounds == 0) {
        frame->pc = step->target;
        return STEP_GOES_ON;
    }
    loops_of(world, frame)[step->loop] = rounds;
    frame->loops_active++;
    frame->pc++;
    return STEP_GOES_ON;
}

static StepResult loop_next(World *world, Frame *frame, const Step *step)
{
    if (--loops_of(world, frame)[step->loop] > 0) {
        frame->pc = step->target;
        return STEP_GOES_ON;
    }
    frame->loops_active--;
    frame->pc++;
    return STEP_GOES_ON;
}

static StepResult call_step(World *world, Frame *frame, const Step *step)
{
    const Site *site = &world->sites[step->index];
    if (site->link->config->serialization == NULL)
        return make_call(world, frame, step);
    serialize(world, frame, site->link, PHASE_SEND);
    return STEP_MUST_WAIT;
}

static StepResult publish_step(World *world, Frame *frame, const Step *step)
{
    Call *call = call_new(world, frame->request, CALLER_FRAME, frame->self, step->index,
                          sim_mix(frame_visit(world, frame), world->publish_hashes[step->index]));
    if (call == NULL)
        return STEP_MUST_WAIT;
    call->is_publication = true;
    frame->state = FRAME_CALLING;
    frame->call = call->self;
    publish_begin(world, call, world->topology->publish_sites[step->index].broker);
    return STEP_MUST_WAIT;
}

static StepResult reply_step(World *world, Frame *frame)
{
    if (writes_replies(world, frame)) {
        serialize(world, frame, frame_link(world, frame), PHASE_RETURN);
        return STEP_MUST_WAIT;
    }
    reply_leaves(world, frame, OUTCOME_SUCCESS);
    frame->pc++;
    return STEP_GOES_ON;
}

static StepResult step_execute(World *world, Frame *frame, const Step *step)
{
    switch ((StepKind)step->kind) {
    case STEP_COMPUTE:
        frame_compute(world, frame, step_duration(world, frame, step), PHASE_STEP);
        return STEP_MUST_WAIT;
    case STEP_WAIT:
        wait_begin(world, frame, step_duration(world, frame, step));
        return STEP_MUST_WAIT;
    case STEP_CALL:
        return call_step(world, frame, step);
    case STEP_PUBLISH:
        return publish_step(world, frame, step);
    case STEP_FAIL:
        if (fails(world, frame, step))
            return STEP_HAS_FAILED;
        frame->pc++;
        return STEP_GOES_ON;
    case STEP_SKIP:
        frame->pc = step_chance(world, frame, step->probability) ? step->target : frame->pc + 1;
        return STEP_GOES_ON;
    case STEP_CHOOSE:
        frame->pc = choose(world, frame, step);
        return STEP_GOES_ON;
    case STEP_JUMP:
        frame->pc = step->target;
        return STEP_GOES_ON;
    case STEP_LOOP:
        return loop_begin(world, frame, step);
    case STEP_LOOP_NEXT:
        return loop_next(world, frame, step);
    case STEP_FORK:
        return fork_begin(world, frame, step);
    case STEP_SPAWN:
        branch_start(world, frame, step->targets[0], false);
        frame->pc++;
        return STEP_GOES_ON;
    case STEP_BRANCH_END:
        branch_end(world, frame, true);
        return STEP_MUST_WAIT;
    case STEP_DEGRADED:
        owner_of(world, frame)->is_degraded = true;
        frame->pc++;
        return STEP_GOES_ON;
    case STEP_REPLY:
        return reply_step(world, frame);
    case STEP_END:
        owner_over(world, frame);
        return STEP_MUST_WAIT;
    }
    return STEP_MUST_WAIT;
}

/* Steps that one frame may execute without time moving: more is a loop that would not end. */
#define STEPS_AT_ONCE_MAX 1000000u

void frame_run(World *world, Frame *frame)
{
    if (frame->is_cancelled && !frame->has_replied) {
        frame_drop(world, frame, VISIT_CANCELLED);
        return;
    }
    frame->state = FRAME_RUNNING;
    for (uint32_t steps = 0; steps < STEPS_AT_ONCE_MAX; steps++) {
        switch (step_execute(world, frame, step_of(world, frame))) {
        case STEP_GOES_ON:
            continue;
        case STEP_MUST_WAIT:
            return;
        case STEP_HAS_FAILED:
            if (!has_fallback(world, frame)) {
                fail(world, frame);
                return;
            }
            frame->pc = step_of(world, frame)->on_failure;
            continue;
        }
    }
    world->stop = STOP_ZERO_TIME;
}
