#include "reports/recorder.h"

#include <glib.h>

#include "reports/recorder_parts.h"

/* What was measured of requests that belong to this tag; NULL if they are not measured. */
static Measures *of_tag(Part *part, RequestTag tag)
{
    return tag == 0 ? NULL : &part->segments[tag - 1];
}

static uint64_t *of_window(Part *part, uint32_t window, uint32_t counts)
{
    return &part->window_counts[(size_t)window * counts];
}

static void sample_in_window(Recorder *recorder, ScopeParts *scope, Part *part, SimTime value)
{
    Timeline *timeline = &recorder->timeline;
    uint32_t window = timeline_current_window(timeline);
    if (window == timeline->window_count)
        return;
    Whole *whole = &scope->wholes[part->whole];
    if (whole->live_window != window)
        recorder_turn_window(recorder, scope, whole, window);
    histogram_record(&part->live, value);
}

/* --- requests */

static RequestTag tag_of(Recorder *recorder, SimTime intended)
{
    const SimTime *bounds = recorder->segment_bounds;
    if (intended < bounds[0] || intended >= bounds[recorder->segment_count])
        return 0;
    uint32_t segment = recorder->segment;
    while (intended < bounds[segment])
        segment--;
    while (intended >= bounds[segment + 1])
        segment++;
    recorder->segment = segment;
    return (RequestTag)(segment + 1);
}

static RequestTag request_started(void *context, uint32_t workload, uint32_t site, SimTime intended)
{
    (void)workload;
    Recorder *recorder = context;
    Part *part = recorder_part(recorder, &recorder->workloads, recorder->site_parts[site]);
    RequestTag tag = tag_of(recorder, intended);
    if (tag != 0)
        part->segments[tag - 1].counts[REQUEST_OFFERED]++;
    uint32_t window = timeline_window(&recorder->timeline, intended);
    of_window(part, window, REQUEST_COUNTS)[REQUEST_OFFERED]++;
    return tag;
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
    Part *part = recorder_part(recorder, &recorder->workloads, recorder->site_parts[record->site]);
    timeline_follow(&recorder->timeline, record->ended);
    RequestCount count = count_of_request(record);
    SimTime latency = record->ended - record->started;
    bool is_good = count == REQUEST_SUCCEEDED && latency <= recorder->site_limits[record->site];
    Measures *measures = of_tag(part, record->tag);
    if (measures != NULL) {
        count_request(measures->counts, record, count, is_good);
        if (count == REQUEST_SUCCEEDED)
            measures_sample(measures, REQUEST_LATENCY, latency);
        else if (count != REQUEST_IN_FLIGHT)
            measures_sample(measures, REQUEST_FAILED_LATENCY, latency);
    }
    uint32_t window = timeline_current_window(&recorder->timeline);
    count_request(of_window(part, window, REQUEST_COUNTS), record, count, is_good);
    if (count == REQUEST_SUCCEEDED)
        sample_in_window(recorder, &recorder->workloads, part, latency);
}

static void request_completed(void *context, const CompletionRecord *record)
{
    Recorder *recorder = context;
    if (record->tag == 0 || !record->has_succeeded)
        return;
    Part *part = recorder_part(recorder, &recorder->workloads, recorder->site_parts[record->site]);
    measures_sample(of_tag(part, record->tag), REQUEST_COMPLETION,
                    record->completed - record->started);
}

/* --- services */

static VisitCount count_of_visit(VisitEnd end)
{
    switch (end) {
    case VISIT_COMPLETED:
        return VISITS_COMPLETED;
    case VISIT_FAILED:
    case VISIT_LOST:
        return VISITS_FAILED;
    case VISIT_REJECTED:
        return VISITS_REJECTED;
    case VISIT_ABANDONED:
    case VISIT_CANCELLED:
        return VISITS_ABANDONED;
    case VISIT_UNFINISHED:
        break;
    }
    return VISITS_UNFINISHED;
}

/* The tag of everything but requests goes by phase. */
static Measures *of_phase(const Recorder *recorder, Part *part, RequestTag tag)
{
    return &part->segments[recorder->segment_phases[tag - 1]];
}

static void measure_visit(Measures *measures, const VisitRecord *record)
{
    measures->counts[VISITS_ARRIVED]++;
    measures->counts[count_of_visit(record->end)]++;
    measures->busy += (double)record->busy;
    if (record->is_wasted)
        measures->wasted += (double)record->busy;
    if (record->has_started)
        measures_sample(measures, VISIT_QUEUE_WAIT, record->started - record->arrived);
    if (record->end == VISIT_COMPLETED)
        measures_sample(measures, VISIT_RESPONSE, record->replied - record->arrived);
}

