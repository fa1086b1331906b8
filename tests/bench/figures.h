/* What is told of runs: figures of one case, and comparisons of two. */
#ifndef TOPPLE_TESTS_BENCH_FIGURES_H
#define TOPPLE_TESTS_BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/bench/cases.h"

/* NaN: the case has no such figure. */
typedef double (*FigureOf)(const Figures *figures);

typedef struct Column {
    const char *name, *title; /* in the file, in the table */
    FigureOf figure;
    int width, digits;
} Column;

extern const Column columns[];
extern const size_t column_count;

typedef struct Comparison {
    const char *name, *title;
    FigureOf figure;
    const char *of, *over;    /* cases; over NULL: the figure itself */
    double at_least, at_most; /* 0: no such limit */
} Comparison;

extern const Comparison comparisons[];
extern const size_t comparison_count;

/* `best` are the figures of all cases, in their order. */
double comparison_value(const Comparison *self, const Figures *best);
bool comparison_is_met(const Comparison *self, double value);

#endif
