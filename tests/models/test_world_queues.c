/* What queues and topics do besides the plain delivery of messages, worked out by hand. Users ask
 * at 100 ms, once. */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

/* A publisher a, consumers b and c, a broker q; what is NULL is left at this: one user, a.op
 * publishes one message, b.op takes 10 ms, c.op 1 ms, nothing goes wrong. */
typedef struct Scene {
    const char *users, *publish, *work, *brokers, *more, *link;
} Scene;

static const char *either(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static void expect(const Scene *scene, const char *only, const char *expected)
{
    g_autofree char *text = g_strdup_printf(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': [%s]}}},"
        "'b': {'threads': 9, 'operations': {'op': {'steps': [%s]}}},"
        "'c': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}%s}, 'brokers': {%s}, %s"
        "'workloads':{'u':{'type':'closed','users':%s,'think_time':'100ms','mix':{'a.op':1}}}}",
        either(scene->publish, "{'publish':'q'}"), either(scene->work, "{'compute':'10ms'}"),
        either(scene->link, ""), scene->brokers, either(scene->more, ""),
        either(scene->users, "1"));
    trace_expect(text, only, expected);
}

/* --- confirms */

static void test_without_confirms_the_publisher_goes_on_at_once(void **state)
{
    (void)state;
    const Scene scene = {
        .brokers = "'q': {'kind':'queue','publisher_confirms':false,'publish_latency':'5ms',"
                   "'consumers':{'b.op':{}}}"};
    expect(&scene, "visit|message|request|all",
           "100 visit a.op completed 100..100 from 100\n"
           "100 request u success after 0\n"
           "105 message q published 1 waiting\n"
           "105 message q delivered 0 waiting\n"
           "115 visit b.op completed 105..115 from 105\n"
           "115 message q acknowledged 0 waiting\n"
           "115 all done u after 15\n");
}

/* One is delivered, one waits, the third is refused: nobody hears of it. */
static void test_without_confirms_a_refusal_is_not_heard(void **state)
{
    (void)state;
    const Scene scene = {
        .users = "3",
        .brokers = "'q': {'kind':'queue','publisher_confirms':false,'publish_latency':'5ms',"
                   "'max_length':1,'overflow':'reject_publish','consumers':{'b.op':{}}}"};
    expect(&scene, "message|request",
           "100 request u success after 0\n"
           "100 request u success after 0\n"
           "100 request u success after 0\n"
           "105 message q published 1 waiting\n"
           "105 message q delivered 0 waiting\n"
           "105 message q published 1 waiting\n"
           "105 message q rejected 1 waiting\n"
           "115 message q acknowledged 1 waiting\n"
           "115 message q delivered 0 waiting\n"
           "125 message q acknowledged 0 waiting\n");
}

/* The publisher gives up after 3 ms, at 103 and 106; both messages arrive all the same. */
static void test_what_was_sent_arrives_although_its_publisher_gave_up(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'call':'b.op'}",
        .link = ",'a -> b':{'mode':'async','via':'q','per_try_timeout':'3ms','retry_policy':"
                "{'max_attempts':2,'backoff':{'type':'none'}}}",
        .brokers = "'q': {'kind':'queue','publish_latency':'5ms','consumers':{'b.op':{}}}"};
    expect(&scene, "attempt a|message|request",
           "103 attempt a -> b #1 timeout async 100..103\n"
           "105 message q published 1 waiting\n"
           "105 message q delivered 0 waiting\n"
           "106 attempt a -> b #2 timeout async 103..106 last\n"
           "106 request u error after 6\n"
           "108 message q published 1 waiting\n"
           "115 message q acknowledged 1 waiting\n"
           "115 message q delivered 0 waiting\n"
           "125 message q acknowledged 0 waiting\n");
}

/* The confirm comes at 105, while the publisher hangs from 102 to 110. */
static void test_a_publisher_that_hangs_reads_its_confirm_when_it_wakes_up(void **state)
{
    (void)state;
    const Scene scene = {
        .brokers = "'q': {'kind':'queue','publish_latency':'5ms','consumers':{'b.op':{}}}",
        .more = "'faults':{'f':{'type':'hang','target':{'service':'a'},'start':'102ms',"
                "'duration':'8ms'}},"};
    expect(&scene, "visit|message",
           "105 message q published 1 waiting\n"
           "105 message q delivered 0 waiting\n"
           "110 visit a.op completed 100..110 from 100\n"
           "115 visit b.op completed 105..115 from 105\n"
           "115 message q acknowledged 0 waiting\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_confirms_the_publisher_goes_on_at_once),
        cmocka_unit_test(test_without_confirms_a_refusal_is_not_heard),
        cmocka_unit_test(test_what_was_sent_arrives_although_its_publisher_gave_up),
        cmocka_unit_test(test_a_publisher_that_hangs_reads_its_confirm_when_it_wakes_up),
    };
    return cmocka_run_group_tests_name("models/world_queues", tests, NULL, NULL);
}
