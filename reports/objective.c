#include "reports/objective.h"

#include <math.h>
#include <string.h>

#include "reports/statistics.h"
#include "reports/study_parts.h"

/* Utilisations that are taken for equal. */
#define AS_BUSY 0.95

const char *objective_verdict_name(ObjectiveVerdict verdict)
{
    static const char *const names[] = {"pass", "fail", "undecided"};
    return names[verdict];
}

/* --- figures */

static double attained(const Entry *entry)
{
    const uint64_t *counts = entry->phases[PHASE_ALL].counts;
    uint64_t offered = counts[REQUEST_OFFERED];
    return offered == 0 ? (double)NAN : (double)counts[REQUEST_GOOD] / (double)offered;
}

static uint64_t ended(const uint64_t *counts)
{
    return counts[REQUEST_SUCCEEDED] + counts[REQUEST_FAILED] + counts[REQUEST_TIMED_OUT] +
           counts[REQUEST_REJECTED];
}

/* In the second half: the first may still be filling up. */
static double kept_up(const RunResult *result, const Entry *entry)
{
    uint64_t offered = 0, out = 0;
    for (uint32_t i = result->window_count / 2; i < result->window_count; i++) {
        Measures window = run_result_window(result, entry, i);
        offered += window.counts[REQUEST_OFFERED];
        out += ended(window.counts);
    }
    return offered == 0 ? (double)NAN : (double)out / (double)offered;
}

static Figure figure_of(const double *values, uint32_t count)
{
    uint32_t used;
    double mean = values_mean(values, count, &used);
    Interval interval = interval_around(mean, values, count);
    return (Figure){mean, interval.low, interval.high, false};
}

void objective_figures(const Study *study, Figure *figures)
{
    const Topology *topology = study_variant(study, 0)->topology;
    const char *name = topology->workloads[topology->slos[0].workload].name;
    uint32_t entry = study_find_entry(study_runs(study, 0), SCOPE_WORKLOAD, name);
    uint32_t count = study_replication_count(study, 0);
    g_autofree double *shares = g_new(double, count), *kept = g_new(double, count);
    for (uint32_t i = 0; i < count; i++) {
        const RunResult *result = study_run(study, 0, i);
        shares[i] = result == NULL ? (double)NAN : attained(&result->entries[entry]);
        kept[i] = result == NULL ? (double)NAN : kept_up(result, &result->entries[entry]);
    }
    figures[OBJECTIVE_ATTAINED] = figure_of(shares, count);
    figures[OBJECTIVE_KEPT_UP] = figure_of(kept, count);
}

/* --- judging */

static double low_of(const Figure *figure)
{
    return isnan(figure->low) ? figure->value : figure->low;
}

static double high_of(const Figure *figure)
{
    return isnan(figure->high) ? figure->value : figure->high;
}

ObjectiveVerdict objective_judge(const Figure figures[OBJECTIVE_FIGURES], double share)
{
    const Figure *shares = &figures[OBJECTIVE_ATTAINED], *kept = &figures[OBJECTIVE_KEPT_UP];
    if (high_of(shares) < share || high_of(kept) < KEPT_UP_SHARE)
        return OBJECTIVE_MISSED;
    return low_of(shares) >= share ? OBJECTIVE_MET : OBJECTIVE_OPEN;
}

/* --- what limits */

static double utilization(const GArray *metrics, const PointRecord *record, const char *service,
                          bool is_cpu)
{
    uint32_t index = metrics_find(metrics, SCOPE_SERVICE, service,
                                  is_cpu ? "cpu_utilization" : "thread_utilization");
    double value = index == NO_INDEX ? (double)NAN : point_record_figure(record, index).value;
    return isnan(value) ? 0 : value;
}

static double busiest(const GArray *metrics, const PointRecord *record, const char *service)
{
    return MAX(utilization(metrics, record, service, true),
               utilization(metrics, record, service, false));
}

static double busiest_of_all(const Topology *topology, const GArray *metrics,
                             const PointRecord *record)
{
    double most = 0;
    for (uint32_t i = 0; i < topology->service_count; i++)
        most = MAX(most, busiest(metrics, record, topology->services[i].name));
    return most;
}

/* Its cores are not as busy as its threads, and somebody whom it calls and waits for is. */
static bool waits_for_another(const Topology *topology, const GArray *metrics,
                              const PointRecord *record, uint32_t service, double as_busy)
{
    if (utilization(metrics, record, topology->services[service].name, true) >= as_busy)
        return false;
    for (uint32_t i = 0; i < topology->link_count; i++) {
        const LinkConfig *link = &topology->links[i];
        if (link->caller == service && link->callee != service && link->mode != LINK_ASYNC &&
            busiest(metrics, record, topology->services[link->callee].name) >= as_busy)
            return true;
    }
    return false;
}

LimitingResource objective_limit(const Topology *topology, const GArray *metrics,
                                 const PointRecord *record)
{
    double as_busy = AS_BUSY * busiest_of_all(topology, metrics, record);
    LimitingResource found = {0};
    bool found_waits = true;
    for (uint32_t i = 0; i < topology->service_count && as_busy > 0; i++) {
        const char *name = topology->services[i].name;
        double used = busiest(metrics, record, name);
        bool waits = waits_for_another(topology, metrics, record, i, as_busy);
        if (used < as_busy || (waits && !found_waits) ||
            (waits == found_waits && used <= found.utilization))
            continue;
        found = (LimitingResource){name, utilization(metrics, record, name, true) >= as_busy, used};
        found_waits = waits;
    }
    return found;
}
