/* The caller's side of a call: attempts, timeouts, retries, replies. */
#include "models/world/internal.h"

void call_timers_cancel(Frame *frame)
{
    frame->attempt_timer = 0;
    frame->call_timer = 0;
}

static const CallSite *site_of(const World *world, const Frame *frame)
{
    return &world->topology->call_sites[frame->site];
}

static Link *link_of(World *world, const Frame *frame)
{
    return &world->links[site_of(world, frame)->link];
}

/* --- the network */

static bool is_lost(World *world, const Link *link, uint64_t request, uint64_t visit,
                    bool is_request)
{
    double loss = link->config->loss_ratio;
    if (link->is_faulty) {
        if (is_request ? link->condition.drops_requests : link->condition.drops_replies)
            return true;
        loss = 1 - (1 - loss) * (1 - link->condition.loss_ratio);
    }
    return world_chance(world, loss,
                        is_request ? link->keys.request_loss : link->keys.response_loss, request,
                        visit);
}

/* Injected delays add to the request's way, each with its own probability. */
static SimTime injected_delay(World *world, const Link *link, uint64_t request, uint64_t visit)
{
    SimTime sum = 0;
    for (uint32_t i = 0; i < link->condition.delay_count; i++) {
        uint64_t key = sim_mix(link->keys.delay, i);
        if (world_chance(world, link->condition.delays[i].probability, key, request, visit))
            sum += world_draw(world, link->condition.delays[i].latency, sim_mix(key, 1), request,
                              visit);
    }
    return sum;
}

/* Latency both ways at once: the two draws share what one block of the generator gives. `back` may
 * be NULL. */
static SimTime draw_latency(World *world, const Link *link, uint64_t request, uint64_t visit,
                            SimTime *back)
{
    const Distribution *latency = link->config->latency;
    if (back != NULL)
        *back = 0;
    if (latency == NULL)
        return 0;
    gsl_rng *rng = sim_rng_at(&world->rng, link->keys.latency, request, visit);
    SimTime way = distribution_draw(latency, rng);
    if (back != NULL)
        *back = distribution_draw(latency, rng);
    return way;
}

static SimTime transfer_time(const Link *link, int64_t size)
{
    return size > 0 && link->ns_per_byte > 0 ? sim_time_from_ns((double)size * link->ns_per_byte)
                                             : 0;
}

static bool request_is_lost(World *world, const Link *link, uint64_t request, uint64_t visit)
{
    return (link->config->loss_ratio > 0 || link->is_faulty) &&
           is_lost(world, link, request, visit, true);
}

static bool reply_is_lost(World *world, const Link *link, uint64_t request, uint64_t visit)
{
    return (link->config->loss_ratio > 0 || link->is_faulty) &&
           is_lost(world, link, request, visit, false);
}

/* How long a request of `size` bytes is on its way; *back gets the latency of the reply. */
static SimTime request_time(World *world, const Link *link, uint64_t request, uint64_t visit,
                            int64_t size, SimTime *back)
{
    SimTime time = draw_latency(world, link, request, visit, back) + transfer_time(link, size);
    return link->is_faulty ? time + injected_delay(world, link, request, visit) : time;
}

/* --- choosing a replica */

/* Which of the link's callers this is: a replica of the calling service, or a client of the
 * workload. */
static uint32_t client_of(const World *world, const Link *link, const Frame *frame)
{
    if (link->clients == 1)
        return 0;
    if (frame->replica == NO_INDEX)
        return request_at(world, frame->request)->client;
    const Replica *replica = &world->replicas[frame->replica];
    return frame->replica - world->topology->services[replica->service].first_replica;
}

static uint32_t *in_flight_of(const World *world, const Link *link, const Frame *frame)
{
    return link->in_flight + (size_t)client_of(world, link, frame) * link->replica_count;
}

static uint32_t pick_replica(World *world, Link *link, const Frame *frame, uint64_t visit)
{
    if (link->replica_count == 1)
        return link->first_replica;
    uint32_t client = client_of(world, link, frame);
    BalancerView view = {.count = link->replica_count,
                         .in_flight =
                             link->in_flight == NULL ? NULL : in_flight_of(world, link, frame)};
    gsl_rng *rng =
        sim_rng_at(&world->rng, link->keys.balancer, request_at(world, frame->request)->id, visit);
    uint32_t pick =
        link->balancer->pick(link->balancer_states + client * link->balancer->state_size,
                             link->config->balancer.config, &view, rng);
    SIM_CHECK(pick < link->replica_count);
    return link->first_replica + pick;
}

