#include "reports/columns.h"
#include "tests/reports/small_shop.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

/* Percentiles are the middle of a bucket. */
#define BUCKET 0.004

typedef struct Fixture {
    SmallShop *shop;
    Recorder *recorder;
    const Observer *observer;
} Fixture;

static void begin(Fixture *fixture, uint32_t batches)
{
    const FaultSchedule *faults =
        fixture->shop->topology.fault_count > 0 ? &fixture->shop->schedule : NULL;
    fixture->recorder = recorder_new(&fixture->shop->topology, faults, batches);
    fixture->observer = recorder_observer(fixture->recorder);
}

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->shop = small_shop_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    recorder_free(fixture->recorder);
    small_shop_free(fixture->shop);
    g_free(fixture);
    return 0;
}

static RunResult *finish(Fixture *fixture)
{
    fixture->observer = NULL;
    RunResult *result = small_shop_finish(g_steal_pointer(&fixture->recorder));
    char *problem = run_result_check(result);
    if (problem != NULL)
        fail_msg("%s", problem);
    return result;
}

static double value(const RunResult *result, Scope scope, const char *name, Phase phase,
                    const char *metric)
{
    const Entry *entry = run_result_find(result, scope, name);
    const Column *column = column_find(scope, metric);
    assert_non_null(entry);
    assert_non_null(column);
    return column_value(column, &entry->phases[phase]);
}

static double window_value(const RunResult *result, Scope scope, const char *name, uint32_t window,
                           const char *metric)
{
    const Entry *entry = run_result_find(result, scope, name);
    const Column *column = column_find(scope, metric);
    assert_non_null(entry);
    assert_true(column->is_in_series);
    Measures measures = run_result_window(result, entry, window);
    return column_value(column, &measures);
}

static void send(const Fixture *fixture, uint32_t site, double start_ms, double latency_ms,
                 Outcome outcome)
{
    small_shop_request(fixture->observer, site, MS(start_ms), MS(latency_ms), outcome);
}

/* --- requests */

static void test_a_request_is_measured_if_it_was_meant_to_start_in_the_measured_part(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    send(fixture, SITE_HOME, 999, 10, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 1000, 10, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 10999, 500, OUTCOME_SUCCESS);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "offered"), 2, 0);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "max_ms"), 500, 0);
}

static void test_requests_are_classed_by_how_they_end(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    send(fixture, SITE_HOME, 2000, 10, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 2100, 30, OUTCOME_SUCCESS);
    send(fixture, SITE_CHARGE, 2200, 40, OUTCOME_ERROR);
    send(fixture, SITE_CHARGE, 2300, 50, OUTCOME_TIMEOUT);
    send(fixture, SITE_CHARGE, 2400, 0, OUTCOME_REJECTED);
    send(fixture, SITE_CHARGE, 2500, 0, OUTCOME_CIRCUIT_OPEN);
    RequestRecord open = {.site = SITE_HOME, .is_unfinished = true, .ended = MS(11000)};
    open.started = MS(3000);
    open.tag =
        fixture->observer->request_started(fixture->observer->context, 0, SITE_HOME, open.started);
    fixture->observer->request_ended(fixture->observer->context, &open);
    g_autoptr(RunResult) result = finish(fixture);
    const char *users = "users";
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "offered"), 7, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "completed"), 6, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "succeeded"), 2, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "failed"), 2, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "timed_out"), 1, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "rejected"), 1, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "in_flight_at_end"), 1, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "offered_rps"), 0.7, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "throughput_rps"), 0.5, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "availability_ratio"), 2.0 / 6,
                 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "failed_mean_ms"), 22.5, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, "users/front.home", PHASE_ALL, "offered"), 3, 0);
    assert_close(value(result, SCOPE_SYSTEM, "*", PHASE_ALL, "completed"), 6, 0);
}

static void test_latencies_are_of_succeeded_requests_only(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    for (int i = 1; i <= 100; i++)
        send(fixture, SITE_HOME, 1000 + 20 * i, i, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 5000, 4000, OUTCOME_TIMEOUT);
    g_autoptr(RunResult) result = finish(fixture);
    const char *home = "users/front.home";
    assert_close(value(result, SCOPE_WORKLOAD, home, PHASE_ALL, "mean_ms"), 50.5, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, home, PHASE_ALL, "stddev_ms"), 29.0114919759, 1e-9);
    assert_close(value(result, SCOPE_WORKLOAD, home, PHASE_ALL, "p50_ms"), 50, BUCKET);
    assert_close(value(result, SCOPE_WORKLOAD, home, PHASE_ALL, "p90_ms"), 90, BUCKET);
    assert_close(value(result, SCOPE_WORKLOAD, home, PHASE_ALL, "p99_ms"), 99, BUCKET);
    assert_close(value(result, SCOPE_WORKLOAD, home, PHASE_ALL, "max_ms"), 100, 0);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "p99_ms"), 99, BUCKET);
}

