/* The live samples of a window become four figures when the window is over. */
#include <glib.h>
#include <math.h>

#include "reports/recorder_parts.h"

static WindowLatency latency_of(const Histogram *histogram)
{
    return (WindowLatency){
        .mean = histogram_mean(histogram),
        .p50 = histogram_percentile(histogram, 0.5),
        .p99 = histogram_percentile(histogram, 0.99),
        .max = (double)histogram->max,
    };
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

static WindowLatency latency_of_parts(const ScopeParts *scope, uint32_t first, uint32_t count)
{
    Histogram all;
    histogram_init(&all);
    for (uint32_t i = first; i < first + count; i++) {
        if (scope->parts[i].live.count > 0)
            histogram_merge(&all, &scope->parts[i].live);
    }
    WindowLatency latency = latency_of(&all);
    histogram_clear(&all);
    return latency;
}

static WindowLatency **latencies_of_part(Whole *whole, uint32_t index)
{
    if (whole->part_latencies == NULL)
        whole->part_latencies = g_new0(WindowLatency *, whole->part_count);
    return &whole->part_latencies[index];
}

/* Figures of the whole and its parts; false if nothing was sampled. Most wholes have one part in
 * use, whose figures are theirs. */
static bool turn_whole(const Recorder *recorder, const ScopeParts *scope, Whole *whole)
{
    uint32_t window = whole->live_window, in_use = 0;
    WindowLatency latency = {0};
    for (uint32_t i = 0; i < whole->part_count; i++) {
        const Part *part = &scope->parts[whole->first_part + i];
        if (part->live.count == 0)
            continue;
        in_use++;
        latency = latency_of(&part->live);
        if (whole->part_count > 1)
            *latency_at(latencies_of_part(whole, i), recorder, window) = latency;
    }
    if (in_use > 1)
        latency = latency_of_parts(scope, whole->first_part, whole->part_count);
    if (in_use > 0)
        *latency_at(&whole->latencies, recorder, window) = latency;
    return in_use > 0;
}

static void empty_parts(ScopeParts *scope, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        if (scope->parts[i].live.count > 0)
            histogram_reset(&scope->parts[i].live);
    }
}

/* Workloads turn together, so that their sum is that of the system. */
static void turn_workloads(const Recorder *recorder, ScopeParts *scope, uint32_t next)
{
    uint32_t window = scope->wholes[0].live_window, in_use = 0;
    WindowLatency latency = {0};
    for (uint32_t i = 0; i < scope->whole_count; i++) {
        Whole *whole = &scope->wholes[i];
        if (window != UINT32_MAX && turn_whole(recorder, scope, whole)) {
            latency = whole->latencies[window];
            in_use++;
        }
        whole->live_window = next;
    }
    if (in_use > 1)
        latency = latency_of_parts(scope, 0, scope->part_count);
    if (in_use > 0)
        *latency_at(&scope->latencies, recorder, window) = latency;
    empty_parts(scope, 0, scope->part_count);
}

void recorder_turn_window(const Recorder *recorder, ScopeParts *scope, Whole *whole,
                          uint32_t window)
{
    if (scope->scope == SCOPE_WORKLOAD) {
        turn_workloads(recorder, scope, window);
        return;
    }
    if (whole->live_window != UINT32_MAX)
        turn_whole(recorder, scope, whole);
    empty_parts(scope, whole->first_part, whole->part_count);
    whole->live_window = window;
}