static void count_in_flight(World *world, Link *link, const Frame *frame, uint32_t change)
{
    if (link->in_flight != NULL)
        in_flight_of(world, link, frame)[frame->target - link->first_replica] += change;
}

/* --- attempts */

static void report_attempt(World *world, const Frame *frame, Outcome outcome, bool is_last,
                           bool is_unfinished)
{
    const CallSite *site = site_of(world, frame);
    AttemptRecord record = {
        .link = site->link,
        .tag = request_at(world, frame->request)->tag,
        .attempt = frame->attempt,
        .outcome = outcome,
        .is_last = is_last,
        .is_unfinished = is_unfinished,
        .is_async = world->topology->links[site->link].mode == LINK_ASYNC,
        .call_started = frame->call_started,
        .started = frame->attempt_started,
        .ended = world_now(world),
    };
    world->observer.attempt_ended(world->observer.context, &record);
}

/* Visits of a request are told apart by where they are called from, not by when, so that they are
 * the same visits in every design. */
static uint64_t attempt_visit(const World *world, const Frame *frame)
{
    return sim_mix(frame_visit(frame), world->site_hashes[frame->site] + frame->attempt);
}

/* The caller's own deadline, if it knows one, bounds the call as its timeout does. */
static SimTime call_deadline(const World *world, const Frame *frame, const Link *link)
{
    SimTime timeout = link->config->timeout;
    SimTime own = timeout > 0 ? frame->call_started + timeout : SIM_TIME_NEVER;
    SimTime inherited = frame_at(world, frame->owner)->deadline;
    return own < inherited ? own : inherited;
}

/* The frame that is to serve the attempt, on its way to the replica. 0: it is lost. */
static uint32_t request_send(World *world, uint32_t handle, uint64_t visit)
{
    const CallSite *site = site_of(world, frame_at(world, handle));
    Link *link = &world->links[site->link];
    Frame *frame = frame_at(world, handle);
    uint64_t id = request_at(world, frame->request)->id;
    if (request_is_lost(world, link, id, visit))
        return SLAB_NONE;
    bool is_async = link->config->mode == LINK_ASYNC;
    SimTime back = 0;
    SimTime travel =
        request_time(world, link, id, visit, site->request_size, is_async ? NULL : &back);
    uint32_t callee_handle = frame_new(world, frame->request, is_async ? ORIGIN_ASYNC : ORIGIN_CALL,
                                       handle, frame->call_serial);
    if (callee_handle == SLAB_NONE)
        return SLAB_NONE;
    Frame *callee = frame_at(world, callee_handle);
    callee->operation = site->operation;
    callee->replica = frame->target;
    callee->link = site->link;
    callee->visit = visit;
    callee->way_back = back;
    callee->pc = world->topology->operations[site->operation].entry;
    callee->depth = (uint16_t)(frame->depth + 1);
    if (link->config->deadline_propagation && !is_async)
        callee->deadline = call_deadline(world, frame, link);
    callee->state = FRAME_TRAVELLING;
    if (travel == 0 && world_is_quiet(world))
        frame_wake(world, callee_handle, WAKE_ARRIVED);
    else
        callee->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_ARRIVAL,
                                        EVENT_FRAME, callee_handle);
    if (callee->depth > NESTED_CALLS_MAX)
        world->stop = STOP_NESTED_CALLS;
    return callee_handle;
}

/* Direct asynchronous calls are over once they are sent. */
static void attempt_start(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    Link *link = link_of(world, frame);
    frame->attempt++;
    frame->call_serial++;
    frame->attempt_started = world_now(world);
    world->attempt_count++;
    uint64_t visit = attempt_visit(world, frame);
    if (link->config->via != NO_INDEX) {
        publish_begin(world, handle, link->config->via, visit);
        return;
    }
    frame->target = pick_replica(world, link, frame, visit);
    bool is_async = link->config->mode == LINK_ASYNC;
    if (!is_async) {
        count_in_flight(world, link, frame, 1);
        if (link->attempt_lane != NO_INDEX)
            frame->attempt_timer =
                engine_arm(&world->engine, link->attempt_lane, EVENT_ATTEMPT_TIMEOUT, handle);
    }
    frame->state = FRAME_CALLING;
    frame->callee = request_send(world, handle, visit);
    frame->callee_serial = frame_at(world, frame->callee)->serial;
    if (is_async)
        call_attempt_ended(world, handle, OUTCOME_SUCCESS);
}

