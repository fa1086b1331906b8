/* Files that are made to be large: an answer within 5 s of computing, whatever they are, and
 * without an abort. */
#include <glib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "models/topology.h"
#include "tests/support/cmocka_all.h"

#ifdef __SANITIZE_ADDRESS__
#define SECONDS    50.0 /* sanitizers take their time, */
#define MEMORY_MAX 4000 /* and memory */
#else
#define SECONDS    5.0
#define MEMORY_MAX 256 /* MB, of the process at its peak */
#endif

#define LINKS     "\"links\": {\"* -> *\": {\"latency\": \"1ms\"}},"
#define WORKLOADS "\"workloads\": {\"w\": {\"arrival\": {\"rate\": 1}, \"mix\": {\"s0.x\": 1}}}"

/* The first line of what is said, or "accepted". */
static char *answer(const char *text, size_t length)
{
    g_autoptr(Problems) problems = problems_new();
    clock_t start = clock();
    g_autoptr(Document) document = document_parse("t.json", ".", text, length, problems);
    g_autoptr(Topology) topology =
        document == NULL ? NULL : topology_read(document, NULL, problems);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds > SECONDS)
        fail_msg("took %.1f s", seconds);
    if (topology != NULL)
        return g_strdup("accepted");
    g_autofree char *all = problems_format(problems);
    return g_strndup(all, strcspn(all, "\n"));
}

static void assert_answer(GString *text, const char *expected)
{
    g_autofree char *got = answer(text->str, text->len);
    g_string_free(text, TRUE);
    if (strstr(got, expected) == NULL)
        fail_msg("not \"%s\" but \"%s\"", expected, got);
}

static void add_service(GString *text, unsigned index, const char *steps)
{
    g_string_append_printf(
        text, "%s\"s%u\": {\"threads\": 1, \"operations\": {\"x\": {\"steps\": [%s]}}}",
        index > 0 ? "," : "", index, steps);
}

/* Services of 16,000 steps each, up to a length. */
static GString *services_of_steps(size_t length)
{
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    GString *steps = g_string_new("{\"wait\": \"1ms\"}");
    for (int i = 1; i < 16000; i++)
        g_string_append(steps, ",{\"wait\": \"1ms\"}");
    for (unsigned i = 0; text->len + steps->len < length; i++)
        add_service(text, i, steps->str);
    g_string_append(text, "}}");
    g_string_free(steps, TRUE);
    return text;
}

static void test_sixteen_megabytes_of_steps_have_too_many_values(void **state)
{
    (void)state;
    GString *text = services_of_steps(DOCUMENT_BYTES_MAX - 100);
    assert_true(text->len > DOCUMENT_BYTES_MAX - (1u << 20));
    assert_answer(text, "1000000 values");
}

static void test_nearly_a_million_values_are_read(void **state)
{
    (void)state;
    assert_answer(services_of_steps(7900000), "accepted");
}

static void test_memory_has_stayed_small(void **state)
{
    (void)state;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (usage.ru_maxrss / 1024 > MEMORY_MAX)
        fail_msg("%ld MB", usage.ru_maxrss / 1024);
}

static void test_sixteen_megabytes_of_padding_are_read(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    add_service(text, 0, "");
    g_string_append(text, "}}");
    while (text->len < DOCUMENT_BYTES_MAX)
        g_string_append_c(text, ' ');
    assert_answer(text, "accepted");
}

static void test_more_than_sixteen_megabytes_are_refused(void **state)
{
    (void)state;
    GString *text = g_string_sized_new(DOCUMENT_BYTES_MAX + 1);
    while (text->len < DOCUMENT_BYTES_MAX + 1)
        g_string_append_c(text, ' ');
    assert_answer(text, "16");
}

static void test_ten_thousand_services_are_read(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    for (unsigned i = 0; i < SERVICES_MAX; i++) {
        g_autofree char *step = g_strdup_printf("{\"call\": \"s%u.x\"}", i + 1);
        add_service(text, i, i + 1 < SERVICES_MAX ? step : "");
    }
    g_string_append(text, "}}");
    assert_answer(text, "accepted");
}

static void test_more_services_are_refused(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    for (unsigned i = 0; i <= SERVICES_MAX; i++)
        add_service(text, i, "");
    g_string_append(text, "}}");
    assert_answer(text, "/services: must have at most 10000 services, got 10001");
}

static void test_a_hundred_thousand_unknown_names_are_answered(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    GString *steps = g_string_new("{\"call\": \"none.x\"}");
    for (int i = 0; i < 100; i++)
        g_string_append_printf(steps, ", {\"call\": \"s%d.unknown\"}", i);
    for (unsigned i = 0; i < 1000; i++)
        add_service(text, i, steps->str);
    g_string_append(text, "}}");
    g_string_free(steps, TRUE);
    assert_answer(text, "no operation is called \"none.x\"");
}

/* 2^16 names of 16 pairs of letters, all equal to the usual hash of strings (33 * hash + letter).
 */
