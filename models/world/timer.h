/* Timers of what lives as long as the world: subscriptions, links, replicas, services. Each has one
 * action and an owner, is made when the world is built, and is set again and again. Private to
 * models/world/.
 *
 * Frames, calls and messages, which come and go, hold their events themselves. */
#ifndef TOPPLE_MODELS_WORLD_TIMER_H
#define TOPPLE_MODELS_WORLD_TIMER_H

#include "models/world/internal.h"

typedef void (*TimerAction)(World *world, uint32_t owner);

/* While the world is built. The number of the timer, good until it is demolished; not set. */
uint32_t timer_new(World *world, TimerAction action, uint32_t owner);

/* Rings at `due`, once, not before now; what was set before no longer counts. Among what happens at
 * the same time it takes its turn as its class says. */
void timer_set(World *world, uint32_t timer, SimTime due, EventClass class);
/* In class EVENT_TIMEOUT, one duration of this lane of the engine from now: for what is set far
 * more often than it rings. */
void timer_arm(World *world, uint32_t timer, uint32_t lane);
void timer_cancel(World *world, uint32_t timer);
bool timer_is_set(const World *world, uint32_t timer);

#endif
