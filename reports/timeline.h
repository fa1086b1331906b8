/* The measured part of a run, cut wherever a window or a phase ends. Each slice lies in one window
 * and one phase, so that a level (a queue, busy threads) that is added up by slices can afterwards
 * be told by window and by phase. */
#ifndef TOPPLE_REPORTS_TIMELINE_H
#define TOPPLE_REPORTS_TIMELINE_H

#include <stdint.h>

#include "sim/time.h"

typedef struct Timeline {
    SimTime start, end; /* of the measured part, since the start of the run */
    SimTime window;
    uint32_t window_count; /* also the number of the window that stands for all time outside */
    uint32_t slice_count;
    SimTime *bounds;   /* slice i lasts from bounds[i] until before bounds[i + 1] */
    uint32_t *windows; /* of slice i; windows[slice_count] = window_count */
    uint8_t *phases;   /* of slice i */
    uint32_t *firsts;  /* the first slice of window i */
    uint32_t current;  /* the slice of the latest time seen; slice_count outside */
    SimTime low, high; /* of the current slice; outside low is SIM_TIME_NEVER: no time is in it */
} Timeline;

/* Cuts at the `count` times in `cuts`, ascending: phase i ends at cuts[i], the last at the end.
 * count < 256. */
void timeline_init(Timeline *timeline, SimTime start, SimTime end, SimTime window,
                   const SimTime *cuts, uint32_t count);
void timeline_clear(Timeline *timeline);

/* The slice of any time; slice_count before the start and from the end on. */
uint32_t timeline_find(const Timeline *timeline, SimTime time);

/* Makes the slice of `time` the current one. */
void timeline_move_to(Timeline *timeline, SimTime time);

static inline uint32_t timeline_slice(const Timeline *timeline, SimTime time)
{
    if (time >= timeline->low && time < timeline->high)
        return timeline->current;
    return timeline_find(timeline, time);
}

/* Records come in order of time: keeps the current slice up with the clock. */
static inline void timeline_follow(Timeline *timeline, SimTime now)
{
    if (now >= timeline->high)
        timeline_move_to(timeline, now);
}

/* A level by slices: what happened inside slice i is in sum[i]; what went on over all of slice i is
 * the sum of step[0..i], so that a long stay costs no more than a short one. */
typedef struct LevelSlice {
    double sum;  /* level x ns */
    double step; /* change of the level that lasts whole slices */
} LevelSlice;

LevelSlice *level_new(const Timeline *timeline);

/* Adds `level` from `from` to `until`, clipped to the measured part. */
void level_add_slow(LevelSlice *slices, const Timeline *timeline, SimTime from, SimTime until,
                    double level);

static inline void level_add(LevelSlice *slices, const Timeline *timeline, SimTime from,
                             SimTime until, double level)
{
    if (from >= timeline->low && until <= timeline->high)
        slices[timeline->current].sum += level * (double)(until - from);
    else
        level_add_slow(slices, timeline, from, until, level);
}

/* Turns sums and steps into level x ns of each slice, in sum. Once, at the end. */
void level_finish(LevelSlice *slices, const Timeline *timeline);

#endif
