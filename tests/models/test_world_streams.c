/* Streams and their consumer groups, worked out by hand. `a` publishes what its steps say, at 10 ms
 * and every 10 ms from then on; `b` consumes. */
#include <string.h>

#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

#define PUBLISH "{'publish':'s'}"

typedef struct Case {
    const char *duration; /* an arrival for every 10 ms of it */
    const char *steps;    /* of a.op */
    const char *replicas; /* of b */
    const char *work;     /* steps of b.op */
    const char *stream;   /* its keys */
    const char *group;    /* its keys besides the operation */
    const char *more;     /* members of the topology, each with a comma behind it */
} Case;

static void expect(const Case *given, const char *only, const char *expected)
{
    g_autofree char *text = g_strdup_printf(
        "{'simulation':{'duration':'%s'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': [%s]}}},"
        "'b': {'threads': 9, 'replicas': %s, 'operations': {'op': {'steps': [%s]}}}},"
        "'links': {'* -> *': {}}, %s"
        "'brokers': {'s': {'kind':'stream', %s,"
        "'consumer_groups': {'g': {'operation': 'b.op', %s}}},"
        "'d': {'kind': 'queue', 'consumers': {}}},"
        "'workloads':{'u':{'arrival':{'process':'constant','rate':100},'mix':{'a.op':1}}}}",
        given->duration, given->steps, given->replicas, given->work,
        given->more == NULL ? "" : given->more, given->stream, given->group);
    trace_expect(text, only, expected);
}

/* --- the way of a record */

static void test_a_record_is_published_fetched_processed_and_committed(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1, 'publish_latency': '2ms', 'delivery_latency': '3ms'",
        .group = "'commit': 'after_batch'",
    };
    expect(&given, NULL,
           "12 message s/g published 1 waiting\n"
           "12 visit a.op completed 10..12 from 10\n"
           "12 attempt u -> a #1 success 10..12 last\n"
           "12 request u success after 2\n"
           "15 message s/g delivered 1 waiting\n"
           "20 visit b.op completed 15..20 from 15\n"
           "20 message s/g acknowledged 0 waiting\n"
           "20 all done u after 10\n");
}

static void test_a_batch_is_processed_record_by_record_before_the_next_poll(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'max_poll_records': 2",
    };
    expect(&given, "visit b|message",
           "10 message s/g published 1 waiting\n"
           "10 message s/g published 2 waiting\n"
           "10 message s/g published 3 waiting\n"
           "10 message s/g delivered 3 waiting\n"
           "10 message s/g delivered 3 waiting\n"
           "15 visit b.op completed 10..15 from 10\n"
           "20 visit b.op completed 15..20 from 15\n"
           "20 message s/g acknowledged 2 waiting\n"
           "20 message s/g acknowledged 1 waiting\n"
           "20 message s/g delivered 1 waiting\n"
           "25 visit b.op completed 20..25 from 20\n"
           "25 message s/g acknowledged 0 waiting\n");
}

/* A consumer has what became readable 3 ms ago: the second record, of 20, is there at 23, while the
 * first is in processing, so that the next poll does not wait. */
static void test_a_busy_consumer_fetches_ahead(void **state)
{
    (void)state;
    const Case given = {
        .duration = "25ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'15ms'}",
        .stream = "'partitions': 1, 'delivery_latency': '3ms'",
        .group = "'commit': 'after_batch'",
    };
    expect(&given, "visit b|delivered",
           "13 message s/g delivered 1 waiting\n"
           "28 visit b.op completed 13..28 from 13\n"
           "28 message s/g delivered 1 waiting\n"
           "43 visit b.op completed 28..43 from 28\n");
}

static void test_every_group_reads_every_record_at_its_own_pace(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'25ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': [" PUBLISH "]}}},"
        "'b': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'2ms'}]}}},"
        "'c': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'12ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'brokers': {'s': {'kind':'stream', 'partitions': 1, 'consumer_groups': {"
        "'quick': {'operation': 'b.op', 'commit': 'after_record'},"
        "'slow': {'operation': 'c.op', 'commit': 'after_record'}}}},"
        "'workloads':{'u':{'arrival':{'process':'constant','rate':100},'mix':{'a.op':1}}}}",
        "published|acknowledged",
        "10 message s/quick published 1 waiting\n"
        "10 message s/slow published 1 waiting\n"
        "12 message s/quick acknowledged 0 waiting\n"
        "20 message s/quick published 1 waiting\n"
        "20 message s/slow published 2 waiting\n"
        "22 message s/slow acknowledged 1 waiting\n"
        "22 message s/quick acknowledged 0 waiting\n"
        "34 message s/slow acknowledged 0 waiting\n");
}

/* --- partitions */

static void test_partitions_are_processed_side_by_side_and_each_one_in_order(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH "," PUBLISH,
        .replicas = "2",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 2",
        .group = "'commit': 'after_record'",
    };
    expect(&given, "visit b",
           "15 visit b.op completed 10..15 from 10\n"
           "15 visit b.op completed 10..15 from 10\n"
           "20 visit b.op completed 15..20 from 15\n");
}

