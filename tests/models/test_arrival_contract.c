/* What every arrival process must keep to: run over the table of kinds. */
#include "tests/support/arrivals.h"

typedef struct Sample {
    const char *process;
    const char *keys;
    bool is_fixed; /* knows no chance */
} Sample;

/* One line for each kind; a kind without one fails the first test. */
static const Sample samples[] = {
    {"poisson", "'rate': 50", false},
    {"constant", "'rate': 50", true},
    {"renewal", "'interarrival': {'dist': 'erlang', 'mean': '20ms', 'stages': 3}", false},
    {"mmpp", "'states': [{'rate': 100, 'mean_time': '300ms'}, {'rate': 0, 'mean_time': '100ms'}]",
     false},
    {"trace", "'file': 'tests/data/traces/times.csv'", true},
};

static char *file_with(const Sample *sample, const char *more)
{
    return g_strdup_printf(FILE_OF("'duration': '8s', 'warmup': '2s'", "'process': '%s', %s", "%s"),
                           sample->process, sample->keys, more);
}

static GArray *times_of(const Sample *sample, const char *more, uint64_t seed, uint32_t replication)
{
    g_autofree char *file = file_with(sample, more);
    return arrival_times(file, seed, replication);
}

static void test_every_kind_has_a_sample(void **state)
{
    (void)state;
    guint count = 0;
    for (const Kind *const *kind = arrival_family.kinds; *kind != NULL; kind++, count++)
        assert_string_equal((*kind)->name, samples[count].process);
    assert_int_equal(count, G_N_ELEMENTS(samples));
}

static void test_times_go_forward_and_stop_before_the_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(GArray) times = times_of(&samples[i], "", 1, 0);
        assert_true(times->len > 4);
        for (guint j = 0; j < times->len; j++) {
            assert_true(time_at(times, j) >= (j == 0 ? 0 : time_at(times, j - 1)));
            assert_true(time_at(times, j) < 10 * SIM_TIME_S);
        }
    }
}

static void test_the_same_seed_and_replication_give_the_same_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(GArray) first = times_of(&samples[i], "", 7, 3);
        g_autoptr(GArray) second = times_of(&samples[i], "", 7, 3);
        assert_same_times(first, second);
    }
}

static void test_another_seed_or_replication_gives_other_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(GArray) times = times_of(&samples[i], "", 7, 3);
        g_autoptr(GArray) of_seed = times_of(&samples[i], "", 8, 3);
        g_autoptr(GArray) of_replication = times_of(&samples[i], "", 7, 4);
        assert_true((time_at(times, 0) == time_at(of_seed, 0)) == samples[i].is_fixed);
        assert_true((time_at(times, 0) == time_at(of_replication, 0)) == samples[i].is_fixed);
    }
}

/* Common random numbers: what else is in the file, or goes wrong, moves no arrival. */
static void test_faults_of_others_move_no_arrival(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(GArray) alone = times_of(&samples[i], "", 1, 0);
        g_autoptr(GArray) with_faults = times_of(
            &samples[i],
            ", 'faults': {'f': {'type': 'crash', 'target': {'service': 'a'},"
            "'schedule': {'mttf': {'dist': 'exponential', 'mean': '1s'}, 'mttr': '100ms'}}}",
            1, 0);
        assert_same_times(alone, with_faults);
    }
}

/* Load spikes leave the arrivals before them alone. */
static void test_what_comes_before_a_load_spike_is_the_same_without_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const ArrivalKind *kind =
            (const ArrivalKind *)(const void *)kind_find(&arrival_family, samples[i].process);
        if (!kind->bends)
            continue;
        g_autoptr(GArray) well = times_of(&samples[i], "", 1, 0);
        g_autoptr(GArray) spiked =
            times_of(&samples[i],
                     ", 'faults': {'f': {'type': 'load_spike', 'factor': 5, 'start': '3s',"
                     "'duration': '2s', 'target': {'workload': 'w'}}}",
                     1, 0);
        guint same = 0;
        while (same < well->len && time_at(well, same) < 5 * SIM_TIME_S) {
            assert_int_equal(time_at(well, same), time_at(spiked, same));
            same++;
        }
        uint64_t before = count_between(well, 5 * SIM_TIME_S, 7 * SIM_TIME_S);
        assert_true(count_between(spiked, 5 * SIM_TIME_S, 7 * SIM_TIME_S) > 3 * before);
    }
}

static void test_a_batch_multiplies_each_arrival(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        Sample batched = samples[i];
        g_autofree char *keys = g_strdup_printf("'batch': 3, %s", samples[i].keys);
        batched.keys = keys;
        g_autoptr(GArray) single = times_of(&samples[i], "", 1, 0);
        g_autoptr(GArray) threes = times_of(&batched, "", 1, 0);
        assert_int_equal(threes->len, 3 * single->len);
        for (guint j = 0; j < threes->len; j++)
            assert_int_equal(time_at(threes, j), time_at(single, j / 3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_has_a_sample),
        cmocka_unit_test(test_times_go_forward_and_stop_before_the_end),
        cmocka_unit_test(test_the_same_seed_and_replication_give_the_same_times),
        cmocka_unit_test(test_another_seed_or_replication_gives_other_times),
        cmocka_unit_test(test_faults_of_others_move_no_arrival),
        cmocka_unit_test(test_what_comes_before_a_load_spike_is_the_same_without_it),
        cmocka_unit_test(test_a_batch_multiplies_each_arrival),
    };
    return cmocka_run_group_tests_name("models/arrival_contract", tests, NULL, NULL);
}
