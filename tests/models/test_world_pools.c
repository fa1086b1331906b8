/* Connection pools, worked out by hand. Users ask at 100 ms and again 100 ms after each answer,
 * over 1 ms of network; b computes. */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

#define USERS(n, duration, replicas, compute, link, rest)                                          \
    "{'simulation':{'duration':'" duration "'},'services':{'b': {'replicas': " replicas            \
    ",'threads': 9,'operations':{'op':{'steps':[{'compute':'" compute "'}]}}}},"                   \
    "'links':{'u -> b':{'latency':'1ms'," link "}}" rest ","                                       \
    "'workloads':{'u':{'type':'closed','users':" n ",'think_time':'100ms','mix':{'b.op':1}}}}"
/* The same behind a, with replicas of its own; all calls but that from a to b take no time. */
#define BEHIND(n, duration, replicas, compute, link, rest)                                         \
    "{'simulation':{'duration':'" duration "'},'services':{'a': {'replicas': " replicas            \
    ",'threads': 9,'operations':{'op':{'steps':[{'call':'b.op'}]}}},"                              \
    "'b': {'threads': 9,'operations':{'op':{'steps':[{'compute':'" compute "'}]}}}},"              \
    "'links':{'u -> a': {}, 'a -> b':{'latency':'1ms'," link "}}" rest ","                         \
    "'workloads':{'u':{'type':'closed','users':" n ",'think_time':'100ms','mix':{'a.op':1}}}}"
#define POOL(keys) "'connection_pool':{" keys "}"
#define FAULT(keys, start, lasts)                                                                  \
    ",'faults':{'f':{" keys ",'start':'" start "','duration':'" lasts "'}}"

/* To connect takes a round trip, and TLS 5 ms: 100 + 7 + 1 + 10 + 1. */
static void test_the_first_request_pays_for_the_connection(void **state)
{
    (void)state;
    trace_expect(USERS("1", "250ms", "1", "10ms", POOL("'tls_time':'5ms'"), ""), "request",
                 "119 request u success after 19\n"
                 "231 request u success after 12\n");
}

static void test_http1_serves_one_request_after_the_other(void **state)
{
    (void)state;
    trace_expect(USERS("3", "150ms", "1", "10ms", POOL("'max_connections':1,'connect_time':0"), ""),
                 "visit|attempt",
                 "111 visit b.op completed 101..111 from 101\n"
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "123 visit b.op completed 113..123 from 113\n"
                 "124 attempt u -> b #1 success 100..124 last\n"
                 "135 visit b.op completed 125..135 from 125\n"
                 "136 attempt u -> b #1 success 100..136 last\n");
}

/* Three users, one connection that is being opened: the third finds two waiting. */
static void test_a_request_too_many_is_refused_at_once(void **state)
{
    (void)state;
    trace_expect(USERS("3", "150ms", "1", "10ms",
                       POOL("'max_connections':1,'connect_time':'1ms','max_pending_requests':2"),
                       ""),
                 "attempt|request",
                 "100 attempt u -> b #1 pool_overflow 100..100 last\n"
                 "100 request u pool_overflow after 0\n"
                 "113 attempt u -> b #1 success 100..113 last\n"
                 "113 request u success after 13\n"
                 "125 attempt u -> b #1 success 100..125 last\n"
                 "125 request u success after 25\n");
}

static void test_http2_has_several_streams(void **state)
{
    (void)state;
    trace_expect(USERS("3", "150ms", "1", "10ms",
                       POOL("'protocol':'http2','max_concurrent_streams':2,'max_connections':1,"
                            "'connect_time':0"),
                       ""),
                 "attempt",
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "124 attempt u -> b #1 success 100..124 last\n");
}

/* Two streams are out when the third has its turn. */
static void test_max_requests_bounds_what_is_out(void **state)
{
    (void)state;
    trace_expect(USERS("3", "150ms", "1", "10ms",
                       POOL("'protocol':'http2','max_requests':2,'connect_time':0"), ""),
                 "attempt",
                 "100 attempt u -> b #1 pool_overflow 100..100 last\n"
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "112 attempt u -> b #1 success 100..112 last\n");
}

