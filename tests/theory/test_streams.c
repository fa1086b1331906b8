/* Streams: a partition is a queue with one server, whatever the number of consumers. */
#include <math.h>

#include "tests/support/cmocka_all.h"
#include "tests/support/replications.h"

#define EXPONENTIAL_10MS "{'wait': {'dist': 'exponential', 'mean': '10ms'}}"

typedef struct Shape {
    const char *duration;
    double rate;
    const char *publish; /* options of the step */
    const char *work;    /* steps of the consumer */
    const char *stream, *group;
    const char *more; /* members of the topology, each with a comma behind it */
} Shape;

static void run(Replications *runs, const Shape *shape)
{
    replications_run(runs,
                     "{'simulation': {'duration': '%s', 'warmup': '20s'}, 'services': {"
                     "'a': {'server': 'event_loop', 'operations': {'x': {'steps': ["
                     "{'publish': 's'%s}]}}},"
                     "'b': {'threads': 99, 'operations': {'y': {'steps': [%s]}}}},"
                     "'links': {'* -> *': {}}, %s"
                     "'brokers': {'s': {'kind': 'stream', %s, 'consumer_groups': {"
                     "'g': {'operation': 'b.y', %s}}}},"
                     "'workloads': {'w': {'arrival': {'rate': %g}, 'mix': {'a.x': 1}}}}",
                     shape->duration, shape->publish, shape->work, shape->more, shape->stream,
                     shape->group, shape->rate);
}

/* Keys drawn from many fall evenly: each partition sees its share of a Poisson process. Consumers
 * beyond the partitions change nothing. */
static void test_a_partition_is_mm1(void **state)
{
    static const char *const concurrency[] = {"4", "9"};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(concurrency); i++) {
        Replications runs;
        g_autofree char *group =
            g_strdup_printf("'commit': 'after_record', 'concurrency': %s", concurrency[i]);
        const Shape shape = {"300s",
                             240,
                             ", 'key': {'dist': 'uniform_int', 'min': 1, 'max': 1000000}",
                             EXPONENTIAL_10MS,
                             "'partitions': 4",
                             group,
                             ""};
        run(&runs, &shape);
        assert_theory(&runs, SCOPE_BROKER, "s/g", "completion_mean_ms", 10 / 0.4, 0.01);
        assert_theory(&runs, SCOPE_WORKLOAD, "w", "completion_mean_ms", 10 / 0.4, 0.01);
        assert_theory(&runs, SCOPE_BROKER, "s/g", "depth_mean", 4 * 0.6 / 0.4, 0.01);
        assert_theory(&runs, SCOPE_BROKER, "s/g", "acknowledged/published", 1, 1e-9);
        replications_clear(&runs);
    }
}

/* A consumer with all partitions is one server that is never idle while there is work: the mean
 * does not ask in which order it works. */
static void test_one_consumer_of_all_partitions_is_one_server(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {"600s",
                         60,
                         ", 'key': {'dist': 'uniform_int', 'min': 1, 'max': 1000000}",
                         EXPONENTIAL_10MS,
                         "'partitions': 4",
                         "'commit': 'after_record', 'max_poll_records': 3",
                         ""};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "completion_mean_ms", 10 / 0.4, 0.02);
    replications_clear(&runs);
}

/* Every fourth arrival of a Poisson process: E4/M/1, whose arrivals find sigma busy, where sigma is
 * the transform of the time between arrivals at mu (1 - sigma). */
static void test_a_partition_of_a_round_robin_is_an_erlang_queue(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {"300s",
                         320,
                         "",
                         EXPONENTIAL_10MS,
                         "'partitions': 4",
                         "'commit': 'after_record', 'concurrency': 4",
                         ""};
    double sigma = 0.5;
    for (int i = 0; i < 200; i++)
        sigma = pow(320 / (320 + 100 * (1 - sigma)), 4);
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "completion_mean_ms", 10 / (1 - sigma), 0.01);
    replications_clear(&runs);
}

