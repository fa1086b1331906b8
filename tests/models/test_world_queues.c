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

static char *text_of(const Scene *scene)
{
    return g_strdup_printf(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': [%s]}}},"
        "'b': {'threads': 9, 'operations': {'op': {'steps': [%s]}}},"
        "'c': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}%s}, 'brokers': {%s}, %s"
        "'workloads':{'u':{'type':'closed','users':%s,'think_time':'100ms','mix':{'a.op':1}}}}",
        either(scene->publish, "{'publish':'q'}"), either(scene->work, "{'compute':'10ms'}"),
        either(scene->link, ""), scene->brokers, either(scene->more, ""),
        either(scene->users, "1"));
}

static void expect(const Scene *scene, const char *only, const char *expected)
{
    g_autofree char *text = text_of(scene);
    trace_expect(text, only, expected);
}

/* With the publication of each message. */
static void expect_messages(const Scene *scene, const char *only, const char *expected)
{
    g_autofree char *text = text_of(scene);
    trace_expect_messages(text, only, expected);
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

/* --- time to live */

/* b takes one at a time. The second is delivered in its last moment, the third expires then. */
static void test_a_message_expires_at_the_head_when_its_time_is_up(void **state)
{
    (void)state;
    const Scene scene = {.users = "3",
                         .brokers =
                             "'q': {'kind':'queue','message_ttl':'10ms','consumers':{'b.op':{}}}"};
    expect(&scene, "message|all",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "100 message q published 2 waiting\n"
           "110 message q acknowledged 2 waiting\n"
           "110 all done u after 10\n"
           "110 message q delivered 1 waiting\n"
           "110 message q expired 0 waiting\n"
           "110 all done u after 10\n"
           "120 message q acknowledged 0 waiting\n"
           "120 all done u after 20\n");
}

static void test_what_expires_goes_to_the_dead_letters(void **state)
{
    (void)state;
    const Scene scene = {.brokers = "'q': {'kind':'queue','message_ttl':'30ms','dead_letter':'d'},"
                                    "'d': {'kind':'queue','consumers':{'c.op':{}}}"};
    expect(&scene, "message|all",
           "100 message q published 1 waiting\n"
           "130 message q expired 0 waiting\n"
           "130 message d published 1 waiting\n"
           "130 message d delivered 0 waiting\n"
           "131 message d acknowledged 0 waiting\n"
           "131 all done u after 31\n");
}

/* It fails at 110 and waits 25 ms: back at 135 its 30 ms since the publication are over. */
static void test_a_message_that_comes_back_keeps_its_time_to_live(void **state)
{
    (void)state;
    const Scene scene = {.work = "{'compute':'10ms'},{'fail':1}",
                         .brokers = "'q': {'kind':'queue','message_ttl':'30ms','consumers':{'b.op':"
                                    "{'redelivery_delay':'25ms'}}}"};
    expect(&scene, "message|visit b",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "110 visit b.op failed 100..110 from 100 wasted\n"
           "110 message q redelivered 0 waiting\n"
           "135 message q expired 0 waiting\n");
}

/* --- bounds */

static void test_a_dropped_head_goes_to_the_dead_letters(void **state)
{
    (void)state;
    const Scene scene = {
        .users = "3",
        .brokers = "'q': {'kind':'queue','max_length':1,'overflow':'drop_head','dead_letter':'d',"
                   "'consumers':{'b.op':{}}}, 'd': {'kind':'queue'}"};
    expect(&scene, "message",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "100 message q dead-lettered 0 waiting\n"
           "100 message d published 1 waiting\n"
           "100 message q published 1 waiting\n"
           "110 message q acknowledged 1 waiting\n"
           "110 message q delivered 0 waiting\n"
           "120 message q acknowledged 0 waiting\n"
           "120 message d unfinished 1 waiting\n");
}

/* The topic drops from the head at two; one subscription holds one, another refuses at one. */
static void test_a_subscription_has_what_it_says_and_else_what_its_topic_says(void **state)
{
    (void)state;
    const Scene scene = {
        .users = "3",
        .brokers =
            "'q': {'kind':'topic','max_length':2,'overflow':'drop_head','subscriptions':{"
            "'x':{},'y':{'max_length':1},'z':{'max_length':1,'overflow':'reject_publish'}}}"};
    expect(&scene, "message",
           "100 message q/x published 1 waiting\n"
           "100 message q/y published 1 waiting\n"
           "100 message q/z published 1 waiting\n"
           "100 message q/x published 2 waiting\n"
           "100 message q/y dropped 0 waiting\n"
           "100 message q/y published 1 waiting\n"
           "100 message q/z rejected 1 waiting\n"
           "100 message q/x dropped 1 waiting\n"
           "100 message q/x published 2 waiting\n"
           "100 message q/y dropped 0 waiting\n"
           "100 message q/y published 1 waiting\n"
           "100 message q/z rejected 1 waiting\n"
           "100 message q/x unfinished 2 waiting\n"
           "100 message q/y unfinished 1 waiting\n"
           "100 message q/z unfinished 1 waiting\n"
           "100 message q/x unfinished 2 waiting\n");
}

/* --- priorities */

/* Published every ms, with priorities 3, 0, 9 (which counts as 5), 4, 5 and 0. */
static void test_the_highest_priority_is_next_and_equals_keep_their_order(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q','priority':3},{'wait':'1ms'},{'publish':'q'},{'wait':'1ms'},"
                   "{'publish':'q','priority':9},{'wait':'1ms'},{'publish':'q','priority':4},"
                   "{'wait':'1ms'},{'publish':'q','priority':5},{'wait':'1ms'},{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','max_priority':5,'consumers':{'b.op':{}}}"};
    expect_messages(&scene, "delivered",
                    "100 message q delivered 0 waiting of 100\n"
                    "110 message q delivered 4 waiting of 102\n"
                    "120 message q delivered 3 waiting of 104\n"
                    "130 message q delivered 2 waiting of 103\n"
                    "140 message q delivered 1 waiting of 101\n"
                    "150 message q delivered 0 waiting of 105\n");
}

