#include "tests/support/replications.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "tests/support/topology_text.h"

#define BUCKET_ERROR   0.004
#define ROUNDING_ERROR 1e-12 /* of what is exact in theory */

/* --- running */

static bool is_named(const char *list, const char *name)
{
    g_auto(GStrv) names = g_strsplit(list == NULL ? name : list, ",", -1);
    return g_strv_contains((const char *const *)names, name);
}

static void add_design(Replications *runs, const char *file, const char *json, const char *design)
{
    g_autoptr(Problems) problems = problems_new();
    g_autofree char *folder = g_path_get_dirname(file);
    g_autoptr(Document) document = document_parse(file, folder, json, strlen(json), problems);
    Topology *topology = document == NULL ? NULL : topology_read(document, design, problems);
    if (topology == NULL) {
        g_autofree char *message = problems_format(problems);
        fail_msg("%s", message);
    }
    g_ptr_array_add(runs->topologies, topology);
    g_ptr_array_add(runs->names, g_strdup(design));
}

static void add_designs(Replications *runs, const char *file, const char *json, const char *designs)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = document_parse(file, ".", json, strlen(json), problems);
    if (document == NULL) {
        g_autofree char *message = problems_format(problems);
        fail_msg("%s", message);
    }
    g_auto(GStrv) names = document_design_names(document);
    if (is_named(designs, "base"))
        add_design(runs, file, json, "base");
    for (char **name = names; *name != NULL; name++) {
        if (is_named(designs, *name))
            add_design(runs, file, json, *name);
    }
}

static void run_all(Replications *runs, uint32_t count, uint32_t threads)
{
    const Topology *first = runs->topologies->pdata[0];
    runs->variant_count = runs->topologies->len;
    runs->variants = g_new0(StudyVariant, runs->variant_count);
    for (uint32_t i = 0; i < runs->variant_count; i++)
        runs->variants[i] = (StudyVariant){
            .design = runs->names->pdata[i], .point = "", .topology = runs->topologies->pdata[i]};
    ExperimentPlan plan = {.variants = runs->variants,
                           .variant_count = runs->variant_count,
                           .seed = first->simulation.seed,
                           .replications = count > 0 ? count : first->simulation.replications,
                           .threads = threads};
    experiment_run(&plan, &runs->result);
    if (runs->result.problem != NULL)
        fail_msg("%s", runs->result.problem);
    if (runs->result.warnings->len > 0)
        fail_msg("%s", (const char *)runs->result.warnings->pdata[0]);
    assert_true(runs->result.is_complete);
}

static void replications_init(Replications *runs)
{
    *runs =
        (Replications){.topologies = g_ptr_array_new_with_free_func((GDestroyNotify)topology_free),
                       .names = g_ptr_array_new_with_free_func(g_free)};
}

void replications_run(Replications *runs, const char *text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    g_autofree char *json = g_strdelimit(g_strdup_vprintf(text, arguments), "'", '"');
    va_end(arguments);
    replications_run_json(runs, json, "base", REPLICATIONS, 1);
}

void replications_run_file(Replications *runs, const char *path, const char *designs,
                           uint32_t count)
{
    g_autofree char *json = NULL;
    if (!g_file_get_contents(path, &json, NULL, NULL))
        fail_msg("%s: cannot be read", path);
    replications_init(runs);
    add_designs(runs, path, json, designs);
    run_all(runs, count, 2);
}

void replications_run_json(Replications *runs, const char *json, const char *designs,
                           uint32_t count, uint32_t threads)
{
    replications_init(runs);
    add_designs(runs, "t.json", json, designs);
    run_all(runs, count, threads);
}

void replications_clear(Replications *runs)
{
    experiment_result_clear(&runs->result);
    g_ptr_array_free(runs->topologies, TRUE);
    g_ptr_array_free(runs->names, TRUE);
    g_free(runs->variants);
}

/* --- values */

static uint32_t variant_named(const Replications *runs, const char *design)
{
    for (uint32_t i = 0; i < runs->variant_count; i++) {
        if (strcmp(runs->variants[i].design, design) == 0)
            return i;
    }
    fail_msg("there is no design %s", design);
    return 0;
}

