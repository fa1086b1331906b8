/* When faults are on, and whom they hit. */
#include "models/fault_schedule.h"

#include "tests/support/chance.h"
#include "tests/support/topology_text.h"

#define S SIM_TIME_S

/* 10 replicas of a in zones x, y, x, y ...; 3 of b in z. */
#define FILE_WITH(faults)                                                                          \
    "{'simulation': {'duration': '100s', 'warmup': '5s'}, 'services': {"                           \
    "'a': {'threads': 1, 'replicas': 10, 'zones': ['x', 'y'], 'operations': {'x': {'steps': "      \
    "[{'call': 'b.x'}]}}}, 'b': {'threads': 1, 'replicas': 3, 'zones': ['z'], 'operations': "      \
    "{'x': {'steps': []}}}}, 'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {'rate': "    \
    "1}, 'mix': {'a.x': 1}}}, 'faults': {" faults "}}"

#define CRASH(name, target, keys) "'" name "': {'type': 'crash', 'target': {" target "}" keys "}"
#define CRASH_A(name, keys)       CRASH(name, "'service': 'a'", keys)

typedef struct Plan {
    Topology *topology;
    FaultSchedule *schedule;
} Plan;

static Plan plan_new(const char *file, uint32_t replication)
{
    Plan plan = {.topology = read_topology(file, NULL)};
    plan.schedule = fault_schedule_new(plan.topology, 1, replication);
    return plan;
}

static void plan_free(Plan *plan)
{
    fault_schedule_free(plan->schedule);
    topology_free(plan->topology);
}

static void assert_window(const FaultSchedule *schedule, uint32_t i, uint32_t fault, SimTime start,
                          SimTime end)
{
    assert_true(i < schedule->count);
    assert_int_equal(schedule->windows[i].fault, fault);
    assert_int_equal(schedule->windows[i].start, start);
    assert_int_equal(schedule->windows[i].end, end);
}

/* --- when --- */

static void test_no_faults_no_windows(void **state)
{
    (void)state;
    Plan plan = plan_new(FILE_WITH(""), 0);
    assert_int_equal(plan.schedule->count, 0);
    assert_int_equal(plan.schedule->first_start, SIM_TIME_NEVER);
    plan_free(&plan);
}

static void test_times_count_from_the_start_of_measurement(void **state)
{
    (void)state;
    Plan plan = plan_new(FILE_WITH(CRASH_A("f", ", 'start': '10s', 'duration': '3s'")), 0);
    assert_int_equal(plan.schedule->count, 1);
    assert_window(plan.schedule, 0, 0, 15 * S, 18 * S);
    assert_int_equal(plan.schedule->first_start, 15 * S);
    assert_int_equal(plan.schedule->last_end, 18 * S);
    plan_free(&plan);
}

static void test_without_times_a_fault_is_there_from_the_start_and_stays(void **state)
{
    (void)state;
    Plan plan = plan_new(FILE_WITH(CRASH_A("f", "")), 0);
    assert_window(plan.schedule, 0, 0, 5 * S, SIM_TIME_NEVER);
    assert_int_equal(plan.schedule->last_end, SIM_TIME_NEVER);
    plan_free(&plan);
}

static void test_windows_are_in_the_order_of_their_start(void **state)
{
    (void)state;
    Plan plan = plan_new(
        FILE_WITH(CRASH_A("late", ", 'start': '20s', 'duration': '1s'") "," CRASH_A(
            "early", ", 'start': '10s', 'duration': '90s'") "," CRASH_A("same",
                                                                        ", 'start': '10s', "
                                                                        "'duration': '5s'")),
        0);
    assert_window(plan.schedule, 0, 1, 15 * S, 105 * S);
    assert_window(plan.schedule, 1, 2, 15 * S, 20 * S);
    assert_window(plan.schedule, 2, 0, 25 * S, 26 * S);
    plan_free(&plan);
}

/* Fails at 30, back at 40, fails at 70, back at 80; the next failure would be at 110. */
static void test_failures_and_repairs_take_turns_after_one_time_to_failure(void **state)
{
    (void)state;
    Plan plan =
        plan_new(FILE_WITH(CRASH_A("f", ", 'schedule': {'mttf': '30s', 'mttr': '10s'}")), 0);
    assert_int_equal(plan.schedule->count, 2);
    assert_window(plan.schedule, 0, 0, 35 * S, 45 * S);
    assert_window(plan.schedule, 1, 0, 75 * S, 85 * S);
    plan_free(&plan);
}