static void test_goodput_counts_what_met_the_objective(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    send(fixture, SITE_HOME, 2000, 20, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 3000, 20.001, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 4000, 1, OUTCOME_ERROR);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "goodput_rps"), 0.1, 1e-12);
}

static void test_a_request_belongs_to_the_phase_of_its_start_wherever_it_ends(void **state)
{
    Fixture *fixture = *state;
    small_shop_add_fault(fixture->shop, MS(3000), MS(5000));
    begin(fixture, 0);
    send(fixture, SITE_HOME, 2999, 100, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 3000, 3000, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 4999, 2000, OUTCOME_ERROR);
    send(fixture, SITE_HOME, 5000, 2100, OUTCOME_SUCCESS);
    g_autoptr(RunResult) result = finish(fixture);
    const char *users = "users";
    assert_int_equal(result->phase_count, PHASE_COUNT);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_ALL, "offered"), 4, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_BEFORE, "offered"), 1, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_BEFORE, "max_ms"), 100, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_DURING, "offered"), 2, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_DURING, "failed"), 1, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_DURING, "max_ms"), 3000, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_AFTER, "max_ms"), 2100, 0);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_BEFORE, "offered_rps"), 0.5, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_DURING, "offered_rps"), 1, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, users, PHASE_AFTER, "offered_rps"), 1 / 6.0, 1e-12);
}

static void test_a_fault_that_outlasts_the_run_leaves_no_time_after_it(void **state)
{
    Fixture *fixture = *state;
    small_shop_add_fault(fixture->shop, MS(0), SIM_TIME_NEVER);
    begin(fixture, 0);
    send(fixture, SITE_HOME, 2999, 100, OUTCOME_SUCCESS);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_DURING, "offered_rps"), 0.1, 1e-12);
    assert_missing(value(result, SCOPE_WORKLOAD, "users", PHASE_BEFORE, "offered_rps"));
    assert_missing(value(result, SCOPE_WORKLOAD, "users", PHASE_AFTER, "offered_rps"));
}

static void test_windows_count_what_happens_in_them(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    send(fixture, SITE_HOME, 990, 20, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 1500, 600, OUTCOME_SUCCESS);
    send(fixture, SITE_CHARGE, 1600, 700, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 10900, 200, OUTCOME_SUCCESS);
    g_autoptr(RunResult) result = finish(fixture);
    assert_int_equal(result->window_count, 10);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 0, "offered"), 2, 0);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 0, "succeeded"), 1, 0);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 0, "max_ms"), 20, 0);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 1, "offered"), 0, 0);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 1, "throughput_rps"), 2, 1e-12);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 1, "mean_ms"), 650, 1e-12);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 1, "p50_ms"), 600, BUCKET);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 1, "p99_ms"), 700, BUCKET);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users/pay.charge", 1, "mean_ms"), 700,
                 1e-12);
    assert_close(window_value(result, SCOPE_SYSTEM, "*", 1, "mean_ms"), 650, 1e-12);
    assert_missing(window_value(result, SCOPE_WORKLOAD, "users", 2, "mean_ms"));
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 9, "offered"), 1, 0);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 9, "succeeded"), 0, 0);
}

