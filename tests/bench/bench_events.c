/* Ways to keep future events, compared: nanoseconds for taking the earliest and putting in another
 * one (Jones's hold model), for several distributions of the delay and numbers of events pending.
 *
 *   bench_events [WORD...]     only the candidates, delays and numbers that the words name
 *
 * Before anything is timed, all candidates must give the same order. Rounds of the candidates take
 * turns, and the fastest of each counts, so that a busy moment of the machine does no harm. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/rng.h"
#include "tests/bench/event_set/candidate.h"

#define ROUNDS 5
#define TIMES  2000000

static const Candidate *const candidates[] = {
    &candidate_event_set,
    &candidate_heap4,
    &candidate_heap2,
};

#define CANDIDATES G_N_ELEMENTS(candidates)

static double uniform(uint64_t key, uint64_t i)
{
    return ((double)(sim_mix(key, i) >> 11) + 0.5) * 0x1p-53;
}

/* --- delays, in ns */

static double exponential(uint64_t i)
{
    return -1e6 * log(uniform(1, i));
}

static double bimodal(uint64_t i)
{
    return exponential(i) * (uniform(2, i) < 0.9 ? 1 : 1000);
}

static double mostly_equal(uint64_t i)
{
    return uniform(2, i) < 0.9 ? 1e6 : exponential(i);
}

static double wide(uint64_t i)
{
    return pow(10, 12 * uniform(1, i));
}

typedef struct Delay {
    const char *name;
    double (*draw)(uint64_t i);
    bool is_in_step; /* all start at time 0; otherwise as if they had gone on for ever */
} Delay;

static const Delay delays[] = {
    {"exponential", exponential, false},   {"bimodal", bimodal, false},
    {"mostly-equal", mostly_equal, false}, {"in-step", mostly_equal, true},
    {"twelve-decades", wide, false},
};

static const uint64_t pendings[] = {2, 5, 10, 30, 50, 100, 1000, 10000, 100000, 1000000};

/* --- one candidate at work */

typedef struct Run {
    const Candidate *candidate;
    void *set;
    Hold hold;
} Run;

/* Time left of a delay that is under way: a long one is met more often. `sums` are those of the
 * delays, one after the other. */
static SimTime time_left(const Hold *hold, const double *sums, uint64_t i)
{
    double at = uniform(3, i) * sums[DELAYS - 1];
    size_t low = 0, high = DELAYS - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return (SimTime)(uniform(4, i) * (double)hold->delays[low]);
}

static Run *run_new(const Candidate *candidate, const Delay *delay, uint64_t pending)
{
    Run *run = g_new0(Run, 1);
    g_autofree double *sums = g_new(double, DELAYS);
    double sum = 0;
    for (uint64_t i = 0; i < DELAYS; i++) {
        run->hold.delays[i] = (SimTime)(delay->draw(i) + 0.5);
        sums[i] = sum += (double)run->hold.delays[i];
    }
    run->candidate = candidate;
    run->set = g_malloc0(candidate->size);
    candidate->init(run->set);
    for (uint64_t i = 0; i < pending; i++)
        candidate->push(run->set, delay->is_in_step ? 0 : time_left(&run->hold, sums, i),
                        run->hold.next++);
    return run;
}

static void run_free(Run *run)
{
    run->candidate->clear(run->set);
    g_free(run->set);
    g_free(run);
}

/* CPU time of this thread: others on the machine take turns, not nanoseconds. */
static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double round_ns(Run *run)
{
    double start = cpu_ns();
    run->candidate->hold(run->set, &run->hold, TIMES);
    return (cpu_ns() - start) / TIMES;
}

/* --- the table */

static bool is_wanted(char **words, const char *name)
{
    return words[0] == NULL || g_strv_contains((const char *const *)words, name);
}

static void measure(const Delay *delay, uint64_t pending, double *fastest)
{
    Run *runs[CANDIDATES];
    for (size_t i = 0; i < CANDIDATES; i++) {
        runs[i] = run_new(candidates[i], delay, pending);
        round_ns(runs[i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CANDIDATES; i++) {
            double ns = round_ns(runs[i]);
            fastest[i] = round == 0 ? ns : fmin(ns, fastest[i]);
        }
    }
    for (size_t i = 0; i < CANDIDATES; i++) {
        if (runs[i]->hold.sum != runs[0]->hold.sum) {
            fprintf(stderr, "%s: another order than that of %s\n", candidates[i]->name,
                    candidates[0]->name);
            exit(1);
        }
    }
    for (size_t i = 0; i < CANDIDATES; i++)
        run_free(runs[i]);
}

int main(int argc, char **argv)
{
    (void)argc;
    for (size_t i = 0; i < G_N_ELEMENTS(delays); i++) {
        if (!is_wanted(argv + 1, delays[i].name))
            continue;
        double ns[G_N_ELEMENTS(pendings)][CANDIDATES];
        printf("%-16s", delays[i].name);
        for (size_t j = 0; j < G_N_ELEMENTS(pendings); j++) {
            measure(&delays[i], pendings[j], ns[j]);
            printf(" %7" G_GUINT64_FORMAT, pendings[j]);
        }
        printf("\n");
        for (size_t k = 0; k < CANDIDATES; k++) {
            printf("  %-14s", candidates[k]->name);
            for (size_t j = 0; j < G_N_ELEMENTS(pendings); j++)
                printf(" %7.1f", ns[j][k]);
            printf("\n");
        }
    }
    return 0;
}
