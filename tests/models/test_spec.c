#include "models/spec.h"

#include <string.h>

#include "tests/support/document_text.h"

/* A document and its root, for one test. */
typedef struct Fixture {
    Problems *problems;
    Document *document;
    Spec root;
} Fixture;

static void fixture_init(Fixture *fixture, const char *text)
{
    fixture->problems = problems_new();
    fixture->document = parse_text(text, fixture->problems);
    assert_non_null(fixture->document);
    fixture->root = spec_root(fixture->document, fixture->problems);
}

static void fixture_clear(Fixture *fixture)
{
    document_free(fixture->document);
    problems_free(fixture->problems);
}

/* Problems found so far, which must be these, and the end of the fixture. */
static void fixture_finish(Fixture *fixture, const char *expected)
{
    assert_problems(fixture->problems, expected);
    fixture_clear(fixture);
}

/* --- members --- */

static void test_a_member_that_was_read_is_known(void **state)
{
    (void)state;
    Fixture fixture;
    Spec child;
    fixture_init(&fixture, "{\"a\": 1, \"b\": 2}");
    assert_true(spec_has(&fixture.root, "a"));
    assert_false(spec_has(&fixture.root, "A"));
    assert_true(spec_member(&fixture.root, "a", &child));
    assert_true(spec_member(&fixture.root, "b", &child));
    assert_false(spec_member(&fixture.root, "c", &child));
    assert_true(spec_finish(&fixture.root, NULL, 0));
    fixture_finish(&fixture, "");
}

static void test_a_member_that_was_not_read_is_reported_with_a_suggestion(void **state)
{
    (void)state;
    Fixture fixture;
    const char *const keys[] = {"timeout", "mode"};
    fixture_init(&fixture,
                 "{\"a/b\": {\n  \"timout\": 1,\n  \"other\": 2,\n \"description\": \"x\"}}");
    Spec child;
    assert_true(spec_member(&fixture.root, "a/b", &child));
    assert_true(spec_has(&child, "timout")); /* looking does not consume */
    assert_false(spec_finish(&child, keys, 2));
    fixture_finish(&fixture,
                   "t.json:2:3: /a~1b/timout: unknown key \"timout\"; did you mean \"timeout\"?\n"
                   "t.json:3:3: /a~1b/other: unknown key \"other\"; the keys here are timeout, "
                   "mode\n");
}

static void test_a_description_is_a_text(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, "{\"description\": 5}");
    assert_false(spec_finish(&fixture.root, NULL, 0));
    fixture_finish(&fixture, "t.json:1:17: /description: must be a string, got 5\n");
}

static void test_many_unknown_keys_are_counted_without_searching_names(void **state)
{
    (void)state;
    GString *text = g_string_new("{\"x\":0");
    for (unsigned i = 0; i < 100000; i++)
        g_string_append_printf(text, ",\"key%u\":0", i);
    g_string_append_c(text, '}');
    Fixture fixture;
    fixture_init(&fixture, text->str);
    g_string_free(text, TRUE);
    const char *const keys[] = {"timeout"};
    assert_false(spec_finish(&fixture.root, keys, 1));
    assert_int_equal(fixture.problems->count, 100001);
    assert_int_equal(fixture.problems->list->len, PROBLEMS_SHOWN_MAX);
    fixture_clear(&fixture);
}

static void test_children_come_in_document_order_without_descriptions(void **state)
{
    (void)state;
    Fixture fixture;
    Spec child;
    GString *names = g_string_new(NULL);
    fixture_init(&fixture, "{\"z\": 1, \"description\": \"x\", \"a\": 2, \"m\": 3}");
    assert_int_equal(spec_size(&fixture.root), 3);
    for (bool more = spec_first(&fixture.root, &child); more; more = spec_next(&child))
        g_string_append(names, child.name);
    assert_string_equal(names->str, "zam");
    assert_true(spec_finish(&fixture.root, NULL, 0));
    g_string_free(names, TRUE);
    fixture_finish(&fixture, "");
}

static void test_elements_are_named_by_their_index(void **state)
{
    (void)state;
    Fixture fixture;
    Spec list, element;
    fixture_init(&fixture, "{\"l\": [10, 20,\n30]}");
    assert_true(spec_member(&fixture.root, "l", &list));
    assert_int_equal(spec_size(&list), 3);
    for (bool more = spec_first(&list, &element); more; more = spec_next(&element))
        spec_problem(&element, "x");
    fixture_finish(&fixture, "t.json:1:8: /l/0: x\nt.json:1:12: /l/1: x\nt.json:2:1: /l/2: x\n");
}

