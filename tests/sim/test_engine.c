#include "sim/engine.h"

#include <glib.h>
#include <string.h>

#include "sim/rng.h"
#include "tests/support/cmocka_all.h"

#define ENTITIES  64u
#define KIND      3u
#define LANE_KIND 4u /* kind of the timeouts in lanes; not what the engine uses itself */

/* Entities that hold one event each; cancelling is setting it to 0. */
typedef struct Holders {
    Engine engine;
    EventId ids[ENTITIES];
} Holders;

static EventId held_by(void *context, EventId id)
{
    const Holders *holders = context;
    return holders->ids[event_handle(id)];
}

static void holders_init(Holders *holders)
{
    memset(holders->ids, 0, sizeof holders->ids);
    engine_init(&holders->engine, held_by, holders);
}

static void holders_clear(Holders *holders)
{
    engine_clear(&holders->engine);
}

static void arm(Holders *holders, uint32_t lane, uint32_t handle)
{
    holders->ids[handle] = engine_arm(&holders->engine, lane, LANE_KIND, handle);
}

static void schedule(Holders *holders, SimTime time, EventClass event_class, uint32_t handle)
{
    holders->ids[handle] = engine_schedule(&holders->engine, time, event_class, KIND, handle);
}

static void assert_next(Holders *holders, SimTime time, uint32_t handle)
{
    Event event;
    assert_true(engine_next(&holders->engine, SIM_TIME_NEVER, &event));
    assert_int_equal(event.time, time);
    assert_int_equal(event_handle(event.id), handle);
    assert_true(event.id == holders->ids[handle]);
    assert_int_equal(holders->engine.now, time);
}

static void assert_over(Holders *holders)
{
    Event event;
    assert_false(engine_next(&holders->engine, SIM_TIME_NEVER, &event));
}

static void test_an_event_carries_its_kind_and_handle(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    EventId id = engine_schedule(&holders.engine, 5, EVENT_ARRIVAL, EVENT_KINDS_MAX - 1, 0xffffff);
    assert_int_equal(event_kind(id), EVENT_KINDS_MAX - 1);
    assert_int_equal(event_handle(id), 0xffffff);
    Event event;
    assert_true(engine_next(&holders.engine, 5, &event));
    assert_true(event.id == id);
    assert_int_equal(event.time, 5);
    holders_clear(&holders);
}

static void test_at_equal_times_classes_come_in_order_then_the_first_scheduled(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    schedule(&holders, 10, EVENT_ARRIVAL, 1);
    schedule(&holders, 10, EVENT_RETRY, 2);
    schedule(&holders, 10, EVENT_TIMEOUT, 3);
    schedule(&holders, 10, EVENT_COMPLETION, 4);
    schedule(&holders, 10, EVENT_COMPLETION, 5);
    schedule(&holders, 10, EVENT_ARRIVAL, 6);
    schedule(&holders, 9, EVENT_ARRIVAL, 7);
    static const uint32_t expected[] = {4, 5, 3, 2, 1, 6};
    assert_next(&holders, 9, 7);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_next(&holders, 10, expected[i]);
    assert_over(&holders);
    holders_clear(&holders);
}

static void test_the_clock_stops_before_an_event_beyond_the_limit(void **state)
{
    (void)state;
    Holders holders;
    Event event;
    holders_init(&holders);
    schedule(&holders, 10, EVENT_ARRIVAL, 1);
    schedule(&holders, 20, EVENT_ARRIVAL, 2);
    assert_true(engine_next(&holders.engine, 10, &event));
    assert_false(engine_next(&holders.engine, 19, &event));
    assert_int_equal(holders.engine.now, 10);
    assert_int_equal(holders.engine.processed, 1);
    assert_next(&holders, 20, 2);
    holders_clear(&holders);
}

static void test_a_lane_expires_in_the_order_of_arming(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, 100);
    for (uint32_t i = 0; i < 40; i++)
        arm(&holders, lane, i);
    assert_int_equal(event_set_count(&holders.engine.events), 1);
    for (uint32_t i = 0; i < 40; i++)
        assert_next(&holders, 100, i);
    assert_over(&holders);
    holders_clear(&holders);
}

static void test_a_duration_has_one_lane(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, 100);
    assert_int_not_equal(engine_lane(&holders.engine, 101), lane);
    assert_int_equal(engine_lane(&holders.engine, 100), lane);
    holders_clear(&holders);
}

