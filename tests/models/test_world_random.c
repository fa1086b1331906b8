/* What is drawn, and when: the same again, the same in other designs. */
#include <string.h>

#include "tests/support/cmocka_all.h"
#include "tests/support/topology_text.h"
#include "tests/support/trace.h"

#define SHOP(links, more)                                                                          \
    "{'simulation': {'duration': '2s'},"                                                           \
    " 'services': {" more "   'a': {'threads': 50, 'operations': {'op': {'steps': ["               \
    "     {'compute': {'dist': 'exponential', 'mean': '1ms'}}, {'call': 'b.op'}]}}},"              \
    "   'b': {'threads': 50, 'operations': {'op': {'steps': ["                                     \
    "     {'compute': {'dist': 'lognormal', 'mean': '5ms', 'cv': 1}}]}}}},"                        \
    " 'links': {'* -> *': {'latency': {'dist': 'exponential', 'mean': '1ms'}}" links "},"          \
    " 'workloads': {'u': {'arrival': {'rate': 100}, 'mix': {'a.op': 1}}}}"

static char *lines_of(const char *text, const char *only)
{
    g_autoptr(Topology) topology = read_topology(text, NULL);
    return trace_run(topology, only);
}

static void test_the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    g_autofree char *first = lines_of(SHOP("", ""), NULL);
    g_autofree char *second = lines_of(SHOP("", ""), NULL);
    assert_true(strlen(first) > 1000);
    assert_string_equal(first, second);
}

static void test_a_service_more_leaves_the_others_alone(void **state)
{
    (void)state;
    g_autofree char *without = lines_of(SHOP("", ""), NULL);
    g_autofree char *with = lines_of(
        SHOP("", "'z': {'threads': 1, 'operations': {'op': {'steps': [{'compute': '1ms'}]}}},"),
        NULL);
    assert_string_equal(without, with);
}

/* "visit b.op completed 12.5..17.25 from 12.5" -> lengths of service, in the order of the requests'
 * arrival at a service that never queues: sorted, since arrivals may pass each other on the way. */
static int compare_lengths(const void *a, const void *b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return (x > y) - (x < y);
}

static GArray *service_times(const char *text)
{
    g_autofree char *lines = lines_of(text, "visit b.op");
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);
    GArray *lengths = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (char **line = split; **line != '\0'; line++) {
        const char *dots = strstr(*line, "..");
        const char *from = strstr(*line, "from ");
        assert_non_null(dots);
        assert_non_null(from);
        double length = g_ascii_strtod(dots + 2, NULL) - g_ascii_strtod(from + 5, NULL);
        /* Printed with six digits: compared to a hundredth of a millisecond. */
        gint64 rounded = (gint64)(length * 100 + 0.5);
        g_array_append_val(lengths, rounded);
    }
    qsort(lengths->data, lengths->len, sizeof(gint64), compare_lengths);
    return lengths;
}

static void assert_same_service_times(const char *one, const char *other)
{
    g_autoptr(GArray) first = service_times(one);
    g_autoptr(GArray) second = service_times(other);
    assert_true(first->len > 100);
    assert_int_equal(first->len, second->len);
    for (guint i = 0; i < first->len; i++)
        assert_true(ABS(g_array_index(first, gint64, i) - g_array_index(second, gint64, i)) <= 1);
}

static void test_a_request_meets_the_same_service_time_behind_a_policy(void **state)
{
    (void)state;
    assert_same_service_times(
        SHOP("", ""),
        SHOP(
            ", 'a -> b': {'timeout': '1s', 'latency': '20ms', 'retry_policy': {'max_attempts': 3}}",
            ""));
}

static void test_a_request_meets_the_same_service_time_through_a_queue(void **state)
{
    (void)state;
    assert_same_service_times(
        SHOP("", ""), SHOP(", 'a -> b': {'mode': 'async', 'via': 'q'}}, 'brokers': {'q': {'kind': "
                           "'queue', 'consumers': {'b.op': {'concurrency': 50}}}",
                           ""));
}

/* --- permanent failures */

