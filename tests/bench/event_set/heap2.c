/* The textbook's binary heap. */
#include <glib.h>

#include "tests/bench/event_set/candidate.h"

typedef struct Heap2 {
    EventKey *keys;
    size_t count, room;
} Heap2;

static void heap2_init(Heap2 *heap)
{
    *heap = (Heap2){0};
}

static void heap2_clear(Heap2 *heap)
{
    g_free(heap->keys);
}

static void heap2_push(Heap2 *heap, SimTime time, uint64_t id)
{
    if (heap->count == heap->room) {
        heap->room = heap->room == 0 ? 64 : heap->room * 2;
        heap->keys = g_realloc_n(heap->keys, heap->room, sizeof(EventKey));
    }
    EventKey key = event_key(time, id);
    size_t hole = heap->count++;
    while (hole > 0 && key < heap->keys[(hole - 1) / 2]) {
        heap->keys[hole] = heap->keys[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap->keys[hole] = key;
}

static EventEntry heap2_pop(Heap2 *heap)
{
    EventKey *keys = heap->keys;
    EventKey first = keys[0], last = keys[--heap->count];
    size_t hole = 0;
    for (size_t child = 1; child < heap->count; child = 2 * hole + 1) {
        if (child + 1 < heap->count)
            child += keys[child + 1] < keys[child];
        if (last < keys[child])
            break;
        keys[hole] = keys[child];
        hole = child;
    }
    keys[hole] = last;
    return (EventEntry){.id = (uint64_t)first, .time = event_key_time(first)};
}

CANDIDATE(heap2, "binary heap", Heap2);
