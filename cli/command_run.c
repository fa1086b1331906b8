/* run and compare: simulate, report, write. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/expected.h"
#include "cli/input.h"
#include "cli/metrics.h"
#include "cli/options.h"
#include "cli/version.h"
#include "cli/watch.h"
#include "experiments/until_precise.h"
#include "experiments/warmup.h"
#include "reports/output.h"

#define COMPARE_REPLICATIONS 10u /* of a file that asks for one: a difference needs several */

typedef struct Job {
    const Options *options;
    Input input;
    ExpectedList expected;
    GArray *metrics; /* that --precision is about; NULL: none is asked for */
    UntilPrecise until;
    Warmup warmup; /* that was found; if it was looked for */
    StudyVariant *variants;
    ExperimentPlan plan;
    ExperimentResult result;
    Watch watch;
    char **command_line; /* without the program's name */
    bool is_comparison;
} Job;

static const Topology *first_topology(const Job *job)
{
    return g_array_index(job->input.designs, Design, 0).topology;
}

static uint32_t replications_of(const Job *job)
{
    uint32_t asked = job->options->has_replications ? job->options->replications
                                                    : first_topology(job)->simulation.replications;
    if (job->options->precision > 0)
        return MAX(asked, UNTIL_PRECISE_FIRST);
    bool is_left_open = !job->options->has_replications && asked == 1;
    return job->is_comparison && is_left_open ? COMPARE_REPLICATIONS : asked;
}

/* Reads what the plan needs besides the designs. */
static ExitCode prepare(Job *job)
{
    const Options *options = job->options;
    if (!expected_read(&job->expected, &job->input, options))
        return EXIT_WRONG_INPUT;
    if (options->precision == 0)
        return EXIT_DONE;
    if (options->max_replications < replications_of(job)) {
        complain("--max-replications: must be at least %u, after which --precision first looks",
                 replications_of(job));
        return EXIT_WRONG_INPUT;
    }
    job->metrics = metrics_named(&job->input, options->metrics);
    job->until = (UntilPrecise){options->precision, job->metrics, options->max_replications};
    return job->metrics == NULL ? EXIT_WRONG_INPUT : EXIT_DONE;
}

static void plan(Job *job)
{
    guint count = job->input.designs->len;
    job->variants = g_new0(StudyVariant, count);
    for (guint i = 0; i < count; i++) {
        const Design *design = &g_array_index(job->input.designs, Design, i);
        job->variants[i] =
            (StudyVariant){.design = design->name, .point = "", .topology = design->topology};
    }
    job->plan = (ExperimentPlan){
        .variants = job->variants,
        .variant_count = count,
        .seed = job->options->has_seed ? job->options->seed : first_topology(job)->simulation.seed,
        .replications = replications_of(job),
        .more = job->metrics == NULL ? NULL : until_precise,
        .more_context = &job->until,
        .threads = job->options->threads,
        .max_events = job->options->max_events,
        .stop = job->watch.stop,
        .tick = watch_tick,
        .context = &job->watch,
    };
}

static GPtrArray *warnings_of(const Job *job)
{
    GPtrArray *warnings = g_ptr_array_new();
    for (guint i = 0; i < job->input.designs->len; i++) {
        const GPtrArray *own = g_array_index(job->input.designs, Design, i).topology->warnings;
        for (guint j = 0; own != NULL && j < own->len; j++) {
            if (!g_ptr_array_find_with_equal_func(warnings, own->pdata[j], g_str_equal, NULL))
                g_ptr_array_add(warnings, own->pdata[j]);
        }
    }
    for (guint i = 0; i < job->result.warnings->len; i++)
        g_ptr_array_add(warnings, job->result.warnings->pdata[i]);
    for (guint i = 0; i < job->expected.skipped->len; i++)
        g_ptr_array_add(warnings, job->expected.skipped->pdata[i]);
    g_ptr_array_add(warnings, NULL);
    return warnings;
}