static void test_an_empty_object_has_no_children(void **state)
{
    (void)state;
    Fixture fixture;
    Spec child;
    fixture_init(&fixture, "{}");
    assert_false(spec_first(&fixture.root, &child));
    assert_int_equal(spec_size(&fixture.root), 0);
    fixture_finish(&fixture, "");
}

static void test_a_problem_can_stand_at_the_key(void **state)
{
    (void)state;
    Fixture fixture;
    Spec child;
    fixture_init(&fixture, "{\"a\":\n1}");
    assert_true(spec_member(&fixture.root, "a", &child));
    assert_false(spec_problem_at_key(&child, "%d", 5));
    assert_false(spec_problem(&child, "%d", 6));
    fixture_finish(&fixture, "t.json:1:2: /a: 5\nt.json:2:1: /a: 6\n");
}

static void test_an_unknown_name_is_answered_by_the_nearest_or_by_a_short_list(void **state)
{
    (void)state;
    Fixture fixture;
    const char *const names[] = {"cart", "payment", "mail", "ads", "a5", "a6", "a7",
                                 "a8",   "a9",      "b1",   "b2",  "b3", "b4"};
    fixture_init(&fixture, "1");
    spec_unknown_name(&fixture.root, "service", "crat", names, 3);
    spec_unknown_name(&fixture.root, "service", "frontend", names, 3);
    spec_unknown_name(&fixture.root, "service", "frontends", names, 13);
    spec_unknown_name(&fixture.root, "service", "none", names, 0);
    fixture_finish(&fixture,
                   "t.json:1:1: no service is called \"crat\"; did you mean \"cart\"?\n"
                   "t.json:1:1: no service is called \"frontend\"; there are: cart, payment, mail\n"
                   "t.json:1:1: no service is called \"frontends\"\n"
                   "t.json:1:1: no service is called \"none\"\n");
}

/* --- values --- */

/* What a getter says to the value x of {"x": text}; "" when it is content. */
static void assert_says(const char *text, bool (*get)(const Spec *spec), const char *expected)
{
    Fixture fixture;
    Spec value;
    g_autofree char *object = g_strdup_printf("{\"x\":%s}", text);
    g_autofree char *line =
        expected[0] != '\0' ? g_strdup_printf("t.json:1:6: /x: %s\n", expected) : g_strdup("");
    fixture_init(&fixture, object);
    assert_true(spec_member(&fixture.root, "x", &value));
    assert_int_equal(get(&value), expected[0] == '\0');
    fixture_finish(&fixture, line);
}

typedef struct Answer {
    const char *text, *says;
} Answer;

static void assert_answers(const Answer *answers, size_t count, bool (*get)(const Spec *spec))
{
    for (size_t i = 0; i < count; i++)
        assert_says(answers[i].text, get, answers[i].says);
}

static bool get_threads(const Spec *spec)
{
    int64_t value;
    return spec_get_integer(spec, 1, 100000, &value);
}

static void test_integers_are_whole_and_in_range(void **state)
{
    (void)state;
    const Answer answers[] = {
        {"1", ""},
        {"100000", ""},
        {"1e3", ""},
        {"16.0", ""},
        {"0", "must be from 1 to 100000, got 0"},
        {"-1", "must be from 1 to 100000, got -1"},
        {"100001", "must be from 1 to 100000, got 100001"},
        {"1e300", "must be from 1 to 100000, got 1e300"},
        {"99999999999999999999", "must be from 1 to 100000, got 99999999999999999999"},
        {"2.5", "must be a whole number from 1 to 100000, got 2.5"},
        {"\"4\"", "must be a whole number from 1 to 100000, got \"4\""},
        {"null", "must be a whole number from 1 to 100000, got null"},
        {"[]", "must be a whole number from 1 to 100000, got a list"},
        {"{}", "must be a whole number from 1 to 100000, got an object"},
        {"true", "must be a whole number from 1 to 100000, got true"},
    };
    assert_answers(answers, G_N_ELEMENTS(answers), get_threads);
}

static bool get_percent(const Spec *spec)
{
    double value;
    return spec_get_number(spec, 0, 100, &value);
}

static bool get_rate(const Spec *spec)
{
    double value;
    return spec_get_number(spec, 2.2250738585072014e-308, 1e308, &value);
}

static bool get_factor(const Spec *spec)
{
    double value;
    return spec_get_number(spec, 0.5, 1e308, &value);
}

