/* Workloads as they are read: defaults, mixes, profiles, and what is refused. */
#include "models/arrival/arrival.h"

#include "models/load.h"
#include "tests/support/close_to.h"
#include "tests/support/topology_text.h"

#define FILE_WITH(workloads)                                                                       \
    "{'simulation': {'duration': '100s', 'warmup': '10s'}, 'services': {'a': {'threads': 1,"       \
    "'operations': {'x': {'steps': []}, 'y': {'steps': []}}}}, 'links': {'* -> *': {}},"           \
    "'workloads': {" workloads "}}"
#define OPEN(arrival) FILE_WITH("'w': {'arrival': {" arrival "}, 'mix': {'a.x': 1}}")

static void test_an_open_workload_needs_no_more_than_a_rate_and_a_mix(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(OPEN("'rate': 20"), NULL);
    const WorkloadConfig *workload = &topology->workloads[0];
    assert_false(workload->is_closed);
    assert_string_equal(workload->arrival.kind->name, "poisson");
    assert_null(workload->batch);
    assert_null(workload->profile);
    assert_int_equal(workload->clients, 1);
    assert_int_equal(workload->site_count, 1);
    assert_close(workload->weights[0], 1, 0);
}

static void test_a_closed_workload_has_users_who_may_think(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'w': {'type': 'closed', 'users': 7, 'clients': 3, 'think_time': "
                                "'2s', 'mix': {'a.x': 1}},"
                                "'v': {'type': 'closed', 'users': 1, 'mix': {'a.x': 1}}"),
                      NULL);
    const WorkloadConfig *thinking = &topology->workloads[0], *busy = &topology->workloads[1];
    assert_true(thinking->is_closed && busy->is_closed);
    assert_int_equal(thinking->users, 7);
    assert_int_equal(thinking->clients, 3);
    assert_close(distribution_mean(thinking->think_time), 2e9, 0);
    assert_null(busy->think_time);
    assert_null(busy->arrival.kind);
}

static void test_weights_of_a_mix_are_any_positive_numbers_in_order_of_names(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'w': {'arrival': {'rate': 1}, 'mix': {'a.y': 30, 'a.x': 10}}"), NULL);
    const WorkloadConfig *workload = &topology->workloads[0];
    assert_int_equal(workload->site_count, 2);
    assert_close(workload->weights[0], 0.25, 1e-15);
    assert_close(workload->weights[1], 1, 0);
    const CallSite *first = &topology->call_sites[workload->sites[0]];
    assert_int_equal(first->operation, topology_find_operation(topology, "a.x"));
    assert_string_equal(topology->links[first->link].name, "w -> a");
}

static void assert_piece(const WorkloadConfig *workload, uint32_t i, SimTime until, double from,
                         double to)
{
    assert_true(i < workload->profile_count);
    assert_int_equal(workload->profile[i].until, until);
    assert_close(workload->profile[i].from, from, 0);
    assert_close(workload->profile[i].to, to, 0);
}

static void test_a_profile_has_flat_pieces_and_ramps_and_its_last_rate_holds_on(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        OPEN("'profile': [{'until': '10s', 'rate': 5}, {'until': '30s', 'from': 5, 'to': 9,"
             "'description': 'rush'}]"),
        NULL);
    const WorkloadConfig *workload = &topology->workloads[0];
    assert_int_equal(workload->profile_count, 3);
    assert_piece(workload, 0, 10 * SIM_TIME_S, 5, 5);
    assert_piece(workload, 1, 30 * SIM_TIME_S, 5, 9);
    assert_piece(workload, 2, SIM_TIME_NEVER, 9, 9);
}

typedef struct Rate {
    const char *file;
    double rate;
} Rate;

