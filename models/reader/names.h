/* Names of one sort of thing, in the order of the file, and the way back to their indices by hash.
 */
#ifndef TOPPLE_MODELS_READER_NAMES_H
#define TOPPLE_MODELS_READER_NAMES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/topology.h"

typedef struct NameMap {
    GPtrArray *names;    /* of const char *, borrowed from the arena */
    GHashTable *by_name; /* name -> index + 1 */
} NameMap;

void name_map_init(NameMap *map);
void name_map_clear(NameMap *map);

/* Adds the name, which must live as long as the map, and returns its index. Of equal names the
 * first is found. */
uint32_t name_map_add(NameMap *map, const char *name);
uint32_t name_map_find(const NameMap *map, const char *name); /* NO_INDEX if there is none */
uint32_t name_map_count(const NameMap *map);
const char *name_map_get(const NameMap *map, uint32_t index);

#endif
