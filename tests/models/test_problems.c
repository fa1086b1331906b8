#include "models/problems.h"

#include <string.h>

#include "tests/support/document_text.h"

static void test_problems_are_sorted_by_place(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    problems_add(problems, "b.json", 1, 1, "/x", g_strdup("fifth"));
    problems_add(problems, "a.json", 10, 2, "", g_strdup("fourth"));
    problems_add(problems, "a.json", 9, 12, "/y", g_strdup("third"));
    problems_add(problems, "a.json", 9, 3, "/y", g_strdup("second"));
    problems_add(problems, "a.json", 0, 0, "", g_strdup("first"));
    assert_problems(problems, "a.json: first\na.json:9:3: /y: second\na.json:9:12: /y: third\n"
                              "a.json:10:2: fourth\nb.json:1:1: /x: fifth\n");
}

static void test_problems_of_one_place_stay_in_the_order_found(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    problems_add(problems, "a", 1, 1, "", g_strdup("z"));
    problems_add(problems, "a", 1, 1, "", g_strdup("a"));
    assert_problems(problems, "a:1:1: z\na:1:1: a\n");
}

static void test_the_same_problem_is_reported_once(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    problems_add(problems, "a", 1, 2, "/links/x", g_strdup("wrong"));
    problems_add(problems, "a", 1, 2, "/links/y", g_strdup("wrong"));
    problems_add(problems, "a", 0, 0, "", g_strdup("of the file"));
    problems_add(problems, "a", 0, 0, "", g_strdup("of the file"));
    assert_int_equal(problems->count, 3);
}

static void test_more_than_twenty_are_counted(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    for (unsigned i = 1; i <= 50; i++) {
        assert_int_equal(problems_are_full(problems), i > PROBLEMS_SHOWN_MAX);
        problems_add(problems, "a", i, 1, "", g_strdup("wrong"));
    }
    g_autofree char *text = problems_format(problems);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    assert_int_equal(g_strv_length(lines), PROBLEMS_SHOWN_MAX + 2);
    assert_string_equal(lines[PROBLEMS_SHOWN_MAX],
                        "50 problems in all; the first 20 found are shown");
}

typedef struct Escape {
    const char *message, *shown;
} Escape;

static void test_what_a_terminal_would_obey_is_escaped(void **state)
{
    (void)state;
    const Escape escapes[] = {
        {"a\x1b[31mb", "a\\u{1b}[31mb"}, /* colour */
        {"a\nb\tc", "a\\u{a}b\\u{9}c"},  /* lines */
        {"a\xe2\x80\xae"
         "b",
         "a\\u{202e}b"}, /* right to left */
        {"a\xe2\x80\x8b"
         "b",
         "a\\u{200b}b"}, /* zero width */
        {"\xc2\x9b"
         "1m",
         "\\u{9b}1m"},                 /* C1 */
        {"\xe2\x80\xa8", "\\u{2028}"}, /* line separator */
        {"\x7f", "\\u{7f}"},
        {"a\xff"
         "b",
         "a\\xffb"}, /* no UTF-8 */
        {"K\xc3\xa4se \xe2\x82\xac \xf0\x9f\x8c\x80", "K\xc3\xa4se \xe2\x82\xac \xf0\x9f\x8c\x80"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(escapes); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autofree char *expected = g_strdup_printf("a:1:1: %s\n", escapes[i].shown);
        problems_add(problems, "a", 1, 1, "", g_strdup(escapes[i].message));
        assert_problems(problems, expected);
    }
}

static void test_long_texts_are_cut(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autofree char *pointer = g_strnfill(20000, 'p');
    problems_add(problems, "a", 1, 1, pointer, g_strnfill(20000, 'm'));
    g_autofree char *text = problems_format(problems);
    assert_true(strlen(text) < 1000);
    assert_non_null(strstr(text, "ppp...: mmm"));
    assert_true(g_str_has_suffix(text, "mmm...\n"));
}

typedef struct Near {
    const char *name, *nearest; /* NULL: none is near */
} Near;

static void test_the_nearest_name_is_found(void **state)
{
    (void)state;
    const char *const names[] = {"timeout", "per_try_timeout", "retry_policy", "mode", "via",
                                 "a",       "round_robin",     "random"};
    const Near cases[] = {
        {"timout", "timeout"},
        {"tiemout", "timeout"},
        {"Timeout", "timeout"},
        {"TIMEOUT", "timeout"},
        {"per_try_timout", "per_try_timeout"},
        {"retry-policy", "retry_policy"},
        {"retries", NULL},
        {"mod", "mode"},
        {"vai", "via"},
        {"b", NULL},
        {"", NULL},
        {"rond_robin", "round_robin"},
        {"roundrobin", "round_robin"},
        {"completely_different", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *nearest = problems_nearest(cases[i].name, names, G_N_ELEMENTS(names));
        if (g_strcmp0(nearest, cases[i].nearest) != 0)
            fail_msg("%s: %s", cases[i].name, nearest != NULL ? nearest : "(none)");
    }
}

static void test_of_equally_near_names_the_first_is_taken(void **state)
{
    (void)state;
    const char *const names[] = {"card", "cart", "care"};
    assert_string_equal(problems_nearest("carx", names, 3), "card");
    assert_string_equal(problems_nearest("cart", names, 3), "cart");
}

static void test_very_long_names_have_no_neighbours(void **state)
{
    (void)state;
    g_autofree char *name = g_strnfill(5000, 'x');
    const char *const names[] = {name};
    assert_null(problems_nearest(name, names, 1));
    assert_null(problems_nearest("xxxx", names, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problems_are_sorted_by_place),
        cmocka_unit_test(test_problems_of_one_place_stay_in_the_order_found),
        cmocka_unit_test(test_the_same_problem_is_reported_once),
        cmocka_unit_test(test_more_than_twenty_are_counted),
        cmocka_unit_test(test_what_a_terminal_would_obey_is_escaped),
        cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_the_nearest_name_is_found),
        cmocka_unit_test(test_of_equally_near_names_the_first_is_taken),
        cmocka_unit_test(test_very_long_names_have_no_neighbours),
    };
    return cmocka_run_group_tests_name("models/problems", tests, NULL, NULL);
}