/* The reply would come at 145: at 110 the caller closes the connection, and pays for another. */
static void test_a_timeout_costs_http1_its_connection(void **state)
{
    (void)state;
    trace_expect(
        USERS("1", "250ms", "1", "40ms", "'timeout':'10ms'," POOL("'connect_time':'3ms'"), ""),
        "visit|attempt",
        "110 attempt u -> b #1 timeout 100..110 last\n"
        "144 visit b.op completed 104..144 from 104 wasted\n"
        "220 attempt u -> b #1 timeout 210..220 last\n"
        "254 visit b.op completed 214..254 from 214 wasted\n");
}

static void test_a_timeout_costs_http2_a_stream_only(void **state)
{
    (void)state;
    trace_expect(USERS("1", "250ms", "1", "40ms",
                       "'timeout':'10ms'," POOL("'protocol':'http2','connect_time':'3ms'"), ""),
                 "visit",
                 "144 visit b.op completed 104..144 from 104 wasted\n"
                 "251 visit b.op completed 211..251 from 211 wasted\n");
}

/* The first is answered at 122. The second gets its connection then and gives up at 130, the third
 * gives up waiting. The connection that was opened for it is ready for what comes. */
static void test_a_timeout_covers_the_wait_for_a_connection(void **state)
{
    (void)state;
    trace_expect(USERS("3", "150ms", "1", "19ms",
                       "'timeout':'30ms'," POOL("'max_connections':1,'connect_time':'1ms'"), ""),
                 "visit|attempt",
                 "121 visit b.op completed 102..121 from 102\n"
                 "122 attempt u -> b #1 success 100..122 last\n"
                 "130 attempt u -> b #1 timeout 100..130 last\n"
                 "130 attempt u -> b #1 timeout 100..130 last\n"
                 "142 visit b.op completed 123..142 from 123 wasted\n");
}

static void test_an_idle_connection_is_closed(void **state)
{
    (void)state;
    trace_expect(
        USERS("1", "250ms", "1", "10ms", POOL("'connect_time':'3ms','idle_timeout':'100ms'"), ""),
        "request",
        "115 request u success after 15\n"
        "230 request u success after 15\n");
    trace_expect(
        USERS("1", "250ms", "1", "10ms", POOL("'connect_time':'3ms','idle_timeout':'101ms'"), ""),
        "request",
        "115 request u success after 15\n"
        "227 request u success after 12\n");
}

/* Open since 103; the request at 215 meets it 112 ms old. */
static void test_a_connection_has_a_longest_life(void **state)
{
    (void)state;
    trace_expect(USERS("1", "250ms", "1", "10ms",
                       POOL("'connect_time':'3ms','max_connection_duration':'112ms'"), ""),
                 "request",
                 "115 request u success after 15\n"
                 "230 request u success after 15\n");
    trace_expect(USERS("1", "250ms", "1", "10ms",
                       POOL("'connect_time':'3ms','max_connection_duration':'113ms'"), ""),
                 "request",
                 "115 request u success after 15\n"
                 "227 request u success after 12\n");
}

static void test_a_connection_serves_so_many_requests(void **state)
{
    (void)state;
    trace_expect(USERS("1", "350ms", "1", "10ms",
                       POOL("'connect_time':'3ms','max_requests_per_connection':2"), ""),
                 "request",
                 "115 request u success after 15\n"
                 "227 request u success after 12\n"
                 "342 request u success after 15\n");
}

/* Both wait for the connection that is refused after 3 ms. */
static void test_a_refused_connection_fails_all_that_wait(void **state)
{
    (void)state;
    trace_expect(USERS("2", "150ms", "1", "10ms",
                       POOL("'max_connections':1,'connect_time':'3ms','tls_time':'9ms'"),
                       FAULT("'type':'crash','target':{'service':'b'}", "50ms", "80ms")),
                 "attempt",
                 "103 attempt u -> b #1 connect_failure 100..103 last\n"
                 "103 attempt u -> b #1 connect_failure 100..103 last\n");
}

static void test_a_silent_replica_costs_the_connect_timeout(void **state)
{
    (void)state;
    trace_expect(USERS("1", "150ms", "1", "10ms",
                       POOL("'connect_time':'3ms','connect_timeout':'20ms'"),
                       FAULT("'type':'crash','signature':'blackhole','target':{'service':'b'}",
                             "50ms", "80ms")),
                 "attempt", "120 attempt u -> b #1 connect_failure 100..120 last\n");
}

