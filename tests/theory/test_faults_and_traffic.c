/* What faults do to means, and what traffic brings. */
#include <math.h>

#include "tests/support/replications.h"
#include "tests/support/cmocka_all.h"

#define EXPONENTIAL(mean)   "{'dist': 'exponential', 'mean': '" mean "'}"
#define SERVICE(form, work) "'s': {" form ", 'operations': {'op': {'steps': [" work "]}}}"
#define WORKLOAD(arrival)   "'workloads': {'w': {'arrival': {" arrival "}, 'mix': {'s.op': 1}}}"
#define FAULT(keys)         "'faults': {'f': {" keys "}}"
#define LOOP                "'server': 'event_loop'"

static void test_a_slowed_service_is_busier_by_the_factor(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '600s', 'warmup': '10s'}, 'services': {" SERVICE(
            "'threads': 1",
            "{'compute': " EXPONENTIAL(
                "5ms") "}") "}, 'links': {'* -> *': {}}," WORKLOAD("'rate': 60") ", " FAULT("'type'"
                                                                                            ": "
                                                                                            "'slowd"
                                                                                            "own', "
                                                                                            "'facto"
                                                                                            "r': "
                                                                                            "2, "
                                                                                            "'targe"
                                                                                            "t': "
                                                                                            "{'"
                                                                                            "servic"
                                                                                            "e': "
                                                                                            "'s'}, "
                                                                                            "'start"
                                                                                            "': "
                                                                                            "'200s'"
                                                                                            ", "
                                                                                            "'durat"
                                                                                            "ion': "
                                                                                            "'200s"
                                                                                            "'") "}");
    assert_theory_in(&runs, PHASE_BEFORE, SCOPE_SERVICE, "s", "thread_utilization", 0.3, 0.005);
    assert_theory_in(&runs, PHASE_DURING, SCOPE_SERVICE, "s", "thread_utilization", 0.6, 0.005);
    assert_theory_in(&runs, PHASE_AFTER, SCOPE_SERVICE, "s", "thread_utilization", 0.3, 0.005);
    assert_theory_in(&runs, PHASE_BEFORE, SCOPE_WORKLOAD, "w", "mean_ms", 5 / 0.7, 0.01);
    assert_theory_in(&runs, PHASE_DURING, SCOPE_WORKLOAD, "w", "mean_ms", 10 / 0.4, 0.02);
    assert_theory_in(&runs, PHASE_AFTER, SCOPE_WORKLOAD, "w", "mean_ms", 5 / 0.7, 0.01);
    replications_clear(&runs);
}

static void test_a_load_spike_multiplies_the_rate(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '300s'}, 'services': {" SERVICE(
            LOOP,
            "{'wait': '1ms'}") "}, 'links': {'* -> *': {}}," WORKLOAD("'rate': 50") ", " FAULT("'ty"
                                                                                               "pe'"
                                                                                               ": "
                                                                                               "'lo"
                                                                                               "ad_"
                                                                                               "spi"
                                                                                               "ke'"
                                                                                               ", "
                                                                                               "'fa"
                                                                                               "cto"
                                                                                               "r':"
                                                                                               " 3,"
                                                                                               " '"
                                                                                               "tar"
                                                                                               "get"
                                                                                               "': "
                                                                                               "{'"
                                                                                               "wor"
                                                                                               "klo"
                                                                                               "ad'"
                                                                                               ": "
                                                                                               "'w'"
                                                                                               "}, "
                                                                                               "'st"
                                                                                               "art"
                                                                                               "': "
                                                                                               "'10"
                                                                                               "0s'"
                                                                                               ", "
                                                                                               "'du"
                                                                                               "rat"
                                                                                               "ion"
                                                                                               "': "
                                                                                               "'10"
                                                                                               "0s"
                                                                                               "'") "}");
    assert_theory_in(&runs, PHASE_BEFORE, SCOPE_WORKLOAD, "w", "offered_rps", 50, 0.005);
    assert_theory_in(&runs, PHASE_DURING, SCOPE_WORKLOAD, "w", "offered_rps", 150, 0.005);
    assert_theory_in(&runs, PHASE_AFTER, SCOPE_WORKLOAD, "w", "offered_rps", 50, 0.005);
    replications_clear(&runs);
}

