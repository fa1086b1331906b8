/* The future event set: entries (time, id), earliest time first, then smallest id.
 *
 * An implicit 4-ary heap of 16-byte entries: four children share a cache line. Taking the earliest
 * leaves a hole at the root, which the next entry fills on its way down: an event nearly always
 * schedules another one, and that costs one way through the heap instead of two. */
#ifndef TOPPLE_SIM_EVENT_SET_H
#define TOPPLE_SIM_EVENT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/time.h"

typedef struct EventEntry {
    uint64_t id;
    SimTime time;
} EventEntry;

typedef struct EventSet {
    EventEntry *entries; /* the root at index 0; aligned so that siblings share a cache line */
    void *memory;
    size_t count; /* entries in the set, a hole not counted */
    size_t room;
    bool has_hole; /* at the root; then the entries stand at 1..count */
} EventSet;

void event_set_init(EventSet *set);
void event_set_clear(EventSet *set);

/* time >= 0. */
void event_set_push(EventSet *set, SimTime time, uint64_t id);

/* Puts the last entry into the hole; called by those below. */
void event_set_fill_hole(EventSet *set);

/* The earliest entry; the set is not empty. */
static inline EventEntry event_set_peek(EventSet *set)
{
    if (set->has_hole)
        event_set_fill_hole(set);
    return set->entries[0];
}

/* True when no entry is at or before `time`; leaves a hole as it is. */
static inline bool event_set_is_after(const EventSet *set, SimTime time)
{
    if (set->count == 0)
        return true;
    if (!set->has_hole)
        return set->entries[0].time > time;
    bool is_after = true;
    for (size_t i = 1; i <= set->count && i <= 4; i++)
        is_after = is_after && set->entries[i].time > time;
    return is_after;
}

EventEntry event_set_pop(EventSet *set);

/* Same as a pop and a push, for the price of one. */
void event_set_replace(EventSet *set, SimTime time, uint64_t id);

#endif
