#include "reports/timeline.h"

#include <glib.h>
#include <math.h>

static void add_slice(Timeline *timeline, SimTime low, uint32_t window, uint8_t phase)
{
    timeline->bounds[timeline->slice_count] = low;
    timeline->windows[timeline->slice_count] = window;
    timeline->phases[timeline->slice_count] = phase;
    timeline->slice_count++;
}

void timeline_init(Timeline *timeline, SimTime start, SimTime end, SimTime window,
                   const SimTime *cuts, uint32_t count)
{
    *timeline = (Timeline){.start = start, .end = end, .window = window};
    timeline->window_count = (uint32_t)((end - start + window - 1) / window);
    size_t most = (size_t)timeline->window_count + count;
    timeline->bounds = g_new0(SimTime, most + 1);
    timeline->windows = g_new0(uint32_t, most + 1);
    timeline->phases = g_new0(uint8_t, most + 1);
    timeline->firsts = g_new0(uint32_t, timeline->window_count);
    uint8_t phase = 0;
    for (uint32_t i = 0; i < timeline->window_count; i++) {
        SimTime low = start + window * i;
        SimTime high = MIN(end, low + window);
        while (phase < count && cuts[phase] <= low)
            phase++;
        timeline->firsts[i] = timeline->slice_count;
        add_slice(timeline, low, i, phase);
        for (; phase < count && cuts[phase] < high; phase++) {
            if (cuts[phase] == timeline->bounds[timeline->slice_count - 1])
                timeline->phases[timeline->slice_count - 1] = (uint8_t)(phase + 1);
            else
                add_slice(timeline, cuts[phase], i, (uint8_t)(phase + 1));
        }
    }
    timeline->bounds[timeline->slice_count] = end;
    timeline->windows[timeline->slice_count] = timeline->window_count;
    timeline_move_to(timeline, 0);
}

void timeline_clear(Timeline *timeline)
{
    g_free(timeline->bounds);
    g_free(timeline->windows);
    g_free(timeline->phases);
    g_free(timeline->firsts);
    *timeline = (Timeline){0};
}

uint32_t timeline_find(const Timeline *timeline, SimTime time)
{
    if (time < timeline->start || time >= timeline->end)
        return timeline->slice_count;
    uint32_t slice = timeline->firsts[(time - timeline->start) / timeline->window];
    while (timeline->bounds[slice + 1] <= time) /* at most as often as there are cuts in a window */
        slice++;
    return slice;
}

void timeline_move_to(Timeline *timeline, SimTime time)
{
    timeline->current = timeline_find(timeline, time);
    if (timeline->current < timeline->slice_count) {
        timeline->low = timeline->bounds[timeline->current];
        timeline->high = timeline->bounds[timeline->current + 1];
    } else {
        timeline->low = SIM_TIME_NEVER;
        timeline->high = time < timeline->start ? timeline->start : SIM_TIME_NEVER;
    }
}

LevelSlice *level_new(const Timeline *timeline)
{
    return g_new0(LevelSlice, (size_t)timeline->slice_count + 1);
}

void level_add_slow(LevelSlice *slices, const Timeline *timeline, SimTime from, SimTime until,
                    double level)
{
    from = MAX(from, timeline->start);
    until = MIN(until, timeline->end);
    if (from >= until)
        return;
    uint32_t first = timeline_slice(timeline, from);
    uint32_t last = timeline_slice(timeline, until - 1);
    if (first == last) {
        slices[first].sum += level * (double)(until - from);
        return;
    }
    slices[first].sum += level * (double)(timeline->bounds[first + 1] - from);
    slices[last].sum += level * (double)(until - timeline->bounds[last]);
    slices[first + 1].step += level;
    slices[last].step -= level;
}

void level_finish(LevelSlice *slices, const Timeline *timeline)
{
    double level = 0;
    for (uint32_t i = 0; i < timeline->slice_count; i++) {
        level += slices[i].step;
        if (fabs(level) < 1e-9) /* what rounding leaves of fractions of cores */
            level = 0;
        slices[i].sum += level * (double)(timeline->bounds[i + 1] - timeline->bounds[i]);
    }
}