static void test_records_of_one_key_stay_in_one_partition(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = "{'publish':'s','key':7},{'publish':'s','key':7},{'publish':'s','key':7}",
        .replicas = "2",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 2",
        .group = "'commit': 'after_record'",
    };
    expect(&given, "visit b",
           "15 visit b.op completed 10..15 from 10\n"
           "20 visit b.op completed 15..20 from 15\n"
           "25 visit b.op completed 20..25 from 20\n");
}

/* Of 100 bytes, two records of 40 and the 21 that each takes besides fill a batch. */
static void test_a_sticky_producer_fills_a_batch_before_it_turns_to_the_next_partition(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = "{'publish':'s','size':'40B'},{'publish':'s','size':'40B'},"
                 "{'publish':'s','size':'40B'}",
        .replicas = "2",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 2, 'partitioner': 'sticky', 'batch_size': '100B'",
        .group = "'commit': 'after_record'",
    };
    expect(&given, "visit b",
           "15 visit b.op completed 10..15 from 10\n"
           "15 visit b.op completed 10..15 from 10\n"
           "20 visit b.op completed 15..20 from 15\n");
}

/* The second consumer has no partition. */
static void test_more_consumers_than_partitions_are_no_faster(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_record', 'concurrency': 2",
    };
    expect(&given, "visit b",
           "15 visit b.op completed 10..15 from 10\n"
           "20 visit b.op completed 15..20 from 15\n");
}

/* Keys 1 and 3 are in different partitions. Three records of `u` are in one partition from 10 ms
 * on, one of `v` is in the other from 12.5 on. The poll at 15 goes on with the first, which has
 * stood in line since 10; the one at 20 is for the other. */
static void test_partitions_of_one_consumer_take_turns_from_poll_to_poll(void **state)
{
    (void)state;
    trace_expect("{'simulation':{'duration':'15ms'},"
                 "'services': {'a': {'threads': 9, 'operations': {"
                 "'one': {'steps': [{'repeat': 3, 'steps': [{'publish':'s','key':1}]}]},"
                 "'two': {'steps': [{'publish':'s','key':3}]}}},"
                 "'b': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'5ms'}]}}}},"
                 "'links': {'* -> *': {}},"
                 "'brokers': {'s': {'kind':'stream', 'partitions': 2, 'consumer_groups': {"
                 "'g': {'operation': 'b.op', 'commit': 'after_record', 'max_poll_records': 1}}}},"
                 "'workloads':{"
                 "'u':{'arrival':{'process':'constant','rate':100},'mix':{'a.one':1}},"
                 "'v':{'arrival':{'process':'constant','rate':80},'mix':{'a.two':1}}}}",
                 "all done",
                 "25 all done v after 12.5\n"
                 "30 all done u after 20\n");
}

/* --- producers */

static void test_acks_say_how_long_the_publisher_waits(void **state)
{
    static const struct {
        const char *acks, *visit;
    } cases[] = {{"0", "10 visit a.op completed 10..10 from 10\n"
                       "15 message s/g published 1 waiting\n"},
                 {"1", "12 visit a.op completed 10..12 from 10\n"
                       "15 message s/g published 1 waiting\n"},
                 {"all", "15 message s/g published 1 waiting\n"
                         "15 visit a.op completed 10..15 from 10\n"}};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *stream = g_strdup_printf(
            "'partitions': 1, 'publish_latency': '2ms', 'replication_latency': '3ms', 'acks': '%s'",
            cases[i].acks);
        const Case given = {.duration = "15ms",
                            .steps = PUBLISH,
                            .replicas = "1",
                            .work = "",
                            .stream = stream,
                            .group = "'commit': 'after_batch'"};
        expect(&given, "visit a|published", cases[i].visit);
    }
}

/* --- commits */

/* Commits are due at 8, 16 and 24 ms. The first record is committed at 16, between polls; at 24 the
 * second is in processing, so its turn comes at the next poll. The request was done at 15. */
static void test_auto_commits_are_made_between_batches(void **state)
{
    (void)state;
    const Case given = {
        .duration = "25ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'auto_commit_interval': '8ms'",
    };
    expect(&given, "visit b|acknowledged|all",
           "15 visit b.op completed 10..15 from 10\n"
           "16 message s/g acknowledged 0 waiting\n"
           "15 all done u after 5\n"
           "25 visit b.op completed 20..25 from 20\n"
           "25 message s/g acknowledged 0 waiting\n"
           "25 all done u after 5\n");
}

#define CRASH                                                                                      \
    "'faults': {'f': {'type':'crash','target':{'service':'b'},'start':'17ms',"                     \
    "'duration':'10ms'}},"

/* The first record was processed, the second was in processing. The restarted process is a new
 * member: the group waits for the session of the old one, from 17 to 37 ms, then 4 ms more. */
