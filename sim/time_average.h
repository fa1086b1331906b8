/* The time-weighted average of a level that changes in steps: a number of busy cores, of replicas.
 */
#ifndef TOPPLE_SIM_TIME_AVERAGE_H
#define TOPPLE_SIM_TIME_AVERAGE_H

#include "sim/time.h"

typedef struct TimeAverage {
    SimTime since; /* of the last change */
    int64_t level;
    int64_t largest;
    __int128 integral; /* level x ns up to `since` */
} TimeAverage;

void time_average_init(TimeAverage *average, SimTime now, int64_t level);

/* now is not before the last change. */
void time_average_set(TimeAverage *average, SimTime now, int64_t level);
void time_average_add(TimeAverage *average, SimTime now, int64_t change);

/* Level x ns up to now, exact. */
__int128 time_average_integral(const TimeAverage *average, SimTime now);

#endif
