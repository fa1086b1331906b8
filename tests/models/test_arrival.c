/* Each arrival process against its law. Statistical tests allow five standard errors, at fixed
 * seeds. */
#include "tests/support/arrivals.h"
#include "tests/support/chance.h"
#include "tests/support/close_to.h"

#define S SIM_TIME_S

static GArray *times_of(const char *file)
{
    return arrival_times(file, 1, 0);
}

static void assert_poisson_count(const GArray *times, SimTime start, SimTime end, double expected)
{
    assert_within((double)count_between(times, start, end), expected, sqrt(expected));
}

/* --- poisson --- */

static double unit_exponential(double x)
{
    return -expm1(-x);
}

static void test_poisson_has_its_rate_and_exponential_gaps(void **state)
{
    (void)state;
    g_autoptr(GArray) times = times_of(FILE_OF("'duration': '1000s'", "'rate': 200", ""));
    assert_poisson_count(times, 0, 1000 * S, 200000);
    double *gaps = g_new(double, times->len);
    for (guint i = 0; i < times->len; i++)
        gaps[i] = sim_time_to_s(time_at(times, i) - (i == 0 ? 0 : time_at(times, i - 1))) * 200;
    assert_distributed(gaps, times->len, unit_exponential);
    g_free(gaps);
}

/* The correlation of successive gaps is 0, with a standard error of 1/sqrt(n). */
static void test_gaps_of_poisson_know_nothing_of_each_other(void **state)
{
    (void)state;
    g_autoptr(GArray) times = times_of(FILE_OF("'duration': '1000s'", "'rate': 200", ""));
    double sum = 0;
    guint count = times->len - 2;
    for (guint i = 0; i < count; i++) {
        double first = sim_time_to_s(time_at(times, i + 1) - time_at(times, i)) * 200;
        double second = sim_time_to_s(time_at(times, i + 2) - time_at(times, i + 1)) * 200;
        sum += (first - 1) * (second - 1);
    }
    assert_within(sum / count, 0, 1 / sqrt(count));
}

static void test_poisson_is_the_process_by_default(void **state)
{
    (void)state;
    g_autoptr(GArray) plain = times_of(FILE_OF("'duration': '10s'", "'rate': 20", ""));
    g_autoptr(GArray) named =
        times_of(FILE_OF("'duration': '10s'", "'process': 'poisson', 'rate': 20", ""));
    assert_same_times(plain, named);
}

/* --- constant --- */

static void test_constant_arrivals_come_at_multiples_of_the_gap(void **state)
{
    (void)state;
    g_autoptr(GArray) times = times_of(FILE_OF("'duration': '100000s', 'warmup': '500ms'",
                                               "'process': 'constant', 'rate': 3", ""));
    assert_int_equal(times->len, 300001);
    for (guint i = 0; i < times->len; i++)
        assert_int_equal(time_at(times, i), ((SimTime)(i + 1) * S + 1) / 3);
}

static void test_an_arrival_at_the_end_is_no_more_part_of_the_run(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '1s'", "'process': 'constant', 'rate': 4", ""));
    assert_int_equal(times->len, 3);
    assert_int_equal(time_at(times, 2), 750 * SIM_TIME_MS);
}

/* --- profile --- */

/* From 0 to 10 per second in 10 s: the k-th arrival comes at sqrt(2k) s; the 50th at 10 s, then
 * 10 per second. The warm-up has the first rate, 0. */
static void test_a_ramp_brings_arrivals_at_the_roots_of_its_integral(void **state)
{
    (void)state;
    g_autoptr(GArray) times = times_of(
        FILE_OF("'duration': '12s', 'warmup': '5s'",
                "'process': 'constant', 'profile': [{'until': '10s', 'from': 0, 'to': 10}]", ""));
    assert_int_equal(times->len, 69);
    for (guint k = 1; k <= 50; k++)
        assert_close(sim_time_to_s(time_at(times, k - 1) - 5 * S), sqrt(2.0 * k), 1e-9);
    for (guint k = 51; k <= times->len; k++)
        assert_close(sim_time_to_s(time_at(times, k - 1) - 15 * S), (k - 50) / 10.0, 1e-8);
}

