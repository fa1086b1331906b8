/* What a frame does: it executes steps, computes, replies. */
#include "models/world/internal.h"

/* An owner's steps, and what follows the reply, are over. */
static void owner_over(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    uint32_t replica = frame->replica;
    frame_visit_over(world, handle, frame->has_failed ? VISIT_FAILED : VISIT_COMPLETED);
    if (frame->children == 0) {
        frame_free(world, handle);
    } else {
        frame->state = FRAME_OVER;
    }
    replica_leave(world, replica);
}

/* A branch is over: tells the frame that forked it, unless that one went on. */
static void branch_over(World *world, uint32_t handle, bool has_succeeded)
{
    Frame *branch = frame_at(world, handle);
    uint32_t from = branch->from, from_serial = branch->from_serial, owner = branch->owner;
    frame_free(world, handle);
    Frame *holder = frame_at(world, owner);
    SIM_CHECK(holder->children > 0);
    if (--holder->children == 0 && holder->state == FRAME_OVER) {
        frame_free(world, owner);
        return;
    }
    Frame *parent = frame_at(world, from);
    if (from == SLAB_NONE || parent->call_serial != from_serial)
        return;
    parent->join_left--;
    if (has_succeeded)
        parent->join_needed--;
    bool is_hopeless = parent->join_left < parent->join_needed;
    if (parent->join_needed > 0 && !is_hopeless)
        return;
    parent->call_serial++; /* the branches not waited for run on */
    if (!is_hopeless)
        parent->pc = step_of(world, parent)->target;
    frame_resume(world, from, is_hopeless ? WAKE_FAILED : WAKE_RUN);
}

/* The reply leaves; a failed operation has none of the steps behind it left. */
static void reply_leaves(World *world, uint32_t handle, Outcome outcome)
{
    Frame *frame = frame_at(world, handle);
    frame->has_replied = true;
    frame->was_wanted = frame_is_wanted(world, frame);
    frame->replied = world_now(world);
    if (frame->origin == ORIGIN_CALL)
        call_reply(world, handle, outcome);
}

static bool writes_replies(const World *world, const Frame *frame)
{
    return frame->origin == ORIGIN_CALL && frame->link != NO_INDEX &&
           world->topology->links[frame->link].serialization != NULL;
}

static void serialize(World *world, uint32_t handle, uint32_t link, FramePhase phase)
{
    const Frame *frame = frame_at(world, handle);
    const Link *over = &world->links[link];
    SimTime duration =
        world_draw(world, over->config->serialization, sim_mix(over->keys.serialize, phase),
                   request_at(world, frame->request)->id, frame_visit(frame));
    frame_compute(world, handle, duration, phase);
}

void frame_begin(World *world, uint32_t handle)
{
    const Frame *frame = frame_at(world, handle);
    if (frame->link != NO_INDEX && world->topology->links[frame->link].serialization != NULL)
        serialize(world, handle, frame->link, PHASE_RECEIVE);
    else
        frame_resume(world, handle, WAKE_RUN);
}

void frame_compute(World *world, uint32_t handle, SimTime duration, FramePhase phase)
{
    Frame *frame = frame_at(world, handle);
    Replica *replica = &world->replicas[frame->replica];
    frame->state = FRAME_COMPUTING;
    frame->phase = (uint8_t)phase;
    frame_at(world, frame->owner)->busy += duration;
    double slowdown = world->operations[frame->operation].slowdown;
    if (replica->cpu != NULL) {
        SimTime work = slowdown > 1 ? sim_time_from_ns((double)duration * slowdown) : duration;
        cpu_add(world, frame->replica, handle, work);
        return;
    }
    slowdown *= replica->slowdown;
    SimTime takes = slowdown > 1 ? sim_time_from_ns((double)duration * slowdown) : duration;
    frame->until = world_now(world) + takes;
    frame->event =
        engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME, handle);
}

void frame_computed(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    frame->event = 0;
    frame_leave_cpu(world, handle);
    switch ((FramePhase)frame->phase) {
    case PHASE_STEP:
        frame_step_done(world, handle);
        return;
    case PHASE_RECEIVE:
        frame_run(world, handle);
        return;
    case PHASE_SEND:
        frame->state = FRAME_RUNNING;
        call_begin(world, handle, step_of(world, frame)->index);
        return;
    case PHASE_RESULT:
        frame_step_done(world, handle);
        return;
    case PHASE_RETURN:
        frame->phase = PHASE_STEP;
        reply_leaves(world, handle, OUTCOME_SUCCESS);
        frame->pc++;
        frame_run(world, handle);
        return;
    }
}