static GPtrArray *command_line_of(const Job *job)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(words, g_strdup("topple"));
    for (char **word = job->command_line; *word != NULL; word++)
        g_ptr_array_add(words, g_utf8_make_valid(*word, -1));
    g_ptr_array_add(words, NULL);
    return words;
}

static bool write_files(const Job *job)
{
    if (job->options->folder == NULL)
        return true;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) warnings = warnings_of(job);
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) command_line = command_line_of(job);
    Provenance provenance = {
        .version = "topple " TOPPLE_VERSION,
        .libraries = library_versions(),
        .command_line = (const char *const *)command_line->pdata,
        .wall_s = watch_elapsed_s(&job->watch),
        .is_complete = job->result.is_complete,
        .warnings = (const char *const *)warnings->pdata,
    };
    if (!output_write(job->result.study, &provenance, job->options->folder, written, &error)) {
        complain("%s", error->message);
        return false;
    }
    if (job->options->format != REPORT_TEXT)
        return true;
    printf("\nWritten to %s:", job->options->folder);
    for (guint i = 0; i < written->len; i++)
        printf(" %s", (const char *)written->pdata[i]);
    printf("\n");
    return true;
}

static bool print_report(const Job *job)
{
    GString *text = g_string_new(NULL);
    ReportOptions options = {.format = job->options->format, .has_color = job->watch.has_color};
    bool is_for_people = options.format == REPORT_TEXT || options.format == REPORT_MARKDOWN;
    if (is_for_people && !job->result.is_complete)
        g_string_append(text, "Partial results: not every run came to its end.\n\n");
    report_print(text, job->result.study, &options);
    bool is_written = fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0;
    g_string_free(text, TRUE);
    return is_written;
}

static void print_warnings(const Job *job)
{
    g_autoptr(GPtrArray) warnings = warnings_of(job);
    for (guint i = 0; warnings->pdata[i] != NULL; i++)
        fprintf(stderr, "warning: %s\n", (const char *)warnings->pdata[i]);
}

/* What the results say, if the runs are all there. */
static ExitCode code_of_results(const Job *job)
{
    const GArray *results = study_expectations(job->result.study);
    const Precision *precision = study_precision(job->result.study);
    bool has_failed = false;
    bool is_doubtful = !job->warmup.has_settled || (precision != NULL && !precision->is_reached);
    for (guint i = 0; i < results->len; i++) {
        const ExpectationResult *result = &g_array_index(results, ExpectationResult, i);
        has_failed |= result->judgement == JUDGEMENT_FAIL;
        is_doubtful |= result->judgement == JUDGEMENT_UNDECIDED || *result->flag != '\0';
    }
    if (has_failed)
        return EXIT_EXPECTATION_FAILED;
    return is_doubtful && job->options->is_strict ? EXIT_UNDECIDED : EXIT_DONE;
}

static ExitCode code_of(const Job *job, int signal_number)
{
    if (signal_number > 0 && !job->result.is_complete) {
        complain("interrupted: the results are partial");
        return signal_number == 15 ? EXIT_TERMINATED : EXIT_INTERRUPTED;
    }
    bool hit_wall = job->watch.hit_wall && !job->result.is_complete;
    if (hit_wall)
        complain("stopped by --max-wall: the results are partial");
    return hit_wall || job->result.hit_limit ? EXIT_STOPPED_BY_LIMIT : code_of_results(job);
}

/* Whether there is a run of every design; without, there is nothing to report. */
static bool has_results(const Job *job)
{
    for (uint32_t i = 0; i < job->plan.variant_count; i++) {
        if (study_any_run(job->result.study, i) == NULL)
            return false;
    }
    return true;
}

/* What the study says to what was asked of it. */
static void judge(Job *job)
{
    Study *study = job->result.study;
    if (job->options->equivalence > 0)
        study_set_equivalence(study, job->options->equivalence);
    study_set_expectations(study, expected_judge(&job->expected, study));
    if (!job->warmup.has_settled)
        g_ptr_array_add(
            job->result.warnings,
            g_strdup_printf("design %s: it still changes after half of the duration, so "
                            "no warm-up is long enough; is it overloaded? If not, make "
                            "the duration longer",
                            job->variants[job->warmup.variant].design));
    if (job->metrics == NULL)
        return;
    Precision *precision = g_new(Precision, 1);
    *precision = precision_judge(study, job->metrics, job->options->precision);
    study_set_precision(study, precision);
    if (!precision->is_reached)
        g_ptr_array_add(job->result.warnings, precision_words(study, precision));
}

