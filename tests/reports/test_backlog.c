/* Ages and drain times of what waits, worked out by hand: a run of 100 ms from 10 ms on, in windows
 * of 10 ms. Slice i is from 10 + 10 i. */
#include "reports/backlog.h"

#include <glib.h>

#include "tests/support/cmocka_all.h"

#define MS(time) ((SimTime)(time)*SIM_TIME_MS)

typedef struct Fixture {
    Timeline timeline;
    Backlog *backlog;
} Fixture;

static Fixture fixture_new(double first_start, double last_end)
{
    Fixture fixture;
    timeline_init(&fixture.timeline, MS(10), MS(110), MS(10), NULL, 0);
    fixture.backlog =
        backlog_new(&fixture.timeline, first_start < 0 ? SIM_TIME_NEVER : MS(first_start),
                    last_end < 0 ? SIM_TIME_NEVER : MS(last_end));
    return fixture;
}

static void fixture_free(Fixture *fixture)
{
    backlog_free(fixture->backlog);
    timeline_clear(&fixture->timeline);
}

static void leave(Fixture *fixture, double published, double entered, double time)
{
    const MessageRecord record = {.event = MESSAGE_DELIVERED,
                                  .published = MS(published),
                                  .entered = MS(entered),
                                  .leaves_queue = true,
                                  .time = MS(time)};
    timeline_follow(&fixture->timeline, record.time);
    backlog_note(fixture->backlog, &fixture->timeline, &record);
}

static void deepen(Fixture *fixture, double time, uint32_t depth)
{
    const MessageRecord record = {.event = MESSAGE_PUBLISHED, .depth = depth, .time = MS(time)};
    timeline_follow(&fixture->timeline, record.time);
    backlog_note(fixture->backlog, &fixture->timeline, &record);
}

static void assert_ages(const Fixture *fixture, const char *expected)
{
    g_autoptr(GString) got = g_string_new(NULL);
    for (uint32_t i = 0; i < fixture->timeline.slice_count; i++)
        g_string_append_printf(
            got, "%s%g", i == 0 ? "" : " ",
            sim_time_to_ms(backlog_oldest(fixture->backlog, &fixture->timeline, i)));
    assert_string_equal(got->str, expected);
}

static void test_a_message_ages_in_every_window_that_it_waits_in(void **state)
{
    (void)state;
    Fixture fixture = fixture_new(-1, -1);
    leave(&fixture, 12, 12, 15);
    leave(&fixture, 25, 25, 52);
    assert_ages(&fixture, "3 5 15 25 27 0 0 0 0 0");
    fixture_free(&fixture);
}

/* Published before the run and gone after it: what lies outside has no window. */
static void test_the_run_cuts_what_is_longer(void **state)
{
    (void)state;
    Fixture fixture = fixture_new(-1, -1);
    leave(&fixture, 5, 5, 8);
    leave(&fixture, 6, 6, 120);
    leave(&fixture, 115, 115, 121);
    assert_ages(&fixture, "14 24 34 44 54 64 74 84 94 104");
    fixture_free(&fixture);
}

/* The second has come back to the queue at 42: it is older than the others, but was away before. */
static void test_a_message_that_came_back_is_as_old_as_it_is(void **state)
{
    (void)state;
    Fixture fixture = fixture_new(-1, -1);
    leave(&fixture, 35, 35, 55);
    leave(&fixture, 12, 42, 65);
    leave(&fixture, 31, 31, 66);
    assert_ages(&fixture, "0 0 9 38 48 53 0 0 0 0");
    fixture_free(&fixture);
}

/* The last that leaves is the oldest: it puts right what the others have left behind. */
static void test_last_in_first_out_keeps_the_oldest(void **state)
{
    (void)state;
    Fixture fixture = fixture_new(-1, -1);
    leave(&fixture, 45, 45, 75);
    leave(&fixture, 25, 25, 76);
    leave(&fixture, 15, 15, 77);
    assert_ages(&fixture, "5 15 25 35 45 55 62 0 0 0");
    fixture_free(&fixture);
}

static void test_a_backlog_drains_when_it_is_as_before(void **state)
{
    (void)state;
    Fixture fixture = fixture_new(30, 50);
    deepen(&fixture, 20, 2);
    deepen(&fixture, 25, 1);
    deepen(&fixture, 45, 9);
    deepen(&fixture, 60, 8);
    assert_int_equal(backlog_drain_time(fixture.backlog), SIM_TIME_NEVER);
    deepen(&fixture, 70, 2);
    deepen(&fixture, 80, 5);
    assert_int_equal(backlog_drain_time(fixture.backlog), MS(20));
    fixture_free(&fixture);
}

static void test_without_a_backlog_there_is_nothing_to_drain(void **state)
{
    (void)state;
    Fixture fixture = fixture_new(30, 50);
    deepen(&fixture, 20, 2);
    assert_int_equal(backlog_drain_time(fixture.backlog), 0);
    deepen(&fixture, 60, 9); /* comes after the fault */
    assert_int_equal(backlog_drain_time(fixture.backlog), 0);
    fixture_free(&fixture);
    fixture = fixture_new(-1, -1);
    deepen(&fixture, 20, 2);
    assert_int_equal(backlog_drain_time(fixture.backlog), SIM_TIME_NEVER);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_ages_in_every_window_that_it_waits_in),
        cmocka_unit_test(test_the_run_cuts_what_is_longer),
        cmocka_unit_test(test_a_message_that_came_back_is_as_old_as_it_is),
        cmocka_unit_test(test_last_in_first_out_keeps_the_oldest),
        cmocka_unit_test(test_a_backlog_drains_when_it_is_as_before),
        cmocka_unit_test(test_without_a_backlog_there_is_nothing_to_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