/* The second falls silent while the connection is being opened. */
static void test_a_connection_to_nobody_costs_the_connect_timeout(void **state)
{
    (void)state;
    trace_expect(USERS("1", "150ms", "1", "10ms",
                       POOL("'connect_time':'3ms','connect_timeout':'20ms'"),
                       FAULT("'type':'partition','target':{'link':'u -> b'}", "50ms", "80ms")),
                 "attempt", "120 attempt u -> b #1 connect_failure 100..120 last\n");
    trace_expect(USERS("1", "150ms", "1", "10ms",
                       POOL("'connect_time':'3ms','connect_timeout':'20ms'"),
                       FAULT("'type':'crash','signature':'blackhole','target':{'service':'b'}",
                             "101ms", "10ms")),
                 "attempt", "120 attempt u -> b #1 connect_failure 100..120 last\n");
}

/* Answered at 115 and 230: after the crash between them another connection is needed. */
static void test_a_crash_of_the_callee_closes_connections(void **state)
{
    (void)state;
    trace_expect(USERS("1", "250ms", "1", "10ms", POOL("'connect_time':'3ms'"),
                       FAULT("'type':'crash','target':{'service':'b'}", "150ms", "10ms")),
                 "request",
                 "115 request u success after 15\n"
                 "230 request u success after 15\n");
}

static void test_a_crash_under_a_request_resets_its_connection(void **state)
{
    (void)state;
    trace_expect(USERS("1", "250ms", "1", "10ms", POOL("'connect_time':'3ms'"),
                       FAULT("'type':'crash','target':{'service':'b'}", "108ms", "10ms")),
                 "request",
                 "109 request u reset after 9\n"
                 "224 request u success after 15\n");
}

static void test_a_crash_of_the_caller_closes_connections(void **state)
{
    (void)state;
    trace_expect(BEHIND("1", "250ms", "1", "10ms", POOL("'connect_time':'3ms'"),
                        FAULT("'type':'crash','target':{'service':'a'}", "150ms", "10ms")),
                 "request",
                 "115 request u success after 15\n"
                 "230 request u success after 15\n");
}

/* Two calls share two streams, two more wait, when the caller crashes at 105: what waits is not
 * sent any more. */
static void test_what_waits_in_a_caller_that_crashes_is_not_sent(void **state)
{
    (void)state;
    trace_expect(BEHIND("4", "150ms", "1", "10ms",
                        POOL("'protocol':'http2','max_concurrent_streams':2,'max_connections':1,"
                             "'connect_time':'1ms'"),
                        FAULT("'type':'crash','target':{'service':'a'}", "105ms", "10ms")),
                 "visit b",
                 "112 visit b.op completed 102..112 from 102 wasted\n"
                 "112 visit b.op completed 102..112 from 102 wasted\n");
}

/* The connection is open at 103; a sees it at 110. */
static void test_a_caller_that_hangs_sends_later(void **state)
{
    (void)state;
    trace_expect(BEHIND("1", "150ms", "1", "10ms", POOL("'connect_time':'3ms'"),
                        FAULT("'type':'hang','target':{'service':'a'}", "101ms", "9ms")),
                 "visit b", "121 visit b.op completed 111..121 from 111\n");
}

/* The limit is for all replicas together, but each may have a connection. */
static void test_each_replica_may_have_a_connection(void **state)
{
    (void)state;
    trace_expect(USERS("4", "150ms", "2", "10ms", POOL("'max_connections':1,'connect_time':0"), ""),
                 "attempt",
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "124 attempt u -> b #1 success 100..124 last\n"
                 "124 attempt u -> b #1 success 100..124 last\n");
}

static void test_a_pool_is_of_one_replica_of_the_caller_or_of_all(void **state)
{
    (void)state;
    trace_expect(
        BEHIND("2", "150ms", "2", "10ms", POOL("'max_connections':1,'connect_time':0"), ""),
        "attempt a",
        "112 attempt a -> b #1 success 100..112 last\n"
        "112 attempt a -> b #1 success 100..112 last\n");
    trace_expect(BEHIND("2", "150ms", "2", "10ms",
                        POOL("'max_connections':1,'connect_time':0,'scope':'service'"), ""),
                 "attempt a",
                 "112 attempt a -> b #1 success 100..112 last\n"
                 "124 attempt a -> b #1 success 100..124 last\n");
}