static uint32_t entry_named(const Replications *runs, uint32_t variant, Scope scope,
                            const char *name)
{
    const RunResult *any = study_any_run(runs->result.study, variant);
    const Entry *entry = run_result_find(any, scope, name);
    if (entry == NULL)
        fail_msg("there is no %s %s", scope_name(scope), name);
    return (uint32_t)(entry - any->entries);
}

static double value_of(const double *values, Scope scope, const char *metric)
{
    const Column *column = column_find(scope, metric);
    if (column == NULL)
        fail_msg("%s has no metric %s", scope_name(scope), metric);
    return values[column - table_of_scope(scope)->columns];
}

static double value_or_ratio(const double *values, Scope scope, const char *metric)
{
    g_auto(GStrv) sides = g_strsplit(metric, "/", 2);
    double value = value_of(values, scope, sides[0]);
    return sides[1] == NULL ? value : value / value_of(values, scope, sides[1]);
}

static Sample sample_from(const double *values, uint32_t count)
{
    Sample sample = {.count = count};
    double squares = 0;
    for (uint32_t i = 0; i < count; i++)
        sample.mean += values[i] / count;
    for (uint32_t i = 0; i < count; i++)
        squares += (values[i] - sample.mean) * (values[i] - sample.mean);
    sample.error = count < 2 ? (double)NAN : sqrt(squares / (count - 1) / count);
    return sample;
}

Sample sample_of(const Replications *runs, const char *design, Scope scope, const char *name,
                 Phase phase, const char *metric)
{
    const Study *study = runs->result.study;
    uint32_t variant = variant_named(runs, design);
    uint32_t entry = entry_named(runs, variant, scope, name);
    uint32_t count = study_replication_count(study, variant);
    g_autofree double *values = g_new(double, count);
    for (uint32_t i = 0; i < count; i++) {
        values[i] =
            value_or_ratio(study_run_values(study, variant, i, entry, phase), scope, metric);
        if (isnan(values[i]))
            fail_msg("%s %s has no %s in replication %u", scope_name(scope), name, metric, i);
    }
    return sample_from(values, count);
}

/* --- judging */

static void judge(const char *what, double mean, double error, double truth, double share,
                  double slack)
{
    if (!(fabs(mean - truth) <= 5 * error + slack * fabs(truth)))
        fail_msg("%s: %.9g is not within 5 standard errors (%.3g) of %.9g", what, mean, error,
                 truth);
    if (!(error <= share * fabs(truth)))
        fail_msg("%s: the standard error %.3g is above %g of %.9g", what, error, share, truth);
}

void assert_within_errors(double mean, double error, double truth, double share)
{
    judge("mean", mean, error, truth, share, ROUNDING_ERROR);
}

static void judge_metric(const Replications *runs, Phase phase, Scope scope, const char *name,
                         const char *metric, double truth, double share, double slack)
{
    Sample sample = sample_of(runs, "base", scope, name, phase, metric);
    g_autofree char *what = g_strdup_printf("%s %s %s", scope_name(scope), name, metric);
    judge(what, sample.mean, sample.error, truth, share, slack);
    if (g_getenv("TOPPLE_THEORY") != NULL)
        print_message("%s: %.9g, %.9g in theory, standard error %.3g (%.2g of it)\n", what,
                      sample.mean, truth, sample.error, sample.error / fabs(truth));
}

void assert_theory(const Replications *runs, Scope scope, const char *name, const char *metric,
                   double truth, double share)
{
    judge_metric(runs, PHASE_ALL, scope, name, metric, truth, share, ROUNDING_ERROR);
}

void assert_theory_in(const Replications *runs, Phase phase, Scope scope, const char *name,
                      const char *metric, double truth, double share)
{
    judge_metric(runs, phase, scope, name, metric, truth, share, ROUNDING_ERROR);
}

void assert_theory_percentile(const Replications *runs, Scope scope, const char *name,
                              const char *metric, double truth, double share)
{
    judge_metric(runs, PHASE_ALL, scope, name, metric, truth, share, BUCKET_ERROR);
}