/* Queue and threads, whatever request it was for: in the windows and phases of their own time. */
static void measure_levels(Recorder *recorder, Part *part, const VisitRecord *record)
{
    const Timeline *timeline = &recorder->timeline;
    SimTime started = record->has_started ? record->started : record->ended;
    level_add(part->levels[LEVEL_QUEUE], timeline, record->arrived, started, 1);
    level_add(part->levels[LEVEL_SERVICE], timeline, started, record->ended, 1);
    SimTime from = MAX(record->arrived, timeline->start);
    SimTime until = MIN(record->ended, timeline->end);
    if (from < until)
        part->segments[0].stays += (double)(until - from);
    uint32_t slice = timeline_slice(timeline, record->arrived);
    uint32_t window = timeline->windows[slice];
    uint32_t *largest = &part->window_largest[window];
    *largest = MAX(*largest, record->queued_ahead);
    if (slice < timeline->slice_count) {
        uint64_t *longest = &part->segments[timeline->phases[slice]].largest;
        *longest = MAX(*longest, record->queued_ahead);
    }
    of_window(part, window, VISIT_COUNTS)[VISITS_ARRIVED]++;
}

static void visit_ended(void *context, const VisitRecord *record)
{
    Recorder *recorder = context;
    uint32_t index = recorder->operation_parts[record->operation];
    Part *part = recorder_part(recorder, &recorder->services, index);
    timeline_follow(&recorder->timeline, record->ended);
    if (record->tag != 0)
        measure_visit(of_phase(recorder, part, record->tag), record);
    measure_levels(recorder, part, record);
    uint32_t window = timeline_current_window(&recorder->timeline);
    of_window(part, window, VISIT_COUNTS)[count_of_visit(record->end)]++;
    if (record->end == VISIT_COMPLETED)
        sample_in_window(recorder, &recorder->services, part, record->replied - record->arrived);
}

static void cpu_used(void *context, const CpuRecord *record)
{
    Recorder *recorder = context;
    uint32_t index = recorder->services.wholes[record->service].first_part;
    Part *part = recorder_part(recorder, &recorder->services, index);
    timeline_follow(&recorder->timeline, record->until);
    level_add(part->levels[LEVEL_CPU], &recorder->timeline, record->since, record->until,
              record->busy_cores);
}

/* --- links */

static void count_attempt_start(uint64_t *counts, const AttemptRecord *record)
{
    counts[LINK_ATTEMPTS]++;
    counts[LINK_CALLS] += record->attempt == 1;
    counts[LINK_RETRIES] += record->attempt > 1;
}

static void count_attempt_end(uint64_t *counts, const AttemptRecord *record)
{
    counts[record->is_unfinished ? (uint32_t)LINK_UNFINISHED
                                 : (uint32_t)LINK_OUTCOMES + (uint32_t)record->outcome]++;
}

static void attempt_ended(void *context, const AttemptRecord *record)
{
    Recorder *recorder = context;
    if (record->attempt == 0) /* the run was over between two attempts: none to count */
        return;
    Part *part = recorder_part(recorder, &recorder->links, record->link);
    Timeline *timeline = &recorder->timeline;
    timeline_follow(timeline, record->ended);
    bool has_answer =
        record->is_last && !record->is_unfinished && record->outcome == OUTCOME_SUCCESS;
    SimTime latency = record->ended - record->call_started;
    if (record->tag != 0) {
        Measures *measures = of_phase(recorder, part, record->tag);
        count_attempt_start(measures->counts, record);
        count_attempt_end(measures->counts, record);
        if (has_answer)
            measures_sample(measures, LINK_LATENCY, latency);
    }
    uint32_t started = timeline_window(timeline, record->started);
    count_attempt_start(of_window(part, started, LINK_COUNTS), record);
    uint32_t ended = timeline_current_window(timeline);
    count_attempt_end(of_window(part, ended, LINK_COUNTS), record);
    if (has_answer)
        sample_in_window(recorder, &recorder->links, part, latency);
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

static void measure_message(Measures *measures, const MessageRecord *record)
{
    measures->counts[count_of_message(record->event)]++;
    SimTime age = record->time - record->published;
    if (record->event == MESSAGE_DELIVERED)
        measures_sample(measures, BROKER_DELAY, age);
    else if (record->event == MESSAGE_ACKNOWLEDGED)
        measures_sample(measures, BROKER_COMPLETION, age);
}

static void measure_depth(const Timeline *timeline, Part *part, const MessageRecord *record,
                          uint32_t slice)
{
    if (record->leaves_queue)
        level_add(part->levels[LEVEL_DEPTH], timeline, record->entered, record->time, 1);
    uint32_t *largest = &part->window_largest[timeline->windows[slice]];
    *largest = MAX(*largest, record->depth);
    if (slice == timeline->slice_count)
        return;
    uint64_t *deepest = &part->segments[timeline->phases[slice]].largest;
    *deepest = MAX(*deepest, record->depth);
}

static void message(void *context, const MessageRecord *record)
{
    Recorder *recorder = context;
    Timeline *timeline = &recorder->timeline;
    Part *part = recorder_part(recorder, &recorder->brokers, part_of_message(recorder, record));
    timeline_follow(timeline, record->time);
    if (record->tag != 0)
        measure_message(of_phase(recorder, part, record->tag), record);
    uint32_t slice = timeline_slice(timeline, record->time);
    uint32_t window = timeline->windows[slice];
    of_window(part, window, BROKER_COUNTS)[count_of_message(record->event)]++;
    measure_depth(timeline, part, record, slice);
    if (record->event == MESSAGE_DELIVERED)
        sample_in_window(recorder, &recorder->brokers, part, record->time - record->published);
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
        .message = message,
        .cpu_used = cpu_used,
        .state_changed = state_changed,
    };
}
