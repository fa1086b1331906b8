/* One of several exponentials: more variable than one, cv > 1. By mean and cv: two phases with
 * balanced means (p1 m1 = p2 m2), as Allen, "Probability, statistics and queueing theory", has it.
 */
#include <glib.h>
#include <math.h>

#include "sim/distribution/parameters.h"
#include "sim/exponential.h"

#define PROBABILITY_SLACK 1e-9

typedef struct Phase {
    double up_to; /* cumulative probability */
    double mean;
} Phase;

typedef struct Phases {
    size_t count;
    Phase phase[];
} Phases;

static Phases *phases_new(size_t count)
{
    Phases *phases = g_malloc0(sizeof(Phases) + count * sizeof(Phase));
    phases->count = count;
    return phases;
}

static const char *prepare_balanced(Distribution *distribution, double mean_value, double cv)
{
    if (cv <= 1)
        return "have a cv above 1: with 1 it is exponential";
    double square = cv * cv;
    double first = (1 + sqrt((square - 1) / (square + 1))) / 2;
    Phases *phases = phases_new(2);
    phases->phase[0] = (Phase){first, mean_value / (2 * first)};
    phases->phase[1] = (Phase){1, mean_value / (2 * (1 - first))};
    distribution->table = phases;
    return NULL;
}

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    if (!isnan(input->values[0]))
        return prepare_balanced(distribution, input->values[0], input->values[1]);
    double sum = 0;
    Phases *phases = phases_new(input->count);
    distribution->table = phases;
    for (size_t i = 0; i < input->count; i++) {
        if (!(input->weights[i] > 0) || !(input->points[i] > 0))
            return "have phases with a probability and a mean above 0";
        sum += input->weights[i];
        phases->phase[i] = (Phase){sum, input->points[i]};
    }
    if (fabs(sum - 1) > PROBABILITY_SLACK)
        return "have phases whose probabilities add up to 1";
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    const Phases *phases = distribution->table;
    double point = gsl_rng_uniform(rng);
    size_t i = 0;
    while (i + 1 < phases->count && point >= phases->phase[i].up_to)
        i++;
    return phases->phase[i].mean * draw_unit_exponential(rng);
}

static double mean(const Distribution *distribution)
{
    const Phases *phases = distribution->table;
    double sum = 0, before = 0;
    for (size_t i = 0; i < phases->count; i++) {
        sum += (phases->phase[i].up_to - before) * phases->phase[i].mean;
        before = phases->phase[i].up_to;
    }
    return sum;
}

static void clear(Distribution *distribution)
{
    g_free(distribution->table);
}

static const DistributionParameter parameters[] = {
    DURATION("mean", "mean"),
    NUMBER("cv", 0, 1000, "standard deviation / mean, above 1"),
    LIST("phases", PARAMETER_PHASES, "list of {probability, mean}"),
    {0},
};

const DistributionKind distribution_hyperexponential = {
    .name = "hyperexponential",
    .summary = "one of several exponentials: cv above 1",
    .parameters = parameters,
    .sets = "mean cv|phases",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
    .clear = clear,
};