static void test_a_crash_before_the_commit_repeats_what_was_processed(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'session_timeout': '20ms', 'rebalance_time': '4ms'",
        .more = CRASH,
    };
    expect(&given, "visit b|message|rebalance",
           "10 message s/g published 1 waiting\n"
           "10 message s/g published 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "15 visit b.op completed 10..15 from 10\n"
           "17 visit b.op lost 15..17 from 15 wasted\n"
           "17 message s/g redelivered 2 waiting\n"
           "17 message s/g redelivered 2 waiting\n"
           "27 rebalance_start s/g\n"
           "41 rebalance_end s/g\n"
           "41 message s/g delivered 2 waiting\n"
           "41 message s/g delivered 2 waiting\n"
           "41 message s/g duplicate 2 waiting\n"
           "46 visit b.op completed 41..46 from 41\n"
           "46 message s/g executed twice 2 waiting\n"
           "51 visit b.op completed 46..51 from 46\n"
           "51 message s/g acknowledged 1 waiting\n"
           "51 message s/g acknowledged 0 waiting\n");
}

static void test_a_crash_after_the_commit_repeats_only_what_was_in_processing(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_record', 'session_timeout': '20ms', 'rebalance_time': '4ms'",
        .more = CRASH,
    };
    expect(&given, "acknowledged|duplicate|redelivered",
           "15 message s/g acknowledged 1 waiting\n"
           "17 message s/g redelivered 1 waiting\n"
           "46 message s/g acknowledged 0 waiting\n");
}

static void test_a_static_member_that_is_back_in_time_goes_on_without_a_rebalance(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'session_timeout': '20ms', 'rebalance_time': '4ms',"
                 "'rebalance': 'static'",
        .more = CRASH,
    };
    expect(&given, "visit b|rebalance",
           "15 visit b.op completed 10..15 from 10\n"
           "17 visit b.op lost 15..17 from 15 wasted\n"
           "32 visit b.op completed 27..32 from 27\n"
           "37 visit b.op completed 32..37 from 32\n");
}

static void test_a_static_member_that_is_late_has_lost_its_partitions(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'session_timeout': '6ms', 'rebalance_time': '1ms',"
                 "'rebalance': 'static'",
        .more = CRASH,
    };
    expect(&given, "visit b.op completed|rebalance",
           "15 visit b.op completed 10..15 from 10\n"
           "23 rebalance_start s/g\n"
           "24 rebalance_end s/g\n"
           "27 rebalance_start s/g\n"
           "28 rebalance_end s/g\n"
           "33 visit b.op completed 28..33 from 28\n"
           "38 visit b.op completed 33..38 from 33\n");
}

/* --- rebalances */

/* Each of two consumers has a batch of two. One crashes at 11; its session ends at 21, when the
 * other is in the middle of its batch: it finishes it, commits, joins at 26, and has all partitions
 * at 30. The next automatic commit is 5 s after the last. */
static void test_a_rebalance_waits_for_the_batch_in_progress(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH "," PUBLISH "," PUBLISH,
        .replicas = "2",
        .work = "{'compute':'8ms'}",
        .stream = "'partitions': 2",
        .group = "'session_timeout': '10ms', 'rebalance_time': '4ms'",
        .more = "'faults': {'f': {'type':'crash','target':{'service':'b'},'mode':'fixed','value':1,"
                "'start':'11ms'}},",
    };
    expect(&given, "visit b|delivered|ack|rebalance|duplicate",
           "10 message s/g delivered 4 waiting\n"
           "10 message s/g delivered 4 waiting\n"
           "10 message s/g delivered 4 waiting\n"
           "10 message s/g delivered 4 waiting\n"
           "11 visit b.op lost 10..11 from 10 wasted\n"
           "11 message s/g redelivered 4 waiting\n"
           "11 message s/g redelivered 4 waiting\n"
           "18 visit b.op completed 10..18 from 10\n"
           "21 rebalance_start s/g\n"
           "26 visit b.op completed 18..26 from 18\n"
           "26 message s/g acknowledged 3 waiting\n"
           "26 message s/g acknowledged 2 waiting\n"
           "30 rebalance_end s/g\n"
           "30 message s/g delivered 2 waiting\n"
           "30 message s/g delivered 2 waiting\n"
           "38 visit b.op completed 30..38 from 30\n"
           "46 visit b.op completed 38..46 from 38\n"
           "5026 message s/g acknowledged 1 waiting\n"
           "5026 message s/g acknowledged 0 waiting\n");
}

#define ONE_IS_AWAY                                                                                \
    "'faults': {'f': {'type':'crash','target':{'service':'b'},'mode':'fixed',"                     \
    "'value':1,'start':'5ms','duration':'30ms'}},"

/* From 15 to 25 ms, and again from 35 to 45, an eager group reads nothing. */
static void test_an_eager_rebalance_stops_the_group(void **state)
{
    (void)state;
    const Case given = {
        .duration = "45ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "2",
        .work = "{'compute':'1ms'}",
        .stream = "'partitions': 2",
        .group = "'session_timeout': '10ms', 'rebalance_time': '10ms', 'commit': 'after_batch'",
        .more = ONE_IS_AWAY,
    };
    expect(&given, "visit b|rebalance",
           "11 visit b.op completed 10..11 from 10\n"
           "15 rebalance_start s/g\n"
           "25 rebalance_end s/g\n"
           "26 visit b.op completed 25..26 from 25\n"
           "27 visit b.op completed 26..27 from 26\n"
           "28 visit b.op completed 27..28 from 27\n"
           "31 visit b.op completed 30..31 from 30\n"
           "32 visit b.op completed 31..32 from 31\n"
           "35 rebalance_start s/g\n"
           "45 rebalance_end s/g\n"
           "46 visit b.op completed 45..46 from 45\n"
           "46 visit b.op completed 45..46 from 45\n");
}

