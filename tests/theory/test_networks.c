/* Several services: tandem queues, closed networks, brokers. */
#include <math.h>

#include "tests/support/replications.h"
#include "tests/support/cmocka_all.h"

#define SIMULATION         "'simulation': {'duration': '600s', 'warmup': '30s'}"
#define EXPONENTIAL(mean)  "{'dist': 'exponential', 'mean': '" mean "'}"
#define STEPS(name, steps) "'operations': {'" name "': {'steps': [" steps "]}}"

/* Burke and Jackson: what leaves M/M/1 is Poisson again, and the stays are independent. */
static void test_a_tandem_is_a_chain_of_mm1(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{" SIMULATION ", 'services': {"
        "'a': {'threads': 1, " STEPS(
            "x",
            "{'compute': " EXPONENTIAL(
                "5ms") "}, {'call': 'b.y'}") "},"
                                             "'b': {'threads': 1, " STEPS(
                                                 "y",
                                                 "{'compute': " EXPONENTIAL(
                                                     "6ms") "}, {'call': 'c.z'}") "},"
                                                                                  "'c': "
                                                                                  "{'threads': "
                                                                                  "1, " STEPS(
                                                                                      "z",
                                                                                      "{'compute':"
                                                                                      " " EXPONENTIAL(
                                                                                          "4ms") "}") "}},"
                                                                                                      "'links': {'* -> *': {'latency': '1ms'}, 'a -> b': {'mode': 'async'},"
                                                                                                      "          'b -> c': {'mode': 'async'}},"
                                                                                                      "'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}}}");
    double a = 5 / 0.5, b = 6 / 0.4, c = 4 / 0.6;
    assert_theory(&runs, SCOPE_SERVICE, "a", "response_mean_ms", a, 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "b", "response_mean_ms", b, 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "c", "response_mean_ms", c, 0.01);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", a + 2, 0.01);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "completion_mean_ms", a + b + c + 3, 0.01);
    replications_clear(&runs);
}

/* Mean value analysis: stations of `demands` ms, `think` ms in between. Returns the response and
 * leaves the mean numbers at the stations. */
static double mva(int users, double think, const double *demands, int stations, double *numbers)
{
    double response = 0;
    for (int k = 0; k < stations; k++)
        numbers[k] = 0;
    for (int n = 1; n <= users; n++) {
        double stays[8];
        response = 0;
        for (int k = 0; k < stations; k++) {
            stays[k] = demands[k] * (1 + numbers[k]);
            response += stays[k];
        }
        for (int k = 0; k < stations; k++)
            numbers[k] = n / (think + response) * stays[k];
    }
    return response;
}

/* Exact where work is exponential and first come, first served, or of any distribution and shared;
 * the front only waits for the others. Two visits to `disk` make its demand. */
static void test_a_closed_network_obeys_mean_value_analysis(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs, "{'simulation': {'duration': '300s', 'warmup': '10s'}, 'services': {"
               "'front': {'server': 'event_loop', " STEPS(
                   "home",
                   "{'wait': '3ms'}, {'call': 'disk.read', 'times': 2}, {'call': "
                   "'cpu.work'}") "},"
                                  "'disk': {'threads': 1, " STEPS(
                                      "read", "{'wait': " EXPONENTIAL(
                                                  "4ms") "}") "},"
                                                              "'cpu': {'threads': 1000, 'cpu': "
                                                              "{'cores': 1}, " STEPS(
                                                                  "work",
                                                                  "{'compute': {'dist': "
                                                                  "'lognormal', 'mean': '6ms', "
                                                                  "'cv': 2}}") "}},"
                                                                               "'links': {'* -> "
                                                                               "*': {}},"
                                                                               "'workloads': {'w': "
                                                                               "{'type': 'closed', "
                                                                               "'users': 15, "
                                                                               "'think_time':"
                                                                               " " EXPONENTIAL(
                                                                                   "70ms") ","
                                                                                           " 'mix':"
                                                                                           " {'"
                                                                                           "front."
                                                                                           "home': "
                                                                                           "1}}}}");
    static const double demands[] = {8, 6};
    double numbers[2];
    double response = mva(15, 70 + 3, demands, 2, numbers);
    double rate = 1000 * 15 / (73 + response);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "throughput_rps", rate, 0.002);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", response + 3, 0.005);
    assert_theory(&runs, SCOPE_SERVICE, "disk", "in_system_mean", numbers[0], 0.005);
    assert_theory(&runs, SCOPE_SERVICE, "cpu", "in_system_mean", numbers[1], 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "disk", "thread_utilization", rate * 0.008, 0.002);
    assert_theory(&runs, SCOPE_SERVICE, "cpu", "cpu_utilization", rate * 0.006, 0.003);
    replications_clear(&runs);
}

