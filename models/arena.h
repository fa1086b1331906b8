/* Memory of one topology: many small allocations, freed together. */
#ifndef TOPPLE_MODELS_ARENA_H
#define TOPPLE_MODELS_ARENA_H

#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);

/* Zeroed, aligned for any type. Aborts when memory is gone, like g_malloc; count * size is checked.
 */
void *arena_take(Arena *arena, size_t count, size_t size);
char *arena_string(Arena *arena, const char *text);

/* Calls release(object) when the arena is freed, last added first. */
void arena_on_free(Arena *arena, void (*release)(void *object), void *object);

#endif
