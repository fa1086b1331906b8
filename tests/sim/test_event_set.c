#include "sim/event_set.h"

#include <glib.h>
#include <stdlib.h>

#include "sim/rng.h"
#include "tests/support/cmocka_all.h"

#define KEY UINT64_C(20260101)

static int compare_entries(const void *left, const void *right)
{
    const EventEntry *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* `times` different times: few make many ties. Ids are all different and in no order. */
static EventEntry *random_entries(size_t count, uint64_t times)
{
    EventEntry *entries = g_new(EventEntry, count + 1);
    for (size_t i = 0; i < count; i++) {
        entries[i].time = (SimTime)(sim_mix(KEY, i) % times);
        entries[i].id = sim_mix(times, i) << 20 | i;
    }
    return entries;
}

static void assert_entry(EventEntry entry, EventEntry expected)
{
    assert_true(entry.time == expected.time);
    assert_true(entry.id == expected.id);
}

static void assert_pops_sorted(size_t count, uint64_t times)
{
    g_autofree EventEntry *entries = random_entries(count, times);
    EventSet set;
    event_set_init(&set);
    for (size_t i = 0; i < count; i++)
        event_set_push(&set, entries[i].time, entries[i].id);
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t i = 0; i < count; i++) {
        assert_entry(event_set_peek(&set), entries[i]);
        assert_entry(event_set_pop(&set), entries[i]);
    }
    assert_int_equal(event_set_count(&set), 0);
    event_set_clear(&set);
}

static void test_entries_pop_in_the_order_of_time_and_id(void **state)
{
    (void)state;
    static const uint64_t times[] = {1, 2, 10, 1000, INT64_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        for (size_t count = 0; count <= 70; count++)
            assert_pops_sorted(count, times[i]);
        assert_pops_sorted(100000, times[i]);
    }
}

static void test_the_largest_and_smallest_times_and_ids_are_ordered(void **state)
{
    (void)state;
    static const EventEntry sorted[] = {{.id = 0, .time = 0},
                                        {.id = UINT64_MAX, .time = 0},
                                        {.id = 0, .time = 1},
                                        {.id = 0, .time = SIM_TIME_NEVER},
                                        {.id = INT64_MAX, .time = SIM_TIME_NEVER},
                                        {.id = UINT64_MAX, .time = SIM_TIME_NEVER}};
    EventSet set;
    event_set_init(&set);
    for (size_t i = G_N_ELEMENTS(sorted); i-- > 0;)
        event_set_push(&set, sorted[i].time, sorted[i].id);
    for (size_t i = 0; i < G_N_ELEMENTS(sorted); i++)
        assert_entry(event_set_pop(&set), sorted[i]);
    event_set_clear(&set);
}

/* A list kept in order by insertion: slow, and plainly right. */
typedef struct Reference {
    GArray *entries;
} Reference;

static void reference_add(Reference *reference, EventEntry entry)
{
    guint at = reference->entries->len;
    while (at > 0 &&
           compare_entries(&g_array_index(reference->entries, EventEntry, at - 1), &entry) > 0)
        at--;
    g_array_insert_val(reference->entries, at, entry);
}

static EventEntry reference_take(Reference *reference)
{
    EventEntry entry = g_array_index(reference->entries, EventEntry, 0);
    g_array_remove_index(reference->entries, 0);
    return entry;
}

/* How a mix of pushes and pops goes: how many stand there at most, and how far ahead an entry is
 * put. */
typedef struct Mix {
    const char *name;
    guint most;
    SimTime (*ahead)(uint64_t i);
} Mix;

static SimTime within_fifty(uint64_t i)
{
    return (SimTime)(sim_mix(i, 1) % 50);
}

static SimTime never_ahead(uint64_t i)
{
    (void)i;
    return 0;
}

static SimTime by_decades(uint64_t i)
{
    SimTime ahead = 1;
    for (uint64_t decade = sim_mix(i, 2) % 18; decade > 0; decade--)
        ahead *= 10;
    return ahead / 20 + (SimTime)(sim_mix(i, 3) % (uint64_t)ahead) / 40;
}

