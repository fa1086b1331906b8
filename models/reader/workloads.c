/* One member of "workloads": who asks, how often, and for what. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/arrival/arrival.h"
#include "models/reader/draft.h"

#define USERS_MAX   1000000u
#define CLIENTS_MAX 100000u
#define MIX_MAX     10000u
#define PROFILE_MAX 100000u
#define CHANGES_MAX 1e9 /* of an mmpp's states, expected in one run: seconds of work */

typedef struct Mix {
    const uint32_t *sites;
    const double *weights;
    uint32_t count;
} Mix;

typedef struct Profile {
    const RatePiece *pieces;
    uint32_t count;
} Profile;

/* What stands in "arrival" beside the keys of the process. */
typedef struct ArrivalParts {
    const Count *batch;
    Profile profile;
} ArrivalParts;

/* --- profile */

typedef struct ProfileRow {
    SimTime until;
    double rate, from, to; /* -1: not written */
} ProfileRow;

#define RATE_KEY(key, meaning)                                                                     \
    {                                                                                              \
        .name = #key, .type = KEY_NUMBER, .offset = offsetof(ProfileRow, key), .min = 0,           \
        .max = 1e9, .summary = meaning                                                             \
    }

static const Key profile_keys[] = {
    {.name = "until",
     .type = KEY_DURATION,
     .required = true,
     .offset = offsetof(ProfileRow, until),
     .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "end of this piece, from the start of measurement"},
    RATE_KEY(rate, "per second, all along the piece"),
    RATE_KEY(from, "per second, at the beginning of a ramp"),
    RATE_KEY(to, "per second, at the end of a ramp"),
    {0},
};

static bool read_row(const Spec *spec, ReadContext *context, SimTime after, RatePiece *piece)
{
    ProfileRow row = {.rate = -1, .from = -1, .to = -1};
    if (!keys_read(spec, context, &row, profile_keys))
        return false;
    bool is_flat = row.rate >= 0 && row.from < 0 && row.to < 0;
    bool is_ramp = row.rate < 0 && row.from >= 0 && row.to >= 0;
    if (!is_flat && !is_ramp)
        return spec_problem(spec, "must have either rate, or from and to");
    if (row.until <= after)
        return spec_problem(spec, "until must be later than that of the piece before");
    *piece = (RatePiece){row.until, is_flat ? row.rate : row.from, is_flat ? row.rate : row.to};
    return true;
}

/* The last rate holds on. */
static bool read_profile(const Spec *spec, ReadContext *context, void *value)
{
    if (!spec_expect(spec, SPEC_ARRAY))
        return false;
    size_t count = spec_size(spec);
    if (count == 0 || count > PROFILE_MAX)
        return spec_problem(spec, "must have from 1 to %u pieces, got %zu", PROFILE_MAX, count);
    RatePiece *pieces = arena_take(context->arena, count + 1, sizeof(RatePiece));
    bool is_right = true;
    uint32_t i = 0;
    Spec child;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child), i++)
        is_right &= read_row(&child, context, i == 0 ? 0 : pieces[i - 1].until, &pieces[i]);
    pieces[i] = (RatePiece){SIM_TIME_NEVER, pieces[i - 1].to, pieces[i - 1].to};
    *(Profile *)value = (Profile){pieces, i + 1};
    return is_right;
}

static const KeyCustom profile_reader = {
    .read = read_profile,
    .type_text = "a list of {until, rate} or {until, from, to}",
    .schema = "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"object\", "
              "\"required\": [\"until\"], "
              "\"additionalProperties\": false, \"properties\": {\"description\": {}, \"until\": "
              "{\"$ref\": "
              "\"#/$defs/duration\"}, \"rate\": {\"type\": \"number\", \"minimum\": 0}, \"from\": "
              "{\"type\": \"number\", "
              "\"minimum\": 0}, \"to\": {\"type\": \"number\", \"minimum\": 0}}}}",
};

const Key arrival_part_keys[] = {
    {.name = "batch",
     .type = KEY_COUNT,
     .offset = offsetof(ArrivalParts, batch),
     .min = 1,
     .max = COUNT_LARGEST,
     .summary = "requests that come at once with each arrival; default 1"},
    {.name = "profile",
     .type = KEY_CUSTOM,
     .offset = offsetof(ArrivalParts, profile),
     .detail.custom = &profile_reader,
     .summary = "the rate over time, in place of rate; the first also holds in the warm-up, the "
                "last for good"},
    {0},
};

/* --- arrival */

