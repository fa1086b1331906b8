/* Steps and links without waiting: series, shares and extremes of random variables. */
#include <math.h>

#include "tests/support/replications.h"
#include "tests/support/cmocka_all.h"

#define EXPONENTIAL(mean)  "{'dist': 'exponential', 'mean': '" mean "'}"
#define STEPS(name, steps) "'" name "': {'steps': [" steps "]}"

/* Nothing waits for a thread: each request is on its own. 20 x 20,000 requests. */
#define FREE(services, links, rest)                                                                \
    "{'simulation': {'duration': '200s'}, 'services': {" services                                  \
    "}, 'links': {'* -> *': {}, " links                                                            \
    "}, 'workloads': {'w': {'arrival': {'process': 'constant', 'rate': 100}, 'mix': {'a.x': 1}}"   \
    "}" rest "}"
#define LOOP(name, operations)                                                                     \
    "'" name "': {'server': 'event_loop', 'operations': {" operations "}}"

#define BRANCH "[{'wait': " EXPONENTIAL("10ms") "}]"

/* The k-th of n exponentials of mean 1: each that comes leaves one less to wait for. */
static double mean_of_kth(int k, int n)
{
    double sum = 0;
    for (int left = n; left > n - k; left--)
        sum += 1.0 / left;
    return sum;
}

static void test_a_join_waits_for_an_order_statistic(void **state)
{
    (void)state;
    static const struct {
        const char *wait_for;
        int k;
    } joins[] = {{"'all'", 5}, {"'any'", 1}, {"3", 3}, {"4", 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(joins); i++) {
        Replications runs;
        replications_run(&runs,
                         FREE(LOOP("a", STEPS("x", "{'parallel': [" BRANCH ", " BRANCH ", " BRANCH
                                                   ", " BRANCH ", " BRANCH "], 'wait_for': %s}")),
                              "'w -> a': {}", ""),
                         joins[i].wait_for);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 * mean_of_kth(joins[i].k, 5),
                      0.003);
        replications_clear(&runs);
    }
}

/* P(max of 5 <= t) = (1 - exp(-t/10))^5. */
static void test_a_fork_has_the_percentiles_of_the_slowest(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'parallel': [" BRANCH ", " BRANCH
                                                      ", " BRANCH ", " BRANCH ", " BRANCH "]}")),
                                 "'w -> a': {}", ""));
    static const struct {
        const char *metric;
        double p;
    } points[] = {{"p50_ms", 0.5}, {"p90_ms", 0.9}, {"p99_ms", 0.99}};
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
        assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", points[i].metric,
                                 -10 * log(1 - pow(points[i].p, 0.2)), 0.003);
    replications_clear(&runs);
}

/* The fork needs 2 of 3, each failing with 0.3. */
static void test_a_join_succeeds_when_enough_branches_do(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'parallel': [[{'fail': 0.3}], [{'fail': 0.3"
                                                      "}], [{'fail': 0.3}]], 'wait_for': 2}")),
                                 "'w -> a': {}", ""));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "availability_ratio",
                  0.7 * 0.7 * 0.7 + 3 * 0.3 * 0.7 * 0.7, 0.002);
    replications_clear(&runs);
}

static void test_attempts_are_a_geometric_series(void **state)
{
    (void)state;
    static const struct {
        double failing;
        int attempts;
    } cases[] = {{0.3, 3}, {0.6, 5}, {0.1, 2}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Replications runs;
        double p = cases[i].failing, lost = pow(p, cases[i].attempts);
        replications_run(&runs,
                         FREE(LOOP("a", STEPS("x", "{'wait': '1ms'}, {'fail': %g}")),
                              "'w -> a': {'retry_policy': {'max_attempts': %d, 'backoff': "
                              "{'type': 'none'}}}",
                              ""),
                         p, cases[i].attempts);
        assert_theory(&runs, SCOPE_LINK, "w -> a", "retry_amplification", (1 - lost) / (1 - p),
                      0.002);
        assert_theory(&runs, SCOPE_LINK, "w -> a", "error/attempts", p, 0.005);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "availability_ratio", 1 - lost, 0.002);
        replications_clear(&runs);
    }
}

