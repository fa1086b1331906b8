/* What each verb compiles to. Positions count from the operation's first instruction. */
#include "tests/support/topology_text.h"

#define FILE_WITH(steps, after)                                                                    \
    "{'services': {"                                                                               \
    " 'a': {'threads': 1, 'operations': {'x': {'steps': [" steps "], 'after_reply': [" after       \
    "]}}},"                                                                                        \
    " 'b': {'threads': 1, 'operations': {'y': {'steps': []}, 'z': {'steps': []}}}},"               \
    "'brokers': {'q': {'kind': 'queue'}},"                                                         \
    "'links': {'* -> *': {}},"                                                                     \
    "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}"

#define STEPS(steps) FILE_WITH(steps, "")

static const char *const kind_names[] = {
    [STEP_COMPUTE] = "compute", [STEP_WAIT] = "wait",         [STEP_CALL] = "call",
    [STEP_PUBLISH] = "publish", [STEP_FAIL] = "fail",         [STEP_SKIP] = "skip",
    [STEP_CHOOSE] = "choose",   [STEP_JUMP] = "jump",         [STEP_LOOP] = "loop",
    [STEP_LOOP_NEXT] = "next",  [STEP_FORK] = "fork",         [STEP_SPAWN] = "spawn",
    [STEP_BRANCH_END] = "join", [STEP_DEGRADED] = "degraded", [STEP_REPLY] = "reply",
    [STEP_END] = "end",
};

/* "compute skip>3 call next>2 reply end": kinds and where they lead, of the first operation. */
static char *listing(const Topology *topology)
{
    GString *text = g_string_new(NULL);
    for (uint32_t pc = 0; topology->code[pc].kind != STEP_END; pc++) {
        const Step *step = &topology->code[pc];
        g_string_append_printf(text, "%s%s", pc > 0 ? " " : "", kind_names[step->kind]);
        for (uint32_t i = 0; i < step->target_count; i++)
            g_string_append_printf(text, "%c%u", i == 0 ? ':' : ',', step->targets[i]);
        if (step->target != 0)
            g_string_append_printf(text, ">%u", step->target);
        if (step->on_failure != NO_INDEX)
            g_string_append_printf(text, "!%u", step->on_failure);
    }
    return g_string_free(text, FALSE);
}

static void assert_listing(const char *file, const char *expected)
{
    g_autoptr(Topology) topology = read_topology(file, NULL);
    g_autofree char *text = listing(topology);
    assert_string_equal(text, expected);
}

static const Step *step_of(const Topology *topology, StepKind kind, int nth)
{
    for (uint32_t pc = 0; pc < topology->step_count; pc++) {
        if (topology->code[pc].kind == kind && nth-- == 0)
            return &topology->code[pc];
    }
    fail_msg("no such step");
    return NULL;
}

static void test_steps_run_in_order_and_end_with_the_reply(void **state)
{
    (void)state;
    assert_listing(STEPS("{'compute': '1ms'}, {'wait': '2ms'}, {'call': 'b.y'}, {'fail': 0.5}"),
                   "compute wait call fail reply");
}

static void test_steps_after_the_reply_stand_behind_it(void **state)
{
    (void)state;
    assert_listing(FILE_WITH("{'compute': '1ms'}", "{'wait': '2ms'}, {'publish': 'q'}"),
                   "compute reply wait publish");
}

static void test_operations_are_blocks_in_the_order_of_the_file(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(STEPS("{'wait': '1ms'}"), NULL);
    assert_int_equal(topology->operations[0].entry, 0);
    assert_int_equal(topology->operations[1].entry, 3);
    assert_int_equal(topology->operations[2].entry, 5);
    assert_int_equal(topology->step_count, 7);
    assert_string_equal(topology->operations[2].full_name, "b.z");
}

static void test_a_call_with_a_probability_is_skipped_with_the_rest(void **state)
{
    (void)state;
    const char *file = STEPS("{'call': 'b.y', 'probability': 0.25}");
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_listing(file, "skip>2 call reply");
    assert_true(step_of(topology, STEP_SKIP, 0)->probability == 0.75);
}

static void test_times_is_a_loop_inside_the_probability(void **state)
{
    (void)state;
    const char *file = STEPS("{'call': 'b.y', 'probability': 0.5, 'times': 3}");
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_listing(file, "skip>4 loop>4 call next>2 reply");
    assert_int_equal(step_of(topology, STEP_LOOP, 0)->count->constant, 3);
}

static void test_one_time_needs_no_loop(void **state)
{
    (void)state;
    assert_listing(STEPS("{'call': 'b.y', 'probability': 1, 'times': 1}"), "call reply");
    assert_listing(STEPS("{'repeat': 1, 'steps': [{'wait': '1ms'}]}"), "wait reply");
}

