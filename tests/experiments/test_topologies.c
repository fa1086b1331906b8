/* The topologies that are shipped show what they say. */
#include <math.h>
#include <string.h>

#include "tests/support/close_to.h"
#include "tests/support/replications.h"

#define FEW_RUNS 2u

/* A figure known to the last digit written: within half of that digit, five standard errors, and
 * what a bucket of a histogram may be off. */
static void assert_known(const Replications *runs, const char *design, const char *name,
                         const char *metric, double known, double digit)
{
    Sample sample = sample_of(runs, design, SCOPE_WORKLOAD, name, PHASE_ALL, metric);
    if (!(fabs(sample.mean - known) <= 5 * sample.error + 0.5 * digit + 0.004 * known))
        fail_msg("%s of %s is %g, not %g", metric, design, sample.mean, known);
    if (!(sample.error <= 0.02 * known))
        fail_msg("%s of %s is too uncertain: %g", metric, design, sample.error);
}

static double mean_in(const Replications *runs, const char *design, Scope scope, const char *name,
                      Phase phase, const char *metric)
{
    return sample_of(runs, design, scope, name, phase, metric).mean;
}

static double mean_of(const Replications *runs, const char *design, Scope scope, const char *name,
                      const char *metric)
{
    return mean_in(runs, design, scope, name, PHASE_ALL, metric);
}

/* --- HotROD */

/* From a Monte Carlo of the sample's own constants. */
static void test_hotrod_takes_681_ms(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/hotrod.json", "base", REPLICATIONS);
    assert_known(&runs, "base", "rider", "mean_ms", 681, 1);
    assert_known(&runs, "base", "rider", "p50_ms", 681, 1);
    assert_known(&runs, "base", "rider", "p90_ms", 731, 1);
    assert_known(&runs, "base", "rider", "p99_ms", 771, 1);
    assert_true(mean_of(&runs, "base", SCOPE_WORKLOAD, "rider", "failed") == 0);
    replications_clear(&runs);
}

/* One in 0.3 s by the mutex; without it three workers for ten routes of 0.05 s. */
static void test_hotrod_is_limited_by_its_mutex_and_then_by_its_workers(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/hotrod.json", "burst,no_mutex,five_at_once", 8);
    Sample burst = sample_of(&runs, "burst", SCOPE_WORKLOAD, "rider", PHASE_ALL, "throughput_rps");
    Sample free =
        sample_of(&runs, "no_mutex", SCOPE_WORKLOAD, "rider", PHASE_ALL, "throughput_rps");
    assert_within_errors(burst.mean, burst.error, 1 / 0.3, 0.002);
    assert_within_errors(free.mean, free.error, 6, 0.002);
    assert_known(&runs, "five_at_once", "rider", "mean_ms", 681 + 600, 1);
    replications_clear(&runs);
}

/* Three failures in a row of probability 0.2, for each of ten drivers. */
static void test_hotrod_fails_by_chance_as_often_as_it_must(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/hotrod.json", "random_failures", REPLICATIONS);
    Sample failed =
        sample_of(&runs, "random_failures", SCOPE_WORKLOAD, "rider", PHASE_ALL, "failed/completed");
    assert_within_errors(failed.mean, failed.error, 1 - pow(1 - 0.008, 10), 0.03);
    replications_clear(&runs);
}

/* --- Bookinfo: constants only, so that the answers are exact */

static void assert_page(const Replications *runs, const char *design, double latency_ms,
                        double degraded_ratio)
{
    assert_close(mean_of(runs, design, SCOPE_WORKLOAD, "jason", "mean_ms"), latency_ms, 1e-9);
    assert_close(mean_of(runs, design, SCOPE_WORKLOAD, "jason", "max_ms"), latency_ms, 1e-9);
    assert_close(mean_of(runs, design, SCOPE_WORKLOAD, "jason", "availability_ratio"), 1, 0);
    assert_close(mean_of(runs, design, SCOPE_WORKLOAD, "jason", "degraded/offered"), degraded_ratio,
                 0);
}

static void test_bookinfo_has_the_latencies_of_its_timeouts(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/bookinfo.json", "base,v3,v3_delay_2s,well", FEW_RUNS);
    assert_page(&runs, "base", 6002, 1);
    assert_page(&runs, "v3", 2503, 1);
    assert_page(&runs, "v3_delay_2s", 2004, 0);
    assert_page(&runs, "well", 4, 0);
    replications_clear(&runs);
}