/* A cooperative one reads on: at 20 the partition that stays, at 40 both. The partition that moves
 * back is given up at 45 and has its new owner at 55. */
static void test_a_cooperative_rebalance_stops_only_what_moves(void **state)
{
    (void)state;
    const Case given = {
        .duration = "55ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "2",
        .work = "{'compute':'1ms'}",
        .stream = "'partitions': 2",
        .group = "'session_timeout': '10ms', 'rebalance_time': '10ms', 'commit': 'after_batch',"
                 "'rebalance': 'cooperative'",
        .more = ONE_IS_AWAY,
    };
    expect(&given, "visit b|rebalance",
           "11 visit b.op completed 10..11 from 10\n"
           "15 rebalance_start s/g\n"
           "21 visit b.op completed 20..21 from 20\n"
           "25 rebalance_end s/g\n"
           "26 visit b.op completed 25..26 from 25\n"
           "27 visit b.op completed 26..27 from 26\n"
           "31 visit b.op completed 30..31 from 30\n"
           "32 visit b.op completed 31..32 from 31\n"
           "35 rebalance_start s/g\n"
           "41 visit b.op completed 40..41 from 40\n"
           "42 visit b.op completed 41..42 from 41\n"
           "51 visit b.op completed 50..51 from 50\n"
           "55 rebalance_end s/g\n"
           "56 visit b.op completed 55..56 from 55\n");
}

/* One hangs from 12 to 42 ms with a record in processing. Its session ends at 22; the other one has
 * the partition at 26 and processes the record again. When the first one wakes up it finishes at 45
 * what nobody wants any more, and only then joins. */
static void test_a_member_that_hangs_beyond_its_session_makes_duplicates(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "2",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 2",
        .group = "'commit': 'after_batch', 'session_timeout': '10ms', 'rebalance_time': '4ms'",
        .more = "'faults': {'f': {'type':'hang','target':{'service':'b'},'mode':'fixed','value':1,"
                "'start':'12ms','duration':'30ms'}},",
    };
    expect(&given, "visit b|message|rebalance",
           "10 message s/g published 1 waiting\n"
           "10 message s/g published 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "15 visit b.op completed 10..15 from 10\n"
           "15 message s/g acknowledged 1 waiting\n"
           "22 message s/g redelivered 1 waiting\n"
           "22 rebalance_start s/g\n"
           "26 rebalance_end s/g\n"
           "26 message s/g delivered 1 waiting\n"
           "26 message s/g duplicate 1 waiting\n"
           "31 visit b.op completed 26..31 from 26\n"
           "31 message s/g executed twice 1 waiting\n"
           "31 message s/g acknowledged 0 waiting\n"
           "42 rebalance_start s/g\n"
           "45 visit b.op completed 10..45 from 10\n"
           "49 rebalance_end s/g\n");
}

#define SLOW                                                                                       \
    "'faults': {'f': {'type':'slowdown','factor':3,'target':{'service':'b'},'start':'10ms',"       \
    "'duration':'12ms'}},"

static const Case late = {
    .duration = "15ms",
    .steps = PUBLISH "," PUBLISH,
    .replicas = "1",
    .work = "{'compute':'5ms'}",
    .stream = "'partitions': 1",
    .more = SLOW,
};

/* The first record takes from 10 to 23. At 21 the consumer should have polled: it is put out, and
 * finishes that record for nothing. It joins at 23, and has its partition again at 27. */
static void test_a_consumer_that_polls_too_late_is_put_out_and_does_its_batch_again(void **state)
{
    (void)state;
    Case given = late;
    given.group = "'commit': 'after_batch', 'max_poll_interval': '11ms', 'rebalance_time': '4ms'";
    expect(&given, "visit b|message|rebalance",
           "10 message s/g published 1 waiting\n"
           "10 message s/g published 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "21 message s/g redelivered 2 waiting\n"
           "21 message s/g redelivered 2 waiting\n"
           "21 rebalance_start s/g\n"
           "23 visit b.op completed 10..23 from 10\n"
           "27 rebalance_end s/g\n"
           "27 message s/g delivered 2 waiting\n"
           "27 message s/g delivered 2 waiting\n"
           "27 message s/g duplicate 2 waiting\n"
           "32 visit b.op completed 27..32 from 27\n"
           "32 message s/g executed twice 2 waiting\n"
           "37 visit b.op completed 32..37 from 32\n"
           "37 message s/g acknowledged 1 waiting\n"
           "37 message s/g acknowledged 0 waiting\n");
}

