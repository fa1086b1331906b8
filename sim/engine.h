/* The clock and the future event set.
 *
 * Events are ordered by (time, class, sequence): at equal times a completion comes before a
 * timeout, a timeout before a retry, a retry before an arrival, and within a class the first
 * scheduled comes first. There are no event objects: an event names the entity it is for, by kind
 * (what to do) and handle (to whom), and scheduling returns an id that the entity keeps. Cancelling
 * is forgetting that id: when an event comes up whose entity no longer holds its id, it is stale
 * and dropped. */
#ifndef TOPPLE_SIM_ENGINE_H
#define TOPPLE_SIM_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/event_set.h"
#include "sim/time.h"

typedef enum EventClass {
    EVENT_COMPLETION,
    EVENT_TIMEOUT,
    EVENT_RETRY,
    EVENT_ARRIVAL,
} EventClass;

/* Unique in a run; 0 is none. */
typedef uint64_t EventId;

#define EVENT_KINDS_MAX    15 /* kinds 0..14 are the model's; the last is the engine's own */
#define EVENT_HANDLE_BITS  24
#define EVENT_SEQUENCE_MAX ((UINT64_C(1) << 34) - 1) /* events in one run: 17 thousand million */

typedef struct Event {
    SimTime time;
    EventId id;
} Event;

static inline uint32_t event_kind(EventId id)
{
    return (uint32_t)(id >> EVENT_HANDLE_BITS) & 15u;
}

static inline uint32_t event_handle(EventId id)
{
    return (uint32_t)id & ((1u << EVENT_HANDLE_BITS) - 1);
}

/* Timeouts of one duration expire in the order in which they were armed: a FIFO. Only its head
 * stands in the event set, so that arming is an append and cancelling costs nothing. */
typedef struct TimeoutLane {
    Event *ring;
    uint32_t mask; /* size of the ring - 1, or 0 without a ring */
    uint32_t head;
    uint32_t count;
    bool is_queued; /* an event for this lane stands in the event set */
    SimTime duration;
} TimeoutLane;

/* The id that an entity holds for events of this kind, so that the engine can tell a stale timeout.
 */
typedef EventId (*EventHeld)(void *context, EventId id);

typedef struct Engine {
    SimTime now;
    uint64_t sequence;
    uint64_t processed; /* live events handed out */
    EventSet events;
    TimeoutLane *lanes;
    uint32_t lane_count;
    EventHeld held;
    void *context;
} Engine;

/* `held` and `context` serve the timeout lanes; `held` must answer for every id that engine_arm
 * gave. */
void engine_init(Engine *engine, EventHeld held, void *context);
void engine_clear(Engine *engine);

/* A lane for timeouts of this duration; asking twice gives the same one. Not for the hot path. */
uint32_t engine_lane(Engine *engine, SimTime duration);

/* time >= now; kind < EVENT_KINDS_MAX; handle of at most 24 bits. */
static inline EventId engine_schedule(Engine *engine, SimTime time, EventClass event_class,
                                      uint32_t kind, uint32_t handle)
{
    EventId id = ((EventId)event_class << 62) | (++engine->sequence << 28) |
                 ((EventId)kind << EVENT_HANDLE_BITS) | handle;
    event_set_push(&engine->events, time, id);
    return id;
}

/* Like engine_schedule in class EVENT_TIMEOUT at now + the lane's duration. */
EventId engine_arm(Engine *engine, uint32_t lane, uint32_t kind, uint32_t handle);

/* Takes the earliest event at or before `until`, moves the clock to it and returns true; false when
 * there is none (the clock stays). The caller drops it if the entity no longer holds event.id. */
bool engine_next(Engine *engine, SimTime until, Event *event);

/* True when the sequence numbers of this run are used up: the run must stop. */
static inline bool engine_is_exhausted(const Engine *engine)
{
    return engine->sequence >= EVENT_SEQUENCE_MAX;
}

#endif
