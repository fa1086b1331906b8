/* One service under open load: queues of which the answer is known. */
#include <math.h>

#include "tests/support/replications.h"
#include "tests/support/cmocka_all.h"

/* 20 replications of 600 s at about 100 requests a second. */
#define STATION(service, arrival)                                                                  \
    "{'simulation': {'duration': '600s', 'warmup': '30s'}, 'services': {'s': {" service            \
    "}}, 'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {" arrival                        \
    "}, 'mix': {'s.op': 1}}}}"
#define COMPUTE(duration) "'operations': {'op': {'steps': [{'compute': " duration "}]}}"
#define EXPONENTIAL(mean) "{'dist': 'exponential', 'mean': '" mean "'}"

/* Probability that an arrival waits, of servers under an offered load of `load` (Erlang C). */
static double erlang_c(int servers, double load)
{
    double term = 1, sum = 0; /* load^k / k! */
    for (int k = 0; k < servers; k++) {
        sum += term;
        term *= load / (k + 1);
    }
    double last = term / (1 - load / servers);
    return last / (sum + last);
}

static double erlang_b(int servers, double load)
{
    double blocked = 1;
    for (int k = 1; k <= servers; k++)
        blocked = load * blocked / (k + load * blocked);
    return blocked;
}

/* Mean response of M/M/c: rates per second, result in ms. */
static double mmc_response_ms(int servers, double arrivals, double services)
{
    double wait = erlang_c(servers, arrivals / services) / (servers * services - arrivals);
    return 1000 * (wait + 1 / services);
}

static void test_one_thread_is_mm1(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'threads': 1, " COMPUTE(EXPONENTIAL("4ms")), "'rate': 175"));
    double response = 4 / 0.3, busy = 0.7;
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "offered_rps", 175, 0.001);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", response, 0.02);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "stddev_ms", response, 0.02);
    assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", "p50_ms", response * log(2), 0.01);
    assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", "p90_ms", response * log(10), 0.01);
    assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", "p99_ms", response * log(100), 0.02);
    assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", "p999_ms", response * log(1000), 0.03);
    assert_theory(&runs, SCOPE_SERVICE, "s", "thread_utilization", busy, 0.001);
    assert_theory(&runs, SCOPE_SERVICE, "s", "in_system_mean", busy / (1 - busy), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "queue_mean", busy * busy / (1 - busy), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "queue_wait_mean_ms", response - 4, 0.02);
    assert_theory_percentile(&runs, SCOPE_SERVICE, "s", "queue_wait_p99_ms",
                             response * log(100 * busy), 0.02);
    replications_clear(&runs);
}

static void test_one_core_of_an_event_loop_is_mm1(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'server': 'event_loop', 'cpu': {'cores': 1, 'scheduling': "
                                    "'fifo'}, " COMPUTE(EXPONENTIAL("10ms")),
                                    "'rate': 60"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 1000 / 40., 0.01);
    assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", "p99_ms", 1000 / 40. * log(100), 0.02);
    assert_theory(&runs, SCOPE_SERVICE, "s", "cpu_utilization", 0.6, 0.003);
    replications_clear(&runs);
}

static void test_threads_are_mmc(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'threads': 4, " COMPUTE(EXPONENTIAL("10ms")), "'rate': 300"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", mmc_response_ms(4, 300, 100), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "queue_wait_mean_ms",
                  mmc_response_ms(4, 300, 100) - 10, 0.02);
    assert_theory(&runs, SCOPE_SERVICE, "s", "thread_utilization", 0.75, 0.001);
    replications_clear(&runs);
}

static void test_cores_first_come_first_served_are_mmc(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'threads': 10000, 'cpu': {'cores': 3, 'scheduling': 'fifo'"
                                    "}, " COMPUTE(EXPONENTIAL("20ms")),
                                    "'rate': 105"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", mmc_response_ms(3, 105, 50), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "cpu_utilization", 0.7, 0.003);
    replications_clear(&runs);
}

/* With exponential work the number of computations moves as in M/M/c, whoever is served. */
static void test_shared_cores_have_the_mean_of_mmc(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'threads': 10000, 'cpu': {'cores': 3, 'scheduling': "
                                    "'processor_sharing'}, " COMPUTE(EXPONENTIAL("20ms")),
                                    "'rate': 105"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", mmc_response_ms(3, 105, 50), 0.01);
    replications_clear(&runs);
}

/* Room for `room` requests, the one in service included. */
static void test_a_bounded_queue_is_mm1k(void **state)
{
    (void)state;
    Replications runs;
    const int room = 5;
    const double load = 0.8;
    replications_run(
        &runs, STATION("'threads': 1, 'queue': {'max_length': 4}, " COMPUTE(EXPONENTIAL("10ms")),
                       "'rate': 80"));
    double weights = 0, in_system = 0, last = 0;
    for (int n = 0; n <= room; n++) {
        last = pow(load, n);
        weights += last;
        in_system += n * last;
    }
    double blocked = last / weights;
    in_system /= weights;
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "rejected/offered", blocked, 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "in_system_mean", in_system, 0.005);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 1000 * in_system / (80 * (1 - blocked)),
                  0.005);
    replications_clear(&runs);
}

