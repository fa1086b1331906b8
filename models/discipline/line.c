#include "models/discipline/line.h"

#include <glib.h>

#include "sim/check.h"

#define ROOM_FIRST 16u

typedef struct Place {
    uint32_t handle;         /* 0: nobody stands here */
    uint32_t before, behind; /* behind: of a free place, the next free one */
} Place;

/* Place 0 closes the line to a circle: behind it stands the first, before it the last. queue->mask:
 * how many places there are; queue->head: the first free one, 0 if there is none. */
static Place *place_at(const WaitQueue *queue, uint32_t ticket)
{
    return (Place *)queue->items + ticket;
}

static void grow(WaitQueue *queue)
{
    uint32_t room = queue->mask, larger = room == 0 ? ROOM_FIRST : room * 2;
    queue->items = g_renew(Place, queue->items, larger);
    if (room == 0)
        *place_at(queue, room++) = (Place){0};
    for (uint32_t i = room; i < larger; i++)
        *place_at(queue, i) = (Place){.behind = i + 1 < larger ? i + 1 : 0};
    queue->head = room;
    queue->mask = larger;
}

uint32_t line_push(WaitQueue *queue, uint32_t handle, double priority)
{
    (void)priority;
    if (queue->head == 0)
        grow(queue);
    uint32_t ticket = queue->head;
    Place *place = place_at(queue, ticket), *ends = place_at(queue, 0);
    queue->head = place->behind;
    *place = (Place){.handle = handle, .before = ends->before};
    place_at(queue, ends->before)->behind = ticket;
    ends->before = ticket;
    queue->count++;
    return ticket;
}

static uint32_t leave(WaitQueue *queue, uint32_t ticket)
{
    Place *place = place_at(queue, ticket);
    uint32_t handle = place->handle;
    SIM_CHECK(handle != 0);
    place_at(queue, place->before)->behind = place->behind;
    place_at(queue, place->behind)->before = place->before;
    *place = (Place){.behind = queue->head};
    queue->head = ticket;
    queue->count--;
    return handle;
}

uint32_t line_pop_first(WaitQueue *queue)
{
    SIM_CHECK(queue->count > 0);
    return leave(queue, place_at(queue, 0)->behind);
}

uint32_t line_pop_last(WaitQueue *queue)
{
    SIM_CHECK(queue->count > 0);
    return leave(queue, place_at(queue, 0)->before);
}

void line_remove(WaitQueue *queue, uint32_t ticket)
{
    SIM_CHECK(queue->count > 0);
    leave(queue, ticket);
}

void line_clear(WaitQueue *queue)
{
    g_free(queue->items);
    *queue = (WaitQueue){.kind = queue->kind};
}