/* Retries at two hops multiply: 2 and 3 attempts make up to 6. */
static void test_retries_at_two_hops_multiply(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        FREE(LOOP("a", STEPS("x", "{'call': 'b.y'}")) ", " LOOP("b", STEPS("y", "{'fail': 0.5}")),
             "'w -> a': {'retry_policy': {'max_attempts': 2, 'backoff': {'type': 'none'}}},"
             "'a -> b': {'retry_policy': {'max_attempts': 3, 'backoff': {'type': 'none'}}}",
             ""));
    double lost = 0.125, inner = (1 - lost) / 0.5;
    assert_theory(&runs, SCOPE_LINK, "w -> a", "attempts/calls", 1 + lost, 0.001);
    assert_theory(&runs, SCOPE_LINK, "a -> b", "attempts/calls", inner, 0.002);
    assert_theory(&runs, SCOPE_SERVICE, "b", "work_amplification", (1 + lost) * inner, 0.002);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "failed/offered", lost * lost, 0.02);
    replications_clear(&runs);
}

/* Full jitter: each back-off is uniform from 0 to base * multiplier^k. The latency is of the
 * attempts and of the back-offs between them. */
static void test_back_off_takes_its_mean(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'fail': 1}")),
                                 "'w -> a': {'retry_policy': {'max_attempts': 4, 'backoff': "
                                 "{'type': 'exponential', 'base_interval': '10ms', 'multiplier': 2,"
                                 " 'max_interval': '30ms', 'jitter': 'full'}}}",
                                 ""));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "failed_mean_ms", (10 + 20 + 30) / 2.0, 0.002);
    replications_clear(&runs);
}

/* A timeout of t on exponential work of mean m fails exp(-t/m) of what would have succeeded; the
 * callee completes all of it, and the rest follows the truncated distribution. */
static void test_timeouts_fail_the_tail(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'wait': " EXPONENTIAL("10ms") "}")),
                                 "'w -> a': {'timeout': '20ms'}", ""));
    double tail = exp(-2);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "timed_out/offered", tail, 0.01);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 - 20 * tail / (1 - tail), 0.005);
    assert_theory(&runs, SCOPE_SERVICE, "a", "completed/arrived", 1, 1e-9);
    assert_theory(&runs, SCOPE_SERVICE, "a", "response_mean_ms", 10, 0.005);
    replications_clear(&runs);
}

/* With another attempt, the second draws anew: min(work, t) each. */
static void test_attempts_after_a_timeout_draw_anew(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'wait': " EXPONENTIAL("10ms") "}")),
                                 "'w -> a': {'per_try_timeout': '10ms', 'retry_policy': "
                                 "{'max_attempts': 3, 'backoff': {'type': 'none'}}}",
                                 ""));
    double tail = exp(-1);
    assert_theory(&runs, SCOPE_LINK, "w -> a", "attempts/calls", 1 + tail + tail * tail, 0.002);
    assert_theory(&runs, SCOPE_LINK, "w -> a", "timeout/attempts", tail, 0.003);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "failed_mean_ms", 30, 1e-6);
    replications_clear(&runs);
}

/* An immediate cancel ends the work with the wait: the response is min(work, t). */
static void test_cancelled_work_ends_with_the_wait(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'wait': " EXPONENTIAL("10ms") "}")),
                                 "'w -> a': {'timeout': '20ms', 'cancellation': 'immediate'}", ""));
    assert_theory(&runs, SCOPE_SERVICE, "a", "abandoned/arrived", exp(-2), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "a", "in_system_mean", 100 * 0.010 * (1 - exp(-2)), 0.002);
    replications_clear(&runs);
}

