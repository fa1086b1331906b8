/* Loops, loops in loops, and who works on them. */
#include "experiments/thread_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tests/support/cmocka_all.h"

#define NUMBERS 1000u
#define INNER   20u

typedef struct Tally {
    ThreadPool *pool;
    atomic_uint times[NUMBERS];
    atomic_uint inside[THREAD_POOL_MAX]; /* bodies of each worker at this moment */
    atomic_bool has_collided;
    atomic_uint ticks;
} Tally;

static void count_body(void *context, uint64_t number, uint32_t worker)
{
    Tally *tally = context;
    if (atomic_fetch_add(&tally->inside[worker], 1) != 0)
        atomic_store(&tally->has_collided, true);
    atomic_fetch_add(&tally->times[number], 1);
    atomic_fetch_sub(&tally->inside[worker], 1);
}

static void assert_each_once(const Tally *tally, uint32_t count)
{
    for (uint32_t i = 0; i < NUMBERS; i++)
        assert_int_equal(tally->times[i], i < count ? 1 : 0);
    assert_false(tally->has_collided);
}

static void test_every_number_comes_once_for_any_number_of_threads(void **state)
{
    (void)state;
    static const uint32_t threads[] = {1, 2, 3, 16, THREAD_POOL_MAX};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        Tally tally = {.pool = thread_pool_new(threads[i])};
        thread_pool_run(tally.pool, NUMBERS, count_body, &tally, NULL);
        assert_each_once(&tally, NUMBERS);
        thread_pool_free(tally.pool);
    }
}

static void test_a_loop_of_nothing_ends_at_once(void **state)
{
    (void)state;
    Tally tally = {.pool = thread_pool_new(2)};
    thread_pool_run(tally.pool, 0, count_body, &tally, NULL);
    assert_each_once(&tally, 0);
    thread_pool_free(tally.pool);
}

/* --- loops in loops */

static void inner_body(void *context, uint64_t number, uint32_t worker)
{
    (void)number;
    (void)worker;
    atomic_fetch_add(&((Tally *)context)->times[0], 1);
}

static void outer_body(void *context, uint64_t number, uint32_t worker)
{
    Tally *tally = context;
    (void)number;
    thread_pool_run_inside(tally->pool, worker, INNER, inner_body, tally);
}

static void test_a_loop_inside_of_a_body_ends_before_the_body_goes_on(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 5; threads++) {
        Tally tally = {.pool = thread_pool_new(threads)};
        thread_pool_run(tally.pool, 100, outer_body, &tally, NULL);
        assert_int_equal(tally.times[0], 100 * INNER);
        thread_pool_free(tally.pool);
    }
}

/* Two numbers that wait for each other: one thread alone would never get by. */
typedef struct Meeting {
    ThreadPool *pool;
    pthread_barrier_t barrier;
} Meeting;

static void meet(void *context, uint64_t number, uint32_t worker)
{
    Meeting *meeting = context;
    (void)number;
    (void)worker;
    pthread_barrier_wait(&meeting->barrier);
}

static void start_meeting(void *context, uint64_t number, uint32_t worker)
{
    Meeting *meeting = context;
    (void)number;
    thread_pool_run_inside(meeting->pool, worker, 2, meet, meeting);
}

static void test_who_has_nothing_to_do_helps_with_the_loop_inside(void **state)
{
    (void)state;
    Meeting meeting = {.pool = thread_pool_new(2)};
    pthread_barrier_init(&meeting.barrier, NULL, 2);
    thread_pool_run(meeting.pool, 1, start_meeting, &meeting, NULL);
    pthread_barrier_destroy(&meeting.barrier);
    thread_pool_free(meeting.pool);
}

/* --- watching */

static void tick(void *context)
{
    atomic_fetch_add(&((Tally *)context)->ticks, 1);
}

static void wait_for_ticks(void *context, uint64_t number, uint32_t worker)
{
    (void)number;
    (void)worker;
    while (atomic_load(&((Tally *)context)->ticks) < 3)
        sched_yield();
}

static void test_who_waits_can_watch(void **state)
{
    (void)state;
    Tally tally = {.pool = thread_pool_new(2)};
    const LoopWatch watch = {tick, &tally, 1000000};
    thread_pool_run(tally.pool, 4, wait_for_ticks, &tally, &watch);
    assert_true(tally.ticks >= 3);
    thread_pool_free(tally.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_comes_once_for_any_number_of_threads),
        cmocka_unit_test(test_a_loop_of_nothing_ends_at_once),
        cmocka_unit_test(test_a_loop_inside_of_a_body_ends_before_the_body_goes_on),
        cmocka_unit_test(test_who_has_nothing_to_do_helps_with_the_loop_inside),
        cmocka_unit_test(test_who_waits_can_watch),
    };
    return cmocka_run_group_tests_name("experiments/thread_pool", tests, NULL, NULL);
}
