/* The loop: takes events, lets those concerned act, and sees to the end of the run. */
#include <glib.h>

#include "models/world/internal.h"
#include "models/world/pool.h"

#define LOOK_AROUND_EVERY  1024u    /* events between looks at the flag and the limits */
#define EVENTS_AT_ONCE_MAX 1000000u /* without time moving */

/* After the end, work in flight is followed for at most this many times the run, and at least an
 * hour. */
#define DRAIN_RUNS     10
#define DRAIN_AT_LEAST (3600 * SIM_TIME_S)

/* The id that the one concerned holds for this kind of event. */
static EventId *holder_of(const World *world, EventId id)
{
    uint32_t handle = event_handle(id);
    switch ((EventKind)event_kind(id)) {
    case EVENT_FRAME:
        return &frame_at(world, handle)->event;
    case EVENT_CALL:
        return &call_at(world, handle)->event;
    case EVENT_ATTEMPT_TIMEOUT:
        return &call_at(world, handle)->attempt_timer;
    case EVENT_CALL_TIMEOUT:
        return &call_at(world, handle)->call_timer;
    case EVENT_CPU:
        return &world->replicas[handle].cpu->event;
    case EVENT_MESSAGE:
        return &message_at(world, handle)->event;
    case EVENT_REDELIVERY:
        return &message_at(world, handle)->redelivery;
    case EVENT_SIGNAL:
        return &((Signal *)slab_at(&world->signals, handle))->event;
    case EVENT_SOURCE:
        return &world->sources[handle].event;
    case EVENT_USER:
        return &world->users[handle].event;
    case EVENT_FAULT:
        return &world->fault_events[handle];
    case EVENT_TIMER:
        return timer_event_held(world, handle);
    case EVENT_REPLY:
        return reply_event_held(world, handle);
    case EVENT_CONNECTION:
        return pool_event_held(world, handle);
    }
    SIM_CHECK(false); /* an event of no kind */
    return NULL;
}

static EventId held(void *context, EventId id)
{
    return *holder_of(context, id);
}

static void frame_event(World *world, Frame *frame)
{
    switch ((FrameState)frame->state) {
    case FRAME_TRAVELLING:
        replica_arrive(world, frame);
        return;
    case FRAME_QUEUED:
        replica_queue_timeout(world, frame);
        return;
    case FRAME_COMPUTING:
        frame_computed(world, frame);
        return;
    case FRAME_WAITING:
        frame->event = 0;
        frame_step_done(world, frame);
        return;
    case FRAME_FREE:
    case FRAME_RUNNING:
    case FRAME_CALLING:
    case FRAME_JOINING:
    case FRAME_OVER:
        break;
    }
    SIM_CHECK(false); /* a frame in this state has no event */
}

/* Whose process the event is about: a frame that executes, or the frame that calls. NULL: nobody's.
 */
static const Frame *acting_frame(const World *world, EventId id)
{
    EventKind kind = event_kind(id);
    if (kind == EVENT_FRAME) {
        const Frame *frame = frame_at(world, event_handle(id));
        return frame->state == FRAME_TRAVELLING || frame->state == FRAME_QUEUED ? NULL : frame;
    }
    if (kind == EVENT_REPLY)
        return reply_taker(world, event_handle(id));
    if (kind != EVENT_CALL && kind != EVENT_ATTEMPT_TIMEOUT && kind != EVENT_CALL_TIMEOUT)
        return NULL;
    const Call *call = call_at(world, event_handle(id));
    return call->caller == CALLER_USER ? NULL : frame_at(world, call->from);
}

/* NO_INDEX: none. */
static uint32_t acting_replica(const World *world, EventId id)
{
    if (event_kind(id) == EVENT_CONNECTION)
        return pool_event_replica(world, event_handle(id));
    const Frame *frame = acting_frame(world, id);
    return frame == NULL ? NO_INDEX : frame->replica;
}

/* What a hung process would do now waits until it wakes up. */
static bool park_if_hung(World *world, EventId id)
{
    uint32_t index = acting_replica(world, id);
    if (index == NO_INDEX || !world->replicas[index].is_hung)
        return false;
    Replica *replica = &world->replicas[index];
    if (replica->parked == NULL)
        replica->parked = g_array_new(FALSE, FALSE, sizeof(EventId));
    g_array_append_val(replica->parked, id);
    return true;
}