/* The first rate of a profile also holds in the warm-up. */
static double expected_arrivals(const SimulationConfig *simulation, const WorkloadConfig *workload)
{
    double mean = arrival_mean_rate(workload, simulation->duration);
    double before = workload->profile != NULL ? workload->profile[0].from : mean;
    double arrivals =
        before * sim_time_to_s(simulation->warmup) + mean * sim_time_to_s(simulation->duration);
    return arrivals * (workload->batch == NULL ? 1 : count_mean(workload->batch));
}

static bool check_amount(const Spec *spec, const ReadContext *context,
                         const WorkloadConfig *workload)
{
    if (context->draft == NULL)
        return true;
    const SimulationConfig *simulation = &context->draft->topology->simulation;
    const ArrivalKind *kind = (const ArrivalKind *)(const void *)workload->arrival.kind;
    double length = sim_time_to_s(simulation->warmup) + sim_time_to_s(simulation->duration);
    if (expected_arrivals(simulation, workload) > ARRIVALS_MAX)
        return spec_problem(
            spec, "more than %g requests are expected in one run: lower the rate or the duration",
            ARRIVALS_MAX);
    if (kind->work_rate != NULL && kind->work_rate(workload->arrival.config) * length > CHANGES_MAX)
        return spec_problem(spec,
                            "more than %g changes of state are expected in one run: a longer "
                            "mean_time would be right",
                            CHANGES_MAX);
    return true;
}

static bool check_arrival(const Spec *spec, const ReadContext *context,
                          const WorkloadConfig *workload)
{
    const ArrivalKind *kind = (const ArrivalKind *)(const void *)workload->arrival.kind;
    double rate = kind->has_rate ? kind->mean_rate(workload->arrival.config, SIM_TIME_S) : 0;
    if (kind->has_rate && workload->profile == NULL && !(rate > 0))
        return spec_problem(spec, "must have a rate above 0, or a profile");
    if (workload->profile != NULL && rate > 0)
        return spec_problem(spec, "must have either rate or profile, not both");
    if (!kind->has_rate && workload->profile != NULL)
        return spec_problem(spec,
                            "a profile needs a process with a rate: poisson or constant, not %s",
                            kind->kind.name);
    return check_amount(spec, context, workload);
}

static bool read_arrival(const Spec *spec, ReadContext *context, void *value)
{
    WorkloadConfig *workload = value;
    ArrivalParts parts = {0};
    KindChoice choice = {0};
    if (!kind_read(spec, context, &arrival_family, &choice, arrival_part_keys, &parts))
        return false;
    workload->arrival = choice;
    workload->batch = parts.batch;
    workload->profile = parts.profile.pieces;
    workload->profile_count = parts.profile.count;
    return check_arrival(spec, context, workload);
}

static const KeyCustom arrival_reader = {
    .read = read_arrival,
    .type_text = "an arrival process",
    .schema = "{\"$ref\": \"#/$defs/arrival\"}",
};

/* --- mix */

typedef struct Share {
    const char *operation;
    uint32_t site;
    double weight;
} Share;

/* The member's name is the operation, its value the weight. */
static bool read_share(const Spec *spec, ReadContext *context, uint32_t workload, Share *share)
{
    uint32_t operation;
    share->operation = spec->name;
    bool is_known = name_find_operation(spec, context, &operation);
    bool is_right = spec_get_number(spec, 0, 1e12, &share->weight);
    if (is_right && !(share->weight > 0))
        return spec_problem(spec, "must be above 0");
    return is_known && is_right &&
           workload_add_site(spec, context, workload, operation, &share->site);
}

static int compare_shares(const void *a, const void *b)
{
    return strcmp(((const Share *)a)->operation, ((const Share *)b)->operation);
}

/* By name, since members of an object have no order: a draw means the same in every design that has
 * the same operations in its mix. */
static void cumulate(Share *shares, uint32_t count, uint32_t *sites, double *weights)
{
    double sum = 0;
    qsort(shares, count, sizeof(Share), compare_shares);
    for (uint32_t i = 0; i < count; i++) {
        sum += shares[i].weight;
        sites[i] = shares[i].site;
        weights[i] = sum;
    }
    for (uint32_t i = 0; i < count; i++)
        weights[i] = i + 1 < count ? weights[i] / sum : 1;
}

static bool read_shares(const Spec *spec, ReadContext *context, uint32_t workload, uint32_t *sites,
                        double *weights)
{
    g_autofree Share *shares = g_new0(Share, spec_size(spec));
    bool is_right = true;
    uint32_t i = 0;
    Spec child;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child), i++)
        is_right &= read_share(&child, context, workload, &shares[i]);
    cumulate(shares, i, sites, weights);
    return is_right;
}

