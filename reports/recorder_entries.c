/* From the parts of a recorder to the entries of a result. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "reports/recorder_parts.h"

typedef struct Maker {
    Recorder *recorder;
    RunResult *result;
    uint32_t room;
    double spans[PHASE_COUNT]; /* seconds */
    uint32_t piece_count;      /* phases and batches: what an entry's measures are told by */
    double *offered;           /* requests of each workload by piece */
} Maker;

/* --- adding up */

static void take_samples(Measures *into, Measures *from)
{
    for (int i = 0; i < MEASURES_SAMPLES; i++) {
        if (into->samples[i] == NULL)
            into->samples[i] = g_steal_pointer(&from->samples[i]);
    }
    measures_add_samples(into, from);
    measures_clear(from);
}

/* Of a segment that is a phase, or of a slice's phase. */
static Phase phase_of(const Recorder *recorder, uint32_t phase)
{
    return recorder->phase_count == 1 ? PHASE_ALL : (Phase)(PHASE_BEFORE + phase);
}

/* The samples of batches stay with them too, those of phases move. */
static void add_segments(const Recorder *recorder, Entry *entry, const ScopeParts *scope,
                         Part *part)
{
    bool has_batches = scope->segment_count == recorder->batch_count;
    for (uint32_t i = 0; i < scope->segment_count; i++) {
        Measures *phase = &entry->phases[phase_of(recorder, i)];
        measures_add(phase, &part->segments[i]);
        if (has_batches)
            measures_add_samples(phase, &part->segments[i]);
        else
            take_samples(phase, &part->segments[i]);
    }
    if (has_batches)
        entry->batches = g_steal_pointer(&part->segments);
}

/* What belongs to slices of time goes to their windows and segments: levels, and the largest ones.
 */
static void add_levels(const Recorder *recorder, Entry *entry, const ScopeParts *scope, Part *part)
{
    const Timeline *timeline = &recorder->timeline;
    int levels = scope_levels(entry->scope);
    if (levels == 0)
        return;
    Series *series = &entry->series;
    series->levels = g_new0(double, (size_t)timeline->window_count *(size_t)levels);
    series->largest = g_new0(uint32_t, timeline->window_count);
    for (int level = 0; level < levels; level++)
        level_finish(part->levels[level], timeline);
    for (uint32_t i = 0; i < timeline->slice_count; i++) {
        uint32_t window = timeline->windows[i];
        Measures *segment = &part->segments[scope->segment_of_tag[timeline->phases[i] + 1]];
        for (int level = 0; level < levels; level++) {
            double sum = part->levels[level][i].sum;
            series->levels[window * (size_t)levels + (size_t)level] += sum;
            segment->levels[level] += sum;
        }
        series->largest[window] = MAX(series->largest[window], part->largest[i]);
        segment->largest = MAX(segment->largest, part->largest[i]);
    }
}

static void add_oldest(const Recorder *recorder, Entry *entry, const ScopeParts *scope, Part *part)
{
    const Timeline *timeline = &recorder->timeline;
    Series *series = &entry->series;
    series->oldest = g_new0(SimTime, timeline->window_count);
    for (uint32_t i = 0; i < timeline->slice_count; i++) {
        SimTime oldest = backlog_oldest(part->backlog, timeline, i);
        uint32_t window = timeline->windows[i];
        Measures *segment = &part->segments[scope->segment_of_tag[timeline->phases[i] + 1]];
        series->oldest[window] = MAX(series->oldest[window], oldest);
        segment->oldest = MAX(segment->oldest, oldest);
    }
}

static void add_drain(const Recorder *recorder, Part *part)
{
    if (recorder->faults_end >= recorder->timeline.end)
        return;
    SimTime time = backlog_drain_time(part->backlog);
    Measures *after = &part->segments[recorder->segment_count - 1];
    after->backlogs++;
    after->drained += time != SIM_TIME_NEVER;
    after->drain_time = time == SIM_TIME_NEVER ? 0 : time;
}