static ExitCode report(Job *job, int signal_number)
{
    if (job->result.problem != NULL) {
        complain("internal error: %s", job->result.problem);
        return EXIT_INTERNAL_ERROR;
    }
    judge(job);
    print_warnings(job);
    ExitCode code = code_of(job, signal_number);
    if (!has_results(job))
        return code;
    if (!print_report(job) || !write_files(job) || fflush(stdout) != 0) {
        if (ferror(stdout))
            complain("standard output: cannot be written");
        return EXIT_CANNOT_READ_OR_WRITE;
    }
    return code;
}

static bool finds_warmup(const Job *job)
{
    for (guint i = 0; i < job->input.designs->len; i++) {
        if (g_array_index(job->input.designs, Design, i).topology->simulation.finds_warmup)
            return true;
    }
    return false;
}

/* One warm-up for all designs that ask for it. False with a complaint when there is none. */
static bool find_warmup(Job *job)
{
    job->warmup.has_settled = true;
    if (!finds_warmup(job))
        return true;
    if (!warmup_find(&job->plan, &job->warmup)) {
        if (atomic_load(job->watch.stop) != 0)
            return true; /* the runs will not begin either */
        complain("the warm-up was not found, for a run was stopped by a limit; give it as a time");
        return false;
    }
    for (guint i = 0; i < job->input.designs->len; i++) {
        SimulationConfig *simulation =
            &g_array_index(job->input.designs, Design, i).topology->simulation;
        if (simulation->finds_warmup)
            simulation->warmup = job->warmup.time;
    }
    return true;
}

static ExitCode simulate(Job *job)
{
    plan(job);
    if (!find_warmup(job)) {
        watch_end(&job->watch);
        g_free(job->variants);
        return EXIT_STOPPED_BY_LIMIT;
    }
    experiment_run(&job->plan, &job->result);
    int signal_number = watch_end(&job->watch);
    ExitCode code = report(job, signal_number);
    experiment_result_clear(&job->result);
    g_free(job->variants);
    return code;
}

static ExitCode run_or_compare(int argc, char **argv, bool is_comparison, const char *arguments,
                               const char *summary)
{
    Options options;
    bool has_helped;
    g_autoptr(GError) error = NULL;
    if (!options_parse(&options, argc, argv, arguments, summary, &has_helped, &error)) {
        complain("%s", error->message);
        options_clear(&options);
        return EXIT_WRONG_INPUT;
    }
    Job job = {.options = &options, .command_line = argv, .is_comparison = is_comparison};
    ExitCode code = EXIT_DONE;
    if (!has_helped) {
        code = input_read(&job.input, &options, is_comparison);
        if (code == EXIT_DONE && !is_comparison && job.input.designs->len > 1) {
            complain("run simulates one design; compare takes several");
            code = EXIT_WRONG_INPUT;
        }
        if (code == EXIT_DONE)
            code = prepare(&job);
        if (code == EXIT_DONE) {
            watch_start(&job.watch, &options);
            code = simulate(&job);
        }
        expected_clear(&job.expected);
        if (job.metrics != NULL)
            g_array_free(job.metrics, TRUE);
        input_clear(&job.input);
    }
    options_clear(&options);
    return code;
}

ExitCode command_run(int argc, char **argv)
{
    return run_or_compare(argc, argv, false, "FILE",
                          "Simulates one design: the file itself, or the one that --design names.");
}

ExitCode command_compare(int argc, char **argv)
{
    return run_or_compare(
        argc, argv, true, "FILE [FILE...]",
        "Simulates all designs of a file (or one of each file) under the same requests, faults "
        "and\n"
        "draws, and compares them with the first. A file that asks for one replication gets ten.");
}