static bool is_held_up(World *world, EventId id)
{
    return world->hung > 0 && park_if_hung(world, id);
}

static void dispatch_other(World *world, EventId id)
{
    if (*holder_of(world, id) != id || is_held_up(world, id))
        return;
    uint32_t handle = event_handle(id);
    switch ((EventKind)event_kind(id)) {
    case EVENT_FRAME:
    case EVENT_CALL:
        return;
    case EVENT_ATTEMPT_TIMEOUT:
        call_timed_out(world, call_at(world, handle), false);
        return;
    case EVENT_CALL_TIMEOUT:
        call_timed_out(world, call_at(world, handle), true);
        return;
    case EVENT_CPU:
        cpu_event(world, handle);
        return;
    case EVENT_MESSAGE:
        message_event(world, handle);
        return;
    case EVENT_REDELIVERY:
        message_redelivery_due(world, handle);
        return;
    case EVENT_SIGNAL:
        call_signal_arrived(world, handle);
        return;
    case EVENT_SOURCE:
        source_event(world, handle);
        return;
    case EVENT_USER:
        user_event(world, handle);
        return;
    case EVENT_FAULT:
        fault_event(world, handle);
        return;
    case EVENT_TIMER:
        timer_event(world, handle);
        return;
    case EVENT_REPLY:
        reply_event(world, handle);
        return;
    case EVENT_CONNECTION:
        pool_event(world, handle);
        return;
    }
}

void world_dispatch(World *world, EventId id)
{
    uint32_t handle = event_handle(id);
    if (event_kind(id) == EVENT_FRAME) {
        Frame *frame = frame_at(world, handle);
        if (frame->event == id && !is_held_up(world, id))
            frame_event(world, frame);
    } else if (event_kind(id) == EVENT_CALL) {
        Call *call = call_at(world, handle);
        if (call->event == id && !is_held_up(world, id))
            call_event(world, call);
    } else {
        dispatch_other(world, id);
    }
}

static void frame_go_on(World *world, Frame *frame, Wake wake)
{
    if (wake == WAKE_RUN)
        frame_run(world, frame);
    else if (wake == WAKE_ARRIVED)
        replica_arrive(world, frame);
    else if (wake == WAKE_COMPUTED)
        frame_computed(world, frame);
    else
        frame_step_failed(world, frame);
}

static void call_go_on(World *world, Call *call, Wake wake)
{
    if (wake == WAKE_REPLIED)
        call_attempt_ended(world, call, (Outcome)call->outcome);
    else if (wake == WAKE_CALL)
        call_begin(world, call);
    else
        publish_over(world, call);
}

static void go_on(World *world, Ref next)
{
    Wake wake = next.handle >> SLAB_HANDLE_BITS;
    uint32_t handle = next.handle & SLAB_CAPACITY;
    if (wake >= WAKE_CALL) {
        Call *call = call_at(world, handle);
        if (call->serial == next.serial)
            call_go_on(world, call, wake);
    } else {
        Frame *frame = frame_at(world, handle);
        if (frame->serial == next.serial)
            frame_go_on(world, frame, wake);
    }
}

/* Everything that the event has set off at this same moment: frames first, then deliveries. */
static void settle(World *world)
{
    while (world->stop == STOP_FINISHED) {
        if (world->ready.count > 0) {
            go_on(world, ref_queue_pop(&world->ready));
        } else if (world->due_slots.count > 0) {
            slot_process(world, ref_queue_pop(&world->due_slots).handle);
        } else if (world->due_subscriptions.count > 0) {
            subscription_dispatch(world, ref_queue_pop(&world->due_subscriptions).handle);
        } else {
            return;
        }
    }
}

/* When time last moved, as far as look_around has seen. */
typedef struct Pace {
    SimTime time;
    uint64_t events;
} Pace;

static bool stands_still(const World *world, Pace *pace)
{
    if (world_now(world) == pace->time)
        return world->engine.processed - pace->events > EVENTS_AT_ONCE_MAX;
    *pace = (Pace){world_now(world), world->engine.processed};
    return false;
}

