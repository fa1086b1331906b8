/* Same input, same bytes; and what does not concern a draw does not change it. */
#include <string.h>

#include "tests/support/cmocka_all.h"
#include "tests/support/outputs.h"
#include "tests/support/replications.h"
#include "tests/support/topology_text.h"

/* All files of all designs of a text with ' in place of ". */
static char *files_of_text(const char *text, uint32_t replications, uint32_t threads)
{
    g_autofree char *json = json_of(text);
    Replications runs;
    replications_run_json(&runs, json, NULL, replications, threads);
    char *folder = outputs_write(runs.result.study);
    char *files = outputs_read_all(folder);
    outputs_remove(folder);
    replications_clear(&runs);
    return files;
}

/* --- threads */

#define DESIGNS                                                                                    \
    "{'simulation': {'duration': '20s', 'warmup': '1s'}, 'services': {"                            \
    "'shop': {'threads': 20, 'operations': {'buy': {'steps': [{'compute': {'dist': 'gamma', "      \
    "'mean': '5ms', 'cv': 0.7}}, {'call': 'payment.charge'}]}}},"                                  \
    "'payment': {'threads': 6, 'replicas': 2, 'operations': {'charge': {'steps': [{'wait': "       \
    "{'dist': 'lognormal', 'mean': '50ms', 'cv': 1}}]}}}},"                                        \
    "'links': {'* -> *': {'latency': {'dist': 'exponential', 'mean': '1ms'}},"                     \
    " 'shop -> payment': {'per_try_timeout': '200ms', 'retry_policy': {'max_attempts': 2}}},"      \
    "'workloads': {'buyers': {'arrival': {'rate': 100}, 'mix': {'shop.buy': 1}}},"                 \
    "'faults': {'slow': {'type': 'slowdown', 'factor': 3, 'target': {'service': 'payment'}, "      \
    "'start': '5s', 'duration': '5s', 'mode': 'one'}},"                                            \
    "'designs': {'queue': {'patch': {'links': {'shop -> payment': {'mode': 'async', 'via': 'q', "  \
    "'per_try_timeout': null, 'retry_policy': null}}, 'brokers': {'q': {'kind': 'queue', "         \
    "'consumers': {'payment.charge': {'concurrency': 6}}}}}},"                                     \
    " 'more': {'patch': {'services': {'payment': {'replicas': 3}}}}}}"

static void assert_same_for_threads(uint32_t replications)
{
    g_autofree char *one = files_of_text(DESIGNS, replications, 1);
    for (uint32_t threads = 1; threads <= 3; threads++) {
        g_autofree char *again = files_of_text(DESIGNS, replications, threads);
        assert_same_text(again, one, "files");
    }
}

static void test_one_two_and_three_threads_write_the_same_bytes(void **state)
{
    (void)state;
    assert_same_for_threads(7);
}

static void test_threads_write_the_same_bytes_of_one_replication(void **state)
{
    (void)state;
    assert_same_for_threads(1);
}

static double mean_of_seed(const char *seed)
{
    g_autofree char *text = g_strdup_printf(
        "{'simulation': {'duration': '5s', 'seed': %s}, 'services': {'a': {'threads': 9, "
        "'operations': {'x': {'steps': [{'wait': {'dist': 'exponential', 'mean': '1ms'}}]}}}}, "
        "'links': {'w -> a': {}}, 'workloads': {'w': {'arrival': {'rate': 90}, 'mix': {'a.x': "
        "1}}}}",
        seed);
    g_autofree char *json = json_of(text);
    Replications runs;
    replications_run_json(&runs, json, NULL, 1, 1);
    double mean = sample_of(&runs, "base", SCOPE_WORKLOAD, "w", PHASE_ALL, "mean_ms").mean;
    replications_clear(&runs);
    return mean;
}

/* The upper half of a seed counts as well. */
static void test_another_seed_draws_anew(void **state)
{
    (void)state;
    assert_true(mean_of_seed("1") == mean_of_seed("'1'"));
    assert_true(mean_of_seed("1") != mean_of_seed("2"));
    assert_true(mean_of_seed("1") != mean_of_seed("'4294967297'"));
}

