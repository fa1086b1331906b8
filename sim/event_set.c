#include "sim/event_set.h"

#include <glib.h>

#include "sim/check.h"

#define ROOM_FIRST 64

typedef unsigned __int128 Key;

void event_set_init(EventSet *set)
{
    *set = (EventSet){0};
}

void event_set_clear(EventSet *set)
{
    g_free(set->memory);
    *set = (EventSet){0};
}

/* Times are never negative, so that (time, id) compares as one unsigned number. */
static inline Key key_of(const EventEntry *entry)
{
    return ((Key)(uint64_t)entry->time << 64) | entry->id;
}

/* Children of i are 4i+1 .. 4i+4: with entry 1 at the start of a cache line each family fills one.
 */
static void grow(EventSet *set)
{
    size_t room = set->room == 0 ? ROOM_FIRST : set->room * 2;
    void *memory = g_malloc_n(room + 8, sizeof(EventEntry));
    uintptr_t first = ((uintptr_t)memory + sizeof(EventEntry) + 63) & ~(uintptr_t)63;
    EventEntry *entries = (EventEntry *)(first - sizeof(EventEntry));
    for (size_t i = 0; i < set->count; i++)
        entries[i] = set->entries[i];
    g_free(set->memory);
    set->memory = memory;
    set->entries = entries;
    set->room = room;
}

/* Index of the smallest of the up to four children that start at `first`. */
static inline size_t smallest_child(const EventSet *set, size_t first)
{
    const EventEntry *entries = set->entries;
    if (first + 4 <= set->count) {
        size_t a = first + (key_of(&entries[first + 1]) < key_of(&entries[first]));
        size_t b = first + 2 + (key_of(&entries[first + 3]) < key_of(&entries[first + 2]));
        return key_of(&entries[b]) < key_of(&entries[a]) ? b : a;
    }
    size_t best = first;
    for (size_t i = first + 1; i < set->count; i++) {
        if (key_of(&entries[i]) < key_of(&entries[best]))
            best = i;
    }
    return best;
}

static void sift_down(EventSet *set, EventEntry entry)
{
    Key key = key_of(&entry);
    size_t hole = 0;
    for (;;) {
        size_t first = hole * 4 + 1;
        if (first >= set->count)
            break;
        size_t child = smallest_child(set, first);
        if (key < key_of(&set->entries[child]))
            break;
        set->entries[hole] = set->entries[child];
        hole = child;
    }
    set->entries[hole] = entry;
}

void event_set_push(EventSet *set, SimTime time, uint64_t id)
{
    if (set->has_hole) {
        set->has_hole = false;
        set->count++;
        sift_down(set, (EventEntry){.id = id, .time = time});
        return;
    }
    if (set->count == set->room)
        grow(set);
    EventEntry entry = {.id = id, .time = time};
    Key key = key_of(&entry);
    size_t hole = set->count++;
    while (hole > 0) {
        size_t parent = (hole - 1) / 4;
        if (key_of(&set->entries[parent]) < key)
            break;
        set->entries[hole] = set->entries[parent];
        hole = parent;
    }
    set->entries[hole] = entry;
}

void event_set_fill_hole(EventSet *set)
{
    set->has_hole = false;
    if (set->count > 0)
        sift_down(set, set->entries[set->count]);
}

EventEntry event_set_pop(EventSet *set)
{
    SIM_CHECK(set->count > 0);
    EventEntry top = event_set_peek(set);
    set->has_hole = true;
    set->count--;
    return top;
}

void event_set_replace(EventSet *set, SimTime time, uint64_t id)
{
    event_set_pop(set);
    event_set_push(set, time, id);
}
