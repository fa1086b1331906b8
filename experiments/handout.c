#include "experiments/handout.h"

#include <glib.h>

#define COPIES_MAX 2u
#define CHUNK_MAX  64u

/* A chunk is this share of what is left for a thread: so chunks shrink towards the end, where they
 * would make threads wait for each other (Polychronopoulos and Kuck, "Guided self-scheduling",
 * 1987). */
#define CHUNK_PART 8u

void handout_init(Handout *handout, uint64_t *tasks, uint64_t count)
{
    *handout = (Handout){.tasks = tasks, .count = count};
    handout->owners = g_new0(uint32_t, count + 1);
    handout->given_s = g_new0(double, count + 1);
    handout->copies = g_new0(uint8_t, count + 1);
    handout->is_done = g_new0(bool, count + 1);
}

void handout_clear(Handout *handout)
{
    g_free(handout->tasks);
    g_free(handout->owners);
    g_free(handout->given_s);
    g_free(handout->copies);
    g_free(handout->is_done);
}

static uint64_t give(Handout *handout, uint64_t index, double now_s)
{
    handout->copies[index]++;
    handout->given_s[index] = now_s;
    return handout->tasks[index];
}

static uint32_t give_new(Handout *handout, uint32_t rank, uint32_t most, double now_s,
                         uint64_t *tasks)
{
    uint32_t given = 0;
    for (; given < most && handout->next < handout->count; handout->next++) {
        handout->owners[handout->next] = rank;
        tasks[given++] = give(handout, handout->next, now_s);
    }
    return given;
}

static bool is_over(const Handout *handout, uint64_t index)
{
    return handout->is_done[index] || handout->copies[index] >= COPIES_MAX;
}

static uint32_t give_again(Handout *handout, uint32_t rank, double now_s, double patience_s,
                           uint64_t *task)
{
    while (handout->next_again < handout->count && is_over(handout, handout->next_again))
        handout->next_again++;
    for (uint64_t i = handout->next_again; i < handout->count; i++) {
        if (is_over(handout, i) || handout->owners[i] == rank ||
            now_s - handout->given_s[i] < patience_s)
            continue;
        *task = give(handout, i, now_s);
        return 1;
    }
    return 0;
}

uint32_t handout_give(Handout *handout, uint32_t rank, uint32_t most, double now_s,
                      double patience_s, uint64_t *tasks)
{
    uint32_t given = give_new(handout, rank, most, now_s, tasks);
    return given > 0 || most == 0 ? given : give_again(handout, rank, now_s, patience_s, tasks);
}

/* Tasks ascend. */
static uint64_t find(const Handout *handout, uint64_t task)
{
    uint64_t low = 0, high = handout->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (handout->tasks[middle] < task)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool handout_finish(Handout *handout, uint64_t task)
{
    uint64_t index = find(handout, task);
    if (index >= handout->count || handout->tasks[index] != task || handout->is_done[index])
        return false;
    handout->is_done[index] = true;
    handout->done++;
    return true;
}

uint32_t handout_chunk(const Handout *handout, uint64_t threads)
{
    uint64_t share = (handout->count - handout->next) / (CHUNK_PART * threads);
    return (uint32_t)CLAMP(share, 1, CHUNK_MAX);
}
