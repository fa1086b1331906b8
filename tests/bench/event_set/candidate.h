/* A way to keep future events, for tests/bench/bench_events.c: its name and its operations, and the
 * loop that is timed, which calls them directly as the engine calls those of the event set. */
#ifndef TOPPLE_TESTS_BENCH_EVENT_SET_CANDIDATE_H
#define TOPPLE_TESTS_BENCH_EVENT_SET_CANDIDATE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/event_set.h"

#define DELAYS 65536u

/* What every event does when it comes up: it schedules another one. */
typedef struct Hold {
    SimTime delays[DELAYS];
    uint64_t next; /* id of the next event, which takes the delay of that number */
    uint64_t sum;  /* of all that came up, so that orders can be compared */
} Hold;

typedef struct Candidate {
    const char *name;
    size_t size; /* of the set; starts as zero bytes */
    void (*init)(void *set);
    void (*clear)(void *set);
    void (*push)(void *set, SimTime time, uint64_t id);
    void (*hold)(void *set, Hold *hold, uint64_t times);
} Candidate;

extern const Candidate candidate_event_set, candidate_heap2, candidate_heap4;

/* Depends on the order of what comes up. */
static inline void hold_note(Hold *hold, EventEntry entry)
{
    hold->sum = (hold->sum ^ entry.id ^ (uint64_t)entry.time) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Defines candidate_NAME from functions NAME_init, NAME_clear, NAME_push, NAME_pop of a Type. */
#define CANDIDATE(NAME, TITLE, Type)                                                               \
    static void init(void *set)                                                                    \
    {                                                                                              \
        NAME##_init((Type *)set);                                                                  \
    }                                                                                              \
    static void clear(void *set)                                                                   \
    {                                                                                              \
        NAME##_clear((Type *)set);                                                                 \
    }                                                                                              \
    static void push(void *set, SimTime time, uint64_t id)                                         \
    {                                                                                              \
        NAME##_push((Type *)set, time, id);                                                        \
    }                                                                                              \
    static void hold(void *set, Hold *state, uint64_t times)                                       \
    {                                                                                              \
        for (uint64_t i = 0; i < times; i++) {                                                     \
            EventEntry entry = NAME##_pop((Type *)set);                                            \
            hold_note(state, entry);                                                               \
            uint64_t id = state->next++;                                                           \
            NAME##_push((Type *)set, entry.time + state->delays[id % DELAYS], id);                 \
        }                                                                                          \
    }                                                                                              \
    const Candidate candidate_##NAME = {TITLE, sizeof(Type), init, clear, push, hold}

#endif
