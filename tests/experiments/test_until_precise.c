#include "experiments/until_precise.h"

#include "tests/support/topology_text.h"

#define QUEUE                                                                                      \
    "{'simulation': {'duration': '20s', 'warmup': '1s'}, 'services': {'a': {'threads': 1,"         \
    "'operations': {'x': {'steps': [{'compute': {'dist': 'exponential', 'mean': '5ms'}}]}}}},"     \
    "'links': {'w -> a': {}}, 'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}},"  \
    "'designs': {'busy': {'patch': {'workloads': {'w': {'arrival': {'rate': 120}}}}}}}"

/* Replications that both designs have after asking for mean_ms so precisely. */
static uint32_t replications(double asked, uint32_t first, uint32_t most, uint32_t threads)
{
    g_autoptr(Topology) base = read_topology(QUEUE, "base");
    g_autoptr(Topology) busy = read_topology(QUEUE, "busy");
    const StudyVariant variants[] = {{.design = "base", .point = "", .topology = base},
                                     {.design = "busy", .point = "", .topology = busy}};
    MetricRef ref;
    assert_null(metric_ref_parse(&ref, "workload/w.mean_ms"));
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(MetricRef));
    g_array_append_val(metrics, ref);
    UntilPrecise until = {.asked = asked, .metrics = metrics, .most = most};
    ExperimentPlan plan = {.variants = variants,
                           .variant_count = 2,
                           .seed = 1,
                           .replications = first,
                           .more = until_precise,
                           .more_context = &until,
                           .threads = threads};
    ExperimentResult result;
    experiment_run(&plan, &result);
    assert_true(result.is_complete);
    uint32_t count = study_replication_count(result.study, 0);
    assert_int_equal(study_replication_count(result.study, 1), count);
    experiment_result_clear(&result);
    metric_ref_clear(&ref);
    g_array_free(metrics, TRUE);
    return count;
}

static void test_it_looks_at_doublings_only(void **state)
{
    (void)state;
    assert_int_equal(replications(0.9, 10, 1000, 2), 10);
    uint32_t count = replications(0.05, 10, 1000, 2);
    assert_true(count == 20 || count == 40 || count == 80 || count == 160);
    assert_int_equal(replications(0.05, 10, 1000, 1), count);
    assert_int_equal(replications(0.05, 10, 1000, 3), count);
}

/* A quarter of the error takes some sixteen times as many. */
static void test_more_precision_takes_more_replications(void **state)
{
    (void)state;
    uint32_t few = replications(0.03, 10, 10000, 2), many = replications(0.0075, 10, 10000, 2);
    assert_true(many >= 8 * few && many <= 32 * few);
}

static void test_it_ends_at_the_most_it_may(void **state)
{
    (void)state;
    assert_int_equal(replications(0.0001, 10, 33, 2), 33);
    assert_int_equal(replications(0.0001, 12, 12, 2), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_looks_at_doublings_only),
        cmocka_unit_test(test_more_precision_takes_more_replications),
        cmocka_unit_test(test_it_ends_at_the_most_it_may),
    };
    return cmocka_run_group_tests_name("experiments/until_precise", tests, NULL, NULL);
}
