/* When each fault is on, worked out before the run: the clock of faults does not depend on what the
 * system does, so that all designs meet the same faults. */
#ifndef TOPPLE_MODELS_FAULT_SCHEDULE_H
#define TOPPLE_MODELS_FAULT_SCHEDULE_H

#include <glib.h>
#include <stdint.h>

#include "models/topology.h"

#define FAULT_WINDOWS_MAX 100000u /* of one fault with mttf and mttr, in one run */

typedef struct FaultWindow {
    uint32_t fault;
    SimTime start,
        end; /* since the start of the run (warm-up included); end SIM_TIME_NEVER: it stays */
    const uint32_t *replicas; /* numbered through, ascending: those it hits; none for faults of
                                 links and workloads */
    uint32_t replica_count;
} FaultWindow;

typedef struct FaultSchedule {
    FaultWindow *windows; /* by start, then by fault */
    uint32_t count;
    SimTime first_start; /* SIM_TIME_NEVER when there is none */
    SimTime last_end;
    GPtrArray *replica_lists; /* owns the lists */
} FaultSchedule;

FaultSchedule *fault_schedule_new(const Topology *topology, uint64_t seed, uint32_t replication);
void fault_schedule_free(FaultSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FaultSchedule, fault_schedule_free)

#endif
