/* Simulated time: whole nanoseconds since the start of a run, or a duration. */
#ifndef TOPPLE_SIM_TIME_H
#define TOPPLE_SIM_TIME_H

#include <stdint.h>

typedef int64_t SimTime;

#define SIM_TIME_NS    INT64_C(1)
#define SIM_TIME_US    INT64_C(1000)
#define SIM_TIME_MS    INT64_C(1000000)
#define SIM_TIME_S     INT64_C(1000000000)
#define SIM_TIME_NEVER INT64_MAX /* later than any event */

/* The longest duration a user may write, and the longest a draw may be: ten years. A hundred of
 * them added up still fit SimTime, so the engine never overflows. */
#define SIM_TIME_LONGEST (INT64_C(3650) * 86400 * SIM_TIME_S)

/* Rounds a drawn or computed number of nanoseconds to a duration: below 0 (and not a number)
 * becomes 0, above SIM_TIME_LONGEST becomes SIM_TIME_LONGEST. The only conversion from double to
 * time. */
static inline SimTime sim_time_from_ns(double ns)
{
    if (!(ns > 0.0))
        return 0;
    if (ns >= (double)SIM_TIME_LONGEST)
        return SIM_TIME_LONGEST;
    return (SimTime)(ns + 0.5);
}

static inline double sim_time_to_s(SimTime time)
{
    return (double)time / (double)SIM_TIME_S;
}

static inline double sim_time_to_ms(SimTime time)
{
    return (double)time / (double)SIM_TIME_MS;
}

#endif
