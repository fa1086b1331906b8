#include <glib.h>

#include "models/world/internal.h"

#define ROOM_FIRST 16u

void ref_queue_grow(RefQueue *queue)
{
    uint32_t room = queue->refs == NULL ? 0 : queue->mask + 1;
    uint32_t larger = room == 0 ? ROOM_FIRST : room * 2;
    Ref *refs = g_new(Ref, larger);
    for (uint32_t i = 0; i < queue->count; i++)
        refs[i] = queue->refs[(queue->head + i) & queue->mask];
    g_free(queue->refs);
    queue->refs = refs;
    queue->mask = larger - 1;
    queue->head = 0;
}

void ref_queue_clear(RefQueue *queue)
{
    g_free(queue->refs);
    *queue = (RefQueue){0};
}