/* --- the wide tables: a row for each thing and replication */

static char *rows_of_text(const char *text)
{
    static const char *const files[] = {"requests.csv", "services.csv", "links.csv", "brokers.csv"};
    g_autofree char *json = json_of(text);
    Replications runs;
    replications_run_json(&runs, json, "base", 2, 1);
    char *folder = outputs_write(runs.result.study);
    GString *rows = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text_of_file = outputs_read(folder, files[i]);
        g_string_append(rows, text_of_file);
    }
    outputs_remove(folder);
    replications_clear(&runs);
    return g_string_free(rows, FALSE);
}

static guint line_count(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    return g_strv_length(lines);
}

static void assert_has_every_line(const char *text, const char *lines)
{
    g_auto(GStrv) wanted = g_strsplit(lines, "\n", -1);
    g_auto(GStrv) present = g_strsplit(text, "\n", -1);
    for (char **line = wanted; *line != NULL; line++) {
        if (!g_strv_contains((const char *const *)present, *line))
            fail_msg("this line has changed: %s", *line);
    }
}

#define SHOP                                                                                       \
    "'shop': {'threads': 9, 'operations': {'buy': {'steps': [{'compute': {'dist': 'exponential', " \
    "'mean': '5ms'}}, {'call': 'payment.charge'}, {'call': 'payment.check', 'probability': 0.5}]"  \
    "}}}"
#define PAYMENT                                                                                    \
    "'payment': {'threads': 3, 'replicas': 2, 'operations': {"                                     \
    "'charge': {'steps': [{'wait': {'dist': 'exponential', 'mean': '20ms'}}, {'fail': 0.1}]},"     \
    "'check': {'steps': [{'wait': {'dist': 'uniform', 'min': '1ms', 'max': '2ms'}}]}}}"
#define BUYERS "'buyers': {'arrival': {'rate': 60}, 'mix': {'shop.buy': 1, 'payment.check': 2}}"
#define CALLS                                                                                      \
    "'shop -> payment.charge': {'retry_policy': {'max_attempts': 3}}, 'shop -> payment': {"        \
    "'load_balancing': {'policy': 'random'}}, 'buyers -> payment': {}, 'buyers -> shop': "         \
    "{'latency': {'dist': 'gamma', "                                                               \
    "'mean': '1ms', 'cv': 1}}"
#define OTHERS                                                                                     \
    "'a_first': {'threads': 1, 'operations': {'x': {'steps': [{'wait': {'dist': 'exponential', "   \
    "'mean': '5ms'}}]}}}"
#define SIMULATION "'simulation': {'duration': '20s', 'warmup': '1s'}"

static void test_an_unrelated_service_changes_no_row_of_the_others(void **state)
{
    (void)state;
    g_autofree char *alone = rows_of_text("{" SIMULATION ", 'services': {" SHOP ", " PAYMENT
                                          "}, 'links': {" CALLS "}, 'workloads': {" BUYERS "}}");
    g_autofree char *together = rows_of_text(
        "{" SIMULATION ", 'services': {" OTHERS ", " SHOP ", " PAYMENT
        "}, 'links': {'a_users -> a_first': {}, " CALLS "}, 'workloads': {'a_users': {'arrival': "
        "{'rate': 50}, 'mix': {'a_first.x': 1}}, " BUYERS "}}");
    assert_has_every_line(together, alone);
    assert_true(line_count(together) > line_count(alone));
}

