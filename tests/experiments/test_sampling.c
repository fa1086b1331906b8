/* Which points there are: worked out by hand for grids, by what defines them for the others. */
#include "experiments/sampling/sampling.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka_all.h"

static GPtrArray *axes_of(const char *const *texts)
{
    GPtrArray *axes = g_ptr_array_new_with_free_func((GDestroyNotify)axis_free);
    for (; *texts != NULL; texts++) {
        GError *error = NULL;
        Axis *axis = axis_parse(*texts, &error);
        if (axis == NULL)
            fail_msg("%s", error->message);
        g_ptr_array_add(axes, axis);
    }
    return axes;
}

static Space *space_of(const char *kind, uint64_t count, uint64_t seed, const char *const *texts)
{
    GError *error = NULL;
    Space *space = space_new(sampling_kind_find(kind), axes_of(texts), count, seed, &error);
    if (space == NULL)
        fail_msg("%s", error->message);
    return space;
}

/* "1 a;1 b;2 a;2 b" */
static char *points_of(const Space *space)
{
    GString *text = g_string_new(NULL);
    for (uint64_t point = 0; point < space->count; point++) {
        g_string_append(text, point == 0 ? "" : ";");
        for (uint32_t i = 0; i < space->axes->len; i++) {
            g_autofree char *value = space_value(space, point, i);
            g_string_append_printf(text, "%s%s", i == 0 ? "" : " ", value);
        }
    }
    return g_string_free(text, FALSE);
}

static void assert_points(const char *kind, uint64_t count, const char *const *texts,
                          const char *points)
{
    g_autoptr(Space) space = space_of(kind, count, 1, texts);
    g_autofree char *found = points_of(space);
    assert_string_equal(found, points);
}

#define AXES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_a_grid_has_every_value_with_every_other(void **state)
{
    (void)state;
    assert_points("grid", 0, AXES("/a=1,2", "/b=5:7:1"), "1 5;1 6;1 7;2 5;2 6;2 7");
    assert_points("grid", 0, AXES("/a=1,2", "/b=3,4", "/c=5,6"),
                  "1 3 5;1 3 6;1 4 5;1 4 6;2 3 5;2 3 6;2 4 5;2 4 6");
}

static void test_without_axes_there_is_one_point(void **state)
{
    (void)state;
    const char *const none[] = {NULL};
    g_autoptr(Space) space = space_of("grid", 0, 1, none);
    assert_int_equal(space->count, 1);
}

static void test_together_pairs_the_values(void **state)
{
    (void)state;
    assert_points("together", 0, AXES("/a=1,2,3", "/b=x,y,z"), "1 \"x\";2 \"y\";3 \"z\"");
}

