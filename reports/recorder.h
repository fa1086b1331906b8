/* Listens to a world and measures: implements models/observer.h for one replication. Memory does
 * not depend on the number of requests, and is taken as things happen. */
#ifndef TOPPLE_REPORTS_RECORDER_H
#define TOPPLE_REPORTS_RECORDER_H

#include "models/fault_schedule.h"
#include "models/observer.h"
#include "models/world.h"
#include "reports/run_result.h"

/* Equal parts of the measured time that stand in for replications when there is only one. */
#define RECORDER_BATCHES 20u

typedef struct Recorder Recorder;

/* topology is borrowed and must outlive the RunResult; faults may be NULL and is not kept. batches:
 * 0, or RECORDER_BATCHES when this will be the only replication. */
Recorder *recorder_new(const Topology *topology, const FaultSchedule *faults, uint32_t batches);

/* Valid until recorder_finish or recorder_free. */
const Observer *recorder_observer(Recorder *recorder);

/* After world_run: what was measured. Uses the recorder up. A run that stopped early is measured up
 * to counts->end. */
RunResult *recorder_finish(Recorder *recorder, const WorldCounts *counts, StopReason stop);

/* What a run of it would measure, with nothing in it: for the names of things and phases. */
RunResult *recorder_shape(const Topology *topology);

/* Throws away a recorder that is not finished; NULL is fine. */
void recorder_free(Recorder *recorder);

#endif