static void test_the_order_of_keys_in_the_file_changes_nothing(void **state)
{
    (void)state;
    g_autofree char *one = rows_of_text("{" SIMULATION ", 'services': {" OTHERS ", " SHOP
                                        ", " PAYMENT "}, 'links': {'a_users -> a_first': {}, " CALLS
                                        "}, 'workloads': {'a_users': {'arrival': "
                                        "{'rate': 50}, 'mix': {'a_first.x': 1}}, " BUYERS "}}");
    g_autofree char *other = rows_of_text(
        "{'workloads': {'buyers': {'mix': {'payment.check': 2, 'shop.buy': 1}, 'arrival': {'rate': "
        "60}}, 'a_users': {'mix': {'a_first.x': 1}, 'arrival': {'rate': 50}}},"
        "'links': {" CALLS ", 'a_users -> a_first': {}}, 'services': {" PAYMENT ", " SHOP
        ", " OTHERS "}, " SIMULATION "}");
    assert_same_text(other, one, "rows");
}

/* --- common random numbers */

/* Threads without end: what is measured of payment is what was drawn. */
#define FREE_PAYMENT(link, rest)                                                                   \
    "{'simulation': {'duration': '20s'}, 'services': {"                                            \
    "'shop': {'threads': 9000, 'operations': {'buy': {'steps': [{'compute': {'dist': "             \
    "'exponential', 'mean': '5ms'}}, {'call': 'payment.charge', 'times': 2}]}}},"                  \
    "'payment': {'threads': 9000, 'operations': {'charge': {'steps': [{'wait': {'dist': "          \
    "'lognormal', 'mean': '20ms', 'cv': 2}}]}}}},"                                                 \
    "'links': {'* -> *': {}, 'shop -> payment': {" link "}},"                                      \
    "'workloads': {'buyers': {'arrival': {'rate': 60}, 'mix': {'shop.buy': 1}}}" rest "}"

static void assert_same_charges(const char *text, uint64_t arrived)
{
    Replications runs, others;
    g_autofree char *sync = json_of(FREE_PAYMENT("", ""));
    g_autofree char *other = json_of(text);
    replications_run_json(&runs, sync, "base", 2, 1);
    replications_run_json(&others, other, "base", 2, 1);
    static const char *const metrics[] = {"arrived", "completed", "response_mean_ms",
                                          "response_p50_ms", "response_p99_ms"};
    for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++) {
        double one = sample_of(&runs, "base", SCOPE_SERVICE, "payment", PHASE_ALL, metrics[i]).mean;
        double two =
            sample_of(&others, "base", SCOPE_SERVICE, "payment", PHASE_ALL, metrics[i]).mean;
        if (one != two)
            fail_msg("%s of payment is %.17g, not %.17g", metrics[i], two, one);
        if (i == 0)
            assert_true(one > (double)arrived);
    }
    replications_clear(&runs);
    replications_clear(&others);
}

static void test_a_queue_leaves_the_times_of_its_consumer_alone(void **state)
{
    (void)state;
    assert_same_charges(
        FREE_PAYMENT("'mode': 'async', 'via': 'q'",
                     ", 'brokers': {'q': {'kind': 'queue', 'publish_latency': '5ms', "
                     "'consumers': {'payment.charge': {'concurrency': 5, 'prefetch': 10}}}}"),
        2000);
}

static void test_latency_and_retries_leave_the_times_of_the_callee_alone(void **state)
{
    (void)state;
    assert_same_charges(FREE_PAYMENT("'latency': {'dist': 'exponential', 'mean': '9ms'}, "
                                     "'retry_policy': {'max_attempts': 3}",
                                     ""),
                        2000);
    assert_same_charges(FREE_PAYMENT("'mode': 'async'", ""), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_two_and_three_threads_write_the_same_bytes),
        cmocka_unit_test(test_threads_write_the_same_bytes_of_one_replication),
        cmocka_unit_test(test_another_seed_draws_anew),
        cmocka_unit_test(test_an_unrelated_service_changes_no_row_of_the_others),
        cmocka_unit_test(test_the_order_of_keys_in_the_file_changes_nothing),
        cmocka_unit_test(test_a_queue_leaves_the_times_of_its_consumer_alone),
        cmocka_unit_test(test_latency_and_retries_leave_the_times_of_the_callee_alone),
    };
    return cmocka_run_group_tests_name("experiments/determinism", tests, NULL, NULL);
}
