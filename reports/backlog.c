#include "reports/backlog.h"

#include <glib.h>

/* Of the messages that wait when the slice ends, the oldest one. */
typedef struct BacklogSlice {
    SimTime left_age;           /* the greatest age at which one left within the slice */
    SimTime published, entered; /* SIM_TIME_NEVER: none waits at the end */
} BacklogSlice;

struct Backlog {
    BacklogSlice *slices;
    SimTime first_start, last_end;
    SimTime drained; /* SIM_TIME_NEVER: not yet */
    uint32_t depth, most_before;
};

Backlog *backlog_new(const Timeline *timeline, SimTime first_start, SimTime last_end)
{
    Backlog *backlog = g_new(Backlog, 1);
    *backlog = (Backlog){.slices = g_new(BacklogSlice, timeline->slice_count),
                         .first_start = first_start,
                         .last_end = last_end,
                         .drained = SIM_TIME_NEVER};
    for (uint32_t i = 0; i < timeline->slice_count; i++)
        backlog->slices[i] = (BacklogSlice){0, SIM_TIME_NEVER, SIM_TIME_NEVER};
    return backlog;
}

void backlog_free(Backlog *backlog)
{
    if (backlog == NULL)
        return;
    g_free(backlog->slices);
    g_free(backlog);
}

/* It has waited since `entered` over the ends of the slices from `first` to before `last`. Nearly
 * always an older one has been over the earlier ones as well, so that few are looked at. */
static void note_stay(Backlog *backlog, const MessageRecord *record, uint32_t first, uint32_t last)
{
    for (uint32_t i = last; i-- > first;) {
        BacklogSlice *slice = &backlog->slices[i];
        if (slice->published <= record->published && slice->entered <= record->entered)
            return;
        if (record->published < slice->published) {
            slice->published = record->published;
            slice->entered = record->entered;
        }
    }
}

static void note_leaving(Backlog *backlog, const Timeline *timeline, const MessageRecord *record)
{
    uint32_t slice = timeline_slice(timeline, record->time);
    if (slice < timeline->slice_count) {
        SimTime *age = &backlog->slices[slice].left_age;
        *age = MAX(*age, record->time - record->published);
    }
    if (record->time < timeline->start || record->entered >= timeline->end ||
        record->entered >= timeline->low)
        return;
    uint32_t first =
        record->entered < timeline->start ? 0 : timeline_find(timeline, record->entered);
    note_stay(backlog, record, first, slice);
}

static void note_depth(Backlog *backlog, const MessageRecord *record)
{
    if (record->time < backlog->first_start)
        backlog->most_before = MAX(backlog->most_before, record->depth);
    if (record->time >= backlog->last_end && backlog->drained == SIM_TIME_NEVER) {
        if (backlog->depth <= backlog->most_before)
            backlog->drained = 0;
        else if (record->depth <= backlog->most_before)
            backlog->drained = record->time - backlog->last_end;
    }
    backlog->depth = record->depth;
}

void backlog_note(Backlog *backlog, const Timeline *timeline, const MessageRecord *record)
{
    if (record->leaves_queue)
        note_leaving(backlog, timeline, record);
    note_depth(backlog, record);
}

SimTime backlog_oldest(const Backlog *backlog, const Timeline *timeline, uint32_t index)
{
    const BacklogSlice *slice = &backlog->slices[index];
    if (slice->published == SIM_TIME_NEVER)
        return slice->left_age;
    return MAX(slice->left_age, timeline->bounds[index + 1] - slice->published);
}

SimTime backlog_drain_time(const Backlog *backlog)
{
    bool is_quiet = backlog->last_end != SIM_TIME_NEVER && backlog->depth <= backlog->most_before;
    return backlog->drained == SIM_TIME_NEVER && is_quiet ? 0 : backlog->drained;
}
