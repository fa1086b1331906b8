#include "reports/measures.h"

#include <glib.h>

static const struct {
    const char *name;
    int counts, levels, samples;
} scopes[SCOPE_COUNT] = {
    [SCOPE_SYSTEM] = {"system", REQUEST_COUNTS, 0, 3},
    [SCOPE_WORKLOAD] = {"workload", REQUEST_COUNTS, 0, 3},
    [SCOPE_SERVICE] = {"service", VISIT_COUNTS, 3, 2},
    [SCOPE_LINK] = {"link", LINK_COUNTS, 0, 1},
    [SCOPE_BROKER] = {"broker", BROKER_COUNTS, 1, 2},
};

const char *scope_name(Scope scope)
{
    return scopes[scope].name;
}

int scope_counts(Scope scope)
{
    return scopes[scope].counts;
}

int scope_levels(Scope scope)
{
    return scopes[scope].levels;
}

int scope_samples(Scope scope)
{
    return scopes[scope].samples;
}

static void histogram_free(Histogram *histogram)
{
    if (histogram == NULL)
        return;
    histogram_clear(histogram);
    g_free(histogram);
}

static Histogram *histogram_new(void)
{
    Histogram *histogram = g_new0(Histogram, 1);
    histogram_init(histogram);
    return histogram;
}

void measures_clear(Measures *measures)
{
    for (int i = 0; i < MEASURES_SAMPLES; i++) {
        histogram_free(measures->samples[i]);
        measures->samples[i] = NULL;
    }
}

Histogram *measures_samples(Measures *measures, int sample)
{
    if (measures->samples[sample] == NULL)
        measures->samples[sample] = histogram_new();
    return measures->samples[sample];
}

void measures_settle(Measures *measures)
{
    Histogram *at_once = g_steal_pointer(&measures->samples[REQUEST_AT_ONCE]);
    if (at_once == NULL)
        return;
    histogram_merge(measures_samples(measures, REQUEST_LATENCY), at_once);
    histogram_merge(measures_samples(measures, REQUEST_COMPLETION), at_once);
    histogram_free(at_once);
}

void measures_add_samples(Measures *into, const Measures *from)
{
    for (int i = 0; i < MEASURES_SAMPLES; i++) {
        if (from->samples[i] == NULL)
            continue;
        histogram_merge(measures_samples(into, i), from->samples[i]);
    }
}

void measures_add(Measures *into, const Measures *from)
{
    for (int i = 0; i < MEASURES_COUNTS; i++)
        into->counts[i] += from->counts[i];
    for (int i = 0; i < MEASURES_LEVELS; i++)
        into->levels[i] += from->levels[i];
    into->largest = MAX(into->largest, from->largest);
    into->oldest = MAX(into->oldest, from->oldest);
    into->backlogs += from->backlogs;
    into->drained += from->drained;
    into->drain_time = MAX(into->drain_time, from->drain_time);
    into->stays += from->stays;
    into->busy += from->busy;
    into->wasted += from->wasted;
    into->expected += from->expected;
}
