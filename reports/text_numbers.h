/* Numbers for people: as many digits as the interval justifies. */
#ifndef TOPPLE_REPORTS_TEXT_NUMBERS_H
#define TOPPLE_REPORTS_TEXT_NUMBERS_H

#include <glib.h>

#include "reports/study.h"

/* "12.3 ± 0.4", "12.3" without an interval, "-" when missing; an asterisk follows when few samples
 * stand behind it, a dagger when its batches depend on each other. `scale` multiplies (100 for per
 * cent). */
char *estimate_display(const Estimate *estimate, double scale);

/* How the design differs: "-38 % [-44, -31]", "x 12.3 [11, 14]" from a doubling on, and for a share
 * "+1.2 points [+0.9, +1.5]". */
char *change_display(const CompareRow *row);

/* Up to six significant digits, as short as can be: "5", "0.5". */
char *number_short(double value);

/* Three significant digits, thousands apart: "1,230", "0.0123". */
char *number_display(double value);
char *count_display(double value); /* a whole number, thousands apart */

#endif