static void test_bookinfo_tries_twice_in_vain(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/bookinfo.json", "base,v3", FEW_RUNS);
    assert_close(
        mean_of(&runs, "base", SCOPE_LINK, "productpage -> reviews", "retry_amplification"), 2, 0);
    assert_close(mean_of(&runs, "base", SCOPE_SERVICE, "ratings", "work_amplification"), 2, 0);
    assert_close(mean_of(&runs, "base", SCOPE_SERVICE, "ratings", "wasted_work_ratio"), 1, 0);
    assert_close(mean_of(&runs, "base", SCOPE_WORKLOAD, "jason", "completion_mean_ms"), 10004,
                 1e-9);
    assert_close(mean_of(&runs, "v3", SCOPE_LINK, "productpage -> reviews", "retry_amplification"),
                 1, 0);
    replications_clear(&runs);
}

static void test_bookinfo_hides_half_of_the_ratings(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/bookinfo.json", "ratings_faulty", 40);
    Sample calls = sample_of(&runs, "ratings_faulty", SCOPE_LINK, "reviews -> ratings", PHASE_ALL,
                             "error/calls");
    Sample pages =
        sample_of(&runs, "ratings_faulty", SCOPE_WORKLOAD, "jason", PHASE_ALL, "degraded/offered");
    assert_within_errors(calls.mean, calls.error, 0.5, 0.03);
    assert_close(pages.mean, calls.mean, 1e-12);
    assert_close(mean_of(&runs, "ratings_faulty", SCOPE_WORKLOAD, "jason", "failed"), 0, 0);
    replications_clear(&runs);
}

/* --- synchronous and asynchronous */

#define SYNC_VS_ASYNC "topologies/sync_vs_async.json"

static double goodput(const Replications *runs, const char *design, const char *workload,
                      Phase phase)
{
    return mean_in(runs, design, SCOPE_WORKLOAD, workload, phase, "goodput_rps");
}

/* The clocks of the story: 160 charges a second, 53.3 while payment is slow, 100 that come. */
static void test_a_queue_takes_the_outage_away_from_the_users(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, SYNC_VS_ASYNC, "base,queue", FEW_RUNS);
    assert_true(goodput(&runs, "base", "buyers", PHASE_BEFORE) > 90);
    assert_true(goodput(&runs, "base", "buyers", PHASE_DURING) < 10);
    assert_true(goodput(&runs, "base", "shoppers", PHASE_DURING) < 50);
    assert_true(goodput(&runs, "queue", "buyers", PHASE_DURING) > 90);
    assert_true(goodput(&runs, "queue", "shoppers", PHASE_DURING) > 90);
    double depth = mean_of(&runs, "queue", SCOPE_BROKER, "charges", "depth_max");
    assert_true(depth > 1200 && depth < 1600);
    double sync = mean_of(&runs, "base", SCOPE_WORKLOAD, "buyers", "completion_p99_ms");
    double async = mean_of(&runs, "queue", SCOPE_WORKLOAD, "buyers", "completion_p99_ms");
    assert_close(async, sync, 0.02);
    replications_clear(&runs);
}

static void test_retries_keep_the_outage_going_when_the_fault_is_over(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, SYNC_VS_ASYNC, "timeout,retries,short_queue", FEW_RUNS);
    assert_true(goodput(&runs, "timeout", "buyers", PHASE_AFTER) > 50);
    assert_true(goodput(&runs, "retries", "buyers", PHASE_AFTER) < 1);
    assert_true(goodput(&runs, "retries", "shoppers", PHASE_AFTER) > 90);
    double during = mean_in(&runs, "retries", SCOPE_LINK, "orders -> payment", PHASE_DURING,
                            "retry_amplification");
    assert_true(during > 2.9 && during <= 3); /* three attempts are the most */
    assert_true(mean_in(&runs, "retries", SCOPE_SERVICE, "payment", PHASE_AFTER,
                        "wasted_work_ratio") > 0.99);
    double served = goodput(&runs, "short_queue", "buyers", PHASE_DURING);
    assert_true(served > 40 && served < 160 / 3.0);
    assert_true(goodput(&runs, "short_queue", "buyers", PHASE_AFTER) > 95);
    replications_clear(&runs);
}