static void test_steps_are_made_as_often_as_they_say(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        FREE(
            LOOP(
                "a",
                STEPS(
                    "x",
                    "{'call': 'b.times', 'times': {'dist': 'poisson', 'mean': 2.5}},"
                    "{'call': 'b.maybe', 'probability': 0.3},"
                    "{'choose': [{'weight': 1, 'steps': [{'call': 'b.one'}]},"
                    "            {'weight': 3, 'steps': [{'call': 'b.three'}]}]},"
                    "{'repeat': {'dist': 'geometric', 'mean': 3}, 'steps': ["
                    "  {'call': 'b.repeated', 'times': 2}]},"
                    "{'call': 'b.uniform', 'times': {'dist': 'uniform_int', 'min': 1,"
                    " 'max': 4}}")) ", " LOOP("b",
                                              STEPS("times", "") ", " STEPS("maybe", "") ", " STEPS(
                                                  "one",
                                                  "") ", " STEPS("three",
                                                                 "") ", " STEPS("repeated",
                                                                                "") ", " STEPS("uni"
                                                                                               "for"
                                                                                               "m",
                                                                                               "")),
            "'w -> a': {}", ""));
    static const struct {
        const char *operation;
        double calls; /* per request */
    } expected[] = {{"b.times", 2.5},  {"b.maybe", 0.3},  {"b.one", 0.25},
                    {"b.three", 0.75}, {"b.repeated", 6}, {"b.uniform", 2.5}};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_theory(&runs, SCOPE_SERVICE, expected[i].operation, "arrived",
                      20000 * expected[i].calls, 0.005);
        assert_theory(&runs, SCOPE_SERVICE, expected[i].operation, "work_amplification", 1, 0.005);
    }
    replications_clear(&runs);
}

static void test_a_cache_spares_the_misses(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        FREE(
            LOOP("a", STEPS("x", "{'cache': {'hit_ratio': 0.8, 'latency': '1ms'}, 'miss': ["
                                 "{'call': 'b.y'}]}")) ", " LOOP("b",
                                                                 STEPS("y", "{'wait': " EXPONENTIAL(
                                                                                "10ms") "}")),
            "'w -> a': {}", ""));
    assert_theory(&runs, SCOPE_SERVICE, "b", "arrived", 20000 * 0.2, 0.005);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 1 + 0.2 * 10, 0.01);
    replications_clear(&runs);
}

/* Lost on the way there or on the way back: the caller hears nothing until its timeout. */
static void test_loss_strikes_both_ways(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'wait': '1ms'}")),
                                 "'w -> a': {'loss_ratio': 0.1, 'timeout': '50ms'}", ""));
    assert_theory(&runs, SCOPE_SERVICE, "a", "arrived", 20000 * 0.9, 0.002);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "availability_ratio", 0.81, 0.002);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "timed_out/offered", 0.19, 0.005);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 1, 1e-9);
    replications_clear(&runs);
}

/* The latency of each direction is drawn for itself: the variances add. */
static void test_both_directions_draw_their_latency(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'wait': '2ms'}")),
                                 "'w -> a': {'latency': " EXPONENTIAL("10ms") "}", ""));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 22, 0.002);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "stddev_ms", 10 * sqrt(2), 0.003);
    replications_clear(&runs);
}

/* What `try` catches is degraded, not failed. */
static void test_fallbacks_turn_failures_into_degraded_replies(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, FREE(LOOP("a", STEPS("x", "{'try': [{'fail': 0.4}], 'fallback': ["
                                                      "{'fail': 0.25}]}")),
                                 "'w -> a': {}", ""));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "degraded/offered", 0.3, 0.005);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "failed/offered", 0.1, 0.01);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_join_waits_for_an_order_statistic),
        cmocka_unit_test(test_a_fork_has_the_percentiles_of_the_slowest),
        cmocka_unit_test(test_a_join_succeeds_when_enough_branches_do),
        cmocka_unit_test(test_attempts_are_a_geometric_series),
        cmocka_unit_test(test_retries_at_two_hops_multiply),
        cmocka_unit_test(test_back_off_takes_its_mean),
        cmocka_unit_test(test_timeouts_fail_the_tail),
        cmocka_unit_test(test_attempts_after_a_timeout_draw_anew),
        cmocka_unit_test(test_cancelled_work_ends_with_the_wait),
        cmocka_unit_test(test_steps_are_made_as_often_as_they_say),
        cmocka_unit_test(test_a_cache_spares_the_misses),
        cmocka_unit_test(test_loss_strikes_both_ways),
        cmocka_unit_test(test_both_directions_draw_their_latency),
        cmocka_unit_test(test_fallbacks_turn_failures_into_degraded_replies),
    };
    return cmocka_run_group_tests_name("theory/calls", tests, NULL, NULL);
}
