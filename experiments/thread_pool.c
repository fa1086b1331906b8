#include "experiments/thread_pool.h"

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "sim/check.h"

#define SECOND_NS 1000000000L

typedef struct Loop {
    struct Loop *next; /* begun later */
    uint64_t count, taken;
    uint32_t inside; /* threads in its body */
    LoopBody body;
    void *context;
    pthread_cond_t ended; /* its own, so that nobody wakes for another's */
} Loop;

typedef struct Worker {
    ThreadPool *pool;
    uint32_t number;
    pthread_t thread;
} Worker;

/* Everything under the lock. */
struct ThreadPool {
    Worker *workers;
    uint32_t thread_count; /* that the system gave */
    Loop *loops;           /* that have numbers left, in the order in which they began */
    bool is_closing;
    pthread_mutex_t lock;
    pthread_cond_t work; /* there is a new loop, or the end */
};

/* --- loops, under the lock */

static bool has_ended(const Loop *loop)
{
    return loop->taken == loop->count && loop->inside == 0;
}

static void add_loop(ThreadPool *pool, Loop *loop)
{
    Loop **end = &pool->loops;
    while (*end != NULL)
        end = &(*end)->next;
    *end = loop;
    if (loop->count > 1)
        pthread_cond_broadcast(&pool->work);
    else
        pthread_cond_signal(&pool->work);
}

static void remove_loop(ThreadPool *pool, const Loop *loop)
{
    Loop **at = &pool->loops;
    while (*at != loop)
        at = &(*at)->next;
    *at = loop->next;
}

static void run_one(ThreadPool *pool, Loop *loop, uint32_t worker)
{
    uint64_t number = loop->taken++;
    loop->inside++;
    if (loop->taken == loop->count)
        remove_loop(pool, loop);
    pthread_mutex_unlock(&pool->lock);
    loop->body(loop->context, number, worker);
    pthread_mutex_lock(&pool->lock);
    loop->inside--;
    if (has_ended(loop))
        pthread_cond_signal(&loop->ended);
}

static void *work(void *context)
{
    const Worker *worker = context;
    ThreadPool *pool = worker->pool;
    pthread_mutex_lock(&pool->lock);
    while (!pool->is_closing) {
        if (pool->loops != NULL)
            run_one(pool, pool->loops, worker->number);
        else
            pthread_cond_wait(&pool->work, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* --- the pool */

/* Waits by a clock that nobody sets. */
static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

ThreadPool *thread_pool_new(uint32_t threads)
{
    SIM_CHECK(threads >= 1 && threads <= THREAD_POOL_MAX);
    ThreadPool *pool = g_new0(ThreadPool, 1);
    pool->workers = g_new0(Worker, threads);
    pthread_mutex_init(&pool->lock, NULL);
    init_condition(&pool->work);
    for (uint32_t i = 0; i < threads; i++) {
        pool->workers[i] = (Worker){.pool = pool, .number = i};
        if (pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) != 0)
            break;
        pool->thread_count++;
    }
    return pool;
}

void thread_pool_free(ThreadPool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_closing = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    g_free(pool->workers);
    g_free(pool);
}

bool thread_pool_has_threads(const ThreadPool *pool)
{
    return pool->thread_count > 0;
}

uint32_t thread_pool_threads(const ThreadPool *pool)
{
    return MAX(pool->thread_count, 1);
}

/* --- running */

static void wait_a_while(ThreadPool *pool, Loop *loop, int64_t ns)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ns % SECOND_NS);
    until.tv_sec += (time_t)(ns / SECOND_NS) + until.tv_nsec / SECOND_NS;
    until.tv_nsec %= SECOND_NS;
    pthread_cond_timedwait(&loop->ended, &pool->lock, &until);
}

static void wait_and_watch(ThreadPool *pool, Loop *loop, const LoopWatch *watch)
{
    while (!has_ended(loop)) {
        if (watch == NULL || watch->tick == NULL) {
            pthread_cond_wait(&loop->ended, &pool->lock);
            continue;
        }
        wait_a_while(pool, loop, watch->every_ns);
        pthread_mutex_unlock(&pool->lock);
        watch->tick(watch->context);
        pthread_mutex_lock(&pool->lock);
    }
}

static void work_and_wait(ThreadPool *pool, Loop *loop, uint32_t worker)
{
    while (loop->taken < loop->count)
        run_one(pool, loop, worker);
    while (!has_ended(loop))
        pthread_cond_wait(&loop->ended, &pool->lock);
}

/* worker NO_WORKER: from outside. */
#define NO_WORKER UINT32_MAX

static void run_loop(ThreadPool *pool, uint32_t worker, Loop *loop, const LoopWatch *watch)
{
    if (loop->count == 0)
        return;
    init_condition(&loop->ended);
    pthread_mutex_lock(&pool->lock);
    add_loop(pool, loop);
    if (worker != NO_WORKER)
        work_and_wait(pool, loop, worker);
    else if (pool->thread_count == 0)
        work_and_wait(pool, loop, 0);
    else
        wait_and_watch(pool, loop, watch);
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_destroy(&loop->ended);
}

void thread_pool_run(ThreadPool *pool, uint64_t count, LoopBody body, void *context,
                     const LoopWatch *watch)
{
    Loop loop = {.count = count, .body = body, .context = context};
    run_loop(pool, NO_WORKER, &loop, watch);
}

void thread_pool_run_inside(ThreadPool *pool, uint32_t worker, uint64_t count, LoopBody body,
                            void *context)
{
    Loop loop = {.count = count, .body = body, .context = context};
    run_loop(pool, worker, &loop, NULL);
}
