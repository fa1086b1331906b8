/* Doing less: what a customer of an M/M/1 queue costs those who keep no requests, links, threads
 * and statistics. */
#ifndef TOPPLE_TESTS_BENCH_LESS_H
#define TOPPLE_TESTS_BENCH_LESS_H

#include <stdint.h>

#include "sim/histogram.h"

/* Lindley's recursion: the wait of a customer is that of the one before, plus its service, less the
 * time between the two. The same draws as topple's, at their places, and a histogram of stays.
 * D. V. Lindley, "The theory of queues with a single server", 1952. */
void lindley(uint64_t customers, Histogram *stays);

/* An event set and a number of customers: two events for each, delays drawn beforehand. Returns the
 * largest number. */
uint64_t event_loop(uint64_t customers);

#endif
