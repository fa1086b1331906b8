#include "models/balancer/balancer.h"

#define BALANCER_KIND(name) extern const BalancerKind balancer_##name;
#include "models/balancer/kinds.def"
#undef BALANCER_KIND

static const Kind *const kinds[] = {
#define BALANCER_KIND(name) &balancer_##name.kind,
#include "models/balancer/kinds.def"
#undef BALANCER_KIND
    NULL,
};

static const char *const later[] = {"peak_ewma", "ring_hash", "maglev", NULL};

const Family balancer_family = {
    .name = "balancer",
    .selector = "policy",
    .fallback = "round_robin",
    .place = "/links/<link>/load_balancing",
    .kinds = kinds,
    .later = later,
};