/* Nobody misses a static member before its session ends. */
static void test_a_static_consumer_may_be_late_for_its_session(void **state)
{
    (void)state;
    Case given = late;
    given.group = "'commit': 'after_batch', 'max_poll_interval': '11ms', 'rebalance_time': '4ms',"
                  "'rebalance': 'static'";
    expect(&given, "visit b|acknowledged|rebalance",
           "23 visit b.op completed 10..23 from 10\n"
           "28 visit b.op completed 23..28 from 23\n"
           "28 message s/g acknowledged 1 waiting\n"
           "28 message s/g acknowledged 0 waiting\n");
    given.group = "'commit': 'after_batch', 'max_poll_interval': '11ms', 'rebalance_time': '4ms',"
                  "'rebalance': 'static', 'session_timeout': '1ms'";
    expect(&given, "visit b|acknowledged|rebalance",
           "22 rebalance_start s/g\n"
           "23 visit b.op completed 10..23 from 10\n"
           "27 rebalance_end s/g\n"
           "32 visit b.op completed 27..32 from 27\n"
           "37 visit b.op completed 32..37 from 32\n"
           "37 message s/g acknowledged 1 waiting\n"
           "37 message s/g acknowledged 0 waiting\n");
}

/* Its poll is due at 21, and it hangs from 22 to 40: it is late, and at 26 it is missed. With the
 * rest of its record done it joins at 41. The same record makes it late once more, at 56, but it is
 * done before the session ends. */
static void test_a_late_consumer_that_hangs_comes_back_when_it_has_woken_up(void **state)
{
    (void)state;
    Case given = late;
    given.steps = PUBLISH;
    given.more = "'faults': {'f': {'type':'hang','target':{'service':'b'},'start':'22ms',"
                 "'duration':'18ms'}},";
    given.work = "{'compute':'13ms'}";
    given.group = "'commit': 'after_batch', 'max_poll_interval': '11ms', 'rebalance_time': '4ms',"
                  "'rebalance': 'static', 'session_timeout': '5ms'";
    expect(&given, "visit b|rebalance",
           "26 rebalance_start s/g\n"
           "30 rebalance_end s/g\n"
           "41 visit b.op completed 10..41 from 10\n"
           "41 rebalance_start s/g\n"
           "45 rebalance_end s/g\n"
           "58 visit b.op completed 45..58 from 45\n");
}

/* --- how often a record has its effect */

/* One is done when the process crashes at 17, one is in processing, one in the batch. */
static void test_at_most_once_a_crash_loses_what_was_handed_out(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'delivery': 'at_most_once', 'session_timeout': '20ms', 'rebalance_time': '4ms'",
        .more = CRASH,
    };
    expect(&given, "message",
           "10 message s/g published 1 waiting\n"
           "10 message s/g published 2 waiting\n"
           "10 message s/g published 3 waiting\n"
           "10 message s/g delivered 3 waiting\n"
           "10 message s/g delivered 3 waiting\n"
           "10 message s/g delivered 3 waiting\n"
           "15 message s/g acknowledged 2 waiting\n"
           "17 message s/g lost 1 waiting\n"
           "17 message s/g lost 0 waiting\n");
}

static void test_at_most_once_a_record_that_fails_is_not_done(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'},{'fail':1}",
        .stream = "'partitions': 1",
        .group = "'delivery': 'at_most_once'",
    };
    expect(&given, "message",
           "10 message s/g published 1 waiting\n"
           "10 message s/g delivered 1 waiting\n"
           "15 message s/g undone 1 waiting\n"
           "15 message s/g acknowledged 0 waiting\n");
}

/* As in the crash before the commit, but what was done is skipped. */
static void test_effectively_once_what_is_repeated_has_no_effect(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'session_timeout': '20ms', 'rebalance_time': '4ms',"
                 "'delivery': 'effectively_once'",
        .more = CRASH,
    };
    expect(&given, "visit b|dupl|ack",
           "15 visit b.op completed 10..15 from 10\n"
           "17 visit b.op lost 15..17 from 15 wasted\n"
           "41 message s/g duplicate 2 waiting\n"
           "41 message s/g deduplicated 2 waiting\n"
           "46 visit b.op completed 41..46 from 41\n"
           "46 message s/g acknowledged 1 waiting\n"
           "46 message s/g acknowledged 0 waiting\n");
}

/* The publisher hears nothing for 3 ms, and publishes again: two records, one effect. */
static void test_effectively_once_a_retry_of_the_publisher_has_no_effect(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'15ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': [{'call':'b.op'}]}}},"
        "'b': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'2ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'s','per_try_timeout':'3ms',"
        "'retry_policy': {'max_attempts': 2, 'backoff': {'type': 'none'}}}},"
        "'brokers': {'s': {'kind':'stream', 'partitions': 1, 'publish_latency': '2ms',"
        "'acks': 'all', 'replication_latency': '2ms', 'consumer_groups': {"
        "'g': {'operation': 'b.op', 'commit': 'after_record', 'delivery': 'effectively_once'}}}},"
        "'workloads':{'u':{'arrival':{'process':'constant','rate':100},'mix':{'a.op':1}}}}",
        "visit b|message",
        "14 message s/g published 1 waiting\n"
        "14 message s/g delivered 1 waiting\n"
        "16 visit b.op completed 14..16 from 14\n"
        "16 message s/g acknowledged 0 waiting\n"
        "17 message s/g published 1 waiting\n"
        "17 message s/g delivered 1 waiting\n"
        "17 message s/g deduplicated 1 waiting\n"
        "17 message s/g acknowledged 0 waiting\n");
}

/* --- nodes that fail */

