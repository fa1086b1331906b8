/* Arrivals of one workload of a topology in tests. */
#ifndef TOPPLE_TESTS_ARRIVALS_H
#define TOPPLE_TESTS_ARRIVALS_H

#include <glib.h>

#include "models/arrival/arrival.h"
#include "tests/support/topology_text.h"

/* Workload "w" with this "arrival", and more members of the file after it. */
#define FILE_OF(simulation, arrival, more)                                                         \
    "{'simulation': {" simulation "}, 'services': {'a': {'threads': 1, 'operations': {'x': "       \
    "{'steps': []}}}}, 'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {" arrival "},"     \
    "'mix': {'a.x': 1}}}" more "}"

typedef struct Arrivals {
    Topology *topology;
    FaultSchedule *schedule;
    ArrivalProcess *process;
} Arrivals;

static inline void arrivals_init(Arrivals *arrivals, const char *file, uint64_t seed,
                                 uint32_t replication)
{
    arrivals->topology = read_topology(file, NULL);
    uint32_t workload = topology_find_workload(arrivals->topology, "w");
    arrivals->schedule = fault_schedule_new(arrivals->topology, seed, replication);
    arrivals->process =
        arrival_process_new(arrivals->topology, workload, seed, replication, arrivals->schedule);
}

static inline void arrivals_clear(Arrivals *arrivals)
{
    arrival_process_free(arrivals->process);
    fault_schedule_free(arrivals->schedule);
    topology_free(arrivals->topology);
}

/* All times, of SimTime, one for each request of a batch. To be freed. */
static inline GArray *arrival_times(const char *file, uint64_t seed, uint32_t replication)
{
    Arrivals arrivals;
    arrivals_init(&arrivals, file, seed, replication);
    GArray *times = g_array_new(FALSE, FALSE, sizeof(SimTime));
    SimTime time;
    uint32_t count;
    while (arrival_process_next(arrivals.process, &time, &count)) {
        for (uint32_t i = 0; i < count; i++)
            g_array_append_val(times, time);
    }
    arrivals_clear(&arrivals);
    return times;
}

static inline SimTime time_at(const GArray *times, guint i)
{
    return g_array_index(times, SimTime, i);
}

/* How many are from `start` (included) to `end`. */
static inline uint64_t count_between(const GArray *times, SimTime start, SimTime end)
{
    uint64_t count = 0;
    for (guint i = 0; i < times->len; i++)
        count += time_at(times, i) >= start && time_at(times, i) < end;
    return count;
}

static inline void assert_same_times(const GArray *a, const GArray *b)
{
    assert_int_equal(a->len, b->len);
    for (guint i = 0; i < a->len; i++)
        assert_int_equal(time_at(a, i), time_at(b, i));
}

#endif