void frame_step_done(World *world, uint32_t handle)
{
    frame_at(world, handle)->pc++;
    frame_run(world, handle);
}

void frame_step_failed(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    uint32_t fallback = step_of(world, frame)->on_failure;
    if (fallback != NO_INDEX) {
        frame->pc = fallback;
        frame_run(world, handle);
        return;
    }
    if (frame->origin == ORIGIN_BRANCH) {
        branch_over(world, handle, false);
        return;
    }
    if (!frame->has_replied) {
        frame->has_failed = true;
        reply_leaves(world, handle, OUTCOME_ERROR);
    }
    owner_over(world, handle);
}

void frame_cancel(World *world, uint32_t handle, bool immediately)
{
    Frame *frame = frame_at(world, handle);
    if (frame->has_replied)
        return;
    switch ((FrameState)frame->state) {
    case FRAME_QUEUED:
        replica_unqueue(world, handle);
        frame_drop(world, handle, VISIT_ABANDONED);
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
    case FRAME_BACKOFF:
    case FRAME_PUBLISHING:
    case FRAME_BLOCKED:
    case FRAME_JOINING:
        break;
    case FRAME_FREE:
    case FRAME_OVER:
        return;
    }
    frame_drop(world, handle, VISIT_CANCELLED);
}

/* --- steps */

typedef enum StepResult { STEP_GOES_ON, STEP_MUST_WAIT, STEP_HAS_FAILED } StepResult;

static uint64_t request_id(const World *world, const Frame *frame)
{
    return request_at(world, frame->request)->id;
}

static gsl_rng *step_rng(World *world, const Frame *frame)
{
    return sim_rng_at(&world->rng, world->step_keys[frame->pc], request_id(world, frame),
                      frame_visit(frame));
}

static bool step_chance(World *world, const Frame *frame, double probability)
{
    return world_chance(world, probability, world->step_keys[frame->pc], request_id(world, frame),
                        frame_visit(frame));
}

static SimTime step_duration(World *world, const Frame *frame, const Step *step)
{
    return world_draw(world, step->duration, world->step_keys[frame->pc], request_id(world, frame),
                      frame_visit(frame));
}

static void wait_begin(World *world, uint32_t handle, SimTime duration)
{
    Frame *frame = frame_at(world, handle);
    double slowdown =
        world->replicas[frame->replica].slowdown * world->operations[frame->operation].slowdown;
    frame->until = world_now(world) +
                   (slowdown > 1 ? sim_time_from_ns((double)duration * slowdown) : duration);
    frame->state = FRAME_WAITING;
    frame->event =
        engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME, handle);
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
static bool branch_start(World *world, uint32_t handle, uint32_t pc, bool is_awaited)
{
    const Frame *parent = frame_at(world, handle);
    uint32_t branch_handle = frame_new(world, parent->request, ORIGIN_BRANCH,
                                       is_awaited ? handle : SLAB_NONE, parent->call_serial);
    if (branch_handle == SLAB_NONE)
        return false;
    Frame *branch = frame_at(world, branch_handle);
    branch->owner = parent->owner;
    branch->operation = parent->operation;
    branch->replica = parent->replica;
    branch->depth = parent->depth;
    branch->deadline = is_awaited ? parent->deadline : SIM_TIME_NEVER;
    branch->visit = frame_visit(parent);
    branch->pc = pc;
    frame_at(world, branch->owner)->children++;
    frame_resume(world, branch_handle, WAKE_RUN);
    return true;
}

static StepResult fork_begin(World *world, uint32_t handle, const Step *step)
{
    Frame *frame = frame_at(world, handle);
    frame->call_serial++;
    frame->join_needed = step->needed;
    frame->join_left = step->target_count;
    frame->state = FRAME_JOINING;
    for (uint32_t i = 0; i < step->target_count; i++) {
        if (!branch_start(world, handle, step->targets[i], true))
            break;
    }
    return STEP_MUST_WAIT;
}

