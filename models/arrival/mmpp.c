/* A Poisson process whose rate goes through states: bursts and lulls. The exponential that remains
 * when a state ends is carried over into the next, which is the process on the integral of its
 * rate. */
#include <math.h>

#include "models/arrival/rate_curve.h"
#include "models/reader/reader.h"
#include "sim/exponential.h"

#define STATES_MAX 100u

typedef struct MmppPhase {
    double rate; /* per second */
    SimTime mean_time;
} MmppPhase;

typedef struct MmppPhases {
    const MmppPhase *phases;
    uint32_t count;
} MmppPhases;

typedef struct MmppConfig {
    MmppPhases states;
} MmppConfig;

typedef struct MmppState {
    uint32_t phase;
    double phase_end; /* ns; 0 before the first */
} MmppState;

static const MmppPhase *phase_of(const ArrivalSource *source)
{
    return &((const MmppConfig *)source->config)
                ->states.phases[((const MmppState *)source->state)->phase];
}

static void stay(ArrivalSource *source)
{
    MmppState *state = source->state;
    state->phase_end = source->curve->time + draw_unit_exponential(&source->rng.gsl) *
                                                 (double)phase_of(source)->mean_time;
}

/* The run's end bounds the loop: a phase lasts, on average, its mean time, which is at least 1 us.
 */
static bool next(ArrivalSource *source, double *time_ns)
{
    const MmppConfig *config = source->config;
    MmppState *state = source->state;
    double left = draw_unit_exponential(&source->rng.gsl);
    if (state->phase_end <= 0)
        stay(source);
    while (source->curve->time < (double)SIM_TIME_LONGEST) {
        double per_ns = phase_of(source)->rate / (double)SIM_TIME_S;
        double amount = per_ns > 0 ? left / per_ns : INFINITY;
        double rest = rate_curve_advance(source->curve, amount, state->phase_end);
        if (rest <= 0) {
            *time_ns = source->curve->time;
            return true;
        }
        left = per_ns > 0 ? rest * per_ns : left;
        state->phase = (state->phase + 1) % config->states.count;
        stay(source);
        if (source->curve->time > source->end)
            return false;
    }
    return false;
}

static double mean_rate(const void *config_bytes, SimTime duration)
{
    (void)duration;
    const MmppConfig *config = config_bytes;
    double arrivals = 0, time = 0;
    for (uint32_t i = 0; i < config->states.count; i++) {
        arrivals += config->states.phases[i].rate * (double)config->states.phases[i].mean_time;
        time += (double)config->states.phases[i].mean_time;
    }
    return arrivals / time;
}

/* Changes of state. */
static double work_rate(const void *config_bytes)
{
    const MmppConfig *config = config_bytes;
    double time = 0;
    for (uint32_t i = 0; i < config->states.count; i++)
        time += (double)config->states.phases[i].mean_time;
    return config->states.count * (double)SIM_TIME_S / time;
}

static const Key phase_keys[] = {
    {.name = "rate",
     .type = KEY_NUMBER,
     .required = true,
     .offset = offsetof(MmppPhase, rate),
     .min = 0,
     .max = 1e9,
     .summary = "per second, in this state"},
    {.name = "mean_time",
     .type = KEY_DURATION,
     .required = true,
     .offset = offsetof(MmppPhase, mean_time),
     .min = 1000,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "mean stay in this state, exponential"},
    {0},
};

static bool read_phases(const Spec *spec, ReadContext *context, void *value)
{
    MmppPhases *states = value;
    if (!spec_expect(spec, SPEC_ARRAY))
        return false;
    size_t count = spec_size(spec);
    if (count == 0 || count > STATES_MAX)
        return spec_problem(spec, "must have from 1 to %u states, got %zu", STATES_MAX, count);
    MmppPhase *phases = arena_take(context->arena, count, sizeof(MmppPhase));
    Spec child;
    bool is_right = true;
    uint32_t i = 0;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child))
        is_right &= keys_read(&child, context, &phases[i++], phase_keys);
    *states = (MmppPhases){phases, (uint32_t)count};
    return is_right;
}

static const KeyCustom phases_reader = {
    .read = read_phases,
    .type_text = "a list of {rate, mean_time}",
    .schema = "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"object\", "
              "\"required\": [\"rate\", "
              "\"mean_time\"], \"additionalProperties\": false, \"properties\": {\"description\": "
              "{}, \"rate\": "
              "{\"type\": \"number\", \"minimum\": 0}, \"mean_time\": {\"$ref\": "
              "\"#/$defs/duration\"}}}}",
};

static const Key keys[] = {
    {.name = "states",
     .type = KEY_CUSTOM,
     .required = true,
     .offset = offsetof(MmppConfig, states),
     .detail.custom = &phases_reader,
     .summary = "gone through in turn, from the first"},
    {0},
};

const ArrivalKind arrival_mmpp = {
    .kind = {.name = "mmpp",
             .summary = "a Poisson process whose rate changes at random: bursts",
             .keys = keys,
             .config_size = sizeof(MmppConfig)},
    .state_size = sizeof(MmppState),
    .bends = true,
    .next = next,
    .mean_rate = mean_rate,
    .work_rate = work_rate,
};
