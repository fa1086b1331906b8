#include "models/arrival/arrival.h"
#include "models/backoff/backoff.h"
#include "models/balancer/balancer.h"
#include "models/discipline/discipline.h"
#include "models/fault/fault.h"
#include "models/keys.h"

const Family *const families[] = {
    &arrival_family, &balancer_family, &backoff_family, &discipline_family, &fault_family, NULL,
};
