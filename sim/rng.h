/* Random numbers by Philox 4x32-10: a draw is a function of a key and a counter, not of what was
 * drawn before. The generator is a gsl_rng_type, so that every gsl_ran_* works on it.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. */
#ifndef TOPPLE_SIM_RNG_H
#define TOPPLE_SIM_RNG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

extern const gsl_rng_type *const sim_rng_philox;

typedef struct PhiloxState {
    uint32_t key[2];
    uint32_t counter[4]; /* of the next block */
    uint32_t block[4];
    uint32_t used; /* words of block handed out; 4: none left */
} PhiloxState;

/* A generator to embed; not to be copied once initialised. */
typedef struct SimRng {
    gsl_rng gsl;
    PhiloxState state;
} SimRng;

void sim_rng_init(SimRng *rng);

/* The finaliser of MurmurHash3: every bit of the result depends on every bit of x. */
static inline uint64_t sim_finish(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    x ^= x >> 33;
    return x;
}

/* A well-mixed 64-bit function of two words: to derive keys and visits. Not commutative. */
static inline uint64_t sim_mix(uint64_t a, uint64_t b)
{
    return sim_finish(a + UINT64_C(0x9e3779b97f4a7c15) * (b + 1));
}

/* 64-bit hash of a text, the same on every machine. */
uint64_t sim_hash(const char *text);

/* The key of one purpose of one entity in one replication: `entity` is its name ("cart.add"),
 * `purpose` what the draws are for ("compute", "compute#2"). Adding an entity leaves the keys of
 * others alone. */
uint64_t sim_key(uint64_t seed, uint64_t replication, const char *entity, const char *purpose);

/* Sets the generator to the draws of (key; request, visit) and returns it: those of another
 * request, or of another visit of the same request, are independent of them. Draws not tied to a
 * request use their own index as `request` and visit 0. A block of 128 bits serves two uniform
 * doubles. */
static inline gsl_rng *sim_rng_at(SimRng *rng, uint64_t key, uint64_t request, uint64_t visit)
{
    rng->state.key[0] = (uint32_t)key;
    rng->state.key[1] = (uint32_t)(key >> 32);
    rng->state.counter[0] = (uint32_t)request;
    rng->state.counter[1] = (uint32_t)(request >> 32);
    rng->state.counter[2] = (uint32_t)visit;
    rng->state.counter[3] = (uint32_t)(visit >> 32);
    rng->state.used = 4;
    return &rng->gsl;
}

#endif
