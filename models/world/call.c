/* The caller's side of a call: attempts, timeouts, retries, replies. */
#include "models/world/internal.h"
#include "models/world/network.h"
#include "models/world/pool.h"

/* --- the life of calls */

Call *call_new(World *world, uint32_t request, Caller caller, uint32_t from, uint32_t site,
               uint64_t visit)
{
    if (!slab_has_room(&world->calls)) {
        world->stop = STOP_IN_FLIGHT;
        return NULL;
    }
    uint32_t handle = slab_take(&world->calls);
    Call *call = call_at(world, handle);
    *call = (Call){
        .started = world_now(world),
        .visit = visit,
        .self = handle,
        .serial = call->serial + 1,
        .request = request,
        .from = from,
        .site = site,
        .state = CALL_NEW,
        .caller = (uint8_t)caller & 3u,
    };
    return call;
}

/* A freed call holds no event and answers to no reference. */
void call_free(World *world, Call *call)
{
    call->state = CALL_FREE;
    call->serial++;
    call->event = 0;
    call->attempt_timer = 0;
    call->call_timer = 0;
    slab_give(&world->calls, call->self);
}

static const Site *site_of(const World *world, const Call *call)
{
    return &world->sites[call->site];
}

static Link *link_of(const World *world, const Call *call)
{
    return site_of(world, call)->link;
}

/* The visit that makes the call; NULL for a user. */
static Frame *caller_of(const World *world, const Call *call)
{
    return call->caller == CALLER_USER ? NULL : owner_of(world, frame_at(world, call->from));
}

static uint64_t request_id(const World *world, const Call *call)
{
    return request_at(world, call->request)->id;
}

/* --- choosing a replica */

uint32_t call_client(const World *world, const Call *call)
{
    if (call->caller == CALLER_USER)
        return request_at(world, call->request)->client;
    uint32_t index = frame_at(world, call->from)->replica;
    return index - world->topology->services[world->replicas[index].service].first_replica;
}

/* Whose state of the balancer it is. */
static uint32_t client_of(const World *world, const Link *link, const Call *call)
{
    return link->clients == 1 ? 0 : call_client(world, call);
}

static uint32_t *in_flight_of(const World *world, const Link *link, const Call *call)
{
    return link->in_flight + (size_t)client_of(world, link, call) * link->replica_count;
}

static uint32_t pick_replica(World *world, Link *link, const Call *call, uint64_t visit)
{
    if (link->replica_count == 1)
        return link->first_replica;
    uint32_t client = client_of(world, link, call);
    BalancerView view = {.count = link->replica_count,
                         .in_flight =
                             link->in_flight == NULL ? NULL : in_flight_of(world, link, call)};
    gsl_rng *rng = sim_rng_at(&world->rng, link->keys.balancer, request_id(world, call), visit);
    uint32_t pick =
        link->balancer->pick(link->balancer_states + client * link->balancer->state_size,
                             link->config->balancer.config, &view, rng);
    SIM_CHECK(pick < link->replica_count);
    return link->first_replica + pick;
}

static void count_in_flight(World *world, Link *link, const Call *call, uint32_t change)
{
    if (link->in_flight != NULL)
        in_flight_of(world, link, call)[call->target - link->first_replica] += change;
}

/* --- attempts */

static void report_attempt(World *world, const Call *call, Outcome outcome, bool is_last,
                           bool is_unfinished)
{
    const Site *site = site_of(world, call);
    AttemptRecord record = {
        .link = site->config->link,
        .tag = request_at(world, call->request)->tag,
        .attempt = call->attempt,
        .outcome = outcome,
        .is_last = is_last,
        .is_unfinished = is_unfinished,
        .is_async = site->link->is_one_way,
        .call_started = call->started,
        .started = call->attempt_started,
        .ended = world_now(world),
        .pool_wait = site->link->pool == NULL ? -1 : pool_wait(world, call, outcome),
    };
    world->observer.attempt_ended(world->observer.context, &record);
}

