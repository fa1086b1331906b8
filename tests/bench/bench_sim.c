/* What the primitives of a run cost: nanoseconds for each, the fastest of several rounds. Prints a
 * table; on a busy machine the numbers are those of a busy machine. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "sim/distribution/distribution.h"
#include "sim/engine.h"
#include "sim/histogram.h"
#include "sim/rng.h"

#define ROUNDS 5
#define TIMES  2000000

/* A measured operation, repeated `times` times on its own state. */
typedef struct Measure {
    const char *name;
    void (*run)(void *state, uint64_t times);
    void *state;
} Measure;

/* CPU time of this thread: others on the machine take turns, not nanoseconds. */
static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void measure(const Measure *measure)
{
    double fastest = 0;
    measure->run(measure->state, TIMES / 4);
    for (int i = 0; i < ROUNDS; i++) {
        double start = cpu_ns();
        measure->run(measure->state, TIMES);
        double each = (cpu_ns() - start) / TIMES;
        fastest = i == 0 || each < fastest ? each : fastest;
    }
    printf("%-44s %7.1f ns\n", measure->name, fastest);
}

/* --- event set: the earliest is taken, and comes again later by an exponential time. Delays are
 * drawn beforehand. */

#define DELAYS 65536u

typedef struct Churn {
    EventSet set;
    SimTime delays[DELAYS];
    uint64_t next;
} Churn;

static void churn(void *state, uint64_t times)
{
    Churn *churn = state;
    for (uint64_t i = 0; i < times; i++) {
        EventEntry entry = event_set_pop(&churn->set);
        uint64_t id = ++churn->next;
        event_set_push(&churn->set, entry.time + churn->delays[id % DELAYS], id);
    }
}

static SimTime duration_at(SimRng *rng, const Distribution *distribution, uint64_t i)
{
    return distribution_draw(distribution, sim_rng_at(rng, 1, i, 0));
}

static void distribution_from(Distribution *distribution, const char *name, double first,
                              double second)
{
    const DistributionInput input = {.values = {first, second, NAN, NAN, NAN, NAN}};
    const DistributionKind *kind = distribution_kind_find(name);
    g_assert_null(distribution_prepare(distribution, kind, &input, 0, INFINITY));
}

static void measure_event_set(uint64_t pending)
{
    g_autofree Churn *state = g_new0(Churn, 1);
    g_autofree char *name =
        g_strdup_printf("event set: pop and push, %" G_GUINT64_FORMAT " pending", pending);
    Distribution distribution;
    SimRng rng;
    sim_rng_init(&rng);
    distribution_from(&distribution, "exponential", 1e6, NAN);
    for (uint64_t i = 0; i < DELAYS; i++)
        state->delays[i] = duration_at(&rng, &distribution, i);
    event_set_init(&state->set);
    for (uint64_t i = 0; i < pending; i++)
        event_set_push(&state->set, duration_at(&rng, &distribution, DELAYS + i), ++state->next);
    measure(&(Measure){name, churn, state});
    event_set_clear(&state->set);
}

/* --- timeouts: of calls in flight, nearly all answered in time */

#define CALLS 256u

typedef struct Timeouts {
    Engine engine;
    uint32_t lane;
    EventId held[CALLS];
} Timeouts;

static EventId held_by(void *context, EventId id)
{
    const Timeouts *timeouts = context;
    return timeouts->held[event_handle(id)];
}

/* The next call in the place of an answered one forgets its timeout. */
static void arm_and_cancel(void *state, uint64_t times)
{
    Timeouts *timeouts = state;
    for (uint64_t i = 0; i < times; i++) {
        uint32_t call = (uint32_t)i % CALLS;
        timeouts->held[call] = engine_arm(&timeouts->engine, timeouts->lane, 1, call);
        timeouts->engine.now += 1000;
    }
}

static void measure_timeouts(void)
{
    g_autofree Timeouts *state = g_new0(Timeouts, 1);
    engine_init(&state->engine, held_by, state);
    state->lane = engine_lane(&state->engine, SIM_TIME_S);
    measure(&(Measure){"timeout: armed and cancelled", arm_and_cancel, state});
    engine_clear(&state->engine);
}

/* --- chance */

typedef struct Draws {
    SimRng rng;
    Distribution distribution;
    SimTime sum; /* so that nothing is optimised away */
} Draws;

static void draw(void *state, uint64_t times)
{
    Draws *draws = state;
    for (uint64_t i = 0; i < times; i++)
        draws->sum += distribution_draw(&draws->distribution, sim_rng_at(&draws->rng, 1, i, 0)) % 2;
}

static void measure_draws(const char *kind, double first, double second)
{
    Draws state = {.sum = 0};
    g_autofree char *name = g_strdup_printf("draw at its place: %s", kind);
    sim_rng_init(&state.rng);
    distribution_from(&state.distribution, kind, first, second);
    measure(&(Measure){name, draw, &state});
}

/* --- histogram */

typedef struct Records {
    Histogram histogram;
    SimTime values[DELAYS];
} Records;

static void record(void *state, uint64_t times)
{
    Records *records = state;
    for (uint64_t i = 0; i < times; i++)
        histogram_record(&records->histogram, records->values[i % DELAYS]);
}

static void measure_histogram(void)
{
    g_autofree Records *state = g_new0(Records, 1);
    Distribution distribution;
    SimRng rng;
    sim_rng_init(&rng);
    distribution_from(&distribution, "lognormal", 2e7, 1.5);
    for (uint64_t i = 0; i < DELAYS; i++)
        state->values[i] = duration_at(&rng, &distribution, i);
    histogram_init(&state->histogram);
    measure(&(Measure){"histogram: record", record, state});
    histogram_clear(&state->histogram);
}

int main(void)
{
    static const uint64_t pending[] = {10, 100, 1000, 10000, 100000, 1000000};
    for (size_t i = 0; i < G_N_ELEMENTS(pending); i++)
        measure_event_set(pending[i]);
    measure_timeouts();
    measure_draws("exponential", 1e6, NAN);
    measure_draws("lognormal", 1e6, 1.5);
    measure_histogram();
    return 0;
}
