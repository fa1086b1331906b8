#include "reports/columns.h"

#include <math.h>

/* --- computed values */

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : (double)NAN;
}

static double count_of(const Measures *measures, int index)
{
    return (double)measures->counts[index];
}

static double time_average(const Measures *measures, int level)
{
    return ratio(measures->levels[level], measures->span_s * 1e9);
}

static double request_completed(const Measures *measures)
{
    return count_of(measures, REQUEST_SUCCEEDED) + count_of(measures, REQUEST_FAILED) +
           count_of(measures, REQUEST_TIMED_OUT) + count_of(measures, REQUEST_REJECTED);
}

static double request_throughput(const Measures *measures)
{
    double replies = request_completed(measures) - count_of(measures, REQUEST_TIMED_OUT);
    return ratio(replies, measures->span_s);
}

static double request_availability(const Measures *measures)
{
    return ratio(count_of(measures, REQUEST_SUCCEEDED), request_completed(measures));
}

static double service_replicas(const Measures *measures)
{
    return measures->replicas;
}

static double service_threads_used(const Measures *measures)
{
    return ratio(time_average(measures, LEVEL_SERVICE), measures->threads);
}

static double service_cpu_used(const Measures *measures)
{
    return ratio(time_average(measures, LEVEL_CPU), measures->cores);
}

static double service_in_system(const Measures *measures)
{
    return time_average(measures, LEVEL_QUEUE) + time_average(measures, LEVEL_SERVICE);
}

static double service_queue(const Measures *measures)
{
    return time_average(measures, LEVEL_QUEUE);
}

static double largest(const Measures *measures)
{
    return measures->span_s > 0 ? (double)measures->largest : (double)NAN;
}

static double service_wasted(const Measures *measures)
{
    return ratio(measures->wasted, measures->busy);
}

static double service_amplification(const Measures *measures)
{
    return ratio(count_of(measures, VISITS_ARRIVED), measures->expected);
}

static double link_failed(const Measures *measures)
{
    double failed = 0;
    for (int i = OUTCOME_SUCCESS + 1; i < OUTCOME_COUNT; i++)
        failed += count_of(measures, LINK_OUTCOMES + i);
    return failed;
}

static double link_amplification(const Measures *measures)
{
    return ratio(count_of(measures, LINK_ATTEMPTS), count_of(measures, LINK_CALLS));
}

/* What arrives at a queue with several consumers, and what waits in it, is not one consumer's. */
static double of_whole_queue(const Measures *measures, double value)
{
    return measures->is_share ? (double)NAN : value;
}

static double broker_published(const Measures *measures)
{
    return of_whole_queue(measures, count_of(measures, BROKER_PUBLISHED));
}

static double broker_rejected(const Measures *measures)
{
    return of_whole_queue(measures, count_of(measures, BROKER_REJECTED));
}

static double broker_depth(const Measures *measures)
{
    return of_whole_queue(measures, time_average(measures, LEVEL_DEPTH));
}

static double broker_oldest(const Measures *measures)
{
    bool is_known = measures->span_s > 0;
    return of_whole_queue(measures, is_known ? sim_time_to_ms(measures->oldest) : (double)NAN);
}

static double broker_drain(const Measures *measures)
{
    bool is_over = measures->backlogs > 0 && measures->drained == measures->backlogs;
    return of_whole_queue(measures, is_over ? sim_time_to_s(measures->drain_time) : (double)NAN);
}

static double broker_deepest(const Measures *measures)
{
    return of_whole_queue(measures, largest(measures));
}

/* --- tables */

#define LABEL(name_, unit_, meaning_)                                                              \
    {                                                                                              \
        .name = name_, .unit = unit_, .meaning = meaning_, .kind = COLUMN_LABEL                    \
    }
#define METRIC(name_, unit_, kind_, direction_, meaning_, ...)                                     \
    {                                                                                              \
        .name = name_, .unit = unit_, .meaning = meaning_, .kind = COLUMN_##kind_,                 \
        .direction = DIRECTION_##direction_, __VA_ARGS__                                           \
    }