static void test_the_first_rate_also_holds_in_the_warm_up_and_the_last_for_good(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '30s', 'warmup': '10s'",
                         "'process': 'constant', 'profile': [{'until': '10s', 'rate': 2},"
                         "{'until': '20s', 'rate': 0}, {'until': '22s', 'rate': 5}]",
                         ""));
    assert_int_equal(count_between(times, 0, 10 * S + 1), 20);
    assert_int_equal(count_between(times, 10 * S + 1, 20 * S + 1), 20);
    assert_int_equal(count_between(times, 20 * S + 1, 30 * S + 1), 0);
    assert_int_equal(count_between(times, 30 * S + 1, 40 * S), 49);
}

static void test_poisson_follows_a_profile(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '300s'",
                         "'profile': [{'until': '100s', 'rate': 100}, {'until': '200s', 'from': "
                         "100, 'to': 500}, {'until': '300s', 'rate': 0}]",
                         ""));
    assert_poisson_count(times, 0, 100 * S, 10000);
    assert_poisson_count(times, 100 * S, 150 * S, 10000);
    assert_poisson_count(times, 150 * S, 200 * S, 20000);
    assert_int_equal(count_between(times, 200 * S, 300 * S), 0);
}

/* --- load_spike --- */

#define SPIKE(keys)                                                                                \
    ", 'faults': {'f': {'type': 'load_spike', 'target': {'workload': 'w'}, " keys "}}"

static void test_a_load_spike_multiplies_the_rate_while_it_lasts(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '20s', 'warmup': '1s'", "'process': 'constant', 'rate': 10",
                         SPIKE("'factor': 3, 'start': '5s', 'duration': '2s'")));
    assert_int_equal(count_between(times, 0, 6 * S + 1), 60);
    assert_int_equal(count_between(times, 6 * S + 1, 8 * S + 1), 60);
    assert_int_equal(time_at(times, 60), 6 * S + 33333333);
    assert_int_equal(count_between(times, 8 * S + 1, 21 * S), 129);
}

static void test_a_load_spike_without_end_lasts_and_one_of_factor_0_silences(void **state)
{
    (void)state;
    g_autoptr(GArray) lasting =
        times_of(FILE_OF("'duration': '20s'", "'process': 'constant', 'rate': 10",
                         SPIKE("'factor': 2, 'start': '10s'")));
    g_autoptr(GArray) silent =
        times_of(FILE_OF("'duration': '20s'", "'process': 'constant', 'rate': 10",
                         SPIKE("'factor': 0, 'start': '10s'")));
    assert_int_equal(lasting->len, 299);
    assert_int_equal(silent->len, 100);
}

static void test_a_load_spike_also_hastens_renewals_and_states(void **state)
{
    (void)state;
    g_autoptr(GArray) renewal =
        times_of(FILE_OF("'duration': '20s'", "'process': 'renewal', 'interarrival': '100ms'",
                         SPIKE("'factor': 4, 'start': '10s', 'duration': '5s'")));
    g_autoptr(GArray) mmpp =
        times_of(FILE_OF("'duration': '300s'",
                         "'process': 'mmpp', 'states': [{'rate': 100, 'mean_time': '1s'},"
                         "{'rate': 100, 'mean_time': '1s'}]",
                         SPIKE("'factor': 4, 'start': '100s', 'duration': '100s'")));
    assert_int_equal(renewal->len, 100 + 200 + 49);
    assert_poisson_count(mmpp, 0, 100 * S, 10000);
    assert_poisson_count(mmpp, 100 * S, 200 * S, 40000);
    assert_poisson_count(mmpp, 200 * S, 300 * S, 10000);
}

/* --- renewal --- */

/* Gaps of mean 10 ms and deviation 10/sqrt(4) ms. */
static void test_renewals_have_their_gaps(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '500s'",
                         "'process': 'renewal', 'interarrival': {'dist': 'erlang', 'mean': '10ms',"
                         "'stages': 4}",
                         ""));
    double sum = 0, squares = 0;
    for (guint i = 1; i < times->len; i++) {
        double gap = sim_time_to_ms(time_at(times, i) - time_at(times, i - 1));
        sum += gap;
        squares += gap * gap;
    }
    double count = times->len - 1, mean = sum / count;
    assert_within(mean, 10, 5 / sqrt(count));
    /* The fourth central moment of a gamma of shape 4 is (3 + 6/4) s^4, so var(s^2) = 3.5 s^4/n. */
    assert_within(squares / count - mean * mean, 25, 25 * sqrt(3.5 / count));
}

