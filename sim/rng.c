#include "sim/rng.h"

#include <Random123/philox.h>
#include <string.h>

/* Blocks of one (key, request, visit) differ in the second word of the key: the counter is full
 * with request and visit. The step is odd, so that 2^32 blocks follow before one comes again, and
 * is not the one by which the rounds raise that word (0xBB67AE85), so that no block repeats the
 * rounds of its neighbour. Another key shares a block only when it differs in nothing but a few
 * steps of its upper half, which 64-bit hashes do not. */
#define BLOCK_STEP 0x9E3779B9u

static void next_block(PhiloxState *state)
{
    philox4x32_ctr_t counter = {
        {state->counter[0], state->counter[1], state->counter[2], state->counter[3]}};
    philox4x32_key_t key = {{state->key[0], state->key[1]}};
    philox4x32_ctr_t block = philox4x32(counter, key);
    memcpy(state->block, block.v, sizeof state->block);
    state->key[1] += BLOCK_STEP;
    state->used = 0;
}

static unsigned long philox_get(void *bytes)
{
    PhiloxState *state = bytes;
    if (state->used >= 4)
        next_block(state);
    return state->block[state->used++];
}

/* 53 bits of two words: 0 <= u < 1. */
static double philox_get_double(void *bytes)
{
    PhiloxState *state = bytes;
    if (state->used > 2)
        next_block(state);
    uint64_t high = state->block[state->used], low = state->block[state->used + 1];
    state->used += 2;
    return (double)((high << 32 | low) >> 11) * 0x1p-53;
}

static void philox_set(void *bytes, unsigned long seed)
{
    PhiloxState *state = bytes;
    *state = (PhiloxState){.key = {(uint32_t)seed, (uint32_t)((uint64_t)seed >> 32)}, .used = 4};
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = 0xffffffffu,
    .min = 0,
    .size = sizeof(PhiloxState),
    .set = philox_set,
    .get = philox_get,
    .get_double = philox_get_double,
};

const gsl_rng_type *const sim_rng_philox = &philox_type;

void sim_rng_init(SimRng *rng)
{
    rng->state = (PhiloxState){.used = 4};
    rng->gsl.type = &philox_type;
    rng->gsl.state = &rng->state;
}

/* FNV-1a, finished so that every bit depends on every character. */
uint64_t sim_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return sim_finish(hash);
}

uint64_t sim_key(uint64_t seed, uint64_t replication, const char *entity, const char *purpose)
{
    return sim_mix(sim_mix(sim_mix(sim_finish(seed), replication), sim_hash(entity)),
                   sim_hash(purpose));
}
