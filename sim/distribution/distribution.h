/* Random durations. An open family: a kind is one file and one line in kinds.def.
 *
 * A kind declares its parameters as data, and which of them are given together. The reader of
 * topologies collects them and calls distribution_prepare, which checks whatever a range cannot
 * (mean above min, cv > 1) and computes what each draw needs. Drawing cannot fail. */
#ifndef TOPPLE_SIM_DISTRIBUTION_H
#define TOPPLE_SIM_DISTRIBUTION_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/time.h"

typedef struct Distribution Distribution;

typedef enum ParameterType {
    PARAMETER_DURATION,  /* a time > 0 (>= 0 where min is 0); as ns in values[] */
    PARAMETER_NUMBER,    /* a plain number, in values[] */
    PARAMETER_PHASES,    /* list of {probability, mean}: in weights[] and points[] */
    PARAMETER_MIXTURE,   /* list of {weight, ...a distribution}: in weights[] and parts[] */
    PARAMETER_SAMPLES,   /* list of durations: in points[] */
    PARAMETER_QUANTILES, /* object {"50": duration, ...}: percentages in weights[], ascending,
                            values in points[] */
    PARAMETER_FILE,      /* name of a file with one value (a duration) per line: in points[] */
} ParameterType;

typedef struct DistributionParameter {
    const char *name;
    ParameterType type;
    double min, max; /* both allowed; for numbers and durations (ns) */
    bool above_min;  /* min itself is not allowed */
    const char *summary;
} DistributionParameter;

#define DISTRIBUTION_PARAMETERS_MAX 6

/* What the reader found: values[i] belongs to kind->parameters[i], NaN where it was not given. */
typedef struct DistributionInput {
    double values[DISTRIBUTION_PARAMETERS_MAX];
    const double *weights;            /* of the lists; borrowed during prepare */
    const double *points;             /* ns */
    const Distribution *const *parts; /* borrowed; must outlive the distribution */
    size_t count;
} DistributionInput;

typedef struct DistributionKind {
    const char *name;                        /* value of "dist" */
    const char *summary;                     /* one line, for `topple kinds` and the manual */
    const DistributionParameter *parameters; /* ends with a NULL name */
    const char *sets; /* which parameters go together: "mean cv|shape scale|p50 p99" */
    /* Checks the input and fills the distribution's parameters; returns NULL, or what is wrong in
     * words that continue "must ...", e.g. "have a mean above min". */
    const char *(*prepare)(Distribution *distribution, const DistributionInput *input);
    double (*draw)(const Distribution *distribution, gsl_rng *rng); /* ns */
    double (*mean)(const Distribution
                       *distribution); /* ns, without shift and max; INFINITY if there is none */
    void (*clear)(Distribution *distribution); /* NULL: nothing allocated */
} DistributionKind;

struct Distribution {
    const DistributionKind *kind;
    double p[4];      /* the kind's own */
    void *table;      /* the kind's own, freed by clear */
    SimTime constant; /* of a constant (drawn without the generator), else -1 */
    double shift;     /* ns, added to each draw */
    double limit;     /* ns: draws above, the shift included, are redrawn; INFINITY: none */
    double effort;    /* about how often the generators below are asked for one draw: 1, more with
                         a limit or with parts that have one */
};

/* All kinds, in the order of kinds.def; ends with NULL. */
extern const DistributionKind *const distribution_kinds[];

/* NULL if there is none of this name. */
const DistributionKind *distribution_kind_find(const char *name);

/* A constant; for tests and for bare duration strings. */
void distribution_init_constant(Distribution *distribution, SimTime value);

/* Which of the kind's sets the given values are: its index in `sets`, or -1 if none matches
 * exactly. */
int distribution_set_of(const DistributionKind *kind, const DistributionInput *input);

/* Fills the distribution. Returns NULL, or what is wrong (see prepare; also when fewer than 1 in
 * 100 draws would pass `limit` and those of the parts together, which is tried with a fixed
 * generator, so that a redraw cannot go on for ever). Then the distribution needs no clearing.
 * shift >= 0; limit INFINITY for none. */
const char *distribution_prepare(Distribution *distribution, const DistributionKind *kind,
                                 const DistributionInput *input, double shift, double limit);
void distribution_clear(Distribution *distribution);

/* A duration >= 0, at most SIM_TIME_LONGEST. Values above the limit are redrawn; after 10,000
 * redraws the limit itself is returned. */
SimTime distribution_draw(const Distribution *distribution, gsl_rng *rng);

/* ns, with shift, ignoring `max`; INFINITY if the mean does not exist. For the traffic equations.
 */
double distribution_mean(const Distribution *distribution);

#endif
