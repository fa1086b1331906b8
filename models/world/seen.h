/* What a consumer that recognises duplicates remembers: which messages have been dealt with, each
 * for a while. Private to models/world/. Starts as zero bytes. */
#ifndef TOPPLE_MODELS_WORLD_SEEN_H
#define TOPPLE_MODELS_WORLD_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

typedef struct SeenEntry {
    uint64_t identity;
    SimTime until; /* inclusive; 0: the place is free */
} SeenEntry;

typedef struct Seen { /* a hash table with open addressing */
    SeenEntry *entries;
    uint32_t room, taken;
} Seen;

bool seen_has(const Seen *seen, uint64_t identity, SimTime now);
/* until > 0 */
void seen_add(Seen *seen, uint64_t identity, SimTime now, SimTime until);
void seen_clear(Seen *seen);

#endif