static void test_the_system_is_the_sum_of_its_workloads_in_every_window(void **state)
{
    Fixture *fixture = *state;
    Topology *topology = &fixture->shop->topology;
    uint32_t home = SITE_HOME, charge = SITE_CHARGE;
    const WorkloadConfig two[] = {{.name = "web", .sites = &home, .site_count = 1},
                                  {.name = "app", .sites = &charge, .site_count = 1}};
    const double visits[] = {1, 1, 0, 0, 1, 0};
    topology->workloads = two;
    topology->workload_count = 2;
    topology->visits = visits;
    begin(fixture, 0);
    send(fixture, SITE_HOME, 1100, 10, OUTCOME_SUCCESS);
    send(fixture, SITE_CHARGE, 1200, 30, OUTCOME_SUCCESS);
    send(fixture, SITE_CHARGE, 3200, 50, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 5200, 70, OUTCOME_SUCCESS);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(window_value(result, SCOPE_SYSTEM, "*", 0, "mean_ms"), 20, 1e-12);
    assert_close(window_value(result, SCOPE_WORKLOAD, "web", 0, "mean_ms"), 10, 1e-12);
    assert_close(window_value(result, SCOPE_WORKLOAD, "app", 0, "mean_ms"), 30, 1e-12);
    assert_close(window_value(result, SCOPE_SYSTEM, "*", 2, "mean_ms"), 50, 1e-12);
    assert_missing(window_value(result, SCOPE_WORKLOAD, "web", 2, "mean_ms"));
    assert_close(window_value(result, SCOPE_SYSTEM, "*", 4, "mean_ms"), 70, 1e-12);
    assert_close(value(result, SCOPE_SYSTEM, "*", PHASE_ALL, "mean_ms"), 40, 1e-12);
}

static void test_completion_times_are_of_requests_that_succeeded(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    CompletionRecord record = {
        .site = SITE_HOME, .tag = 1, .has_succeeded = true, .started = MS(2000)};
    record.completed = MS(2750);
    fixture->observer->request_completed(fixture->observer->context, &record);
    record.has_succeeded = false;
    record.completed = MS(9000);
    fixture->observer->request_completed(fixture->observer->context, &record);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "completion_mean_ms"), 750,
                 1e-12);
}

static void test_batches_cut_the_measured_time_into_equal_parts(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, RECORDER_BATCHES);
    send(fixture, SITE_HOME, 1000, 10, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 1499, 20, OUTCOME_SUCCESS);
    send(fixture, SITE_HOME, 1500, 30, OUTCOME_SUCCESS);
    send(fixture, SITE_CHARGE, 10999, 40, OUTCOME_ERROR);
    g_autoptr(RunResult) result = finish(fixture);
    const Entry *users = run_result_find(result, SCOPE_WORKLOAD, "users");
    assert_int_equal(result->batch_count, 20);
    assert_int_equal(users->batches[0].counts[REQUEST_OFFERED], 2);
    assert_int_equal(users->batches[1].counts[REQUEST_OFFERED], 1);
    assert_int_equal(users->batches[19].counts[REQUEST_FAILED], 1);
    assert_close(users->batches[0].span_s, 0.5, 1e-12);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "mean_ms"), 20, 1e-12);
}

/* --- services */

static VisitRecord visit(uint32_t operation, double arrived, double started, double ended)
{
    return (VisitRecord){.operation = operation,
                         .tag = 1,
                         .end = VISIT_COMPLETED,
                         .has_started = true,
                         .arrived = MS(arrived),
                         .started = MS(started),
                         .replied = MS(ended),
                         .ended = MS(ended),
                         .busy = MS(ended - started)};
}

static void report_visit(const Fixture *fixture, const VisitRecord *record)
{
    fixture->observer->visit_ended(fixture->observer->context, record);
}

static void test_levels_are_averages_over_the_measured_time(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    VisitRecord record = visit(PAY_CHARGE, 2000, 3000, 7000);
    report_visit(fixture, &record);
    record = visit(PAY_REFUND, 4000, 4000, 9000);
    report_visit(fixture, &record);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "queue_mean"), 0.1, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "in_system_mean"), 1, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "thread_utilization"), 0.09, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "pay.charge", PHASE_ALL, "in_system_mean"), 0.5,
                 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "replicas_mean"), 2, 0);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 0, "in_system_mean"), 0, 0);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 1, "queue_mean"), 1, 1e-12);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 2, "thread_utilization"), 0.1, 1e-12);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 3, "thread_utilization"), 0.2, 1e-12);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 7, "in_system_mean"), 1, 1e-12);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 8, "in_system_mean"), 0, 0);
}

static double batch_value(const RunResult *result, Scope scope, const char *name, uint32_t batch,
                          const char *metric)
{
    const Entry *entry = run_result_find(result, scope, name);
    return column_value(column_find(scope, metric), &entry->batches[batch]);
}

/* Batch i lasts from 1 + i / 2 s: levels belong to their time, what is counted to the batch of the
 * request. */
