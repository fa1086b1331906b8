#include "reports/run_result.h"

#include <string.h>

const char *phase_name(Phase phase)
{
    static const char *const names[PHASE_COUNT] = {"all", "before", "during", "after"};
    return names[phase];
}

void run_events_free(GArray *events)
{
    if (events == NULL)
        return;
    for (guint i = 0; i < events->len; i++) {
        RunEvent *event = &g_array_index(events, RunEvent, i);
        g_free(event->type);
        g_free(event->subject);
        g_free(event->detail);
    }
    g_array_free(events, TRUE);
}

void run_result_drop_batches(RunResult *result)
{
    for (uint32_t i = 0; i < result->entry_count; i++) {
        Entry *entry = &result->entries[i];
        for (uint32_t k = 0; entry->batches != NULL && k < result->batches_made; k++)
            measures_clear(&entry->batches[k]);
        g_free(entry->batches);
        entry->batches = NULL;
    }
}

void run_result_drop_samples(RunResult *result)
{
    for (uint32_t i = 0; i < result->entry_count; i++) {
        Entry *entry = &result->entries[i];
        for (uint32_t phase = 0; phase < result->phase_count; phase++) {
            if (entry->samples_of == i)
                measures_clear(&entry->phases[phase]);
            else
                memset(entry->phases[phase].samples, 0, sizeof entry->phases[phase].samples);
        }
    }
}

void run_result_free(RunResult *result)
{
    if (result == NULL)
        return;
    run_result_drop_samples(result);
    run_result_drop_batches(result);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        Entry *entry = &result->entries[i];
        g_free(entry->phases);
        g_free(entry->name);
        g_free(entry->series.counts);
        g_free(entry->series.levels);
        g_free(entry->series.largest);
        g_free(entry->series.oldest);
        g_free(entry->series.latencies);
    }
    g_free(result->entries);
    run_events_free(result->events);
    g_free(result->problem);
    g_free(result);
}

const Entry *run_result_find(const RunResult *result, Scope scope, const char *name)
{
    for (uint32_t i = 0; i < result->entry_count; i++) {
        if (result->entries[i].scope == scope && strcmp(result->entries[i].name, name) == 0)
            return &result->entries[i];
    }
    return NULL;
}

Measures run_result_window(const RunResult *result, const Entry *entry, uint32_t window)
{
    Measures measures = entry->phases[PHASE_ALL];
    memset(measures.counts, 0, sizeof measures.counts);
    memset(measures.levels, 0, sizeof measures.levels);
    memset(measures.samples, 0, sizeof measures.samples);
    measures.largest = 0;
    measures.oldest = 0;
    measures.backlogs = measures.drained = 0;
    measures.stays = measures.busy = measures.wasted = measures.expected = 0;
    SimTime start = result->window * window;
    measures.span_s = sim_time_to_s(MIN(result->window, result->measured - start));
    size_t counts = (size_t)scope_counts(entry->scope), levels = (size_t)scope_levels(entry->scope);
    const Series *series = &entry->series;
    if (series->counts != NULL)
        memcpy(measures.counts, &series->counts[window * counts], counts * sizeof(uint64_t));
    if (series->levels != NULL)
        memcpy(measures.levels, &series->levels[window * levels], levels * sizeof(double));
    if (series->largest != NULL)
        measures.largest = series->largest[window];
    if (series->oldest != NULL)
        measures.oldest = series->oldest[window];
    measures.window = series->latencies == NULL ? NULL : &series->latencies[window];
    return measures;
}