/* Poisson arrivals see time averages: the share that fails is mttr / (mttf + mttr). */
static void test_failures_and_repairs_make_the_availability(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '10000s'}, 'services': {" SERVICE(
            LOOP,
            "{"
            "'"
            "w"
            "a"
            "i"
            "t"
            "'"
            ":"
            " "
            "'"
            "1"
            "m"
            "s"
            "'"
            "}") "}, 'links': {'* -> *': {}}," WORKLOAD("'rate': 5") ", " FAULT("'type': 'crash', "
                                                                                "'signature': "
                                                                                "'rst', "
                                                                                "'target': "
                                                                                "{'service': 's'}, "
                                                                                "'schedule': "
                                                                                "{'mttf':"
                                                                                " " EXPONENTIAL(
                                                                                    "20s") ", "
                                                                                           "'mttr':"
                                                                                           " {'"
                                                                                           "dist': "
                                                                                           "'lognor"
                                                                                           "mal', "
                                                                                           "'mean':"
                                                                                           " '5s', "
                                                                                           "'cv': "
                                                                                           "1}}") "}");
    assert_theory(&runs, SCOPE_LINK, "w -> s", "connect_failure/attempts", 0.2, 0.02);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "availability_ratio", 0.8, 0.01);
    replications_clear(&runs);
}

static void test_an_abort_strikes_its_percentage(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '300s'}, 'services': {" SERVICE(
            LOOP,
            "{'wait': '1ms'}") "}, 'links': {'* -> *': {}}," WORKLOAD("'rate': 100") ", " FAULT("'t"
                                                                                                "yp"
                                                                                                "e'"
                                                                                                ": "
                                                                                                "'a"
                                                                                                "bo"
                                                                                                "rt"
                                                                                                "',"
                                                                                                " '"
                                                                                                "pe"
                                                                                                "rc"
                                                                                                "en"
                                                                                                "ta"
                                                                                                "ge"
                                                                                                "':"
                                                                                                " 2"
                                                                                                "5,"
                                                                                                " "
                                                                                                "'t"
                                                                                                "ar"
                                                                                                "ge"
                                                                                                "t'"
                                                                                                ": "
                                                                                                "{'"
                                                                                                "se"
                                                                                                "rv"
                                                                                                "ic"
                                                                                                "e'"
                                                                                                ": "
                                                                                                "'s"
                                                                                                "'"
                                                                                                "}") "}");
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "failed/offered", 0.25, 0.005);
    replications_clear(&runs);
}

static void test_a_delay_adds_its_mean_to_its_percentage(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '300s'}, 'services': {" SERVICE(
            LOOP,
            "{'wait': "
            "'2ms'}") "}, 'links': {'* -> *': {}}," WORKLOAD("'rate': 100") ", " FAULT("'type': "
                                                                                       "'delay', "
                                                                                       "'percentage"
                                                                                       "': 40, "
                                                                                       "'latency':"
                                                                                       " " EXPONENTIAL(
                                                                                           "10ms") ", 'target': "
                                                                                                   "{'service': "
                                                                                                   "'s'}") "}");
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 2 + 0.4 * 10, 0.01);
    replications_clear(&runs);
}

/* A process that stays 4 s at 20 a second and 1 s at 200 brings 56. Counts spread by more than a
 * Poisson process: var / mean -> 1 + 2 (a - b)^2 p q tau / mean, with tau = 1 / (1/4 + 1/1), which
 * fixes the standard error of the rate over 20 runs. */
