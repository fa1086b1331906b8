/* One of several distributions, chosen by weight. */
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

typedef struct Mixture {
    gsl_ran_discrete_t *choice;
    double mean;
    size_t count;
    const Distribution *part[];
} Mixture;

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    double sum = 0, weighted = 0;
    for (size_t i = 0; i < input->count; i++) {
        if (!(input->weights[i] > 0))
            return "have weights above 0";
        sum += input->weights[i];
        weighted += input->weights[i] * distribution_mean(input->parts[i]);
        distribution->effort = fmax(distribution->effort, input->parts[i]->effort);
    }
    if (input->count == 0 || !isfinite(sum))
        return "have at least one part, and weights with a finite sum";
    Mixture *mixture = g_malloc0(sizeof(Mixture) + input->count * sizeof(Distribution *));
    for (size_t i = 0; i < input->count; i++)
        mixture->part[i] = input->parts[i];
    mixture->count = input->count;
    mixture->mean = weighted / sum;
    mixture->choice = gsl_ran_discrete_preproc(input->count, input->weights);
    distribution->table = mixture;
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    const Mixture *mixture = distribution->table;
    const Distribution *part = mixture->part[gsl_ran_discrete(rng, mixture->choice)];
    return (double)distribution_draw(part, rng);
}

static double mean(const Distribution *distribution)
{
    return ((const Mixture *)distribution->table)->mean;
}

static void clear(Distribution *distribution)
{
    Mixture *mixture = distribution->table;
    if (mixture != NULL)
        gsl_ran_discrete_free(mixture->choice);
    g_free(mixture);
}

static const DistributionParameter parameters[] = {
    LIST("of", PARAMETER_MIXTURE, "list of distributions, each with a weight"),
    {0},
};

const DistributionKind distribution_mixture = {
    .name = "mixture",
    .summary = "one of several distributions, by weight",
    .parameters = parameters,
    .sets = "of",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
    .clear = clear,
};
