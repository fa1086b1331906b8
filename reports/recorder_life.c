#include <glib.h>
#include <string.h>

#include "reports/recorder_parts.h"

static void cut_into_phases(Recorder *recorder, const FaultSchedule *faults, SimTime cuts[2])
{
    SimTime start = recorder->topology->simulation.warmup;
    SimTime end = start + recorder->topology->simulation.duration;
    bool has_faults = faults != NULL && faults->count > 0;
    cuts[0] = has_faults ? CLAMP(faults->first_start, start, end) : end;
    cuts[1] = has_faults ? CLAMP(faults->last_end, cuts[0], end) : end;
}

/* Segments are phases, or batches. */
static void cut_into_segments(Recorder *recorder, const SimTime phase_cuts[2], uint32_t batches)
{
    const Timeline *timeline = &recorder->timeline;
    SimTime cuts[SEGMENTS_MAX];
    if (recorder->phase_count > 1) {
        recorder->segment_count = recorder->phase_count;
        memcpy(cuts, phase_cuts, 2 * sizeof cuts[0]);
    } else {
        recorder->batch_count = MIN(batches, SEGMENTS_MAX);
        recorder->segment_count = MAX(recorder->batch_count, 1);
        SimTime part = (timeline->end - timeline->start) / recorder->segment_count;
        for (uint32_t i = 0; i + 1 < recorder->segment_count; i++)
            cuts[i] = timeline->start + part * (i + 1);
    }
    timeline_init(&recorder->starts, timeline->start, timeline->end, timeline->window, cuts,
                  recorder->segment_count - 1);
}

/* The most window cells that one run keeps, over all entries: 120 bytes each. Beyond it windows are
 * joined. */
#define CELLS_MAX 2000000u

static SimTime window_kept(const Topology *topology)
{
    const SimulationConfig *simulation = &topology->simulation;
    uint64_t things = (uint64_t)topology->service_count + topology->operation_count +
                      topology->link_count + topology->workload_count +
                      2 * (uint64_t)topology->subscription_count;
    SimTime window = CLAMP(simulation->window, 1, simulation->duration);
    uint64_t windows = (uint64_t)(simulation->duration / window) + 1;
    uint64_t most = MAX(CELLS_MAX / MAX(things, 1), 1);
    return window * (SimTime)((windows + most - 1) / most);
}

Recorder *recorder_new(const Topology *topology, const FaultSchedule *faults, uint32_t batches)
{
    Recorder *recorder = g_new0(Recorder, 1);
    recorder->topology = topology;
    recorder->phase_count = topology->fault_count > 0 ? 3 : 1;
    SimTime cuts[2];
    cut_into_phases(recorder, faults, cuts);
    SimTime start = topology->simulation.warmup;
    timeline_init(&recorder->timeline, start, start + topology->simulation.duration,
                  window_kept(topology), cuts, recorder->phase_count - 1);
    cut_into_segments(recorder, cuts, batches);
    histogram_init(&recorder->scratch);
    recorder_lay_out(recorder);
    recorder->events = g_array_new(FALSE, TRUE, sizeof(RunEvent));
    recorder_listen(recorder);
    return recorder;
}

const Observer *recorder_observer(Recorder *recorder)
{
    return &recorder->observer;
}

RunResult *recorder_finish(Recorder *recorder, const WorldCounts *counts, StopReason stop)
{
    RunResult *result = g_new0(RunResult, 1);
    const Timeline *timeline = &recorder->timeline;
    result->topology = recorder->topology;
    result->phase_count = recorder->phase_count > 1 ? PHASE_COUNT : 1;
    result->world = *counts;
    result->stop = stop;
    bool reached_end = stop == STOP_FINISHED || stop == STOP_DRAIN_LIMIT;
    SimTime end = reached_end ? timeline->end : CLAMP(counts->end, timeline->start, timeline->end);
    result->measured = end - timeline->start;
    result->window = timeline->window;
    result->window_count = (uint32_t)((result->measured + timeline->window - 1) / timeline->window);
    result->batch_count = end == timeline->end ? recorder->batch_count : 0;
    result->batches_made = recorder->batch_count;
    result->events = g_steal_pointer(&recorder->events);
    result->events_dropped = recorder->events_dropped;
    recorder_make_entries(recorder, result);
    recorder_free(recorder);
    return result;
}

RunResult *recorder_shape(const Topology *topology)
{
    const WorldCounts none = {0};
    return recorder_finish(recorder_new(topology, NULL, 0), &none, STOP_INTERRUPTED);
}

void recorder_free(Recorder *recorder)
{
    if (recorder == NULL)
        return;
    scope_parts_clear(&recorder->workloads);
    scope_parts_clear(&recorder->services);
    scope_parts_clear(&recorder->links);
    scope_parts_clear(&recorder->brokers);
    timeline_clear(&recorder->timeline);
    timeline_clear(&recorder->starts);
    histogram_clear(&recorder->scratch);
    g_free(recorder->site_parts);
    g_free(recorder->site_limits);
    g_free(recorder->operation_parts);
    g_free(recorder->subscription_parts);
    run_events_free(recorder->events);
    g_free(recorder);
}