static void test_services_and_links_are_told_by_batch_too(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, RECORDER_BATCHES);
    send(fixture, SITE_CHARGE, 1600, 10, OUTCOME_SUCCESS);
    VisitRecord record = visit(PAY_CHARGE, 2000, 3000, 7000);
    record.tag = 2;
    report_visit(fixture, &record);
    AttemptRecord sent = {.link = USERS_PAY, .attempt = 1, .is_last = true, .tag = 2};
    sent.call_started = sent.started = MS(1600);
    sent.ended = MS(1650);
    fixture->observer->attempt_ended(fixture->observer->context, &sent);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay", 1, "completed"), 1, 0);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay", 2, "completed"), 0, 0);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay", 1, "response_mean_ms"), 5000, 1e-12);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay", 2, "queue_mean"), 1, 1e-12);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay", 4, "queue_mean"), 0, 0);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay", 4, "thread_utilization"), 0.1, 1e-12);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay.charge", 11, "in_system_mean"), 1, 1e-12);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay.charge", 12, "in_system_mean"), 0, 0);
    assert_close(batch_value(result, SCOPE_SERVICE, "pay.charge", 1, "work_amplification"), 1, 0);
    assert_close(batch_value(result, SCOPE_LINK, "users -> pay", 1, "latency_mean_ms"), 50, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "queue_mean"), 0.1, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "response_mean_ms"), 5000, 1e-12);
}

static void test_levels_are_clipped_to_the_measured_part(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    VisitRecord record = visit(FRONT_HOME, 200, 500, 2500);
    record.tag = 0;
    report_visit(fixture, &record);
    record = visit(FRONT_HOME, 10500, 12000, 13000);
    report_visit(fixture, &record);
    record = visit(FRONT_HOME, 11500, 11500, 13000);
    report_visit(fixture, &record);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_SERVICE, "front", PHASE_ALL, "queue_mean"), 0.05, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "front", PHASE_ALL, "in_system_mean"), 0.2, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "front", PHASE_ALL, "arrived"), 2, 0);
}

static void test_levels_belong_to_the_time_of_a_phase_and_counts_to_the_request(void **state)
{
    Fixture *fixture = *state;
    small_shop_add_fault(fixture->shop, MS(2500), MS(4250));
    begin(fixture, 0);
    VisitRecord record = visit(FRONT_HOME, 2000, 2000, 5000);
    RequestTag before =
        fixture->observer->request_started(fixture->observer->context, 0, SITE_HOME, MS(2000));
    record.tag = before;
    report_visit(fixture, &record);
    g_autoptr(RunResult) result =
        small_shop_finish(g_steal_pointer(&fixture->recorder)); /* the request has no end here */
    const char *front = "front";
    assert_close(value(result, SCOPE_SERVICE, front, PHASE_BEFORE, "in_system_mean"), 0.5 / 1.5,
                 1e-12);
    assert_close(value(result, SCOPE_SERVICE, front, PHASE_DURING, "in_system_mean"), 1, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, front, PHASE_AFTER, "in_system_mean"), 0.75 / 6.75,
                 1e-12);
    assert_close(value(result, SCOPE_SERVICE, front, PHASE_ALL, "in_system_mean"), 0.3, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, front, PHASE_BEFORE, "arrived"), 1, 0);
    assert_close(value(result, SCOPE_SERVICE, front, PHASE_AFTER, "arrived"), 0, 0);
    assert_close(window_value(result, SCOPE_SERVICE, front, 1, "in_system_mean"), 1, 1e-12);
    assert_close(window_value(result, SCOPE_SERVICE, front, 3, "in_system_mean"), 1, 1e-12);
}

static void test_visits_are_classed_by_how_they_end(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    static const VisitEnd ends[] = {VISIT_COMPLETED, VISIT_FAILED, VISIT_REJECTED,  VISIT_ABANDONED,
                                    VISIT_CANCELLED, VISIT_LOST,   VISIT_UNFINISHED};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        VisitRecord record = visit(PAY_CHARGE, 2000, 2001, 2003 + (double)i);
        record.end = ends[i];
        record.is_wasted = ends[i] != VISIT_COMPLETED;
        report_visit(fixture, &record);
    }
    g_autoptr(RunResult) result = finish(fixture);
    const char *pay = "pay.charge";
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "arrived"), 7, 0);
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "completed"), 1, 0);
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "failed"), 2, 0);
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "rejected"), 1, 0);
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "abandoned"), 2, 0);
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "response_mean_ms"), 3, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "queue_wait_mean_ms"), 1, 1e-12);
    /* 2 of 2 + 3 + ... + 8 ms were not wasted */
    assert_close(value(result, SCOPE_SERVICE, pay, PHASE_ALL, "wasted_work_ratio"), 33.0 / 35,
                 1e-12);
}

