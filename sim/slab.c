#include "sim/slab.h"

#include <glib.h>

#include "sim/check.h"

void slab_init(Slab *slab, size_t object_size)
{
    *slab = (Slab){.object_size = object_size};
}

void slab_clear(Slab *slab)
{
    for (uint32_t i = 0; i < slab->chunk_count; i++)
        g_free(slab->chunks[i]);
    g_free(slab->chunks);
    g_free(slab->free_handles);
    *slab = (Slab){.object_size = slab->object_size};
}

void slab_grow(Slab *slab)
{
    SIM_CHECK(slab->chunk_count < (1u << (SLAB_HANDLE_BITS - SLAB_CHUNK_BITS)));
    uint32_t chunk = slab->chunk_count++;
    if ((chunk & (chunk - 1)) == 0) {
        size_t room = chunk == 0 ? 1 : (size_t)chunk * 2;
        slab->chunks = g_renew(char *, slab->chunks, room);
        slab->free_handles = g_renew(uint32_t, slab->free_handles, room * SLAB_CHUNK_SIZE);
    }
    slab->chunks[chunk] = g_malloc0_n(SLAB_CHUNK_SIZE, slab->object_size);
    /* Low handles are taken first; handle 0 is never given out. */
    uint32_t first = chunk * SLAB_CHUNK_SIZE;
    for (uint32_t i = SLAB_CHUNK_SIZE; i-- > (chunk == 0 ? 1u : 0u);)
        slab->free_handles[slab->free_count++] = first + i;
    slab->used = first + SLAB_CHUNK_SIZE - 1;
}