/* Erlang's loss formula holds for any distribution of the same mean. */
static void test_no_waiting_room_is_erlang_b(void **state)
{
    (void)state;
    static const char *const works[] = {
        "{'dist': 'exponential', 'mean': '50ms'}",
        "{'dist': 'lognormal', 'mean': '50ms', 'cv': 2}",
        "'50ms'",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(works); i++) {
        Replications runs;
        replications_run(
            &runs,
            STATION("'threads': 6, 'queue': {'max_length': 0}, " COMPUTE("%s"), "'rate': 100"),
            works[i]);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "rejected/offered", erlang_b(6, 5), 0.01);
        assert_theory(&runs, SCOPE_SERVICE, "s", "thread_utilization", 5 * (1 - erlang_b(6, 5)) / 6,
                      0.005);
        replications_clear(&runs);
    }
}

/* Pollaczek and Khinchine. */
static void test_one_thread_is_mg1(void **state)
{
    (void)state;
    static const struct {
        const char *work;
        double cv;
    } works[] = {
        {"'10ms'", 0},
        {"{'dist': 'lognormal', 'mean': '10ms', 'cv': 1.5}", 1.5},
        {"{'dist': 'hyperexponential', 'mean': '10ms', 'cv': 2}", 2},
        {"{'dist': 'erlang', 'mean': '10ms', 'stages': 4}", 0.5},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(works); i++) {
        Replications runs;
        replications_run(&runs, STATION("'threads': 1, " COMPUTE("%s"), "'rate': 60"),
                         works[i].work);
        double squares = 10 * 10 * (1 + works[i].cv * works[i].cv);
        double wait = 0.06 * squares / (2 * (1 - 0.6));
        assert_theory(&runs, SCOPE_SERVICE, "s", "queue_wait_mean_ms", wait, 0.02);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", wait + 10, 0.02);
        replications_clear(&runs);
    }
}

/* The mean of M/G/1-PS depends on the mean work alone. */
static void test_processor_sharing_does_not_care_about_the_distribution(void **state)
{
    (void)state;
    static const char *const works[] = {
        "'10ms'",
        "{'dist': 'lognormal', 'mean': '10ms', 'cv': 2}",
        "{'dist': 'hyperexponential', 'mean': '10ms', 'cv': 3}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(works); i++) {
        Replications runs;
        replications_run(
            &runs, STATION("'threads': 10000, 'cpu': {'cores': 1}, " COMPUTE("%s"), "'rate': 60"),
            works[i]);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 / 0.4, 0.02);
        assert_theory(&runs, SCOPE_SERVICE, "s", "cpu_utilization", 0.6, 0.01);
        replications_clear(&runs);
    }
}

/* The order changes no mean when it does not look at the work, but the spread: the second moment of
 * the wait is that of first come, first served divided by 1 - load. */
static void test_last_come_first_served_keeps_the_mean_and_spreads_the_wait(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'threads': 1, 'queue': {'discipline': 'lifo'}, " COMPUTE(
                                        EXPONENTIAL("10ms")),
                                    "'rate': 50"));
    double wait = 10, squares = 0.5 * 2 * 20 * 20 / (1 - 0.5);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 20, 0.01);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "stddev_ms", sqrt(squares - wait * wait + 10 * 10),
                  0.02);
    replications_clear(&runs);
}