static void test_amplification_compares_arrivals_with_those_of_a_faultless_run(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    for (int i = 0; i < 4; i++)
        send(fixture, SITE_HOME, 2000 + i, 1, OUTCOME_SUCCESS);
    for (int i = 0; i < 6; i++) {
        VisitRecord record = visit(PAY_CHARGE, 3000 + i, 3000 + i, 3001 + i);
        report_visit(fixture, &record);
    }
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "work_amplification"), 1.5, 1e-12);
    assert_close(value(result, SCOPE_SERVICE, "front", PHASE_ALL, "work_amplification"), 0, 0);
    assert_missing(value(result, SCOPE_SERVICE, "pay.refund", PHASE_ALL, "work_amplification"));
}

static void test_the_longest_queue_is_that_of_an_arrival_in_the_phase(void **state)
{
    Fixture *fixture = *state;
    small_shop_add_fault(fixture->shop, MS(3000), MS(5000));
    begin(fixture, 0);
    VisitRecord record = visit(PAY_CHARGE, 500, 2000, 2001);
    record.tag = 0;
    record.queued_ahead = 9;
    report_visit(fixture, &record);
    record = visit(PAY_CHARGE, 2900, 3500, 3501);
    record.queued_ahead = 3;
    report_visit(fixture, &record);
    record = visit(PAY_CHARGE, 4000, 6000, 6001);
    record.queued_ahead = 7;
    report_visit(fixture, &record);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "queue_max"), 7, 0);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_BEFORE, "queue_max"), 3, 0);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_DURING, "queue_max"), 7, 0);
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_AFTER, "queue_max"), 0, 0);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 3, "queue_max"), 7, 0);
}

static void test_cores_are_counted_only_where_there_are_some(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    CpuRecord record = {.service = PAY, .busy_cores = 1.5, .since = MS(0), .until = MS(4500)};
    fixture->observer->cpu_used(fixture->observer->context, &record);
    VisitRecord at_front = visit(FRONT_HOME, 5000, 5000, 6000);
    report_visit(fixture, &at_front);
    g_autoptr(RunResult) result = finish(fixture);
    /* 3.5 s measured of 1.5 cores, of 4 cores over 10 s */
    assert_close(value(result, SCOPE_SERVICE, "pay", PHASE_ALL, "cpu_utilization"), 0.13125, 1e-12);
    assert_close(window_value(result, SCOPE_SERVICE, "pay", 3, "cpu_utilization"), 0.1875, 1e-12);
    assert_missing(value(result, SCOPE_SERVICE, "front", PHASE_ALL, "cpu_utilization"));
    assert_missing(value(result, SCOPE_SERVICE, "pay.charge", PHASE_ALL, "cpu_utilization"));
}

/* --- links */

static void attempt(const Fixture *fixture, uint32_t number, Outcome outcome, double call,
                    double started, double ended, bool is_last)
{
    AttemptRecord record = {.link = FRONT_PAY,
                            .tag = 1,
                            .attempt = number,
                            .outcome = outcome,
                            .is_last = is_last,
                            .call_started = MS(call),
                            .started = MS(started),
                            .ended = MS(ended),
                            .pool_wait = -1};
    fixture->observer->attempt_ended(fixture->observer->context, &record);
}

static void test_a_call_that_is_retried_is_one_call_with_its_whole_latency(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    attempt(fixture, 1, OUTCOME_TIMEOUT, 1900, 1900, 2100, false);
    attempt(fixture, 2, OUTCOME_REJECTED, 1900, 2200, 2210, false);
    attempt(fixture, 3, OUTCOME_SUCCESS, 1900, 2300, 2350, true);
    attempt(fixture, 1, OUTCOME_ERROR, 3000, 3000, 3500, true);
    g_autoptr(RunResult) result = finish(fixture);
    const char *link = "front -> pay";
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "calls"), 2, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "attempts"), 4, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "retries"), 2, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "succeeded"), 1, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "failed"), 3, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "timeout"), 1, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "rejected"), 1, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "error"), 1, 0);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "retry_amplification"), 2, 1e-12);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "latency_mean_ms"), 450, 1e-12);
    assert_close(window_value(result, SCOPE_LINK, link, 0, "attempts"), 1, 0);
    assert_close(window_value(result, SCOPE_LINK, link, 0, "timeout"), 0, 0);
    assert_close(window_value(result, SCOPE_LINK, link, 1, "timeout"), 1, 0);
    assert_close(window_value(result, SCOPE_LINK, link, 1, "latency_p99_ms"), 450, BUCKET);
    assert_close(value(result, SCOPE_LINK, "users -> pay", PHASE_ALL, "calls"), 0, 0);
}

