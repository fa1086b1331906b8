/* All bounds are five standard errors; the keys are fixed. */
#include "sim/count.h"

#include <glib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "sim/rng.h"
#include "tests/support/close_to.h"

#define KEY    UINT64_C(20260106)
#define MANY   300000
#define VALUES 64 /* those above count together in the last cell */

static const char *prepare(Count *count, const char *kind, double first, double second)
{
    const double values[] = {first, second, NAN};
    assert_non_null(count_kind_find(kind));
    return count_prepare(count, count_kind_find(kind), values);
}

static uint32_t draw_at(const Count *count, uint64_t i)
{
    SimRng rng;
    sim_rng_init(&rng);
    return count_draw(count, sim_rng_at(&rng, KEY, i, 0));
}

/* Cells in which fewer than 10 are expected are put together with the next. */
static void assert_fit(const Count *count, const double *probability)
{
    g_autofree uint64_t *cells = g_new0(uint64_t, VALUES);
    for (uint64_t i = 0; i < MANY; i++)
        cells[MIN(draw_at(count, i), VALUES - 1)]++;
    double chi = 0, expected = 0, seen = 0;
    int freedom = -1;
    for (int k = 0; k < VALUES; k++) {
        expected += MANY * probability[k];
        seen += (double)cells[k];
        if (expected < 10 && k + 1 < VALUES)
            continue;
        if (expected > 0)
            chi += (seen - expected) * (seen - expected) / expected;
        else
            assert_true(seen == 0);
        freedom++;
        expected = seen = 0;
    }
    if (fabs(chi - freedom) > 5 * sqrt(2.0 * freedom))
        fail_msg("%s: chi-square %g with %d degrees of freedom", count->kind->name, chi, freedom);
}

static void fill(double *probability, double (*of)(unsigned k))
{
    double rest = 1;
    for (unsigned k = 0; k + 1 < VALUES; k++)
        rest -= probability[k] = of(k);
    probability[VALUES - 1] = fmax(rest, 0);
}

static double poisson_4(unsigned k)
{
    return gsl_ran_poisson_pdf(k, 4);
}

static double geometric_of_mean_3(unsigned k)
{
    return gsl_ran_geometric_pdf(k, 1 / 3.0);
}

static double uniform_3_to_8(unsigned k)
{
    return k >= 3 && k <= 8 ? 1 / 6.0 : 0;
}

static double zipf_10(unsigned k, double exponent)
{
    double sum = 0;
    for (int i = 1; i <= 10; i++)
        sum += pow(i, -exponent);
    return k >= 1 && k <= 10 ? pow(k, -exponent) / sum : 0;
}

static double zipf_10_flat(unsigned k)
{
    return zipf_10(k, 0);
}

static double zipf_10_half(unsigned k)
{
    return zipf_10(k, 0.5);
}

static double zipf_10_one(unsigned k)
{
    return zipf_10(k, 1);
}

static double zipf_10_steep(unsigned k)
{
    return zipf_10(k, 2.5);
}

static const struct Case {
    const char *kind;
    double first, second;
    double (*probability)(unsigned k);
} cases[] = {
    {"poisson", 4, NAN, poisson_4},        {"geometric", 3, NAN, geometric_of_mean_3},
    {"uniform_int", 3, 8, uniform_3_to_8}, {"zipf", 10, 0, zipf_10_flat},
    {"zipf", 10, 0.5, zipf_10_half},       {"zipf", 10, 1, zipf_10_one},
    {"zipf", 10, 2.5, zipf_10_steep},
};

static void test_draws_have_the_probabilities_of_their_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Count count;
        double probability[VALUES];
        assert_null(prepare(&count, cases[i].kind, cases[i].first, cases[i].second));
        fill(probability, cases[i].probability);
        assert_fit(&count, probability);
        count_clear(&count);
    }
}

static void test_the_mean_is_that_of_the_probabilities(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Count count;
        double mean = 0;
        assert_null(prepare(&count, cases[i].kind, cases[i].first, cases[i].second));
        for (unsigned k = 1; k < 200; k++)
            mean += k * cases[i].probability(k);
        assert_close(count_mean(&count), mean, 1e-12);
        count_clear(&count);
    }
}

static void test_probabilities_are_those_of_the_kind(void **state)
{
    (void)state;
    Count constant;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Count count;
        assert_null(prepare(&count, cases[i].kind, cases[i].first, cases[i].second));
        for (unsigned k = 0; k < 200; k++)
            assert_true(fabs(count_probability(&count, k) - cases[i].probability(k)) < 1e-12);
        count_clear(&count);
    }
    count_init_constant(&constant, 7);
    assert_close(count_probability(&constant, 7), 1, 0);
    assert_close(count_probability(&constant, 8), 0, 0);
    count_clear(&constant);
}

static void test_every_kind_is_among_the_cases(void **state)
{
    (void)state;
    for (size_t i = 0; count_kinds[i] != NULL; i++) {
        bool is_covered = false;
        for (size_t j = 0; j < G_N_ELEMENTS(cases); j++)
            is_covered |= strcmp(cases[j].kind, count_kinds[i]->name) == 0;
        assert_true(is_covered);
        assert_ptr_equal(count_kind_find(count_kinds[i]->name), count_kinds[i]);
    }
    assert_null(count_kind_find("zip"));
}