static void test_a_timeout_of_a_lane_stands_between_completions_and_retries(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, 10);
    schedule(&holders, 10, EVENT_RETRY, 1);
    schedule(&holders, 10, EVENT_TIMEOUT, 2);
    arm(&holders, lane, 3);
    schedule(&holders, 10, EVENT_TIMEOUT, 4);
    schedule(&holders, 10, EVENT_COMPLETION, 5);
    static const uint32_t expected[] = {5, 2, 3, 4, 1};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_next(&holders, 10, expected[i]);
    holders_clear(&holders);
}

static void test_a_forgotten_timeout_never_comes_up_and_moves_no_clock(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, 100);
    for (uint32_t i = 0; i < 20; i++)
        arm(&holders, lane, i);
    for (uint32_t i = 0; i < 20; i++)
        holders.ids[i] = i == 7 ? holders.ids[i] : 0;
    assert_next(&holders, 100, 7);
    arm(&holders, lane, 8);
    holders.ids[8] = 0;
    assert_over(&holders);
    assert_int_equal(holders.engine.now, 100);
    assert_int_equal(holders.engine.processed, 1);
    holders_clear(&holders);
}

/* All of a lane is cancelled while its event still stands in the set; what is armed afterwards
 * must come up at its own time. */
static void test_a_lane_armed_again_after_all_were_cancelled_expires_on_time(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, 100);
    arm(&holders, lane, 1);
    holders.ids[1] = 0;
    schedule(&holders, 30, EVENT_ARRIVAL, 2);
    assert_next(&holders, 30, 2);
    arm(&holders, lane, 3);
    assert_int_equal(holders.engine.lanes[lane].count, 1);
    assert_int_equal(event_set_count(&holders.engine.events), 1);
    assert_next(&holders, 130, 3);
    assert_over(&holders);
    holders_clear(&holders);
}

static void churn(Holders *holders, uint32_t lane, uint32_t live, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++) {
        arm(holders, lane, i % live);
        holders->engine.now++;
    }
}

/* Arming for the same entity again forgets its last timeout. */
static void test_a_million_timeouts_armed_and_cancelled_keep_the_ring_short(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, SIM_TIME_S);
    churn(&holders, lane, 8, 1000000);
    assert_true(holders.engine.lanes[lane].mask < 32);
    assert_int_equal(event_set_count(&holders.engine.events), 1);
    holders_clear(&holders);
}

static void test_a_timeout_that_lasts_does_not_make_cancelled_ones_pile_up_behind_it(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    uint32_t lane = engine_lane(&holders.engine, SIM_TIME_S);
    arm(&holders, lane, ENTITIES - 1);
    churn(&holders, lane, 8, 1000000);
    assert_true(holders.engine.lanes[lane].mask < 64);
    assert_next(&holders, SIM_TIME_S, ENTITIES - 1);
    for (uint32_t i = 0; i < 8; i++)
        assert_next(&holders, SIM_TIME_S + 1000000 - 8 + i, i);
    assert_over(&holders);
    holders_clear(&holders);
}

/* What the engine promises, plainly: a list of what is pending, searched for the earliest. */
typedef struct Pending {
    SimTime time;
    EventClass event_class;
    uint64_t sequence;
    EventId id;
} Pending;

static bool comes_first(const Pending *a, const Pending *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->event_class != b->event_class)
        return a->event_class < b->event_class;
    return a->sequence < b->sequence;
}

typedef struct Mix {
    Holders holders;
    Pending pending[ENTITIES]; /* of the entity; id 0: none */
    uint32_t lanes[3];
    uint64_t sequence;
    uint64_t draws;
} Mix;

static uint32_t draw_below(Mix *mix, uint32_t limit)
{
    return (uint32_t)(sim_mix(UINT64_C(20260103), mix->draws++) % limit);
}

/* Short durations and delays, so that most times are shared by several events. */
static void mix_add(Mix *mix, uint32_t handle)
{
    Engine *engine = &mix->holders.engine;
    Pending *pending = &mix->pending[handle];
    pending->sequence = ++mix->sequence;
    if (draw_below(mix, 2) == 0) {
        uint32_t lane = mix->lanes[draw_below(mix, 3)];
        pending->time = engine->now + engine->lanes[lane].duration;
        pending->event_class = EVENT_TIMEOUT;
        arm(&mix->holders, lane, handle);
    } else {
        pending->time = engine->now + draw_below(mix, 8);
        pending->event_class = (EventClass)draw_below(mix, 4);
        schedule(&mix->holders, pending->time, pending->event_class, handle);
    }
    pending->id = mix->holders.ids[handle];
}