/* All designs meet the same shoppers, whose service is not touched. */
static void test_designs_meet_the_same_shoppers(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, SYNC_VS_ASYNC, "queue,timeout,retries,short_queue", 1);
    static const char *const designs[] = {"timeout", "retries", "short_queue"};
    double mean = mean_of(&runs, "queue", SCOPE_WORKLOAD, "shoppers", "mean_ms");
    for (size_t i = 0; i < G_N_ELEMENTS(designs); i++)
        assert_true(mean_of(&runs, designs[i], SCOPE_WORKLOAD, "shoppers", "mean_ms") == mean);
    replications_clear(&runs);
}

/* --- the others */

static void assert_utilization(const Replications *runs, const char *design, const char *service,
                               double expected)
{
    Sample used = sample_of(runs, design, SCOPE_SERVICE, service, PHASE_ALL, "cpu_utilization");
    if (!(fabs(used.mean - expected) <= 5 * used.error + 0.005))
        fail_msg("%s uses %g of its cores in %s, not %g", service, used.mean, design, expected);
}

static void test_the_hotels_frontend_is_as_busy_as_it_says(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/hotel_reservation.json", "base,two_frontends,busy", 5);
    assert_utilization(&runs, "base", "frontend", 0.63);
    assert_utilization(&runs, "base", "search", 0.36);
    assert_utilization(&runs, "two_frontends", "frontend", 0.31);
    assert_utilization(&runs, "busy", "frontend", 0.94);
    replications_clear(&runs);
}

/* Means as its description says, in ms; the mix by the weights of the load script. */
static void test_the_boutique_takes_the_times_it_says(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/online_boutique.json", "base", REPLICATIONS);
    static const struct {
        const char *name;
        double mean_ms, share;
    } pages[] = {
        {"users/frontend.home", 578, 0.107},      {"users/frontend.product", 166, 0.464},
        {"users/frontend.view_cart", 259, 0.214}, {"users/frontend.add_to_cart", 12.7, 0.107},
        {"users/frontend.checkout", 349, 0.036},
    };
    double all = mean_of(&runs, "base", SCOPE_WORKLOAD, "users", "offered");
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        assert_known(&runs, "base", pages[i].name, "mean_ms", pages[i].mean_ms, 1);
        Sample offered =
            sample_of(&runs, "base", SCOPE_WORKLOAD, pages[i].name, PHASE_ALL, "offered");
        assert_true(fabs(offered.mean / all - pages[i].share) <= 5 * offered.error / all + 0.0005);
    }
    replications_clear(&runs);
}

static void assert_topology_runs(const char *path)
{
    Replications runs;
    replications_run_file(&runs, path, NULL, 1);
    for (uint32_t i = 0; i < runs.variant_count; i++) {
        const char *design = runs.variants[i].design;
        assert_true(mean_of(&runs, design, SCOPE_SYSTEM, "*", "offered") > 0);
        assert_true(mean_of(&runs, design, SCOPE_SYSTEM, "*", "in_flight_at_end") == 0);
    }
    replications_clear(&runs);
}

/* How many there are in the folder and those in it. */
static int run_all_in(const char *folder)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    assert_non_null(entries);
    int count = 0;
    for (const char *name; (name = g_dir_read_name(entries)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            count += run_all_in(path);
        } else if (g_str_has_suffix(name, ".json") && !g_str_has_suffix(name, ".schema.json")) {
            assert_topology_runs(path);
            count++;
        }
    }
    return count;
}

static void test_every_topology_runs_in_every_design(void **state)
{
    (void)state;
    assert_true(run_all_in("topologies") >= 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hotrod_takes_681_ms),
        cmocka_unit_test(test_hotrod_is_limited_by_its_mutex_and_then_by_its_workers),
        cmocka_unit_test(test_hotrod_fails_by_chance_as_often_as_it_must),
        cmocka_unit_test(test_bookinfo_has_the_latencies_of_its_timeouts),
        cmocka_unit_test(test_bookinfo_tries_twice_in_vain),
        cmocka_unit_test(test_bookinfo_hides_half_of_the_ratings),
        cmocka_unit_test(test_a_queue_takes_the_outage_away_from_the_users),
        cmocka_unit_test(test_retries_keep_the_outage_going_when_the_fault_is_over),
        cmocka_unit_test(test_designs_meet_the_same_shoppers),
        cmocka_unit_test(test_the_hotels_frontend_is_as_busy_as_it_says),
        cmocka_unit_test(test_the_boutique_takes_the_times_it_says),
        cmocka_unit_test(test_every_topology_runs_in_every_design),
    };
    return cmocka_run_group_tests_name("experiments/topologies", tests, NULL, NULL);
}
