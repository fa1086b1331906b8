/* A line that can be taken from at both ends: a ring of handles, in which those that left from the
 * middle leave a hole. A ticket is a place in the line, counted from its beginning. */
#ifndef TOPPLE_MODELS_DISCIPLINE_LINE_H
#define TOPPLE_MODELS_DISCIPLINE_LINE_H

#include "models/discipline/discipline.h"

uint32_t line_push(WaitQueue *queue, uint32_t handle, double priority);
uint32_t line_pop_first(WaitQueue *queue);
uint32_t line_pop_last(WaitQueue *queue);
void line_remove(WaitQueue *queue, uint32_t ticket);
void line_clear(WaitQueue *queue);

#endif
