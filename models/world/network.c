#include "models/world/network.h"

/* Linux: tcp_retries2 and TCP_RTO_MAX. */
#define RETRANSMISSIONS_MAX 15
#define TIMEOUT_MAX         (120 * SIM_TIME_S)

/* Each loss costs a timeout, which doubles; after so many the connection is given up. */
static bool retransmit(SimTime timeout, double loss, gsl_rng *rng, SimTime *late)
{
    for (int lost = 0; gsl_rng_uniform(rng) < loss; lost++) {
        if (lost == RETRANSMISSIONS_MAX)
            return true;
        *late += timeout;
        timeout = timeout < TIMEOUT_MAX / 2 ? timeout * 2 : TIMEOUT_MAX;
    }
    return false;
}

bool network_may_lose(World *world, const Link *link, uint64_t request, uint64_t visit,
                      bool is_request, SimTime *late)
{
    double loss = link->config->loss_ratio;
    uint64_t key = is_request ? link->keys.request_loss : link->keys.response_loss;
    if (link->is_faulty) {
        if (is_request ? link->condition.drops_requests : link->condition.drops_replies)
            return true;
        loss = 1 - (1 - loss) * (1 - link->condition.loss_ratio);
    }
    if (link->config->loss_behaviour == LOSS_LOST || loss <= 0)
        return world_chance(world, loss, key, request, visit);
    return retransmit(link->config->retransmission_timeout, loss,
                      sim_rng_at(&world->rng, key, request, visit), late);
}

/* The next one's turn is when this one is through. */
static SimTime pass_in_line(const World *world, SimTime *free_at, SimTime takes)
{
    SimTime now = world_now(world);
    *free_at = (*free_at > now ? *free_at : now) + takes;
    return *free_at - now;
}

SimTime network_transfer_time(World *world, const Link *link, const Call *call, int64_t size,
                              bool is_request)
{
    SimTime takes = sim_time_from_ns((double)size * link->ns_per_byte);
    if (link->lines == NULL)
        return takes;
    Line *line = &link->lines[call_client(world, call)];
    return pass_in_line(world, is_request ? &line->requests_free_at : &line->replies_free_at,
                        takes);
}

SimTime network_gate_time(World *world, uint32_t index, int64_t size, bool is_in)
{
    Gate *gate = &world->gates[index];
    SimTime takes = sim_time_from_ns((double)size * gate->ns_per_byte);
    return pass_in_line(world, is_in ? &gate->in_free_at : &gate->out_free_at, takes);
}

/* Each with its own probability; their sum. */
SimTime network_injected_delay(World *world, const Link *link, uint64_t request, uint64_t visit)
{
    SimTime sum = 0;
    for (uint32_t i = 0; i < link->condition.delay_count; i++) {
        uint64_t key = sim_mix(link->keys.delay, i);
        if (world_chance(world, link->condition.delays[i].probability, key, request, visit))
            sum += world_draw(world, link->condition.delays[i].latency, sim_mix(key, 1), request,
                              visit);
    }
    return sum;
}