/* The limits that need not be looked at for every event. */
static StopReason look_around(const World *world, const WorldLimits *limits, Pace *pace)
{
    if (stands_still(world, pace))
        return STOP_ZERO_TIME;
    if (limits->progress != NULL)
        atomic_store_explicit(limits->progress, world_now(world), memory_order_relaxed);
    if (limits->stop != NULL && atomic_load_explicit(limits->stop, memory_order_relaxed) != 0)
        return STOP_INTERRUPTED;
    if (engine_is_exhausted(&world->engine) ||
        (limits->max_events > 0 && world->engine.processed >= limits->max_events))
        return STOP_EVENTS;
    return STOP_FINISHED;
}

static StopReason run_until(World *world, const WorldLimits *limits, SimTime until)
{
    Event event;
    Pace pace = {.time = -1};
    while (engine_next(&world->engine, until, &event)) {
        world_dispatch(world, event.id);
        settle(world);
        if (world->stop != STOP_FINISHED)
            return world->stop;
        if (world->engine.processed % LOOK_AROUND_EVERY != 0)
            continue;
        StopReason reason = look_around(world, limits, &pace);
        if (reason != STOP_FINISHED)
            return reason;
    }
    return STOP_FINISHED;
}

/* --- the end */

static void visit_unfinished(World *world, const Frame *frame)
{
    SimTime now = world_now(world);
    VisitRecord record = {
        .operation = frame->operation,
        .replica = frame->replica,
        .tag = request_at(world, frame->request)->tag,
        .end = VISIT_UNFINISHED,
        .has_started = frame->has_thread,
        .queued_ahead = frame->queued_ahead,
        .arrived = frame->arrived,
        .started = frame->started,
        .replied = now,
        .ended = now,
        .busy = frame->busy,
    };
    world->observer.visit_ended(world->observer.context, &record);
}

static void request_unfinished(World *world, const Request *request)
{
    if (request->work == 0 || request->has_ended)
        return;
    RequestRecord record = {
        .workload = request->workload,
        .site = request->site,
        .tag = request->tag,
        .is_unfinished = true,
        .started = request->started,
        .ended = world_now(world),
    };
    world->observer.request_ended(world->observer.context, &record);
}

static bool is_visit(const Frame *frame)
{
    return frame->state != FRAME_FREE && frame->state != FRAME_TRAVELLING &&
           frame->state != FRAME_OVER && frame->origin != ORIGIN_BRANCH;
}

static void report_unfinished(World *world)
{
    for (uint32_t i = 1; i <= world->calls.used; i++)
        call_unfinished(world, call_at(world, i));
    for (uint32_t i = 1; i <= world->frames.used; i++) {
        if (is_visit(frame_at(world, i)))
            visit_unfinished(world, frame_at(world, i));
    }
    for (uint32_t i = 1; i <= world->requests.used; i++)
        request_unfinished(world, request_at(world, i));
    for (uint32_t i = 1; i <= world->messages.used; i++)
        message_unfinished(world, i);
    replies_unfinished(world);
    for (uint32_t i = 0; i < world->topology->replica_count; i++) {
        if (world->replicas[i].cpu != NULL)
            cpu_report(world, i);
    }
}

SimTime world_drain_limit(const World *world)
{
    SimTime extra =
        world->end < SIM_TIME_LONGEST / DRAIN_RUNS ? world->end * DRAIN_RUNS : SIM_TIME_LONGEST;
    return world->end + (extra > DRAIN_AT_LEAST ? extra : DRAIN_AT_LEAST);
}

static StopReason drain(World *world, const WorldLimits *limits)
{
    StopReason reason = run_until(world, limits, world_drain_limit(world));
    if (reason == STOP_FINISHED && !event_set_is_empty(&world->engine.events))
        return STOP_DRAIN_LIMIT;
    return reason;
}

StopReason world_run(World *world, const WorldLimits *limits)
{
    faults_start(world);
    sources_start(world);
    StopReason reason = run_until(world, limits, world->end);
    if (reason == STOP_FINISHED && world->topology->simulation.drain == DRAIN_FINISH)
        reason = drain(world, limits);
    else if (reason == STOP_FINISHED)
        world->engine.now = world->end;
    report_unfinished(world);
    return reason;
}

/* --- life */

