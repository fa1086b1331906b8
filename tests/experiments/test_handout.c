/* Who is given what, worked out by hand. */
#include "experiments/handout.h"

#include <glib.h>

#include "tests/support/cmocka_all.h"

#define COUNT 10u

static void init(Handout *handout)
{
    uint64_t *tasks = g_new(uint64_t, COUNT);
    for (uint64_t i = 0; i < COUNT; i++)
        tasks[i] = 3 * i;
    handout_init(handout, tasks, COUNT);
}

static void test_tasks_are_given_in_their_order_and_once(void **state)
{
    (void)state;
    Handout handout;
    uint64_t tasks[COUNT];
    init(&handout);
    assert_int_equal(handout_give(&handout, 1, 4, 0, 5, tasks), 4);
    assert_int_equal(tasks[0], 0);
    assert_int_equal(tasks[3], 9);
    assert_int_equal(handout_give(&handout, 2, 100, 0, 5, tasks), 6);
    assert_int_equal(tasks[0], 12);
    assert_int_equal(tasks[5], 27);
    assert_int_equal(handout_give(&handout, 3, 1, 1, 5, tasks), 0);
    handout_clear(&handout);
}

static void test_it_is_over_when_every_task_has_come_back(void **state)
{
    (void)state;
    Handout handout;
    uint64_t tasks[COUNT];
    init(&handout);
    handout_give(&handout, 1, COUNT, 0, 5, tasks);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(handout.done, i);
        assert_true(handout_finish(&handout, tasks[COUNT - 1 - i]));
        assert_false(handout_finish(&handout, tasks[COUNT - 1 - i])); /* a second copy */
    }
    assert_int_equal(handout.done, handout.count);
    assert_false(handout_finish(&handout, 1)); /* nobody's task */
    handout_clear(&handout);
}

static void test_what_is_late_is_given_to_somebody_else_once(void **state)
{
    (void)state;
    Handout handout;
    uint64_t tasks[COUNT], task;
    init(&handout);
    handout_give(&handout, 1, COUNT, 0, 5, tasks);
    handout_finish(&handout, 0);
    assert_int_equal(handout_give(&handout, 2, 4, 4.9, 5, &task), 0); /* not late yet */
    assert_int_equal(handout_give(&handout, 1, 4, 5.1, 5, &task), 0); /* its own */
    assert_int_equal(handout_give(&handout, 2, 4, 5.1, 5, &task), 1);
    assert_int_equal(task, 3);
    assert_int_equal(handout_give(&handout, 3, 4, 5.1, 5, &task), 1);
    assert_int_equal(task, 6); /* the other one has two already */
    handout_clear(&handout);
}

/* A share of what is left for a thread, at least one task, at most 64. */
static void test_chunks_shrink_towards_the_end(void **state)
{
    (void)state;
    Handout handout;
    handout_init(&handout, g_new0(uint64_t, 10000), 10000);
    assert_int_equal(handout_chunk(&handout, 4), 64);
    handout.next = 9000;
    assert_int_equal(handout_chunk(&handout, 4), 1000 / 32);
    handout.next = 9990;
    assert_int_equal(handout_chunk(&handout, 4), 1);
    handout_clear(&handout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tasks_are_given_in_their_order_and_once),
        cmocka_unit_test(test_it_is_over_when_every_task_has_come_back),
        cmocka_unit_test(test_what_is_late_is_given_to_somebody_else_once),
        cmocka_unit_test(test_chunks_shrink_towards_the_end),
    };
    return cmocka_run_group_tests_name("experiments/handout", tests, NULL, NULL);
}
