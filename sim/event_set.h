/* The future event set: entries (time, id), earliest time first, then smallest id.
 *
 * An implicit 4-ary heap of 16-byte entries: four children share a cache line. */
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
    size_t count;
    size_t room;
} EventSet;

void event_set_init(EventSet *set);
void event_set_clear(EventSet *set);

/* time >= 0. */
void event_set_push(EventSet *set, SimTime time, uint64_t id);

/* The earliest entry; the set is not empty. */
static inline EventEntry event_set_peek(const EventSet *set)
{
    return set->entries[0];
}

EventEntry event_set_pop(EventSet *set);

/* Same as a pop and a push, for the price of one. */
void event_set_replace(EventSet *set, SimTime time, uint64_t id);

#endif
