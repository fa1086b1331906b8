#include "experiments/bisection.h"

#include <glib.h>
#include <math.h>

void bisection_init(Bisection *bisection)
{
    bisection->pass = bisection->fail = (double)NAN;
    bisection->open_first = bisection->open_last = (double)NAN;
    bisection->has_no_fail = bisection->has_no_pass = false;
    bisection->looks = 0;
}

static bool is_known(double value)
{
    return !isnan(value);
}

/* --- outwards */

/* The value that lies farthest towards failing (or passing) of those that were looked at. */
static double farthest(const Bisection *bisection, bool to_fail)
{
    double ends[] = {bisection->pass, bisection->open_first, bisection->open_last, bisection->fail};
    double found = (double)NAN;
    for (int i = 0; i < 4; i++) {
        double value = ends[to_fail ? 3 - i : i];
        if (is_known(value) && !is_known(found))
            found = value;
    }
    return found;
}

/* Rounded away from where it comes from, so that it moves. */
static double step(const Bisection *bisection, double value, bool is_up)
{
    double next = is_up ? value * 2 : value / 2;
    if (bisection->is_whole)
        next = is_up ? ceil(next) : floor(next);
    return CLAMP(next, bisection->least, bisection->most);
}

static bool look_outwards(const Bisection *bisection, bool to_fail, double *value)
{
    double from = farthest(bisection, to_fail);
    bool is_up = to_fail == bisection->passes_below;
    *value = step(bisection, from, is_up);
    return *value != from;
}

/* --- between */

static double middle(const Bisection *bisection, double a, double b)
{
    double value = a + (b - a) / 2;
    return bisection->is_whole ? floor(value) : value;
}

/* 0: narrow enough. */
static double width(const Bisection *bisection, double a, double b)
{
    double gap = fabs(b - a);
    bool is_narrow = bisection->is_whole
                         ? gap <= MAX(1, bisection->resolution * fabs(bisection->pass))
                         : gap <= bisection->resolution * fabs(bisection->pass);
    return is_narrow ? 0 : gap;
}

static bool look_between(const Bisection *bisection, double *value)
{
    bool has_open = is_known(bisection->open_first);
    double near = has_open ? bisection->open_first : bisection->fail;
    double left = width(bisection, bisection->pass, near);
    double right = has_open ? width(bisection, bisection->open_last, bisection->fail) : 0;
    if (left <= 0 && right <= 0)
        return false;
    *value = left >= right ? middle(bisection, bisection->pass, near)
                           : middle(bisection, bisection->open_last, bisection->fail);
    return true;
}

bool bisection_next(const Bisection *bisection, double *value)
{
    *value = bisection->start;
    if (bisection->looks == 0)
        return true;
    if (bisection->looks >= BISECTION_LOOKS_MAX || bisection->has_no_fail || bisection->has_no_pass)
        return false;
    if (!is_known(bisection->fail))
        return look_outwards(bisection, true, value);
    if (!is_known(bisection->pass))
        return look_outwards(bisection, false, value);
    return look_between(bisection, value);
}

/* --- telling */

/* Whether a lies on the failing side of b. */
static bool is_worse(const Bisection *bisection, double a, double b)
{
    return bisection->passes_below ? a > b : a < b;
}

/* What was undecided and lies on the wrong side of a clear answer is decided by it. */
static void forget_open(Bisection *bisection)
{
    double pass = bisection->pass, fail = bisection->fail;
    if (!is_known(bisection->open_first))
        return;
    if (is_known(pass) && !is_worse(bisection, bisection->open_first, pass))
        bisection->open_first =
            is_worse(bisection, bisection->open_last, pass) ? bisection->open_last : (double)NAN;
    if (is_known(fail) && is_known(bisection->open_first) &&
        !is_worse(bisection, fail, bisection->open_last))
        bisection->open_last =
            is_worse(bisection, fail, bisection->open_first) ? bisection->open_first : (double)NAN;
    if (!is_known(bisection->open_first) || !is_known(bisection->open_last))
        bisection->open_first = bisection->open_last = (double)NAN;
}

static void add_open(Bisection *bisection, double value)
{
    if (!is_known(bisection->open_first) || is_worse(bisection, bisection->open_first, value))
        bisection->open_first = value;
    if (!is_known(bisection->open_last) || is_worse(bisection, value, bisection->open_last))
        bisection->open_last = value;
}

/* There is nothing left beyond the end of the line. */
static void look_at_ends(Bisection *bisection)
{
    double value;
    if (!is_known(bisection->fail))
        bisection->has_no_fail = !look_outwards(bisection, true, &value);
    else if (!is_known(bisection->pass))
        bisection->has_no_pass = !look_outwards(bisection, false, &value);
}

void bisection_tell(Bisection *bisection, double value, LookOutcome outcome)
{
    bisection->looks++;
    switch (outcome) {
    case LOOK_PASS:
        bisection->pass = value;
        break;
    case LOOK_FAIL:
        bisection->fail = value;
        break;
    case LOOK_OPEN:
        add_open(bisection, value);
        break;
    }
    forget_open(bisection);
    look_at_ends(bisection);
}
