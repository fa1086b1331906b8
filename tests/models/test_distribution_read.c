#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/reader/reader.h"
#include "tests/support/document_text.h"

typedef struct Fixture {
    ReadContext context;
    Spec value; /* of "d" */
    Spec root;
} Fixture;

static void fixture_init_in(Fixture *fixture, const char *value, const char *folder)
{
    *fixture = (Fixture){.context = {.arena = arena_new(), .problems = problems_new()}};
    g_autofree char *text = g_strdup_printf("{\"d\":%s}", value);
    fixture->context.document =
        document_parse("t.json", folder, text, strlen(text), fixture->context.problems);
    assert_non_null(fixture->context.document);
    fixture->root = spec_root(fixture->context.document, fixture->context.problems);
    assert_true(spec_member(&fixture->root, "d", &fixture->value));
}

static void fixture_finish(Fixture *fixture, const char *expected)
{
    assert_problems(fixture->context.problems, expected);
    document_free(fixture->context.document);
    problems_free(fixture->context.problems);
    arena_free(fixture->context.arena);
}

/* Means to 1e-9; NaN: not looked at. In ms. */
static void assert_mean(const char *value, double mean_ms)
{
    Fixture fixture;
    const Distribution *distribution = NULL;
    fixture_init_in(&fixture, value, ".");
    bool is_good = distribution_read(&fixture.value, &fixture.context, &distribution);
    if (is_good && !isnan(mean_ms) &&
        fabs(distribution_mean(distribution) / 1e6 - mean_ms) > 1e-9 * mean_ms)
        fail_msg("%s: mean %.17g ms", value, distribution_mean(distribution) / 1e6);
    fixture_finish(&fixture, "");
}

static void assert_refused(const char *value, const char *problems)
{
    Fixture fixture;
    const Distribution *distribution = NULL;
    fixture_init_in(&fixture, value, ".");
    assert_false(distribution_read(&fixture.value, &fixture.context, &distribution));
    assert_null(distribution);
    fixture_finish(&fixture, problems);
}

static void test_a_duration_alone_is_a_constant(void **state)
{
    (void)state;
    assert_mean("\"20ms\"", 20);
    assert_mean("0", 0);
    assert_mean("{\"dist\":\"constant\",\"value\":\"5ms\"}", 5);
    assert_refused("20",
                   "t.json:1:6: /d: must be a duration with a unit such as \"20ms\", got 20\n");
    assert_refused("[\"20ms\"]",
                   "t.json:1:6: /d: must be a duration with a unit such as \"20ms\", got a list\n");
    assert_refused("null",
                   "t.json:1:6: /d: must be a duration with a unit such as \"20ms\", got null\n");
}

typedef struct Mean {
    const char *text;
    double ms; /* NaN: too intricate for this table */
} Mean;

static void test_every_set_of_parameters_is_read(void **state)
{
    (void)state;
    const Mean means[] = {
        {"{\"dist\":\"exponential\",\"mean\":\"2ms\"}", 2},
        {"{\"dist\":\"erlang\",\"mean\":\"2ms\",\"stages\":3}", 2},
        {"{\"dist\":\"gamma\",\"mean\":\"2ms\",\"cv\":0.5}", 2},
        {"{\"dist\":\"gamma\",\"shape\":2,\"scale\":\"3ms\"}", 6},
        {"{\"dist\":\"lognormal\",\"mean\":\"2ms\",\"cv\":1.5}", 2},
        {"{\"dist\":\"lognormal\",\"p50\":\"2ms\",\"p99\":\"9ms\"}", NAN},
        {"{\"dist\":\"lognormal\",\"p50\":\"2ms\",\"sigma\":0.5}", 2.2662969061336526},
        {"{\"dist\":\"weibull\",\"mean\":\"2ms\",\"shape\":1.5}", 2},
        {"{\"dist\":\"weibull\",\"scale\":\"2ms\",\"shape\":1}", 2},
        {"{\"dist\":\"pareto\",\"min\":\"2ms\",\"shape\":3}", 3},
        {"{\"dist\":\"pareto\",\"mean\":\"2ms\",\"shape\":3}", 2},
        {"{\"dist\":\"normal\",\"mean\":\"20ms\",\"stddev\":\"1ms\"}", NAN},
        {"{\"dist\":\"uniform\",\"min\":\"2ms\",\"max\":\"4ms\"}", 3},
        {"{\"dist\":\"beta\",\"min\":\"2ms\",\"max\":\"4ms\",\"alpha\":1,\"beta\":3}", 2.5},
        {"{\"dist\":\"rayleigh\",\"mean\":\"2ms\"}", 2},
        {"{\"dist\":\"gumbel\",\"mean\":\"20ms\",\"stddev\":\"1ms\"}", NAN},
        {"{\"dist\":\"logistic\",\"mean\":\"20ms\",\"stddev\":\"1ms\"}", NAN},
        {"{\"dist\":\"hyperexponential\",\"mean\":\"2ms\",\"cv\":2}", 2},
        {"{\"dist\":\"hyperexponential\",\"phases\":[{\"probability\":0.25,\"mean\":\"8ms\"},"
         "{\"probability\":0.75,\"mean\":\"4ms\",\"description\":\"x\"}]}",
         5},
        {"{\"dist\":\"mixture\",\"of\":[{\"weight\":3,\"dist\":\"exponential\",\"mean\":\"1ms\"},"
         "{\"weight\":1,\"dist\":\"constant\",\"value\":\"9ms\",\"description\":\"slow\"}]}",
         3},
        {"{\"dist\":\"empirical\",\"samples\":[\"1ms\",0,\"5ms\"]}", 2},
        {"{\"dist\":\"empirical\",\"quantiles\":{\"0\":\"1ms\",\"100\":\"3ms\"}}", 2},
        {"{\"dist\":\"exponential\",\"mean\":\"2ms\",\"shift\":\"1ms\",\"description\":\"x\"}", 3},
        {"{\"dist\":\"exponential\",\"mean\":\"2ms\",\"max\":\"50ms\"}", NAN},
        {"{\"dist\":\"uniform\",\"min\":0,\"max\":\"2ms\",\"shift\":\"3ms\"}", 4},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(means); i++)
        assert_mean(means[i].text, means[i].ms);
}

