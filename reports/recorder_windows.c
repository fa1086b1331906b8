/* The samples of a window become four figures when the window is over. Until then they are kept as
 * they are, or in a histogram once they are many: most windows of most things see a handful. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "reports/recorder_parts.h"

/* --- storing */

static Histogram *samples_of(const ScopeParts *scope, Part *part, uint8_t mark)
{
    RequestTag tag = mark & (RequestTag)~MARK_COMPLETE;
    if (tag == 0)
        return NULL;
    Measures *measures = &part->segments[scope->segment_of_tag[tag]];
    return measures_samples(measures, mark & MARK_COMPLETE ? REQUEST_AT_ONCE : 0);
}

static void record_in(Histogram *one, Histogram *other, const SimTime *values, uint32_t count)
{
    if (one != NULL && other != NULL)
        histogram_record_both(one, other, values, count);
    else if (one != NULL || other != NULL)
        histogram_record_all(one != NULL ? one : other, values, count);
}

/* The end of the run of equal marks that begins at `first`. Nearly always all are equal: marks
 * change a few times in a run of topple, when requests of two segments are under way. */
static uint32_t run_end(const Part *part, uint32_t first)
{
    const uint8_t *marks = part->marks;
    uint32_t count = part->recent_count, end = first + 1;
    if (memcmp(&marks[first], &marks[end], count - end) == 0)
        return count;
    while (end < count && marks[end] == marks[first])
        end++;
    return end;
}

/* Into the histograms of their segments, and into the crowd if it is not NULL. */
static void store_recent(const ScopeParts *scope, Part *part, Histogram *crowd)
{
    for (uint32_t i = 0, end; i < part->recent_count; i = end) {
        end = run_end(part, i);
        record_in(samples_of(scope, part, part->marks[i]), crowd, &part->recent[i], end - i);
    }
    part->recent_count = 0;
}

static bool is_crowded(const Part *part)
{
    return part->crowd != NULL && part->crowd->count > 0;
}

void recorder_make_room(const Recorder *recorder, const ScopeParts *scope, Part *part)
{
    bool is_in_window = part->window < recorder->timeline.window_count;
    if (is_in_window && part->crowd == NULL) {
        part->crowd = g_new(Histogram, 1);
        histogram_init(part->crowd);
    }
    store_recent(scope, part, is_in_window ? part->crowd : NULL);
}

/* --- figures */

static WindowLatency latency_of_many(const Histogram *histogram)
{
    return (WindowLatency){
        .mean = histogram_mean(histogram),
        .p50 = histogram_percentile(histogram, 0.5),
        .p99 = histogram_percentile(histogram, 0.99),
        .max = (double)histogram->max,
    };
}

static WindowLatency latency_of_few(SimTime *values, uint32_t count)
{
    __int128 sum = 0;
    SimTime max = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += values[i];
        max = MAX(max, values[i]);
    }
    return (WindowLatency){
        .mean = (double)sum / (double)count,
        .p50 = histogram_percentile_of(values, count, 0.5),
        .p99 = histogram_percentile_of(values, count, 0.99),
        .max = (double)max,
    };
}

/* More are counted faster than put in order. */
#define FEW_MAX (4 * RECENT_MAX)

/* Of a part that is crowded, nothing is recent. */
static WindowLatency latency_of_parts(Recorder *recorder, const Part *parts, uint32_t count)
{
    SimTime few[FEW_MAX];
    uint32_t few_count = 0;
    Histogram *many = &recorder->scratch;
    for (uint32_t i = 0; i < count; i++) {
        if (is_crowded(&parts[i]))
            histogram_merge(many, parts[i].crowd);
        if (few_count + parts[i].recent_count > FEW_MAX) {
            histogram_record_all(many, few, few_count);
            few_count = 0;
        }
        memcpy(&few[few_count], parts[i].recent, parts[i].recent_count * sizeof few[0]);
        few_count += parts[i].recent_count;
    }
    if (many->count == 0)
        return latency_of_few(few, few_count);
    histogram_record_all(many, few, few_count);
    WindowLatency latency = latency_of_many(many);
    histogram_reset(many);
    return latency;
}