/* What was counted in a simpler way while the run went on: requests offered, by the time of their
 * start, and those that were complete when they ended. */
static void settle_requests(const Recorder *recorder, const ScopeParts *scope, Part *part)
{
    const Timeline *starts = &recorder->starts;
    for (uint32_t i = 0; i < starts->slice_count; i++)
        part->segments[starts->phases[i]].counts[REQUEST_OFFERED] += part->offered[i];
    for (uint32_t i = 0; i < scope->segment_count; i++)
        measures_settle(&part->segments[i]);
}

static void add_counts(const Recorder *recorder, Entry *entry, const Part *part)
{
    const Timeline *timeline = &recorder->timeline, *starts = &recorder->starts;
    size_t counts = (size_t)scope_counts(entry->scope);
    entry->series.counts = g_new0(uint64_t, timeline->window_count * counts);
    for (uint32_t i = 0; i < timeline->slice_count; i++) {
        uint64_t *window = &entry->series.counts[timeline->windows[i] * counts];
        for (size_t k = 0; k < counts; k++)
            window[k] += part->counts[i * counts + k];
    }
    for (uint32_t i = 0; part->offered != NULL && i < starts->slice_count; i++)
        entry->series.counts[starts->windows[i] * counts + REQUEST_OFFERED] += part->offered[i];
}

static void add_up_phases(Entry *entry, uint32_t phase_count)
{
    for (uint32_t i = 1; i < phase_count; i++) {
        measures_add(&entry->phases[PHASE_ALL], &entry->phases[i]);
        measures_add_samples(&entry->phases[PHASE_ALL], &entry->phases[i]);
    }
}

static void take_part(const Recorder *recorder, Entry *entry, const ScopeParts *scope, Part *part)
{
    if (part->segments == NULL)
        return;
    if (entry->scope == SCOPE_WORKLOAD)
        settle_requests(recorder, scope, part);
    add_counts(recorder, entry, part);
    add_levels(recorder, entry, scope, part);
    if (part->backlog != NULL) {
        add_oldest(recorder, entry, scope, part);
        add_drain(recorder, part);
    }
    add_segments(recorder, entry, scope, part);
    entry->phases[PHASE_ALL].stays += part->stays;
    add_up_phases(entry, recorder->phase_count == 1 ? 1 : PHASE_COUNT);
}

static void add_series(const Maker *maker, Entry *whole, const Entry *part)
{
    size_t windows = maker->recorder->timeline.window_count;
    size_t counts = windows * (size_t)scope_counts(whole->scope);
    size_t levels = windows * (size_t)scope_levels(whole->scope);
    if (part->series.counts == NULL)
        return;
    if (whole->series.counts == NULL) {
        whole->series.counts = g_new0(uint64_t, counts);
        whole->series.levels = g_new0(double, levels);
        whole->series.largest = g_new0(uint32_t, windows);
    }
    for (size_t i = 0; i < counts; i++)
        whole->series.counts[i] += part->series.counts[i];
    for (size_t i = 0; i < levels; i++)
        whole->series.levels[i] += part->series.levels[i];
    for (size_t i = 0; part->series.largest != NULL && i < windows; i++)
        whole->series.largest[i] = MAX(whole->series.largest[i], part->series.largest[i]);
    if (part->series.oldest != NULL && whole->series.oldest == NULL)
        whole->series.oldest = g_new0(SimTime, windows);
    for (size_t i = 0; part->series.oldest != NULL && i < windows; i++)
        whole->series.oldest[i] = MAX(whole->series.oldest[i], part->series.oldest[i]);
}

