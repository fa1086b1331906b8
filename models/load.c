#include "models/load.h"

#include <math.h>

#include "models/arrival/arrival.h"
#include "models/reader/call_graph.h"

/* --- demand of operations
 *
 * Callees come before callers. Inside a cycle of calls the demand is found by going round until it
 * settles. */

#define ROUNDS_MAX 1000
#define SETTLED    1e-9
#define JOINS_MAX                                                                                  \
    200u /* branches of which fewer than all are waited for; sorting more costs too much */

typedef struct Demand {
    const Topology *topology;
    OperationDemand *operations;
} Demand;

/* What a stretch of code needs: time for whoever runs it, and CPU time (branches included). */
typedef struct Stretch {
    double time;
    double compute;
    double reply; /* time up to STEP_REPLY; NaN if it is not in here */
} Stretch;

static double mean_of(const Distribution *distribution)
{
    return distribution == NULL ? 0 : distribution_mean(distribution);
}

static double transfer_time(double bandwidth, int64_t size)
{
    return bandwidth > 0 ? (double)size * 8e9 / bandwidth : 0;
}

/* Into a broker and out of it. */
static double broker_time(const Topology *topology, uint32_t broker, int64_t size)
{
    const BrokerConfig *config = &topology->brokers[broker];
    return mean_of(config->publish_latency) + mean_of(config->delivery_latency) +
           2 * transfer_time(config->bandwidth, size);
}

static double call_time(const Demand *demand, const Step *step)
{
    const CallSite *site = &demand->topology->call_sites[step->index];
    const LinkConfig *link = &demand->topology->links[site->link];
    double latency = mean_of(link->latency);
    double there = link->via == NO_INDEX
                       ? latency + transfer_time(link->bandwidth, site->request_size)
                       : broker_time(demand->topology, link->via, site->request_size);
    double back = link->reply_via == NO_INDEX
                      ? latency + transfer_time(link->bandwidth, site->response_size)
                      : broker_time(demand->topology, link->reply_via, site->response_size);
    if (link->mode == LINK_ASYNC)
        return 0;
    return there + back + demand->operations[site->operation].reply;
}

static Stretch measure(const Demand *demand, uint32_t from, uint32_t until);

static void add(Stretch *to, Stretch part, double factor)
{
    to->time += factor == 0 ? 0 : factor * part.time;
    to->compute += factor == 0 ? 0 : factor * part.compute;
}

/* The k-th smallest time of the branches: when that many have ended. A bound from below for the
 * mean, exact for constants. */
static double join_time(double *times, uint32_t count, uint32_t needed)
{
    for (uint32_t i = 0; i < needed; i++) {
        for (uint32_t k = i + 1; k < count; k++) {
            if (times[k] < times[i]) {
                double swap = times[i];
                times[i] = times[k];
                times[k] = swap;
            }
        }
    }
    return times[needed - 1];
}

static double longest(const double *times, uint32_t count)
{
    double max = 0;
    for (uint32_t i = 0; i < count; i++)
        max = fmax(max, times[i]);
    return max;
}

static void add_branches(const Demand *demand, const Step *step, Stretch *sum)
{
    double *times = g_new0(double, step->target_count);
    for (uint32_t i = 0; i < step->target_count; i++) {
        uint32_t until = i + 1 < step->target_count ? step->targets[i + 1] : step->target;
        double before = step->weights == NULL || i == 0 ? 0 : step->weights[i - 1];
        double share = step->weights == NULL ? 1 : step->weights[i] - before;
        Stretch branch = measure(demand, step->targets[i], until);
        times[i] = branch.time;
        if (step->kind != STEP_CHOOSE)
            branch.time = 0;
        add(sum, branch, share);
    }
    if (step->kind == STEP_FORK && step->needed == step->target_count)
        sum->time += longest(times, step->target_count);
    else if (step->kind == STEP_FORK && step->target_count <= JOINS_MAX)
        sum->time += join_time(times, step->target_count, step->needed);
    g_free(times);
}

