/* A line that can be left at both ends and from the middle: a chained list of handles in places
 * that are used again. A ticket is a place. Memory follows the most that ever waited at once, not
 * how many came. */
#ifndef TOPPLE_MODELS_DISCIPLINE_LINE_H
#define TOPPLE_MODELS_DISCIPLINE_LINE_H

#include "models/discipline/discipline.h"

uint32_t line_push(WaitQueue *queue, uint32_t handle, double priority);
uint32_t line_pop_first(WaitQueue *queue);
uint32_t line_pop_last(WaitQueue *queue);
void line_remove(WaitQueue *queue, uint32_t ticket);
void line_clear(WaitQueue *queue);

#endif