/* Connecting takes no time, so that the first is out when the second begins to wait and the third
 * is refused. Its retry at 115 waits in the place of the second. */
static void test_an_overflow_is_retried_if_asked_for(void **state)
{
    (void)state;
    trace_expect(USERS("3", "150ms", "1", "10ms",
                       "'retry_policy':{'max_attempts':3,'retry_on':['pool_overflow'],'backoff':"
                       "{'type':'constant','base_interval':'15ms','jitter':'none'}}," POOL(
                           "'max_connections':1,'max_pending_requests':1,'connect_time':0"),
                       ""),
                 "attempt",
                 "100 attempt u -> b #1 pool_overflow 100..100\n"
                 "112 attempt u -> b #1 success 100..112 last\n"
                 "124 attempt u -> b #1 success 100..124 last\n"
                 "136 attempt u -> b #2 success 115..136 last\n");
}

/* Every 11 ms, from 10 on, a single call takes turns between two replicas; bursts of three at 110
 * and 221 do the same. The first burst goes A, B, A and opens a second connection to A, the third
 * in all. The second goes B, A, B: it would have to wait for B, but that connection to A was idle
 * for 110 ms. */
static void test_connections_too_old_to_other_replicas_make_room(void **state)
{
    (void)state;
    static const char *const timeouts[] = {"'50ms'", "null"};
    static const char *const ends[] = {
        "111 request bursts success after 1\n222 request bursts success after 1\n",
        "111 request bursts success after 1\n223 request bursts success after 2\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *text = g_strdup_printf(
            "{'simulation':{'duration':'250ms'},'services':{"
            "'a': {'threads': 9,'operations':{'one':{'steps':[{'call':'b.op'}]},'three':{'steps':["
            "{'parallel':[[{'call':'b.op'}],[{'call':'b.op'}],[{'call':'b.op'}]]}]}}},"
            "'b': {'replicas':2,'threads': 9,'operations':{'op':{'steps':[{'compute':'1ms'}]}}}},"
            "'links':{'* -> a': {}, 'a -> b':{'connection_pool':{'max_connections':3,"
            "'connect_time':0,'idle_timeout':%s}}},"
            "'workloads':{'singles':{'type':'closed','users':1,'think_time':'10ms',"
            "'mix':{'a.one':1}},'bursts':{'type':'closed','users':1,'think_time':'110ms',"
            "'mix':{'a.three':1}}}}",
            timeouts[i]);
        trace_expect(text, "request bursts", ends[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_request_pays_for_the_connection),
        cmocka_unit_test(test_http1_serves_one_request_after_the_other),
        cmocka_unit_test(test_a_request_too_many_is_refused_at_once),
        cmocka_unit_test(test_http2_has_several_streams),
        cmocka_unit_test(test_max_requests_bounds_what_is_out),
        cmocka_unit_test(test_a_timeout_costs_http1_its_connection),
        cmocka_unit_test(test_a_timeout_costs_http2_a_stream_only),
        cmocka_unit_test(test_a_timeout_covers_the_wait_for_a_connection),
        cmocka_unit_test(test_an_idle_connection_is_closed),
        cmocka_unit_test(test_a_connection_has_a_longest_life),
        cmocka_unit_test(test_a_connection_serves_so_many_requests),
        cmocka_unit_test(test_a_refused_connection_fails_all_that_wait),
        cmocka_unit_test(test_a_silent_replica_costs_the_connect_timeout),
        cmocka_unit_test(test_a_connection_to_nobody_costs_the_connect_timeout),
        cmocka_unit_test(test_a_crash_of_the_callee_closes_connections),
        cmocka_unit_test(test_a_crash_under_a_request_resets_its_connection),
        cmocka_unit_test(test_a_crash_of_the_caller_closes_connections),
        cmocka_unit_test(test_what_waits_in_a_caller_that_crashes_is_not_sent),
        cmocka_unit_test(test_a_caller_that_hangs_sends_later),
        cmocka_unit_test(test_each_replica_may_have_a_connection),
        cmocka_unit_test(test_a_pool_is_of_one_replica_of_the_caller_or_of_all),
        cmocka_unit_test(test_an_overflow_is_retried_if_asked_for),
        cmocka_unit_test(test_connections_too_old_to_other_replicas_make_room),
    };
    return cmocka_run_group_tests_name("models/world_pools", tests, NULL, NULL);
}