static guint count_of(const char *lines, const char *what)
{
    guint count = 0;
    for (const char *at = strstr(lines, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

/* 200 requests on average, of which four in ten fail: 80, and a standard deviation of 9. */
#define FAILING(links, more)                                                                       \
    "{'simulation': {'duration': '2s'},"                                                           \
    " 'services': {'a': {'threads': 50, 'operations': {'op': {'steps': [{'call': 'b.op'}]}}},"     \
    "   'b': {'threads': 50, 'operations': {'op': {'steps': ["                                     \
    "     {'fail': 0.4, 'permanent': true}]}}}},"                                                  \
    " 'links': {'* -> *': {'latency': '1ms'}" links "}," more                                      \
    " 'workloads': {'u': {'arrival': {'rate': 100}, 'mix': {'a.op': 1}}}}"

static void test_a_permanent_failure_meets_all_attempts_of_a_request_or_none(void **state)
{
    (void)state;
    g_autofree char *lines = lines_of(
        FAILING(", 'a -> b': {'retry_policy': {'max_attempts': 3, 'backoff': {'type': 'none'}}}",
                ""),
        "attempt a -> b");
    guint failed = count_of(lines, "#3 error");
    assert_true(failed > 80 - 5 * 9 && failed < 80 + 5 * 9);
    assert_int_equal(count_of(lines, "#1 error"), failed);
    assert_int_equal(count_of(lines, "#2 error"), failed);
    assert_int_equal(count_of(lines, "#2 success") + count_of(lines, "#3 success"), 0);
    assert_true(count_of(lines, "#1 success") > 0);
}

/* Whatever brings it: the same requests fail over a queue, at each of three deliveries. */
static void test_a_permanent_failure_is_the_same_in_other_designs(void **state)
{
    (void)state;
    g_autofree char *calls = lines_of(FAILING("", ""), "attempt a -> b");
    g_autofree char *messages =
        lines_of(FAILING(", 'a -> b': {'mode': 'async', 'via': 'q'}",
                         "'brokers': {'q': {'kind': 'queue', 'consumers': {'b.op': {'concurrency':"
                         " 50, 'max_deliveries': 3}}}},"),
                 "message");
    guint failed = count_of(calls, "#1 error");
    assert_true(failed > 0);
    assert_int_equal(count_of(messages, "q dropped"), failed);
    assert_int_equal(count_of(messages, "q redelivered"), 2 * failed);
    assert_int_equal(count_of(messages, "q acknowledged"), count_of(calls, "#1 success"));
}

/* --- dead letters */

/* 200 messages on average, of which half fail, and half of these again: 50, and a standard
 * deviation of 7. */
#define TWO_CHANCES(first, second)                                                                 \
    "{'simulation': {'duration': '2s'},"                                                           \
    " 'services': {'a': {'threads': 50, 'operations': {'op': {'steps': [{'publish': 'q'}]}}},"     \
    "   'b': {'threads': 50, 'operations': {'op': {'steps': [{'fail': 0.5}]}}}},"                  \
    " 'links': {'* -> *': {}}, 'brokers': {'q': {" first "}, 'again': {" second "}},"              \
    " 'workloads': {'u': {'arrival': {'rate': 100}, 'mix': {'a.op': 1}}}}"

static void test_a_dead_letter_has_luck_of_its_own(void **state)
{
    static const char *const texts[] = {
        TWO_CHANCES("'kind': 'queue', 'consumers': {'b.op': {'max_deliveries': 1, "
                    "'dead_letter': 'again'}}",
                    "'kind': 'queue', 'consumers': {'b.op': {'max_deliveries': 1}}"),
        TWO_CHANCES("'kind': 'stream', 'partitions': 2, 'consumer_groups': {'g': {'operation': "
                    "'b.op', 'max_deliveries': 1, 'dead_letter': 'again'}}",
                    "'kind': 'stream', 'partitions': 2, 'consumer_groups': {'g': {'operation': "
                    "'b.op', 'max_deliveries': 1}}"),
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *lines = lines_of(texts[i], "message");
        guint failed = count_of(lines, "q dead-lettered") + count_of(lines, "q/g dead-lettered");
        guint twice = count_of(lines, "again dropped") + count_of(lines, "again/g dropped");
        assert_true(failed > 100 - 5 * 10 && failed < 100 + 5 * 10);
        assert_true(twice > 50 - 5 * 7 && twice < 50 + 5 * 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_seed_gives_the_same_run),
        cmocka_unit_test(test_a_service_more_leaves_the_others_alone),
        cmocka_unit_test(test_a_request_meets_the_same_service_time_behind_a_policy),
        cmocka_unit_test(test_a_request_meets_the_same_service_time_through_a_queue),
        cmocka_unit_test(test_a_permanent_failure_meets_all_attempts_of_a_request_or_none),
        cmocka_unit_test(test_a_permanent_failure_is_the_same_in_other_designs),
        cmocka_unit_test(test_a_dead_letter_has_luck_of_its_own),
    };
    return cmocka_run_group_tests_name("models/world_random", tests, NULL, NULL);
}
