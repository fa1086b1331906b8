#include "experiments/warmup.h"

#include <math.h>

#include "tests/support/topology_text.h"

/* One service of 10 ms; the base at 50 requests a second, half of what it can do. */
#define QUEUE                                                                                      \
    "{'simulation': {'duration': '200s', 'warmup': 'auto'}, 'services': {'a': {'threads': 1,"      \
    "'operations': {'x': {'steps': [{'compute': {'dist': 'exponential', 'mean': '10ms'}}]}}}},"    \
    "'links': {'w -> a': {}}, 'workloads': {'w': {'arrival': {'rate': 50}, 'mix': {'a.x': 1}}},"   \
    "'faults': {'f': {'type': 'crash', 'target': {'service': 'a'}, 'start': '10s', 'duration':"    \
    " '60s'}},"                                                                                    \
    "'designs': {'busy': {'patch': {'workloads': {'w': {'arrival': {'rate': 95}}}}},"              \
    "'over': {'patch': {'workloads': {'w': {'arrival': {'rate': 120}}}}},"                         \
    "'idle': {'patch': {'workloads': {'w': {'arrival': {'rate': 0.001}}}}}}}"

static Warmup find(const char *const *designs, uint32_t count, uint32_t threads)
{
    Topology *topologies[3];
    StudyVariant variants[3];
    Warmup warmup;
    for (uint32_t i = 0; i < count; i++) {
        topologies[i] = read_topology(QUEUE, designs[i]);
        assert_true(topologies[i]->simulation.finds_warmup);
        variants[i] = (StudyVariant){.design = designs[i], .point = "", .topology = topologies[i]};
    }
    ExperimentPlan plan = {
        .variants = variants, .variant_count = count, .seed = 1, .threads = threads};
    assert_true(warmup_find(&plan, &warmup));
    for (uint32_t i = 0; i < count; i++)
        topology_free(topologies[i]);
    return warmup;
}

static Warmup find_one(const char *design)
{
    return find(&design, 1, 2);
}

/* The relaxation time of M/M/1 is 10 ms / (1 - sqrt(load))^2: 0.1 s at half load, 15 s at 95 %, of
 * which MSER cuts what lowers the mean most. Cuts are multiples of 1 s. The fault is no part of it.
 */
static void test_the_busier_the_longer(void **state)
{
    (void)state;
    Warmup base = find_one("base"), busy = find_one("busy");
    assert_true(base.has_settled && busy.has_settled);
    assert_true(base.time <= SIM_TIME_S);
    assert_true(busy.time >= 2 * SIM_TIME_S && busy.time <= 30 * SIM_TIME_S);
}

static void test_what_grows_for_ever_does_not_settle(void **state)
{
    (void)state;
    Warmup over = find_one("over");
    assert_false(over.has_settled);
    assert_true(over.time == 100 * SIM_TIME_S);
}

static void test_where_nothing_happens_none_is_needed(void **state)
{
    (void)state;
    Warmup idle = find_one("idle");
    assert_true(idle.has_settled);
    assert_true(idle.time <= 100 * SIM_TIME_S);
}

static void test_one_cut_is_made_for_all_designs_and_by_any_threads(void **state)
{
    (void)state;
    const char *const designs[] = {"base", "busy", "idle"};
    Warmup busy = find_one("busy"), idle = find_one("idle");
    for (uint32_t threads = 1; threads <= 3; threads++) {
        Warmup all = find(designs, 2, threads);
        assert_true(all.time == busy.time);
        assert_int_equal(all.variant, 1);
    }
    assert_true(find(designs, 3, 2).time == MAX(busy.time, idle.time));
}

static void test_a_search_that_is_stopped_finds_nothing(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(QUEUE, "base");
    const StudyVariant variant = {.design = "base", .point = "", .topology = topology};
    ExperimentPlan plan = {
        .variants = &variant, .variant_count = 1, .seed = 1, .threads = 2, .max_events = 100};
    Warmup warmup;
    assert_false(warmup_find(&plan, &warmup));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_busier_the_longer),
        cmocka_unit_test(test_what_grows_for_ever_does_not_settle),
        cmocka_unit_test(test_where_nothing_happens_none_is_needed),
        cmocka_unit_test(test_one_cut_is_made_for_all_designs_and_by_any_threads),
        cmocka_unit_test(test_a_search_that_is_stopped_finds_nothing),
    };
    return cmocka_run_group_tests_name("experiments/warmup", tests, NULL, NULL);
}