/* The head that gives way is that of the highest priority, as in RabbitMQ. */
static void test_a_full_queue_drops_from_its_highest_priority(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q'},{'wait':'1ms'},{'publish':'q','priority':1},{'wait':'1ms'},"
                   "{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','max_priority':1,'max_length':2,"
                   "'overflow':'drop_head'}"};
    expect_messages(&scene, "message",
                    "100 message q published 1 waiting of 100\n"
                    "101 message q published 2 waiting of 101\n"
                    "102 message q dropped 1 waiting of 101\n"
                    "102 message q published 2 waiting of 102\n"
                    "102 message q unfinished 2 waiting of 100\n"
                    "102 message q unfinished 2 waiting of 102\n");
}

/* --- groups of a fifo queue */

/* Keys 1, 1, 2, 1 and two without: three go out at once, the others one by one as their key is
 * free. */
static void test_messages_of_one_key_are_dealt_with_one_at_a_time_and_in_order(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q','key':1},{'wait':'1ms'},{'publish':'q','key':1},{'wait':'1ms'},"
                   "{'publish':'q','key':2},{'wait':'1ms'},{'publish':'q','key':1},{'wait':'1ms'},"
                   "{'publish':'q'},{'wait':'1ms'},{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','fifo':true,'consumers':{'b.op':{'concurrency':9}}}"};
    expect_messages(&scene, "delivered|acknowledged",
                    "100 message q delivered 0 waiting of 100\n"
                    "102 message q delivered 1 waiting of 102\n"
                    "104 message q delivered 2 waiting of 104\n"
                    "110 message q acknowledged 3 waiting of 100\n"
                    "110 message q delivered 2 waiting of 101\n"
                    "112 message q acknowledged 2 waiting of 102\n"
                    "114 message q acknowledged 2 waiting of 104\n"
                    "114 message q delivered 1 waiting of 105\n"
                    "120 message q acknowledged 1 waiting of 101\n"
                    "120 message q delivered 0 waiting of 103\n"
                    "124 message q acknowledged 0 waiting of 105\n"
                    "130 message q acknowledged 0 waiting of 103\n");
}

/* The first fails twice and is dropped: the second of its key waits for that, also while the first
 * waits for its return. */
static void test_a_failed_message_holds_its_key_up_until_it_is_dealt_with(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q','key':1},{'wait':'1ms'},{'publish':'q','key':1}",
        .work = "{'compute':'10ms'},{'fail':1}",
        .brokers = "'q': {'kind':'queue','fifo':true,'consumers':{'b.op':{'concurrency':9,"
                   "'max_deliveries':2,'redelivery_delay':'5ms'}}}"};
    expect_messages(&scene, "message",
                    "100 message q published 1 waiting of 100\n"
                    "100 message q delivered 0 waiting of 100\n"
                    "101 message q published 1 waiting of 101\n"
                    "110 message q redelivered 1 waiting of 100\n"
                    "115 message q delivered 1 waiting of 100\n"
                    "125 message q dropped 1 waiting of 100\n"
                    "125 message q delivered 0 waiting of 101\n"
                    "135 message q redelivered 0 waiting of 101\n"
                    "140 message q delivered 0 waiting of 101\n"
                    "150 message q dropped 0 waiting of 101\n");
}

/* --- batches */

/* Published at 100, 101, 102, 103 and 120. Three make a batch at 102; the fourth waits until that
 * is dealt with, when its window is over; the fifth waits for its window. */
static void test_a_batch_begins_when_it_is_full_or_has_waited(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q'},{'wait':'1ms'},{'publish':'q'},{'wait':'1ms'},"
                   "{'publish':'q'},{'wait':'1ms'},{'publish':'q'},{'wait':'17ms'},{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'batch_size':3,"
                   "'batch_window':'5ms'}}}"};
    expect_messages(&scene, "acknowledged|visit b",
                    "112 visit b.op completed 102..112 from 102\n"
                    "112 message q acknowledged 1 waiting of 100\n"
                    "112 message q acknowledged 1 waiting of 101\n"
                    "112 message q acknowledged 1 waiting of 102\n"
                    "122 visit b.op completed 112..122 from 112\n"
                    "122 message q acknowledged 1 waiting of 103\n"
                    "135 visit b.op completed 125..135 from 125\n"
                    "135 message q acknowledged 0 waiting of 120\n");
}

