/* What every balancer must keep to, whatever it does: run over the table of kinds. */
#include "models/balancer/balancer.h"

#include "tests/support/chance.h"
#include "tests/support/kind_text.h"

#define REPLICAS_MOST 40u

typedef struct Live {
    KindText text;
    const BalancerKind *kind;
    void *state;
    uint32_t in_flight[REPLICAS_MOST];
    SimRng rng;
} Live;

static void live_init(Live *live, const Kind *kind)
{
    g_autofree char *text = g_strdup_printf("{'policy': '%s'}", kind->name);
    kind_text_init(&live->text, &balancer_family, text);
    live->kind = balancer_kind(&live->text.choice);
    live->state = g_malloc0(live->kind->state_size + 1);
    draws_named(&live->rng, "balancer");
    memset(live->in_flight, 0, sizeof live->in_flight);
}

static void live_clear(Live *live)
{
    g_free(live->state);
    kind_text_clear(&live->text);
}

static void live_start(Live *live, uint32_t count)
{
    memset(live->state, 0, live->kind->state_size);
    if (live->kind->start != NULL)
        live->kind->start(live->state, live->text.choice.config, count, &live->rng.gsl);
}

/* The load changes like that of a busy caller: each pick adds, now and then one ends. */
static uint32_t live_pick(Live *live, uint32_t count, uint32_t turn)
{
    const BalancerView view = {count, live->kind->counts_in_flight ? live->in_flight : NULL};
    uint32_t pick = live->kind->pick(live->state, live->text.choice.config, &view, &live->rng.gsl);
    assert_true(pick < count);
    live->in_flight[pick]++;
    uint32_t ends = turn * 7 % count;
    live->in_flight[ends] -= live->in_flight[ends] > 0 ? 1 : 0;
    return pick;
}

static void test_every_pick_is_a_replica(void **state)
{
    (void)state;
    for (const Kind *const *kind = balancer_family.kinds; *kind != NULL; kind++) {
        Live live;
        live_init(&live, *kind);
        for (uint32_t count = 1; count <= REPLICAS_MOST; count++) {
            live_start(&live, count);
            for (uint32_t i = 0; i < 200; i++)
                live_pick(&live, count, i);
        }
        live_clear(&live);
    }
}

static void test_no_replica_starves_while_all_are_alike(void **state)
{
    (void)state;
    for (const Kind *const *kind = balancer_family.kinds; *kind != NULL; kind++) {
        Live live;
        uint32_t seen[10] = {0};
        live_init(&live, *kind);
        live_start(&live, 10);
        for (uint32_t i = 0; i < 1000; i++)
            seen[live_pick(&live, 10, i)]++;
        for (uint32_t i = 0; i < 10; i++)
            assert_true(seen[i] > 0);
        live_clear(&live);
    }
}

static void test_the_same_draws_make_the_same_picks_from_a_new_state(void **state)
{
    (void)state;
    for (const Kind *const *kind = balancer_family.kinds; *kind != NULL; kind++) {
        Live first, second;
        live_init(&first, *kind);
        live_start(&first, 7);
        live_init(&second, *kind);
        live_start(&second, 7);
        for (uint32_t i = 0; i < 500; i++)
            assert_int_equal(live_pick(&first, 7, i), live_pick(&second, 7, i));
        live_clear(&second);
        live_clear(&first);
    }
}

static void test_fewer_replicas_than_at_the_start_are_no_trouble(void **state)
{
    (void)state;
    for (const Kind *const *kind = balancer_family.kinds; *kind != NULL; kind++) {
        Live live;
        live_init(&live, *kind);
        live_start(&live, REPLICAS_MOST);
        for (uint32_t count = REPLICAS_MOST; count > 0; count--)
            live_pick(&live, count, count);
        live_clear(&live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pick_is_a_replica),
        cmocka_unit_test(test_no_replica_starves_while_all_are_alike),
        cmocka_unit_test(test_the_same_draws_make_the_same_picks_from_a_new_state),
        cmocka_unit_test(test_fewer_replicas_than_at_the_start_are_no_trouble),
    };
    return cmocka_run_group_tests_name("models/balancer_contract", tests, NULL, NULL);
}
