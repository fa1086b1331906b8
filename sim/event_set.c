#include "sim/event_set.h"

#include <glib.h>
#include <string.h>

#include "sim/check.h"

#define NEAR_MAX    64 /* entries in near; beyond, its later half goes to far */
#define NEAR_FEW    8  /* so few are moved from one side only */
#define BUCKET_FEW  32 /* a bucket of so few goes to near at once */
#define NEAR_ENOUGH 16 /* a refill goes on until near holds so many */

#define DIGIT_BITS    6
#define DIGITS        ((63 + DIGIT_BITS - 1) / DIGIT_BITS)
#define BUCKETS       (1u << DIGIT_BITS) /* of each digit */
#define CHUNK_ENTRIES 16u
#define NO_CHUNK      UINT32_MAX

typedef struct Chunk {
    EventKey keys[CHUNK_ENTRIES];
} Chunk;

/* A list of chunks, of which all but the last are full. */
typedef struct Bucket {
    uint32_t first, last;
    uint64_t count;
} Bucket;

struct EventFar {
    SimTime base; /* every time is at or after it */
    uint32_t used, room, free;
    Chunk *chunks;
    uint32_t *next; /* of each chunk: in its bucket, or among the free ones */
    uint32_t busy_digits;
    uint64_t busy[DIGITS]; /* buckets that hold something */
    Bucket buckets[DIGITS][BUCKETS];
};

void event_set_init(EventSet *set)
{
    *set = (EventSet){.limit = SIM_TIME_NEVER};
}

void event_set_clear(EventSet *set)
{
    g_free(set->near);
    g_free(set->crowd);
    if (set->far != NULL) {
        g_free(set->far->chunks);
        g_free(set->far->next);
    }
    g_free(set->far);
    event_set_init(set);
}

/* --- far */

static EventFar *far_new(void)
{
    EventFar *far = g_new0(EventFar, 1);
    far->free = NO_CHUNK;
    return far;
}

static void chunks_grow(EventFar *far)
{
    far->room = far->room == 0 ? 64 : far->room * 2;
    far->chunks = g_renew(Chunk, far->chunks, far->room);
    far->next = g_renew(uint32_t, far->next, far->room);
}

static inline uint32_t chunk_take(EventFar *far)
{
    uint32_t chunk = far->free;
    if (chunk != NO_CHUNK) {
        far->free = far->next[chunk];
        return chunk;
    }
    if (far->used == far->room)
        chunks_grow(far);
    return far->used++;
}

/* Returns the chunk behind it. */
static inline uint32_t chunk_give(EventFar *far, uint32_t chunk)
{
    uint32_t next = far->next[chunk];
    far->next[chunk] = far->free;
    far->free = chunk;
    return next;
}

static inline void bucket_append(EventFar *far, Bucket *bucket, EventKey key)
{
    uint32_t place = bucket->count % CHUNK_ENTRIES;
    if (place == 0) {
        uint32_t chunk = chunk_take(far);
        if (bucket->count == 0)
            bucket->first = chunk;
        else
            far->next[bucket->last] = chunk;
        bucket->last = chunk;
    }
    far->chunks[bucket->last].keys[place] = key;
    bucket->count++;
}

static inline void far_push(EventFar *far, EventKey key)
{
    uint64_t time = (uint64_t)event_key_time(key);
    unsigned highest_bit = 63u - (unsigned)__builtin_clzll((time ^ (uint64_t)far->base) | 1);
    unsigned digit = highest_bit / DIGIT_BITS;
    unsigned value = (unsigned)(time >> (digit * DIGIT_BITS)) & (BUCKETS - 1);
    bucket_append(far, &far->buckets[digit][value], key);
    far->busy[digit] |= UINT64_C(1) << value;
    far->busy_digits |= 1u << digit;
}

static Bucket bucket_detach(EventFar *far, unsigned digit, unsigned value)
{
    Bucket bucket = far->buckets[digit][value];
    far->buckets[digit][value].count = 0;
    far->busy[digit] &= ~(UINT64_C(1) << value);
    if (far->busy[digit] == 0)
        far->busy_digits &= ~(1u << digit);
    return bucket;
}

static inline unsigned entries_in_first(const Bucket *bucket)
{
    return bucket->count < CHUNK_ENTRIES ? (unsigned)bucket->count : CHUNK_ENTRIES;
}

static void chunk_prefetch(const EventFar *far, uint32_t chunk)
{
    for (unsigned i = 0; i < CHUNK_ENTRIES; i += 4)
        __builtin_prefetch(&far->chunks[chunk].keys[i]);
}

