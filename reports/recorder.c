#include "reports/recorder.h"

#include <glib.h>

#include "reports/recorder_parts.h"

/* What is measured of requests of this tag, which is not 0. */
static Measures *of_tag(const ScopeParts *scope, Part *part, RequestTag tag)
{
    return &part->segments[scope->segment_of_tag[tag]];
}

static void measure(Measures *measures, int sample, SimTime value)
{
    histogram_record(measures_samples(measures, sample), value);
}

/* Sample 0 of the part, which stands at the current slice. */
static void sample_now(Recorder *recorder, ScopeParts *scope, Part *part, SimTime value,
                       uint8_t mark)
{
    uint32_t index = part->recent_count++;
    part->recent[index] = value;
    part->marks[index] = mark;
    if (part->recent_count == RECENT_MAX)
        recorder_make_room(recorder, scope, part);
}

/* --- requests */

static RequestTag request_started(void *context, uint32_t workload, uint32_t site, SimTime intended)
{
    (void)workload;
    Recorder *recorder = context;
    Part *part = recorder->site_parts[site];
    if (part->offered == NULL)
        recorder_open_part(recorder, &recorder->workloads, part);
    Timeline *starts = &recorder->starts;
    if (intended < starts->low || intended >= starts->high)
        timeline_move_to(starts, intended);
    uint32_t slice = starts->current;
    part->offered[slice]++;
    return slice < starts->slice_count ? (RequestTag)(starts->phases[slice] + 1) : 0;
}

static RequestCount count_of_request(const RequestRecord *record)
{
    if (record->is_unfinished)
        return REQUEST_IN_FLIGHT;
    if (record->outcome == OUTCOME_SUCCESS)
        return REQUEST_SUCCEEDED;
    if (record->outcome == OUTCOME_TIMEOUT)
        return REQUEST_TIMED_OUT;
    return record->outcome == OUTCOME_REJECTED ? REQUEST_REJECTED : REQUEST_FAILED;
}

static void count_request(uint64_t *counts, const RequestRecord *record, RequestCount count,
                          bool is_good)
{
    counts[count]++;
    counts[REQUEST_DEGRADED] += count == REQUEST_SUCCEEDED && record->is_degraded;
    counts[REQUEST_GOOD] += is_good;
}

static void request_ended(void *context, const RequestRecord *record)
{
    Recorder *recorder = context;
    ScopeParts *scope = &recorder->workloads;
    timeline_follow(&recorder->timeline, record->ended);
    Part *part = recorder_part_now(recorder, scope, recorder->site_parts[record->site]);
    RequestCount count = count_of_request(record);
    SimTime latency = record->ended - record->started;
    bool is_good = count == REQUEST_SUCCEEDED && latency <= recorder->site_limits[record->site];
    count_request(part->counts_now, record, count, is_good);
    if (record->tag != 0) {
        Measures *measures = of_tag(scope, part, record->tag);
        count_request(measures->counts, record, count, is_good);
        if (count != REQUEST_SUCCEEDED && count != REQUEST_IN_FLIGHT)
            measure(measures, REQUEST_FAILED_LATENCY, latency);
    }
    if (count == REQUEST_SUCCEEDED)
        sample_now(recorder, scope, part, latency,
                   (uint8_t)(record->tag | (record->is_complete ? MARK_COMPLETE : 0)));
}

static void request_completed(void *context, const CompletionRecord *record)
{
    Recorder *recorder = context;
    if (record->tag == 0 || !record->has_succeeded)
        return;
    ScopeParts *scope = &recorder->workloads;
    Part *part = recorder->site_parts[record->site];
    if (part->segments == NULL)
        recorder_open_part(recorder, scope, part);
    measure(of_tag(scope, part, record->tag), REQUEST_COMPLETION,
            record->completed - record->started);
}

/* --- services */

static VisitCount count_of_visit(VisitEnd end)
{
    static const VisitCount counts[] = {
        [VISIT_COMPLETED] = VISITS_COMPLETED,   [VISIT_FAILED] = VISITS_FAILED,
        [VISIT_REJECTED] = VISITS_REJECTED,     [VISIT_ABANDONED] = VISITS_ABANDONED,
        [VISIT_CANCELLED] = VISITS_ABANDONED,   [VISIT_LOST] = VISITS_FAILED,
        [VISIT_UNFINISHED] = VISITS_UNFINISHED,
    };
    return counts[end];
}

static void measure_visit(Measures *measures, const VisitRecord *record, VisitCount end)
{
    measures->counts[VISITS_ARRIVED]++;
    measures->counts[end]++;
    measures->busy += (double)record->busy;
    if (record->is_wasted)
        measures->wasted += (double)record->busy;
    if (record->has_started)
        measure(measures, VISIT_QUEUE_WAIT, record->started - record->arrived);
}

