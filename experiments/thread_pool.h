/* Threads that take numbers from loops. A body may run a loop of its own: then its thread works on
 * it, and those who find nothing in the loops begun before help. So a few long numbers keep all
 * threads as busy as many short ones. */
#ifndef TOPPLE_EXPERIMENTS_THREAD_POOL_H
#define TOPPLE_EXPERIMENTS_THREAD_POOL_H

#include <stdbool.h>
#include <stdint.h>

#define THREAD_POOL_MAX 256u

typedef struct ThreadPool ThreadPool;

/* Called once for each number of a loop, for many at a time, begun in ascending order. `worker` is
 * below thread_pool_threads, and no other body has it at the same time, but for the one that runs
 * this body's loop. */
typedef void (*LoopBody)(void *context, uint64_t number, uint32_t worker);

/* Who waits for a loop may look at it meanwhile. */
typedef struct LoopWatch {
    void (*tick)(void *context); /* from the waiting thread; NULL: never */
    void *context;
    int64_t every_ns; /* between ticks */
} LoopWatch;

/* 1..THREAD_POOL_MAX threads. If the system gives fewer, those do the work; without any, the
 * caller of thread_pool_run does. */
ThreadPool *thread_pool_new(uint32_t threads);
void thread_pool_free(ThreadPool *pool);
bool thread_pool_has_threads(const ThreadPool *pool); /* false: the caller is its only worker */
uint32_t thread_pool_threads(const ThreadPool *pool); /* 1 or more */

/* Runs body for 0..count-1 and returns when all have ended. The calling thread, which is none of
 * the pool's, only waits. `watch` may be NULL. */
void thread_pool_run(ThreadPool *pool, uint64_t count, LoopBody body, void *context,
                     const LoopWatch *watch);

/* The same from inside of a body, with that body's worker. */
void thread_pool_run_inside(ThreadPool *pool, uint32_t worker, uint64_t count, LoopBody body,
                            void *context);

#endif
