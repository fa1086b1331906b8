/* Users: open arrivals and closed loops, and the life of a request from their side. */
#include "models/world/internal.h"

static uint32_t choose_site(World *world, const Source *source, uint64_t id)
{
    const WorkloadConfig *config = source->config;
    if (config->site_count == 1)
        return config->sites[0];
    double point = gsl_rng_uniform(sim_rng_at(&world->rng, source->mix_key, id, 0));
    uint32_t i = 0;
    while (i + 1 < config->site_count && point >= config->weights[i])
        i++;
    return config->sites[i];
}

/* As which of the workload's clients it calls. The common single client spares a division. */
static uint32_t client_of(const World *world, const Source *source, uint64_t id, uint32_t user)
{
    uint32_t clients = source->config->clients;
    if (clients == 1)
        return 0;
    return (uint32_t)((user == NO_INDEX ? id : world->users[user].index) % clients);
}

static uint32_t request_new(World *world, uint32_t workload, uint64_t id, uint32_t user)
{
    Source *source = &world->sources[workload];
    uint32_t site = choose_site(world, source, id);
    uint32_t handle = slab_take(&world->requests);
    *request_at(world, handle) = (Request){
        .started = world_now(world),
        .id = id,
        .workload = workload,
        .site = site,
        .user = user,
        .client = client_of(world, source, id, user),
        .work = 1,
        .tag = world->observer.request_started(world->observer.context, workload, site,
                                               world_now(world)),
    };
    world->request_count++;
    source->started++;
    return handle;
}

static void request_start(World *world, uint32_t workload, uint64_t id, uint32_t user)
{
    if (!slab_has_room(&world->requests) || !slab_has_room(&world->calls)) {
        world->stop = STOP_IN_FLIGHT;
        return;
    }
    uint32_t request = request_new(world, workload, id, user);
    call_begin(world, call_new(world, request, CALLER_USER, SLAB_NONE,
                               request_at(world, request)->site, world->sources[workload].visit));
}

/* --- open */

static void schedule_arrival(World *world, uint32_t workload)
{
    Source *source = &world->sources[workload];
    SimTime time;
    source->event = 0;
    if (arrival_process_next(source->arrivals, &time, &source->count))
        source->event =
            engine_schedule(&world->engine, time, EVENT_ARRIVAL, EVENT_SOURCE, workload);
}

void source_event(World *world, uint32_t workload)
{
    Source *source = &world->sources[workload];
    uint32_t count = source->count;
    for (uint32_t i = 0; i < count && world->stop == STOP_FINISHED; i++)
        request_start(world, workload, source->started + 1, NO_INDEX);
    schedule_arrival(world, workload);
}

/* --- closed */

/* A user's rounds are numbered within the user: what it draws does not depend on how fast the
 * others are. */
static uint64_t round_id(const User *user)
{
    return ((uint64_t)(user->index + 1) << 40) + user->rounds;
}

static void think(World *world, uint32_t handle)
{
    User *user = &world->users[handle];
    const Source *source = &world->sources[user->workload];
    user->rounds++;
    SimTime pause = 0;
    if (source->config->think_time != NULL)
        pause = world_draw(world, source->config->think_time, source->think_key, round_id(user), 0);
    user->event = 0;
    if (world_now(world) + pause < world->end)
        user->event = engine_schedule(&world->engine, world_now(world) + pause, EVENT_ARRIVAL,
                                      EVENT_USER, handle);
}

void user_event(World *world, uint32_t handle)
{
    User *user = &world->users[handle];
    user->event = 0;
    request_start(world, user->workload, round_id(user), handle);
}

void sources_start(World *world)
{
    for (uint32_t i = 0; i < world->topology->workload_count; i++) {
        if (!world->sources[i].config->is_closed)
            schedule_arrival(world, i);
    }
    for (uint32_t i = 0; i < world->user_count; i++)
        think(world, i);
}

/* --- the end of a request for its user */

void request_ended(World *world, Call *root, Outcome outcome)
{
    uint32_t handle = root->request;
    Request *request = request_at(world, handle);
    SIM_CHECK(!request->has_ended);
    request->has_ended = true;
    request->has_succeeded = outcome == OUTCOME_SUCCESS;
    bool is_complete = request->work == 1;
    RequestRecord record = {
        .workload = request->workload,
        .site = request->site,
        .tag = request->tag,
        .is_complete = is_complete,
        .outcome = outcome,
        .is_degraded = root->is_degraded && outcome == OUTCOME_SUCCESS,
        .started = request->started,
        .ended = world_now(world),
    };
    world->observer.request_ended(world->observer.context, &record);
    uint32_t user = request->user;
    call_free(world, root);
    if (is_complete) {
        request->work = 0;
        slab_give(&world->requests, handle);
    } else {
        request_release(world, handle);
    }
    if (user != NO_INDEX)
        think(world, user);
}