#define SERIES .is_in_series = true
#define SWEEP  .is_in_sweep = true

#define VARIANT_LABELS                                                                             \
    LABEL("topology", "", "name of the topology"),                                                 \
        LABEL("design", "", "name of the design; `base` is the file itself"),                      \
        LABEL("point", "", "point of a sweep (see points.csv); empty outside of sweeps")
#define RUN_LABELS                                                                                 \
    VARIANT_LABELS, LABEL("replication", "", "number of the replication, from 0"),                 \
        LABEL("seed", "", "seed of the random draws; each replication has its own draws of it")
#define PHASE_LABEL                                                                                \
    LABEL("phase", "",                                                                             \
          "`all`; with faults also `before` (the first starts), `during` (until the last ends) "   \
          "and `after`; a request and all that it causes belong to the phase in which it was "     \
          "meant to start, time averages to the time of the phase")

/* One line per column. */
/* clang-format off */
static const Column request_columns[] = {
    RUN_LABELS,
    LABEL("workload", "", "name of the workload"),
    LABEL("operation", "", "operation that was requested; `*` is all of them"),
    PHASE_LABEL,
    METRIC("offered", "requests", COUNT, NEUTRAL, "requests that were meant to start; offered = completed + in_flight_at_end", .index = REQUEST_OFFERED, SERIES),
    METRIC("completed", "requests", TOTAL, NEUTRAL, "requests that ended in any way; completed = succeeded + failed + timed_out + rejected", .value = request_completed, SERIES),
    METRIC("succeeded", "requests", COUNT, HIGHER, "requests whose answer reached a caller that still waited", .index = REQUEST_SUCCEEDED, SERIES),
    METRIC("degraded", "requests", COUNT, LOWER, "succeeded requests that a fallback answered in part", .index = REQUEST_DEGRADED, SERIES),
    METRIC("failed", "requests", COUNT, LOWER, "requests that ended with any other failure than the next two", .index = REQUEST_FAILED, SERIES),
    METRIC("timed_out", "requests", COUNT, LOWER, "requests that the workload itself gave up", .index = REQUEST_TIMED_OUT, SERIES),
    METRIC("rejected", "requests", COUNT, LOWER, "requests that the entry service refused for good", .index = REQUEST_REJECTED, SERIES),
    METRIC("in_flight_at_end", "requests", COUNT, NEUTRAL, "requests that had not ended when the run was over", .index = REQUEST_IN_FLIGHT),
    METRIC("offered_rps", "1/s", RATE, NEUTRAL, "offered per second of the phase", .index = REQUEST_OFFERED, SERIES, SWEEP),
    METRIC("throughput_rps", "1/s", VALUE, HIGHER, "replies of any kind per second: succeeded, failed and rejected, not timed_out", .value = request_throughput, SERIES, SWEEP),
    METRIC("goodput_rps", "1/s", RATE, HIGHER, "succeeded per second, within the workload's SLO latency if it has one (the tightest, if several)", .index = REQUEST_GOOD, SERIES, SWEEP),
    METRIC("availability_ratio", "ratio", VALUE, HIGHER, "succeeded / completed", .value = request_availability, SERIES, SWEEP),
    METRIC("mean_ms", "ms", MEAN, LOWER, "mean latency of succeeded requests, from the intended start to the answer", .index = REQUEST_LATENCY, SERIES, SWEEP),
    METRIC("stddev_ms", "ms", STDDEV, LOWER, "standard deviation of that latency", .index = REQUEST_LATENCY),
    METRIC("p50_ms", "ms", PERCENTILE, LOWER, "median latency of succeeded requests", .index = REQUEST_LATENCY, .p = 0.5, SERIES, SWEEP),
    METRIC("p90_ms", "ms", PERCENTILE, LOWER, "90th percentile of it", .index = REQUEST_LATENCY, .p = 0.9),
    METRIC("p95_ms", "ms", PERCENTILE, LOWER, "95th percentile of it", .index = REQUEST_LATENCY, .p = 0.95, SWEEP),
    METRIC("p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = REQUEST_LATENCY, .p = 0.99, SERIES, SWEEP),
    METRIC("p999_ms", "ms", PERCENTILE, LOWER, "99.9th percentile of it", .index = REQUEST_LATENCY, .p = 0.999, SWEEP),
    METRIC("max_ms", "ms", MAX, LOWER, "the longest latency of a succeeded request", .index = REQUEST_LATENCY, SERIES),
    METRIC("failed_mean_ms", "ms", MEAN, LOWER, "mean time until requests that did not succeed (failed, timed out, rejected) ended", .index = REQUEST_FAILED_LATENCY),
    METRIC("failed_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of that time", .index = REQUEST_FAILED_LATENCY, .p = 0.99),
    METRIC("completion_mean_ms", "ms", MEAN, LOWER, "mean time of succeeded requests until the last piece of work that they caused was done, asynchronous work included", .index = REQUEST_COMPLETION),
    METRIC("completion_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of that time", .index = REQUEST_COMPLETION, .p = 0.99, SWEEP),
};

static const Column service_columns[] = {
    RUN_LABELS,
    LABEL("service", "", "name of the service"),
    LABEL("operation", "", "its operation; `*` is all of them"),
    PHASE_LABEL,
    METRIC("arrived", "visits", COUNT, NEUTRAL, "requests that reached a replica; arrived = completed + failed + rejected + abandoned + still there at the end", .index = VISITS_ARRIVED, SERIES),
    METRIC("completed", "visits", COUNT, NEUTRAL, "answered with success", .index = VISITS_COMPLETED, SERIES),
    METRIC("failed", "visits", COUNT, LOWER, "answered with an error, or lost with a crashed replica", .index = VISITS_FAILED, SERIES),
    METRIC("rejected", "visits", COUNT, LOWER, "refused at the door: queue full, fault", .index = VISITS_REJECTED, SERIES),
    METRIC("abandoned", "visits", COUNT, LOWER, "left the queue without service (timeout, expired), or cancelled", .index = VISITS_ABANDONED, SERIES),
    METRIC("replicas_mean", "replicas", VALUE, NEUTRAL, "mean number of replicas", .value = service_replicas),
    METRIC("thread_utilization", "ratio", VALUE, NEUTRAL, "share of all threads of the service that are held; of an event loop, of max_in_flight", .value = service_threads_used, SERIES, SWEEP),
    METRIC("cpu_utilization", "ratio", VALUE, NEUTRAL, "share of all its cores that are busy; empty without `cpu`", .value = service_cpu_used, SERIES, SWEEP),
    METRIC("in_system_mean", "visits", VALUE, LOWER, "mean number waiting and in service, all replicas together", .value = service_in_system, SERIES),
    METRIC("queue_mean", "visits", VALUE, LOWER, "mean number waiting for a thread, all replicas together", .value = service_queue, SERIES, SWEEP),
    METRIC("queue_max", "visits", LARGEST, LOWER, "the longest queue of one replica that an arrival made", .value = largest, SERIES),
    METRIC("queue_wait_mean_ms", "ms", MEAN, LOWER, "mean wait for a thread, of all that got one", .index = VISIT_QUEUE_WAIT),
    METRIC("queue_wait_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = VISIT_QUEUE_WAIT, .p = 0.99, SWEEP),
    METRIC("response_mean_ms", "ms", MEAN, LOWER, "mean time from the arrival at the replica to the departure of the reply, completed ones", .index = VISIT_RESPONSE, SERIES),
    METRIC("response_p50_ms", "ms", PERCENTILE, LOWER, "median of it", .index = VISIT_RESPONSE, .p = 0.5, SERIES),
    METRIC("response_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = VISIT_RESPONSE, .p = 0.99, SERIES, SWEEP),
    METRIC("wasted_work_ratio", "ratio", VALUE, LOWER, "share of the CPU time spent on visits whose caller no longer waited or got an error", .value = service_wasted, SWEEP),
    METRIC("work_amplification", "ratio", VALUE, LOWER, "arrivals / those that the requests would cause without failures and retries", .value = service_amplification, SWEEP),
};

#define REASON(outcome_, name_, meaning_) METRIC(name_, "attempts", COUNT, LOWER, meaning_, .index = LINK_OUTCOMES + (outcome_), SERIES)

static const Column link_columns[] = {
    RUN_LABELS,
    LABEL("link", "", "name of the link: `caller -> callee`"),
    PHASE_LABEL,
    METRIC("calls", "calls", COUNT, NEUTRAL, "calls that were issued", .index = LINK_CALLS, SERIES),
    METRIC("attempts", "attempts", COUNT, NEUTRAL, "attempts that they took; attempts = succeeded + failed + under way at the end", .index = LINK_ATTEMPTS, SERIES),
    METRIC("retries", "attempts", COUNT, LOWER, "attempts after the first of a call", .index = LINK_RETRIES, SERIES),
    METRIC("hedges", "attempts", EMPTY, NEUTRAL, "copies sent by a hedging policy; empty: not simulated yet"),
    METRIC("succeeded", "attempts", COUNT, NEUTRAL, "attempts that succeeded; of an asynchronous link: that were handed over", .index = LINK_OUTCOMES + OUTCOME_SUCCESS, SERIES),
    METRIC("failed", "attempts", TOTAL, LOWER, "attempts that failed: the sum of the reasons that follow", .value = link_failed, SERIES),
    REASON(OUTCOME_CONNECT_FAILURE, "connect_failure", "nobody was there"),
    REASON(OUTCOME_RESET, "reset", "the replica crashed under the attempt"),
    REASON(OUTCOME_TIMEOUT, "timeout", "the caller's patience ended"),
    REASON(OUTCOME_ERROR, "error", "the operation failed"),
    REASON(OUTCOME_REJECTED, "rejected", "refused at the callee: full queue, limit, admission"),
    REASON(OUTCOME_CIRCUIT_OPEN, "circuit_open", "not sent: the circuit breaker was open"),
    REASON(OUTCOME_BULKHEAD_FULL, "bulkhead_full", "not sent: the bulkhead was full"),
    REASON(OUTCOME_RATE_LIMITED, "rate_limited", "not sent: over the client's rate limit"),
    REASON(OUTCOME_THROTTLED, "throttled", "not sent: adaptive throttling"),
    REASON(OUTCOME_POOL_OVERFLOW, "pool_overflow", "not sent: no connection to be had"),
    REASON(OUTCOME_NO_HEALTHY_HOST, "no_healthy_host", "not sent: no replica to choose from"),
    METRIC("retry_amplification", "ratio", VALUE, LOWER, "attempts / calls", .value = link_amplification, SERIES, SWEEP),
    METRIC("breaker_trips", "times", EMPTY, LOWER, "times a circuit breaker opened; empty: not simulated yet"),
    METRIC("breaker_open_s", "s", EMPTY, LOWER, "time that circuit breakers were open; empty: not simulated yet"),
    METRIC("latency_mean_ms", "ms", MEAN, LOWER, "mean time from the call to its success, all attempts and back-offs included; of an asynchronous link: until it is handed over", .index = LINK_LATENCY, SERIES),
    METRIC("latency_p50_ms", "ms", PERCENTILE, LOWER, "median of it", .index = LINK_LATENCY, .p = 0.5, SERIES),
    METRIC("latency_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = LINK_LATENCY, .p = 0.99, SERIES, SWEEP),
    METRIC("connections", "connections", COUNT, LOWER, "connections that the pool began to open", .index = LINK_CONNECTIONS, SERIES),
    METRIC("pool_wait_mean_ms", "ms", MEAN, LOWER, "mean time that attempts waited for a connection, those refused left out", .index = LINK_POOL_WAIT),
    METRIC("pool_wait_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = LINK_POOL_WAIT, .p = 0.99),
};

static const Column broker_columns[] = {
    RUN_LABELS,
    LABEL("broker", "", "name of the broker"),
    LABEL("consumer", "", "consuming operation of a queue, subscription of a topic, or consumer group of a stream; `*` is all together"),
    PHASE_LABEL,
    METRIC("published", "messages", TOTAL, NEUTRAL, "messages taken in, each subscription of a topic and each group of a stream counted; published = acknowledged + dead_lettered + dropped + expired + lost + still there at the end; empty for one of several consumers of a queue", .value = broker_published, SERIES),
    METRIC("rejected", "messages", TOTAL, LOWER, "messages refused because the queue was full", .value = broker_rejected, SERIES),
    METRIC("delivered", "deliveries", COUNT, NEUTRAL, "messages taken out for a consumer, each time anew", .index = BROKER_DELIVERED, SERIES),
    METRIC("acknowledged", "messages", COUNT, HIGHER, "messages that were dealt with", .index = BROKER_ACKNOWLEDGED, SERIES),
    METRIC("redelivered", "deliveries", COUNT, LOWER, "messages that went back into the queue after a failed delivery", .index = BROKER_REDELIVERED, SERIES),
    METRIC("dead_lettered", "messages", COUNT, LOWER, "messages moved to the dead-letter queue", .index = BROKER_DEAD_LETTERED, SERIES),
    METRIC("dropped", "messages", COUNT, LOWER, "messages lost for good", .index = BROKER_DROPPED, SERIES),
    METRIC("expired", "messages", COUNT, LOWER, "messages whose time to live ended while they waited, dead letters or not; of a stream see dropped", .index = BROKER_EXPIRED, SERIES),
    METRIC("duplicates", "deliveries", COUNT, LOWER, "messages processed once more than needed", .index = BROKER_DUPLICATES, SERIES),
    METRIC("depth_mean", "messages", VALUE, LOWER, "mean number of messages ready for delivery; of a stream, records not committed: the lag", .value = broker_depth, SERIES, SWEEP),
    METRIC("depth_max", "messages", LARGEST, LOWER, "largest number of them (of one subscription)", .value = broker_deepest, SERIES),
    METRIC("delay_mean_ms", "ms", MEAN, LOWER, "mean time from the publication to a delivery", .index = BROKER_DELAY, SERIES),
    METRIC("delay_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = BROKER_DELAY, .p = 0.99, SERIES, SWEEP),
    METRIC("completion_mean_ms", "ms", MEAN, LOWER, "mean time from the publication to the acknowledgement; of a stream, to the commit", .index = BROKER_COMPLETION),
    METRIC("completion_p99_ms", "ms", PERCENTILE, LOWER, "99th percentile of it", .index = BROKER_COMPLETION, .p = 0.99, SWEEP),
    METRIC("lost", "messages", COUNT, LOWER, "messages delivered at most once that no consumer was there for, or that were with a consumer as it crashed", .index = BROKER_LOST, SERIES),
    METRIC("undone", "messages", COUNT, LOWER, "messages acknowledged before their processing, which then failed or was lost in a crash", .index = BROKER_UNDONE, SERIES),
    METRIC("reordered", "messages", COUNT, LOWER, "messages of a queue or topic dealt with after a later one of the same key, or, without keys, of the same queue", .index = BROKER_REORDERED, SERIES),
    METRIC("executed_twice", "deliveries", COUNT, LOWER, "deliveries processed with success although the message had been before", .index = BROKER_EXECUTED_TWICE, SERIES),
    METRIC("deduplicated", "deliveries", COUNT, NEUTRAL, "messages that the consumer recognised as done before: not processed, or, when it was known only at the end, processed without effect", .index = BROKER_DEDUPLICATED, SERIES),
    METRIC("age_max_ms", "ms", LARGEST, LOWER, "greatest age, since its publication, of a message that waited", .value = broker_oldest, SERIES),
    METRIC("drain_s", "s", VALUE, LOWER, "time from the end of the last fault until no more messages wait than ever before the first; of a topic or stream, in all subscriptions or groups; empty: not within the run, or there is no such fault", .value = broker_drain),
};

#define SCOPE_LABELS LABEL("scope", "", "what is measured: `system`, `workload`, `service`, `link` or `broker`"), LABEL("name", "", "its name: `shoppers` or `shoppers/frontend.home`, `cart` or `cart.add`, `frontend -> cart`, `orders` or `orders/fulfilment.process`; `*` for the system")

static const Column summary_columns[] = {
    VARIANT_LABELS,
    SCOPE_LABELS,
    PHASE_LABEL,
    LABEL("metric", "", "a column of the scope's table (`system` has those of requests.csv)"),
    LABEL("unit", "", "its unit"),
    LABEL("replications", "", "replications that have a value; of batch means, batches"),
    LABEL("observations", "", "samples behind the estimate; replications where there are none"),
    LABEL("estimate", "", "mean over the replications; of a percentile or standard deviation, that of all samples together"),
    LABEL("ci_low", "", "lower end of the 95 % confidence interval"),
    LABEL("ci_high", "", "upper end of it; both empty if there is none"),
    LABEL("ci_method", "", "`replications_t`, `sectioning` or `batch_means`; empty: no interval"),
    LABEL("flag", "", "`few_samples`: a percentile with too few samples beyond it, or a mean of too few, as their dependence on each other counts them; `correlated_batches`: the interval is too narrow, make the run longer; both may stand there"),
};

static const Column compare_columns[] = {
    VARIANT_LABELS,
    SCOPE_LABELS,
    PHASE_LABEL,
    LABEL("metric", "", "as in summary.csv"),
    LABEL("baseline", "", "what it is compared with: `topology/design`"),
    LABEL("pairs", "", "replications (or batches) that both have"),
    LABEL("baseline_estimate", "", "estimate of the baseline, in the metric's unit"),
    LABEL("design_estimate", "", "estimate of the design"),
    LABEL("difference", "", "design - baseline"),
    LABEL("difference_ci_low", "", "lower end of its 95 % confidence interval, paired by replication"),
    LABEL("difference_ci_high", "", "upper end of it"),
    LABEL("ratio", "", "design / baseline"),
    LABEL("ratio_ci_low", "", "lower end of its 95 % confidence interval, on the logarithmic scale"),
    LABEL("ratio_ci_high", "", "upper end of it"),
    LABEL("p_adjusted", "", "probability of such a difference by chance, after Holm's correction: the printed figures of all workloads and designs together, others over the metrics of their row"),
    LABEL("verdict", "", "`better` or `worse`: p_adjusted < 0.05; `equivalent`: the interval lies within the margin of equivalence (`--equivalence`, 2 % of the baseline; availability_ratio: at most 0.001); `undecided`: neither; empty: no direction is better"),
    LABEL("variance_reduction", "", "variance of the difference with independent runs, by that with the same chance in both; above 1: common random numbers help; empty: nothing varies, or the difference does not"),
};

static const Column percentile_columns[] = {
    VARIANT_LABELS,
    SCOPE_LABELS,
    LABEL("percentile", "%", "of the latency of succeeded requests, nearest rank, phase `all`"),
    LABEL("value_ms", "ms", "its value in all replications together"),
    LABEL("ci_low_ms", "ms", "lower end of the 95 % confidence interval (sectioning)"),
    LABEL("ci_high_ms", "ms", "upper end of it"),
    LABEL("total_count", "requests", "succeeded requests in all replications"),
    LABEL("one_by_one_minus_p", "", "1 / (1 - percentile / 100), for a logarithmic axis; empty for 100"),
};

static const Column event_columns[] = {
    RUN_LABELS,
    LABEL("time_s", "s", "since the start of measurement; negative in the warm-up"),
    LABEL("type", "", "`fault_start`, `fault_end`, `rebalance_start`, `rebalance_end`, `failover`"),
    LABEL("subject", "", "name of what changed"),
    LABEL("value", "", "number that belongs to it, if any"),
    LABEL("detail", "", "words that belong to it, if any"),
};

static const Column outcome_columns[] = {
    VARIANT_LABELS,
    LABEL("outcome", "", "`recovered`: in the last tenth of the measured part, once the last fault is over, at least 0.95 as large a share of the offered requests was good (as goodput_rps counts them) as before the first fault; `met`: at least objective_percent of what ended succeeded within the objective's latency"),
    LABEL("name", "", "of the workload; of the objective"),
    LABEL("replications", "", "of which it can be told"),
    LABEL("count", "", "of these came out so"),
    LABEL("share_ratio", "ratio", "count / replications"),
    LABEL("ci_low", "ratio", "lower end of the exact 95 % confidence interval (Clopper-Pearson)"),
    LABEL("ci_high", "ratio", "upper end of it"),
};

static const Column expectation_columns[] = {
    VARIANT_LABELS,
    LABEL("expectation", "", "as it was written"),
    LABEL("result", "", "`pass`: it holds over the whole interval; `fail`: over none of it; `undecided`: over a part, or there is no interval"),
    LABEL("found", "", "estimate of the metric; against another design, by how much it differs from that design's (times the factor)"),
    LABEL("ci_low", "", "lower end of the 95 % confidence interval; of a difference, paired by replication"),
    LABEL("ci_high", "", "upper end of it"),
    LABEL("flag", "", "`not_measured`, `no_interval`, or the metric's flag of summary.csv: then the result is doubtful"),
};

static const Column point_columns[] = {
    VARIANT_LABELS,
    LABEL("parameter", "", "JSON Pointer of what is varied"),
    LABEL("value", "", "its value at this point, as JSON"),
};

static const Column sweep_columns[] = {
    VARIANT_LABELS,
    LABEL("seed", "", "seed of the random draws"),
    LABEL("replications", "", "replications that were simulated at this point"),
    LABEL("flag", "", "`stopped_by_limit`: not every run came to its end"),
};

static const Column capacity_columns[] = {
    VARIANT_LABELS,
    LABEL("slo", "", "name of the objective"),
    LABEL("parameter", "", "JSON Pointer of what was searched along"),
    LABEL("unit", "", "unit of its values, as the file writes it; empty: numbers"),
    LABEL("asked", "", "`highest` or `lowest` value that meets the objective"),
    LABEL("meets", "", "that value: the last one that clearly met it; empty: none did"),
    LABEL("misses", "", "the first value that clearly missed it; empty: none did. What lies between could not be told apart, or is as near as was asked for"),
    LABEL("looks", "", "values that were simulated"),
    LABEL("goodput_rps", "1/s", "goodput of the objective's workload at the value that meets it"),
    LABEL("limit_service", "", "the service that limits: the busiest one at the value that misses it (that meets it, if none missed it)"),
    LABEL("limit_resource", "", "what of it: `threads` or `cores`"),
    LABEL("limit_utilization", "ratio", "how busy it is there"),
};

static const Column probe_columns[] = {
    VARIANT_LABELS,
    LABEL("slo", "", "name of the objective"),
    LABEL("parameter", "", "JSON Pointer of what was searched along"),
    LABEL("unit", "", "unit of its values, as the file writes it; empty: numbers"),
    LABEL("look", "", "number of the look, from 0, in the order in which they were taken"),
    LABEL("value", "", "value that was simulated"),
    LABEL("replications", "", "replications that were simulated; an undecided look is taken again with four times as many"),
    LABEL("objective_ratio", "ratio", "share of the offered requests that must succeed within the objective's latency"),
    LABEL("attained_ratio", "ratio", "share that did"),
    LABEL("attained_ci_low", "ratio", "lower end of its 95 % confidence interval"),
    LABEL("attained_ci_high", "ratio", "upper end of it"),
    LABEL("kept_up_ratio", "ratio", "requests that ended in the second half of the measured part over those that were offered there: clearly below 0.99, a backlog grows"),
    LABEL("kept_up_ci_low", "ratio", "lower end of its 95 % confidence interval"),
    LABEL("kept_up_ci_high", "ratio", "upper end of it"),
    LABEL("goodput_rps", "1/s", "goodput of the objective's workload"),
    LABEL("p99_ms", "ms", "99th percentile of its latency"),
    LABEL("outcome", "", "`pass`, `fail` or `undecided`"),
};

static const Column sensitivity_columns[] = {
    LABEL("topology", "", "name of the topology"),
    LABEL("design", "", "name of the design"),
    LABEL("method", "", "`tornado` or `morris`"),
    LABEL("metric", "", "what may depend on the parameter, as expectations name it"),
    LABEL("unit", "", "its unit"),
    LABEL("rank", "", "1 for the parameter that it depends on most"),
    LABEL("parameter", "", "JSON Pointer of the parameter"),
    LABEL("low", "", "lower end of its range, as JSON"),
    LABEL("high", "", "upper end of it"),
    LABEL("base", "", "the metric with all parameters as in the file (tornado)"),
    LABEL("effect", "", "tornado: the largest difference between two of low end, file and high end; morris: mu*, the mean size of an effect, over the whole range"),
    LABEL("effect_ci_low", "", "lower end of its 95 % confidence interval"),
    LABEL("effect_ci_high", "", "upper end of it"),
    LABEL("low_difference", "", "metric at the low end - base (tornado)"),
    LABEL("low_ci_low", "", "lower end of its 95 % confidence interval, paired by replication"),
    LABEL("low_ci_high", "", "upper end of it"),
    LABEL("high_difference", "", "metric at the high end - base (tornado)"),
    LABEL("high_ci_low", "", "lower end of its 95 % confidence interval, paired by replication"),
    LABEL("high_ci_high", "", "upper end of it"),
    LABEL("mean_effect", "", "mu, the mean of the effects with their signs (morris)"),
    LABEL("stddev_effect", "", "sigma, their standard deviation: large where a parameter works together with others, or not in proportion (morris)"),
};

static const Column series_labels[] = {
    RUN_LABELS,
    SCOPE_LABELS,
    LABEL("t_start_s", "s", "start of the window, since the start of measurement"),
    LABEL("t_end_s", "s", "its end; what happens in the window counts in it, whenever its request started"),
};
/* clang-format on */

#define TABLE(name_, file_, rows_, columns_)                                                       \
    const Table name_ = {                                                                          \
        .file = file_,                                                                             \
        .rows = rows_,                                                                             \
        .columns = columns_,                                                                       \
        .column_count = sizeof columns_ / sizeof columns_[0],                                      \
    }

TABLE(table_summary, "summary.csv", "scope, name, phase and metric", summary_columns);
TABLE(table_requests, "requests.csv", "workload, operation and phase", request_columns);
TABLE(table_services, "services.csv", "service, operation and phase", service_columns);
TABLE(table_links, "links.csv", "link and phase", link_columns);
TABLE(table_brokers, "brokers.csv", "broker, consumer and phase", broker_columns);
TABLE(table_timeseries, "timeseries.csv", "scope, name and window", series_labels);
TABLE(table_percentiles, "percentiles.csv", "workload, operation and percentile",
      percentile_columns);
TABLE(table_events, "events.csv", "state change", event_columns);
TABLE(table_compare, "compare.csv", "design, scope, name, phase and metric", compare_columns);
TABLE(table_outcomes, "outcomes.csv", "outcome and name", outcome_columns);
TABLE(table_expectations, "expectations.csv", "expectation and design", expectation_columns);
TABLE(table_points, "points.csv", "point and parameter", point_columns);

#define POINTS_TABLE(name_, file_, rows_, columns_)                                                \
    const Table name_ = {                                                                          \
        .file = file_,                                                                             \
        .rows = rows_,                                                                             \
        .columns = columns_,                                                                       \
        .column_count = sizeof columns_ / sizeof columns_[0],                                      \
        .is_of_points = true,                                                                      \
    }

POINTS_TABLE(table_sweep, "sweep.csv", "design and point", sweep_columns);
POINTS_TABLE(table_capacity, "capacity.csv", "design and point of other parameters",
             capacity_columns);
POINTS_TABLE(table_sensitivity, "sensitivity.csv", "design, metric and parameter",
             sensitivity_columns);
POINTS_TABLE(table_probes, "probes.csv", "value that capacity looked at", probe_columns);

const Table *const tables[] = {
    &table_summary,      &table_requests,    &table_services, &table_links,   &table_brokers,
    &table_timeseries,   &table_percentiles, &table_events,   &table_compare, &table_outcomes,
    &table_expectations, &table_points,      &table_sweep,    NULL,
};