/* Over the buckets of lower digits, since base has moved to where this one begins. */
static void bucket_spread(EventFar *far, Bucket bucket)
{
    while (bucket.count > 0) {
        unsigned count = entries_in_first(&bucket);
        bucket.count -= count;
        if (bucket.count > 0)
            chunk_prefetch(far, far->next[bucket.first]);
        for (unsigned i = 0; i < count; i++)
            far_push(far, far->chunks[bucket.first].keys[i]);
        bucket.first = chunk_give(far, bucket.first);
    }
}

/* --- crowd: a binary heap */

static void crowd_push(EventSet *set, EventKey key)
{
    if (set->crowd_count == set->crowd_room) {
        set->crowd_room = set->crowd_room == 0 ? 64 : set->crowd_room * 2;
        set->crowd = g_renew(EventKey, set->crowd, set->crowd_room);
    }
    size_t hole = set->crowd_count++;
    while (hole > 0 && set->crowd[(hole - 1) / 2] > key) {
        set->crowd[hole] = set->crowd[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    set->crowd[hole] = key;
}

static EventKey crowd_pop(EventSet *set)
{
    EventKey *crowd = set->crowd;
    EventKey top = crowd[0], last = crowd[--set->crowd_count];
    size_t hole = 0;
    for (;;) {
        size_t child = 2 * hole + 1;
        if (child >= set->crowd_count)
            break;
        if (child + 1 < set->crowd_count && crowd[child + 1] < crowd[child])
            child++;
        if (last <= crowd[child])
            break;
        crowd[hole] = crowd[child];
        hole = child;
    }
    crowd[hole] = last;
    return top;
}

void event_set_settle(EventSet *set)
{
    if (set->head == set->tail || set->crowd[0] < *set->head)
        *--set->head = crowd_pop(set);
}

/* --- near */

/* At the end of its memory: moves it to the start, and to twice as much when it fills half of it.
 */
static void near_make_room(EventSet *set)
{
    size_t count = (size_t)(set->tail - set->head), room = (size_t)(set->end - set->near);
    EventKey *near = set->near;
    if (count >= room / 2) {
        room = room == 0 ? 4 * NEAR_MAX : room * 2;
        near = g_new(EventKey, room);
    }
    if (count > 0)
        memmove(near, set->head, count * sizeof(EventKey));
    if (near != set->near)
        g_free(set->near);
    set->near = set->head = near;
    set->tail = near + count;
    set->end = near + room;
}

/* Where near can be cut in two: the start of a time around its middle, other than the first. */
static EventKey *near_middle(const EventSet *set)
{
    SimTime first = event_key_time(*set->head);
    EventKey *cut = set->head + (set->tail - set->head) / 2;
    SimTime time = event_key_time(*cut);
    while (time > first && event_key_time(cut[-1]) == time)
        cut--;
    while (time == first)
        time = event_key_time(*++cut);
    return cut;
}

/* Moves the later half of near to far. False when it cannot: all are of one time, or of a crowd. */
static bool near_spill(EventSet *set)
{
    if (set->crowd_count > 0 || event_key_time(*set->head) == event_key_time(set->tail[-1]))
        return false;
    EventKey *cut = near_middle(set);
    SimTime time = event_key_time(*cut);
    if (set->far == NULL)
        set->far = far_new();
    if (time < set->far->base)
        return false;
    for (EventKey *key = cut; key < set->tail; key++)
        far_push(set->far, *key);
    set->far_count += (size_t)(set->tail - cut);
    set->tail = cut;
    set->limit = time - 1;
    return true;
}

/* Near is full, or at the end of its memory. */
static __attribute__((noinline)) void push_full(EventSet *set, SimTime time, uint64_t id)
{
    EventKey key = event_key(time, id);
    if (set->tail == set->end) {
        near_make_room(set);
        event_set_push(set, time, id);
    } else if (key > set->tail[-1]) {
        *set->tail++ = key;
    } else if (near_spill(set)) {
        event_set_push(set, time, id);
    } else if (key < *set->head) {
        crowd_push(set, *set->head);
        *set->head = key;
    } else {
        crowd_push(set, key);
    }
}

static inline void insert_from_head(EventSet *set, EventKey key)
{
    EventKey *place = --set->head;
    while (place[1] < key) {
        place[0] = place[1];
        place++;
    }
    *place = key;
}

static inline void insert_from_tail(EventSet *set, EventKey key)
{
    EventKey *place = set->tail++;
    while (place > set->head && place[-1] > key) {
        place[0] = place[-1];
        place--;
    }
    *place = key;
}

static inline void push_near(EventSet *set, SimTime time, uint64_t id)
{
    EventKey key = event_key(time, id);
    size_t count = (size_t)(set->tail - set->head);
    if (set->tail == set->end || count >= NEAR_MAX)
        push_full(set, time, id);
    else if (count > NEAR_FEW && key < set->head[count / 2] && set->head > set->near)
        insert_from_head(set, key);
    else
        insert_from_tail(set, key);
}

static __attribute__((noinline)) void push_far(EventSet *set, SimTime time, uint64_t id)
{
    far_push(set->far, event_key(time, id));
    set->far_count++;
}

void event_set_push(EventSet *set, SimTime time, uint64_t id)
{
    if (time <= set->limit)
        push_near(set, time, id);
    else
        push_far(set, time, id);
}

/* --- from far to near */

/* Puts keys in order by counting for each how many are before it: no branch depends on them. The
 * three places behind the last hold what is after all. */
static void sort_few(EventKey *to, const EventKey *keys, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        EventKey key = keys[i];
        unsigned place = 0;
        for (unsigned j = 0; j < count; j += 4)
            place += (unsigned)(keys[j] < key) + (keys[j + 1] < key) + (keys[j + 2] < key) +
                     (keys[j + 3] < key);
        to[place] = key;
    }
}

/* Into `keys`, and as they are behind the last of near, which is before all of them. Returns
 * whether they are in order. */
static bool copy_few(EventSet *set, EventKey *keys, Bucket bucket)
{
    EventFar *far = set->far;
    EventKey last = 0;
    bool is_sorted = true;
    for (unsigned got = 0; got < bucket.count;) {
        const EventKey *chunk = far->chunks[bucket.first].keys;
        unsigned until = MIN((unsigned)bucket.count, got + CHUNK_ENTRIES);
        for (; got < until; got++, chunk++) {
            is_sorted &= *chunk > last;
            last = keys[got] = set->tail[got] = *chunk;
        }
        bucket.first = chunk_give(far, bucket.first);
    }
    return is_sorted;
}

static void take_few(EventSet *set, Bucket bucket)
{
    EventKey keys[BUCKET_FEW + 3];
    unsigned count = (unsigned)bucket.count;
    if (!copy_few(set, keys, bucket)) {
        keys[count] = keys[count + 1] = keys[count + 2] = ~(EventKey)0;
        sort_few(set->tail, keys, count);
    }
    set->tail += count;
}

/* Many of one time. */
static void take_many(EventSet *set, Bucket bucket)
{
    while (bucket.count > 0) {
        unsigned count = entries_in_first(&bucket);
        const EventKey *keys = set->far->chunks[bucket.first].keys;
        bucket.count -= count;
        for (unsigned i = 0; i < count; i++)
            push_near(set, event_key_time(keys[i]), (uint64_t)keys[i]);
        bucket.first = chunk_give(set->far, bucket.first);
    }
}

static void take(EventSet *set, Bucket bucket)
{
    set->far_count -= bucket.count;
    if (bucket.count <= BUCKET_FEW)
        take_few(set, bucket);
    else
        take_many(set, bucket);
}

/* Takes the first bucket, and those of the same digit behind it as long as near holds little. */
void event_set_refill(EventSet *set)
{
    EventFar *far = set->far;
    SIM_CHECK(set->far_count > 0);
    set->head = set->tail = set->near;
    unsigned digit, value;
    SimTime width;
    for (;;) {
        digit = (unsigned)__builtin_ctz(far->busy_digits);
        value = (unsigned)__builtin_ctzll(far->busy[digit]);
        width = (SimTime)1 << (digit * DIGIT_BITS);
        Bucket first = bucket_detach(far, digit, value);
        far->base = event_key_time(far->chunks[first.first].keys[0]) & ~(width - 1);
        if (first.count <= BUCKET_FEW || digit == 0) {
            set->limit = far->base + (width - 1);
            take(set, first);
            break;
        }
        bucket_spread(far, first);
    }
    while (set->tail - set->head < NEAR_ENOUGH && far->busy[digit] != 0) {
        unsigned next = (unsigned)__builtin_ctzll(far->busy[digit]);
        if (far->buckets[digit][next].count > BUCKET_FEW - NEAR_ENOUGH)
            break;
        set->limit = far->base + (SimTime)(next - value) * width + (width - 1);
        take(set, bucket_detach(far, digit, next));
    }
    if (set->far_count == 0)
        set->limit = SIM_TIME_NEVER;
}