static void test_names_that_are_made_to_collide_are_no_trouble(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS
                                 ", \"services\": {\"s0\": {\"threads\": 1, \"operations\": "
                                 "{\"x\": {\"steps\": []}");
    for (unsigned i = 0; i < 1u << 16; i++) {
        g_string_append(text, ", \"");
        for (unsigned bit = 0; bit < 16; bit++)
            g_string_append(text, (i >> bit & 1) != 0 ? "ab" : "bA");
        g_string_append(text, "\": {\"steps\": []}");
    }
    g_string_append(text, "}}}}");
    assert_answer(text, "accepted");
}

static void test_more_operations_than_allowed_are_refused(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    for (unsigned i = 0; i < 20; i++) {
        g_string_append_printf(text, "%s\"s%u\": {\"threads\": 1, \"operations\": {",
                               i > 0 ? "," : "", i);
        for (unsigned k = 0; k < 20000; k++)
            g_string_append_printf(text, "%s\"o%u\": {\"steps\": []}", k > 0 ? "," : "", k);
        g_string_append(text, "}}");
    }
    g_string_append(text, "}}");
    assert_answer(text, "/services: must have at most 100000 operations in all");
}

/* Each of the links needs the samples of "* -> *", and changes something about them. */
static void test_merging_long_lists_into_many_links_is_bounded(void **state)
{
    (void)state;
    GString *text = g_string_new("{" WORKLOADS ", \"links\": {\"* -> *\": {\"latency\": {\"dist\": "
                                 "\"empirical\", \"samples\": [\"1ms\"");
    for (int i = 0; i < 20000; i++)
        g_string_append(text, ", \"2ms\"");
    g_string_append(text, "]}}");
    for (unsigned i = 0; i + 1 < 2000; i++)
        g_string_append_printf(text, ", \"s%u -> s%u\": {\"latency\": {\"shift\": \"1ms\"}}", i,
                               i + 1);
    g_string_append(text, "}, \"services\": {");
    for (unsigned i = 0; i < 2000; i++) {
        g_autofree char *step = g_strdup_printf("{\"call\": \"s%u.x\"}", i + 1);
        add_service(text, i, i + 1 < 2000 ? step : "");
    }
    g_string_append(text, "}}");
    assert_answer(text, "too many values are merged");
}

/* The same without changes: the samples are read once. */
static void test_sharing_a_long_list_among_many_links_is_cheap(void **state)
{
    (void)state;
    GString *text = g_string_new("{" WORKLOADS ", \"links\": {\"* -> *\": {\"latency\": {\"dist\": "
                                 "\"empirical\", \"samples\": [\"1ms\"");
    for (int i = 0; i < 20000; i++)
        g_string_append(text, ", \"2ms\"");
    g_string_append(text, "]}}");
    for (unsigned i = 0; i + 1 < 2000; i++)
        g_string_append_printf(text, ", \"s%u -> s%u\": {\"timeout\": \"1s\"}", i, i + 1);
    g_string_append(text, "}, \"services\": {");
    for (unsigned i = 0; i < 2000; i++) {
        g_autofree char *step = g_strdup_printf("{\"call\": \"s%u.x\"}", i + 1);
        add_service(text, i, i + 1 < 2000 ? step : "");
    }
    g_string_append(text, "}}");
    assert_answer(text, "accepted");
}

/* Everyone calls everyone, just below where it would not end. */
static void test_a_dense_circle_of_calls_is_answered(void **state)
{
    (void)state;
    GString *text = g_string_new("{" LINKS WORKLOADS ", \"services\": {");
    for (unsigned i = 0; i < 300; i++) {
        GString *steps = g_string_new(NULL);
        for (unsigned k = 0; k < 300; k++)
            g_string_append_printf(steps, "%s{\"call\": \"s%u.x\", \"probability\": 0.003333}",
                                   k > 0 ? "," : "", k);
        add_service(text, i, steps->str);
        g_string_free(steps, TRUE);
    }
    g_string_append(text, "}}");
    assert_answer(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sixteen_megabytes_of_steps_have_too_many_values),
        cmocka_unit_test(test_nearly_a_million_values_are_read),
        cmocka_unit_test(test_sixteen_megabytes_of_padding_are_read),
        cmocka_unit_test(test_more_than_sixteen_megabytes_are_refused),
        cmocka_unit_test(test_ten_thousand_services_are_read),
        cmocka_unit_test(test_more_services_are_refused),
        cmocka_unit_test(test_a_hundred_thousand_unknown_names_are_answered),
        cmocka_unit_test(test_names_that_are_made_to_collide_are_no_trouble),
        cmocka_unit_test(test_more_operations_than_allowed_are_refused),
        cmocka_unit_test(test_merging_long_lists_into_many_links_is_bounded),
        cmocka_unit_test(test_sharing_a_long_list_among_many_links_is_cheap),
        cmocka_unit_test(test_a_dense_circle_of_calls_is_answered),
        cmocka_unit_test(test_memory_has_stayed_small),
    };
    return cmocka_run_group_tests_name("models/hostile_topologies", tests, NULL, NULL);
}