static void test_numbers_are_in_range(void **state)
{
    (void)state;
    const Answer percents[] = {
        {"0", ""},
        {"99.99", ""},
        {"100", ""},
        {"100.5", "must be from 0 to 100, got 100.5"},
        {"\"5\"", "must be a number from 0 to 100, got \"5\""},
    };
    assert_answers(percents, G_N_ELEMENTS(percents), get_percent);
    assert_says("0", get_rate, "must be above 0, got 0");
    assert_says("false", get_rate, "must be a number above 0, got false");
    assert_says("0.25", get_factor, "must be at least 0.5, got 0.25");
}

static bool get_timeout(const Spec *spec)
{
    SimTime value;
    return spec_get_duration(spec, SIM_TIME_MS, SIM_TIME_S, &value);
}

static void test_durations_have_a_unit(void **state)
{
    (void)state;
    const Answer answers[] = {
        {"\"1ms\"", ""},
        {"\"1s\"", ""},
        {"20", "must be a duration with a unit such as \"20ms\", got 20"},
        {"\"20\"", "must be a duration with a unit such as \"20ms\", got \"20\""},
        {"\"fast\"", "must be a duration with a unit such as \"20ms\", got \"fast\""},
        {"\"\"", "must be a duration with a unit such as \"20ms\", got \"\""},
        {"\".5s\"", "must be a duration with a unit such as \"20ms\", got \".5s\""},
        {"\"5.s\"", "must be a duration with a unit such as \"20ms\", got \"5.s\""},
        {"true", "must be a duration with a unit such as \"20ms\", got true"},
        {"\"5 ms\"", "must end in one of the units ns, us, ms, s, m or h, got \"5 ms\""},
        {"\"5sec\"", "must end in one of the units ns, us, ms, s, m or h, got \"5sec\""},
        {"\"5MS\"", "must end in one of the units ns, us, ms, s, m or h, got \"5MS\""},
        {"\"1e3ms\"", "must end in one of the units ns, us, ms, s, m or h, got \"1e3ms\""},
        {"\"0.2ns\"", "must be a whole number of nanoseconds, got \"0.2ns\""},
        {"0", "must be from 1ms to 1s, got 0"},
        {"\"2s\"", "must be from 1ms to 1s, got \"2s\""},
        {"\"-5ms\"", "must be from 1ms to 1s, got \"-5ms\""},
        {"\"99999999999999999999h\"", "must be from 1ms to 1s, got \"99999999999999999999h\""},
    };
    assert_answers(answers, G_N_ELEMENTS(answers), get_timeout);
}

typedef struct Time {
    const char *text;
    SimTime value;
} Time;

static void test_durations_are_exact(void **state)
{
    (void)state;
    const Time times[] = {
        {"0", 0},
        {"0ms", 0},
        {"1ns", 1},
        {"250us", 250000},
        {"1.5s", 1500000000},
        {"0.1s", 100000000},
        {"2m", 120 * SIM_TIME_S},
        {"1h", 3600 * SIM_TIME_S},
        {"0.000000001s", 1},
        {"0.0000000005s", 1},
        {"1.4ns", 1},
        {"000000000000000000000001ms", SIM_TIME_MS},
        {"0.3333333333333333333333333333333h", INT64_C(1200000000000)},
        {"87600h", SIM_TIME_LONGEST},
        {"315360000s", SIM_TIME_LONGEST},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        SimTime value = -1;
        assert_true(duration_parse(times[i].text, &value));
        assert_int_equal(value, times[i].value);
    }
    const char *const none[] = {"",
                                "5",
                                "ms",
                                "-1s",
                                "87601h",
                                "1s ",
                                " 1s",
                                "1.2.3s",
                                "+1s",
                                "1,5s",
                                "inf",
                                "nan",
                                "0x1s",
                                "1e1s",
                                "1h30m",
                                "0.4ns",
                                "99999999999999999999999s"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        SimTime value;
        if (duration_parse(none[i], &value))
            fail_msg("%s", none[i]);
    }
}

