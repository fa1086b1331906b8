/* What goes on while the runs go on: signals, the clock on the wall, the progress line. */
#ifndef TOPPLE_CLI_WATCH_H
#define TOPPLE_CLI_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"

typedef struct Watch {
    atomic_int *stop; /* raised to end the runs */
    bool shows_progress;
    bool has_color;
    bool has_line; /* a progress line stands on the terminal */
    double started_s;
    double shown_s;
    double first_share; /* share done when it first looked: not done by this process */
    double max_wall_s;  /* 0: none */
    bool has_looked;
    bool hit_wall;
} Watch;

/* For every command: SIGPIPE and SIGXFSZ become write errors; a failed check of our own, or of
 * GLib, exits with 70. */
void watch_prepare(void);

/* From now on the first SIGINT or SIGTERM ends the runs soon, the second the program at once. */
void watch_start(Watch *watch, const Options *options);

/* For ExperimentPlan.tick. */
void watch_tick(void *watch, double done);

/* The same for many things ("points"), which are counted in the line. */
void watch_points(Watch *watch, double done, uint64_t count, uint64_t of, const char *things);

/* Takes the progress line away. Returns the signal that ended the runs, or 0. */
int watch_end(Watch *watch);

double watch_elapsed_s(const Watch *watch);

#endif