/* Without a window a batch is what is there: one at 100, then the two that came meanwhile. */
static void test_without_a_window_a_batch_is_what_is_there(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q'},{'wait':'1ms'},{'publish':'q'},{'wait':'1ms'},{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'batch_size':10}}}"};
    expect_messages(&scene, "acknowledged|visit b",
                    "110 visit b.op completed 100..110 from 100\n"
                    "110 message q acknowledged 2 waiting of 100\n"
                    "120 visit b.op completed 110..120 from 110\n"
                    "120 message q acknowledged 0 waiting of 101\n"
                    "120 message q acknowledged 0 waiting of 102\n");
}

static void test_the_messages_of_a_failed_batch_come_again_each_by_itself(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q'},{'publish':'q'}",
        .work = "{'compute':'10ms'},{'fail':1}",
        .brokers = "'q': {'kind':'queue','delivery_latency':'1ms','consumers':{'b.op':{"
                   "'batch_size':2,'batch_window':'5ms','max_deliveries':2,'dead_letter':'d'}}},"
                   "'d': {'kind':'queue'}"};
    expect(&scene, "message q|visit b",
           "100 message q published 1 waiting\n"
           "100 message q published 2 waiting\n"
           "100 message q delivered 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "111 visit b.op failed 101..111 from 101 wasted\n"
           "111 message q redelivered 0 waiting\n"
           "111 message q redelivered 1 waiting\n"
           "111 message q delivered 1 waiting\n"
           "111 message q delivered 0 waiting\n"
           "122 visit b.op failed 112..122 from 112 wasted\n"
           "122 message q dead-lettered 0 waiting\n"
           "122 message q dead-lettered 0 waiting\n");
}

/* A batch of two and one of one are lost in a crash at 105; a fourth message was on its way. */
static void test_a_crash_gives_batches_back_too(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q'},{'publish':'q'},{'publish':'q'},{'wait':'4500us'},"
                   "{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','delivery_latency':'1ms','consumers':{'b.op':{"
                   "'batch_size':2,'concurrency':3}}}",
        .more = "'faults':{'f':{'type':'crash','target':{'service':'b'},'start':'105ms',"
                "'duration':'2ms'}},"};
    expect(&scene, "delivered|acknowledged|visit b",
           "100 message q delivered 0 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q delivered 0 waiting\n"
           "104.5 message q delivered 0 waiting\n"
           "105 visit b.op lost 101..105 from 101 wasted\n"
           "105 message q redelivered 0 waiting\n"
           "105 message q redelivered 1 waiting\n"
           "105 visit b.op lost 101..105 from 101 wasted\n"
           "105 message q redelivered 2 waiting\n"
           "105 message q redelivered 3 waiting\n"
           "107 message q delivered 3 waiting\n"
           "107 message q delivered 2 waiting\n"
           "107 message q delivered 1 waiting\n"
           "107 message q delivered 0 waiting\n"
           "118 visit b.op completed 108..118 from 108\n"
           "118 message q acknowledged 0 waiting\n"
           "118 message q acknowledged 0 waiting\n"
           "118 visit b.op completed 108..118 from 108\n"
           "118 message q acknowledged 0 waiting\n"
           "118 message q acknowledged 0 waiting\n");
}

/* --- polls */

#define AT_100_101_102                                                                             \
    "{'publish':'q'},{'wait':'1ms'},{'publish':'q'},{'wait':'1ms'},{'publish':'q'}"

/* Polls are at 98, 105, 112, 119, ...: the one at 112 finds no room, and those at 119 and 133 are
 * the next after there is some. */
static void test_who_polls_takes_what_waits_at_multiples_of_the_interval(void **state)
{
    (void)state;
    const Scene scene = {.publish = AT_100_101_102,
                         .brokers =
                             "'q': {'kind':'queue','consumers':{'b.op':{'poll_interval':'7ms'}}}"};
    expect_messages(&scene, "message q delivered|acknowledged",
                    "105 message q delivered 2 waiting of 100\n"
                    "115 message q acknowledged 2 waiting of 100\n"
                    "119 message q delivered 1 waiting of 101\n"
                    "129 message q acknowledged 1 waiting of 101\n"
                    "133 message q delivered 0 waiting of 102\n"
                    "143 message q acknowledged 0 waiting of 102\n");
}

/* The poll at 105 takes two, the next one that may take any is that at 119. */
static void test_a_poll_takes_as_much_as_prefetch_lets_it(void **state)
{
    (void)state;
    const Scene scene = {.publish = AT_100_101_102,
                         .brokers = "'q': {'kind':'queue','consumers':{'b.op':{"
                                    "'poll_interval':'7ms','prefetch':2}}}"};
    expect_messages(&scene, "message q delivered|acknowledged",
                    "105 message q delivered 2 waiting of 100\n"
                    "105 message q delivered 1 waiting of 101\n"
                    "115 message q acknowledged 1 waiting of 100\n"
                    "119 message q delivered 0 waiting of 102\n"
                    "125 message q acknowledged 0 waiting of 101\n"
                    "135 message q acknowledged 0 waiting of 102\n");
}