static void test_durations_are_formatted_so_that_they_read_back(void **state)
{
    (void)state;
    const Time times[] = {
        {"0s", 0},
        {"1ns", 1},
        {"999ns", 999},
        {"250us", 250000},
        {"1.234567ms", 1234567},
        {"100ms", 100 * SIM_TIME_MS},
        {"1.5s", 1500 * SIM_TIME_MS},
        {"1.000000001s", SIM_TIME_S + 1},
        {"59s", 59 * SIM_TIME_S},
        {"1m", 60 * SIM_TIME_S},
        {"90s", 90 * SIM_TIME_S},
        {"90m", 5400 * SIM_TIME_S},
        {"2h", 7200 * SIM_TIME_S},
        {"87600h", SIM_TIME_LONGEST},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *text = duration_format(times[i].value);
        assert_string_equal(text, times[i].text);
        SimTime back;
        assert_true(duration_parse(text, &back));
        assert_int_equal(back, times[i].value);
    }
    g_autofree char *never = duration_format(SIM_TIME_NEVER);
    assert_string_equal(never, "never");
    g_autofree char *negative = duration_format(-1500);
    assert_string_equal(negative, "-1.5us");
}

static int64_t size_of_text(const char *text)
{
    Fixture fixture;
    int64_t value = -1;
    fixture_init(&fixture, text);
    assert_true(spec_get_size(&fixture.root, INT64_C(1) << 50, &value));
    fixture_finish(&fixture, "");
    return value;
}

static bool get_size(const Spec *spec)
{
    int64_t value;
    return spec_get_size(spec, 1 << 20, &value);
}

static void test_sizes_know_decimal_and_binary_units(void **state)
{
    (void)state;
    assert_int_equal(size_of_text("0"), 0);
    assert_int_equal(size_of_text("\"100B\""), 100);
    assert_int_equal(size_of_text("\"4KiB\""), 4096);
    assert_int_equal(size_of_text("\"4kB\""), 4000);
    assert_int_equal(size_of_text("\"1.5MB\""), 1500000);
    assert_int_equal(size_of_text("\"2GiB\""), INT64_C(2) << 30);
    const Answer answers[] = {
        {"4", "must be a size with a unit such as \"4KiB\", got 4"},
        {"\"4k\"",
         "must end in one of the units B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, got \"4k\""},
        {"\"2MiB\"", "must be from 0B to 1048576B, got \"2MiB\""},
        {"\"0.1B\"", "must be a whole number of bytes, got \"0.1B\""},
    };
    assert_answers(answers, G_N_ELEMENTS(answers), get_size);
}

static bool get_bandwidth(const Spec *spec)
{
    double value;
    return spec_get_bandwidth(spec, &value);
}

static void test_bandwidths_are_bits_per_second(void **state)
{
    (void)state;
    Fixture fixture;
    double value = 0;
    fixture_init(&fixture, "\"1.5Mbps\"");
    assert_true(spec_get_bandwidth(&fixture.root, &value));
    assert_true(value == 1500000);
    fixture_finish(&fixture, "");
    const Answer answers[] = {
        {"\"1Gbps\"", ""},
        {"\"64kbps\"", ""},
        {"1000", "must be a bandwidth with a unit such as \"1Gbps\", got 1000"},
        {"\"1GB\"", "must end in one of the units bps, kbps, Mbps, Gbps or Tbps, got \"1GB\""},
        {"0", "must be from 1bps to 1000Tbps, got 0"},
        {"\"9999Tbps\"", "must be from 1bps to 1000Tbps, got \"9999Tbps\""},
    };
    assert_answers(answers, G_N_ELEMENTS(answers), get_bandwidth);
}

static bool get_mode(const Spec *spec)
{
    static const char *const modes[] = {"sync", "async", "async_reply"};
    int value;
    return spec_get_choice(spec, modes, 3, &value);
}

static void test_choices_are_listed(void **state)
{
    (void)state;
    const Answer answers[] = {
        {"\"async\"", ""},
        {"\"asinc\"", "must be \"sync\", \"async\" or \"async_reply\", got \"asinc\"; did you mean "
                      "\"async\"?"},
        {"\"x\"", "must be \"sync\", \"async\" or \"async_reply\", got \"x\""},
        {"3", "must be \"sync\", \"async\" or \"async_reply\", got 3"},
    };
    assert_answers(answers, G_N_ELEMENTS(answers), get_mode);
}

static bool get_seed(const Spec *spec)
{
    uint64_t value;
    return spec_get_seed(spec, &value);
}

#define SEED_RULE                                                                                  \
    "must be a whole number from 0 to 9007199254740992 (2^53), or a string of digits for up to "   \
    "64 "                                                                                          \
    "bits, got "

