/* Expected traffic by the traffic equations. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_TRAFFIC_H
#define TOPPLE_MODELS_READER_TRAFFIC_H

#include "models/reader/draft.h"

/* Fills topology->visits. Problems when a request of some workload is expected to make more than
 * CALLS_EXPECTED_MAX calls, or its recursion does not come to an end. The draft is handed over. */
void traffic_solve(ReadContext *context);

/* Warns of cycles of synchronous calls, of services with more work than they can do, and of
 * timeouts that outlive the caller's. After traffic_solve, without problems. */
void topology_review(ReadContext *context);

#endif
