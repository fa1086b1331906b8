/* The one in use. */
#include "tests/bench/event_set/candidate.h"

CANDIDATE(event_set, "sim/event_set", EventSet);
