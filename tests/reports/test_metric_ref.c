#include "reports/columns.h"
#include "reports/metric_ref.h"
#include "reports/recorder.h"
#include "tests/reports/small_shop.h"
#include "tests/support/cmocka_all.h"

typedef struct Written {
    const char *text;
    Scope scope;
    const char *name, *metric;
    Phase phase;
} Written;

static void test_a_metric_is_the_last_word_and_the_name_what_stands_before(void **state)
{
    (void)state;
    static const Written written[] = {
        {"workload/shoppers.p99_ms", SCOPE_WORKLOAD, "shoppers", "p99_ms", PHASE_ALL},
        {"workload/shoppers/front.home.mean_ms", SCOPE_WORKLOAD, "shoppers/front.home", "mean_ms",
         PHASE_ALL},
        {"service/cart.add.queue_mean[after]", SCOPE_SERVICE, "cart.add", "queue_mean",
         PHASE_AFTER},
        {"link/front -> cart.attempts", SCOPE_LINK, "front -> cart", "attempts", PHASE_ALL},
        {"broker/orders/ship.pack.depth_mean[during]", SCOPE_BROKER, "orders/ship.pack",
         "depth_mean", PHASE_DURING},
        {"system.goodput_rps", SCOPE_SYSTEM, "*", "goodput_rps", PHASE_ALL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        MetricRef ref;
        assert_null(metric_ref_parse(&ref, written[i].text));
        assert_int_equal(ref.scope, written[i].scope);
        assert_string_equal(ref.name, written[i].name);
        assert_string_equal(ref.metric->name, written[i].metric);
        assert_int_equal(ref.phase, written[i].phase);
        g_autofree char *text = metric_ref_text(&ref);
        assert_string_equal(text, written[i].text);
        metric_ref_clear(&ref);
    }
}

static void test_what_is_wrong_is_said(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"", "must name a metric"},
        {"shoppers.p99_ms", "must name a metric"},
        {"fault/blip.p99_ms", "its scope is system, workload, service, link or broker"},
        {"workload.p99_ms", "must name a metric"},
        {"workload/shoppers", "must end with a point and the name of a metric"},
        {"workload/.p99_ms", "must end with a point and the name of a metric"},
        {"workload/shoppers.p98_ms", "did you mean \"p90_ms\"?"},
        {"workload/shoppers.workload", "has no metric \"workload\""},
        {"link/a -> b.breaker_trips", "has no metric \"breaker_trips\""},
        {"service/cart.p99_ms", "a service has no metric \"p99_ms\""},
        {"workload/shoppers.p99_ms[later]", "must be [all], [before], [during] or [after]"},
        {"workload/shoppers.p99_ms[all", "must be [all], [before], [during] or [after]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        MetricRef ref;
        g_autofree char *problem = metric_ref_parse(&ref, wrong[i][0]);
        assert_non_null(problem);
        if (strstr(problem, wrong[i][1]) == NULL)
            fail_msg("%s: %s", wrong[i][0], problem);
    }
}

static char *check(const RunResult *shape, const char *text)
{
    MetricRef ref;
    assert_null(metric_ref_parse(&ref, text));
    char *problem = metric_ref_check(&ref, shape);
    metric_ref_clear(&ref);
    return problem;
}

static void test_a_topology_has_what_its_runs_measure(void **state)
{
    (void)state;
    SmallShop *shop = small_shop_new();
    g_autoptr(RunResult) shape = recorder_shape(&shop->topology);
    assert_null(check(shape, "workload/users/front.home.p99_ms"));
    assert_null(check(shape, "broker/news/mail.depth_mean"));
    assert_null(check(shape, "system.mean_ms"));
    g_autofree char *unknown = check(shape, "workload/user.p99_ms");
    assert_string_equal(unknown, "no workload is called \"user\"; did you mean \"users\"?");
    g_autofree char *phase = check(shape, "workload/users.p99_ms[during]");
    assert_non_null(strstr(phase, "no phase \"during\""));
    small_shop_free(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_metric_is_the_last_word_and_the_name_what_stands_before),
        cmocka_unit_test(test_what_is_wrong_is_said),
        cmocka_unit_test(test_a_topology_has_what_its_runs_measure),
    };
    return cmocka_run_group_tests_name("reports/metric_ref", tests, NULL, NULL);
}
