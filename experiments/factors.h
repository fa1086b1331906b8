/* Parameters for sensitivity that are given as a share of what the file has. */
#ifndef TOPPLE_EXPERIMENTS_FACTORS_H
#define TOPPLE_EXPERIMENTS_FACTORS_H

#include "experiments/points.h"

/* A number, or a text that starts with one, above 0; the rest is its unit, to be freed. */
bool factor_parse(const char *json, double *number, char **unit);

/* Puts ranges in the place of axes like POINTER=20%: one for each number there and below it in the
 * first design. Numbers that cannot be so large or so small are left out: their pointers (char *)
 * are added to `left_out`. NULL, or what is wrong, a sentence for the user, to be freed. */
char *factors_expand(const TopologySource *source, const char *design, GPtrArray *axes,
                     GPtrArray *left_out);

#endif