static uint32_t measure_step(const Demand *demand, uint32_t pc, Stretch *sum)
{
    const Step *step = &demand->topology->code[pc];
    switch ((StepKind)step->kind) {
    case STEP_COMPUTE:
        sum->compute += mean_of(step->duration);
        sum->time += mean_of(step->duration);
        return pc + 1;
    case STEP_WAIT:
        sum->time += mean_of(step->duration);
        return pc + 1;
    case STEP_CALL:
        sum->time += call_time(demand, step);
        return pc + 1;
    case STEP_SKIP:
        add(sum, measure(demand, pc + 1, step->target), 1 - step->probability);
        return step->target;
    case STEP_LOOP:
        add(sum, measure(demand, pc + 1, step->target - 1), count_mean(step->count));
        return step->target;
    case STEP_CHOOSE:
    case STEP_FORK:
    case STEP_SPAWN:
        add_branches(demand, step, sum);
        return step->target;
    case STEP_JUMP:
        return step->target;
    case STEP_REPLY:
        sum->reply = sum->time;
        return pc + 1;
    case STEP_PUBLISH:
    case STEP_FAIL:
    case STEP_LOOP_NEXT:
    case STEP_BRANCH_END:
    case STEP_DEGRADED:
    case STEP_END:
        return pc + 1;
    }
    return pc + 1;
}

static Stretch measure(const Demand *demand, uint32_t from, uint32_t until)
{
    Stretch sum = {.reply = (double)NAN};
    for (uint32_t pc = from; pc < until;)
        pc = measure_step(demand, pc, &sum);
    return sum;
}

/* Returns by how much the time to reply has grown. */
static double update(Demand *demand, uint32_t operation)
{
    const Topology *topology = demand->topology;
    OperationDemand *known = &demand->operations[operation];
    Stretch all =
        measure(demand, topology->operations[operation].entry, operation_end(topology, operation));
    double grown = all.reply - known->reply;
    *known = (OperationDemand){.compute = all.compute, .reply = all.reply, .hold = all.time};
    return grown;
}

static bool calls_itself(const Graph *graph, uint32_t node)
{
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        if (graph_edge(graph, i)->to == node)
            return true;
    }
    return false;
}

static void settle(Demand *demand, const Graph *graph, const uint32_t *nodes, uint32_t count)
{
    bool is_cycle = count > 1 || calls_itself(graph, nodes[0]);
    double all = 0;
    double grown = 0;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        grown = 0;
        all = 0;
        for (uint32_t i = 0; i < count; i++) {
            grown += update(demand, nodes[i]);
            all += demand->operations[nodes[i]].reply;
        }
        if (!is_cycle || grown <= SETTLED * all || (uint64_t)round * count > 1000000)
            break;
    }
    for (uint32_t i = 0; is_cycle && !(grown <= SETTLED * all) && i < count; i++)
        demand->operations[nodes[i]].reply = demand->operations[nodes[i]].hold = (double)INFINITY;
}

OperationDemand *topology_demand(const Topology *topology)
{
    uint32_t count = topology->operation_count;
    Demand demand = {topology, g_new0(OperationDemand, MAX(count, 1u))};
    Graph graph;
    call_graph_init_sync(&graph, topology);
    uint32_t *order = g_new(uint32_t, MAX(count, 1u));
    uint32_t *starts = g_new(uint32_t, (gsize)count + 1);
    uint32_t components = graph_order(&graph, order, starts);
    for (uint32_t c = components; c-- > 0;)
        settle(&demand, &graph, order + starts[c], starts[c + 1] - starts[c]);
    g_free(order);
    g_free(starts);
    graph_clear(&graph);
    return demand.operations;
}

/* --- rates */

double workload_rate(const Topology *topology, uint32_t index)
{
    const WorkloadConfig *workload = &topology->workloads[index];
    if (workload->is_closed || workload->arrival.kind == NULL)
        return (double)NAN;
    double batch = workload->batch == NULL ? 1 : count_mean(workload->batch);
    return batch * arrival_mean_rate(workload, topology->simulation.duration);
}

