/* The processes that share the tasks of a plan. There are two programs: `topple` is one process,
 * and has experiments/alone.c behind this header; `topple-mpi` is as many as mpirun starts, and has
 * experiments/mpi/ranks.c.
 *
 * Rank 0 reads, checks, keeps the journal, hands out tasks, and reports; the others ask it for
 * tasks and send records back, some at a time, so that a slow rank holds up nobody. When all tasks
 * are handed out, those that are still missing are handed out a second time: the first record
 * counts, and all are the same. */
#ifndef TOPPLE_EXPERIMENTS_RANKS_H
#define TOPPLE_EXPERIMENTS_RANKS_H

#include <stdbool.h>
#include <stdint.h>

#include "experiments/points.h"

/* First and last thing of main. The code that is to be returned from it. */
void ranks_start(void);
int ranks_end(int exit_code);

/* Ends all ranks at once, also those that do not answer. */
void ranks_abandon(int exit_code);

/* This process, from 0, of how many. */
uint32_t ranks_number(void);
uint32_t ranks_count(void);

/* Rank 0 says whether it is on: RANKS_GO, or the exit code with which all others end. Once,
 * whatever happens. The others wait for it. */
#define RANKS_GO (-1)
void ranks_say(int word);
int ranks_hear(void);

/* Whether all ranks mean the same plan. On rank 0 the lowest rank that does not, or NO_INDEX; on
 * the others their own number if they do not. Every rank calls it. */
uint32_t ranks_compare(uint64_t plan_hash);

/* As points_run. On ranks above 0 it works until rank 0 has enough: only plan, pool and the stop
 * flag are used, and the result is empty. */
void ranks_run(const PointsPlan *plan, const PointsRun *run, PointsResult *result);

#endif