static void test_a_poll_of_batches_takes_what_is_there(void **state)
{
    (void)state;
    const Scene scene = {.publish = AT_100_101_102,
                         .brokers = "'q': {'kind':'queue','consumers':{'b.op':{"
                                    "'poll_interval':'7ms','batch_size':2}}}"};
    expect_messages(&scene, "visit b|acknowledged",
                    "115 visit b.op completed 105..115 from 105\n"
                    "115 message q acknowledged 1 waiting of 100\n"
                    "115 message q acknowledged 1 waiting of 101\n"
                    "129 visit b.op completed 119..129 from 119\n"
                    "129 message q acknowledged 0 waiting of 102\n");
}

/* It is published in the moment of a poll, fails at 115, and is there again at the next one. */
static void test_what_failed_waits_for_the_next_poll(void **state)
{
    (void)state;
    const Scene scene = {.work = "{'compute':'10ms'},{'fail':1}",
                         .brokers = "'q': {'kind':'queue','publish_latency':'5ms','consumers':{"
                                    "'b.op':{'poll_interval':'7ms','max_deliveries':2}}}"};
    expect(&scene, "message q",
           "105 message q published 1 waiting\n"
           "105 message q delivered 0 waiting\n"
           "115 message q redelivered 0 waiting\n"
           "119 message q delivered 0 waiting\n"
           "129 message q dropped 0 waiting\n");
}

/* --- bandwidth */

/* 8 Mbit/s: a kilobyte each millisecond. The small one is in the line behind the large one, which
 * takes 20 ms each way; b begins with the large one at 141, c is free for the small one. */
static void test_a_large_message_holds_up_the_small_one_behind_it_each_way(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'parallel':[[{'publish':'q','size':'20kB'}],[{'publish':'r','size':'2kB'}],"
                   "[{'publish':'q','size':'1kB'}]]}",
        .brokers = "'q': {'kind':'queue','bandwidth':'8Mbps','publish_latency':'1ms',"
                   "'consumers':{'b.op':{'concurrency':9}}},"
                   "'r': {'kind':'queue','bandwidth':'8Mbps','consumers':{'c.op':{}}}"};
    expect_messages(&scene, "visit|published",
                    "102 message r published 1 waiting of 102\n"
                    "105 visit c.op completed 104..105 from 104\n"
                    "121 message q published 1 waiting of 121\n"
                    "122 message q published 1 waiting of 122\n"
                    "122 visit a.op completed 100..122 from 100\n"
                    "151 visit b.op completed 141..151 from 141\n"
                    "152 visit b.op completed 142..152 from 142\n");
}

/* It comes in until 105, goes out from 105 and from 121 on: each delivery takes its time. */
static void test_each_delivery_takes_its_time_out_of_the_broker(void **state)
{
    (void)state;
    const Scene scene = {.publish = "{'publish':'q','size':'5kB'}",
                         .work = "{'compute':'10ms'},{'fail':1}",
                         .brokers = "'q': {'kind':'queue','bandwidth':'8Mbps','consumers':{'b.op':{"
                                    "'max_deliveries':2,'redelivery_delay':'1ms'}}}"};
    expect(&scene, "message q|visit b",
           "105 message q published 1 waiting\n"
           "105 message q delivered 0 waiting\n"
           "120 visit b.op failed 110..120 from 110 wasted\n"
           "120 message q redelivered 0 waiting\n"
           "121 message q delivered 0 waiting\n"
           "136 visit b.op failed 126..136 from 126 wasted\n"
           "136 message q dropped 0 waiting\n");
}

/* A batch begins when its last message is there: 3, 5 and 6 ms after it was handed out at 106. */
static void test_a_batch_is_there_when_its_last_message_is(void **state)
{
    (void)state;
    const Scene scene = {.publish = "{'publish':'q','size':'3kB'},{'publish':'q','size':'2kB'},"
                                    "{'publish':'q','size':'1kB'}",
                         .brokers = "'q': {'kind':'queue','bandwidth':'8Mbps','consumers':{'b.op':{"
                                    "'batch_size':3,'batch_window':'1s'}}}"};
    expect(&scene, "visit b", "122 visit b.op completed 112..122 from 112\n");
}

/* A copy for each subscription leaves after the other. */
static void test_copies_of_a_topic_leave_one_after_the_other(void **state)
{
    (void)state;
    const Scene scene = {.publish = "{'publish':'q','size':'5kB'}",
                         .brokers =
                             "'q': {'kind':'topic','bandwidth':'8Mbps','subscriptions':{"
                             "'s':{'consumers':{'b.op':{}}},'t':{'consumers':{'c.op':{}}}}}"};
    expect(&scene, "visit b|visit c",
           "116 visit c.op completed 115..116 from 115\n"
           "120 visit b.op completed 110..120 from 110\n");
}

/* --- failures and crashes */

static void test_a_poison_message_is_delivered_three_times(void **state)
{
    (void)state;
    const Scene scene = {.work = "{'compute':'10ms'},{'fail':1}",
                         .brokers = "'q': {'kind':'queue','dead_letter':'d','consumers':{'b.op':{"
                                    "'max_deliveries':3,'redelivery_delay':'2ms'}}},"
                                    "'d': {'kind':'queue','consumers':{'c.op':{}}}"};
    expect(&scene, "message|all",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "110 message q redelivered 0 waiting\n"
           "112 message q delivered 0 waiting\n"
           "122 message q redelivered 0 waiting\n"
           "124 message q delivered 0 waiting\n"
           "134 message q dead-lettered 0 waiting\n"
           "134 message d published 1 waiting\n"
           "134 message d delivered 0 waiting\n"
           "135 message d acknowledged 0 waiting\n"
           "135 all done u after 35\n");
}