static void test_modulated_arrivals_have_their_mean_rate_and_spread(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '2000s'}, 'services': {" SERVICE(
            LOOP,
            "{'wait': '1ms'}") "}, 'links': {'* -> *': {}}," WORKLOAD("'process': 'mmpp', "
                                                                      "'states': [{'rate': 20, "
                                                                      "'mean_time': '4s'}, "
                                                                      "{'rate': 200,"
                                                                      " 'mean_time': '1s'}]") "}");
    const double mean = 0.8 * 20 + 0.2 * 200;
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "offered_rps", mean, 0.015);
    Sample rate = sample_of(&runs, "base", SCOPE_WORKLOAD, "w", PHASE_ALL, "offered_rps");
    double dispersion = 1 + 2 * 180. * 180 * 0.8 * 0.2 * 0.8 / mean;
    double expected = mean * dispersion / 2000 / rate.count;
    double spread = sqrt(2.0 / (rate.count - 1)); /* relative error of a variance of so many runs */
    assert_within_errors(rate.error * rate.error, spread * expected, expected, 0.4);
    replications_clear(&runs);
}

/* Counts of a Poisson process have their mean as variance. */
static void test_poisson_arrivals_spread_as_poisson(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, "{'simulation': {'duration': '1000s'}, 'services': {" SERVICE(
                                LOOP, "") "}, 'links': {'* -> *': {}}," WORKLOAD("'rate': 40") "}");
    Sample offered = sample_of(&runs, "base", SCOPE_WORKLOAD, "w", PHASE_ALL, "offered");
    assert_within_errors(offered.mean, offered.error, 40000, 0.002);
    double expected = 40000. / offered.count, spread = sqrt(2.0 / (offered.count - 1));
    assert_within_errors(offered.error * offered.error, spread * expected, expected, 0.4);
    replications_clear(&runs);
}

/* The area under the curve: 0..100 s at 10, then a rise to 50 until 200 s, then 30. */
static void test_a_profile_brings_the_area_under_it(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '300s'}, 'services': {" SERVICE(
            LOOP,
            "") "}, 'links': {'* -> *': {}}," WORKLOAD("'profile': [{'until': '100s', 'rate': 10}, "
                                                       "{'until': '200s', 'from': 10, 'to': "
                                                       "50}, {'until': '300s', 'rate': 30}]") "}");
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "offered", 1000 + 3000 + 3000, 0.005);
    replications_clear(&runs);
}

static void test_a_mix_is_drawn_by_its_weights(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs, "{'simulation': {'duration': '200s'}, 'services': {'s': {" LOOP
               ", 'operations': {'a': {'steps': []}, 'b': {'steps': []}, 'c': {'steps': []}}}},"
               "'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {'process': 'constant', "
               "'rate': 100}, 'mix': {'s.a': 1, 's.b': 2, 's.c': 7}}}}");
    assert_theory(&runs, SCOPE_WORKLOAD, "w/s.a", "offered", 2000, 0.01);
    assert_theory(&runs, SCOPE_WORKLOAD, "w/s.b", "offered", 4000, 0.005);
    assert_theory(&runs, SCOPE_WORKLOAD, "w/s.c", "offered", 14000, 0.005);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slowed_service_is_busier_by_the_factor),
        cmocka_unit_test(test_a_load_spike_multiplies_the_rate),
        cmocka_unit_test(test_failures_and_repairs_make_the_availability),
        cmocka_unit_test(test_an_abort_strikes_its_percentage),
        cmocka_unit_test(test_a_delay_adds_its_mean_to_its_percentage),
        cmocka_unit_test(test_modulated_arrivals_have_their_mean_rate_and_spread),
        cmocka_unit_test(test_poisson_arrivals_spread_as_poisson),
        cmocka_unit_test(test_a_profile_brings_the_area_under_it),
        cmocka_unit_test(test_a_mix_is_drawn_by_its_weights),
    };
    return cmocka_run_group_tests_name("theory/faults_and_traffic", tests, NULL, NULL);
}