static void test_a_call_cut_in_its_back_off_leaves_no_attempt_behind(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    attempt(fixture, 1, OUTCOME_TIMEOUT, 10000, 10000, 10900, false);
    AttemptRecord record = {
        .link = FRONT_PAY, .tag = 1, .is_unfinished = true, .ended = MS(11000), .pool_wait = -1};
    fixture->observer->attempt_ended(fixture->observer->context, &record);
    record.attempt = 1;
    record.call_started = record.started = MS(10950);
    fixture->observer->attempt_ended(fixture->observer->context, &record);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_LINK, "front -> pay", PHASE_ALL, "calls"), 2, 0);
    assert_close(value(result, SCOPE_LINK, "front -> pay", PHASE_ALL, "attempts"), 2, 0);
    assert_close(value(result, SCOPE_LINK, "front -> pay", PHASE_ALL, "failed"), 1, 0);
}

/* Two waited, the third was refused: no time to count. The connection that is opened in the warm-up
 * counts nowhere. */
static void test_waits_for_connections_and_connections(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    const ConnectionRecord early = {.link = FRONT_PAY, .time = MS(900)};
    fixture->observer->connection_opened(fixture->observer->context, &early);
    const SimTime waits[] = {MS(100), MS(300), -1};
    const Outcome outcomes[] = {OUTCOME_SUCCESS, OUTCOME_TIMEOUT, OUTCOME_POOL_OVERFLOW};
    for (int i = 0; i < 3; i++) {
        AttemptRecord record = {.link = FRONT_PAY,
                                .tag = 1,
                                .attempt = 1,
                                .outcome = outcomes[i],
                                .is_last = true,
                                .call_started = MS(1100),
                                .started = MS(1100),
                                .ended = MS(1500),
                                .pool_wait = waits[i]};
        fixture->observer->attempt_ended(fixture->observer->context, &record);
    }
    const double opened[] = {1500, 1600, 2500};
    for (int i = 0; i < 3; i++) {
        const ConnectionRecord record = {.link = FRONT_PAY, .time = MS(opened[i])};
        fixture->observer->connection_opened(fixture->observer->context, &record);
    }
    g_autoptr(RunResult) result = finish(fixture);
    const char *link = "front -> pay";
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "pool_wait_mean_ms"), 200, 1e-12);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "pool_wait_p99_ms"), 300, BUCKET);
    assert_close(value(result, SCOPE_LINK, link, PHASE_ALL, "connections"), 3, 0);
    assert_close(window_value(result, SCOPE_LINK, link, 0, "connections"), 2, 0);
    assert_close(window_value(result, SCOPE_LINK, link, 1, "connections"), 1, 0);
}

/* --- brokers */

static void tell(const Fixture *fixture, MessageEvent event, uint32_t subscription,
                 double published, double time, uint32_t depth, bool leaves)
{
    MessageRecord record = {.event = event,
                            .subscription = subscription,
                            .consumer = event == MESSAGE_PUBLISHED ? NO_INDEX : 0,
                            .tag = 1,
                            .depth = depth,
                            .published = MS(published),
                            .entered = MS(published),
                            .leaves_queue = leaves,
                            .time = MS(time)};
    fixture->observer->message(fixture->observer->context, &record);
}

