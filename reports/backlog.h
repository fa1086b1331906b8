/* What waits for one subscription: how old it has become, and how long it lasts when the faults are
 * over. Fed with every message record of the subscription, in order of time. */
#ifndef TOPPLE_REPORTS_BACKLOG_H
#define TOPPLE_REPORTS_BACKLOG_H

#include "models/observer.h"
#include "reports/timeline.h"

typedef struct Backlog Backlog;

/* Faults from `first_start` to `last_end`; SIM_TIME_NEVER: there are none, or they do not end. */
Backlog *backlog_new(const Timeline *timeline, SimTime first_start, SimTime last_end);
void backlog_free(Backlog *backlog); /* NULL is fine */

void backlog_note(Backlog *backlog, const Timeline *timeline, const MessageRecord *record);

/* The greatest age, since its publication, that a waiting message had in the slice; 0: none waited.
 * Once all messages have left, or are reported as unfinished. */
SimTime backlog_oldest(const Backlog *backlog, const Timeline *timeline, uint32_t slice);

/* Time from the end of the last fault until no more messages wait than before the first one, at
 * their most; 0 if they were no more at the end of the fault. SIM_TIME_NEVER: not within the run,
 * or there is no such end. */
SimTime backlog_drain_time(const Backlog *backlog);

#endif
