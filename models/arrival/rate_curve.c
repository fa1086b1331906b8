#include "models/arrival/rate_curve.h"

#include <glib.h>
#include <math.h>

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

/* Cuts the piece that holds `time` in two there. */
static void cut(RateCurve *curve, double time)
{
    double start = 0;
    for (uint32_t i = 0; i < curve->count; start = curve->pieces[i++].end) {
        CurvePiece piece = curve->pieces[i];
        if (time <= start || time >= piece.end)
            continue;
        double middle = rate_in(&piece, start, time);
        curve->pieces = g_renew(CurvePiece, curve->pieces, curve->count + 1);
        for (uint32_t j = curve->count; j > i; j--)
            curve->pieces[j] = curve->pieces[j - 1];
        curve->count++;
        curve->pieces[i] = (CurvePiece){.end = time, .from = piece.from, .to = middle};
        curve->pieces[i + 1] = (CurvePiece){.end = piece.end, .from = middle, .to = piece.to};
        return;
    }
}

void rate_curve_scale(RateCurve *curve, double start, double end, double factor)
{
    cut(curve, start);
    cut(curve, end);
    double at = 0;
    for (uint32_t i = 0; i < curve->count; at = curve->pieces[i++].end) {
        if (at < start || at >= end)
            continue;
        curve->pieces[i].from *= factor;
        curve->pieces[i].to *= factor;
    }
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

double rate_curve_advance(RateCurve *curve, double amount, double limit)
{
    for (;;) {
        const CurvePiece *piece = &curve->pieces[curve->current];
        if (isinf(piece->end) && piece->from > 0 && curve->time + amount / piece->from <= limit) {
            curve->time += amount / piece->from;
            return 0;
        }
        double rate = rate_in(piece, curve->piece_start, curve->time);
        double length = piece->end - curve->piece_start;
        double slope = isinf(piece->end) ? 0 : (piece->to - piece->from) / length;
        double takes = amount > 0 ? time_for(rate, slope, amount) : 0;
        double end = piece->end < limit ? piece->end : limit;
        if (curve->time + takes <= end) {
            curve->time += takes;
            return 0;
        }
        double spent = end - curve->time;
        amount -= isinf(spent) ? 0 : spent * (rate + slope * spent / 2);
        amount = amount > 0 ? amount : 0;
        curve->time = end;
        if (piece->end > limit || isinf(end))
            return amount > 0 ? amount : 1e-300; /* the limit came first, if only by rounding */
        curve->piece_start = piece->end;
        curve->current++;
    }
}
