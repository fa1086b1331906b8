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
    assert_int_equal(set.count, 0);
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

static void step(EventSet *set, Reference *reference, uint64_t i, uint64_t choice)
{
    EventEntry entry = {.time = (SimTime)(sim_mix(i, 1) % 50), .id = i};
    if (set->count == 0 || choice < 4) {
        event_set_push(set, entry.time, entry.id);
        reference_add(reference, entry);
    } else if (choice < 7) {
        assert_entry(event_set_pop(set), reference_take(reference));
    } else {
        assert_entry(event_set_peek(set), reference_take(reference));
        event_set_replace(set, entry.time, entry.id);
        reference_add(reference, entry);
    }
}

static void test_any_mix_of_pushes_pops_and_replacements_keeps_the_order(void **state)
{
    (void)state;
    Reference reference = {g_array_new(FALSE, FALSE, sizeof(EventEntry))};
    EventSet set;
    event_set_init(&set);
    for (uint64_t i = 1; i <= 20000; i++)
        step(&set, &reference, i, sim_mix(KEY, i) % 10);
    assert_int_equal(set.count, reference.entries->len);
    assert_true(set.count > 100);
    while (set.count > 0)
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
    assert_int_equal(set.count, 0);
    event_set_push(&set, 7, 2);
    assert_entry(event_set_pop(&set), (EventEntry){.time = 7, .id = 2});
    event_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_pop_in_the_order_of_time_and_id),
        cmocka_unit_test(test_the_largest_and_smallest_times_and_ids_are_ordered),
        cmocka_unit_test(test_any_mix_of_pushes_pops_and_replacements_keeps_the_order),
        cmocka_unit_test(test_a_cleared_set_can_be_used_again),
    };
    return cmocka_run_group_tests_name("sim/event_set", tests, NULL, NULL);
}