/* Users without think time keep a single thread busy. */
static void test_users_who_do_not_think_saturate_the_bottleneck(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, "{'simulation': {'duration': '300s', 'warmup': '10s'}, 'services': {"
                            "'s': {'threads': 1, " STEPS(
                                "op", "{'wait': " EXPONENTIAL(
                                          "10ms") "}") "}},"
                                                       "'links': {'* -> *': {}},"
                                                       "'workloads': {'w': {'type': 'closed', "
                                                       "'users': 7, 'mix': {'s.op': 1}}}}");
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "throughput_rps", 100, 0.002);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 70, 0.002);
    replications_clear(&runs);
}

/* M/M/4 of 10 ms at 300 a second: load 3, of which Erlang's formula lets 0.5094 wait. */
#define MM4_WAIT_MS (1000 * 0.509433962264151 / (400 - 300.))

/* Consumers that compete are the servers of one queue, on however many replicas. */
static void test_competing_consumers_are_mmc(void **state)
{
    (void)state;
    static const struct {
        int replicas, concurrency;
    } shapes[] = {{1, 4}, {2, 2}, {4, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        Replications runs;
        replications_run(
            &runs,
            "{'simulation': {'duration': '300s', 'warmup': '20s'}, 'services': {"
            "'a': {'server': 'event_loop', " STEPS(
                "x",
                "{'call': 'b.y'}") "},"
                                   "'b': {'threads': 10, 'replicas': %d, " STEPS(
                                       "y",
                                       "{'wait': " EXPONENTIAL(
                                           "10ms") "}") "}}, 'links': {'* -> *': {}, 'a -> b': "
                                                        "{'mode': 'async', 'via': 'q'}},"
                                                        "'brokers': {'q': {'kind': 'queue', "
                                                        "'publish_latency': 0, 'delivery_latency': "
                                                        "0,"
                                                        " 'consumers': {'b.y': {'concurrency': %d, "
                                                        "'prefetch': %d}}}},"
                                                        "'workloads': {'w': {'arrival': {'rate': "
                                                        "300}, 'mix': {'a.x': 1}}}}",
            shapes[i].replicas, shapes[i].concurrency, shapes[i].concurrency);
        assert_theory(&runs, SCOPE_BROKER, "q", "delay_mean_ms", MM4_WAIT_MS, 0.02);
        assert_theory(&runs, SCOPE_BROKER, "q", "completion_mean_ms", MM4_WAIT_MS + 10, 0.01);
        assert_theory(&runs, SCOPE_BROKER, "q", "depth_mean", MM4_WAIT_MS * 0.3, 0.02);
        assert_theory(&runs, SCOPE_BROKER, "q", "acknowledged/published", 1, 1e-9);
        assert_theory(&runs, SCOPE_SERVICE, "b", "response_mean_ms", 10, 0.002);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "completion_mean_ms", MM4_WAIT_MS + 10, 0.01);
        replications_clear(&runs);
    }
}

/* Each subscription sees the same Poisson stream and has a queue of its own. */
static void test_subscriptions_of_a_topic_are_mm1_each(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '600s', 'warmup': '20s'}, 'services': {"
        "'a': {'server': 'event_loop', " STEPS(
            "x",
            "{'publish': 't'}") "},"
                                "'b': {'threads': 9, " STEPS(
                                    "y",
                                    "{'wait': " EXPONENTIAL(
                                        "5ms") "}") "},"
                                                    "'c': {'threads': 9, " STEPS(
                                                        "z",
                                                        "{'wait': " EXPONENTIAL(
                                                            "7ms") "}") "}},"
                                                                        "'links': {'* -> *': {}},"
                                                                        "'brokers': {'t': {'kind': "
                                                                        "'topic', "
                                                                        "'publish_latency': 0, "
                                                                        "'delivery_latency': 0,"
                                                                        " 'subscriptions': {'one': "
                                                                        "{'consumers': {'b.y': "
                                                                        "{'concurrency': 1, "
                                                                        "'prefetch': 1}}},"
                                                                        "                   'two': "
                                                                        "{'consumers': {'c.z': "
                                                                        "{'concurrency': 1, "
                                                                        "'prefetch': 1}}}}}},"
                                                                        "'workloads': {'w': "
                                                                        "{'arrival': {'rate': 80}, "
                                                                        "'mix': {'a.x': 1}}}}");
    assert_theory(&runs, SCOPE_BROKER, "t/one", "completion_mean_ms", 5 / 0.6, 0.01);
    assert_theory(&runs, SCOPE_BROKER, "t/two", "completion_mean_ms", 7 / 0.44, 0.01);
    assert_theory(&runs, SCOPE_BROKER, "t/two", "delay_mean_ms", 7 / 0.44 - 7, 0.02);
    replications_clear(&runs);
}

/* A message that fails comes back until the last delivery: the deliveries of a message are a
 * geometric series, and what failed every time is dead-lettered. */
