#include "models/discipline/line.h"

#include <glib.h>

#include "sim/check.h"

#define HOLE       0u
#define ROOM_FIRST 16u

/* head and tail are tickets: they run on and wrap; the places between them are in use. */
static uint32_t *place(const WaitQueue *queue, uint32_t ticket)
{
    return (uint32_t *)queue->items + (ticket & queue->mask);
}

static void grow(WaitQueue *queue)
{
    uint32_t room = queue->items == NULL ? 0 : queue->mask + 1;
    uint32_t larger = room == 0 ? ROOM_FIRST : room * 2;
    uint32_t *items = g_new(uint32_t, larger);
    for (uint32_t ticket = queue->head; ticket != queue->tail; ticket++)
        items[ticket & (larger - 1)] = *place(queue, ticket);
    g_free(queue->items);
    queue->items = items;
    queue->mask = larger - 1;
}

uint32_t line_push(WaitQueue *queue, uint32_t handle, double priority)
{
    (void)priority;
    if (queue->items == NULL || queue->tail - queue->head > queue->mask)
        grow(queue);
    uint32_t ticket = queue->tail++;
    *place(queue, ticket) = handle;
    queue->count++;
    return ticket;
}

static void trim(WaitQueue *queue)
{
    while (queue->head != queue->tail && *place(queue, queue->head) == HOLE)
        queue->head++;
    while (queue->head != queue->tail && *place(queue, queue->tail - 1) == HOLE)
        queue->tail--;
}

uint32_t line_pop_first(WaitQueue *queue)
{
    SIM_CHECK(queue->count > 0);
    uint32_t handle = *place(queue, queue->head++);
    queue->count--;
    trim(queue);
    return handle;
}

uint32_t line_pop_last(WaitQueue *queue)
{
    SIM_CHECK(queue->count > 0);
    uint32_t handle = *place(queue, --queue->tail);
    queue->count--;
    trim(queue);
    return handle;
}

void line_remove(WaitQueue *queue, uint32_t ticket)
{
    SIM_CHECK(queue->count > 0 && *place(queue, ticket) != HOLE);
    *place(queue, ticket) = HOLE;
    queue->count--;
    trim(queue);
}

void line_clear(WaitQueue *queue)
{
    g_free(queue->items);
    *queue = (WaitQueue){.kind = queue->kind};
}
