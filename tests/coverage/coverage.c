/* How often 95 % intervals hold the truth: 1,000 experiments of each kind, with seeds 1 to 1,000,
 * of models whose truth is known. Prints the table of docs/method.md, and ends with 1 when
 * intervals of means that are not flagged do not cover 93 to 97 %, or those of p99 not at least 90
 * %.
 *
 *   coverage [EXPERIMENTS]    fewer of them for a try; then nothing is judged */
#include <glib.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/until_precise.h"
#include "tests/support/topology_text.h"

#define EXPERIMENTS  1000u
#define REPLICATIONS 10u
#define SERVICE_MS   1.0
#define POOL_MAX     16u

/* --- models: one thread that works 1 ms, exponentially distributed
 *
 * Where an operation fails at its end with probability q and is tried again at once, the customer
 * goes back to the tail of the queue: M/M/1 with feedback, in which the number of customers is
 * that of M/M/1 at the load rate * 1 ms / (1 - q) (J. R. Jackson, "Networks of waiting lines",
 * Operations Research 5, 1957). */

typedef struct Model {
    const char *name;
    double load, failures;
} Model;

static const Model half = {"M/M/1 at 50 %", 0.5, 0};
static const Model busy = {"M/M/1 at 80 %", 0.8, 0};
static const Model near = {"M/M/1 at 95 %", 0.95, 0};
static const Model retries = {"retries of 25 %, at 80 %", 0.8, 0.25};

static double rate_of(const Model *model)
{
    return model->load * (1 - model->failures) / SERVICE_MS; /* per ms */
}

static double mean_of(const Model *model)
{
    return model->load / (1 - model->load) / rate_of(model);
}

/* The warm-up is ten times what M/M/1 takes to forget its beginning. */
static Topology *topology_of(const Model *model, double requests)
{
    double relaxation_ms = SERVICE_MS / pow(1 - sqrt(model->load), 2);
    g_autofree char *text = g_strdup_printf(
        "{'simulation': {'duration': '%.0fus', 'warmup': '%.0fus', 'window': '1h'},"
        " 'services': {'s': {'threads': 1, 'operations': {'x': {'steps': ["
        "   {'compute': {'dist': 'exponential', 'mean': '1ms'}}, {'fail': %g}]}}}},"
        " 'links': {'w -> s': {'retry_policy': {'max_attempts': 50, 'backoff': {'type': 'none'}}}},"
        " 'workloads': {'w': {'arrival': {'rate': %.9g}, 'mix': {'s.x': 1}}}}",
        1000 * requests / rate_of(model), 10000 * relaxation_ms, model->failures,
        1000 * rate_of(model));
    return read_topology(text, "base");
}

/* --- experiments */

typedef enum Way { WAY_REPLICATIONS, WAY_BATCHES, WAY_PRECISION } Way;

typedef struct Setting {
    const Model *model;
    Way way;
    double requests; /* of a replication */
} Setting;

static const Setting settings[] = {
    {&half, WAY_REPLICATIONS, 20000},  {&busy, WAY_REPLICATIONS, 1000},
    {&busy, WAY_REPLICATIONS, 20000},  {&near, WAY_REPLICATIONS, 5000},
    {&retries, WAY_REPLICATIONS, 500}, {&retries, WAY_REPLICATIONS, 20000},
    {&busy, WAY_BATCHES, 400000},      {&busy, WAY_PRECISION, 5000},
};

typedef struct Tally {
    uint32_t covered, flagged;
    double half_width; /* sum, relative */
} Tally;

typedef struct Suite {
    const Setting *setting;
    Topology *topology;
    double truth_mean, truth_p99;
    GArray *metrics; /* that precision is asked of */
    Tally mean, p99;
    pthread_mutex_t lock;
    ThreadPool *pool;
} Suite;

static void tally(Tally *tally, const Study *study, const char *metric, double truth)
{
    Estimate estimate;
    study_estimate(study, 0, SCOPE_WORKLOAD, "w", PHASE_ALL, metric, &estimate);
    tally->covered += estimate.low <= truth && truth <= estimate.high;
    tally->flagged += *estimate_flag(&estimate) != '\0';
    tally->half_width += (estimate.high - estimate.low) / 2 / truth;
}

static void experiment(void *context, uint64_t number, uint32_t worker)
{
    Suite *suite = context;
    const StudyVariant variant = {.design = "base", .point = "", .topology = suite->topology};
    UntilPrecise until = {.asked = 0.05, .metrics = suite->metrics, .most = UNTIL_PRECISE_MOST};
    ExperimentPlan plan = {.variants = &variant,
                           .variant_count = 1,
                           .seed = 1 + number,
                           .replications = suite->setting->way == WAY_BATCHES ? 1 : REPLICATIONS,
                           .pool = suite->pool,
                           .worker = worker};
    if (suite->setting->way == WAY_PRECISION) {
        plan.more = until_precise;
        plan.more_context = &until;
    }
    ExperimentResult result;
    experiment_run(&plan, &result);
    pthread_mutex_lock(&suite->lock);
    tally(&suite->mean, result.study, "mean_ms", suite->truth_mean);
    tally(&suite->p99, result.study, "p99_ms", suite->truth_p99);
    pthread_mutex_unlock(&suite->lock);
    experiment_result_clear(&result);
}

