#include "models/arrival/arrival.h"

#include <glib.h>
#include <math.h>

#include "models/arrival/rate_curve.h"
#include "models/fault/fault.h"

#define ARRIVAL_KIND(name) extern const ArrivalKind arrival_##name;
#include "models/arrival/kinds.def"
#undef ARRIVAL_KIND

static const Kind *const kinds[] = {
#define ARRIVAL_KIND(name) &arrival_##name.kind,
#include "models/arrival/kinds.def"
#undef ARRIVAL_KIND
    NULL,
};

const Family arrival_family = {
    .name = "arrival",
    .selector = "process",
    .fallback = "poisson",
    .place = "/workloads/<workload>/arrival",
    .kinds = kinds,
};

static double profile_mean(const WorkloadConfig *workload, SimTime duration)
{
    double sum = 0;
    SimTime start = 0;
    for (uint32_t i = 0; i < workload->profile_count && start < duration; i++) {
        const RatePiece *piece = &workload->profile[i];
        SimTime until = MIN(piece->until, duration);
        double span = (double)(until - start), length = (double)(piece->until - start);
        double end = piece->from + (piece->to - piece->from) * (span / length);
        sum += span * (piece->from + end) / 2;
        start = until;
    }
    return sum / (double)duration;
}

double arrival_mean_rate(const WorkloadConfig *workload, SimTime duration)
{
    const ArrivalKind *kind = (const ArrivalKind *)(const void *)workload->arrival.kind;
    if (workload->profile != NULL)
        return profile_mean(workload, duration);
    return kind->mean_rate(workload->arrival.config, duration);
}

struct ArrivalProcess {
    const ArrivalKind *kind;
    const WorkloadConfig *workload;
    ArrivalSource source;
    SimRng batches;
    SimTime end;  /* of the measured part */
    SimTime next; /* the arrival known ahead */
    bool has_next;
};

#define PER_NS (1.0 / (double)SIM_TIME_S)

/* The profile counts from the start of measurement; its first rate holds before that, too. */
static CurvePiece *profile_pieces(const WorkloadConfig *workload, SimTime warmup, uint32_t *count)
{
    CurvePiece *pieces = g_new(CurvePiece, workload->profile_count + 1);
    uint32_t used = 0;
    if (warmup > 0)
        pieces[used++] = (CurvePiece){.end = (double)warmup,
                                      .from = workload->profile[0].from * PER_NS,
                                      .to = workload->profile[0].from * PER_NS};
    for (uint32_t i = 0; i < workload->profile_count; i++) {
        const RatePiece *piece = &workload->profile[i];
        double end =
            piece->until == SIM_TIME_NEVER ? INFINITY : (double)warmup + (double)piece->until;
        pieces[used++] =
            (CurvePiece){.end = end, .from = piece->from * PER_NS, .to = piece->to * PER_NS};
    }
    *count = used;
    return pieces;
}

static RateCurve *curve_new(const ArrivalProcess *process, const Topology *topology)
{
    const WorkloadConfig *workload = process->workload;
    uint32_t count = 1;
    if (process->kind->has_rate && workload->profile != NULL) {
        CurvePiece *pieces = profile_pieces(workload, topology->simulation.warmup, &count);
        return rate_curve_new(pieces, count);
    }
    double rate =
        process->kind->has_rate ? *(const double *)workload->arrival.config * PER_NS : 1.0;
    CurvePiece *pieces = g_new(CurvePiece, 1);
    pieces[0] = (CurvePiece){.end = INFINITY, .from = rate, .to = rate};
    return rate_curve_new(pieces, count);
}

static void add_spikes(RateCurve *curve, const Topology *topology, uint32_t workload,
                       const FaultSchedule *faults)
{
    for (uint32_t i = 0; i < faults->count; i++) {
        const FaultWindow *window = &faults->windows[i];
        const FaultConfig *fault = &topology->faults[window->fault];
        if (fault->target != TARGET_WORKLOAD || fault->target_index != workload ||
            fault_kind(fault)->load_factor == NULL)
            continue;
        double end = window->end == SIM_TIME_NEVER ? INFINITY : (double)window->end;
        rate_curve_scale(curve, (double)window->start, end,
                         fault_kind(fault)->load_factor(fault->type.config));
    }
}

/* One arrival is known ahead: the draw that the clock waits for has been made while other work went
 * on, which a processor that looks ahead turns into time. */
static void look_ahead(ArrivalProcess *process)
{
    ArrivalSource *source = &process->source;
    double at;
    source->index++;
    process->has_next = process->kind->next(source, &at) && at < (double)process->end;
    process->next = process->has_next ? sim_time_from_ns(at) : SIM_TIME_NEVER;
}

ArrivalProcess *arrival_process_new(const Topology *topology, uint32_t workload, uint64_t seed,
                                    uint32_t replication, const FaultSchedule *faults)
{
    ArrivalProcess *process = g_new0(ArrivalProcess, 1);
    process->workload = &topology->workloads[workload];
    process->kind = (const ArrivalKind *)(const void *)process->workload->arrival.kind;
    sim_rng_init(&process->batches);
    sim_rng_at(&process->batches, sim_key(seed, replication, process->workload->name, "batch"), 0,
               0);
    process->end = topology->simulation.warmup + topology->simulation.duration;
    ArrivalSource *source = &process->source;
    sim_rng_init(&source->rng);
    sim_rng_at(&source->rng, sim_key(seed, replication, process->workload->name, "arrival"), 0, 0);
    source->config = process->workload->arrival.config;
    source->state = g_malloc0(process->kind->state_size + 1);
    source->measure_from = topology->simulation.warmup;
    source->end = (double)process->end;
    source->curve = curve_new(process, topology);
    add_spikes(source->curve, topology, workload, faults);
    if (process->kind->start != NULL)
        process->kind->start(source);
    look_ahead(process);
    return process;
}

void arrival_process_free(ArrivalProcess *process)
{
    if (process == NULL)
        return;
    if (process->kind->stop != NULL)
        process->kind->stop(&process->source);
    rate_curve_free(process->source.curve);
    g_free(process->source.state);
    g_free(process);
}

bool arrival_process_next(ArrivalProcess *process, SimTime *time, uint32_t *count)
{
    if (!process->has_next || process->next >= process->end)
        return false;
    *time = process->next;
    *count = 1;
    if (process->workload->batch != NULL)
        *count = count_draw(process->workload->batch, &process->batches.gsl);
    look_ahead(process);
    return true;
}
