/* A rate over time, linear in pieces, and how long it takes until its integral has grown by a given
 * amount: in closed form for each piece. Positions only go forward. */
#ifndef TOPPLE_MODELS_ARRIVAL_RATE_CURVE_H
#define TOPPLE_MODELS_ARRIVAL_RATE_CURVE_H

#include <stdint.h>

#include "models/arrival/arrival.h"

typedef struct CurvePiece {
    double end;      /* ns since the start of the run; INFINITY for the last */
    double from, to; /* rate per ns at its start and at its end; alike in the last */
} CurvePiece;

struct RateCurve {
    CurvePiece *pieces;
    uint32_t count, current;
    double time;        /* where we are, ns */
    double piece_start; /* of the current piece */
    double grown;       /* the integral since then, up to where we are */
};

/* The pieces are taken over (g_malloc). The last one has no end. */
RateCurve *rate_curve_new(CurvePiece *pieces, uint32_t count);
void rate_curve_free(RateCurve *curve);

/* Multiplies the rate by `factor` from `start` to `end` (ns). Before the first move. Quick when
 * calls come in the order of `start`. */
void rate_curve_scale(RateCurve *curve, double start, double end, double factor);

/* Moves on until the integral has grown by `amount`, or to `limit`, whichever is first, and returns
 * what is left of the amount: 0 unless the limit came first. With a rate of 0 for ever the limit
 * comes first; it may be INFINITY. */
double rate_curve_advance(RateCurve *curve, double amount, double limit);

#endif