static void test_a_rejected_message_does_not_come_again(void **state)
{
    (void)state;
    const Scene scene = {.work = "{'compute':'10ms'},{'fail':1}",
                         .brokers = "'q': {'kind':'queue','dead_letter':'d','consumers':{'b.op':{"
                                    "'on_failure':'reject'}}}, 'd': {'kind':'queue'}"};
    expect(&scene, "message q",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "110 message q dead-lettered 0 waiting\n");
}

/* As with SQS: it is invisible until 125, though b failed at 110. */
static void test_a_failure_can_be_left_to_the_redelivery_timeout(void **state)
{
    (void)state;
    const Scene scene = {.work = "{'compute':'10ms'},{'fail':1}",
                         .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'on_failure':'wait',"
                                    "'redelivery_timeout':'25ms','max_deliveries':2}}}"};
    expect(&scene, "message q",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "125 message q redelivered 0 waiting\n"
           "125 message q delivered 0 waiting\n"
           "150 message q dropped 0 waiting\n");
}

/* One in processing, four in the buffer, when b crashes from 105 to 107: RabbitMQ sees the
 * connection break. */
static void test_a_crash_with_five_prefetched_gives_all_five_back(void **state)
{
    (void)state;
    const Scene scene = {
        .users = "5",
        .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'prefetch':5}}}",
        .more = "'faults':{'f':{'type':'crash','target':{'service':'b'},'start':'105ms',"
                "'duration':'2ms'}},"};
    expect(&scene, "redelivered|delivered|acknowledged|duplicate",
           "100 message q delivered 0 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q delivered 0 waiting\n"
           "105 message q redelivered 0 waiting\n"
           "105 message q redelivered 1 waiting\n"
           "105 message q redelivered 2 waiting\n"
           "105 message q redelivered 3 waiting\n"
           "105 message q redelivered 4 waiting\n"
           "107 message q delivered 4 waiting\n"
           "107 message q delivered 3 waiting\n"
           "107 message q delivered 2 waiting\n"
           "107 message q delivered 1 waiting\n"
           "107 message q delivered 0 waiting\n"
           "117 message q acknowledged 0 waiting\n"
           "127 message q acknowledged 0 waiting\n"
           "137 message q acknowledged 0 waiting\n"
           "147 message q acknowledged 0 waiting\n"
           "157 message q acknowledged 0 waiting\n");
}

/* The same where the broker does not see it: they come back at 130. */
static void test_a_crash_can_be_left_to_the_redelivery_timeout(void **state)
{
    (void)state;
    const Scene scene = {
        .users = "2",
        .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'prefetch':2,'on_failure':'wait',"
                   "'redelivery_timeout':'30ms'}}}",
        .more = "'faults':{'f':{'type':'crash','target':{'service':'b'},'start':'105ms',"
                "'duration':'2ms'}},"};
    expect(&scene, "message",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "130 message q redelivered 0 waiting\n"
           "130 message q delivered 0 waiting\n"
           "130 message q redelivered 0 waiting\n"
           "130 message q delivered 0 waiting\n"
           "140 message q acknowledged 0 waiting\n"
           "150 message q acknowledged 0 waiting\n");
}

/* The first, published at 101, is aborted and comes back at 107, when the second has begun. */
static void test_what_comes_again_behind_a_later_one_is_out_of_order(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'wait':'1ms'},{'publish':'q'},{'wait':'5ms'},{'publish':'q'}",
        .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'redelivery_delay':'6ms'}}}",
        .more = "'faults':{'f':{'type':'abort','target':{'operation':'b.op'},'start':'100ms',"
                "'duration':'5ms'}},"};
    expect_messages(&scene, "message",
                    "101 message q published 1 waiting of 101\n"
                    "101 message q delivered 0 waiting of 101\n"
                    "101 message q redelivered 0 waiting of 101\n"
                    "106 message q published 1 waiting of 106\n"
                    "106 message q delivered 0 waiting of 106\n"
                    "116 message q acknowledged 1 waiting of 106\n"
                    "116 message q delivered 0 waiting of 101\n"
                    "126 message q reordered 0 waiting of 101\n"
                    "126 message q acknowledged 0 waiting of 101\n");
}

/* --- delivered at most once */

/* b is down from 90 to 105, the second message comes at 110. */
static void test_at_most_once_a_message_for_nobody_is_lost(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q'},{'wait':'10ms'},{'publish':'q'}",
        .brokers = "'q': {'kind':'topic','delivery':'at_most_once','subscriptions':{"
                   "'x':{'consumers':{'b.op':{}}},'nobody':{}}}",
        .more = "'faults':{'f':{'type':'crash','target':{'service':'b'},'start':'90ms',"
                "'duration':'15ms'}},"};
    expect(&scene, "message|all",
           "100 message q/x published 0 waiting\n"
           "100 message q/x lost 0 waiting\n"
           "100 message q/nobody published 0 waiting\n"
           "100 message q/nobody lost 0 waiting\n"
           "110 message q/x published 1 waiting\n"
           "110 message q/nobody published 0 waiting\n"
           "110 message q/nobody lost 0 waiting\n"
           "110 message q/x delivered 0 waiting\n"
           "110 message q/x acknowledged 0 waiting\n"
           "120 all done u after 20\n");
}

