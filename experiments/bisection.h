/* Where on a line something begins to fail, when each look costs a simulation and may be undecided.
 *
 * It is taken to pass on one side and to fail on the other. First the line is searched outwards
 * from a start, by factors of two, for a value that passes and one that fails; then what lies
 * between is halved. A value that is undecided is neither: the gaps on both sides of the undecided
 * ones are narrowed each for itself, so that what comes out is honest: the last value that clearly
 * passed, and the first that clearly failed. */
#ifndef TOPPLE_EXPERIMENTS_BISECTION_H
#define TOPPLE_EXPERIMENTS_BISECTION_H

#include <stdbool.h>
#include <stdint.h>

typedef enum LookOutcome { LOOK_PASS, LOOK_FAIL, LOOK_OPEN } LookOutcome;

typedef struct Bisection {
    /* To be set by the caller. */
    bool passes_below;  /* small values pass (a load); false: large ones do (replicas) */
    bool is_whole;      /* whole numbers only */
    double start;       /* above 0 */
    double least, most; /* values outside are not tried; 0 < least <= start <= most */
    double resolution;  /* gaps of this share of the value are narrow enough; above 0 */
    /* What is known; NaN: nothing yet. */
    double pass, fail;             /* nearest to each other */
    double open_first, open_last;  /* ends of what is undecided; the first is nearer to `pass` */
    bool has_no_fail, has_no_pass; /* clearly, up to the end of the line */
    uint32_t looks;
} Bisection;

#define BISECTION_LOOKS_MAX 64u

void bisection_init(Bisection *bisection);

/* The next value to look at; false when it is over. */
bool bisection_next(const Bisection *bisection, double *value);

/* What the look at that value gave. */
void bisection_tell(Bisection *bisection, double value, LookOutcome outcome);

#endif
