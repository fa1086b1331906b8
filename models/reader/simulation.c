/* "simulation": how long, how often, with which chance. */
#include <string.h>

#include "models/reader/draft.h"
#include "models/reader/tables.h"

#define WINDOWS_SOUGHT   10000  /* more than that, and the default window grows */
#define WINDOWS_MAX      100000 /* that a file may ask for */
#define REPLICATIONS_MAX 100000

static const char *const drains[] = {"finish", "cut", NULL};

static bool read_seed(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    return spec_get_seed(spec, value);
}

static const KeyCustom seed_custom = {
    .read = read_seed,
    .type_text = "an integer up to 2^53, or a decimal string for all 64 bits",
    .schema = "{\"oneOf\": [{\"type\": \"integer\", \"minimum\": 0, \"maximum\": "
              "9007199254740992}, {\"type\": \"string\", \"pattern\": \"^[0-9]{1,20}$\"}]}",
};

/* A duration, or "auto". */
static bool read_warmup(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    SimulationConfig *simulation = value;
    const char *text;
    simulation->finds_warmup =
        spec_type(spec) == SPEC_STRING && spec_get_string(spec, &text) && strcmp(text, "auto") == 0;
    return simulation->finds_warmup ||
           spec_get_duration(spec, 0, SIM_TIME_LONGEST, &simulation->warmup);
}

static const KeyCustom warmup_custom = {
    .read = read_warmup,
    .type_text = "duration or `auto`",
    .schema = "{\"oneOf\": [{\"$ref\": \"#/$defs/duration\"}, {\"const\": \"auto\"}]}",
};

#define SIMULATION(member) offsetof(SimulationConfig, member)

const Key simulation_keys[] = {
    {"duration", KEY_DURATION, .offset = SIMULATION(duration), .min = 1,
     .max = (double)SIM_TIME_LONGEST, .fallback = "\"60s\"", .summary = "the measured part"},
    {"warmup", KEY_CUSTOM, .offset = 0, .fallback = "0", .detail.custom = &warmup_custom,
     .summary = "before the measured part; not measured; auto: as long as it takes to settle"},
    {"seed", KEY_CUSTOM, .offset = SIMULATION(seed), .fallback = "1", .detail.custom = &seed_custom,
     .summary = "of all chance"},
    {"replications", KEY_INTEGER, .offset = SIMULATION(replications), .min = 1,
     .max = REPLICATIONS_MAX, .fallback = "1", .summary = "independent runs of each design"},
    {"window", KEY_DURATION, .nullable = true, .offset = SIMULATION(window), .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "step of time series; 1s, longer where that makes more than 10,000, by default"},
    {"drain", KEY_CHOICE, .offset = SIMULATION(drain), .fallback = "\"finish\"",
     .detail.choices = drains,
     .summary = "finish: requests in flight at the end are followed to theirs; cut: they are "
                "counted as in flight"},
    {.name = NULL},
};

/* The last window may be shorter. */
static SimTime windows_in(SimTime span, SimTime window)
{
    return span / window + (span % window != 0);
}

/* 1, 2 or 5 times a power of ten of seconds. */
static SimTime window_for(SimTime span)
{
    SimTime window = SIM_TIME_S;
    for (int i = 0; windows_in(span, window) > WINDOWS_SOUGHT; i++)
        window = i % 3 == 1 ? window / 2 * 5 : window * 2;
    return window;
}

void simulation_read(const Spec *spec, ReadContext *context, SimulationConfig *simulation)
{
    *simulation = (SimulationConfig){0};
    if (!keys_read(spec, context, simulation, simulation_keys))
        return;
    /* What is found is at most half of the measured part. */
    SimTime warmup = simulation->finds_warmup ? simulation->duration / 2 : simulation->warmup;
    SimTime span = simulation->duration + warmup;
    Spec window;
    if (span > SIM_TIME_LONGEST)
        spec_problem(spec, "duration and warmup together must be at most 3650 days");
    else if (simulation->window == 0)
        simulation->window = window_for(span);
    else if (windows_in(span, simulation->window) > WINDOWS_MAX &&
             spec_member(spec, "window", &window))
        spec_problem(&window, "must not make more than %d windows of duration and warmup",
                     WINDOWS_MAX);
}