/* One in processing, one in the buffer, one in the queue. */
static void test_at_most_once_a_crash_loses_all_there_is(void **state)
{
    (void)state;
    const Scene scene = {
        .users = "3",
        .brokers = "'q': {'kind':'queue','delivery':'at_most_once','consumers':{'b.op':{"
                   "'prefetch':2}}}",
        .more = "'faults':{'f':{'type':'crash','target':{'service':'b'},'start':'105ms',"
                "'duration':'2ms'}},"};
    expect(&scene, "message",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "100 message q acknowledged 1 waiting\n"
           "105 message q undone 1 waiting\n"
           "105 message q lost 1 waiting\n"
           "105 message q lost 0 waiting\n");
}

/* --- duplicates */

/* Visibility shorter than processing: begun at 100 and again at 106. */
static void test_a_duplicate_that_is_known_at_its_end_has_no_effect(void **state)
{
    (void)state;
    const Scene scene = {.brokers =
                             "'q': {'kind':'queue','consumers':{'b.op':{'concurrency':2,"
                             "'redelivery_timeout':'6ms','max_deliveries':2,'deduplication':{}}}}"};
    expect(&scene, "message|visit b",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "106 message q redelivered 0 waiting\n"
           "106 message q delivered 0 waiting\n"
           "106 message q duplicate 0 waiting\n"
           "110 visit b.op completed 100..110 from 100\n"
           "112 message q dropped 0 waiting\n"
           "116 visit b.op completed 106..116 from 106\n"
           "116 message q deduplicated 0 waiting\n");
}

/* The second delivery waits in the buffer until the first visit is over, and need not begin. */
static void test_a_duplicate_that_is_known_at_its_beginning_is_not_processed(void **state)
{
    (void)state;
    const Scene scene = {.brokers =
                             "'q': {'kind':'queue','consumers':{'b.op':{'prefetch':2,"
                             "'redelivery_timeout':'6ms','max_deliveries':2,'deduplication':{}}}}"};
    expect(&scene, "message|visit b",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "106 message q redelivered 0 waiting\n"
           "106 message q delivered 0 waiting\n"
           "106 message q duplicate 0 waiting\n"
           "110 visit b.op completed 100..110 from 100\n"
           "110 message q deduplicated 0 waiting\n"
           "110 message q acknowledged 0 waiting\n");
}

#define SENT_TWICE                                                                                 \
    ",'a -> b':{'mode':'async','via':'q','per_try_timeout':'3ms','retry_policy':"                  \
    "{'max_attempts':2,'backoff':{'type':'none'}}}"

/* Confirmed too late, and so published at 105 and 108. */
static void test_what_a_publisher_sends_twice_is_recognised(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'call':'b.op'}",
        .link = SENT_TWICE,
        .brokers = "'q': {'kind':'queue','publish_latency':'5ms','delivery':'effectively_once',"
                   "'consumers':{'b.op':{}}}"};
    expect_messages(&scene, "message",
                    "105 message q published 1 waiting of 105\n"
                    "105 message q delivered 0 waiting of 105\n"
                    "108 message q published 1 waiting of 108\n"
                    "115 message q acknowledged 1 waiting of 105\n"
                    "115 message q delivered 0 waiting of 108\n"
                    "115 message q deduplicated 0 waiting of 108\n"
                    "115 message q acknowledged 0 waiting of 108\n");
}

/* The same with one consumer for each: they run at once, and one of them without effect. */
static void test_of_two_copies_that_run_at_once_one_has_an_effect(void **state)
{
    (void)state;
    const Scene scene = {.publish = "{'call':'b.op'}",
                         .link = SENT_TWICE,
                         .brokers =
                             "'q': {'kind':'queue','publish_latency':'5ms','consumers':{'b.op':{"
                             "'concurrency':2,'deduplication':{'window':'1s'}}}}"};
    expect_messages(&scene, "acknowledged|dedup",
                    "115 message q acknowledged 0 waiting of 105\n"
                    "118 message q deduplicated 0 waiting of 108\n"
                    "118 message q acknowledged 0 waiting of 108\n");
}

/* What was done at 115 is forgotten after 115 + 2. */
static void test_beyond_the_window_a_duplicate_is_not_recognised(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'call':'b.op'}",
        .link = SENT_TWICE,
        .brokers = "'q': {'kind':'queue','publish_latency':'5ms','delivery_latency':'3ms',"
                   "'consumers':{'b.op':{'deduplication':{'window':'2ms'}}}}"};
    expect_messages(&scene, "acknowledged|dedup|visit b",
                    "118 visit b.op completed 108..118 from 108\n"
                    "118 message q acknowledged 1 waiting of 105\n"
                    "131 visit b.op completed 121..131 from 121\n"
                    "131 message q acknowledged 0 waiting of 108\n");
}