typedef double (*RateOf)(const Topology *topology, uint32_t workload);

static double *operation_rates(const Topology *topology, RateOf rate_of)
{
    double *rates = g_new0(double, MAX(topology->operation_count, 1u));
    for (uint32_t w = 0; w < topology->workload_count; w++) {
        double rate = rate_of(topology, w);
        const double *visits = topology->visits + (size_t)w * topology->operation_count;
        for (uint32_t i = 0; !isnan(rate) && i < topology->operation_count; i++)
            rates[i] += rate * visits[i];
    }
    return rates;
}

static ServiceLoad service_load(const ServiceConfig *service, const double *rates,
                                const OperationDemand *demands)
{
    ServiceLoad load = {0};
    for (uint32_t k = 0; k < service->operation_count; k++) {
        double rate = rates[service->first_operation + k];
        const OperationDemand *demand = &demands[service->first_operation + k];
        if (!(rate > 0))
            continue;
        load.rate += rate;
        load.core_utilization += rate * demand->compute / (double)SIM_TIME_S;
        load.thread_utilization += rate * demand->hold / (double)SIM_TIME_S;
    }
    load.core_utilization /=
        service->has_cpu ? service->replicas * service->cpu.cores : (double)NAN;
    load.thread_utilization /= service->server == SERVER_THREAD_PER_REQUEST
                                   ? (double)service->replicas * service->threads
                                   : (double)NAN;
    return load;
}

static ServiceLoad *loads_at(const Topology *topology, const double *rates)
{
    ServiceLoad *loads = g_new0(ServiceLoad, MAX(topology->service_count, 1u));
    g_autofree OperationDemand *demands = topology_demand(topology);
    for (uint32_t i = 0; i < topology->service_count; i++)
        loads[i] = service_load(&topology->services[i], rates, demands);
    return loads;
}

ServiceLoad *topology_load(const Topology *topology)
{
    g_autofree double *rates = operation_rates(topology, workload_rate);
    return loads_at(topology, rates);
}

/* --- bounds for closed workloads */

double service_load_largest(const ServiceLoad *load)
{
    return fmax(isnan(load->core_utilization) ? 0 : load->core_utilization,
                isnan(load->thread_utilization) ? 0 : load->thread_utilization);
}

/* Requests per second at which the workload alone keeps its busiest service busy all the time. */
static double saturation_rate(const Topology *topology, uint32_t workload)
{
    g_autofree ServiceLoad *loads =
        loads_at(topology, topology->visits + (size_t)workload * topology->operation_count);
    double largest = 0;
    for (uint32_t i = 0; i < topology->service_count; i++)
        largest = fmax(largest, service_load_largest(&loads[i]));
    return largest > 0 ? 1 / largest : (double)INFINITY;
}

/* s of one round of a user when nothing waits: thinking, the way, the answer. */
static double round_time(const Topology *topology, const WorkloadConfig *workload)
{
    g_autofree OperationDemand *demands = topology_demand(topology);
    double time = mean_of(workload->think_time), before = 0;
    for (uint32_t i = 0; i < workload->site_count; i++) {
        const CallSite *site = &topology->call_sites[workload->sites[i]];
        double share = workload->weights[i] - before;
        before = workload->weights[i];
        time += share *
                (2 * mean_of(topology->links[site->link].latency) + demands[site->operation].reply);
    }
    return time / (double)SIM_TIME_S;
}

double workload_rate_bound(const Topology *topology, uint32_t index)
{
    const WorkloadConfig *workload = &topology->workloads[index];
    if (!workload->is_closed)
        return workload_rate(topology, index);
    double round = round_time(topology, workload);
    double unhindered = round > 0 ? workload->users / round : (double)INFINITY;
    double bound = fmin(unhindered, saturation_rate(topology, index));
    return isfinite(bound) ? bound : (double)NAN;
}

ServiceLoad *topology_load_bound(const Topology *topology)
{
    g_autofree double *rates = operation_rates(topology, workload_rate_bound);
    return loads_at(topology, rates);
}
