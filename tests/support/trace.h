/* Runs a small topology and writes down what happened, one line for each record of the observer:
 *
 *   12 request users success after 12        (degraded, unfinished)
 *   11 visit a.op completed 1..11 from 1     arrival..end, start of service ("from -": never)
 *   12 attempt users -> a #1 success 0..12   (last; "async")
 *   5 message orders delivered 1 waiting
 *   30 fault_start slow
 *
 * Times are in milliseconds. */
#ifndef TOPPLE_TESTS_TRACE_H
#define TOPPLE_TESTS_TRACE_H

#include <glib.h>

#include "models/topology.h"

/* The lines of one replication, filtered: those that contain one of the words of `only`, separated
 * by |; NULL: all. To be freed. Fails the test if the run breaks an invariant. */
char *trace_run(const Topology *topology, const char *only);

/* Reads the text (' stands for "), runs and compares. */
void trace_expect(const char *text, const char *only, const char *expected);

/* The same, and lines about messages end with when they were published: "of 101". */
void trace_expect_messages(const char *text, const char *only, const char *expected);

#endif
