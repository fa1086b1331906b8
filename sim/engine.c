#include "sim/engine.h"

#include <glib.h>

#include "sim/check.h"

#define LANE_KIND  15u
#define RING_FIRST 16u
#define TRIM_PER_ARM                                                                               \
    2 /* looking at two entries for each one added keeps a ring as short as its live part */

void engine_init(Engine *engine, EventHeld held, void *context)
{
    *engine = (Engine){.held = held, .context = context};
    event_set_init(&engine->events);
}

void engine_clear(Engine *engine)
{
    for (uint32_t i = 0; i < engine->lane_count; i++)
        g_free(engine->lanes[i].ring);
    g_free(engine->lanes);
    event_set_clear(&engine->events);
    *engine = (Engine){0};
}

uint32_t engine_lane(Engine *engine, SimTime duration)
{
    for (uint32_t i = 0; i < engine->lane_count; i++) {
        if (engine->lanes[i].duration == duration)
            return i;
    }
    uint32_t lane = engine->lane_count++;
    SIM_CHECK(lane < (1u << EVENT_HANDLE_BITS));
    engine->lanes = g_renew(TimeoutLane, engine->lanes, engine->lane_count);
    engine->lanes[lane] = (TimeoutLane){.duration = duration};
    return lane;
}

static Event *lane_head(const TimeoutLane *lane)
{
    return &lane->ring[lane->head & lane->mask];
}

static void lane_drop_head(TimeoutLane *lane)
{
    lane->head++;
    lane->count--;
}

static bool lane_head_is_stale(const Engine *engine, const TimeoutLane *lane)
{
    EventId id = lane_head(lane)->id;
    return engine->held(engine->context, id) != id;
}

/* Leaves the live ones, in their order. */
static void lane_compact(const Engine *engine, TimeoutLane *lane)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lane->count; i++) {
        Event event = lane->ring[(lane->head + i) & lane->mask];
        if (engine->held(engine->context, event.id) == event.id)
            lane->ring[(lane->head + kept++) & lane->mask] = event;
    }
    lane->count = kept;
}

static void lane_widen(TimeoutLane *lane)
{
    uint32_t room = lane->ring == NULL ? RING_FIRST : (lane->mask + 1) * 2;
    Event *ring = g_new(Event, room);
    for (uint32_t i = 0; i < lane->count; i++)
        ring[i] = lane->ring[(lane->head + i) & lane->mask];
    g_free(lane->ring);
    lane->ring = ring;
    lane->mask = room - 1;
    lane->head = 0;
}

/* A full ring is cleaned before it is doubled: behind one live timeout that lasts, any number of
 * cancelled ones would pile up. It is doubled when three quarters of it are live, so that cleaning
 * costs a fixed number of looks for each timeout added. */
static void lane_append(const Engine *engine, TimeoutLane *lane, Event event)
{
    uint32_t room = lane->ring == NULL ? 0 : lane->mask + 1;
    if (lane->count == room) {
        lane_compact(engine, lane);
        if (lane->count >= room / 4 * 3)
            lane_widen(lane);
    }
    lane->ring[(lane->head + lane->count) & lane->mask] = event;
    lane->count++;
}

/* The event that stands for a lane: ordered like its head, but naming the lane. */
static EventId lane_event_id(EventId head, uint32_t lane)
{
    return (head & ~((UINT64_C(1) << 28) - 1)) | ((EventId)LANE_KIND << EVENT_HANDLE_BITS) | lane;
}

EventId engine_arm(Engine *engine, uint32_t lane_index, uint32_t kind, uint32_t handle)
{
    TimeoutLane *lane = &engine->lanes[lane_index];
    for (int i = 0; i < TRIM_PER_ARM && lane->count > 0 && lane_head_is_stale(engine, lane); i++)
        lane_drop_head(lane);
    EventId id = ((EventId)EVENT_TIMEOUT << 62) | (++engine->sequence << 28) |
                 ((EventId)kind << EVENT_HANDLE_BITS) | handle;
    Event event = {.time = engine->now + lane->duration, .id = id};
    lane_append(engine, lane, event);
    if (!lane->is_queued) {
        lane->is_queued = true;
        event_set_push(&engine->events, event.time, lane_event_id(id, lane_index));
    }
    return id;
}

/* The lane's event has come up. Takes the head if it is live and due, and leaves the lane's next
 * event in the set. The head may have changed since: then the lane only moves to its new place. */
static bool lane_take(Engine *engine, uint32_t lane_index, EventEntry due, Event *event)
{
    TimeoutLane *lane = &engine->lanes[lane_index];
    bool taken = false;
    if (lane->count > 0 && lane_event_id(lane_head(lane)->id, lane_index) == due.id) {
        *event = *lane_head(lane);
        taken = !lane_head_is_stale(engine, lane);
        lane_drop_head(lane);
    }
    while (lane->count > 0 && lane_head_is_stale(engine, lane))
        lane_drop_head(lane);
    if (lane->count > 0) {
        event_set_pop(&engine->events);
        event_set_push(&engine->events, lane_head(lane)->time,
                       lane_event_id(lane_head(lane)->id, lane_index));
    } else {
        lane->is_queued = false;
        event_set_pop(&engine->events);
    }
    return taken;
}

bool engine_next(Engine *engine, SimTime until, Event *event)
{
    while (!event_set_is_empty(&engine->events)) {
        EventEntry due = event_set_peek(&engine->events);
        if (due.time > until)
            return false;
        if (event_kind(due.id) == LANE_KIND) {
            if (!lane_take(engine, event_handle(due.id), due, event))
                continue;
        } else {
            event_set_pop(&engine->events);
            *event = (Event){.time = due.time, .id = due.id};
        }
        SIM_CHECK(event->time >= engine->now);
        engine->now = event->time;
        engine->processed++;
        return true;
    }
    return false;
}