/* Cobham: two classes without pre-emption. */
static void test_priorities_wait_as_cobham_says(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '600s', 'warmup': '30s'}, 'services': {'s': {'threads': 1,"
        " 'queue': {'discipline': 'priority'}, 'operations': {"
        "  'op': {'priority': 2, 'steps': [{'compute': " EXPONENTIAL(
            "10ms") "}]},"
                    "  'first': {'priority': 1, 'steps': [{'compute': " EXPONENTIAL(
                        "5ms") "}]}}}},"
                               "'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {'rate': "
                               "100},"
                               " 'mix': {'s.op': 0.4, 's.first': 0.6}}}}");
    double first = 0.06 * 5, other = 0.04 * 10;
    double residual = 0.06 * 5 * 5 + 0.04 * 10 * 10; /* sum of rate E[S^2] / 2 */
    assert_theory(&runs, SCOPE_SERVICE, "s.first", "queue_wait_mean_ms", residual / (1 - first),
                  0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s.op", "queue_wait_mean_ms",
                  residual / ((1 - first) * (1 - first - other)), 0.02);
    assert_theory(&runs, SCOPE_WORKLOAD, "w/s.first", "offered_rps", 60, 0.005);
    replications_clear(&runs);
}

/* M^X/M/1 with X geometric of mean b: b / (mu - lambda), lambda counting requests. */
static void test_batches_wait_for_each_other(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, STATION("'threads': 1, " COMPUTE(EXPONENTIAL("10ms")),
                                    "'rate': 20, 'batch': {'dist': 'geometric', 'mean': 3}"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "offered_rps", 60, 0.01);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 1000 * 3 / (100. - 60), 0.02);
    replications_clear(&runs);
}

/* Batches of exactly b: (b + 1) / 2 takes the place of b. */
static void test_batches_of_one_size_wait_for_each_other(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs, STATION("'threads': 1, " COMPUTE(EXPONENTIAL("10ms")), "'rate': 12, 'batch': 5"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 1000 * 3 / (100. - 60), 0.02);
    replications_clear(&runs);
}

/* GI/M/1: an arrival finds n others with a geometric probability, whose ratio solves
 * ratio = A(mu (1 - ratio)), A the transform of the time between arrivals. */
static void test_regular_arrivals_are_dm1(void **state)
{
    (void)state;
    static const char *const arrivals[] = {
        "'process': 'constant', 'rate': 80",
        "'process': 'renewal', 'interarrival': '12.5ms'",
    };
    double ratio = 0.5;
    for (int i = 0; i < 1000; i++)
        ratio = exp(-(1 - ratio) / 0.8);
    for (size_t i = 0; i < G_N_ELEMENTS(arrivals); i++) {
        Replications runs;
        replications_run(&runs, STATION("'threads': 1, " COMPUTE(EXPONENTIAL("10ms")), "%s"),
                         arrivals[i]);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 / (1 - ratio), 0.01);
        assert_theory_percentile(&runs, SCOPE_WORKLOAD, "w", "p90_ms", 10 / (1 - ratio) * log(10),
                                 0.01);
        replications_clear(&runs);
    }
}

static void test_erlang_arrivals_are_gim1(void **state)
{
    (void)state;
    double ratio = 0.5;
    for (int i = 0; i < 1000; i++)
        ratio = pow(2 * 0.7 / (2 * 0.7 + 1 - ratio), 2);
    Replications runs;
    replications_run(&runs, STATION("'threads': 1, " COMPUTE(EXPONENTIAL("7ms")),
                                    "'process': 'renewal', 'interarrival': {'dist': 'erlang', "
                                    "'mean': '10ms', 'stages': 2}"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 7 / (1 - ratio), 0.01);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_thread_is_mm1),
        cmocka_unit_test(test_one_core_of_an_event_loop_is_mm1),
        cmocka_unit_test(test_threads_are_mmc),
        cmocka_unit_test(test_cores_first_come_first_served_are_mmc),
        cmocka_unit_test(test_shared_cores_have_the_mean_of_mmc),
        cmocka_unit_test(test_a_bounded_queue_is_mm1k),
        cmocka_unit_test(test_no_waiting_room_is_erlang_b),
        cmocka_unit_test(test_one_thread_is_mg1),
        cmocka_unit_test(test_processor_sharing_does_not_care_about_the_distribution),
        cmocka_unit_test(test_last_come_first_served_keeps_the_mean_and_spreads_the_wait),
        cmocka_unit_test(test_priorities_wait_as_cobham_says),
        cmocka_unit_test(test_batches_wait_for_each_other),
        cmocka_unit_test(test_batches_of_one_size_wait_for_each_other),
        cmocka_unit_test(test_regular_arrivals_are_dm1),
        cmocka_unit_test(test_erlang_arrivals_are_gim1),
    };
    return cmocka_run_group_tests_name("theory/one_station", tests, NULL, NULL);
}