static void test_loops_inside_each_other_have_counters_of_their_own(void **state)
{
    (void)state;
    const char *file =
        STEPS("{'repeat': 2, 'steps': [{'call': 'b.y', 'times': 4}, {'wait': '1ms'}]}");
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_listing(file, "loop>6 loop>4 call next>2 wait next>1 reply");
    assert_int_equal(step_of(topology, STEP_LOOP, 0)->loop, 0);
    assert_int_equal(step_of(topology, STEP_LOOP, 1)->loop, 1);
    assert_int_equal(step_of(topology, STEP_LOOP_NEXT, 0)->loop, 1);
    assert_int_equal(step_of(topology, STEP_LOOP_NEXT, 1)->loop, 0);
}

static void test_a_branch_counts_its_loops_anew(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        STEPS("{'repeat': 2, 'steps': [{'parallel': [[{'repeat': 3, 'steps': []}]]}]}"), NULL);
    assert_int_equal(step_of(topology, STEP_LOOP, 1)->loop, 0);
}

static void test_choose_has_cumulative_weights_and_jumps_to_its_end(void **state)
{
    (void)state;
    const char *file = STEPS("{'choose': [{'weight': 1, 'steps': [{'wait': '1ms'}]},"
                             "{'weight': 2, 'steps': []},"
                             "{'weight': 5, 'steps': [{'compute': '1ms'}, {'wait': '1ms'}]}]}");
    g_autoptr(Topology) topology = read_topology(file, NULL);
    const Step *choose = step_of(topology, STEP_CHOOSE, 0);
    assert_listing(file, "choose:1,3,4>6 wait jump>6 jump>6 compute wait reply");
    assert_true(choose->weights[0] == 0.125);
    assert_true(choose->weights[1] == 0.375);
    assert_true(choose->weights[2] == 1);
}

static void test_parallel_branches_end_by_themselves(void **state)
{
    (void)state;
    const char *file = STEPS("{'parallel': [[{'wait': '1ms'}], [], [{'call': 'b.y'}]]}");
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_listing(file, "fork:1,3,4>6 wait join join call join reply");
    assert_int_equal(step_of(topology, STEP_FORK, 0)->needed, 3);
}

static void test_parallel_waits_for_as_many_as_it_says(void **state)
{
    (void)state;
    g_autoptr(Topology) any =
        read_topology(STEPS("{'parallel': [[], [], []], 'wait_for': 'any'}"), NULL);
    g_autoptr(Topology) two =
        read_topology(STEPS("{'parallel': [[], [], []], 'wait_for': 2}"), NULL);
    assert_int_equal(step_of(any, STEP_FORK, 0)->needed, 1);
    assert_int_equal(step_of(two, STEP_FORK, 0)->needed, 2);
}

static void test_background_starts_a_branch_and_goes_round_it(void **state)
{
    (void)state;
    assert_listing(STEPS("{'background': [{'wait': '1ms'}]}, {'compute': '1ms'}"),
                   "spawn:2>4 jump>4 wait join compute reply");
}

static void test_a_failure_inside_try_leads_to_the_fallback(void **state)
{
    (void)state;
    assert_listing(STEPS("{'try': [{'call': 'b.y'}, {'fail': 1}], 'fallback': [{'wait': '1ms'}]},"
                         "{'fail': 0.5}"),
                   "call!3 fail!3 jump>5 degraded wait fail reply");
}

static void test_a_fallback_that_fails_leads_to_the_try_around_it(void **state)
{
    (void)state;
    assert_listing(STEPS("{'try': [{'try': [{'call': 'b.y'}], 'fallback': [{'call': 'b.z'}]},"
                         "{'fail': 0.5}], 'fallback': []}"),
                   "call!2 jump>4!6 degraded!6 call!6 fail!6 jump>7 degraded reply");
}

static void test_a_branch_that_fails_fails_the_fork_and_not_the_try(void **state)
{
    (void)state;
    assert_listing(
        STEPS("{'try': [{'parallel': [[{'call': 'b.y'}], [{'try': [{'call': 'b.z'}],"
              "'fallback': []}]]}], 'fallback': [{'wait': '1ms'}]}"),
        "fork:1,3>7!8 call join call!5 jump>6 degraded join jump>10 degraded wait reply");
}

static void test_a_cache_waits_and_skips_the_miss_on_a_hit(void **state)
{
    (void)state;
    const char *file = STEPS("{'cache': {'hit_ratio': 0.9, 'latency': '1ms'},"
                             "'miss': [{'call': 'b.y'}, {'wait': '1ms'}]}");
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_listing(file, "wait skip>4 call wait reply");
    assert_true(step_of(topology, STEP_SKIP, 0)->probability == 0.9);
    assert_listing(STEPS("{'cache': {'hit_ratio': 0.9}, 'miss': [{'call': 'b.y'}]}"),
                   "skip>2 call reply");
}