static void add_batches(const Maker *maker, Entry *whole, const Entry *part)
{
    if (part->batches == NULL)
        return;
    uint32_t count = maker->recorder->batch_count;
    if (whole->batches == NULL)
        whole->batches = g_new0(Measures, count);
    for (uint32_t i = 0; i < count; i++) {
        measures_add(&whole->batches[i], &part->batches[i]);
        measures_add_samples(&whole->batches[i], &part->batches[i]);
    }
}

static void add_entry(const Maker *maker, Entry *whole, const Entry *part, bool with_samples)
{
    for (uint32_t i = 0; i < maker->result->phase_count; i++) {
        measures_add(&whole->phases[i], &part->phases[i]);
        if (with_samples)
            measures_add_samples(&whole->phases[i], &part->phases[i]);
    }
    add_series(maker, whole, part);
    add_batches(maker, whole, part);
}

/* --- constants */

/* The measures of a phase, or of a batch behind the phases; NULL: the entry has no batches. */
static Measures *piece_of(const Maker *maker, Entry *entry, uint32_t piece)
{
    uint32_t phases = maker->result->phase_count;
    if (piece < phases)
        return &entry->phases[piece];
    return entry->batches == NULL ? NULL : &entry->batches[piece - phases];
}

static double span_of(const Maker *maker, uint32_t piece)
{
    return piece < maker->result->phase_count
               ? maker->spans[piece]
               : maker->spans[PHASE_ALL] / maker->recorder->batch_count;
}

static void set_spans(const Maker *maker, Entry *entry)
{
    for (uint32_t i = 0; i < maker->piece_count; i++) {
        Measures *measures = piece_of(maker, entry, i);
        if (measures != NULL)
            measures->span_s = span_of(maker, i);
    }
}

static void set_service(const Maker *maker, Entry *entry, uint32_t index)
{
    const ServiceConfig *service = &maker->result->topology->services[index];
    double replicas = service->replicas;
    bool has_threads = service->server == SERVER_THREAD_PER_REQUEST;
    bool is_bounded = has_threads || service->max_in_flight != UINT32_MAX;
    double threads = has_threads ? service->threads : service->max_in_flight;
    for (uint32_t i = 0; i < maker->piece_count; i++) {
        Measures *measures = piece_of(maker, entry, i);
        if (measures == NULL)
            continue;
        measures->replicas = replicas;
        measures->threads = is_bounded ? threads * replicas : 0;
    }
}

static void set_cores(const Maker *maker, Entry *entry, uint32_t index)
{
    const ServiceConfig *service = &maker->result->topology->services[index];
    for (uint32_t i = 0; service->has_cpu && i < maker->piece_count; i++) {
        Measures *measures = piece_of(maker, entry, i);
        if (measures != NULL)
            measures->cores = service->cpu.cores * service->replicas;
    }
}

static double expected_visits(const Maker *maker, uint32_t operation, uint32_t piece)
{
    const Topology *topology = maker->result->topology;
    double expected = 0;
    for (uint32_t i = 0; i < topology->workload_count; i++)
        expected += maker->offered[i * maker->piece_count + piece] *
                    topology->visits[(size_t)i * topology->operation_count + operation];
    return expected;
}

static void set_expected(const Maker *maker, Entry *entry, uint32_t operation)
{
    if (maker->result->topology->visits == NULL)
        return;
    for (uint32_t i = 0; i < maker->piece_count; i++) {
        Measures *measures = piece_of(maker, entry, i);
        if (measures != NULL)
            measures->expected = expected_visits(maker, operation, i);
    }
}

static void set_share(const Maker *maker, Entry *entry, const BrokerConfig *broker,
                      uint32_t part_count)
{
    for (uint32_t i = 0; i < maker->piece_count; i++) {
        Measures *measures = piece_of(maker, entry, i);
        if (measures != NULL)
            measures->is_share = broker->kind == BROKER_QUEUE && part_count > 2;
    }
}

/* --- entries */

