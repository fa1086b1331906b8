#include "tests/bench/less.h"

#include <glib.h>
#include <math.h>

#include "sim/distribution/distribution.h"
#include "sim/event_set.h"
#include "sim/rng.h"

#define SERVICE_NS  100e3 /* as in mm1.json */
#define UTILIZATION 0.9
#define DELAYS      65536u

typedef struct Draws {
    SimRng rng;
    Distribution between, service;
} Draws;

static void init_exponential(Distribution *distribution, double mean)
{
    const DistributionInput input = {.values = {mean, NAN, NAN, NAN, NAN, NAN}};
    const DistributionKind *kind = distribution_kind_find("exponential");
    g_assert_null(distribution_prepare(distribution, kind, &input, 0, INFINITY));
}

static void draws_init(Draws *draws)
{
    sim_rng_init(&draws->rng);
    init_exponential(&draws->between, SERVICE_NS / UTILIZATION);
    init_exponential(&draws->service, SERVICE_NS);
}

static SimTime between(Draws *draws, uint64_t customer)
{
    return distribution_draw(&draws->between, sim_rng_at(&draws->rng, 1, customer, 0));
}

static SimTime service(Draws *draws, uint64_t customer)
{
    return distribution_draw(&draws->service, sim_rng_at(&draws->rng, 2, customer, 0));
}

void lindley(uint64_t customers, Histogram *stays)
{
    Draws draws;
    draws_init(&draws);
    SimTime stay = 0;
    for (uint64_t i = 0; i < customers; i++) {
        SimTime left = stay - between(&draws, i);
        stay = (left > 0 ? left : 0) + service(&draws, i);
        histogram_record(stays, stay);
    }
}

/* --- */

enum { ARRIVAL, DEPARTURE };

typedef struct Loop {
    EventSet set;
    uint64_t sequence;
    SimTime between[DELAYS], service[DELAYS];
} Loop;

static void schedule(Loop *loop, SimTime time, uint64_t what)
{
    event_set_push(&loop->set, time, ++loop->sequence << 1 | what);
}

static void draw_delays(Loop *loop)
{
    Draws draws;
    draws_init(&draws);
    for (uint32_t i = 0; i < DELAYS; i++) {
        loop->between[i] = between(&draws, i);
        loop->service[i] = service(&draws, i);
    }
}

static uint64_t serve(Loop *loop, uint64_t customers)
{
    uint64_t arrived = 0, present = 0, most = 0;
    schedule(loop, 0, ARRIVAL);
    for (uint64_t left = 0; left < customers;) {
        EventEntry event = event_set_pop(&loop->set);
        bool starts;
        if ((event.id & 1) == ARRIVAL) {
            if (++arrived < customers)
                schedule(loop, event.time + loop->between[arrived % DELAYS], ARRIVAL);
            starts = present++ == 0;
            most = present > most ? present : most;
        } else {
            left++;
            starts = --present > 0;
        }
        if (starts)
            schedule(loop, event.time + loop->service[loop->sequence % DELAYS], DEPARTURE);
    }
    return most;
}

uint64_t event_loop(uint64_t customers)
{
    g_autofree Loop *loop = g_new0(Loop, 1);
    draw_delays(loop);
    event_set_init(&loop->set);
    uint64_t most = serve(loop, customers);
    event_set_clear(&loop->set);
    return most;
}