static void test_seeds_are_never_rounded(void **state)
{
    (void)state;
    Fixture fixture;
    uint64_t value = 0;
    fixture_init(&fixture, "\"18446744073709551615\"");
    assert_true(spec_get_seed(&fixture.root, &value));
    assert_true(value == UINT64_MAX);
    fixture_finish(&fixture, "");
    const Answer answers[] = {
        {"0", ""},
        {"9007199254740992", ""},
        {"9007199254740993", SEED_RULE "9007199254740993"},
        {"-1", SEED_RULE "-1"},
        {"1.5", SEED_RULE "1.5"},
        {"\"18446744073709551616\"", SEED_RULE "\"18446744073709551616\""},
        {"\"-1\"", SEED_RULE "\"-1\""},
        {"\"0x10\"", SEED_RULE "\"0x10\""},
        {"\"\"", SEED_RULE "\"\""},
    };
    assert_answers(answers, G_N_ELEMENTS(answers), get_seed);
}

static bool get_boolean(const Spec *spec)
{
    bool value;
    return spec_get_boolean(spec, &value);
}

static bool get_string(const Spec *spec)
{
    const char *value;
    return spec_get_string(spec, &value);
}

static void test_what_was_found_is_shown_as_written_and_cut(void **state)
{
    (void)state;
    const Answer booleans[] = {
        {"true", ""},
        {"false", ""},
        {"\"true\"", "must be true or false, got \"true\""},
        {"1.500", "must be true or false, got 1.500"},
        {"\"a\\\"b\\\\\"", "must be true or false, got \"a\\\"b\\\\\""},
        {"\"0123456789012345678901234567890123456789\"",
         "must be true or false, got \"012345678901234567890123456789012345..."},
    };
    assert_answers(booleans, G_N_ELEMENTS(booleans), get_boolean);
    assert_says("\"x\"", get_string, "");
    assert_says("1", get_string, "must be a string, got 1");
}

static void test_names_follow_the_rules(void **state)
{
    (void)state;
    g_autofree char *longest = g_strnfill(128, 'x'), *too_long = g_strnfill(129, 'x');
    const char *const good[] = {"cart", "a b", "K\xc3\xa4se", "a-b", "a>b", longest};
    const char *const bad[] = {"",   "a.b", "a/b",   "*",       "a->b",
                               " a", "a ",  "a\\tb", "\\u0085", too_long};
    for (size_t i = 0; i < G_N_ELEMENTS(good) + G_N_ELEMENTS(bad); i++) {
        bool is_good = i < G_N_ELEMENTS(good);
        const char *name = is_good ? good[i] : bad[i - G_N_ELEMENTS(good)];
        g_autofree char *text = g_strdup_printf("{\"%s\":1}", name);
        Fixture fixture;
        Spec child;
        fixture_init(&fixture, text);
        assert_true(spec_first(&fixture.root, &child));
        if (spec_check_name(&child, "service") != is_good)
            fail_msg("%s", name);
        assert_int_equal(fixture.problems->count, !is_good);
        fixture_clear(&fixture);
    }
}

static void test_a_wrong_name_is_placed_at_the_name(void **state)
{
    (void)state;
    Fixture fixture;
    Spec child;
    fixture_init(&fixture, "{\"a.b\":1}");
    assert_true(spec_first(&fixture.root, &child));
    assert_false(spec_check_name(&child, "service"));
    fixture_finish(&fixture, "t.json:1:2: /a.b: the name of a service must not contain any of . / "
                             "* ->\n");
}

/* --- defaults and merges --- */

static void test_a_default_is_read_like_a_written_value_and_blamed_on_its_object(void **state)
{
    (void)state;
    Fixture fixture;
    Spec link, value;
    SimTime timeout = 0;
    fixture_init(&fixture, "{\"l\": {}}");
    assert_true(spec_member(&fixture.root, "l", &link));
    value = spec_from_text(&link, "timeout", "\"5ms\"");
    assert_true(spec_get_duration(&value, 0, SIM_TIME_S, &timeout));
    assert_int_equal(timeout, 5 * SIM_TIME_MS);
    value = spec_from_text(&link, "timeout", "7");
    assert_false(spec_get_duration(&value, 0, SIM_TIME_S, &timeout));
    fixture_finish(&fixture, "t.json:1:7: /l/timeout: must be a duration with a unit such as "
                             "\"20ms\", got 7\n");
}

