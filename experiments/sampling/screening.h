/* How the points of screening designs lie, for those who judge what came out at them. */
#ifndef TOPPLE_EXPERIMENTS_SCREENING_H
#define TOPPLE_EXPERIMENTS_SCREENING_H

#include "experiments/sampling/sampling.h"

/* Tornado: point 0 is the file as it is; then each axis at its low end, and at its high end. */
static inline uint64_t tornado_point(uint32_t axis, bool is_high)
{
    return 1 + 2 * (uint64_t)axis + is_high;
}

/* Morris: trajectories of one point more than there are axes, one after the other. From each point
 * to the next a single axis moves by two thirds of its range, each axis once. */
#define MORRIS_LEVELS 4
#define MORRIS_STEP   (2.0 / 3.0) /* levels / (2 (levels - 1)) */

static inline uint64_t morris_trajectories(const Space *space)
{
    return space->count / (space->axes->len + 1);
}

/* The axis that moves from this point to the next one of its trajectory, and whether upwards. */
uint32_t morris_move(const Space *space, uint64_t point, bool *is_up);

#endif
