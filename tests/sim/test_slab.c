#include "sim/slab.h"

#include <glib.h>
#include <string.h>

#include "sim/rng.h"
#include "tests/support/cmocka_all.h"

typedef struct Thing {
    uint64_t value;
    uint32_t lives;
} Thing;

static Thing *thing_at(const Slab *slab, uint32_t handle)
{
    return slab_at(slab, handle);
}

static void test_handle_0_is_no_object_and_no_handle_is_given_twice(void **state)
{
    (void)state;
    enum { MANY = 5 * SLAB_CHUNK_SIZE };
    g_autofree bool *seen = g_new0(bool, MANY + SLAB_CHUNK_SIZE);
    Slab slab;
    slab_init(&slab, sizeof(Thing));
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t handle = slab_take(&slab);
        assert_int_not_equal(handle, SLAB_NONE);
        assert_true(handle < MANY + SLAB_CHUNK_SIZE);
        assert_false(seen[handle]);
        seen[handle] = true;
    }
    assert_int_equal(slab.live, MANY);
    slab_clear(&slab);
}

static void test_objects_start_as_zeros_and_keep_their_place_while_the_slab_grows(void **state)
{
    (void)state;
    enum { MANY = 3 * SLAB_CHUNK_SIZE };
    g_autofree Thing **places = g_new(Thing *, MANY);
    g_autofree uint32_t *handles = g_new(uint32_t, MANY);
    Slab slab;
    slab_init(&slab, sizeof(Thing));
    for (uint32_t i = 0; i < MANY; i++) {
        handles[i] = slab_take(&slab);
        places[i] = thing_at(&slab, handles[i]);
        assert_true(places[i]->value == 0);
        assert_int_equal(places[i]->lives, 0);
        places[i]->value = i + 1;
    }
    for (uint32_t i = 0; i < MANY; i++) {
        assert_ptr_equal(thing_at(&slab, handles[i]), places[i]);
        assert_true(places[i]->value == i + 1);
    }
    slab_clear(&slab);
}

static void test_the_last_freed_is_taken_first_and_keeps_what_it_held(void **state)
{
    (void)state;
    Slab slab;
    slab_init(&slab, sizeof(Thing));
    uint32_t first = slab_take(&slab), second = slab_take(&slab);
    thing_at(&slab, second)->lives = 7;
    slab_give(&slab, first);
    slab_give(&slab, second);
    assert_int_equal(slab_take(&slab), second);
    assert_int_equal(thing_at(&slab, second)->lives, 7);
    assert_int_equal(slab_take(&slab), first);
    slab_clear(&slab);
}

/* Objects hold their own handle; whatever is taken and given, no live one loses it. */
static void test_any_mix_of_taking_and_giving_keeps_live_objects_apart(void **state)
{
    (void)state;
    g_autoptr(GArray) live = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t most = 0;
    Slab slab;
    slab_init(&slab, sizeof(Thing));
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t chance = sim_mix(UINT64_C(20260102), i);
        if (live->len == 0 || chance % 100 < 52) {
            uint32_t handle = slab_take(&slab);
            thing_at(&slab, handle)->value = handle;
            g_array_append_val(live, handle);
        } else {
            guint at = (guint)(chance >> 32) % live->len;
            uint32_t handle = g_array_index(live, uint32_t, at);
            assert_true(thing_at(&slab, handle)->value == handle);
            thing_at(&slab, handle)->value = 0;
            slab_give(&slab, handle);
            g_array_remove_index_fast(live, at);
        }
        most = MAX(most, live->len);
        assert_int_equal(slab.live, live->len);
    }
    assert_int_equal(slab.most_live, most);
    assert_true(most > 2 * SLAB_CHUNK_SIZE);
    slab_clear(&slab);
}

/* All 16,777,215 of one byte each. */
static void test_every_handle_that_an_event_can_carry_can_be_taken(void **state)
{
    (void)state;
    Slab slab;
    slab_init(&slab, 1);
    uint32_t largest = 0;
    while (slab_has_room(&slab)) {
        uint32_t handle = slab_take(&slab);
        largest = MAX(largest, handle);
    }
    assert_int_equal(slab.live, SLAB_CAPACITY);
    assert_int_equal(largest, SLAB_CAPACITY);
    *(char *)slab_at(&slab, largest) = 1;
    slab_give(&slab, largest);
    assert_true(slab_has_room(&slab));
    slab_clear(&slab);
}

static void test_a_cleared_slab_can_be_used_again(void **state)
{
    (void)state;
    Slab slab;
    slab_init(&slab, sizeof(Thing));
    thing_at(&slab, slab_take(&slab))->value = 5;
    slab_clear(&slab);
    assert_int_equal(slab.live, 0);
    assert_true(thing_at(&slab, slab_take(&slab))->value == 0);
    slab_clear(&slab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handle_0_is_no_object_and_no_handle_is_given_twice),
        cmocka_unit_test(test_objects_start_as_zeros_and_keep_their_place_while_the_slab_grows),
        cmocka_unit_test(test_the_last_freed_is_taken_first_and_keeps_what_it_held),
        cmocka_unit_test(test_any_mix_of_taking_and_giving_keeps_live_objects_apart),
        cmocka_unit_test(test_every_handle_that_an_event_can_carry_can_be_taken),
        cmocka_unit_test(test_a_cleared_slab_can_be_used_again),
    };
    return cmocka_run_group_tests_name("sim/slab", tests, NULL, NULL);
}