static StepResult loop_begin(World *world, Frame *frame, const Step *step)
{
    uint32_t rounds = step->count->kind == NULL ? step->count->constant
                                                : count_draw(step->count, step_rng(world, frame));
    if (rounds == 0) {
        frame->pc = step->target;
        return STEP_GOES_ON;
    }
    frame->loops[step->loop] = rounds;
    frame->loops_active++;
    frame->pc++;
    return STEP_GOES_ON;
}

static StepResult loop_next(Frame *frame, const Step *step)
{
    if (--frame->loops[step->loop] > 0) {
        frame->pc = step->target;
        return STEP_GOES_ON;
    }
    frame->loops_active--;
    frame->pc++;
    return STEP_GOES_ON;
}

static StepResult call_step(World *world, uint32_t handle, const Step *step)
{
    const CallSite *site = &world->topology->call_sites[step->index];
    if (world->topology->links[site->link].serialization != NULL)
        serialize(world, handle, site->link, PHASE_SEND);
    else
        call_begin(world, handle, step->index);
    return STEP_MUST_WAIT;
}

static StepResult publish_step(World *world, uint32_t handle, const Step *step)
{
    const Frame *frame = frame_at(world, handle);
    const PublishSite *site = &world->topology->publish_sites[step->index];
    publish_begin(world, handle, site->broker,
                  sim_mix(frame_visit(frame), world->publish_hashes[step->index]));
    return STEP_MUST_WAIT;
}

static StepResult reply_step(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    if (writes_replies(world, frame)) {
        serialize(world, handle, frame->link, PHASE_RETURN);
        return STEP_MUST_WAIT;
    }
    reply_leaves(world, handle, OUTCOME_SUCCESS);
    frame->pc++;
    return STEP_GOES_ON;
}

static StepResult step_execute(World *world, uint32_t handle, const Step *step)
{
    Frame *frame = frame_at(world, handle);
    switch ((StepKind)step->kind) {
    case STEP_COMPUTE:
        frame_compute(world, handle, step_duration(world, frame, step), PHASE_STEP);
        return STEP_MUST_WAIT;
    case STEP_WAIT:
        wait_begin(world, handle, step_duration(world, frame, step));
        return STEP_MUST_WAIT;
    case STEP_CALL:
        return call_step(world, handle, step);
    case STEP_PUBLISH:
        return publish_step(world, handle, step);
    case STEP_FAIL:
        if (step_chance(world, frame, step->probability))
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
        return loop_next(frame, step);
    case STEP_FORK:
        return fork_begin(world, handle, step);
    case STEP_SPAWN:
        branch_start(world, handle, step->targets[0], false);
        frame->pc++;
        return STEP_GOES_ON;
    case STEP_BRANCH_END:
        branch_over(world, handle, true);
        return STEP_MUST_WAIT;
    case STEP_DEGRADED:
        frame_at(world, frame->owner)->is_degraded = true;
        frame->pc++;
        return STEP_GOES_ON;
    case STEP_REPLY:
        return reply_step(world, handle);
    case STEP_END:
        owner_over(world, handle);
        return STEP_MUST_WAIT;
    }
    return STEP_MUST_WAIT;
}

/* Steps that one frame may execute without time moving: more is a loop that would not end. */
#define STEPS_AT_ONCE_MAX 1000000u

void frame_run(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    if (frame->is_cancelled && !frame->has_replied) {
        frame_drop(world, handle, VISIT_CANCELLED);
        return;
    }
    frame->state = FRAME_RUNNING;
    for (uint32_t steps = 0; steps < STEPS_AT_ONCE_MAX; steps++) {
        switch (step_execute(world, handle, step_of(world, frame))) {
        case STEP_GOES_ON:
            continue;
        case STEP_MUST_WAIT:
            return;
        case STEP_HAS_FAILED:
            frame_step_failed(world, handle);
            return;
        }
    }
    world->stop = STOP_ZERO_TIME;
}

void frame_go_on(World *world, uint32_t handle)
{
    switch ((FrameWake)frame_at(world, handle)->wake) {
    case WAKE_RUN:
        frame_run(world, handle);
        return;
    case WAKE_COMPUTED:
        frame_computed(world, handle);
        return;
    case WAKE_FAILED:
        frame_step_failed(world, handle);
        return;
    case WAKE_PUBLISHED:
        publish_over(world, handle);
        return;
    case WAKE_ARRIVED:
        replica_arrive(world, handle);
        return;
    case WAKE_REPLIED:
        call_attempt_ended(world, handle, (Outcome)frame_at(world, handle)->outcome);
        return;
    }
}