static void test_sites_hold_what_a_call_says(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        STEPS("{'call': 'b.z', 'request_size': '4KiB', 'response_size': '1kB', 'key': 7},"
              "{'publish': 'q', 'size': '10B'}"),
        NULL);
    const CallSite *site = &topology->call_sites[step_of(topology, STEP_CALL, 0)->index];
    assert_string_equal(topology->operations[site->operation].full_name, "b.z");
    assert_string_equal(topology->links[site->link].name, "a -> b");
    assert_int_equal(site->request_size, 4096);
    assert_int_equal(site->response_size, 1000);
    assert_int_equal(site->key->constant, 7);
    assert_int_equal(topology->publish_sites[0].size, 10);
    assert_int_equal(topology->publish_sites[0].broker, 0);
}

static void test_calls_to_one_operation_are_counted_in_the_order_of_the_text(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(STEPS("{'call': 'b.y'}, {'call': 'b.z'}, {'call': 'b.y'}, {'publish': 'q'},"
                            "{'publish': 'q'}"),
                      NULL);
    assert_int_equal(topology->call_sites[0].ordinal, 0);
    assert_int_equal(topology->call_sites[1].ordinal, 0);
    assert_int_equal(topology->call_sites[2].ordinal, 1);
    assert_int_equal(topology->publish_sites[1].ordinal, 1);
}

/* Common random numbers: a design that adds something must leave the other draws alone. */
static void test_an_option_or_a_cache_leaves_the_ordinals_of_other_steps(void **state)
{
    (void)state;
    g_autoptr(Topology) plain = read_topology(
        STEPS("{'call': 'b.y'}, {'wait': '1ms'}, {'choose': [{'weight': 1, 'steps': []}]},"
              "{'call': 'b.z', 'probability': 0.5}"),
        NULL);
    g_autoptr(Topology) more = read_topology(
        STEPS("{'cache': {'hit_ratio': 0.5, 'latency': '1us'}, 'miss': [{'call': 'b.y',"
              "'probability': 0.9, 'times': 2}]}, {'wait': '1ms'},"
              "{'choose': [{'weight': 1, 'steps': []}]}, {'call': 'b.z', 'probability': 0.5}"),
        NULL);
    assert_int_equal(step_of(plain, STEP_WAIT, 0)->ordinal, step_of(more, STEP_WAIT, 1)->ordinal);
    assert_int_equal(step_of(plain, STEP_SKIP, 0)->ordinal, step_of(more, STEP_SKIP, 2)->ordinal);
    assert_int_not_equal(step_of(more, STEP_WAIT, 0)->ordinal,
                         step_of(more, STEP_WAIT, 1)->ordinal);
    assert_int_not_equal(step_of(more, STEP_SKIP, 0)->ordinal,
                         step_of(more, STEP_SKIP, 1)->ordinal);
}

static void test_equal_kinds_have_ordinals_of_their_own(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(STEPS("{'compute': '1ms'}, {'wait': '1ms'}, {'compute': '1ms'}"), NULL);
    assert_int_equal(topology->code[0].ordinal, 0);
    assert_int_equal(topology->code[1].ordinal, 0);
    assert_int_equal(topology->code[2].ordinal, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_run_in_order_and_end_with_the_reply),
        cmocka_unit_test(test_steps_after_the_reply_stand_behind_it),
        cmocka_unit_test(test_operations_are_blocks_in_the_order_of_the_file),
        cmocka_unit_test(test_a_call_with_a_probability_is_skipped_with_the_rest),
        cmocka_unit_test(test_times_is_a_loop_inside_the_probability),
        cmocka_unit_test(test_one_time_needs_no_loop),
        cmocka_unit_test(test_loops_inside_each_other_have_counters_of_their_own),
        cmocka_unit_test(test_a_branch_counts_its_loops_anew),
        cmocka_unit_test(test_choose_has_cumulative_weights_and_jumps_to_its_end),
        cmocka_unit_test(test_parallel_branches_end_by_themselves),
        cmocka_unit_test(test_parallel_waits_for_as_many_as_it_says),
        cmocka_unit_test(test_background_starts_a_branch_and_goes_round_it),
        cmocka_unit_test(test_a_failure_inside_try_leads_to_the_fallback),
        cmocka_unit_test(test_a_fallback_that_fails_leads_to_the_try_around_it),
        cmocka_unit_test(test_a_branch_that_fails_fails_the_fork_and_not_the_try),
        cmocka_unit_test(test_a_cache_waits_and_skips_the_miss_on_a_hit),
        cmocka_unit_test(test_sites_hold_what_a_call_says),
        cmocka_unit_test(test_calls_to_one_operation_are_counted_in_the_order_of_the_text),
        cmocka_unit_test(test_an_option_or_a_cache_leaves_the_ordinals_of_other_steps),
        cmocka_unit_test(test_equal_kinds_have_ordinals_of_their_own),
    };
    return cmocka_run_group_tests_name("models/steps", tests, NULL, NULL);
}