/* Visits of a request are told apart by where they are called from, not by when, so that they are
 * the same visits in every design. */
uint64_t call_attempt_visit(const World *world, const Call *call, uint32_t attempt)
{
    return sim_mix(call->visit, site_of(world, call)->hash + attempt);
}

/* The caller's own deadline, if it knows one, bounds the call as its timeout does. */
static SimTime call_deadline(const Call *call, const Link *link, const Frame *caller)
{
    SimTime timeout = link->config->timeout;
    SimTime own = timeout > 0 ? call->started + timeout : SIM_TIME_NEVER;
    return caller != NULL && caller->deadline < own ? caller->deadline : own;
}

/* The frame that is to serve the attempt, on its way to the replica. 0: it is lost. */
static uint32_t request_send(World *world, Call *call, Link *link, uint64_t visit)
{
    const Site *site = site_of(world, call);
    uint64_t id = request_id(world, call);
    SimTime back = 0;
    SimTime travel = network_transfer(world, link, call, site->config->request_size, true);
    if (network_loses(world, link, id, visit, true, &travel))
        return SLAB_NONE;
    travel += network_way(world, link, id, visit, link->is_one_way ? NULL : &back);
    Frame *callee = frame_new(world, call->request, link->is_async ? ORIGIN_ASYNC : ORIGIN_CALL,
                              call->self, call->serial);
    if (callee == NULL)
        return SLAB_NONE;
    const Frame *caller = caller_of(world, call);
    callee->operation = site->config->operation;
    callee->replica = call->target;
    callee->link = site->config->link;
    callee->visit = visit;
    callee->way_back = back;
    callee->pc = site->entry;
    callee->depth = (uint16_t)(caller == NULL ? 1 : caller->depth + 1);
    callee->answers = link->is_answered;
    if (link->config->deadline_propagation && !link->is_one_way)
        callee->deadline = call_deadline(call, link, caller);
    if (callee->depth > NESTED_CALLS_MAX)
        world->stop = STOP_NESTED_CALLS;
    if (travel == 0 && world_is_quiet(world))
        world_wake(world, callee->self, callee->serial, WAKE_ARRIVED);
    else
        callee->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_ARRIVAL,
                                        EVENT_FRAME, callee->self);
    frame_draw_ahead(world, callee);
    return callee->self;
}

static void arm_attempt_timer(World *world, Call *call, const Link *link)
{
    if (link->attempt_lane != NO_INDEX)
        call->attempt_timer =
            engine_arm(&world->engine, link->attempt_lane, EVENT_ATTEMPT_TIMEOUT, call->self);
}

/* The request leaves, over the network; where there is a pool, when it has a connection. */
static void attempt_send(World *world, Call *call, Link *link)
{
    uint64_t visit = call_attempt_visit(world, call, call->attempt);
    if (call->state != CALL_POOLED) {
        call->target = pick_replica(world, link, call, visit);
        if (!link->is_async) {
            count_in_flight(world, link, call, 1);
            arm_attempt_timer(world, call, link);
        }
        if (link->pool != NULL) {
            call->state = CALL_POOLED;
            call->event = 0;
            pool_request(world, call, link);
            return;
        }
    }
    call->state = CALL_OUT;
    call->event = 0; /* and all of the bytes it shares with callee */
    call->callee = request_send(world, call, link, visit);
}

void call_connected(World *world, Call *call)
{
    attempt_send(world, call, link_of(world, call));
}

/* The same by a message, straight or via a broker. */
static void message_send(World *world, Call *call, Link *link)
{
    if (link->is_answered || link->config->via != NO_INDEX)
        arm_attempt_timer(world, call, link);
    if (link->config->via != NO_INDEX) {
        publish_begin(world, call, link->config->via);
        return;
    }
    attempt_send(world, call, link);
    if (!link->is_answered)
        call_attempt_ended(world, call, OUTCOME_SUCCESS);
}

