#include "sim/rng.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/close_to.h"

#define KEY  UINT64_C(0x0123456789abcdef)
#define MANY 1000000

/* The published known answers of Philox4x32-10 (kat_vectors of Random123). */
static void test_a_block_is_the_published_one(void **state)
{
    (void)state;
    static const struct {
        uint64_t key, request, visit;
        uint32_t words[4];
    } known[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {UINT64_C(0x299f31d0a4093822),
         UINT64_C(0x85a308d3243f6a88),
         UINT64_C(0x0370734413198a2e),
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    SimRng rng;
    sim_rng_init(&rng);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        gsl_rng *draws = sim_rng_at(&rng, known[i].key, known[i].request, known[i].visit);
        for (int word = 0; word < 4; word++)
            assert_int_equal(gsl_rng_get(draws), known[i].words[word]);
    }
}

static void test_a_double_is_the_first_53_bits_of_two_words(void **state)
{
    (void)state;
    SimRng rng;
    sim_rng_init(&rng);
    gsl_rng *draws = sim_rng_at(&rng, 0, 0, 0);
    uint64_t first = UINT64_C(0x6627e8d5e169c58d) >> 11,
             second = UINT64_C(0xbc57ac4c9b00dbd8) >> 11;
    assert_true(gsl_rng_uniform(draws) == ldexp((double)first, -53));
    assert_true(gsl_rng_uniform(draws) == ldexp((double)second, -53));
}

static void test_a_generator_of_gsl_is_the_same_one(void **state)
{
    (void)state;
    SimRng rng;
    sim_rng_init(&rng);
    gsl_rng *own = sim_rng_at(&rng, KEY, 0, 0);
    gsl_rng *other = gsl_rng_alloc(sim_rng_philox);
    gsl_rng_set(other, KEY);
    for (int i = 0; i < 100; i++)
        assert_int_equal(gsl_rng_get(own), gsl_rng_get(other));
    gsl_rng_free(other);
}

static void test_draws_depend_on_the_place_and_not_on_earlier_draws(void **state)
{
    (void)state;
    SimRng rng;
    sim_rng_init(&rng);
    uint64_t fresh[8], again[8];
    gsl_rng *draws = sim_rng_at(&rng, KEY, 7, 3);
    for (int i = 0; i < 8; i++)
        fresh[i] = gsl_rng_get(draws);
    draws = sim_rng_at(&rng, KEY, 8, 3);
    for (int i = 0; i < 5; i++)
        gsl_rng_get(draws);
    draws = sim_rng_at(&rng, KEY, 7, 3);
    for (int i = 0; i < 8; i++)
        again[i] = gsl_rng_get(draws);
    assert_memory_equal(fresh, again, sizeof fresh);
}

static int compare_words(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static uint64_t two_words(gsl_rng *draws)
{
    uint64_t high = gsl_rng_get(draws);
    return high << 32 | gsl_rng_get(draws);
}

/* Four blocks of each of 64 requests x 16 visits x 16 keys that differ in one bit: among 131,072
 * values of 64 bits one pair would be equal by chance with probability 5e-10. */
static void test_neighbouring_places_share_no_block(void **state)
{
    (void)state;
    size_t count = 0;
    g_autofree uint64_t *seen = g_new(uint64_t, 64 * 16 * 16 * 8);
    SimRng rng;
    sim_rng_init(&rng);
    for (uint64_t place = 0; place < 64 * 16 * 16; place++) {
        uint64_t key = KEY ^ UINT64_C(1) << (place >> 10) * 4;
        gsl_rng *draws = sim_rng_at(&rng, key, place & 63, place >> 6 & 15);
        for (int i = 0; i < 8; i++)
            seen[count++] = two_words(draws);
    }
    qsort(seen, count, sizeof *seen, compare_words);
    for (size_t i = 1; i < count; i++)
        assert_true(seen[i - 1] != seen[i]);
}

/* 256 cells: chi-square has mean 255 and standard deviation sqrt(2 * 255). */
static void assert_uniform(double (*draw)(SimRng *rng, uint64_t i))
{
    uint64_t cells[256] = {0};
    SimRng rng;
    sim_rng_init(&rng);
    for (uint64_t i = 0; i < MANY; i++)
        cells[(size_t)(draw(&rng, i) * 256)]++;
    double chi = 0, expected = MANY / 256.0;
    for (int i = 0; i < 256; i++)
        chi += ((double)cells[i] - expected) * ((double)cells[i] - expected) / expected;
    if (fabs(chi - 255) > 5 * sqrt(2 * 255.0))
        fail_msg("chi-square is %g", chi);
}

static double first_of_request(SimRng *rng, uint64_t i)
{
    return gsl_rng_uniform(sim_rng_at(rng, KEY, i, 0));
}

static double first_of_visit(SimRng *rng, uint64_t i)
{
    return gsl_rng_uniform(sim_rng_at(rng, KEY, 1, sim_mix(1, i)));
}

static double second_of_request(SimRng *rng, uint64_t i)
{
    gsl_rng *draws = sim_rng_at(rng, KEY, i, 0);
    gsl_rng_uniform(draws);
    return gsl_rng_uniform(draws);
}

static double ninth_of_request(SimRng *rng, uint64_t i)
{
    gsl_rng *draws = sim_rng_at(rng, KEY, i, 0);
    for (int skipped = 0; skipped < 8; skipped++)
        gsl_rng_uniform(draws);
    return gsl_rng_uniform(draws);
}

static double one_long_stream(SimRng *rng, uint64_t i)
{
    return gsl_rng_uniform(i == 0 ? sim_rng_at(rng, KEY, 0, 0) : &rng->gsl);
}

static void test_draws_are_uniform_along_every_axis(void **state)
{
    (void)state;
    assert_uniform(first_of_request);
    assert_uniform(first_of_visit);
    assert_uniform(second_of_request);
    assert_uniform(ninth_of_request);
    assert_uniform(one_long_stream);
}

typedef struct Place {
    uint64_t key, request, visit;
} Place;

/* The product of two independent centred uniforms has mean 0 and standard deviation 1/12. */
static void assert_uncorrelated(Place (*left)(uint64_t i), Place (*right)(uint64_t i))
{
    double sum = 0;
    SimRng rng;
    sim_rng_init(&rng);
    for (uint64_t i = 0; i < MANY; i++) {
        Place a = left(i), b = right(i);
        double x = gsl_rng_uniform(sim_rng_at(&rng, a.key, a.request, a.visit)) - 0.5;
        sum += x * (gsl_rng_uniform(sim_rng_at(&rng, b.key, b.request, b.visit)) - 0.5);
    }
    assert_true(fabs(sum) < 5 * sqrt(MANY) / 12);
}

static Place at_request(uint64_t i)
{
    return (Place){KEY, i, 0};
}

static Place at_next_request(uint64_t i)
{
    return (Place){KEY, i + 1, 0};
}

static Place at_next_visit(uint64_t i)
{
    return (Place){KEY, i, 1};
}

static Place at_next_key(uint64_t i)
{
    return (Place){KEY + 1, i, 0};
}

static Place at_crossed_visit(uint64_t i)
{
    return (Place){KEY, 0, i};
}

static void test_neighbouring_places_are_uncorrelated(void **state)
{
    (void)state;
    assert_uncorrelated(at_request, at_next_request);
    assert_uncorrelated(at_request, at_next_visit);
    assert_uncorrelated(at_request, at_next_key);
    assert_uncorrelated(at_next_request, at_crossed_visit);
}

/* FNV-1a of "" and "a", by its authors, then the finaliser. */
static void test_a_hash_is_the_same_on_every_machine(void **state)
{
    (void)state;
    assert_true(sim_hash("") == sim_finish(UINT64_C(0xcbf29ce484222325)));
    assert_true(sim_hash("a") == sim_finish(UINT64_C(0xaf63dc4c8601ec8c)));
    assert_true(sim_hash("foobar") == sim_finish(UINT64_C(0x85944171f73967e8)));
}

/* Any change of one argument changes about half of the 64 bits: 5 standard errors of a mean over
 * n binomials(64, 1/2), each of standard deviation 4. */
static void test_a_key_depends_on_every_argument(void **state)
{
    (void)state;
    enum { KEYS = 1000 };
    double bits = 0;
    uint64_t base = sim_key(42, 0, "cart.add", "compute");
    for (uint64_t i = 1; i <= KEYS; i++) {
        g_autofree char *name = g_strdup_printf("cart.add%d", (int)i);
        bits += __builtin_popcountll(base ^ sim_key(42 + i, 0, "cart.add", "compute"));
        bits += __builtin_popcountll(base ^ sim_key(42, i, "cart.add", "compute"));
        bits += __builtin_popcountll(base ^ sim_key(42, 0, name, "compute"));
        bits += __builtin_popcountll(base ^ sim_key(42, 0, "cart.add", name));
    }
    assert_true(fabs(bits / (4 * KEYS) - 32) < 5 * 4 / sqrt(4 * KEYS));
}

static void test_a_key_tells_seed_from_replication_and_entity_from_purpose(void **state)
{
    (void)state;
    assert_true(sim_key(1, 2, "a", "b") != sim_key(2, 1, "a", "b"));
    assert_true(sim_key(1, 2, "a", "b") != sim_key(1, 2, "b", "a"));
    assert_true(sim_key(1, 2, "ab", "") != sim_key(1, 2, "a", "b"));
    assert_true(sim_key(1, 0, "a", "b") != sim_key(UINT64_C(0x100000001), 0, "a", "b"));
    assert_true(sim_mix(1, 2) != sim_mix(2, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_block_is_the_published_one),
        cmocka_unit_test(test_a_double_is_the_first_53_bits_of_two_words),
        cmocka_unit_test(test_a_generator_of_gsl_is_the_same_one),
        cmocka_unit_test(test_draws_depend_on_the_place_and_not_on_earlier_draws),
        cmocka_unit_test(test_neighbouring_places_share_no_block),
        cmocka_unit_test(test_draws_are_uniform_along_every_axis),
        cmocka_unit_test(test_neighbouring_places_are_uncorrelated),
        cmocka_unit_test(test_a_hash_is_the_same_on_every_machine),
        cmocka_unit_test(test_a_key_depends_on_every_argument),
        cmocka_unit_test(test_a_key_tells_seed_from_replication_and_entity_from_purpose),
    };
    return cmocka_run_group_tests_name("sim/rng", tests, NULL, NULL);
}