static void test_redeliveries_are_a_geometric_series(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '200s'}, 'services': {"
        "'a': {'server': 'event_loop', " STEPS(
            "x",
            "{'publish': 'q'}") "},"
                                "'b': {'threads': 9, " STEPS(
                                    "y",
                                    "{'wait': '1ms'}, {'fail': 0.4}") "},"
                                                                      "'c': {'threads': 9, " STEPS(
                                                                          "z",
                                                                          "{'wait': '1ms'}") "}},"
                                                                                             "'link"
                                                                                             "s': "
                                                                                             "{'* "
                                                                                             "-> "
                                                                                             "*': "
                                                                                             "{}},"
                                                                                             "'brok"
                                                                                             "ers':"
                                                                                             " {'q'"
                                                                                             ": "
                                                                                             "{'"
                                                                                             "kind'"
                                                                                             ": "
                                                                                             "'queu"
                                                                                             "e', "
                                                                                             "'cons"
                                                                                             "umers"
                                                                                             "': "
                                                                                             "{'b."
                                                                                             "y': "
                                                                                             "{'"
                                                                                             "concu"
                                                                                             "rrenc"
                                                                                             "y': "
                                                                                             "9,"
                                                                                             "   "
                                                                                             "'max_"
                                                                                             "deliv"
                                                                                             "eries"
                                                                                             "': "
                                                                                             "3, "
                                                                                             "'dead"
                                                                                             "_lett"
                                                                                             "er': "
                                                                                             "'dead"
                                                                                             "'}}},"
                                                                                             " '"
                                                                                             "dead'"
                                                                                             ": "
                                                                                             "{'"
                                                                                             "kind'"
                                                                                             ": "
                                                                                             "'queu"
                                                                                             "e', "
                                                                                             "'cons"
                                                                                             "umers"
                                                                                             "': "
                                                                                             "{'c."
                                                                                             "z': "
                                                                                             "{}}}}"
                                                                                             ","
                                                                                             "'work"
                                                                                             "loads"
                                                                                             "': "
                                                                                             "{'w':"
                                                                                             " {'"
                                                                                             "arriv"
                                                                                             "al': "
                                                                                             "{'"
                                                                                             "rate'"
                                                                                             ": "
                                                                                             "100},"
                                                                                             " '"
                                                                                             "mix':"
                                                                                             " {'a."
                                                                                             "x': "
                                                                                             "1}}}"
                                                                                             "}");
    double failed = 0.4 * 0.4 * 0.4;
    assert_theory(&runs, SCOPE_BROKER, "q", "delivered/published", (1 - failed) / 0.6, 0.002);
    assert_theory(&runs, SCOPE_BROKER, "q", "redelivered/published", 0.4 + 0.4 * 0.4, 0.005);
    assert_theory(&runs, SCOPE_BROKER, "q", "dead_lettered/published", failed, 0.01);
    assert_theory(&runs, SCOPE_BROKER, "q", "acknowledged/published", 1 - failed, 0.002);
    replications_clear(&runs);
}

/* Poisson arrivals that are dealt out at random stay Poisson: each replica is M/M/1. */
static void test_random_choice_makes_replicas_independent(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '300s', 'warmup': '20s'}, 'services': {"
        "'s': {'threads': 1, 'replicas': 3, " STEPS(
            "op",
            "{'wait': " EXPONENTIAL(
                "10ms") "}") "}}, 'links': {'* -> *': {'load_balancing': {'policy': 'random'}}},"
                             "'workloads': {'w': {'arrival': {'rate': 180}, 'mix': {'s.op': 1}}}}");
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 / 0.4, 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "in_system_mean", 3 * 1.5, 0.01);
    replications_clear(&runs);
}

/* Every second arrival of a Poisson stream: E2/M/1. */
static void test_round_robin_makes_arrivals_erlang(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '300s', 'warmup': '20s'}, 'services': {"
        "'s': {'threads': 1, 'replicas': 2, " STEPS(
            "op",
            "{'wait': " EXPONENTIAL(
                "10ms") "}") "}}, 'links': {'* -> *': {'load_balancing': {'policy': "
                             "'round_robin'}}},"
                             "'workloads': {'w': {'arrival': {'rate': 140}, 'mix': {'s.op': 1}}}}");
    double ratio = 0.5;
    for (int i = 0; i < 1000; i++)
        ratio = pow(2 * 0.7 / (2 * 0.7 + 1 - ratio), 2);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 / (1 - ratio), 0.01);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tandem_is_a_chain_of_mm1),
        cmocka_unit_test(test_a_closed_network_obeys_mean_value_analysis),
        cmocka_unit_test(test_users_who_do_not_think_saturate_the_bottleneck),
        cmocka_unit_test(test_competing_consumers_are_mmc),
        cmocka_unit_test(test_subscriptions_of_a_topic_are_mm1_each),
        cmocka_unit_test(test_redeliveries_are_a_geometric_series),
        cmocka_unit_test(test_random_choice_makes_replicas_independent),
        cmocka_unit_test(test_round_robin_makes_arrivals_erlang),
    };
    return cmocka_run_group_tests_name("theory/networks", tests, NULL, NULL);
}