/* --- filters */

static void test_a_filter_by_key_lets_its_keys_through(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q','key':7},{'wait':'1ms'},{'publish':'q','key':5},"
                   "{'wait':'1ms'},{'publish':'q'},{'wait':'1ms'},{'publish':'q','key':0}",
        .brokers = "'q': {'kind':'topic','subscriptions':{'some':{'filter':{'keys':[9,7,0]}},"
                   "'five':{'filter':{'keys':[5]}},'all':{},'none':{'filter':{'probability':0}}}}"};
    expect_messages(&scene, "published",
                    "100 message q/some published 1 waiting of 100\n"
                    "100 message q/all published 1 waiting of 100\n"
                    "101 message q/five published 1 waiting of 101\n"
                    "101 message q/all published 2 waiting of 101\n"
                    "102 message q/all published 3 waiting of 102\n"
                    "103 message q/some published 2 waiting of 103\n"
                    "103 message q/all published 4 waiting of 103\n");
}

/* Nobody waits for room where the message is not to go. */
static void test_a_full_subscription_blocks_only_what_passes_its_filter(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'publish':'q','key':1},{'publish':'q','key':2},{'publish':'q','key':1}",
        .brokers = "'q': {'kind':'topic','overflow':'block','subscriptions':{"
                   "'one':{'max_length':1,'filter':{'keys':[1]}},'all':{}}}"};
    expect(&scene, "message|request",
           "100 message q/one published 1 waiting\n"
           "100 message q/all published 1 waiting\n"
           "100 message q/all published 2 waiting\n"
           "100 request u unfinished after 0\n"
           "100 message q/one unfinished 1 waiting\n"
           "100 message q/all unfinished 2 waiting\n"
           "100 message q/all unfinished 2 waiting\n");
}

/* --- brokers that are gone */

#define AWAY                                                                                       \
    "'faults':{'f':{'type':'broker_down','target':{'broker':'q'},'start':'105ms',"                 \
    "'duration':'20ms'}},"

/* One message is in processing, one in the consumer's buffer, one waits in the queue. The first two
 * go back behind the third, and the first has been done by the time it comes again. */
static void test_a_queue_that_goes_away_keeps_its_messages_and_delivers_again(void **state)
{
    (void)state;
    const Scene scene = {.publish = "{'publish':'q'},{'publish':'q'},{'publish':'q'}",
                         .brokers = "'q': {'kind':'queue','consumers':{'b.op':{'prefetch':2}}}",
                         .more = AWAY};
    expect(&scene, "visit b|message",
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "100 message q delivered 0 waiting\n"
           "100 message q published 1 waiting\n"
           "105 message q redelivered 1 waiting\n"
           "105 message q redelivered 2 waiting\n"
           "110 visit b.op completed 100..110 from 100\n"
           "125 message q delivered 2 waiting\n"
           "125 message q delivered 1 waiting\n"
           "125 message q duplicate 1 waiting\n"
           "135 visit b.op completed 125..135 from 125\n"
           "135 message q acknowledged 1 waiting\n"
           "135 message q delivered 0 waiting\n"
           "145 visit b.op completed 135..145 from 135\n"
           "145 message q executed twice 0 waiting\n"
           "145 message q acknowledged 0 waiting\n"
           "155 visit b.op completed 145..155 from 145\n"
           "155 message q reordered 0 waiting\n"
           "155 message q acknowledged 0 waiting\n");
}

/* What arrives meanwhile is refused a connection; who waited for room at 105 has lost one. */
static void test_publishers_learn_that_a_queue_is_away(void **state)
{
    (void)state;
    const Scene late = {.brokers =
                            "'q': {'kind':'queue','publish_latency':'8ms','consumers':{'b.op':{}}}",
                        .link = ",'a -> b':{'mode':'async','via':'q'}",
                        .publish = "{'call':'b.op'}",
                        .more = AWAY};
    expect(&late, "attempt a|message",
           "108 message q rejected 0 waiting\n"
           "108 attempt a -> b #1 connect_failure async 100..108 last\n");
    const Scene blocked = {
        .brokers = "'q': {'kind':'queue','max_length':1,'overflow':'block','consumers':{}}",
        .publish = "{'publish':'q'},{'publish':'q'}",
        .more = AWAY};
    expect(&blocked, "visit|message",
           "100 message q published 1 waiting\n"
           "105 visit a.op failed 100..105 from 100 wasted\n"
           "125 message q unfinished 1 waiting\n");
}

/* Its deadline is at 110, and the broker looks when it is back. */
static void test_a_message_expires_when_its_broker_is_back(void **state)
{
    (void)state;
    const Scene scene = {.brokers = "'q': {'kind':'queue','message_ttl':'10ms','consumers':{}}",
                         .more = AWAY};
    expect(&scene, "message",
           "100 message q published 1 waiting\n"
           "125 message q expired 0 waiting\n");
}

