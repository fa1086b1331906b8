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

/* A well-mixed 64-bit function of two words: to derive keys and visits. Not commutative. */
uint64_t sim_mix(uint64_t a, uint64_t b);

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
gsl_rng *sim_rng_at(SimRng *rng, uint64_t key, uint64_t request, uint64_t visit);

#endif