static void test_messages_are_counted_from_publication_to_their_end(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    tell(fixture, MESSAGE_PUBLISHED, JOBS_QUEUE, 2000, 2000, 1, false);
    tell(fixture, MESSAGE_PUBLISHED, JOBS_QUEUE, 2500, 2500, 2, false);
    tell(fixture, MESSAGE_DELIVERED, JOBS_QUEUE, 2000, 4000, 1, true);
    tell(fixture, MESSAGE_ACKNOWLEDGED, JOBS_QUEUE, 2000, 4200, 1, false);
    tell(fixture, MESSAGE_UNFINISHED, JOBS_QUEUE, 2500, 12000, 0, true);
    g_autoptr(RunResult) result = finish(fixture);
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "jobs" : "jobs/pay.refund";
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "published"), 2, 0);
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "delivered"), 1, 0);
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "acknowledged"), 1, 0);
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "depth_mean"), 1.05, 1e-12);
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "depth_max"), 2, 0);
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "delay_mean_ms"), 2000, 1e-12);
        assert_close(value(result, SCOPE_BROKER, name, PHASE_ALL, "completion_mean_ms"), 2200,
                     1e-12);
        assert_close(window_value(result, SCOPE_BROKER, name, 2, "depth_mean"), 2, 1e-12);
    }
}

static void test_a_topic_is_the_sum_of_its_subscriptions(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    for (uint32_t i = NEWS_MAIL; i <= NEWS_LOG; i++) {
        tell(fixture, MESSAGE_PUBLISHED, i, 2000, 2000, 1, false);
        tell(fixture, MESSAGE_DROPPED, i, 2000, 3000, 0, true);
    }
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_BROKER, "news", PHASE_ALL, "published"), 2, 0);
    assert_close(value(result, SCOPE_BROKER, "news", PHASE_ALL, "dropped"), 2, 0);
    assert_close(value(result, SCOPE_BROKER, "news/mail", PHASE_ALL, "published"), 1, 0);
    assert_close(value(result, SCOPE_BROKER, "news", PHASE_ALL, "depth_mean"), 0.2, 1e-12);
}

static void test_consumers_of_one_queue_are_told_apart_from_their_deliveries_on(void **state)
{
    Fixture *fixture = *state;
    ConsumerConfig two[] = {{.operation = PAY_REFUND}, {.operation = PAY_CHARGE}};
    const char *names[] = {"jobs/pay.refund", "jobs/pay.charge"};
    fixture->shop->subscriptions[JOBS_QUEUE].consumers = two;
    fixture->shop->subscriptions[JOBS_QUEUE].consumer_names = names;
    fixture->shop->subscriptions[JOBS_QUEUE].consumer_count = 2;
    begin(fixture, 0);
    tell(fixture, MESSAGE_PUBLISHED, JOBS_QUEUE, 2000, 2000, 1, false);
    tell(fixture, MESSAGE_DELIVERED, JOBS_QUEUE, 2000, 3000, 0, true);
    tell(fixture, MESSAGE_ACKNOWLEDGED, JOBS_QUEUE, 2000, 3100, 0, false);
    g_autoptr(RunResult) result = finish(fixture);
    assert_close(value(result, SCOPE_BROKER, "jobs", PHASE_ALL, "published"), 1, 0);
    assert_close(value(result, SCOPE_BROKER, "jobs", PHASE_ALL, "acknowledged"), 1, 0);
    assert_close(value(result, SCOPE_BROKER, "jobs", PHASE_ALL, "completion_mean_ms"), 1100, 1e-12);
    assert_missing(value(result, SCOPE_BROKER, "jobs/pay.refund", PHASE_ALL, "published"));
    assert_close(value(result, SCOPE_BROKER, "jobs/pay.refund", PHASE_ALL, "acknowledged"), 1, 0);
    assert_close(value(result, SCOPE_BROKER, "jobs/pay.charge", PHASE_ALL, "acknowledged"), 0, 0);
}

/* --- the run */

static void test_entries_are_sorted_with_the_whole_before_its_parts(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    g_autoptr(RunResult) result = finish(fixture);
    static const char *const names[] = {"*",
                                        "users",
                                        "users/front.home",
                                        "users/pay.charge",
                                        "front",
                                        "front.home",
                                        "pay",
                                        "pay.charge",
                                        "pay.refund",
                                        "front -> pay",
                                        "users -> front",
                                        "users -> pay",
                                        "jobs",
                                        "jobs/pay.refund",
                                        "news",
                                        "news/log",
                                        "news/mail"};
    assert_int_equal(result->entry_count, G_N_ELEMENTS(names));
    for (uint32_t i = 0; i < result->entry_count; i++)
        assert_string_equal(result->entries[i].name, names[i]);
}