/* Queue and threads, whatever request it was for: in the windows and phases of their own time. */
static void measure_stay(const Timeline *timeline, Part *part, const VisitRecord *record)
{
    SimTime started = record->has_started ? record->started : record->ended;
    level_add(part->levels[LEVEL_QUEUE], timeline, record->arrived, started, 1);
    level_add(part->levels[LEVEL_SERVICE], timeline, started, record->ended, 1);
    SimTime from = MAX(record->arrived, timeline->start);
    SimTime until = MIN(record->ended, timeline->end);
    if (from < until)
        part->stays += (double)(until - from);
    uint32_t slice = timeline_slice(timeline, record->arrived);
    part->largest[slice] = MAX(part->largest[slice], record->queued_ahead);
    part->counts[(size_t)slice * VISIT_COUNTS + VISITS_ARRIVED]++;
}

/* The same of a visit that is not older than the current slice, as nearly all are. */
static void measure_short_stay(const Timeline *timeline, Part *part, const VisitRecord *record)
{
    uint32_t slice = timeline->current;
    SimTime started = record->has_started ? record->started : record->ended;
    part->levels[LEVEL_QUEUE][slice].sum += (double)(started - record->arrived);
    part->levels[LEVEL_SERVICE][slice].sum += (double)(record->ended - started);
    part->stays += (double)(record->ended - record->arrived);
    part->largest[slice] = MAX(part->largest[slice], record->queued_ahead);
    part->counts_now[VISITS_ARRIVED]++;
}

static void visit_ended(void *context, const VisitRecord *record)
{
    Recorder *recorder = context;
    ScopeParts *scope = &recorder->services;
    Timeline *timeline = &recorder->timeline;
    timeline_follow(timeline, record->ended);
    Part *part = recorder_part_now(recorder, scope, recorder->operation_parts[record->operation]);
    VisitCount end = count_of_visit(record->end);
    if (record->arrived >= timeline->low)
        measure_short_stay(timeline, part, record);
    else
        measure_stay(timeline, part, record);
    part->counts_now[end]++;
    if (record->tag != 0)
        measure_visit(of_tag(scope, part, record->tag), record, end);
    if (end == VISITS_COMPLETED)
        sample_now(recorder, scope, part, record->replied - record->arrived, record->tag);
}

static void cpu_used(void *context, const CpuRecord *record)
{
    Recorder *recorder = context;
    ScopeParts *scope = &recorder->services;
    timeline_follow(&recorder->timeline, record->until);
    Part *part = &scope->parts[scope->wholes[record->service].first_part];
    recorder_part_now(recorder, scope, part);
    level_add(part->levels[LEVEL_CPU], &recorder->timeline, record->since, record->until,
              record->busy_cores);
}

/* --- links */

static void count_attempt_start(uint64_t *counts, const AttemptRecord *record)
{
    counts[LINK_ATTEMPTS]++;
    counts[record->attempt == 1 ? LINK_CALLS : LINK_RETRIES]++;
}

static uint64_t *counts_at(const Timeline *timeline, Part *part, SimTime time)
{
    if (time >= timeline->low)
        return part->counts_now;
    return &part->counts[(size_t)timeline_find(timeline, time) * LINK_COUNTS];
}

/* It belongs to the phase in which it is opened, whatever request it is for. */
static void connection_opened(void *context, const ConnectionRecord *record)
{
    Recorder *recorder = context;
    ScopeParts *scope = &recorder->links;
    Timeline *timeline = &recorder->timeline;
    timeline_follow(timeline, record->time);
    Part *part = recorder_part_now(recorder, scope, &scope->parts[record->link]);
    part->counts_now[LINK_CONNECTIONS]++;
    if (timeline->current == timeline->slice_count)
        return;
    uint32_t segment = scope->segment_of_tag[timeline->phases[timeline->current] + 1];
    part->segments[segment].counts[LINK_CONNECTIONS]++;
}

static void attempt_ended(void *context, const AttemptRecord *record)
{
    Recorder *recorder = context;
    if (record->attempt == 0) /* the run was over between two attempts: none to count */
        return;
    ScopeParts *scope = &recorder->links;
    Timeline *timeline = &recorder->timeline;
    timeline_follow(timeline, record->ended);
    Part *part = recorder_part_now(recorder, scope, &scope->parts[record->link]);
    uint32_t end = record->is_unfinished ? (uint32_t)LINK_UNFINISHED
                                         : (uint32_t)LINK_OUTCOMES + (uint32_t)record->outcome;
    count_attempt_start(counts_at(timeline, part, record->started), record);
    part->counts_now[end]++;
    if (record->tag != 0) {
        uint64_t *counts = of_tag(scope, part, record->tag)->counts;
        count_attempt_start(counts, record);
        counts[end]++;
        if (record->pool_wait >= 0)
            measure(of_tag(scope, part, record->tag), LINK_POOL_WAIT, record->pool_wait);
    }
    if (record->is_last && end == (uint32_t)LINK_OUTCOMES + (uint32_t)OUTCOME_SUCCESS)
        sample_now(recorder, scope, part, record->ended - record->call_started, record->tag);
}

