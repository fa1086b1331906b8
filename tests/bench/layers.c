#include "tests/bench/layers.h"

#include <glib.h>

#include "sim/rng.h"

#define LAYERS 5u

static void add_call(GString *text, unsigned callee)
{
    g_string_append_printf(text, ", {\"call\": \"s%u.work\"}", callee);
}

static void add_calls(GString *text, unsigned service, unsigned width)
{
    uint64_t random = sim_mix(1, service);
    unsigned next_layer = (service / width + 1) * width;
    add_call(text, next_layer + service % width);
    if (random % 2 == 0)
        add_call(text, next_layer + (unsigned)(random / 2 % width));
}

static void add_service(GString *text, unsigned service, unsigned width)
{
    g_string_append_printf(text,
                           "%s\n\"s%u\": {\"threads\": 100000, \"operations\": {\"work\": "
                           "{\"steps\": [{\"%s\": {\"dist\": \"exponential\", \"mean\": \"75ms\"}}",
                           service == 0 ? "" : ",", service, service % 2 == 0 ? "compute" : "wait");
    if (service / width + 1 < LAYERS)
        add_calls(text, service, width);
    g_string_append(text, "]}}}");
}

char *layers_text(unsigned services, double rate)
{
    unsigned width = services / LAYERS;
    GString *text = g_string_new("{\"simulation\": {\"duration\": \"3s\", \"warmup\": \"1s\"},\n"
                                 "\"links\": {\"* -> *\": {\"latency\": {\"dist\": "
                                 "\"exponential\", \"mean\": \"100us\"}, \"timeout\": \"60s\"}},\n"
                                 "\"services\": {");
    for (unsigned i = 0; i < width * LAYERS; i++)
        add_service(text, i, width);
    g_string_append_printf(text,
                           "},\n\"workloads\": {\"users\": {\"arrival\": {\"rate\": %.0f}, "
                           "\"mix\": {",
                           rate);
    for (unsigned i = 0; i < width; i++)
        g_string_append_printf(text, "%s\"s%u.work\": 1", i == 0 ? "" : ", ", i);
    g_string_append(text, "}}}}");
    return g_string_free(text, FALSE);
}