/* --- the truth */

#define REFERENCE_SEED         1000000
#define REFERENCE_REPLICATIONS 2000u

/* Exponential without retries (what M/M/1 is); else of 2,000 other replications of 20,000 requests
 * together, whose own error is a fourteenth of the intervals' that are judged. */
static double p99_of(const Model *model, ThreadPool *pool)
{
    if (model->failures == 0)
        return mean_of(model) * log(100);
    g_autoptr(Topology) topology = topology_of(model, 20000);
    const StudyVariant variant = {.design = "base", .point = "", .topology = topology};
    const ExperimentPlan plan = {.variants = &variant,
                                 .variant_count = 1,
                                 .seed = REFERENCE_SEED,
                                 .replications = REFERENCE_REPLICATIONS,
                                 .threads = thread_pool_threads(pool)};
    ExperimentResult result;
    Estimate estimate;
    experiment_run(&plan, &result);
    study_estimate(result.study, 0, SCOPE_WORKLOAD, "w", PHASE_ALL, "p99_ms", &estimate);
    experiment_result_clear(&result);
    return estimate.value;
}

/* --- judging */

/* Sizes of which nearly all experiments are flagged are too small, and of which few are, suffice.
 */
static bool is_too_small(const Tally *tally, uint32_t experiments)
{
    return tally->flagged >= 0.9 * experiments;
}

static bool is_right(const Tally *tally, uint32_t experiments, double least, double most)
{
    double covered = (double)tally->covered / experiments;
    bool suffices = tally->flagged <= 0.5 * experiments;
    return is_too_small(tally, experiments) || (suffices && least <= covered && covered <= most);
}

static void print_tally(const Tally *tally, uint32_t experiments)
{
    double count = experiments;
    printf(" %.1f %% | ± %.1f %% | %.0f %% |", 100 * tally->covered / count,
           100 * tally->half_width / count, 100 * tally->flagged / count);
}

static const char *way_name(Way way)
{
    static const char *const names[] = {"10 replications", "1 run, 20 batches", "precision 5 %"};
    return names[way];
}

static bool run_setting(const Setting *setting, double p99, ThreadPool *pool, uint32_t experiments)
{
    Suite suite = {.setting = setting,
                   .pool = pool,
                   .topology = topology_of(setting->model, setting->requests)};
    suite.truth_mean = mean_of(setting->model);
    suite.truth_p99 = p99;
    MetricRef mean;
    g_autofree char *problem = metric_ref_parse(&mean, "workload/w.mean_ms");
    suite.metrics = g_array_new(FALSE, FALSE, sizeof(MetricRef));
    g_array_append_val(suite.metrics, mean);
    pthread_mutex_init(&suite.lock, NULL);
    thread_pool_run(pool, experiments, experiment, &suite, NULL);
    printf("| %s | %s | %.0f |", setting->model->name, way_name(setting->way), setting->requests);
    print_tally(&suite.mean, experiments);
    print_tally(&suite.p99, experiments);
    printf("\n");
    fflush(stdout);
    pthread_mutex_destroy(&suite.lock);
    metric_ref_clear(&mean);
    g_array_free(suite.metrics, TRUE);
    topology_free(suite.topology);
    /* Who stops when it is precise enough stops rather when chance makes an interval narrow. */
    double least = setting->way == WAY_PRECISION ? 0.9 : 0.93;
    return problem == NULL && is_right(&suite.mean, experiments, least, 0.97) &&
           is_right(&suite.p99, experiments, 0.9, 1);
}

int main(int argc, char **argv)
{
    uint32_t experiments = argc > 1 ? (uint32_t)atoi(argv[1]) : EXPERIMENTS;
    ThreadPool *pool = thread_pool_new(MIN(g_get_num_processors(), POOL_MAX));
    bool are_right = true;
    printf(
        "| model | how | requests of a run | mean: covered | half-width | flagged | p99: covered | "
        "half-width | flagged |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
    const double p99_of_retries = p99_of(&retries, pool);
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        const Model *model = settings[i].model;
        double p99 = model == &retries ? p99_of_retries : p99_of(model, pool);
        bool is_good = run_setting(&settings[i], p99, pool, experiments);
        if (!is_good && experiments >= EXPERIMENTS)
            fprintf(stderr, "%s, %s, %.0f requests: outside of what is promised\n",
                    settings[i].model->name, way_name(settings[i].way), settings[i].requests);
        are_right = are_right && (is_good || experiments < EXPERIMENTS);
    }
    thread_pool_free(pool);
    return are_right ? 0 : 1;
}