static void arm_call_timer(World *world, uint32_t handle, const Link *link)
{
    Frame *frame = frame_at(world, handle);
    SimTime now = world_now(world), due = call_deadline(world, frame, link);
    if (link->config->timeout > 0 && due == now + link->config->timeout)
        frame->call_timer = engine_arm(&world->engine, link->call_lane, EVENT_CALL_TIMEOUT, handle);
    else if (due != SIM_TIME_NEVER)
        frame->call_timer = engine_schedule(&world->engine, due > now ? due : now, EVENT_TIMEOUT,
                                            EVENT_CALL_TIMEOUT, handle);
}

void call_begin(World *world, uint32_t handle, uint32_t site)
{
    Frame *frame = frame_at(world, handle);
    frame->site = site;
    frame->attempt = 0;
    frame->backoff = 0;
    frame->call_started = world_now(world);
    Link *link = link_of(world, frame);
    if (link->config->mode == LINK_SYNC || link->config->via != NO_INDEX)
        arm_call_timer(world, handle, link);
    attempt_start(world, handle);
}

static bool is_retried(const World *world, const Frame *frame, const LinkConfig *link,
                       Outcome outcome)
{
    if (!link->has_retry_policy || frame->attempt >= link->retry_policy.max_attempts)
        return false;
    OutcomeSet retry_on = link->retry_policy.retry_on;
    if (!world->topology->operations[site_of(world, frame)->operation].is_idempotent)
        retry_on &= OUTCOMES_UNPROCESSED;
    return (retry_on & OUTCOME_BIT(outcome)) != 0;
}

static void backoff_begin(World *world, uint32_t handle, const Link *link)
{
    Frame *frame = frame_at(world, handle);
    gsl_rng *rng = sim_rng_at(&world->rng, link->keys.backoff,
                              request_at(world, frame->request)->id, attempt_visit(world, frame));
    frame->backoff =
        backoff_delay(&link->config->retry_policy.backoff, frame->attempt, frame->backoff, rng);
    frame->state = FRAME_BACKOFF;
    frame->event = engine_schedule(&world->engine, world_now(world) + frame->backoff, EVENT_RETRY,
                                   EVENT_FRAME, handle);
}

void call_backoff_over(World *world, uint32_t handle)
{
    attempt_start(world, handle);
}

/* The call has its answer: the step goes on. */
static void call_over(World *world, uint32_t handle, Outcome outcome)
{
    Frame *frame = frame_at(world, handle);
    const Link *link = link_of(world, frame);
    if (frame->origin == ORIGIN_USER) {
        request_ended(world, handle, outcome, frame->reply_is_degraded);
        return;
    }
    if (outcome != OUTCOME_SUCCESS) {
        frame_step_failed(world, handle);
        return;
    }
    if (frame->reply_is_degraded)
        frame_at(world, frame->owner)->is_degraded = true;
    if (link->config->serialization != NULL && link->config->mode == LINK_SYNC) {
        SimTime duration = world_draw(world, link->config->serialization,
                                      sim_mix(link->keys.serialize, PHASE_RESULT),
                                      request_at(world, frame->request)->id, frame_visit(frame));
        frame_compute(world, handle, duration, PHASE_RESULT);
        return;
    }
    frame_step_done(world, handle);
}

/* The attempt no longer counts: its reply, if one comes, is late. */
static void attempt_close(World *world, uint32_t handle)
{
    Frame *frame = frame_at(world, handle);
    Link *link = link_of(world, frame);
    frame->call_serial++;
    frame->event = 0;
    frame->attempt_timer = 0;
    if (link->config->mode == LINK_SYNC && frame->state == FRAME_CALLING)
        count_in_flight(world, link, frame, UINT32_MAX);
}

void call_attempt_ended(World *world, uint32_t handle, Outcome outcome)
{
    Frame *frame = frame_at(world, handle);
    const Link *link = link_of(world, frame);
    attempt_close(world, handle);
    bool retries = outcome != OUTCOME_SUCCESS && is_retried(world, frame, link->config, outcome);
    report_attempt(world, frame, outcome, !retries, false);
    if (retries) {
        backoff_begin(world, handle, link);
        return;
    }
    call_timers_cancel(frame);
    call_over(world, handle, outcome);
}