static void test_the_offered_rate_is_the_mean_over_the_measured_part(void **state)
{
    (void)state;
    const Rate rates[] = {
        {OPEN("'rate': 20"), 20},
        {OPEN("'rate': 20, 'batch': 3"), 60},
        {OPEN("'rate': 20, 'batch': {'dist': 'geometric', 'mean': 2.5}"), 50},
        {OPEN("'process': 'constant', 'rate': 7"), 7},
        {OPEN("'process': 'renewal', 'interarrival': '50ms'"), 20},
        {OPEN("'process': 'mmpp', 'states': [{'rate': 100, 'mean_time': '1s'},"
              "{'rate': 20, 'mean_time': '3s'}]"),
         40},
        {OPEN("'profile': [{'until': '50s', 'from': 0, 'to': 10}, {'until': '200s', 'from': 10,"
              "'to': 40}]"),
         (50 * 5 + 50 * 15) / 100.0},
        {OPEN("'process': 'trace', 'file': 'tests/data/traces/times.csv'"), 6 / 100.0},
        {OPEN("'process': 'trace', 'file': 'tests/data/traces/rates.csv'"),
         (2 * 100 + 95 * 50) / 100.0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_autoptr(Topology) topology = read_topology(rates[i].file, NULL);
        assert_close(workload_rate(topology, 0), rates[i].rate, 1e-12);
    }
}

static void test_a_short_peak_counts_for_as_long_as_it_lasts(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(OPEN("'profile': [{'until': '10s', 'rate': 1}, {'until': '11s', 'rate': 1e9},"
                           "{'until': '12s', 'rate': 1}]"),
                      NULL);
    assert_close(workload_rate(topology, 0), (99 + 1e9) / 100, 1e-12);
}

static void test_what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    const char *const wrong[][2] = {
        {OPEN(""), "/workloads/w/arrival: must have a rate above 0, or a profile"},
        {OPEN("'rate': 0"), "must have a rate above 0, or a profile"},
        {OPEN("'rate': 5, 'profile': [{'until': '1s', 'rate': 1}]"),
         "must have either rate or profile, not both"},
        {OPEN("'profile': []"), "/workloads/w/arrival/profile: must have from 1 to"},
        {OPEN("'profile': [{'until': '1s'}]"), "must have either rate, or from and to"},
        {OPEN("'profile': [{'until': '1s', 'rate': 1, 'to': 2}]"),
         "/workloads/w/arrival/profile/0: must have either rate, or from and to"},
        {OPEN("'profile': [{'until': '2s', 'rate': 1}, {'until': '2s', 'rate': 1}]"),
         "/workloads/w/arrival/profile/1: until must be later than that of the piece before"},
        {OPEN("'process': 'mmpp', 'states': [{'rate': 1, 'mean_time': '1s'}], 'profile':"
              "[{'until': '1s', 'rate': 1}]"),
         "a profile needs a process with a rate: poisson or constant, not mmpp"},
        {OPEN("'process': 'mmpp', 'states': []"), "states: must have from 1 to 100 states, got 0"},
        {OPEN("'process': 'mmpp', 'states': [{'rate': 1, 'mean_time': '1ns'}]"),
         "states/0/mean_time: must be from 1us"},
        {OPEN("'process': 'renewal', 'interarrival': 0"),
         "interarrival must have a mean of at least 1ns"},
        {OPEN("'rate': 1e8"), "more than 1e+10 requests are expected in one run"},
        {OPEN("'rate': 1e5, 'batch': 1000"), "more than 1e+10 requests are expected in one run"},
        {OPEN("'rate': 1, 'batch': 0"), "/workloads/w/arrival/batch: must be from 1 to"},
        {OPEN("'rate': 1, 'states': []"), "unknown key \"states\""},
        {FILE_WITH("'w': {'mix': {'a.x': 1}}"), "the required key \"arrival\" is missing"},
        {FILE_WITH("'w': {'arrival': {'rate': 1}}"), "the required key \"mix\" is missing"},
        {FILE_WITH("'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 0}}"),
         "/workloads/w/mix/a.x: must be above 0"},
        {FILE_WITH("'w': {'arrival': {'rate': 1}, 'users': 3, 'mix': {'a.x': 1}}"),
         "users and think_time are for workloads of \"type\": \"closed\""},
        {FILE_WITH("'w': {'type': 'closed', 'mix': {'a.x': 1}}"),
         "the required key \"users\" is missing"},
        {FILE_WITH("'w': {'arrival': {'rate': 1}, 'abandon_after': '1s', 'mix': {'a.x': 1}}"),
         "is not supported yet"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Topology) topology = try_topology(wrong[i][0], NULL, problems);
        g_autofree char *message = problems_format(problems);
        assert_null(topology);
        if (strstr(message, wrong[i][1]) == NULL)
            fail_msg("%s instead of %s", message, wrong[i][1]);
    }
}

/* 1e9 changes of state would take a minute in which nothing else is done. */
static void test_states_that_change_too_often_for_the_run_are_refused(void **state)
{
    (void)state;
    assert_topology_problems(
        "{'simulation': {'duration': '1h'}, 'services': {'a': {'threads': 1, 'operations': {'x': "
        "{'steps': []}}}}, 'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {'process': "
        "'mmpp', 'states': [{'rate': 0, 'mean_time': '1us'}]}, 'mix': {'a.x': 1}}}}",
        "t.json:1:163: /workloads/w/arrival: more than 1e+09 changes of state are expected in one "
        "run: a longer mean_time would be right\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_open_workload_needs_no_more_than_a_rate_and_a_mix),
        cmocka_unit_test(test_a_closed_workload_has_users_who_may_think),
        cmocka_unit_test(test_weights_of_a_mix_are_any_positive_numbers_in_order_of_names),
        cmocka_unit_test(test_a_profile_has_flat_pieces_and_ramps_and_its_last_rate_holds_on),
        cmocka_unit_test(test_the_offered_rate_is_the_mean_over_the_measured_part),
        cmocka_unit_test(test_a_short_peak_counts_for_as_long_as_it_lasts),
        cmocka_unit_test(test_what_does_not_go_together_is_refused),
        cmocka_unit_test(test_states_that_change_too_often_for_the_run_are_refused),
    };
    return cmocka_run_group_tests_name("models/workloads", tests, NULL, NULL);
}