static void mix_cancel(Mix *mix, uint32_t handle)
{
    mix->pending[handle].id = 0;
    mix->holders.ids[handle] = 0;
}

static Pending *mix_earliest(Mix *mix)
{
    Pending *best = NULL;
    for (uint32_t i = 0; i < ENTITIES; i++) {
        Pending *pending = &mix->pending[i];
        if (pending->id != 0 && (best == NULL || comes_first(pending, best)))
            best = pending;
    }
    return best;
}

/* Plain events that were cancelled come up and are dropped, as the engine's users do. */
static bool mix_next(Mix *mix, Event *event)
{
    while (engine_next(&mix->holders.engine, SIM_TIME_NEVER, event)) {
        if (mix->holders.ids[event_handle(event->id)] == event->id)
            return true;
        assert_int_equal(event_kind(event->id), KIND);
    }
    return false;
}

static void mix_take(Mix *mix)
{
    Event event;
    Pending *expected = mix_earliest(mix);
    assert_int_equal(mix_next(mix, &event), expected != NULL);
    if (expected == NULL)
        return;
    assert_int_equal(event.time, expected->time);
    assert_true(event.id == expected->id);
    mix_cancel(mix, event_handle(event.id));
}

static void test_lanes_and_plain_events_come_in_the_order_of_a_plain_list(void **state)
{
    (void)state;
    Mix mix = {0};
    holders_init(&mix.holders);
    for (uint32_t i = 0; i < 3; i++)
        mix.lanes[i] = engine_lane(&mix.holders.engine, i * 3);
    for (int i = 0; i < 500000; i++) {
        uint32_t choice = draw_below(&mix, 10), handle = draw_below(&mix, ENTITIES);
        if (choice < 5)
            mix_add(&mix, handle);
        else if (choice < 6)
            mix_cancel(&mix, handle);
        else
            mix_take(&mix);
    }
    while (mix_earliest(&mix) != NULL)
        mix_take(&mix);
    mix_take(&mix);
    holders_clear(&mix.holders);
}

static void test_a_run_is_exhausted_when_its_sequence_numbers_are(void **state)
{
    (void)state;
    Holders holders;
    holders_init(&holders);
    holders.engine.sequence = EVENT_SEQUENCE_MAX - 1;
    assert_false(engine_is_exhausted(&holders.engine));
    schedule(&holders, 5, EVENT_COMPLETION, 1);
    assert_true(engine_is_exhausted(&holders.engine));
    assert_int_equal(event_kind(holders.ids[1]), KIND);
    assert_int_equal(holders.ids[1] >> 62, EVENT_COMPLETION);
    assert_next(&holders, 5, 1);
    holders_clear(&holders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_event_carries_its_kind_and_handle),
        cmocka_unit_test(test_at_equal_times_classes_come_in_order_then_the_first_scheduled),
        cmocka_unit_test(test_the_clock_stops_before_an_event_beyond_the_limit),
        cmocka_unit_test(test_a_lane_expires_in_the_order_of_arming),
        cmocka_unit_test(test_a_duration_has_one_lane),
        cmocka_unit_test(test_a_timeout_of_a_lane_stands_between_completions_and_retries),
        cmocka_unit_test(test_a_forgotten_timeout_never_comes_up_and_moves_no_clock),
        cmocka_unit_test(test_a_lane_armed_again_after_all_were_cancelled_expires_on_time),
        cmocka_unit_test(test_a_million_timeouts_armed_and_cancelled_keep_the_ring_short),
        cmocka_unit_test(test_a_timeout_that_lasts_does_not_make_cancelled_ones_pile_up_behind_it),
        cmocka_unit_test(test_lanes_and_plain_events_come_in_the_order_of_a_plain_list),
        cmocka_unit_test(test_a_run_is_exhausted_when_its_sequence_numbers_are),
    };
    return cmocka_run_group_tests_name("sim/engine", tests, NULL, NULL);
}