/* --- mmpp --- */

#define BURSTS                                                                                     \
    FILE_OF("'duration': '10s'",                                                                   \
            "'process': 'mmpp', 'states': [{'rate': 100, 'mean_time': '1s'}, {'rate': 10,"         \
            "'mean_time': '3s'}]",                                                                 \
            "")
#define BURST_RUNS 1000u

/* Starting in the first state, it is there at t with probability p + q exp(-s t), where p = 1/4,
 * q = 3/4, s = 1/1s + 1/3s; integrated over the run, times the rates. Dispersion: 1 for Poisson. */
static void test_mmpp_has_the_mean_of_its_states_and_comes_in_bursts(void **state)
{
    (void)state;
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < BURST_RUNS; i++) {
        g_autoptr(GArray) times = arrival_times(BURSTS, 1, i);
        sum += times->len;
        squares += (double)times->len * times->len;
    }
    double mean = sum / BURST_RUNS, variance = squares / BURST_RUNS - mean * mean;
    double change = 4.0 / 3, first = 0.25 * 10 + 0.75 * (1 - exp(-change * 10)) / change;
    assert_within(mean, 100 * first + 10 * (10 - first), sqrt(variance / BURST_RUNS));
    assert_true(variance > 10 * mean);
}

/* Of the states with rates 50, 0 and 200 the first lasts 10 s on average. */
static void test_mmpp_begins_in_its_first_state_and_goes_around(void **state)
{
    (void)state;
    double first = 0;
    for (uint32_t i = 0; i < BURST_RUNS; i++) {
        g_autoptr(GArray) times = arrival_times(
            FILE_OF("'duration': '100ms'",
                    "'process': 'mmpp', 'states': [{'rate': 50, 'mean_time': '1h'},"
                    "{'rate': 0, 'mean_time': '1h'}, {'rate': 200, 'mean_time': '1h'}]",
                    ""),
            1, i);
        first += times->len;
    }
    assert_within(first, 5 * BURST_RUNS, sqrt(5 * BURST_RUNS));
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '40000s'",
                         "'process': 'mmpp', 'states': [{'rate': 5, 'mean_time': '1s'},"
                         "{'rate': 0, 'mean_time': '2s'}, {'rate': 20, 'mean_time': '1s'}]",
                         ""));
    /* A cycle brings 25 arrivals in 4 s, with variances of 25 + 400 + 25 and of 6 s^2: of the count
     * per cycle at the mean rate, var(N - 6.25 C) = 25 + 1.25^2 + 6.25^2 * 4 + 13.75^2. */
    double per_cycle = 25 + 1.25 * 1.25 + 6.25 * 6.25 * 4 + 13.75 * 13.75;
    assert_within(times->len, 250000, sqrt(10000 * per_cycle));
}

/* --- trace --- */

static void test_a_trace_of_times_is_played_from_the_start_of_measurement(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '9s', 'warmup': '2s'",
                         "'process': 'trace', 'file': 'tests/data/traces/times.csv'", ""));
    const SimTime expected[] = {2000, 2250, 2250, 3500, 5000};
    assert_int_equal(times->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < times->len; i++)
        assert_int_equal(time_at(times, i), expected[i] * SIM_TIME_MS);
}

/* 100 per second from 1 to 3 s, 50 from 5 s to the end. */
static void test_a_trace_of_rates_is_a_poisson_process_of_these_rates(void **state)
{
    (void)state;
    uint64_t early = 0, late = 0, never = 0;
    for (uint32_t i = 0; i < 100; i++) {
        g_autoptr(GArray) times =
            arrival_times(FILE_OF("'duration': '9s', 'warmup': '2s'",
                                  "'process': 'trace', 'file': 'tests/data/traces/rates.csv'", ""),
                          1, i);
        early += count_between(times, 3 * S, 5 * S);
        late += count_between(times, 7 * S, 11 * S);
        never += count_between(times, 0, 3 * S) + count_between(times, 5 * S, 7 * S);
    }
    assert_within((double)early, 20000, sqrt(20000));
    assert_within((double)late, 20000, sqrt(20000));
    assert_int_equal(never, 0);
}