/* The first points of the sequence in two dimensions, as its literature prints them. */
static void test_sobol_points_are_those_of_the_sequence(void **state)
{
    (void)state;
    assert_points("sobol", 7, AXES("/a=0.0:1.0", "/b=0.0:1.0"),
                  "0.5 0.5;0.75 0.25;0.25 0.75;0.375 0.375;0.875 0.875;0.625 0.125;0.125 0.625");
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void test_a_latin_hypercube_has_one_point_in_each_part_of_each_range(void **state)
{
    (void)state;
    enum { COUNT = 50 };
    g_autoptr(Space) space =
        space_of("latin_hypercube", COUNT, 3, AXES("/a=0.0:50", "/b=0.0:50", "/c=0.0:50"));
    for (uint32_t i = 0; i < 3; i++) {
        double values[COUNT];
        for (uint32_t k = 0; k < COUNT; k++) {
            g_autofree char *value = space_value(space, k, i);
            values[k] = g_ascii_strtod(value, NULL);
        }
        qsort(values, COUNT, sizeof values[0], compare);
        for (uint32_t k = 0; k < COUNT; k++)
            assert_int_equal((int)values[k], k);
    }
}

static char *hypercube(uint64_t seed, const char *const *texts)
{
    g_autoptr(Space) space = space_of("latin_hypercube", 20, seed, texts);
    return points_of(space);
}

static void test_a_latin_hypercube_belongs_to_its_seed(void **state)
{
    (void)state;
    const char *const *axes = AXES("/a=0.0:1", "/b=0.0:1");
    g_autofree char *one = hypercube(1, axes), *again = hypercube(1, axes);
    g_autofree char *other = hypercube(2, axes);
    assert_string_equal(one, again);
    assert_string_not_equal(one, other);
}

/* Two parameters that changed in step would be one. */
static void test_parameters_of_a_latin_hypercube_are_shuffled_apart(void **state)
{
    (void)state;
    g_autoptr(Space) space = space_of("latin_hypercube", 1000, 1, AXES("/a=0.0:1", "/b=0.0:1"));
    double sum = 0;
    for (uint32_t k = 0; k < 1000; k++)
        sum += (space->shares[k] - 0.5) * (space->shares[1000 + k] - 0.5);
    /* The correlation of 1000 independent pairs is 0 with a standard error of 1/sqrt(1000). */
    assert_true(sum * 12 / 1000 < 5 * 0.0316 && sum * 12 / 1000 > -5 * 0.0316);
}

static void assert_refused(const char *kind, uint64_t count, const char *const *texts,
                           const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Space) space = space_new(sampling_kind_find(kind), axes_of(texts), count, 1, &error);
    assert_null(space);
    assert_string_equal(error->message, message);
}

static void test_what_makes_no_points_is_told(void **state)
{
    (void)state;
    assert_refused("grid", 0, AXES("/a=1:9"), "/a=1:9: grid needs a step: POINTER=a:b:step");
    assert_refused("grid", 0, AXES("/a=20%"),
                   "/a=20%: a share of the file's value is for sensitivity");
    assert_refused("grid", 0, AXES("/a"),
                   "/a: there are no values; POINTER=1,2,4 or POINTER=1:8:1");
    assert_refused("grid", 0, AXES("/a=1:9000:1", "/b=1:9000:1"),
                   "the grid has more than 10000000 points");
    assert_refused("grid", 0, AXES("/a=1,2", "/a=3,4"), "/a and /a: both vary the same value");
    assert_refused("grid", 0, AXES("/a/b=1,2", "/a={}"), "/a/b and /a: both vary the same value");
    assert_refused("together", 0, AXES("/a=1,2", "/b=3"),
                   "/a has 2 values and /b has 1: together they need as many");
    assert_refused("sobol", 20000000, AXES("/a=1:9"), "more than 10000000 points");
    g_autoptr(Space) beside = space_of("grid", 0, 1, AXES("/a=1,2", "/ab=3"));
    assert_int_equal(beside->count, 2);
}

static void test_sobol_takes_as_many_parameters_as_its_tables_have(void **state)
{
    (void)state;
    const char *texts[42] = {NULL};
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 41; i++) {
        g_ptr_array_add(owned, g_strdup_printf("/p%d=0.0:1", i));
        texts[i] = owned->pdata[i];
    }
    assert_refused("sobol", 4, texts, "sobol takes from 1 to 40 parameters, got 41");
    texts[40] = NULL;
    g_autoptr(Space) space = space_of("sobol", 4, 1, texts);
    assert_int_equal(space->count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_grid_has_every_value_with_every_other),
        cmocka_unit_test(test_without_axes_there_is_one_point),
        cmocka_unit_test(test_together_pairs_the_values),
        cmocka_unit_test(test_sobol_points_are_those_of_the_sequence),
        cmocka_unit_test(test_a_latin_hypercube_has_one_point_in_each_part_of_each_range),
        cmocka_unit_test(test_a_latin_hypercube_belongs_to_its_seed),
        cmocka_unit_test(test_parameters_of_a_latin_hypercube_are_shuffled_apart),
        cmocka_unit_test(test_what_makes_no_points_is_told),
        cmocka_unit_test(test_sobol_takes_as_many_parameters_as_its_tables_have),
    };
    return cmocka_run_group_tests_name("experiments/sampling", tests, NULL, NULL);
}