static void test_merged_objects_keep_the_places_of_their_members(void **state)
{
    (void)state;
    Fixture fixture;
    Spec below, above, merged, all, member;
    fixture_init(&fixture, "{\"* -> *\": {\"a\": 1, \"b\": {\"c\": 2}, \"d\": 3},\n"
                           " \"x -> y\": {\"b\": {\"e\": 4}, \"d\": null}}");
    assert_true(spec_member(&fixture.root, "* -> *", &below));
    assert_true(spec_member(&fixture.root, "x -> y", &above));
    assert_true(spec_member(&below, "a", &member));
    assert_true(spec_merge(NULL, &below, &all));
    assert_true(spec_merge(&all, &above, &merged));
    spec_merge_free(&all);
    assert_int_equal(spec_size(&merged), 2);
    assert_false(spec_has(&merged, "d"));
    assert_false(spec_finish(&merged, NULL, 0)); /* "a" was read only below */
    assert_true(spec_member(&merged, "b", &member));
    spec_problem(&member, "here");
    Spec inner;
    assert_true(spec_member(&member, "e", &inner));
    spec_problem(&inner, "and here");
    spec_problem(&merged, "the whole");
    spec_merge_free(&merged);
    assert_true(spec_has(&below, "d"));
    fixture_finish(&fixture, "t.json:1:13: /x -> y/a: unknown key \"a\"\n"
                             "t.json:1:21: /x -> y/b: unknown key \"b\"\n"
                             "t.json:1:26: /x -> y/b: here\n"
                             "t.json:2:12: /x -> y: the whole\n"
                             "t.json:2:24: /x -> y/b/e: and here\n");
}

static void test_merging_has_an_end(void **state)
{
    (void)state;
    GString *text = g_string_new("{\"* -> *\": [0");
    for (unsigned i = 0; i < 500000; i++)
        g_string_append(text, ",0");
    g_string_append(text, "]}");
    Fixture fixture;
    Spec above, merged;
    fixture_init(&fixture, text->str);
    g_string_free(text, TRUE);
    assert_true(spec_member(&fixture.root, "* -> *", &above));
    unsigned count = 0;
    for (; count < 100 && spec_merge(NULL, &above, &merged); count++)
        spec_merge_free(&merged);
    assert_true(count < 100);
    fixture_finish(&fixture, "t.json:1:12: /* -> *: too many values are merged in this file\n");
}

static void test_paths_are_relative_to_the_folder_of_the_file(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = document_parse("dir/t.json", "dir", "1", 1, problems);
    Spec root = spec_root(document, problems);
    g_autofree char *relative = spec_resolve_path(&root, "x.txt");
    g_autofree char *absolute = spec_resolve_path(&root, "/x.txt");
    assert_string_equal(relative, "dir/x.txt");
    assert_string_equal(absolute, "/x.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_member_that_was_read_is_known),
        cmocka_unit_test(test_a_member_that_was_not_read_is_reported_with_a_suggestion),
        cmocka_unit_test(test_a_description_is_a_text),
        cmocka_unit_test(test_many_unknown_keys_are_counted_without_searching_names),
        cmocka_unit_test(test_children_come_in_document_order_without_descriptions),
        cmocka_unit_test(test_elements_are_named_by_their_index),
        cmocka_unit_test(test_an_empty_object_has_no_children),
        cmocka_unit_test(test_a_problem_can_stand_at_the_key),
        cmocka_unit_test(test_an_unknown_name_is_answered_by_the_nearest_or_by_a_short_list),
        cmocka_unit_test(test_integers_are_whole_and_in_range),
        cmocka_unit_test(test_numbers_are_in_range),
        cmocka_unit_test(test_durations_have_a_unit),
        cmocka_unit_test(test_durations_are_exact),
        cmocka_unit_test(test_durations_are_formatted_so_that_they_read_back),
        cmocka_unit_test(test_sizes_know_decimal_and_binary_units),
        cmocka_unit_test(test_bandwidths_are_bits_per_second),
        cmocka_unit_test(test_choices_are_listed),
        cmocka_unit_test(test_seeds_are_never_rounded),
        cmocka_unit_test(test_what_was_found_is_shown_as_written_and_cut),
        cmocka_unit_test(test_names_follow_the_rules),
        cmocka_unit_test(test_a_wrong_name_is_placed_at_the_name),
        cmocka_unit_test(test_a_default_is_read_like_a_written_value_and_blamed_on_its_object),
        cmocka_unit_test(test_merged_objects_keep_the_places_of_their_members),
        cmocka_unit_test(test_merging_has_an_end),
        cmocka_unit_test(test_paths_are_relative_to_the_folder_of_the_file),
    };
    return cmocka_run_group_tests_name("models/spec", tests, NULL, NULL);
}
