/* Expectations of a command: those of its topologies and those of --expect. A design's file,
 * patched, says what is expected of it; what it expects of others, their own files say too. */
#ifndef TOPPLE_CLI_EXPECTED_H
#define TOPPLE_CLI_EXPECTED_H

#include <glib.h>
#include <stdbool.h>

#include "cli/input.h"
#include "reports/expectation.h"

/* One to judge: of a design of the input, against another or against a number. */
typedef struct Expected {
    Expectation expectation;
    uint32_t design;
    uint32_t other; /* NO_INDEX: against the number */
} Expected;

typedef struct ExpectedList {
    GArray *list;       /* of Expected */
    GPtrArray *skipped; /* of char *: warnings that one names a design which does not run */
} ExpectedList;

/* Reads and checks all. False when something is wrong, which is printed to stderr. */
bool expected_read(ExpectedList *expected, const Input *input, const Options *options);
void expected_clear(ExpectedList *expected);

/* Of ExpectationResult; the study's variants are the input's designs. */
GArray *expected_judge(const ExpectedList *expected, const Study *study);

#endif