/* Partition 0 is led by node 0, partition 1 by node 1. */
/* Node 0 goes at 8. The first record, for its partition, waits for a leader; the second is with the
 * other leader, but not on all replicas. At 28 the failover is over: node 1 has the first record,
 * and counts as all that are in sync. */
static void test_records_wait_for_the_failover(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 2, 'replication_factor': 2, 'failover_time': '20ms'",
        .group = "'commit': 'after_batch'",
        .more = "'faults': {'f': {'type':'broker_down','nodes':1,'target':{'broker':'s'},"
                "'start':'8ms','duration':'40ms'}},",
    };
    expect(&given, "visit a|message|failover",
           "28 failover s\n"
           "28 message s/g published 1 waiting\n"
           "28 message s/g published 2 waiting\n"
           "28 visit a.op completed 10..28 from 10\n"
           "28 message s/g delivered 2 waiting\n"
           "28 message s/g delivered 2 waiting\n"
           "38 message s/g acknowledged 1 waiting\n"
           "38 message s/g acknowledged 0 waiting\n");
}

/* It has replicated to 13 when its leader goes at 11: with acks 1 the publisher has had its answer
 * at 10, and the record is lost. With acks all it is sent again to the new leader. */
static void test_a_leader_takes_with_it_what_no_other_node_has(void **state)
{
    (void)state;
    Case given = {
        .duration = "15ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1, 'replication_factor': 2, 'failover_time': '20ms',"
                  "'replication_latency': '3ms', 'acks': '1'",
        .group = "'commit': 'after_batch'",
        .more = "'faults': {'f': {'type':'broker_down','nodes':1,'target':{'broker':'s'},"
                "'start':'11ms','duration':'40ms'}},",
    };
    expect(&given, "visit|message|failover",
           "10 visit a.op completed 10..10 from 10\n"
           "11 message s/g published 0 waiting\n"
           "11 message s/g lost 0 waiting\n"
           "31 failover s\n");
    given.stream = "'partitions': 1, 'replication_factor': 2, 'failover_time': '20ms',"
                   "'replication_latency': '3ms', 'acks': 'all'";
    expect(&given, "visit|published|failover",
           "31 failover s\n"
           "34 message s/g published 1 waiting\n"
           "34 visit a.op completed 10..34 from 10\n"
           "39 visit b.op completed 34..39 from 34\n");
}

/* After the failover one node is left of two that must be in sync: acks all is refused, acks 1 is
 * not.
 */
static void test_too_few_replicas_in_sync_refuse_acks_all(void **state)
{
    (void)state;
    Case given = {
        .duration = "15ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1, 'replication_factor': 2, 'min_insync_replicas': 2,"
                  "'failover_time': '2ms'",
        .group = "'commit': 'after_batch'",
        .more = "'faults': {'f': {'type':'broker_down','nodes':1,'target':{'broker':'s'},"
                "'start':'5ms','duration':'40ms'}},",
    };
    expect(&given, "visit|message",
           "10 message s/g rejected 0 waiting\n"
           "10 visit a.op failed 10..10 from 10 wasted\n");
    given.stream = "'partitions': 1, 'replication_factor': 2, 'min_insync_replicas': 2,"
                   "'failover_time': '2ms', 'acks': '1'";
    expect(&given, "visit",
           "10 visit a.op completed 10..10 from 10\n"
           "15 visit b.op completed 10..15 from 10\n");
}

/* The first record is on both nodes at 16. Node 0 goes at 17. The second, for partition 1, is with
 * its leader at 22, and waits for node 0 until that no longer counts, at 27: then one node is too
 * few. The record is there, and its publisher is told that it is not. */
static void test_a_record_that_is_refused_after_the_append_is_there(void **state)
{
    (void)state;
    const Case given = {
        .duration = "25ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 2, 'replication_factor': 2, 'min_insync_replicas': 2,"
                  "'failover_time': '10ms', 'replication_latency': '4ms', 'publish_latency': '2ms'",
        .group = "'commit': 'after_batch'",
        .more = "'faults': {'f': {'type':'broker_down','nodes':1,'target':{'broker':'s'},"
                "'start':'17ms','duration':'40ms'}},",
    };
    expect(&given, "visit a|published|failover",
           "16 message s/g published 1 waiting\n"
           "16 visit a.op completed 10..16 from 10\n"
           "27 failover s\n"
           "27 message s/g published 1 waiting\n"
           "27 visit a.op failed 20..27 from 20 wasted\n");
}

/* All nodes are away from 12 to 52: nothing is lost, and nothing goes on. */
static void test_a_stream_without_nodes_goes_on_when_they_are_back(void **state)
{
    (void)state;
    const Case given = {
        .duration = "25ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1, 'replication_factor': 3, 'acks': '1',"
                  "'replication_latency': '4ms'",
        .group = "'commit': 'after_batch'",
        .more = "'faults': {'f': {'type':'broker_down','target':{'broker':'s'},'start':'12ms',"
                "'duration':'40ms'}},",
    };
    expect(&given, "visit|published|lost|failover",
           "10 visit a.op completed 10..10 from 10\n"
           "52 message s/g published 1 waiting\n"
           "52 visit a.op completed 20..52 from 20\n"
           "56 message s/g published 2 waiting\n"
           "57 visit b.op completed 52..57 from 52\n"
           "62 visit b.op completed 57..62 from 57\n");
}