/* Of three keys by Zipf's law (6, 3 and 2 of 11) the first two are in one of two partitions. */
static void test_hot_keys_make_a_hot_partition(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {"600s",
                         100,
                         ", 'key': {'dist': 'zipf', 'n': 3, 'exponent': 1}",
                         EXPONENTIAL_10MS,
                         "'partitions': 2",
                         "'commit': 'after_record', 'concurrency': 2",
                         ""};
    double hot = 9 / 11., cold = 2 / 11.;
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "completion_mean_ms",
                  hot * 10 / (1 - hot) + cold * 10 / (1 - cold), 0.02);
    replications_clear(&runs);
}

/* Records come at random, commits every second: half a second on average between them. */
static void test_automatic_commits_are_half_an_interval_late(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {"300s", 50, "", "", "'partitions': 1", "'auto_commit_interval': '1s'", ""};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "completion_mean_ms", 500, 0.01);
    replications_clear(&runs);
}

/* The consumer is away from 20 to 50 s, and the rebalance takes 3 s more: 33 s of 50 records a
 * second wait, and the backlog shrinks by 100 - 50 a second: fluid theory. */
static void test_an_outage_leaves_a_backlog_that_drains_as_fluid_does(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {
        "100s",
        50,
        "",
        "{'wait': '10ms'}",
        "'partitions': 1",
        "'commit': 'after_record', 'session_timeout': '10s', 'rebalance_time': '3s'",
        "'faults': {'away': {'type': 'crash', 'target': {'service': 'b'}, 'start': '20s',"
        " 'duration': '30s'}},"};
    run(&runs, &shape);
    double backlog = 33 * 50;
    assert_theory(&runs, SCOPE_BROKER, "s/g", "depth_max", backlog, 0.01);
    double fluid = backlog * (33 + 33) / 2; /* record seconds: 33 s up, 33 s down */
    double steady = 50 * 0.015;             /* M/D/1 at half load: 15 ms */
    assert_theory(&runs, SCOPE_BROKER, "s/g", "depth_mean", (fluid + steady * (100 - 66)) / 100,
                  0.01);
    replications_clear(&runs);
}

/* Commits are made every 4 s; the crash, 41 s after the start, repeats what came in the second
 * since the last. */
static void test_a_crash_repeats_what_was_done_since_the_last_commit(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {
        "60s",
        100,
        "",
        "",
        "'partitions': 1",
        "'auto_commit_interval': '4s', 'session_timeout': '1s', 'rebalance_time': '1s'",
        "'faults': {'away': {'type': 'crash', 'target': {'service': 'b'}, 'start': '21s',"
        " 'duration': '2s'}},"};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "duplicates", 100, 0.05);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "redelivered", 100, 0.05);
    replications_clear(&runs);
}

/* What can be read for 2 s is lost when nobody reads for longer: of an outage of 30 s and a
 * rebalance of 3 s, all but the last 2 s. */
static void test_an_outage_beyond_retention_loses_records(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {
        "100s",
        50,
        "",
        "",
        "'partitions': 1, 'retention': '2s'",
        "'commit': 'after_record', 'session_timeout': '10s', 'rebalance_time': '3s'",
        "'faults': {'away': {'type': 'crash', 'target': {'service': 'b'}, 'start': '20s',"
        " 'duration': '30s'}},"};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "s/g", "dropped", 31 * 50, 0.01);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_partition_is_mm1),
        cmocka_unit_test(test_one_consumer_of_all_partitions_is_one_server),
        cmocka_unit_test(test_a_partition_of_a_round_robin_is_an_erlang_queue),
        cmocka_unit_test(test_hot_keys_make_a_hot_partition),
        cmocka_unit_test(test_automatic_commits_are_half_an_interval_late),
        cmocka_unit_test(test_an_outage_leaves_a_backlog_that_drains_as_fluid_does),
        cmocka_unit_test(test_a_crash_repeats_what_was_done_since_the_last_commit),
        cmocka_unit_test(test_an_outage_beyond_retention_loses_records),
    };
    return cmocka_run_group_tests_name("theory/streams", tests, NULL, NULL);
}