/* The sums are added up one by one here. */
static void test_the_mean_of_a_wide_zipf_is_that_of_all_its_weights(void **state)
{
    (void)state;
    static const double sizes[] = {1, 2, 99, 100, 101, 1000000};
    static const double exponents[] = {0, 0.3, 0.99, 1, 1.01, 2, 3.5, 10};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(exponents); j++) {
            Count count;
            double weights = 0, weighted = 0;
            for (double k = sizes[i]; k >= 1; k--) {
                weights += pow(k, -exponents[j]);
                weighted += pow(k, 1 - exponents[j]);
            }
            assert_null(prepare(&count, "zipf", sizes[i], exponents[j]));
            assert_close(count_mean(&count), weighted / weights, 1e-8);
        }
    }
}

/* The variance of 1 .. n with equal weights is (n^2 - 1) / 12. With exponent 1 the values up to
 * 1000 have the share H(1000) / H(n), with H the harmonic numbers. */
static void test_a_wide_zipf_reaches_to_its_end(void **state)
{
    (void)state;
    Count flat, steep;
    double sum = 0, small = 0, part = 0, whole = 0;
    assert_null(prepare(&flat, "zipf", 1000000, 0));
    assert_null(prepare(&steep, "zipf", 1000000, 1));
    for (uint64_t i = 0; i < MANY; i++) {
        uint32_t value = draw_at(&flat, i);
        assert_true(value >= 1 && value <= 1000000);
        sum += value;
        small += draw_at(&steep, i) <= 1000;
    }
    for (double k = 1000000; k >= 1; k--) {
        whole += 1 / k;
        part += k <= 1000 ? 1 / k : 0;
    }
    double share = part / whole;
    assert_true(fabs(sum / MANY - 500000.5) < 5 * 1e6 / sqrt(12.0 * MANY));
    assert_true(fabs(small / MANY - share) < 5 * sqrt(share * (1 - share) / MANY));
}

static void test_a_constant_needs_no_chance(void **state)
{
    (void)state;
    Count count;
    count_init_constant(&count, 7);
    assert_int_equal(count_draw(&count, NULL), 7);
    assert_close(count_mean(&count), 7, 0);
    count_clear(&count);
}

static void test_a_draw_depends_on_its_place_only(void **state)
{
    (void)state;
    Count count;
    SimRng rng;
    sim_rng_init(&rng);
    assert_null(prepare(&count, "zipf", 1000, 1));
    for (uint64_t i = 0; i < 1000; i++) {
        count_draw(&count, sim_rng_at(&rng, KEY, i * 7, 1));
        assert_int_equal(count_draw(&count, sim_rng_at(&rng, KEY, i, 0)), draw_at(&count, i));
    }
}

static void test_parameters_that_are_not_whole_or_in_order_are_refused(void **state)
{
    (void)state;
    Count count;
    const char *whole = "have whole numbers for min and max";
    assert_string_equal(prepare(&count, "uniform_int", 1.5, 3), whole);
    assert_string_equal(prepare(&count, "uniform_int", 1, 3.5), whole);
    assert_string_equal(prepare(&count, "uniform_int", 4, 3), "have a min of at most max");
    assert_string_equal(prepare(&count, "zipf", 2.5, 1), "have a whole number n");
}

static void test_narrow_and_wide_parameters_stay_in_range(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        double first, second;
        uint32_t least, largest;
    } ends[] = {
        {"poisson", 0, NAN, 0, 0},
        {"poisson", 1e5, NAN, 98000, 102000}, /* six standard deviations */
        {"geometric", 1, NAN, 1, 1},
        {"geometric", 1e5, NAN, 1, COUNT_LARGEST},
        {"uniform_int", 5, 5, 5, 5},
        {"uniform_int", 0, COUNT_LARGEST, 0, COUNT_LARGEST},
        {"zipf", 1, 0, 1, 1},
        {"zipf", 1, 10, 1, 1},
        {"zipf", 1000000, 10, 1, 1000},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        Count count;
        assert_null(prepare(&count, ends[i].kind, ends[i].first, ends[i].second));
        for (uint64_t j = 0; j < 10000; j++) {
            uint32_t value = draw_at(&count, j);
            assert_true(value >= ends[i].least && value <= ends[i].largest);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws_have_the_probabilities_of_their_kind),
        cmocka_unit_test(test_the_mean_is_that_of_the_probabilities),
        cmocka_unit_test(test_probabilities_are_those_of_the_kind),
        cmocka_unit_test(test_every_kind_is_among_the_cases),
        cmocka_unit_test(test_the_mean_of_a_wide_zipf_is_that_of_all_its_weights),
        cmocka_unit_test(test_a_wide_zipf_reaches_to_its_end),
        cmocka_unit_test(test_a_constant_needs_no_chance),
        cmocka_unit_test(test_a_draw_depends_on_its_place_only),
        cmocka_unit_test(test_parameters_that_are_not_whole_or_in_order_are_refused),
        cmocka_unit_test(test_narrow_and_wide_parameters_stay_in_range),
    };
    return cmocka_run_group_tests_name("sim/count", tests, NULL, NULL);
}
