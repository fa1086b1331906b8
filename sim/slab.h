/* A slab: equal-sized objects with a free list, addressed by 32-bit handles.
 *
 * Memory comes in chunks and never moves, so a pointer stays good until its object is freed. Freed
 * objects are used again, last freed first. Handle 0 is no object. An object's bytes are zero when
 * taken for the first time and keep what they held when taken again: a counter in them can tell one
 * life from the next. */
#ifndef TOPPLE_SIM_SLAB_H
#define TOPPLE_SIM_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLAB_NONE        0u
#define SLAB_CHUNK_BITS  10
#define SLAB_CHUNK_SIZE  (1u << SLAB_CHUNK_BITS)
#define SLAB_HANDLE_BITS 24 /* what an event can carry */
#define SLAB_CAPACITY    ((1u << SLAB_HANDLE_BITS) - 1)

typedef struct Slab {
    char **chunks;
    uint32_t *free_handles; /* a stack */
    size_t object_size;
    uint32_t chunk_count;
    uint32_t free_count;
    uint32_t used; /* handles 1..used have been taken at least once */
    uint32_t live;
    uint32_t most_live;
} Slab;

void slab_init(Slab *slab, size_t object_size);
void slab_clear(Slab *slab);

/* Adds a chunk; called by slab_take when none is free. */
void slab_grow(Slab *slab);

/* The two parts of a handle, for callers that know the type: chunk + place spares a multiplication
 * by a size that the compiler does not know. */
static inline void *slab_chunk(const Slab *slab, uint32_t handle)
{
    return slab->chunks[handle >> SLAB_CHUNK_BITS];
}

static inline uint32_t slab_place(uint32_t handle)
{
    return handle & (SLAB_CHUNK_SIZE - 1);
}

static inline void *slab_at(const Slab *slab, uint32_t handle)
{
    return slab->chunks[handle >> SLAB_CHUNK_BITS] +
           (size_t)(handle & (SLAB_CHUNK_SIZE - 1)) * slab->object_size;
}

/* True when another object can be taken: live < SLAB_CAPACITY. */
static inline bool slab_has_room(const Slab *slab)
{
    return slab->live < SLAB_CAPACITY;
}

/* The caller has asked slab_has_room. */
static inline uint32_t slab_take(Slab *slab)
{
    if (slab->free_count == 0)
        slab_grow(slab);
    slab->live++;
    if (slab->live > slab->most_live)
        slab->most_live = slab->live;
    return slab->free_handles[--slab->free_count];
}

static inline void slab_give(Slab *slab, uint32_t handle)
{
    slab->live--;
    slab->free_handles[slab->free_count++] = handle;
}

#endif