void call_published(World *world, Call *call)
{
    bool has_accepted = call->outcome == OUTCOME_SUCCESS;
    if (!has_accepted || !link_of(world, call)->is_answered) {
        call_attempt_ended(world, call, (Outcome)call->outcome);
        return;
    }
    call->state = CALL_AWAITING;
    call->event = 0;
}

static void attempt_start(World *world, Call *call)
{
    Link *link = link_of(world, call);
    call->attempt++;
    call->serial++;
    call->attempt_started = world_now(world);
    world->attempt_count++;
    if (link->is_async)
        message_send(world, call, link);
    else
        attempt_send(world, call, link);
}

/* Direct asynchronous calls are over once they are sent: nothing is kept of them. */
void call_send(World *world, const Frame *frame, uint32_t site)
{
    Call call = {.started = world_now(world),
                 .attempt_started = world_now(world),
                 .visit = frame_visit(world, frame),
                 .request = frame->request,
                 .from = frame->self,
                 .site = site,
                 .attempt = 1,
                 .caller = CALLER_FRAME};
    world->attempt_count++;
    attempt_send(world, &call, link_of(world, &call));
    report_attempt(world, &call, OUTCOME_SUCCESS, true, false);
}

static void arm_call_timer(World *world, Call *call, const Link *link)
{
    SimTime now = call->started, due = call_deadline(call, link, caller_of(world, call));
    if (due == SIM_TIME_NEVER)
        return;
    if (link->call_lane != NO_INDEX && due == now + link->config->timeout)
        call->call_timer =
            engine_arm(&world->engine, link->call_lane, EVENT_CALL_TIMEOUT, call->self);
    else
        call->call_timer = engine_schedule(&world->engine, due > now ? due : now, EVENT_TIMEOUT,
                                           EVENT_CALL_TIMEOUT, call->self);
}

void call_begin(World *world, Call *call)
{
    const Link *link = link_of(world, call);
    if (!link->is_one_way || link->config->via != NO_INDEX)
        arm_call_timer(world, call, link);
    attempt_start(world, call);
}

static bool is_retried(const World *world, const Call *call, const LinkConfig *link,
                       Outcome outcome)
{
    if (!link->has_retry_policy || call->attempt >= link->retry_policy.max_attempts)
        return false;
    OutcomeSet retry_on = link->retry_policy.retry_on;
    if (!world->topology->operations[site_of(world, call)->config->operation].is_idempotent)
        retry_on &= OUTCOMES_UNPROCESSED;
    return (retry_on & OUTCOME_BIT(outcome)) != 0;
}

/* Decorrelated jitter needs the wait before; it is worked out again rather than kept, since every
 * draw has its place. */
static SimTime backoff_of(World *world, const Call *call, const Link *link)
{
    SimTime wait = 0;
    for (uint32_t retry = 1; retry <= call->attempt; retry++)
        wait = backoff_delay(&link->config->retry_policy.backoff, retry, wait,
                             sim_rng_at(&world->rng, link->keys.backoff, request_id(world, call),
                                        call_attempt_visit(world, call, retry)));
    return wait;
}

static void backoff_begin(World *world, Call *call, const Link *link)
{
    call->state = CALL_BACKOFF;
    call->event = engine_schedule(&world->engine, world_now(world) + backoff_of(world, call, link),
                                  EVENT_RETRY, EVENT_CALL, call->self);
}

/* The frame has its answer: its step goes on. */
static void frame_answered(World *world, Call *call, Outcome outcome)
{
    Frame *frame = frame_at(world, call->from);
    const Link *link = call->is_publication ? NULL : link_of(world, call);
    call_free(world, call);
    if (outcome != OUTCOME_SUCCESS) {
        frame_step_failed(world, frame);
        return;
    }
    if (link != NULL && link->config->serialization != NULL && !link->is_one_way) {
        SimTime duration = world_draw(
            world, link->config->serialization, sim_mix(link->keys.serialize, PHASE_RESULT),
            request_at(world, frame->request)->id, frame_visit(world, frame));
        frame_compute(world, frame, duration, PHASE_RESULT);
        return;
    }
    frame_step_done(world, frame);
}