static void test_at_most_once_a_broker_that_goes_away_forgets(void **state)
{
    (void)state;
    const Scene scene = {.publish = "{'publish':'q'},{'publish':'q'},{'publish':'q'}",
                         .brokers = "'q': {'kind':'queue','delivery':'at_most_once',"
                                    "'consumers':{'b.op':{'prefetch':2}}}",
                         .more = AWAY};
    expect(&scene, "lost|acknowledged|visit b",
           "100 message q acknowledged 1 waiting\n"
           "105 message q lost 1 waiting\n"
           "105 message q lost 0 waiting\n"
           "110 visit b.op completed 100..110 from 100\n");
}

/* The reply would be in its queue at 112. */
static void test_a_reply_to_a_queue_that_is_away_never_comes(void **state)
{
    (void)state;
    const Scene scene = {
        .publish = "{'call':'b.op'}",
        .brokers = "'r': {'kind':'queue','consumers':{'b.op':{}}},"
                   "'q': {'kind':'queue','publish_latency':'2ms'}",
        .link = ",'a -> b':{'mode':'async_reply','via':'r','reply_via':'q','timeout':'40ms'}",
        .more = AWAY};
    expect(&scene, "attempt a|message q|visit b",
           "110 visit b.op completed 100..110 from 100\n"
           "140 attempt a -> b #1 timeout 100..140 last\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_confirms_the_publisher_goes_on_at_once),
        cmocka_unit_test(test_without_confirms_a_refusal_is_not_heard),
        cmocka_unit_test(test_what_was_sent_arrives_although_its_publisher_gave_up),
        cmocka_unit_test(test_a_publisher_that_hangs_reads_its_confirm_when_it_wakes_up),
        cmocka_unit_test(test_a_message_expires_at_the_head_when_its_time_is_up),
        cmocka_unit_test(test_what_expires_goes_to_the_dead_letters),
        cmocka_unit_test(test_a_message_that_comes_back_keeps_its_time_to_live),
        cmocka_unit_test(test_a_dropped_head_goes_to_the_dead_letters),
        cmocka_unit_test(test_a_subscription_has_what_it_says_and_else_what_its_topic_says),
        cmocka_unit_test(test_the_highest_priority_is_next_and_equals_keep_their_order),
        cmocka_unit_test(test_a_full_queue_drops_from_its_highest_priority),
        cmocka_unit_test(test_messages_of_one_key_are_dealt_with_one_at_a_time_and_in_order),
        cmocka_unit_test(test_a_failed_message_holds_its_key_up_until_it_is_dealt_with),
        cmocka_unit_test(test_a_batch_begins_when_it_is_full_or_has_waited),
        cmocka_unit_test(test_without_a_window_a_batch_is_what_is_there),
        cmocka_unit_test(test_the_messages_of_a_failed_batch_come_again_each_by_itself),
        cmocka_unit_test(test_a_crash_gives_batches_back_too),
        cmocka_unit_test(test_who_polls_takes_what_waits_at_multiples_of_the_interval),
        cmocka_unit_test(test_a_poll_takes_as_much_as_prefetch_lets_it),
        cmocka_unit_test(test_a_poll_of_batches_takes_what_is_there),
        cmocka_unit_test(test_what_failed_waits_for_the_next_poll),
        cmocka_unit_test(test_a_large_message_holds_up_the_small_one_behind_it_each_way),
        cmocka_unit_test(test_each_delivery_takes_its_time_out_of_the_broker),
        cmocka_unit_test(test_a_batch_is_there_when_its_last_message_is),
        cmocka_unit_test(test_copies_of_a_topic_leave_one_after_the_other),
        cmocka_unit_test(test_a_poison_message_is_delivered_three_times),
        cmocka_unit_test(test_a_rejected_message_does_not_come_again),
        cmocka_unit_test(test_a_failure_can_be_left_to_the_redelivery_timeout),
        cmocka_unit_test(test_a_crash_with_five_prefetched_gives_all_five_back),
        cmocka_unit_test(test_a_crash_can_be_left_to_the_redelivery_timeout),
        cmocka_unit_test(test_what_comes_again_behind_a_later_one_is_out_of_order),
        cmocka_unit_test(test_at_most_once_a_message_for_nobody_is_lost),
        cmocka_unit_test(test_at_most_once_a_crash_loses_all_there_is),
        cmocka_unit_test(test_a_duplicate_that_is_known_at_its_end_has_no_effect),
        cmocka_unit_test(test_a_duplicate_that_is_known_at_its_beginning_is_not_processed),
        cmocka_unit_test(test_what_a_publisher_sends_twice_is_recognised),
        cmocka_unit_test(test_of_two_copies_that_run_at_once_one_has_an_effect),
        cmocka_unit_test(test_beyond_the_window_a_duplicate_is_not_recognised),
        cmocka_unit_test(test_a_filter_by_key_lets_its_keys_through),
        cmocka_unit_test(test_a_full_subscription_blocks_only_what_passes_its_filter),
        cmocka_unit_test(test_a_queue_that_goes_away_keeps_its_messages_and_delivers_again),
        cmocka_unit_test(test_publishers_learn_that_a_queue_is_away),
        cmocka_unit_test(test_a_message_expires_when_its_broker_is_back),
        cmocka_unit_test(test_at_most_once_a_broker_that_goes_away_forgets),
        cmocka_unit_test(test_a_reply_to_a_queue_that_is_away_never_comes),
    };
    return cmocka_run_group_tests_name("models/world_queues", tests, NULL, NULL);
}
