#include "sim/distribution/distribution.h"

#include <math.h>
#include <string.h>

#include "sim/rng.h"

#define DISTRIBUTION_KIND(name) extern const DistributionKind distribution_##name;
#include "sim/distribution/kinds.def"
#undef DISTRIBUTION_KIND

const DistributionKind *const distribution_kinds[] = {
#define DISTRIBUTION_KIND(name) &distribution_##name,
#include "sim/distribution/kinds.def"
#undef DISTRIBUTION_KIND
    NULL,
};

#define REDRAWS_MAX 10000
#define TRIAL_DRAWS 1000 /* of which 1 in TRIAL_SHARE must pass a limit */
#define TRIAL_SHARE 100

const DistributionKind *distribution_kind_find(const char *name)
{
    for (size_t i = 0; distribution_kinds[i] != NULL; i++) {
        if (strcmp(distribution_kinds[i]->name, name) == 0)
            return distribution_kinds[i];
    }
    return NULL;
}

void distribution_init_constant(Distribution *distribution, SimTime value)
{
    *distribution = (Distribution){.kind = distribution_kind_find("constant"),
                                   .p = {(double)value},
                                   .constant = value,
                                   .limit = INFINITY,
                                   .effort = 1};
}

static bool was_given(const DistributionKind *kind, const DistributionInput *input,
                      const char *name, size_t length)
{
    for (size_t i = 0; kind->parameters[i].name != NULL; i++) {
        if (strlen(kind->parameters[i].name) == length &&
            strncmp(kind->parameters[i].name, name, length) == 0)
            return !isnan(input->values[i]);
    }
    return false;
}

static size_t number_given(const DistributionKind *kind, const DistributionInput *input)
{
    size_t count = 0;
    for (size_t i = 0; kind->parameters[i].name != NULL; i++)
        count += isnan(input->values[i]) ? 0 : 1;
    return count;
}

/* A set is names with blanks between them, up to the next '|'. */
int distribution_set_of(const DistributionKind *kind, const DistributionInput *input)
{
    size_t given = number_given(kind, input);
    int index = 0;
    for (const char *at = kind->sets;; index++) {
        size_t matched = 0, members = 0;
        while (*at != '\0' && *at != '|') {
            size_t length = strcspn(at, " |");
            members++;
            matched += was_given(kind, input, at, length) ? 1 : 0;
            at += length + (at[length] == ' ');
        }
        if (matched == members && members == given)
            return index;
        if (*at == '\0')
            return -1;
        at++;
    }
}

/* Whether drawing again until the limit is met ends soon, tried with a generator of its own. The
 * limits of parts multiply: of a hundredfold effort in each of four mixtures, one in another, a
 * draw would take a second. */
static bool limit_is_passable(Distribution *distribution)
{
    SimRng rng;
    sim_rng_init(&rng);
    gsl_rng *draws = sim_rng_at(&rng, sim_hash("limit"), 0, 0);
    int trials = (int)(TRIAL_DRAWS / distribution->effort), tried = 0, passed = 0;
    while (tried < trials && passed < TRIAL_DRAWS / TRIAL_SHARE) {
        passed += distribution->kind->draw(distribution, draws) + distribution->shift <=
                  distribution->limit;
        tried++;
    }
    if (passed < TRIAL_DRAWS / TRIAL_SHARE)
        return false;
    distribution->effort *= (double)tried / passed;
    return true;
}

const char *distribution_prepare(Distribution *distribution, const DistributionKind *kind,
                                 const DistributionInput *input, double shift, double limit)
{
    *distribution =
        (Distribution){.kind = kind, .constant = -1, .shift = shift, .limit = limit, .effort = 1};
    const char *wrong = kind->prepare(distribution, input);
    if (wrong == NULL && isfinite(limit) && !limit_is_passable(distribution))
        wrong = "have a max that at least 1 in 100 draws stays below";
    if (wrong != NULL)
        distribution_clear(distribution);
    return wrong;
}

void distribution_clear(Distribution *distribution)
{
    if (distribution->kind != NULL && distribution->kind->clear != NULL)
        distribution->kind->clear(distribution);
    distribution->table = NULL;
}

static SimTime draw_again(const Distribution *distribution, gsl_rng *rng)
{
    for (int i = 1; i < REDRAWS_MAX; i++) {
        double value = distribution->kind->draw(distribution, rng) + distribution->shift;
        if (value <= distribution->limit)
            return sim_time_from_ns(value);
    }
    return sim_time_from_ns(distribution->limit);
}

SimTime distribution_draw(const Distribution *distribution, gsl_rng *rng)
{
    if (distribution->constant >= 0)
        return distribution->constant;
    double value = distribution->kind->draw(distribution, rng) + distribution->shift;
    if (value <= distribution->limit)
        return sim_time_from_ns(value);
    return draw_again(distribution, rng);
}

double distribution_mean(const Distribution *distribution)
{
    if (distribution->constant >= 0)
        return (double)distribution->constant;
    return distribution->kind->mean(distribution) + distribution->shift;
}