static void branch_answered(World *world, Call *call, Outcome outcome)
{
    uint32_t from = call->from, from_serial = call->from_serial, request = call->request;
    call_free(world, call);
    request_release(world, request);
    branch_over(world, frame_at(world, from), from, from_serial, outcome == OUTCOME_SUCCESS);
}

void call_over(World *world, Call *call, Outcome outcome)
{
    if (outcome == OUTCOME_SUCCESS && call->is_degraded && call->caller != CALLER_USER)
        caller_of(world, call)->is_degraded = true;
    switch ((Caller)call->caller) {
    case CALLER_USER:
        request_ended(world, call, outcome);
        return;
    case CALLER_FRAME:
        frame_answered(world, call, outcome);
        return;
    case CALLER_BRANCH:
        branch_answered(world, call, outcome);
        return;
    }
}

/* The attempt no longer counts: its reply, if one comes, is late. OUTCOME_TIMEOUT: nobody has
 * waited for it. */
static inline void attempt_close(World *world, Call *call, Outcome outcome)
{
    Link *link = link_of(world, call);
    if (!link->is_async && call->state != CALL_BACKOFF)
        count_in_flight(world, link, call, UINT32_MAX);
    if (link->pool != NULL)
        pool_leave(world, call, link, outcome);
    call->serial++;
    call->event = 0;
    call->attempt_timer = 0;
}

void call_attempt_ended(World *world, Call *call, Outcome outcome)
{
    const Link *link = link_of(world, call);
    attempt_close(world, call, outcome);
    bool retries = outcome != OUTCOME_SUCCESS && is_retried(world, call, link->config, outcome);
    report_attempt(world, call, outcome, !retries, false);
    if (retries)
        backoff_begin(world, call, link);
    else
        call_over(world, call, outcome);
}

void call_event(World *world, Call *call)
{
    switch ((CallState)call->state) {
    case CALL_REPLIED:
        call_attempt_ended(world, call, (Outcome)call->outcome);
        return;
    case CALL_BACKOFF:
        call->event = 0;
        attempt_start(world, call);
        return;
    case CALL_PUBLISHED:
        publish_over(world, call);
        return;
    case CALL_FREE:
    case CALL_NEW:
    case CALL_OUT:
    case CALL_PUBLISHING:
    case CALL_BLOCKED:
    case CALL_POOLED:
    case CALL_AWAITING:
        break;
    }
    SIM_CHECK(false); /* a call in this state has no event */
}

/* --- giving up */

/* What serves the attempt that is out, if it is still alive. */
static Frame *callee_of(const World *world, const Call *call)
{
    if (call->state != CALL_OUT || call->callee == SLAB_NONE)
        return NULL;
    Frame *callee = frame_at(world, call->callee);
    bool is_ours = callee->state != FRAME_FREE && callee->origin == ORIGIN_CALL &&
                   callee->from == call->self && callee->from_serial == call->serial;
    return is_ours ? callee : NULL;
}

static void send_cancel(World *world, const Call *call, const Link *link, const Frame *callee)
{
    uint64_t visit = sim_mix(callee->visit, 1);
    uint64_t id = request_id(world, call);
    SimTime travel = network_transfer(world, link, call, 0, true);
    if (!slab_has_room(&world->signals) || network_loses(world, link, id, visit, true, &travel))
        return;
    travel += network_way(world, link, id, visit, NULL);
    uint32_t handle = slab_take(&world->signals);
    Signal *signal = slab_at(&world->signals, handle);
    *signal = (Signal){.frame = {callee->self, callee->serial},
                       .is_immediate = link->config->cancellation == CANCELLATION_IMMEDIATE};
    signal->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_ARRIVAL,
                                    EVENT_SIGNAL, handle);
}

