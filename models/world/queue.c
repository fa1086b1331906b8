#include <glib.h>

#include "models/world/internal.h"

#define ROOM_FIRST 16u

void frame_queue_grow(FrameQueue *queue)
{
    uint32_t room = queue->refs == NULL ? 0 : queue->mask + 1;
    uint32_t larger = room == 0 ? ROOM_FIRST : room * 2;
    FrameRef *refs = g_new(FrameRef, larger);
    for (uint32_t i = 0; i < queue->count; i++)
        refs[i] = queue->refs[(queue->head + i) & queue->mask];
    g_free(queue->refs);
    queue->refs = refs;
    queue->mask = larger - 1;
    queue->head = 0;
}

void frame_queue_clear(FrameQueue *queue)
{
    g_free(queue->refs);
    *queue = (FrameQueue){0};
}
