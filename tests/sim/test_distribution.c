#include "sim/rng.h"
#include "tests/support/close_to.h"
#include "tests/support/distribution_text.h"

#define KEY  UINT64_C(20260105)
#define MANY 100000

static void assert_refused(const char *kind, const char *given, const DistributionInput *lists,
                           const char *expected)
{
    Distribution distribution;
    const char *wrong = prepare_text(&distribution, kind, given, lists);
    if (wrong == NULL || strcmp(wrong, expected) != 0)
        fail_msg("%s %s: got \"%s\"", kind, given, wrong == NULL ? "accepted" : wrong);
}

static void test_parameters_that_do_not_go_together_are_refused(void **state)
{
    (void)state;
    static const char *const refused[][3] = {
        {"erlang", "mean=1 stages=2.5", "have a whole number of stages"},
        {"lognormal", "p50=2 p99=2", "have a p99 above p50"},
        {"lognormal", "p50=2 p99=1", "have a p99 above p50"},
        {"pareto", "mean=1 shape=1", "have a shape above 1: with 1 or less there is no mean"},
        {"pareto", "mean=1 shape=0.5", "have a shape above 1: with 1 or less there is no mean"},
        {"uniform", "min=2 max=2", "have a min below max"},
        {"uniform", "min=3 max=2", "have a min below max"},
        {"beta", "min=3 max=2 alpha=1 beta=1", "have a min below max"},
        {"hyperexponential", "mean=1 cv=1", "have a cv above 1: with 1 it is exponential"},
        {"hyperexponential", "mean=1 cv=0.5", "have a cv above 1: with 1 it is exponential"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_refused(refused[i][0], refused[i][1], NULL, refused[i][2]);
}

static void test_phases_must_share_one_probability(void **state)
{
    (void)state;
    static const double means[] = {MS, 2 * MS}, no_mean[] = {MS, 0};
    static const double halves[] = {0.5, 0.5}, short_of_1[] = {0.5, 0.49}, one_0[] = {1, 0};
    const DistributionInput less = {.weights = short_of_1, .points = means, .count = 2};
    const DistributionInput none = {.weights = one_0, .points = means, .count = 2};
    const DistributionInput at_0 = {.weights = halves, .points = no_mean, .count = 2};
    const char *sum = "have phases whose probabilities add up to 1";
    const char *above = "have phases with a probability and a mean above 0";
    assert_refused("hyperexponential", "phases", &less, sum);
    assert_refused("hyperexponential", "phases", NULL, sum);
    assert_refused("hyperexponential", "phases", &none, above);
    assert_refused("hyperexponential", "phases", &at_0, above);
}

static void test_probabilities_may_miss_1_by_rounding(void **state)
{
    (void)state;
    static const double thirds[] = {0.3333333333, 0.3333333333, 0.3333333333};
    static const double means[] = {MS, MS, MS};
    const DistributionInput lists = {.weights = thirds, .points = means, .count = 3};
    Distribution distribution;
    assert_null(prepare_text(&distribution, "hyperexponential", "phases", &lists));
    assert_close(distribution_mean(&distribution), MS, 1e-9);
    distribution_clear(&distribution);
}

static void test_quantiles_must_rise(void **state)
{
    (void)state;
    static const double percents[] = {50, 99}, falling[] = {2 * MS, MS}, twice[] = {50, 50};
    static const double rising[] = {MS, 2 * MS};
    const DistributionInput falls = {.weights = percents, .points = falling, .count = 2};
    const DistributionInput repeats = {.weights = twice, .points = rising, .count = 2};
    const DistributionInput single = {.weights = percents, .points = rising, .count = 1};
    const char *order = "have quantiles that do not fall as their percentages rise";
    assert_refused("empirical", "quantiles", &falls, order);
    assert_refused("empirical", "quantiles", &repeats, order);
    assert_refused("empirical", "quantiles", &single, "have at least two quantiles");
    assert_refused("empirical", "quantiles", NULL, "have at least one value");
    assert_refused("empirical", "samples", NULL, "have at least one value");
}

static void test_parts_of_a_mixture_need_weights(void **state)
{
    (void)state;
    static const double none[] = {0}, endless[] = {1e308, 1e308};
    Distribution part;
    distribution_init_constant(&part, 5);
    const Distribution *const parts[] = {&part, &part};
    const DistributionInput of_0 = {.weights = none, .parts = parts, .count = 1};
    const DistributionInput too_much = {.weights = endless, .parts = parts, .count = 2};
    const char *sum = "have at least one part, and weights with a finite sum";
    assert_refused("mixture", "of", &of_0, "have weights above 0");
    assert_refused("mixture", "of", &too_much, sum);
    assert_refused("mixture", "of", NULL, sum);
}

static int set_of(const char *name, const char *given)
{
    const DistributionKind *kind = distribution_kind_find(name);
    DistributionInput input = input_from_text(kind, given, NULL);
    return distribution_set_of(kind, &input);
}

static void test_a_set_is_met_exactly_or_not_at_all(void **state)
{
    (void)state;
    assert_int_equal(set_of("lognormal", "mean=1 cv=1"), 0);
    assert_int_equal(set_of("lognormal", "p50=1 p99=2"), 1);
    assert_int_equal(set_of("lognormal", "sigma=1 p50=1"), 2);
    assert_int_equal(set_of("lognormal", "mean=1"), -1);
    assert_int_equal(set_of("lognormal", "mean=1 p50=1"), -1);
    assert_int_equal(set_of("lognormal", "mean=1 cv=1 p50=1"), -1);
    assert_int_equal(set_of("lognormal", ""), -1);
    assert_int_equal(set_of("empirical", "quantiles"), 1);
    assert_int_equal(set_of("empirical", "samples file"), -1);
}

static void test_kinds_are_found_by_their_whole_name(void **state)
{
    (void)state;
    for (size_t i = 0; distribution_kinds[i] != NULL; i++)
        assert_ptr_equal(distribution_kind_find(distribution_kinds[i]->name),
                         distribution_kinds[i]);
    assert_null(distribution_kind_find("expo"));
    assert_null(distribution_kind_find("exponential "));
    assert_null(distribution_kind_find(""));
}

static SimTime draw_at(const Distribution *distribution, uint64_t i)
{
    SimRng rng;
    sim_rng_init(&rng);
    return distribution_draw(distribution, sim_rng_at(&rng, KEY, i, 0));
}

static void test_a_shift_is_added_to_every_draw_and_to_the_mean(void **state)
{
    (void)state;
    Distribution plain, shifted;
    assert_null(prepare_text(&plain, "exponential", "mean=2", NULL));
    assert_null(prepare_limited(&shifted, "exponential", "mean=2", NULL, 3 * MS, INFINITY));
    for (uint64_t i = 0; i < 1000; i++) {
        SimTime off = draw_at(&shifted, i) - draw_at(&plain, i) - 3 * SIM_TIME_MS;
        assert_true(off >= -1 && off <= 1);
    }
    assert_close(distribution_mean(&shifted), 5 * MS, 1e-15);
}

/* Exponential of mean 1 above which nothing lies at 1: the mean is 1 - e^-1 / (1 - e^-1), the
 * variance below 1/12; 5 standard errors. */
static void test_a_limit_redraws_what_lies_above_it(void **state)
{
    (void)state;
    Distribution distribution;
    double sum = 0;
    assert_null(prepare_limited(&distribution, "exponential", "mean=1", NULL, 0, MS));
    for (uint64_t i = 0; i < MANY; i++) {
        SimTime time = draw_at(&distribution, i);
        assert_true(time <= SIM_TIME_MS);
        sum += (double)time / MS;
    }
    double expected = 1 - exp(-1) / (1 - exp(-1));
    assert_true(fabs(sum / MANY - expected) < 5 / sqrt(12.0 * MANY));
}

static void test_a_limit_counts_the_shift(void **state)
{
    (void)state;
    Distribution distribution;
    assert_null(prepare_limited(&distribution, "uniform", "min=0 max=2", NULL, 3 * MS, 4 * MS));
    for (uint64_t i = 0; i < 1000; i++) {
        SimTime time = draw_at(&distribution, i);
        assert_true(time >= 3 * SIM_TIME_MS && time <= 4 * SIM_TIME_MS);
    }
}

/* Of a uniform of 100 ms a max of 5 ms lets 1 in 20 pass, one of 0.1 ms 1 in 1000. */
static void test_a_limit_that_hardly_anything_meets_is_refused(void **state)
{
    (void)state;
    const char *refusal = "have a max that at least 1 in 100 draws stays below",
               *given = "min=0 max=100";
    Distribution distribution;
    assert_null(prepare_limited(&distribution, "uniform", given, NULL, 0, 5 * MS));
    assert_true(draw_at(&distribution, 1) <= 5 * SIM_TIME_MS);
    assert_string_equal(prepare_limited(&distribution, "uniform", given, NULL, 0, 0.1 * MS),
                        refusal);
    assert_string_equal(prepare_limited(&distribution, "uniform", given, NULL, 5 * MS, 4 * MS),
                        refusal);
}

static const char *prepare_around(Distribution *around, const Distribution *part, double limit)
{
    static const double weight[] = {1};
    const DistributionInput lists = {.weights = weight, .parts = &part, .count = 1};
    return prepare_limited(around, "mixture", "of", &lists, 0, limit);
}

/* They take a fifth, a fifth and a tenth of what the one within gives: 5, 25, 250 draws for one. */
static void test_the_limits_of_mixtures_in_mixtures_multiply(void **state)
{
    (void)state;
    Distribution within, first, second, third;
    assert_null(prepare_text(&within, "uniform", "min=0 max=125", NULL));
    assert_null(prepare_around(&first, &within, 25 * MS));
    assert_null(prepare_around(&second, &first, 5 * MS));
    const char *wrong = prepare_around(&third, &second, 0.5 * MS);
    assert_non_null(wrong);
    assert_string_equal(wrong, "have a max that at least 1 in 100 draws stays below");
    assert_null(prepare_around(&third, &second, INFINITY));
    assert_true(draw_at(&third, 1) <= 5 * SIM_TIME_MS);
    distribution_clear(&first);
    distribution_clear(&second);
    distribution_clear(&third);
}

static void test_a_constant_is_its_value_without_chance(void **state)
{
    (void)state;
    Distribution bare, object, shifted;
    distribution_init_constant(&bare, 5 * SIM_TIME_MS);
    assert_null(prepare_text(&object, "constant", "value=5", NULL));
    assert_null(prepare_limited(&shifted, "constant", "value=5", NULL, 2 * MS, 7 * MS));
    assert_int_equal(distribution_draw(&bare, NULL), 5 * SIM_TIME_MS);
    assert_int_equal(distribution_draw(&object, NULL), 5 * SIM_TIME_MS);
    assert_int_equal(distribution_draw(&shifted, NULL), 7 * SIM_TIME_MS);
    assert_close(distribution_mean(&bare), 5 * MS, 0);
    assert_close(distribution_mean(&shifted), 7 * MS, 0);
    assert_string_equal(prepare_limited(&shifted, "constant", "value=5", NULL, 2 * MS, 6 * MS),
                        "have a value of at most max");
}

/* Parameters at the ends of what a topology may say: no draw is outside the times there are. */
static void test_the_widest_parameters_stay_within_the_times_there_are(void **state)
{
    (void)state;
    static const char *const widest[][2] = {
        {"exponential", "mean=315360000000"},
        {"erlang", "mean=315360000000 stages=10000"},
        {"gamma", "mean=315360000000 cv=1000"},
        {"gamma", "mean=315360000000 cv=0.001"},
        {"gamma", "shape=5e-324 scale=1"},
        {"gamma", "shape=1000000 scale=315360000000"},
        {"lognormal", "mean=315360000000 cv=1000"},
        {"lognormal", "p50=0.000001 p99=315360000000"},
        {"lognormal", "p50=315360000000 sigma=10"},
        {"weibull", "mean=315360000000 shape=0.0500001"},
        {"weibull", "scale=315360000000 shape=1000"},
        {"pareto", "min=315360000000 shape=5e-324"},
        {"pareto", "mean=1 shape=1.0000000000000002"},
        {"normal", "mean=0 stddev=315360000000"},
        {"beta", "min=0 max=315360000000 alpha=0.001 beta=0.001"},
        {"beta", "min=0 max=1 alpha=1000000 beta=1000000"},
        {"rayleigh", "mean=315360000000"},
        {"gumbel", "mean=0 stddev=315360000000"},
        {"gumbel", "mean=315360000000 stddev=0.000001"},
        {"logistic", "mean=0 stddev=315360000000"},
        {"logistic", "mean=315360000000 stddev=0.000001"},
        {"hyperexponential", "mean=315360000000 cv=1000"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(widest); i++) {
        Distribution distribution;
        const char *wrong = prepare_text(&distribution, widest[i][0], widest[i][1], NULL);
        if (wrong != NULL)
            fail_msg("%s %s must %s", widest[i][0], widest[i][1], wrong);
        for (uint64_t j = 0; j < 1000; j++) {
            SimTime time = draw_at(&distribution, j);
            assert_true(time >= 0 && time <= SIM_TIME_LONGEST);
        }
        double mean = distribution_mean(&distribution);
        if (!(mean >= 0))
            fail_msg("%s %s: mean %g", widest[i][0], widest[i][1], mean);
        distribution_clear(&distribution);
    }
}

static void test_the_mean_of_a_pareto_without_one_is_infinite(void **state)
{
    (void)state;
    Distribution distribution;
    assert_null(prepare_text(&distribution, "pareto", "min=1 shape=1", NULL));
    assert_true(isinf(distribution_mean(&distribution)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters_that_do_not_go_together_are_refused),
        cmocka_unit_test(test_phases_must_share_one_probability),
        cmocka_unit_test(test_probabilities_may_miss_1_by_rounding),
        cmocka_unit_test(test_quantiles_must_rise),
        cmocka_unit_test(test_parts_of_a_mixture_need_weights),
        cmocka_unit_test(test_a_set_is_met_exactly_or_not_at_all),
        cmocka_unit_test(test_kinds_are_found_by_their_whole_name),
        cmocka_unit_test(test_a_shift_is_added_to_every_draw_and_to_the_mean),
        cmocka_unit_test(test_a_limit_redraws_what_lies_above_it),
        cmocka_unit_test(test_a_limit_counts_the_shift),
        cmocka_unit_test(test_a_limit_that_hardly_anything_meets_is_refused),
        cmocka_unit_test(test_the_limits_of_mixtures_in_mixtures_multiply),
        cmocka_unit_test(test_a_constant_is_its_value_without_chance),
        cmocka_unit_test(test_the_widest_parameters_stay_within_the_times_there_are),
        cmocka_unit_test(test_the_mean_of_a_pareto_without_one_is_infinite),
    };
    return cmocka_run_group_tests_name("sim/distribution", tests, NULL, NULL);
}