/* --- brokers */

static BrokerCount count_of_message(MessageEvent event)
{
    static const BrokerCount counts[] = {
        [MESSAGE_PUBLISHED] = BROKER_PUBLISHED,
        [MESSAGE_REJECTED] = BROKER_REJECTED,
        [MESSAGE_DROPPED] = BROKER_DROPPED,
        [MESSAGE_DELIVERED] = BROKER_DELIVERED,
        [MESSAGE_ACKNOWLEDGED] = BROKER_ACKNOWLEDGED,
        [MESSAGE_REDELIVERED] = BROKER_REDELIVERED,
        [MESSAGE_DEAD_LETTERED] = BROKER_DEAD_LETTERED,
        [MESSAGE_LOST] = BROKER_LOST,
        [MESSAGE_UNDONE] = BROKER_UNDONE,
        [MESSAGE_REORDERED] = BROKER_REORDERED,
        [MESSAGE_EXECUTED_TWICE] = BROKER_EXECUTED_TWICE,
        [MESSAGE_DEDUPLICATED] = BROKER_DEDUPLICATED,
        [MESSAGE_EXPIRED] = BROKER_EXPIRED,
        [MESSAGE_DUPLICATE] = BROKER_DUPLICATES,
        [MESSAGE_UNFINISHED] = BROKER_UNFINISHED,
    };
    return counts[event];
}

/* Of a queue with several consumers, what none of them has seen belongs to the queue itself. */
static uint32_t part_of_message(const Recorder *recorder, const MessageRecord *record)
{
    const SubscriptionConfig *subscription =
        &recorder->topology->subscriptions[record->subscription];
    uint32_t first = recorder->subscription_parts[record->subscription];
    bool is_told_apart = subscription->name == NULL && subscription->consumer_count > 1;
    return is_told_apart && record->consumer != NO_INDEX ? first + 1 + record->consumer : first;
}

static Backlog *backlog_of(Recorder *recorder, const MessageRecord *record)
{
    Part *part = &recorder->brokers.parts[recorder->subscription_parts[record->subscription]];
    recorder_part_now(recorder, &recorder->brokers, part);
    if (part->backlog == NULL)
        part->backlog =
            backlog_new(&recorder->timeline, recorder->faults_start, recorder->faults_end);
    return part->backlog;
}

static void measure_message(Measures *measures, const MessageRecord *record)
{
    measures->counts[count_of_message(record->event)]++;
    if (record->event == MESSAGE_ACKNOWLEDGED)
        measure(measures, BROKER_COMPLETION, record->time - record->published);
}

static void message(void *context, const MessageRecord *record)
{
    Recorder *recorder = context;
    ScopeParts *scope = &recorder->brokers;
    Timeline *timeline = &recorder->timeline;
    timeline_follow(timeline, record->time);
    Part *part = &scope->parts[part_of_message(recorder, record)];
    recorder_part_now(recorder, scope, part);
    part->counts_now[count_of_message(record->event)]++;
    part->largest[part->slice] = MAX(part->largest[part->slice], record->depth);
    backlog_note(backlog_of(recorder, record), timeline, record);
    if (record->leaves_queue)
        level_add(part->levels[LEVEL_DEPTH], timeline, record->entered, record->time, 1);
    if (record->tag != 0)
        measure_message(of_tag(scope, part, record->tag), record);
    if (record->event == MESSAGE_DELIVERED)
        sample_now(recorder, scope, part, record->time - record->published, record->tag);
}

/* --- state changes */

static void state_changed(void *context, const StateRecord *record)
{
    Recorder *recorder = context;
    if (recorder->events->len >= EVENTS_KEPT_MAX) {
        recorder->events_dropped++;
        return;
    }
    RunEvent event = {
        .time = record->time - recorder->timeline.start,
        .type = g_strdup(record->type),
        .subject = g_strdup(record->subject),
        .detail = g_strdup(record->detail),
        .value = record->value,
    };
    g_array_append_val(recorder->events, event);
}

void recorder_listen(Recorder *recorder)
{
    recorder->observer = (Observer){
        .context = recorder,
        .request_started = request_started,
        .request_ended = request_ended,
        .request_completed = request_completed,
        .visit_ended = visit_ended,
        .attempt_ended = attempt_ended,
        .connection_opened = connection_opened,
        .message = message,
        .cpu_used = cpu_used,
        .state_changed = state_changed,
    };
}
