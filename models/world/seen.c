#include "models/world/seen.h"

#include <glib.h>

#define ROOM_FIRST 64u

/* The place of the identity, or the free one where it belongs. Identities are hashes. */
static SeenEntry *place_of(const Seen *seen, uint64_t identity)
{
    uint32_t mask = seen->room - 1, place = (uint32_t)identity & mask;
    while (seen->entries[place].until != 0 && seen->entries[place].identity != identity)
        place = (place + 1) & mask;
    return &seen->entries[place];
}

bool seen_has(const Seen *seen, uint64_t identity, SimTime now)
{
    return seen->room > 0 && place_of(seen, identity)->until >= now &&
           place_of(seen, identity)->until != 0;
}

/* What is over is forgotten when the table is full. */
static void make_room(Seen *seen, SimTime now)
{
    Seen old = *seen;
    uint32_t live = 0;
    for (uint32_t i = 0; i < old.room; i++)
        live += old.entries[i].until != 0 && old.entries[i].until >= now;
    *seen = (Seen){.room = ROOM_FIRST};
    while (seen->room < live * 4)
        seen->room *= 2;
    seen->entries = g_new0(SeenEntry, seen->room);
    for (uint32_t i = 0; i < old.room; i++) {
        if (old.entries[i].until == 0 || old.entries[i].until < now)
            continue;
        *place_of(seen, old.entries[i].identity) = old.entries[i];
        seen->taken++;
    }
    g_free(old.entries);
}

void seen_add(Seen *seen, uint64_t identity, SimTime now, SimTime until)
{
    if (seen->taken >= seen->room / 2)
        make_room(seen, now);
    SeenEntry *entry = place_of(seen, identity);
    if (entry->until == 0)
        seen->taken++;
    *entry = (SeenEntry){identity, until};
}

void seen_clear(Seen *seen)
{
    g_free(seen->entries);
    *seen = (Seen){0};
}