static SimTime mostly_equal(uint64_t i)
{
    return sim_mix(i, 4) % 10 < 9 ? 1000000 : (SimTime)(sim_mix(i, 5) % 5000000);
}

static const Mix mixes[] = {
    {"few", 5, within_fifty},        {"many ties", 2000, within_fifty},
    {"one time", 2000, never_ahead}, {"decades", 2000, by_decades},
    {"small", 40, by_decades},       {"mostly equal", 2000, mostly_equal},
};

static void push_both(EventSet *set, Reference *reference, SimTime time, uint64_t id)
{
    event_set_push(set, time, id);
    reference_add(reference, (EventEntry){.time = time, .id = id});
}

static SimTime pop_both(EventSet *set, Reference *reference)
{
    EventEntry expected = reference_take(reference);
    assert_entry(event_set_peek(set), expected);
    assert_entry(event_set_pop(set), expected);
    bool is_after = reference->entries->len == 0 ||
                    g_array_index(reference->entries, EventEntry, 0).time > expected.time;
    assert_int_equal(event_set_is_after(set, expected.time), is_after);
    return expected.time;
}

/* It grows to its most and shrinks to nothing, three times; ids come in no order. */
static void assert_mix_keeps_the_order(const Mix *mix)
{
    Reference reference = {g_array_new(FALSE, FALSE, sizeof(EventEntry))};
    EventSet set;
    event_set_init(&set);
    SimTime now = 0;
    uint64_t i = 0;
    for (int round = 0; round < 3; round++) {
        for (; reference.entries->len < mix->most; i++) {
            push_both(&set, &reference, now + mix->ahead(i), sim_mix(KEY, i));
            if (reference.entries->len > 1 && sim_mix(KEY, i) % 3 == 0)
                now = pop_both(&set, &reference);
        }
        assert_int_equal(event_set_count(&set), mix->most);
        for (; reference.entries->len > 0; i++) {
            now = pop_both(&set, &reference);
            if (sim_mix(KEY, i) % 3 == 0)
                push_both(&set, &reference, now + mix->ahead(i), sim_mix(KEY, i));
        }
        assert_true(event_set_is_empty(&set));
    }
    g_array_free(reference.entries, TRUE);
    event_set_clear(&set);
}

static void test_any_mix_of_pushes_and_pops_keeps_the_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(mixes); i++) {
        print_message("%s\n", mixes[i].name);
        assert_mix_keeps_the_order(&mixes[i]);
    }
}

/* An engine never does this, but the order holds. */
static void test_an_entry_before_the_last_one_taken_comes_next(void **state)
{
    (void)state;
    Reference reference = {g_array_new(FALSE, FALSE, sizeof(EventEntry))};
    EventSet set;
    event_set_init(&set);
    for (uint64_t i = 1; i <= 20000; i++) {
        if (reference.entries->len == 0 || sim_mix(KEY, i) % 10 < 6)
            push_both(&set, &reference, (SimTime)(sim_mix(i, 1) % 50000), i);
        else
            assert_entry(event_set_pop(&set), reference_take(&reference));
    }
    while (reference.entries->len > 0)
        assert_entry(event_set_pop(&set), reference_take(&reference));
    g_array_free(reference.entries, TRUE);
    event_set_clear(&set);
}

static void test_a_cleared_set_can_be_used_again(void **state)
{
    (void)state;
    EventSet set;
    event_set_init(&set);
    event_set_push(&set, 5, 1);
    event_set_clear(&set);
    assert_int_equal(event_set_count(&set), 0);
    event_set_push(&set, 7, 2);
    assert_entry(event_set_pop(&set), (EventEntry){.time = 7, .id = 2});
    event_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_pop_in_the_order_of_time_and_id),
        cmocka_unit_test(test_the_largest_and_smallest_times_and_ids_are_ordered),
        cmocka_unit_test(test_any_mix_of_pushes_and_pops_keeps_the_order),
        cmocka_unit_test(test_an_entry_before_the_last_one_taken_comes_next),
        cmocka_unit_test(test_a_cleared_set_can_be_used_again),
    };
    return cmocka_run_group_tests_name("sim/event_set", tests, NULL, NULL);
}