void call_signal_arrived(World *world, uint32_t handle)
{
    Signal signal = *(Signal *)slab_at(&world->signals, handle);
    ((Signal *)slab_at(&world->signals, handle))->event = 0;
    slab_give(&world->signals, handle);
    Frame *frame = frame_at(world, signal.frame.handle);
    if (frame->serial == signal.frame.serial)
        frame_cancel(world, frame, signal.is_immediate);
}

/* The callee works for nobody from now on. */
static void abandon_callee(World *world, const Call *call, bool cancels)
{
    Frame *callee = callee_of(world, call);
    if (callee == NULL)
        return;
    if (!callee->is_abandoned) {
        callee->is_abandoned = true;
        world->abandoned++;
    }
    const Link *link = link_of(world, call);
    if (cancels && link->config->cancellation != CANCELLATION_NONE)
        send_cancel(world, call, link, callee);
}

/* Timeouts of the whole call are not retried; if one falls into a back-off, no attempt is out and
 * the call alone ends. */
void call_timed_out(World *world, Call *call, bool whole_call)
{
    abandon_callee(world, call, true);
    if (!whole_call) {
        call_attempt_ended(world, call, OUTCOME_TIMEOUT);
        return;
    }
    bool was_out = call->state != CALL_BACKOFF;
    attempt_close(world, call, OUTCOME_TIMEOUT);
    if (!was_out) {
        call->attempt = 0;
        call->attempt_started = world_now(world);
    }
    report_attempt(world, call, OUTCOME_TIMEOUT, true, false);
    call_over(world, call, OUTCOME_TIMEOUT);
}

static void drop(World *world, Call *call, bool passes_on)
{
    abandon_callee(world, call, passes_on);
    if (!call->is_publication && call->state != CALL_NEW) {
        if (call->state != CALL_BACKOFF)
            report_attempt(world, call, OUTCOME_RESET, true, true);
        attempt_close(world, call, OUTCOME_TIMEOUT);
    }
    call_free(world, call);
}

void call_forget(World *world, Frame *frame, bool passes_on)
{
    if (frame->state == FRAME_CALLING)
        drop(world, call_at(world, frame->call), passes_on);
    else
        frame->join_serial++;
}

void call_drop(World *world, Call *call, bool passes_on)
{
    uint32_t request = call->request;
    drop(world, call, passes_on);
    request_release(world, request);
}

void call_unfinished(World *world, const Call *call)
{
    if (call->state == CALL_FREE || call->state == CALL_NEW || call->is_publication)
        return;
    bool waits = call->state == CALL_BACKOFF;
    const Site *site = site_of(world, call);
    AttemptRecord record = {
        .link = site->config->link,
        .tag = request_at(world, call->request)->tag,
        .attempt = waits ? 0 : call->attempt,
        .is_last = true,
        .is_unfinished = true,
        .is_async = site->link->is_one_way,
        .call_started = call->started,
        .started = waits ? world_now(world) : call->attempt_started,
        .ended = world_now(world),
        .pool_wait = -1,
    };
    world->observer.attempt_ended(world->observer.context, &record);
}

/* --- replies */

void call_reply(World *world, Frame *callee, Outcome outcome)
{
    Call *call = call_at(world, callee->from);
    if (call->serial != callee->from_serial)
        return;
    const Site *site = site_of(world, call);
    const Link *link = site->link;
    SimTime travel =
        callee->way_back + network_transfer(world, link, call, site->config->response_size, false);
    if (network_loses(world, link, request_id(world, call), callee->visit, false, &travel))
        return;
    call->outcome = (uint8_t)outcome;
    call->is_degraded = callee->is_degraded;
    call->state = CALL_REPLIED;
    call->event = 0;
    if (travel == 0 && world_is_quiet(world))
        world_wake(world, call->self, call->serial, WAKE_REPLIED);
    else
        call->event = engine_schedule(&world->engine, world_now(world) + travel, EVENT_COMPLETION,
                                      EVENT_CALL, call->self);
}