static Entry *new_entry(Maker *maker, Scope scope, const char *name, const char *whole,
                        const char *part)
{
    RunResult *result = maker->result;
    if (result->entry_count == maker->room) {
        maker->room = maker->room == 0 ? 64 : maker->room * 2;
        result->entries = g_renew(Entry, result->entries, maker->room);
    }
    uint32_t index = result->entry_count++;
    result->entries[index] = (Entry){
        .scope = scope,
        .name = g_strdup(name),
        .whole = whole,
        .part = part,
        .phases = g_new0(Measures, result->phase_count),
        .samples_of = index,
    };
    return &result->entries[index];
}

static const char *const *sort_key(const ScopeParts *scope, uint32_t index)
{
    return &scope->part_labels[index];
}

static int compare_parts(const void *a, const void *b, void *scope)
{
    return strcmp(*sort_key(scope, *(const uint32_t *)a), *sort_key(scope, *(const uint32_t *)b));
}

static int compare_wholes(const void *a, const void *b, void *scope)
{
    const Whole *wholes = ((const ScopeParts *)scope)->wholes;
    return strcmp(wholes[*(const uint32_t *)a].name, wholes[*(const uint32_t *)b].name);
}

static uint32_t *sorted(ScopeParts *scope, uint32_t first, uint32_t count, GCompareDataFunc compare)
{
    uint32_t *order = g_new(uint32_t, MAX(count, 1));
    for (uint32_t i = 0; i < count; i++)
        order[i] = first + i;
    g_qsort_with_data(order, (gint)count, sizeof *order, compare, scope);
    return order;
}

static uint32_t operation_of_part(const Recorder *recorder, uint32_t service, uint32_t part)
{
    const ServiceConfig *config = &recorder->topology->services[service];
    return config->first_operation + part - recorder->services.wholes[service].first_part - 1;
}

static void make_part(Maker *maker, ScopeParts *scope, uint32_t whole_index, uint32_t index)
{
    Whole *whole = &scope->wholes[whole_index];
    g_autofree char *joined = g_strconcat(whole->name, "/", scope->part_labels[index], NULL);
    const char *name = scope->part_names[index] == NULL ? joined : scope->part_names[index];
    Entry *entry = new_entry(maker, scope->scope, name, whole->name, scope->part_labels[index]);
    take_part(maker->recorder, entry, scope, &scope->parts[index]);
    if (whole->part_latencies != NULL)
        entry->series.latencies =
            g_steal_pointer(&whole->part_latencies[index - whole->first_part]);
    set_spans(maker, entry);
    if (scope->scope == SCOPE_SERVICE) {
        set_service(maker, entry, whole_index);
        set_expected(maker, entry, operation_of_part(maker->recorder, whole_index, index));
    }
    if (scope->scope == SCOPE_BROKER)
        set_share(maker, entry, &maker->result->topology->brokers[whole_index], whole->part_count);
}

/* A whole that has one part shares its samples instead of copying them. */
static void add_up_parts(Maker *maker, uint32_t index, uint32_t part_count)
{
    Entry *entries = maker->result->entries;
    for (uint32_t i = 1; i <= part_count; i++)
        add_entry(maker, &entries[index], &entries[index + i], part_count > 1);
    if (part_count != 1)
        return;
    entries[index].samples_of = index + 1;
    for (uint32_t i = 0; i < maker->result->phase_count; i++)
        memcpy(entries[index].phases[i].samples, entries[index + 1].phases[i].samples,
               sizeof entries[index].phases[i].samples);
}

