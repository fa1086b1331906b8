/* An implicit 4-ary heap, aligned so that siblings share a cache line. Taking the earliest leaves a
 * hole at the root, which the next entry fills on its way down: the usual pop and push cost one way
 * through the heap instead of two. */
#include <glib.h>

#include "tests/bench/event_set/candidate.h"

#define ROOM_FIRST 64

typedef struct Heap4 {
    EventEntry *entries; /* the root at index 0 */
    void *memory;
    size_t count; /* a hole not counted */
    size_t room;
    bool has_hole; /* at the root; then the entries stand at 1..count */
} Heap4;

static void heap4_init(Heap4 *heap)
{
    *heap = (Heap4){0};
}

static void heap4_clear(Heap4 *heap)
{
    g_free(heap->memory);
}

static inline EventKey key_of(const EventEntry *entry)
{
    return ((EventKey)(uint64_t)entry->time << 64) | entry->id;
}

/* Children of i are 4i+1 .. 4i+4: with entry 1 at the start of a cache line each family fills one.
 */
static void grow(Heap4 *heap)
{
    size_t room = heap->room == 0 ? ROOM_FIRST : heap->room * 2;
    void *memory = g_malloc_n(room + 8, sizeof(EventEntry));
    uintptr_t first = ((uintptr_t)memory + sizeof(EventEntry) + 63) & ~(uintptr_t)63;
    EventEntry *entries = (EventEntry *)(first - sizeof(EventEntry));
    for (size_t i = 0; i < heap->count; i++)
        entries[i] = heap->entries[i];
    g_free(heap->memory);
    heap->memory = memory;
    heap->entries = entries;
    heap->room = room;
}

/* Index of the smallest of the up to four children that start at `first`. */
static inline size_t smallest_child(const Heap4 *heap, size_t first)
{
    const EventEntry *entries = heap->entries;
    if (first + 4 <= heap->count) {
        size_t a = first + (key_of(&entries[first + 1]) < key_of(&entries[first]));
        size_t b = first + 2 + (key_of(&entries[first + 3]) < key_of(&entries[first + 2]));
        return key_of(&entries[b]) < key_of(&entries[a]) ? b : a;
    }
    size_t best = first;
    for (size_t i = first + 1; i < heap->count; i++) {
        if (key_of(&entries[i]) < key_of(&entries[best]))
            best = i;
    }
    return best;
}

static void sift_down(Heap4 *heap, EventEntry entry)
{
    EventKey key = key_of(&entry);
    size_t hole = 0;
    for (;;) {
        size_t first = hole * 4 + 1;
        if (first >= heap->count)
            break;
        size_t child = smallest_child(heap, first);
        if (key < key_of(&heap->entries[child]))
            break;
        heap->entries[hole] = heap->entries[child];
        hole = child;
    }
    heap->entries[hole] = entry;
}

static void heap4_push(Heap4 *heap, SimTime time, uint64_t id)
{
    EventEntry entry = {.id = id, .time = time};
    if (heap->has_hole) {
        heap->has_hole = false;
        heap->count++;
        sift_down(heap, entry);
        return;
    }
    if (heap->count == heap->room)
        grow(heap);
    EventKey key = key_of(&entry);
    size_t hole = heap->count++;
    while (hole > 0) {
        size_t parent = (hole - 1) / 4;
        if (key_of(&heap->entries[parent]) < key)
            break;
        heap->entries[hole] = heap->entries[parent];
        hole = parent;
    }
    heap->entries[hole] = entry;
}

static EventEntry heap4_pop(Heap4 *heap)
{
    if (heap->has_hole) {
        heap->has_hole = false;
        sift_down(heap, heap->entries[heap->count]);
    }
    heap->has_hole = true;
    heap->count--;
    return heap->entries[0];
}

CANDIDATE(heap4, "4-ary heap", Heap4);