/* --- records that fail */

static void test_a_poison_record_holds_up_its_partition_until_it_is_dead_lettered(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'max_deliveries': 2, 'redelivery_delay': '3ms',"
                 "'dead_letter': 'd'",
        .more = "'faults': {'f': {'type':'abort','percentage':100,'target':{'operation':'b.op'},"
                "'start':'9ms','duration':'5ms'}},",
    };
    expect(&given, "visit b|message",
           "10 message s/g published 1 waiting\n"
           "10 message s/g published 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "10 message s/g delivered 2 waiting\n"
           "10 visit b.op rejected 10..10 from - wasted\n"
           "10 message s/g redelivered 2 waiting\n"
           "13 message s/g delivered 2 waiting\n"
           "13 visit b.op rejected 13..13 from - wasted\n"
           "13 message s/g dead-lettered 1 waiting\n"
           "13 message d published 1 waiting\n"
           "13 visit b.op rejected 13..13 from - wasted\n"
           "13 message s/g redelivered 1 waiting\n"
           "16 message s/g delivered 1 waiting\n"
           "21 visit b.op completed 16..21 from 16\n"
           "21 message s/g acknowledged 0 waiting\n"
           "21 message d unfinished 1 waiting\n");
}

/* What is skipped is committed with what came before it. */
static void test_without_dead_letters_a_poison_record_is_skipped(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1",
        .group = "'commit': 'after_batch', 'max_deliveries': 1",
        .more = "'faults': {'f': {'type':'abort','percentage':100,'target':{'operation':'b.op'},"
                "'start':'14ms','duration':'5ms'}},",
    };
    expect(&given, "visit b|acknowledged|dropped",
           "15 visit b.op completed 10..15 from 10\n"
           "15 visit b.op rejected 15..15 from - wasted\n"
           "15 message s/g acknowledged 2 waiting\n"
           "15 message s/g dropped 1 waiting\n"
           "15 visit b.op rejected 15..15 from - wasted\n"
           "15 message s/g dropped 0 waiting\n");
}

static void test_dead_letters_can_go_to_another_stream_and_be_retried_there(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'15ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': [" PUBLISH "]}}},"
        "'b': {'threads': 9, 'operations': {'op': {'steps': [{'fail':1}]}}},"
        "'c': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'5ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'brokers': {'s': {'kind':'stream', 'partitions': 1, 'consumer_groups': {"
        "'g': {'operation': 'b.op', 'max_deliveries': 1, 'dead_letter': 'retry'}}},"
        "'retry': {'kind':'stream', 'partitions': 2, 'consumer_groups': {"
        "'again': {'operation': 'c.op', 'commit': 'after_batch'}}}},"
        "'workloads':{'u':{'arrival':{'process':'constant','rate':100},'mix':{'a.op':1}}}}",
        "visit b|visit c|message|all",
        "10 message s/g published 1 waiting\n"
        "10 message s/g delivered 1 waiting\n"
        "10 visit b.op failed 10..10 from 10 wasted\n"
        "10 message s/g dead-lettered 0 waiting\n"
        "10 message retry/again published 1 waiting\n"
        "10 message retry/again delivered 1 waiting\n"
        "15 visit c.op completed 10..15 from 10\n"
        "15 message retry/again acknowledged 0 waiting\n"
        "15 all done u after 5\n");
}

/* --- retention */

/* Each record can be read for 20 ms, and each takes 30: those of 20 and 40 are lost at 40 and 60.
 * What is being processed is not. (At 40 the poll comes before the request, which has a way to go
 * in no time.) */
static void test_what_is_not_read_in_time_is_lost(void **state)
{
    (void)state;
    const Case given = {
        .duration = "45ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'30ms'}",
        .stream = "'partitions': 1, 'retention': '20ms'",
        .group = "'commit': 'after_batch', 'max_poll_records': 1",
    };
    expect(&given, "message",
           "10 message s/g published 1 waiting\n"
           "10 message s/g delivered 1 waiting\n"
           "20 message s/g published 2 waiting\n"
           "30 message s/g published 3 waiting\n"
           "40 message s/g acknowledged 2 waiting\n"
           "40 message s/g dropped 1 waiting\n"
           "40 message s/g delivered 1 waiting\n"
           "40 message s/g published 2 waiting\n"
           "60 message s/g dropped 1 waiting\n"
           "70 message s/g acknowledged 0 waiting\n");
}

static void test_a_partition_keeps_so_many_records(void **state)
{
    (void)state;
    const Case given = {
        .duration = "45ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "{'compute':'30ms'}",
        .stream = "'partitions': 1, 'retention_records': 1",
        .group = "'commit': 'after_batch', 'max_poll_records': 1",
    };
    expect(&given, "message",
           "10 message s/g published 1 waiting\n"
           "10 message s/g delivered 1 waiting\n"
           "20 message s/g published 2 waiting\n"
           "30 message s/g published 3 waiting\n"
           "30 message s/g dropped 2 waiting\n"
           "40 message s/g acknowledged 1 waiting\n"
           "40 message s/g delivered 1 waiting\n"
           "40 message s/g published 2 waiting\n"
           "70 message s/g acknowledged 1 waiting\n"
           "70 message s/g delivered 1 waiting\n"
           "100 message s/g acknowledged 0 waiting\n");
}

