#include "models/world/timer.h"

#include <glib.h>

typedef struct Timer {
    EventId event; /* 0: not set */
    TimerAction action;
    uint32_t owner;
} Timer;

static Timer *timer_at(const World *world, uint32_t timer)
{
    return &g_array_index(world->timers, Timer, timer);
}

uint32_t timer_new(World *world, TimerAction action, uint32_t owner)
{
    const Timer timer = {.action = action, .owner = owner};
    g_array_append_val(world->timers, timer);
    return world->timers->len - 1;
}

void timer_set(World *world, uint32_t timer, SimTime due, EventClass class)
{
    timer_at(world, timer)->event = engine_schedule(&world->engine, due, class, EVENT_TIMER, timer);
}

void timer_arm(World *world, uint32_t timer, uint32_t lane)
{
    timer_at(world, timer)->event = engine_arm(&world->engine, lane, EVENT_TIMER, timer);
}

void timer_cancel(World *world, uint32_t timer)
{
    timer_at(world, timer)->event = 0;
}

bool timer_is_set(const World *world, uint32_t timer)
{
    return timer_at(world, timer)->event != 0;
}

/* --- for the loop */

EventId *timer_event_held(const World *world, uint32_t timer)
{
    return &timer_at(world, timer)->event;
}

void timer_event(World *world, uint32_t timer)
{
    Timer *rings = timer_at(world, timer);
    rings->event = 0;
    rings->action(world, rings->owner);
}

void timers_build(World *world)
{
    world->timers = g_array_new(FALSE, FALSE, sizeof(Timer));
}

void timers_demolish(World *world)
{
    g_array_unref(world->timers);
}
