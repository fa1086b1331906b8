/* Which tasks ranks are to do, and which are done (experiments/mpi/). Not thread-safe: under the
 * lock of whoever has it. */
#ifndef TOPPLE_EXPERIMENTS_HANDOUT_H
#define TOPPLE_EXPERIMENTS_HANDOUT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Handout {
    uint64_t *tasks;  /* those that the journal lacked */
    uint32_t *owners; /* rank that has been given task i first */
    double *given_s;  /* when it was given last */
    uint8_t *copies;  /* how often it has been given */
    bool *is_done;    /* of task i */
    uint64_t count, done;
    uint64_t next;       /* first that has not been given to anybody */
    uint64_t next_again; /* first that may be given once more */
} Handout;

/* `tasks`: taken over. */
void handout_init(Handout *handout, uint64_t *tasks, uint64_t count);
void handout_clear(Handout *handout);

/* Up to `most` tasks for a rank at a time `now_s`. In the end, when all have been given, those that
 * others have not brought back for `patience_s`, once more, one at a time. Returns how many. */
uint32_t handout_give(Handout *handout, uint32_t rank, uint32_t most, double now_s,
                      double patience_s, uint64_t *tasks);

/* A task is done; false if it was before. */
bool handout_finish(Handout *handout, uint64_t task);

/* A number of tasks that is worth a message, and leaves enough for `threads` in all until the end.
 */
uint32_t handout_chunk(const Handout *handout, uint64_t threads);

#endif