static void make_whole(Maker *maker, ScopeParts *scope, uint32_t whole_index)
{
    Whole *whole = &scope->wholes[whole_index];
    recorder_turn_window(maker->recorder, scope, whole, UINT32_MAX);
    const char *label = scope->scope == SCOPE_LINK ? NULL : "*";
    uint32_t index = maker->result->entry_count;
    Entry *entry = new_entry(maker, scope->scope, whole->name, whole->name, label);
    take_part(maker->recorder, entry, scope, &scope->parts[whole->first_part]);
    entry->series.latencies = g_steal_pointer(&whole->latencies);
    uint32_t part_count = whole->part_count - 1;
    g_autofree uint32_t *order = sorted(scope, whole->first_part + 1, part_count, compare_parts);
    for (uint32_t i = 0; i < part_count; i++)
        make_part(maker, scope, whole_index, order[i]);
    add_up_parts(maker, index, part_count);
    entry = &maker->result->entries[index];
    set_spans(maker, entry);
    if (scope->scope == SCOPE_SERVICE) {
        set_service(maker, entry, whole_index);
        set_cores(maker, entry, whole_index);
    }
}

static void make_scope(Maker *maker, ScopeParts *scope)
{
    g_autofree uint32_t *order = sorted(scope, 0, scope->whole_count, compare_wholes);
    for (uint32_t i = 0; i < scope->whole_count; i++)
        make_whole(maker, scope, order[i]);
}

/* The first entry is the system: the sum of what follows it, the workloads. */
static void make_system(Maker *maker)
{
    RunResult *result = maker->result;
    Entry system = {.scope = SCOPE_SYSTEM, .phases = result->entries[0].phases};
    for (uint32_t i = 1; i < result->entry_count; i++) {
        if (result->entries[i].part != NULL && strcmp(result->entries[i].part, "*") == 0)
            add_entry(maker, &system, &result->entries[i], true);
    }
    set_spans(maker, &system);
    system.series.latencies = g_steal_pointer(&maker->recorder->workloads.latencies);
    system.name = result->entries[0].name;
    system.whole = system.part = "*";
    result->entries[0] = system;
}

/* Of a segment of the starts: a phase, or a batch. */
static void add_offered(const Maker *maker, double *offered, uint32_t segment, double count)
{
    offered[PHASE_ALL] += count;
    if (maker->recorder->phase_count > 1)
        offered[phase_of(maker->recorder, segment)] += count;
    else if (maker->recorder->batch_count > 0)
        offered[maker->result->phase_count + segment] += count;
}

static void count_offered(Maker *maker)
{
    const ScopeParts *scope = &maker->recorder->workloads;
    const Timeline *starts = &maker->recorder->starts;
    maker->offered = g_new0(double, (size_t)scope->whole_count * maker->piece_count);
    for (uint32_t i = 0; i < scope->part_count; i++) {
        const Part *part = &scope->parts[i];
        double *offered = &maker->offered[part->whole * maker->piece_count];
        for (uint32_t k = 0; part->offered != NULL && k < starts->slice_count; k++)
            add_offered(maker, offered, starts->phases[k], (double)part->offered[k]);
    }
}

static void measure_spans(Maker *maker)
{
    const Timeline *timeline = &maker->recorder->timeline;
    SimTime end = timeline->start + maker->result->measured;
    for (uint32_t i = 0; i < timeline->slice_count; i++) {
        SimTime high = MIN(timeline->bounds[i + 1], end);
        if (high > timeline->bounds[i] && maker->recorder->phase_count > 1)
            maker->spans[PHASE_BEFORE + timeline->phases[i]] +=
                sim_time_to_s(high - timeline->bounds[i]);
    }
    maker->spans[PHASE_ALL] = sim_time_to_s(maker->result->measured);
}

void recorder_make_entries(Recorder *recorder, RunResult *result)
{
    Maker maker = {.recorder = recorder,
                   .result = result,
                   .piece_count = result->phase_count + recorder->batch_count};
    measure_spans(&maker);
    count_offered(&maker);
    new_entry(&maker, SCOPE_SYSTEM, "*", "*", "*");
    make_scope(&maker, &recorder->workloads);
    make_system(&maker);
    make_scope(&maker, &recorder->services);
    make_scope(&maker, &recorder->links);
    make_scope(&maker, &recorder->brokers);
    g_free(maker.offered);
}
