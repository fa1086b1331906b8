#include "models/arena.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_BYTES 16384
#define ALIGNMENT   _Alignof(max_align_t)

typedef struct Block {
    struct Block *next;
    size_t used, size; /* of bytes */
    _Alignas(max_align_t) unsigned char bytes[];
} Block;

typedef struct Release {
    void (*release)(void *object);
    void *object;
} Release;

struct Arena {
    Block *blocks; /* the newest first; only the first has room */
    GArray *releases;
};

Arena *arena_new(void)
{
    Arena *arena = g_new0(Arena, 1);
    arena->releases = g_array_new(FALSE, FALSE, sizeof(Release));
    return arena;
}

void arena_free(Arena *arena)
{
    if (arena == NULL)
        return;
    for (guint i = arena->releases->len; i > 0; i--) {
        const Release *last = &g_array_index(arena->releases, Release, i - 1);
        last->release(last->object);
    }
    g_array_free(arena->releases, TRUE);
    while (arena->blocks != NULL) {
        Block *next = arena->blocks->next;
        g_free(arena->blocks);
        arena->blocks = next;
    }
    g_free(arena);
}

static Block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(Block))
        g_error("out of memory: %zu bytes asked for", size);
    Block *block = g_malloc0(sizeof(Block) + size);
    block->size = size;
    return block;
}

/* A large object gets a block of its own behind the first, which keeps its room. */
static void *take_alone(Arena *arena, size_t bytes)
{
    Block *block = block_new(bytes);
    block->used = bytes;
    if (arena->blocks == NULL) {
        arena->blocks = block;
    } else {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    }
    return block->bytes;
}

void *arena_take(Arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        g_error("out of memory: %zu objects of %zu bytes asked for", count, size);
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes > BLOCK_BYTES / 4)
        return take_alone(arena, bytes);
    if (arena->blocks == NULL || arena->blocks->size - arena->blocks->used < bytes) {
        Block *block = block_new(BLOCK_BYTES);
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *taken = arena->blocks->bytes + arena->blocks->used;
    arena->blocks->used += bytes;
    return taken;
}

char *arena_string(Arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_take(arena, size, 1), text, size);
}

void arena_on_free(Arena *arena, void (*release)(void *object), void *object)
{
    Release entry = {release, object};
    g_array_append_val(arena->releases, entry);
}
