#include "models/fault/fault.h"

#define FAULT_KIND(name) extern const FaultKind fault_##name;
#include "models/fault/kinds.def"
#undef FAULT_KIND

static const Kind *const kinds[] = {
#define FAULT_KIND(name) &fault_##name.kind,
#include "models/fault/kinds.def"
#undef FAULT_KIND
    NULL,
};

static const char *const later[] = {"bandwidth",   "zone_outage",    "cpu_stress",  "gc_pause",
                                    "cache_flush", "rolling_deploy", "bad_release", NULL};

const Family fault_family = {
    .name = "fault",
    .selector = "type",
    .place = "/faults/<fault>",
    .kinds = kinds,
    .later = later,
};
