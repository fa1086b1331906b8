#include "models/arrival/rate_curve.h"

#include <float.h>
#include <glib.h>
#include <math.h>
#include <string.h>

RateCurve *rate_curve_new(CurvePiece *pieces, uint32_t count)
{
    RateCurve *curve = g_new0(RateCurve, 1);
    curve->pieces = pieces;
    curve->count = count;
    return curve;
}

void rate_curve_free(RateCurve *curve)
{
    if (curve == NULL)
        return;
    g_free(curve->pieces);
    g_free(curve);
}

static double rate_in(const CurvePiece *piece, double start, double time)
{
    if (isinf(piece->end) || piece->end <= start)
        return piece->from;
    return piece->from + (piece->to - piece->from) * ((time - start) / (piece->end - start));
}

/* The piece that holds `time`, its start included; the last one if it is INFINITY. */
static uint32_t find(const RateCurve *curve, double time)
{
    uint32_t low = 0, high = curve->count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (curve->pieces[middle].end > time)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static double start_of(const RateCurve *curve, uint32_t piece)
{
    return piece == 0 ? 0 : curve->pieces[piece - 1].end;
}

/* Cuts the piece that holds `time` in two there. */
static void cut(RateCurve *curve, double time)
{
    uint32_t i = find(curve, time);
    double start = start_of(curve, i);
    CurvePiece piece = curve->pieces[i];
    if (time <= start || isinf(time))
        return;
    double middle = rate_in(&piece, start, time);
    curve->pieces = g_renew(CurvePiece, curve->pieces, curve->count + 1);
    memmove(&curve->pieces[i + 1], &curve->pieces[i], (curve->count - i) * sizeof(CurvePiece));
    curve->count++;
    curve->pieces[i] = (CurvePiece){.end = time, .from = piece.from, .to = middle};
    curve->pieces[i + 1].from = middle;
}

void rate_curve_scale(RateCurve *curve, double start, double end, double factor)
{
    cut(curve, start);
    cut(curve, end);
    for (uint32_t i = find(curve, start); i < curve->count && start_of(curve, i) < end; i++) {
        curve->pieces[i].from *= factor;
        curve->pieces[i].to *= factor;
    }
}

static double slope_of(const CurvePiece *piece, double start)
{
    return isinf(piece->end) || piece->end <= start
               ? 0
               : (piece->to - piece->from) / (piece->end - start);
}

/* How long until a rate that is r now and changes by s per ns has added up to `amount`; INFINITY if
 * never. The form without cancellation of the quadratic's root. */
static double time_for(double rate, double slope, double amount)
{
    if (slope >= 0 && slope <= 0)
        return rate > 0 ? amount / rate : INFINITY;
    double under = rate * rate + 2 * slope * amount;
    if (under < 0 || rate + sqrt(under) <= 0)
        return INFINITY;
    return 2 * amount / (rate + sqrt(under));
}

static double grown_at(const RateCurve *curve, const CurvePiece *piece, double time)
{
    double span = time - curve->piece_start;
    return span * (piece->from + slope_of(piece, curve->piece_start) * span / 2);
}

/* Times are worked out from the start of the piece, so that rounding does not add up from one
 * arrival to the next. */
double rate_curve_advance(RateCurve *curve, double amount, double limit)
{
    if (!(amount > 0))
        return 0;
    for (;;) {
        const CurvePiece *piece = &curve->pieces[curve->current];
        double goal = curve->grown + amount;
        double time =
            curve->piece_start + time_for(piece->from, slope_of(piece, curve->piece_start), goal);
        double end = piece->end < limit ? piece->end : limit;
        if (time <= end && !isinf(time)) {
            curve->time = time > curve->time ? time : curve->time;
            curve->grown = goal;
            return 0;
        }
        curve->time = end;
        if (isinf(end))
            return amount;
        curve->grown = grown_at(curve, piece, end);
        /* Rounding may find nothing left although the limit came first. */
        amount = goal - curve->grown > 0 ? goal - curve->grown : DBL_MIN;
        if (piece->end > limit)
            return amount;
        curve->piece_start = piece->end;
        curve->grown = 0;
        curve->current++;
    }
}