static void test_no_failure_begins_at_or_after_the_end_but_one_may_last_beyond(void **state)
{
    (void)state;
    Plan at_end =
        plan_new(FILE_WITH(CRASH_A("f", ", 'schedule': {'mttf': '100s', 'mttr': '1s'}")), 0);
    Plan lasting =
        plan_new(FILE_WITH(CRASH_A("f", ", 'schedule': {'mttf': '99s', 'mttr': '1h'}")), 0);
    assert_int_equal(at_end.schedule->count, 0);
    assert_int_equal(lasting.schedule->count, 1);
    assert_window(lasting.schedule, 0, 0, 104 * S, 104 * S + 3600 * S);
    plan_free(&lasting);
    plan_free(&at_end);
}

#define RANDOM                                                                                     \
    ", 'schedule': {'mttf': {'dist': 'exponential', 'mean': '4s'},"                                \
    "'mttr': {'dist': 'exponential', 'mean': '1s'}}"

/* An alternating renewal process that starts well: with failure rate a = 1/4 and repair rate
 * b = 1 it is down at t with probability (1 - exp(-(a+b) t)) / 5; the integral over 100 s. */
static void test_random_failures_take_their_share_of_the_time(void **state)
{
    (void)state;
    double sum = 0, squares = 0;
    const uint32_t runs = 500;
    for (uint32_t run = 0; run < runs; run++) {
        Plan plan = plan_new(FILE_WITH(CRASH_A("f", RANDOM)), run);
        double down = 0;
        for (uint32_t i = 0; i < plan.schedule->count; i++) {
            const FaultWindow *window = &plan.schedule->windows[i];
            down += sim_time_to_s(MIN(window->end, 105 * S) - window->start);
        }
        sum += down;
        squares += down * down;
        plan_free(&plan);
    }
    double mean = sum / runs, error = sqrt((squares / runs - mean * mean) / runs);
    assert_within(mean, 0.2 * (100 - (1 - exp(-125)) / 1.25), error);
}

/* Common random numbers: what else goes wrong moves no failure. */
static void test_other_faults_do_not_move_a_fault(void **state)
{
    (void)state;
    Plan alone = plan_new(FILE_WITH(CRASH_A("f", RANDOM)), 0);
    Plan second =
        plan_new(FILE_WITH(CRASH("g", "'service': 'b'", RANDOM) "," CRASH_A("f", RANDOM)), 0);
    uint32_t found = 0;
    for (uint32_t i = 0; i < second.schedule->count; i++) {
        if (second.schedule->windows[i].fault != 1)
            continue;
        assert_int_equal(second.schedule->windows[i].start, alone.schedule->windows[found].start);
        found++;
    }
    assert_int_equal(found, alone.schedule->count);
    assert_true(found > 5 && found < second.schedule->count);
    plan_free(&second);
    plan_free(&alone);
}

static void test_replications_fail_at_other_times(void **state)
{
    (void)state;
    Plan first = plan_new(FILE_WITH(CRASH_A("f", RANDOM)), 0);
    Plan again = plan_new(FILE_WITH(CRASH_A("f", RANDOM)), 0);
    Plan other = plan_new(FILE_WITH(CRASH_A("f", RANDOM)), 1);
    assert_int_equal(first.schedule->windows[0].start, again.schedule->windows[0].start);
    assert_true(first.schedule->windows[0].start != other.schedule->windows[0].start);
    plan_free(&other);
    plan_free(&again);
    plan_free(&first);
}

/* --- whom --- */

static void assert_hit(const char *faults, uint32_t first, uint32_t step, uint32_t count)
{
    Plan plan = plan_new(faults, 0);
    const FaultWindow *window = &plan.schedule->windows[0];
    assert_int_equal(window->replica_count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(window->replicas[i], first + i * step);
    plan_free(&plan);
}

static void test_all_replicas_of_the_target_are_hit_by_default(void **state)
{
    (void)state;
    assert_hit(FILE_WITH(CRASH_A("f", "")), 0, 1, 10);
    assert_hit(FILE_WITH(CRASH("f", "'service': 'b'", "")), 10, 1, 3);
    assert_hit(FILE_WITH(CRASH("f", "'zone': 'y'", "")), 1, 2, 5);
    assert_hit(FILE_WITH(CRASH("f", "'zone': 'z'", "")), 10, 1, 3);
}

static void test_faults_of_links_hit_no_replica(void **state)
{
    (void)state;
    assert_hit(FILE_WITH("'f': {'type': 'loss', 'ratio': 0.5, 'target': {'service': 'a'}}"), 0, 1,
               0);
}

typedef struct Mode {
    const char *keys;
    uint32_t count;
} Mode;

/* Percentages are rounded down, as Chaos Mesh does. */
static void test_modes_choose_their_number_in_ascending_order(void **state)
{
    (void)state;
    const Mode modes[] = {
        {", 'mode': 'one'", 1},
        {", 'mode': 'fixed', 'value': 3", 3},
        {", 'mode': 'fixed', 'value': 300", 10},
        {", 'mode': 'fixed_percent', 'value': 40", 4},
        {", 'mode': 'fixed_percent', 'value': 49", 4},
        {", 'mode': 'fixed_percent', 'value': 100", 10},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *file = g_strdup_printf(FILE_WITH(CRASH_A("f", "%s")), modes[i].keys);
        for (uint32_t run = 0; run < 20; run++) {
            Plan plan = plan_new(file, run);
            const FaultWindow *window = &plan.schedule->windows[0];
            assert_int_equal(window->replica_count, modes[i].count);
            for (uint32_t j = 1; j < window->replica_count; j++)
                assert_true(window->replicas[j] > window->replicas[j - 1]);
            assert_true(window->replicas[window->replica_count - 1] < 10);
            plan_free(&plan);
        }
    }
}

static void test_every_replica_is_chosen_as_often_as_the_others(void **state)
{
    (void)state;
    uint64_t hits[10] = {0};
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH(CRASH_A("f", ", 'mode': 'fixed', 'value': 3")), NULL);
    for (uint32_t run = 0; run < 20000; run++) {
        g_autoptr(FaultSchedule) schedule = fault_schedule_new(topology, 1, run);
        for (uint32_t i = 0; i < 3; i++)
            hits[schedule->windows[0].replicas[i]]++;
    }
    for (uint32_t i = 0; i < 10; i++)
        assert_share(hits[i], 20000, 0.3);
}