static void test_a_run_that_stopped_early_is_measured_up_to_there(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, RECORDER_BATCHES);
    send(fixture, SITE_HOME, 2000, 1, OUTCOME_SUCCESS);
    WorldCounts counts = {.end = MS(3500)};
    g_autoptr(RunResult) result =
        recorder_finish(g_steal_pointer(&fixture->recorder), &counts, STOP_INTERRUPTED);
    assert_close(value(result, SCOPE_WORKLOAD, "users", PHASE_ALL, "offered_rps"), 0.4, 1e-12);
    assert_int_equal(result->window_count, 3);
    assert_close(window_value(result, SCOPE_WORKLOAD, "users", 2, "offered_rps"), 0, 0);
    assert_int_equal(result->batch_count, 0);
}

static void test_events_are_told_from_the_start_of_measurement(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    StateRecord record = {.time = MS(400), .type = "fault_start", .subject = "trouble"};
    fixture->observer->state_changed(fixture->observer->context, &record);
    g_autoptr(RunResult) result = finish(fixture);
    const RunEvent *event = &g_array_index(result->events, RunEvent, 0);
    assert_int_equal(event->time, MS(-600));
    assert_string_equal(event->type, "fault_start");
    assert_string_equal(event->subject, "trouble");
    assert_null(event->detail);
}

static void test_a_request_that_never_ends_is_found_by_the_check(void **state)
{
    Fixture *fixture = *state;
    begin(fixture, 0);
    fixture->observer->request_started(fixture->observer->context, 0, SITE_HOME, MS(2000));
    g_autoptr(RunResult) result = small_shop_finish(g_steal_pointer(&fixture->recorder));
    g_autofree char *problem = run_result_check(result);
    assert_string_equal(problem, "system *, phase all: offered is 1, but completed + in flight at "
                                 "the end is 0");
}

static void test_memory_of_many_windows_is_bounded(void **state)
{
    Fixture *fixture = *state;
    fixture->shop->topology.simulation.window = 1;
    begin(fixture, 0);
    send(fixture, SITE_HOME, 2000, 1, OUTCOME_SUCCESS);
    g_autoptr(RunResult) result = finish(fixture);
    assert_true(result->window_count < 200000);
    assert_true(result->window_count > 10000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_request_is_measured_if_it_was_meant_to_start_in_the_measured_part),
        TEST(test_requests_are_classed_by_how_they_end),
        TEST(test_latencies_are_of_succeeded_requests_only),
        TEST(test_goodput_counts_what_met_the_objective),
        TEST(test_a_request_belongs_to_the_phase_of_its_start_wherever_it_ends),
        TEST(test_a_fault_that_outlasts_the_run_leaves_no_time_after_it),
        TEST(test_windows_count_what_happens_in_them),
        TEST(test_the_system_is_the_sum_of_its_workloads_in_every_window),
        TEST(test_completion_times_are_of_requests_that_succeeded),
        TEST(test_batches_cut_the_measured_time_into_equal_parts),
        TEST(test_levels_are_averages_over_the_measured_time),
        TEST(test_services_and_links_are_told_by_batch_too),
        TEST(test_levels_are_clipped_to_the_measured_part),
        TEST(test_levels_belong_to_the_time_of_a_phase_and_counts_to_the_request),
        TEST(test_visits_are_classed_by_how_they_end),
        TEST(test_amplification_compares_arrivals_with_those_of_a_faultless_run),
        TEST(test_the_longest_queue_is_that_of_an_arrival_in_the_phase),
        TEST(test_cores_are_counted_only_where_there_are_some),
        TEST(test_a_call_that_is_retried_is_one_call_with_its_whole_latency),
        TEST(test_a_call_cut_in_its_back_off_leaves_no_attempt_behind),
        TEST(test_waits_for_connections_and_connections),
        TEST(test_messages_are_counted_from_publication_to_their_end),
        TEST(test_a_topic_is_the_sum_of_its_subscriptions),
        TEST(test_consumers_of_one_queue_are_told_apart_from_their_deliveries_on),
        TEST(test_entries_are_sorted_with_the_whole_before_its_parts),
        TEST(test_a_run_that_stopped_early_is_measured_up_to_there),
        TEST(test_events_are_told_from_the_start_of_measurement),
        TEST(test_a_request_that_never_ends_is_found_by_the_check),
        TEST(test_memory_of_many_windows_is_bounded),
    };
    return cmocka_run_group_tests_name("reports/recorder", tests, NULL, NULL);
}
