/* A binary heap by (priority, order of arrival). A ticket is an entry's slot, which stays while the
 * heap moves. */
#include <glib.h>

#include "models/discipline/discipline.h"
#include "sim/check.h"

typedef struct Waiting {
    double priority;
    uint64_t sequence;
    uint32_t handle;
    uint32_t place; /* in the heap; in a free slot, the next free one */
} Waiting;

#define NO_SLOT    UINT32_MAX
#define ROOM_FIRST 16u

/* queue->items: slots; queue->more: the heap, of slots; mask: room; head: first free slot. */
static Waiting *slot_at(const WaitQueue *queue, uint32_t slot)
{
    return (Waiting *)queue->items + slot;
}

static uint32_t *heap_of(const WaitQueue *queue)
{
    return queue->more;
}

static bool is_before(const WaitQueue *queue, uint32_t a, uint32_t b)
{
    const Waiting *x = slot_at(queue, a), *y = slot_at(queue, b);
    return x->priority < y->priority || (x->priority <= y->priority && x->sequence < y->sequence);
}

static void put(WaitQueue *queue, uint32_t place, uint32_t slot)
{
    heap_of(queue)[place] = slot;
    slot_at(queue, slot)->place = place;
}

static void sift_up(WaitQueue *queue, uint32_t place, uint32_t slot)
{
    while (place > 0 && is_before(queue, slot, heap_of(queue)[(place - 1) / 2])) {
        put(queue, place, heap_of(queue)[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(queue, place, slot);
}

static void sift_down(WaitQueue *queue, uint32_t place, uint32_t slot)
{
    for (;;) {
        uint32_t child = place * 2 + 1;
        if (child >= queue->count)
            break;
        if (child + 1 < queue->count &&
            is_before(queue, heap_of(queue)[child + 1], heap_of(queue)[child]))
            child++;
        if (!is_before(queue, heap_of(queue)[child], slot))
            break;
        put(queue, place, heap_of(queue)[child]);
        place = child;
    }
    put(queue, place, slot);
}

static void grow(WaitQueue *queue)
{
    uint32_t room = queue->mask, larger = room == 0 ? ROOM_FIRST : room * 2;
    queue->items = g_renew(Waiting, queue->items, larger);
    queue->more = g_renew(uint32_t, queue->more, larger);
    for (uint32_t slot = room; slot < larger; slot++)
        slot_at(queue, slot)->place = slot + 1 < larger ? slot + 1 : NO_SLOT;
    queue->head = room;
    queue->mask = larger;
}

static uint32_t push(WaitQueue *queue, uint32_t handle, double priority)
{
    if (queue->count == queue->mask)
        grow(queue);
    uint32_t slot = queue->head;
    queue->head = slot_at(queue, slot)->place;
    *slot_at(queue, slot) =
        (Waiting){.priority = priority, .sequence = ++queue->sequence, .handle = handle};
    sift_up(queue, queue->count++, slot);
    return slot;
}

static void take_out(WaitQueue *queue, uint32_t slot)
{
    uint32_t place = slot_at(queue, slot)->place;
    uint32_t last = heap_of(queue)[--queue->count];
    slot_at(queue, slot)->place = queue->head;
    queue->head = slot;
    if (last == slot)
        return;
    if (place > 0 && is_before(queue, last, heap_of(queue)[(place - 1) / 2]))
        sift_up(queue, place, last);
    else
        sift_down(queue, place, last);
}

static uint32_t pop(WaitQueue *queue)
{
    SIM_CHECK(queue->count > 0);
    uint32_t slot = heap_of(queue)[0];
    uint32_t handle = slot_at(queue, slot)->handle;
    take_out(queue, slot);
    return handle;
}

static void drop(WaitQueue *queue, uint32_t ticket)
{
    SIM_CHECK(queue->count > 0);
    take_out(queue, ticket);
}

static void clear(WaitQueue *queue)
{
    g_free(queue->items);
    g_free(queue->more);
    *queue = (WaitQueue){.kind = queue->kind};
}

const DisciplineKind discipline_priority = {
    .kind = {.name = "priority",
             .summary = "lowest priority number first, then first come; never interrupts"},
    .push = push,
    .pop = pop,
    .remove = drop,
    .clear = clear,
};