static bool read_mix(const Spec *spec, ReadContext *context, uint32_t workload, Mix *mix)
{
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    size_t count = spec_size(spec);
    if (count == 0 || count > MIX_MAX)
        return spec_problem(spec, "must name from 1 to %u operations, got %zu", MIX_MAX, count);
    uint32_t *sites = arena_take(context->arena, count, sizeof(uint32_t));
    double *weights = arena_take(context->arena, count, sizeof(double));
    *mix = (Mix){sites, weights, (uint32_t)count};
    return read_shares(spec, context, workload, sites, weights);
}

/* --- the whole */

static const char *const types[] = {"open", "closed", NULL};

typedef struct WorkloadKeys {
    int type;
    WorkloadConfig config;
} WorkloadKeys;

/* Read by workload_read itself, which knows whose mix it is. */
static bool read_later(const Spec *spec, ReadContext *context, void *value)
{
    (void)spec;
    (void)context;
    (void)value;
    return true;
}

static const KeyCustom mix_reader = {
    .read = read_later,
    .type_text = "an object of weights by operation",
    .schema = "{\"type\": \"object\", \"minProperties\": 1, \"properties\": {\"description\": {}}, "
              "\"additionalProperties\": {\"type\": \"number\", \"exclusiveMinimum\": 0}}",
};

const Key workload_keys[] = {
    {.name = "type",
     .type = KEY_CHOICE,
     .offset = offsetof(WorkloadKeys, type),
     .fallback = "\"open\"",
     .detail.choices = types,
     .summary =
         "open: arrivals whatever happens; closed: users who wait for each reply, then think"},
    {.name = "arrival",
     .type = KEY_CUSTOM,
     .offset = offsetof(WorkloadKeys, config),
     .detail.custom = &arrival_reader,
     .summary = "open: when requests come"},
    {.name = "users",
     .type = KEY_INTEGER,
     .offset = offsetof(WorkloadKeys, config.users),
     .min = 1,
     .max = USERS_MAX,
     .summary = "closed: how many"},
    {.name = "think_time",
     .type = KEY_DISTRIBUTION,
     .offset = offsetof(WorkloadKeys, config.think_time),
     .summary = "closed: pause before each request, the first included; default 0"},
    {.name = "mix",
     .type = KEY_CUSTOM,
     .required = true,
     .detail.custom = &mix_reader,
     .summary = "what is asked for: weights of operations, drawn anew for each request"},
    {.name = "clients",
     .type = KEY_INTEGER,
     .offset = offsetof(WorkloadKeys, config.clients),
     .min = 1,
     .max = CLIENTS_MAX,
     .fallback = "1",
     .summary = "as how many callers it counts, each with balancers of its own"},
    {.name = "abandon_after", .type = KEY_UNSUPPORTED, .summary = "how long a user waits"},
    {.name = "criticality", .type = KEY_UNSUPPORTED, .summary = "carried along the tree of calls"},
    {.name = "keys",
     .type = KEY_UNSUPPORTED,
     .summary = "keys of requests, for caches and partitions"},
    {.name = "user_retry", .type = KEY_UNSUPPORTED, .summary = "users who try again"},
    {0},
};

static bool check_type(const Spec *spec, const WorkloadKeys *read, bool has_arrival)
{
    bool is_closed = read->config.is_closed;
    if (is_closed && has_arrival)
        return spec_problem(spec, "a closed workload has users and think_time in place of arrival");
    if (is_closed && read->config.users == 0)
        return spec_problem(
            spec,
            "the required key \"users\" is missing: a closed workload says how many there are");
    if (!is_closed && !has_arrival)
        return spec_problem(
            spec,
            "the required key \"arrival\" is missing: an open workload says when requests come");
    if (!is_closed && (read->config.users > 0 || read->config.think_time != NULL))
        return spec_problem(spec, "users and think_time are for workloads of \"type\": \"closed\"");
    return true;
}

bool workload_read(const Spec *spec, ReadContext *context, uint32_t index, WorkloadConfig *workload)
{
    WorkloadKeys read = {.config = *workload};
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    bool has_arrival = spec_has(spec, "arrival");
    bool is_right = keys_read(spec, context, &read, workload_keys);
    read.config.is_closed = read.type == 1;
    *workload = read.config;
    is_right = check_type(spec, &read, has_arrival) && is_right;
    Spec child;
    Mix mix = {0};
    if (!spec_member(spec, "mix", &child) || !read_mix(&child, context, index, &mix))
        return false;
    workload->sites = mix.sites;
    workload->weights = mix.weights;
    workload->site_count = mix.count;
    return is_right;
}