/* The first record was processed before the crash, the second was not. */
static void test_what_was_processed_is_not_lost_with_its_commit(void **state)
{
    (void)state;
    const Case given = {
        .duration = "15ms",
        .steps = PUBLISH "," PUBLISH,
        .replicas = "1",
        .work = "{'compute':'5ms'}",
        .stream = "'partitions': 1, 'retention': '25ms'",
        .group = "'commit': 'after_batch'",
        .more = CRASH,
    };
    expect(&given, "acknowledged|dropped",
           "35 message s/g acknowledged 1 waiting\n"
           "35 message s/g dropped 0 waiting\n");
}

/* A week's retention does not keep the run going. */
static void test_what_nobody_reads_is_still_there_at_the_end(void **state)
{
    (void)state;
    const Case given = {
        .duration = "25ms",
        .steps = PUBLISH,
        .replicas = "1",
        .work = "",
        .stream = "'partitions': 1, 'preset': 'kafka'",
        .group = "'session_timeout': '1s'",
        .more = "'faults': {'f': {'type':'crash','target':{'service':'b'},'start':0}},",
    };
    expect(&given, "message",
           "10 message s/g published 1 waiting\n"
           "20 message s/g published 2 waiting\n"
           "4000 message s/g unfinished 2 waiting\n"
           "4000 message s/g unfinished 2 waiting\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_is_published_fetched_processed_and_committed),
        cmocka_unit_test(test_a_batch_is_processed_record_by_record_before_the_next_poll),
        cmocka_unit_test(test_a_busy_consumer_fetches_ahead),
        cmocka_unit_test(test_every_group_reads_every_record_at_its_own_pace),
        cmocka_unit_test(test_partitions_are_processed_side_by_side_and_each_one_in_order),
        cmocka_unit_test(test_records_of_one_key_stay_in_one_partition),
        cmocka_unit_test(
            test_a_sticky_producer_fills_a_batch_before_it_turns_to_the_next_partition),
        cmocka_unit_test(test_more_consumers_than_partitions_are_no_faster),
        cmocka_unit_test(test_partitions_of_one_consumer_take_turns_from_poll_to_poll),
        cmocka_unit_test(test_acks_say_how_long_the_publisher_waits),
        cmocka_unit_test(test_auto_commits_are_made_between_batches),
        cmocka_unit_test(test_a_crash_before_the_commit_repeats_what_was_processed),
        cmocka_unit_test(test_a_crash_after_the_commit_repeats_only_what_was_in_processing),
        cmocka_unit_test(test_a_static_member_that_is_back_in_time_goes_on_without_a_rebalance),
        cmocka_unit_test(test_a_static_member_that_is_late_has_lost_its_partitions),
        cmocka_unit_test(test_a_rebalance_waits_for_the_batch_in_progress),
        cmocka_unit_test(test_an_eager_rebalance_stops_the_group),
        cmocka_unit_test(test_a_cooperative_rebalance_stops_only_what_moves),
        cmocka_unit_test(test_a_member_that_hangs_beyond_its_session_makes_duplicates),
        cmocka_unit_test(test_a_consumer_that_polls_too_late_is_put_out_and_does_its_batch_again),
        cmocka_unit_test(test_a_static_consumer_may_be_late_for_its_session),
        cmocka_unit_test(test_a_late_consumer_that_hangs_comes_back_when_it_has_woken_up),
        cmocka_unit_test(test_at_most_once_a_crash_loses_what_was_handed_out),
        cmocka_unit_test(test_at_most_once_a_record_that_fails_is_not_done),
        cmocka_unit_test(test_effectively_once_what_is_repeated_has_no_effect),
        cmocka_unit_test(test_effectively_once_a_retry_of_the_publisher_has_no_effect),
        cmocka_unit_test(test_records_wait_for_the_failover),
        cmocka_unit_test(test_a_leader_takes_with_it_what_no_other_node_has),
        cmocka_unit_test(test_too_few_replicas_in_sync_refuse_acks_all),
        cmocka_unit_test(test_a_record_that_is_refused_after_the_append_is_there),
        cmocka_unit_test(test_a_stream_without_nodes_goes_on_when_they_are_back),
        cmocka_unit_test(test_a_poison_record_holds_up_its_partition_until_it_is_dead_lettered),
        cmocka_unit_test(test_without_dead_letters_a_poison_record_is_skipped),
        cmocka_unit_test(test_dead_letters_can_go_to_another_stream_and_be_retried_there),
        cmocka_unit_test(test_what_is_not_read_in_time_is_lost),
        cmocka_unit_test(test_a_partition_keeps_so_many_records),
        cmocka_unit_test(test_what_was_processed_is_not_lost_with_its_commit),
        cmocka_unit_test(test_what_nobody_reads_is_still_there_at_the_end),
    };
    return cmocka_run_group_tests_name("models/world_streams", tests, NULL, NULL);
}