/* A whole percentage from 0 to 39, all alike: 0 to 9 hit nobody, 10 to 19 one of ten, and so on. */
static void test_up_to_a_percentage_is_drawn_anew_for_each_replication(void **state)
{
    (void)state;
    uint64_t numbers[11] = {0};
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH(CRASH_A("f", ", 'mode': 'random_max_percent', 'value': 39")), NULL);
    for (uint32_t run = 0; run < 20000; run++) {
        g_autoptr(FaultSchedule) schedule = fault_schedule_new(topology, 1, run);
        numbers[schedule->windows[0].replica_count]++;
    }
    for (uint32_t i = 0; i < 4; i++)
        assert_share(numbers[i], 20000, 0.25);
}

/* --- what is refused --- */

static void test_what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    const char *const wrong[][2] = {
        {FILE_WITH(CRASH_A("f", ", 'start': '1s', 'schedule': {'mttf': '1s', 'mttr': '1s'}")),
         "/faults/f: must have either schedule, or start and duration"},
        {FILE_WITH(CRASH_A("f", ", 'schedule': {'mttf': '1s'}")),
         "/faults/f/schedule: the required key \"mttr\" is missing"},
        {FILE_WITH(CRASH_A("f", ", 'schedule': {'mttf': '1ms', 'mttr': 0}")),
         "about 100000 failures are expected in one run"},
        {FILE_WITH(CRASH_A("f", ", 'mode': 'fixed'")), "mode fixed needs a value"},
        {FILE_WITH(CRASH_A("f", ", 'mode': 'fixed', 'value': 1.5")),
         "value must be a whole number for mode fixed"},
        {FILE_WITH(CRASH_A("f", ", 'mode': 'fixed', 'value': 0")),
         "value must be above 0 for mode fixed"},
        {FILE_WITH(CRASH_A("f", ", 'value': 2")), "mode all takes no value"},
        {FILE_WITH(CRASH_A("f", ", 'mode': 'fixed_percent', 'value': 101")),
         "value must be from 0 to 100 for mode fixed_percent"},
        {FILE_WITH(CRASH_A("f", ", 'duration': 0")), "/faults/f/duration: must be from 1ns"},
        {FILE_WITH(CRASH_A("f", ", 'ramp': '1s'")), "is not supported yet"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_faults_no_windows),
        cmocka_unit_test(test_times_count_from_the_start_of_measurement),
        cmocka_unit_test(test_without_times_a_fault_is_there_from_the_start_and_stays),
        cmocka_unit_test(test_windows_are_in_the_order_of_their_start),
        cmocka_unit_test(test_failures_and_repairs_take_turns_after_one_time_to_failure),
        cmocka_unit_test(test_no_failure_begins_at_or_after_the_end_but_one_may_last_beyond),
        cmocka_unit_test(test_random_failures_take_their_share_of_the_time),
        cmocka_unit_test(test_other_faults_do_not_move_a_fault),
        cmocka_unit_test(test_replications_fail_at_other_times),
        cmocka_unit_test(test_all_replicas_of_the_target_are_hit_by_default),
        cmocka_unit_test(test_faults_of_links_hit_no_replica),
        cmocka_unit_test(test_modes_choose_their_number_in_ascending_order),
        cmocka_unit_test(test_every_replica_is_chosen_as_often_as_the_others),
        cmocka_unit_test(test_up_to_a_percentage_is_drawn_anew_for_each_replication),
        cmocka_unit_test(test_what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests_name("models/fault_schedule", tests, NULL, NULL);
}
