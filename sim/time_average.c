#include "sim/time_average.h"

#include "sim/check.h"

void time_average_init(TimeAverage *average, SimTime now, int64_t level)
{
    *average = (TimeAverage){.since = now, .level = level, .largest = level};
}

void time_average_set(TimeAverage *average, SimTime now, int64_t level)
{
    SIM_CHECK(now >= average->since);
    average->integral += (__int128)average->level * (now - average->since);
    average->since = now;
    average->level = level;
    if (level > average->largest)
        average->largest = level;
}

void time_average_add(TimeAverage *average, SimTime now, int64_t change)
{
    time_average_set(average, now, average->level + change);
}

__int128 time_average_integral(const TimeAverage *average, SimTime now)
{
    SIM_CHECK(now >= average->since);
    return average->integral + (__int128)average->level * (now - average->since);
}
