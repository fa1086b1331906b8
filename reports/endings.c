#include "reports/endings.h"

#include <math.h>

#include "reports/recorder.h"
#include "reports/statistics.h"
#include "reports/study_parts.h"

#define RECOVERED  0.95
#define LAST_SHARE 0.1 /* of the measured part */

/* --- which there are */

static uint32_t recoveries(const Topology *topology)
{
    return topology->fault_count > 0 ? topology->workload_count : 0;
}

uint32_t run_ending_count(const Topology *topology)
{
    return recoveries(topology) + topology->slo_count;
}

const char *run_ending_kind(const Topology *topology, uint32_t index)
{
    return index < recoveries(topology) ? "recovered" : "met";
}

const char *run_ending_name(const Topology *topology, uint32_t index)
{
    uint32_t first = recoveries(topology);
    return index < first ? topology->workloads[index].name : topology->slos[index - first].name;
}

/* --- recovered */

static double good_share(const Measures *measures)
{
    uint64_t offered = measures->counts[REQUEST_OFFERED];
    return offered == 0 ? (double)NAN : (double)measures->counts[REQUEST_GOOD] / (double)offered;
}

static double share_at_the_end(const RunResult *result, const Entry *entry)
{
    SimTime after = sim_time_from_ns(entry->phases[PHASE_AFTER].span_s * (double)SIM_TIME_S);
    SimTime last = MIN(after, (SimTime)(LAST_SHARE * (double)result->measured));
    SimTime from = result->measured - last;
    Measures sum = {0};
    for (uint32_t i = 0; i < result->window_count; i++) {
        if (result->window * i < from)
            continue;
        Measures window = run_result_window(result, entry, i);
        sum.counts[REQUEST_OFFERED] += window.counts[REQUEST_OFFERED];
        sum.counts[REQUEST_GOOD] += window.counts[REQUEST_GOOD];
    }
    return good_share(&sum);
}

static RunEnding has_recovered(const RunResult *result, const char *workload)
{
    const Entry *entry = run_result_find(result, SCOPE_WORKLOAD, workload);
    if (result->phase_count == 1)
        return ENDING_UNKNOWN;
    double before = good_share(&entry->phases[PHASE_BEFORE]);
    double end = share_at_the_end(result, entry);
    if (isnan(before) || isnan(end))
        return ENDING_UNKNOWN;
    return end >= RECOVERED * before ? ENDING_YES : ENDING_NO;
}

/* --- met */

static uint64_t ended(const Measures *measures, const SloConfig *slo)
{
    const uint64_t *counts = measures->counts;
    if (slo->workload != NO_INDEX)
        return counts[REQUEST_SUCCEEDED] + counts[REQUEST_FAILED] + counts[REQUEST_TIMED_OUT] +
               counts[REQUEST_REJECTED];
    return counts[VISITS_COMPLETED] + counts[VISITS_FAILED] + counts[VISITS_REJECTED] +
           counts[VISITS_ABANDONED];
}

static RunEnding is_met(const RunResult *result, const SloConfig *slo)
{
    const Topology *topology = result->topology;
    bool is_of_workload = slo->workload != NO_INDEX;
    const Entry *entry =
        is_of_workload
            ? run_result_find(result, SCOPE_WORKLOAD, topology->workloads[slo->workload].name)
            : run_result_find(result, SCOPE_SERVICE,
                              topology->operations[slo->operation].full_name);
    const Measures *measures = &entry->phases[PHASE_ALL];
    const Histogram *samples = measures->samples[is_of_workload ? REQUEST_LATENCY : VISIT_RESPONSE];
    uint64_t all = ended(measures, slo);
    uint64_t good = samples == NULL ? 0 : histogram_count_at_most(samples, slo->latency);
    if (all == 0)
        return ENDING_UNKNOWN;
    return (double)good >= slo->objective_percent / 100 * (double)all ? ENDING_YES : ENDING_NO;
}

RunEnding run_ending(const RunResult *result, uint32_t index)
{
    const Topology *topology = result->topology;
    uint32_t first = recoveries(topology);
    if (result->stop != STOP_FINISHED && result->stop != STOP_DRAIN_LIMIT)
        return ENDING_UNKNOWN;
    if (index < first)
        return has_recovered(result, topology->workloads[index].name);
    return is_met(result, &topology->slos[index - first]);
}

/* --- shares */

EndingShare study_ending(const Study *study, uint32_t variant, uint32_t index)
{
    const StudyRuns *runs = study_runs(study, variant);
    EndingShare share = {0};
    for (uint32_t i = 0; i < runs->runs->len; i++) {
        const StudyRun *run = g_ptr_array_index(runs->runs, i);
        if (run == NULL || run->endings[index] == ENDING_UNKNOWN)
            continue;
        share.known++;
        share.yes += run->endings[index] == ENDING_YES;
    }
    share.share = share.known == 0 ? (double)NAN : (double)share.yes / share.known;
    binomial_interval(share.yes, share.known, &share.low, &share.high);
    return share;
}
