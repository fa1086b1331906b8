/* The order in which waiting requests are served. An open family: a kind is one file and one line
 * in kinds.def. Changes the order, never preempts. */
#ifndef TOPPLE_MODELS_DISCIPLINE_H
#define TOPPLE_MODELS_DISCIPLINE_H

#include <stdint.h>

#include "models/keys.h"

/* Handles that wait. Give it a kind and zero the rest. */
typedef struct WaitQueue {
    const struct DisciplineKind *kind;
    uint32_t count; /* waiting now */
    uint32_t mask;  /* the kind's own, from here on */
    uint32_t head, tail;
    uint32_t live;
    void *items;
    void *more;
    uint64_t sequence;
} WaitQueue;

typedef struct DisciplineKind {
    Kind kind; /* no keys of its own: it is a choice in "queue" */
    /* Takes a handle (not 0) in and returns a ticket that stays good until it is popped or removed.
     * Lower priority numbers first, where the kind looks at them. */
    uint32_t (*push)(WaitQueue *queue, uint32_t handle, double priority);
    uint32_t (*pop)(WaitQueue *queue); /* count > 0 */
    void (*remove)(WaitQueue *queue, uint32_t ticket);
    void (*clear)(WaitQueue *queue); /* frees; ready for use again, empty */
} DisciplineKind;

extern const Family discipline_family;

const DisciplineKind *discipline_find(const char *name); /* NULL if there is none */

static inline uint32_t wait_queue_push(WaitQueue *queue, uint32_t handle, double priority)
{
    return queue->kind->push(queue, handle, priority);
}

static inline uint32_t wait_queue_pop(WaitQueue *queue)
{
    return queue->kind->pop(queue);
}

#endif
