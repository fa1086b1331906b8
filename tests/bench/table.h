/* The figures as a table for people and as a file for keeping. */
#ifndef TOPPLE_TESTS_BENCH_TABLE_H
#define TOPPLE_TESTS_BENCH_TABLE_H

#include <stdio.h>

#include "tests/bench/figures.h"

typedef struct Origin {
    const char *machine, *versions, *flags;
} Origin;

/* `best` are the figures of all cases, in their order. */
void print_table(const Figures *best, const Origin *origin);

/* A row for each case, then one for each comparison. */
void write_csv(FILE *csv, const Figures *best, const Origin *origin);

#endif