World *world_new(const Topology *topology, uint64_t seed, uint32_t replication,
                 const FaultSchedule *faults, const Observer *observer)
{
    World *world = g_new0(World, 1);
    world->topology = topology;
    world->schedule = faults;
    world->observer = *observer;
    world->seed = seed;
    world->replication = replication;
    world->end = topology->simulation.warmup + topology->simulation.duration;
    engine_init(&world->engine, held, world);
    sim_rng_init(&world->rng);
    world_build(world);
    return world;
}

void world_free(World *world)
{
    if (world == NULL)
        return;
    world_demolish(world);
    g_free(world);
}

WorldCounts world_counts(const World *world)
{
    return (WorldCounts){
        .events = world->engine.processed,
        .requests = world->request_count,
        .attempts = world->attempt_count,
        .most_frames = world->frames.most_live,
        .most_calls = world->calls.most_live,
        .most_requests = world->requests.most_live,
        .most_messages = world->messages.most_live,
        .end = world_now(world),
    };
}

char *world_stop_message(const World *world, StopReason reason)
{
    double now = sim_time_to_s(world_now(world));
    switch (reason) {
    case STOP_FINISHED:
        return g_strdup("");
    case STOP_DRAIN_LIMIT:
        return g_strdup(
            "after the end of the measured part, work went on for ten times as long as the run: "
            "what was left counts as in flight at the end");
    case STOP_INTERRUPTED:
        return g_strdup_printf("interrupted at %.3f s of simulated time", now);
    case STOP_EVENTS:
        return g_strdup_printf(
            "stopped at %.3f s of simulated time: the limit of events is reached", now);
    case STOP_IN_FLIGHT:
        return g_strdup_printf(
            "stopped at %.3f s of simulated time: more than %u requests or messages in flight "
            "at once",
            now, SLAB_CAPACITY);
    case STOP_ZERO_TIME:
        return g_strdup_printf(
            "stopped at %.3f s of simulated time: a million events without time moving, so this "
            "would never end; look for a loop of steps, calls or redeliveries that take no time",
            now);
    case STOP_NESTED_CALLS:
        return g_strdup_printf(
            "stopped at %.3f s of simulated time: %u calls inside each other; look for services "
            "that call each other in a circle",
            now, NESTED_CALLS_MAX);
    }
    return NULL;
}

/* --- checks */

/* Threads are held by frames, one each; nobody waits beside a free thread. */
static char *check_replica(const World *world, uint32_t index, uint32_t held_threads)
{
    const Replica *replica = &world->replicas[index];
    const char *name = world->topology->services[replica->service].name;
    if (replica->in_service != held_threads)
        return g_strdup_printf("%s: %u threads are taken, %u frames hold one", name,
                               replica->in_service, held_threads);
    if (replica->in_service > replica->capacity)
        return g_strdup_printf("%s: %u of %u threads are taken", name, replica->in_service,
                               replica->capacity);
    if (replica->queue.count > 0 && replica->in_service < replica->capacity && !replica->is_hung &&
        !replica->is_down)
        return g_strdup_printf("%s: %u requests wait beside a free thread", name,
                               replica->queue.count);
    return NULL;
}

static char *check_slot(const World *world, uint32_t index)
{
    const ConsumerSlot *slot = &world->slots[index];
    const char *name =
        world->subscriptions[slot->subscription].config->consumer_names[slot->consumer];
    if (slot->processing > slot->unacknowledged)
        return g_strdup_printf("%s: %u messages in processing, %u delivered", name,
                               slot->processing, slot->unacknowledged);
    return NULL;
}

char *world_check(const World *world)
{
    uint32_t *held_threads = g_new0(uint32_t, world->topology->replica_count);
    for (uint32_t i = 1; i <= world->frames.used; i++) {
        const Frame *frame = frame_at(world, i);
        if (frame->state != FRAME_FREE && frame->state != FRAME_OVER && frame->has_thread)
            held_threads[frame->replica]++;
    }
    char *wrong = NULL;
    for (uint32_t i = 0; i < world->topology->replica_count && wrong == NULL; i++)
        wrong = check_replica(world, i, held_threads[i]);
    for (uint32_t i = 0; i < world->slot_count && wrong == NULL; i++)
        wrong = check_slot(world, i);
    if (wrong == NULL)
        wrong = streams_check(world);
    if (wrong == NULL)
        wrong = pools_check(world);
    g_free(held_threads);
    return wrong;
}