typedef struct BadTrace {
    const char *file, *problem;
} BadTrace;

static void test_bad_traces_are_refused_with_their_line(void **state)
{
    (void)state;
    const BadTrace bad[] = {
        {"goes_back.csv", "tests/data/traces/goes_back.csv:3: times must not go back"},
        {"uneven.csv",
         "tests/data/traces/uneven.csv:2: all rows must have as many values as the first"},
        {"word.csv", "tests/data/traces/word.csv:2: must be a time in seconds, or time,rate"},
        {"negative.csv",
         "tests/data/traces/negative.csv:1: a time must be from 0 to 315360000 seconds"},
        {"headings_only.csv", "the file must have at least one time"},
        {"three_values.csv",
         "tests/data/traces/three_values.csv:2: must be a time in seconds, or time,rate"},
        {"negative_rate.csv",
         "tests/data/traces/negative_rate.csv:1: a rate must be from 0 to 1e9 per second"},
        {"huge_rate.csv",
         "more than 1e+10 requests are expected in one run: lower the rate or the duration"},
        {"absent.csv", "cannot read \"tests/data/traces/absent.csv\": No such file or directory"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *file = g_strdup_printf(
            FILE_OF("'duration': '1h'", "'process': 'trace', 'file': 'tests/data/traces/%s'", ""),
            bad[i].file);
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Topology) topology = try_topology(file, NULL, problems);
        g_autofree char *message = problems_format(problems);
        assert_null(topology);
        if (strstr(message, bad[i].problem) == NULL)
            fail_msg("%s instead of %s", message, bad[i].problem);
    }
}

/* --- batch --- */

static void test_rate_counts_batches_and_each_draws_its_size(void **state)
{
    (void)state;
    g_autoptr(GArray) times =
        times_of(FILE_OF("'duration': '10000s'",
                         "'process': 'constant', 'rate': 5, 'batch': {'dist': 'geometric',"
                         "'mean': 4}",
                         ""));
    /* 49,999 batches with a variance of mean (mean - 1). */
    assert_within(times->len / 49999.0, 4, sqrt(12 / 49999.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poisson_has_its_rate_and_exponential_gaps),
        cmocka_unit_test(test_gaps_of_poisson_know_nothing_of_each_other),
        cmocka_unit_test(test_poisson_is_the_process_by_default),
        cmocka_unit_test(test_constant_arrivals_come_at_multiples_of_the_gap),
        cmocka_unit_test(test_an_arrival_at_the_end_is_no_more_part_of_the_run),
        cmocka_unit_test(test_a_ramp_brings_arrivals_at_the_roots_of_its_integral),
        cmocka_unit_test(test_the_first_rate_also_holds_in_the_warm_up_and_the_last_for_good),
        cmocka_unit_test(test_poisson_follows_a_profile),
        cmocka_unit_test(test_a_load_spike_multiplies_the_rate_while_it_lasts),
        cmocka_unit_test(test_a_load_spike_without_end_lasts_and_one_of_factor_0_silences),
        cmocka_unit_test(test_a_load_spike_also_hastens_renewals_and_states),
        cmocka_unit_test(test_renewals_have_their_gaps),
        cmocka_unit_test(test_mmpp_has_the_mean_of_its_states_and_comes_in_bursts),
        cmocka_unit_test(test_mmpp_begins_in_its_first_state_and_goes_around),
        cmocka_unit_test(test_a_trace_of_times_is_played_from_the_start_of_measurement),
        cmocka_unit_test(test_a_trace_of_rates_is_a_poisson_process_of_these_rates),
        cmocka_unit_test(test_bad_traces_are_refused_with_their_line),
        cmocka_unit_test(test_rate_counts_batches_and_each_draws_its_size),
    };
    return cmocka_run_group_tests_name("models/arrival", tests, NULL, NULL);
}