/* --- giving up */

static void send_cancel(World *world, uint32_t handle, const Link *link)
{
    const Frame *frame = frame_at(world, handle);
    uint64_t visit = sim_mix(frame_at(world, frame->callee)->visit, 1);
    uint64_t id = request_at(world, frame->request)->id;
    if (!slab_has_room(&world->signals) || request_is_lost(world, link, id, visit))
        return;
    SimTime travel = request_time(world, link, id, visit, 0, NULL);
    uint32_t signal_handle = slab_take(&world->signals);
    Signal *signal = slab_at(&world->signals, signal_handle);
    *signal = (Signal){.frame = {frame->callee, frame->callee_serial},
                       .is_immediate = link->config->cancellation == CANCELLATION_IMMEDIATE};
    signal->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_ARRIVAL,
                                    EVENT_SIGNAL, signal_handle);
}

void call_signal_arrived(World *world, uint32_t handle)
{
    Signal signal = *(Signal *)slab_at(&world->signals, handle);
    ((Signal *)slab_at(&world->signals, handle))->event = 0;
    slab_give(&world->signals, handle);
    if (frame_at(world, signal.frame.handle)->serial == signal.frame.serial)
        frame_cancel(world, signal.frame.handle, signal.is_immediate);
}

/* The callee of the attempt that is out, if it is still alive, works for nobody from now on. */
static void abandon_callee(World *world, uint32_t handle, bool cancels)
{
    Frame *frame = frame_at(world, handle);
    if (frame->state != FRAME_CALLING || frame->callee == SLAB_NONE)
        return;
    Frame *callee = frame_at(world, frame->callee);
    if (callee->serial != frame->callee_serial)
        return;
    if (!callee->is_abandoned) {
        callee->is_abandoned = true;
        world->abandoned++;
    }
    const Link *link = link_of(world, frame);
    if (cancels && link->config->cancellation != CANCELLATION_NONE)
        send_cancel(world, handle, link);
}

/* Timeouts of the whole call are not retried; if one falls into a back-off, no attempt is out and
 * the call alone ends. */
void call_timed_out(World *world, uint32_t handle, bool whole_call)
{
    Frame *frame = frame_at(world, handle);
    abandon_callee(world, handle, true);
    if (!whole_call) {
        frame->attempt_timer = 0;
        call_attempt_ended(world, handle, OUTCOME_TIMEOUT);
        return;
    }
    call_timers_cancel(frame);
    bool was_out = frame->state != FRAME_BACKOFF;
    attempt_close(world, handle);
    if (!was_out) {
        frame->attempt = 0;
        frame->attempt_started = world_now(world);
    }
    report_attempt(world, frame, OUTCOME_TIMEOUT, true, false);
    call_over(world, handle, OUTCOME_TIMEOUT);
}

void call_forget(World *world, uint32_t handle, bool passes_on)
{
    Frame *frame = frame_at(world, handle);
    bool is_out = frame->state == FRAME_CALLING ||
                  ((frame->state == FRAME_PUBLISHING || frame->state == FRAME_BLOCKED) &&
                   !frame->is_publishing);
    if (!is_out && frame->state != FRAME_BACKOFF) {
        frame->call_serial++;
        return;
    }
    abandon_callee(world, handle, passes_on);
    if (is_out)
        report_attempt(world, frame, OUTCOME_RESET, true, true);
    attempt_close(world, handle);
    call_timers_cancel(frame);
}

/* --- replies */

void call_reply(World *world, uint32_t callee_handle, Outcome outcome)
{
    const Frame *callee = frame_at(world, callee_handle);
    uint32_t handle = callee->from;
    Frame *frame = frame_at(world, handle);
    if (frame->call_serial != callee->from_serial)
        return;
    const CallSite *site = site_of(world, frame);
    const Link *link = &world->links[site->link];
    if (reply_is_lost(world, link, request_at(world, frame->request)->id, callee->visit))
        return;
    SimTime travel = callee->way_back + transfer_time(link, site->response_size);
    frame->outcome = (uint8_t)outcome;
    frame->reply_is_degraded = callee->is_degraded;
    frame->callee = SLAB_NONE;
    if (travel == 0 && world_is_quiet(world))
        frame_wake(world, handle, WAKE_REPLIED);
    else
        frame->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_COMPLETION,
                                       EVENT_FRAME, handle);
}
