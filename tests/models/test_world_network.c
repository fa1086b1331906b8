/* Bandwidth and loss, worked out by hand. A user asks a at 100 ms; a calls b, 1 ms away over a line
 * on which a kilobyte takes 1 ms; b computes 1 ms. */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

#define CALL(request, response)                                                                    \
    "{'call':'b.op','request_size':'" request "','response_size':'" response "'}"
#define SHOP(replicas, users, steps, link, rest)                                                   \
    "{'simulation':{'duration':'150ms'},'services':{'a': {'replicas':" replicas                    \
    ",'threads':9,'operations':{'op':{'steps':[" steps "]}}},"                                     \
    "'b':{'threads':9,'operations':{'op':{'steps':[{'compute':'1ms'}]}}}},"                        \
    "'links':{'u -> a':{},'a -> b':{'latency':'1ms','bandwidth':'8Mbps'," link "}}" rest ","       \
    "'workloads':{'u':{'type':'closed','users':" users ",'think_time':'100ms','mix':{'a.op':1}}}}"
#define FIFO "'bandwidth_sharing':'fifo'"
#define TWO(request, response)                                                                     \
    "{'parallel':[[" CALL(request, response) "],[" CALL(request, response) "]]}"

static void test_each_message_has_the_bandwidth_for_itself(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1", TWO("10kB", "5kB"), "'timeout':'1s'", ""), "visit b|attempt a",
                 "112 visit b.op completed 111..112 from 111\n"
                 "112 visit b.op completed 111..112 from 111\n"
                 "118 attempt a -> b #1 success 100..118 last\n"
                 "118 attempt a -> b #1 success 100..118 last\n");
}

/* The second request leaves when the first has, at 110; the replies do not meet. */
static void test_requests_of_a_caller_leave_one_after_the_other(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1", TWO("10kB", "5kB"), FIFO, ""), "visit b|attempt a",
                 "112 visit b.op completed 111..112 from 111\n"
                 "118 attempt a -> b #1 success 100..118 last\n"
                 "122 visit b.op completed 121..122 from 121\n"
                 "128 attempt a -> b #1 success 100..128 last\n");
}

/* The first reply leaves from 112 to 132, the second from there on; requests are not in its way. */
static void test_replies_to_a_caller_queue_too(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1", TWO("10kB", "20kB"), FIFO, ""), "attempt a",
                 "133 attempt a -> b #1 success 100..133 last\n"
                 "153 attempt a -> b #1 success 100..153 last\n");
}

static void test_each_replica_of_the_caller_has_a_line(void **state)
{
    (void)state;
    trace_expect(SHOP("2", "2", CALL("10kB", "5kB"), FIFO, ""), "attempt a",
                 "118 attempt a -> b #1 success 100..118 last\n"
                 "118 attempt a -> b #1 success 100..118 last\n");
}

/* Dropped at 100, it has been sent all the same: what leaves at 105 waits until 110. */
static void test_a_lost_message_has_used_the_line(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1",
                      "{'parallel':[[" CALL("10kB", "5kB") "],[{'wait':'5ms'}," CALL(
                          "10kB", "5kB") "]],'wait_for':'any'}",
                      FIFO ",'timeout':'50ms'",
                      ",'faults':{'f':{'type':'partition','target':{'link':'a -> b'},'start':"
                      "'99ms','duration':'2ms'}}"),
                 "visit b|attempt a",
                 "122 visit b.op completed 121..122 from 121\n"
                 "128 attempt a -> b #1 success 105..128 last\n"
                 "150 attempt a -> b #1 timeout 100..150 last\n");
}

static void test_what_is_lost_never_arrives(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1", CALL("0B", "0B"), "'loss_ratio':1,'timeout':'30ms'", ""),
                 "visit b|attempt a", "130 attempt a -> b #1 timeout 100..130 last\n");
}

/* All sixteen transmissions are lost: then the connection is given up. */
static void test_retransmissions_come_to_an_end(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1", CALL("0B", "0B"),
                      "'loss_ratio':1,'timeout':'30ms','loss_behaviour':'retransmit',"
                      "'retransmission_timeout':'1us'",
                      ""),
                 "visit b|attempt a", "130 attempt a -> b #1 timeout 100..130 last\n");
}

static void test_a_partition_is_not_outlasted_by_retransmissions(void **state)
{
    (void)state;
    trace_expect(SHOP("1", "1", CALL("0B", "0B"),
                      "'timeout':'30ms','loss_behaviour':'retransmit',"
                      "'retransmission_timeout':'5ms'",
                      ",'faults':{'f':{'type':'partition','target':{'link':'a -> b'},'start':"
                      "'99ms','duration':'2ms'}}"),
                 "visit b|attempt a", "130 attempt a -> b #1 timeout 100..130 last\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_message_has_the_bandwidth_for_itself),
        cmocka_unit_test(test_requests_of_a_caller_leave_one_after_the_other),
        cmocka_unit_test(test_replies_to_a_caller_queue_too),
        cmocka_unit_test(test_each_replica_of_the_caller_has_a_line),
        cmocka_unit_test(test_a_lost_message_has_used_the_line),
        cmocka_unit_test(test_what_is_lost_never_arrives),
        cmocka_unit_test(test_retransmissions_come_to_an_end),
        cmocka_unit_test(test_a_partition_is_not_outlasted_by_retransmissions),
    };
    return cmocka_run_group_tests_name("models/world_network", tests, NULL, NULL);
}