typedef struct Refused {
    const char *text, *problems;
} Refused;

static void test_parameters_that_do_not_go_together_are_named(void **state)
{
    (void)state;
    const Refused refused[] = {
        {"{\"dist\":\"lognormal\",\"mean\":\"2ms\",\"sigma\":0.5}",
         "t.json:1:6: /d: lognormal takes mean+cv, p50+p99 or p50+sigma; got mean, sigma\n"},
        {"{\"dist\":\"lognormal\"}",
         "t.json:1:6: /d: lognormal takes mean+cv, p50+p99 or p50+sigma; got none\n"},
        {"{\"dist\":\"exponential\"}", "t.json:1:6: /d: exponential takes mean; got none\n"},
        {"{\"dist\":\"empirical\",\"samples\":[\"1ms\"],\"file\":\"x\"}",
         "t.json:1:6: /d: empirical takes samples, quantiles or file; got samples, file\n"
         "t.json:1:51: /d/file: cannot read \"x\": No such file or directory\n"},
        {"{\"dist\":\"uniform\",\"min\":\"2ms\"}",
         "t.json:1:6: /d: uniform takes min+max; got min\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_refused(refused[i].text, refused[i].problems);
}

static void test_a_misspelt_parameter_is_reported_and_nothing_that_follows_from_it(void **state)
{
    (void)state;
    assert_refused("{\"dist\":\"exponential\",\"maen\":\"2ms\"}",
                   "t.json:1:28: /d/maen: unknown key \"maen\"; did you mean \"mean\"?\n");
    assert_refused(
        "{\"dist\":\"exponential\",\"mean\":\"2ms\",\"cv\":1}",
        "t.json:1:41: /d/cv: unknown key \"cv\"; the keys here are mean, dist, shift, max\n");
    assert_refused("{\"dist\":\"exponential\",\"mean\":\"2ms\",\"weight\":1}",
                   "t.json:1:41: /d/weight: unknown key \"weight\"; the keys here are mean, dist, "
                   "shift, max\n");
}

static void test_values_out_of_range_are_refused(void **state)
{
    (void)state;
    const Refused refused[] = {
        {"{\"dist\":\"exponential\",\"mean\":0}",
         "t.json:1:35: /d/mean: must be from 1ns to 87600h, got 0\n"},
        {"{\"dist\":\"exponential\",\"mean\":5}",
         "t.json:1:35: /d/mean: must be a duration with a unit such as \"20ms\", got 5\n"},
        {"{\"dist\":\"exponential\",\"mean\":\"1ms\",\"shift\":\"-1ms\"}",
         "t.json:1:49: /d/shift: must be from 0s to 87600h, got \"-1ms\"\n"},
        {"{\"dist\":\"exponential\",\"mean\":\"1ms\",\"max\":0}",
         "t.json:1:47: /d/max: must be from 1ns to 87600h, got 0\n"},
        {"{\"dist\":\"hyperexponential\",\"phases\":[{\"probability\":2,\"mean\":\"1ms\"},"
         "{\"mean\":0},5,{\"probability\":0.5,\"mena\":\"1ms\"}]}",
         "t.json:1:58: /d/phases/0/probability: must be above 0 and at most 1, got 2\n"
         "t.json:1:74: /d/phases/1: the required key \"probability\" is missing\n"
         "t.json:1:82: /d/phases/1/mean: must be from 1ns to 87600h, got 0\n"
         "t.json:1:85: /d/phases/2: must be an object, got 5\n"
         "t.json:1:87: /d/phases/3: the required key \"mean\" is missing\n"
         "t.json:1:106: /d/phases/3/mena: unknown key \"mena\"; did you mean \"mean\"?\n"},
        {"{\"dist\":\"empirical\",\"samples\":[]}", "t.json:1:36: /d/samples: must not be empty\n"},
        {"{\"dist\":\"empirical\",\"samples\":{}}",
         "t.json:1:36: /d/samples: must be a list, got an object\n"},
        {"{\"dist\":\"empirical\",\"samples\":[\"1ms\",7]}",
         "t.json:1:43: /d/samples/1: must be a duration with a unit such as \"20ms\", got 7\n"},
        {"{\"dist\":\"empirical\",\"quantiles\":{\"p50\":\"1ms\",\"101\":\"1ms\",\"1e1\":\"1ms\","
         "\"5.\":\"1ms\"}}",
         "t.json:1:39: /d/quantiles/p50: must be a percentage from 0 to 100, such as \"99.9\", got "
         "\"p50\"\n"
         "t.json:1:51: /d/quantiles/101: must be a percentage from 0 to 100, such as \"99.9\", got "
         "\"101\"\n"
         "t.json:1:63: /d/quantiles/1e1: must be a percentage from 0 to 100, such as \"99.9\", got "
         "\"1e1\"\n"
         "t.json:1:75: /d/quantiles/5.: must be a percentage from 0 to 100, such as \"99.9\", got "
         "\"5.\"\n"},
        {"{\"dist\":\"mixture\",\"of\":[{\"weight\":-1,\"dist\":\"exponential\",\"mean\":\"1ms\"},"
         "{\"dist\":\"uniform\",\"min\":\"1ms\"}]}",
         "t.json:1:40: /d/of/0/weight: must be above 0 and at most 1000000000, got -1\n"
         "t.json:1:78: /d/of/1: the required key \"weight\" is missing\n"
         "t.json:1:78: /d/of/1: uniform takes min+max; got min\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_refused(refused[i].text, refused[i].problems);
}

static void test_values_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    assert_refused("{\"dist\":\"uniform\",\"min\":\"4ms\",\"max\":\"2ms\"}",
                   "t.json:1:6: /d: uniform must have a min below max\n");
    assert_refused("{\"dist\":\"lognormal\",\"p50\":\"4ms\",\"p99\":\"2ms\"}",
                   "t.json:1:6: /d: lognormal must have a p99 above p50\n");
    assert_refused("{\"dist\":\"empirical\",\"quantiles\":{\"50\":\"4ms\",\"99\":\"2ms\"}}",
                   "t.json:1:6: /d: empirical must have quantiles that do not fall as their "
                   "percentages rise\n");
}

static void test_the_max_of_uniform_is_its_own_and_no_limit_after_the_shift(void **state)
{
    (void)state;
    Fixture fixture;
    const Distribution *distribution = NULL;
    fixture_init_in(&fixture, "{\"dist\":\"uniform\",\"min\":0,\"max\":\"2ms\",\"shift\":\"3ms\"}",
                    ".");
    assert_true(distribution_read(&fixture.value, &fixture.context, &distribution));
    assert_true(isinf(distribution->limit));
    assert_true(distribution->shift == 3e6);
    fixture_finish(&fixture, "");
}

static void test_an_unknown_distribution_is_answered_with_the_known_ones(void **state)
{
    (void)state;
    assert_refused("{\"dist\":\"exponetial\",\"mean\":\"1ms\"}",
                   "t.json:1:14: /d/dist: no distribution is called \"exponetial\"; did you mean "
                   "\"exponential\"?\n");
    assert_refused("{\"mean\":\"1ms\"}", "t.json:1:6: /d: the required key \"dist\" is missing\n");
    assert_refused("{\"dist\":7}", "t.json:1:14: /d/dist: must be a string, got 7\n");
    Fixture fixture;
    const Distribution *distribution;
    fixture_init_in(&fixture, "{\"dist\":\"zzz\"}", ".");
    assert_false(distribution_read(&fixture.value, &fixture.context, &distribution));
    g_autofree char *text = problems_format(fixture.context.problems);
    assert_non_null(strstr(text, "no distribution is called \"zzz\"; there are: "));
    assert_non_null(strstr(text, "hyperexponential"));
    fixture_finish(&fixture, text);
}

/* Mixtures may hold mixtures, as deep as a document may be. */
static void test_mixtures_nest(void **state)
{
    (void)state;
    GString *inner = g_string_new("\"dist\":\"exponential\",\"mean\":\"2ms\"");
    for (unsigned i = 0; i < 25; i++) {
        g_string_prepend(inner, "\"dist\":\"mixture\",\"of\":[{\"weight\":1,");
        g_string_append(inner, "}]");
    }
    g_string_prepend_c(inner, '{');
    g_string_append_c(inner, '}');
    assert_mean(inner->str, 2);
    g_string_free(inner, TRUE);
}

/* --- files --- */

static char *new_folder(void)
{
    char *folder = g_dir_make_tmp("topple-test-XXXXXX", NULL);
    assert_non_null(folder);
    return folder;
}

static void write_file(const char *folder, const char *name, const char *text, gssize length)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    assert_true(g_file_set_contents(path, text, length, NULL));
}

static void remove_folder(char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_remove(path);
    g_rmdir(folder);
    g_free(folder);
}

#define FILE_VALUE "{\"dist\":\"empirical\",\"file\":\"values.txt\"}"

/* Reads FILE_VALUE with this content of the file; the mean in ms, or NaN with the problems. */
static void assert_file(const char *content, gssize length, double mean_ms, const char *problems)
{
    Fixture fixture;
    char *folder = new_folder();
    const Distribution *distribution = NULL;
    write_file(folder, "values.txt", content, length);
    fixture_init_in(&fixture, FILE_VALUE, folder);
    bool is_good = distribution_read(&fixture.value, &fixture.context, &distribution);
    assert_int_equal(is_good, problems[0] == '\0');
    if (is_good)
        assert_true(fabs(distribution_mean(distribution) / 1e6 - mean_ms) < 1e-9);
    fixture_finish(&fixture, problems);
    remove_folder(folder, "values.txt");
}

static void test_a_file_has_one_duration_per_line(void **state)
{
    (void)state;
    assert_file("1ms\n2ms\n6ms\n", -1, 3, "");
    assert_file("1ms\r\n\r\n  5ms", -1, 3, "");
    assert_file("0\n", -1, 0, "");
}

static void test_a_wrong_line_is_named(void **state)
{
    (void)state;
#define AT "t.json:1:33: /d/file: "
    assert_file("1ms\n\n5\n", -1, NAN,
                AT "values.txt:3: must be a duration with a unit such as \"20ms\", got \"5\"\n");
    assert_file("", -1, NAN, AT "the file has no values\n");
    assert_file("1ms\n2\0ms\n", 9, NAN, AT "values.txt:2: the line contains a NUL byte\n");
    assert_file("1ms\n\xff\n", -1, NAN, AT "values.txt:2: the line is not UTF-8\n");
    g_autofree char *longest = g_strnfill(100000, 'x');
    assert_file(longest, -1, NAN, AT "values.txt:1: the line is longer than 4096 bytes\n");
}

/* `make` makes what stands at values.txt in the folder. */
static void assert_unreadable(void (*make)(const char *path), const char *problems)
{
    Fixture fixture;
    char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "values.txt", NULL);
    const Distribution *distribution = NULL;
    make(path);
    fixture_init_in(&fixture, FILE_VALUE, folder);
    assert_false(distribution_read(&fixture.value, &fixture.context, &distribution));
    fixture_finish(&fixture, problems);
    remove_folder(folder, "values.txt");
}

static void make_nothing(const char *path)
{
    (void)path;
}

static void make_pipe(const char *path)
{
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void make_folder(const char *path)
{
    assert_int_equal(g_mkdir(path, 0700), 0);
}

static void make_device(const char *path)
{
    assert_int_equal(symlink("/dev/zero", path), 0);
}

static void make_large(const char *path)
{
    assert_true(g_file_set_contents(path, "1ms\n", -1, NULL));
    assert_int_equal(truncate(path, (off_t)FILE_BYTES_MAX + 1), 0);
}

static void test_only_regular_files_of_some_size_are_read(void **state)
{
    (void)state;
    assert_unreadable(make_nothing, AT "cannot read \"values.txt\": No such file or directory\n");
    assert_unreadable(make_pipe, AT "cannot read \"values.txt\": it is no regular file\n");
    assert_unreadable(make_folder, AT "cannot read \"values.txt\": it is no regular file\n");
    assert_unreadable(make_device, AT "cannot read \"values.txt\": it is no regular file\n");
    assert_unreadable(make_large, AT "cannot read \"values.txt\": it is larger than 64 MiB\n");
}

static void test_files_have_a_limit_together(void **state)
{
    (void)state;
    Fixture fixture;
    char *folder = new_folder();
    const Distribution *distribution = NULL;
    write_file(folder, "values.txt", "1ms\n2ms\n3ms\n", -1);
    fixture_init_in(&fixture, FILE_VALUE, folder);
    fixture.context.file_values = FILE_VALUES_MAX - 2;
    assert_false(distribution_read(&fixture.value, &fixture.context, &distribution));
    fixture_finish(&fixture, AT "values.txt:3: the files of this topology have more than 10000000 "
                                "values\n");
    remove_folder(folder, "values.txt");
}

/* --- counts --- */

static void assert_count(const char *value, double mean, const char *problems)
{
    Fixture fixture;
    const Count *count = NULL;
    fixture_init_in(&fixture, value, ".");
    bool is_good = count_read(&fixture.value, &fixture.context, 1, 100, &count);
    assert_int_equal(is_good, problems[0] == '\0');
    if (is_good && fabs(count_mean(count) - mean) > 1e-9 * mean)
        fail_msg("%s: mean %.17g", value, count_mean(count));
    fixture_finish(&fixture, problems);
}

static void test_counts_are_integers_or_distributions(void **state)
{
    (void)state;
    assert_count("7", 7, "");
    assert_count("{\"dist\":\"constant\",\"value\":7}", 7, "");
    assert_count("{\"dist\":\"poisson\",\"mean\":2.5}", 2.5, "");
    assert_count("{\"dist\":\"geometric\",\"mean\":4}", 4, "");
    assert_count("{\"dist\":\"uniform_int\",\"min\":2,\"max\":5}", 3.5, "");
    assert_count("{\"dist\":\"zipf\",\"n\":2,\"exponent\":1}", 4.0 / 3, "");
}

static void test_wrong_counts_are_refused(void **state)
{
    (void)state;
    assert_count("0", 0, "t.json:1:6: /d: must be from 1 to 100, got 0\n");
    assert_count("1.5", 0, "t.json:1:6: /d: must be a whole number from 1 to 100, got 1.5\n");
    assert_count("\"3\"", 0, "t.json:1:6: /d: must be a whole number from 1 to 100, got \"3\"\n");
    assert_count("{\"dist\":\"constant\",\"value\":0}", 0,
                 "t.json:1:33: /d/value: must be from 1 to 100, got 0\n");
    assert_count("{\"dist\":\"constant\",\"valu\":3}", 0,
                 "t.json:1:6: /d: the required key \"value\" is missing\n"
                 "t.json:1:25: /d/valu: unknown key \"valu\"; did you mean \"value\"?\n");
    assert_count("{\"dist\":\"poison\",\"mean\":2}", 0,
                 "t.json:1:14: /d/dist: no distribution of counts is called \"poison\"; did you "
                 "mean \"poisson\"?\n");
    assert_count("{\"dist\":\"uniform_int\",\"min\":2}", 0,
                 "t.json:1:6: /d: uniform_int takes min+max; got min\n");
    assert_count("{\"dist\":\"poisson\",\"mean\":2,\"max\":9}", 0,
                 "t.json:1:33: /d/max: unknown key \"max\"; the keys here are mean, dist\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_duration_alone_is_a_constant),
        cmocka_unit_test(test_every_set_of_parameters_is_read),
        cmocka_unit_test(test_parameters_that_do_not_go_together_are_named),
        cmocka_unit_test(test_a_misspelt_parameter_is_reported_and_nothing_that_follows_from_it),
        cmocka_unit_test(test_values_out_of_range_are_refused),
        cmocka_unit_test(test_values_that_contradict_each_other_are_refused),
        cmocka_unit_test(test_the_max_of_uniform_is_its_own_and_no_limit_after_the_shift),
        cmocka_unit_test(test_an_unknown_distribution_is_answered_with_the_known_ones),
        cmocka_unit_test(test_mixtures_nest),
        cmocka_unit_test(test_a_file_has_one_duration_per_line),
        cmocka_unit_test(test_a_wrong_line_is_named),
        cmocka_unit_test(test_only_regular_files_of_some_size_are_read),
        cmocka_unit_test(test_files_have_a_limit_together),
        cmocka_unit_test(test_counts_are_integers_or_distributions),
        cmocka_unit_test(test_wrong_counts_are_refused),
    };
    return cmocka_run_group_tests_name("models/distribution_read", tests, NULL, NULL);
}
