/* What was measured: samples, each as likely as the others, or quantiles with straight lines
 * between them. Quantiles without 0 or 100 %: the smallest given value holds below the first, the
 * largest above the last; nothing is made up beyond what was measured. */
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

typedef struct Points {
    size_t count;
    bool are_quantiles;
    struct {
        double share, value; /* cumulative share 0..1, for quantiles */
    } point[];
} Points;

static const char *take_quantiles(Points *points, const DistributionInput *input)
{
    for (size_t i = 0; i < input->count; i++) {
        points->point[i].share = input->weights[i] / 100;
        if (i > 0 &&
            (input->weights[i] <= input->weights[i - 1] || input->points[i] < input->points[i - 1]))
            return "have quantiles that do not fall as their percentages rise";
    }
    return NULL;
}

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    bool are_quantiles = !isnan(input->values[1]);
    if (input->count == 0)
        return "have at least one value";
    if (are_quantiles && input->count < 2)
        return "have at least two quantiles";
    Points *points = g_malloc0(sizeof(Points) + input->count * sizeof points->point[0]);
    distribution->table = points;
    points->count = input->count;
    points->are_quantiles = are_quantiles;
    for (size_t i = 0; i < input->count; i++)
        points->point[i].value = input->points[i];
    return are_quantiles ? take_quantiles(points, input) : NULL;
}

static double quantile(const Points *points, double share)
{
    size_t low = 0, high = points->count - 1;
    if (share <= points->point[low].share)
        return points->point[low].value;
    if (share >= points->point[high].share)
        return points->point[high].value;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (points->point[middle].share <= share)
            low = middle;
        else
            high = middle;
    }
    double part =
        (share - points->point[low].share) / (points->point[high].share - points->point[low].share);
    return points->point[low].value + part * (points->point[high].value - points->point[low].value);
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    const Points *points = distribution->table;
    double share = gsl_rng_uniform(rng);
    if (points->are_quantiles)
        return quantile(points, share);
    return points->point[(size_t)(share * (double)points->count)].value;
}

static double mean(const Distribution *distribution)
{
    const Points *points = distribution->table;
    double sum = 0;
    if (!points->are_quantiles) {
        for (size_t i = 0; i < points->count; i++)
            sum += points->point[i].value;
        return sum / (double)points->count;
    }
    size_t last = points->count - 1;
    sum = points->point[0].share * points->point[0].value +
          (1 - points->point[last].share) * points->point[last].value;
    for (size_t i = 0; i < last; i++)
        sum += (points->point[i + 1].share - points->point[i].share) *
               (points->point[i + 1].value + points->point[i].value) / 2;
    return sum;
}

static void clear(Distribution *distribution)
{
    g_free(distribution->table);
}

static const DistributionParameter parameters[] = {
    LIST("samples", PARAMETER_SAMPLES, "list of durations, all alike"),
    LIST("quantiles", PARAMETER_QUANTILES, "durations by percentage; straight lines between them"),
    LIST("file", PARAMETER_FILE, "name of a file with one duration per line"),
    {0},
};

const DistributionKind distribution_empirical = {
    .name = "empirical",
    .summary = "what was measured: samples or quantiles",
    .parameters = parameters,
    .sets = "samples|quantiles|file",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
    .clear = clear,
};