static WindowLatency latency_of_part(Recorder *recorder, const Part *part)
{
    return is_crowded(part) ? latency_of_many(part->crowd) : latency_of_parts(recorder, part, 1);
}

/* Where a window's figures go; all are missing at first. */
static WindowLatency *latency_at(WindowLatency **latencies, const Recorder *recorder,
                                 uint32_t window)
{
    uint32_t count = recorder->timeline.window_count;
    if (*latencies == NULL) {
        *latencies = g_new(WindowLatency, count);
        for (uint32_t i = 0; i < count; i++)
            (*latencies)[i] = (WindowLatency){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    }
    return &(*latencies)[window];
}

static WindowLatency **latencies_of_part(Whole *whole, uint32_t index)
{
    if (whole->part_latencies == NULL)
        whole->part_latencies = g_new0(WindowLatency *, whole->part_count);
    return &whole->part_latencies[index];
}

/* Figures of the whole and its parts; false if nothing was sampled. Most wholes have one part in
 * use, whose figures are theirs. */
static bool note_whole(Recorder *recorder, const ScopeParts *scope, Whole *whole)
{
    Part *parts = &scope->parts[whole->first_part];
    uint32_t window = parts->window, in_use = 0;
    WindowLatency latency = {0};
    for (uint32_t i = 0; i < whole->part_count; i++) {
        if (is_crowded(&parts[i]))
            recorder_make_room(recorder, scope, &parts[i]);
        else if (parts[i].recent_count == 0)
            continue;
        in_use++;
        latency = latency_of_part(recorder, &parts[i]);
        if (whole->part_count > 1)
            *latency_at(latencies_of_part(whole, i), recorder, window) = latency;
    }
    if (in_use > 1)
        latency = latency_of_parts(recorder, parts, whole->part_count);
    if (in_use > 0)
        *latency_at(&whole->latencies, recorder, window) = latency;
    return in_use > 0;
}

/* --- the next window */

static void begin_window(const ScopeParts *scope, Part *parts, uint32_t count, uint32_t window)
{
    for (uint32_t i = 0; i < count; i++) {
        store_recent(scope, &parts[i], NULL);
        if (is_crowded(&parts[i]))
            histogram_reset(parts[i].crowd);
        parts[i].window = window;
    }
}

/* Workloads turn together, so that their sum is that of the system. */
static void note_workloads(Recorder *recorder, ScopeParts *scope)
{
    uint32_t window = scope->parts[0].window, in_use = 0;
    WindowLatency latency = {0};
    for (uint32_t i = 0; i < scope->whole_count; i++) {
        if (!note_whole(recorder, scope, &scope->wholes[i]))
            continue;
        latency = scope->wholes[i].latencies[window];
        in_use++;
    }
    if (in_use > 1)
        latency = latency_of_parts(recorder, scope->parts, scope->part_count);
    if (in_use > 0)
        *latency_at(&scope->latencies, recorder, window) = latency;
}

void recorder_turn_window(Recorder *recorder, ScopeParts *scope, Whole *whole, uint32_t window)
{
    bool is_together = scope->scope == SCOPE_WORKLOAD;
    Part *parts = &scope->parts[is_together ? 0 : whole->first_part];
    if (parts->window < recorder->timeline.window_count) {
        if (is_together)
            note_workloads(recorder, scope);
        else
            note_whole(recorder, scope, whole);
    }
    begin_window(scope, parts, is_together ? scope->part_count : whole->part_count, window);
}

void recorder_move_part(Recorder *recorder, ScopeParts *scope, Part *part)
{
    const Timeline *timeline = &recorder->timeline;
    uint32_t window = timeline->windows[timeline->current];
    if (part->segments == NULL)
        recorder_open_part(recorder, scope, part);
    if (part->window != window)
        recorder_turn_window(recorder, scope, &scope->wholes[part->whole], window);
    part->slice = timeline->current;
    part->counts_now = &part->counts[(size_t)part->slice * (size_t)scope_counts(scope->scope)];
}
