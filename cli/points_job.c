#include "cli/points_job.h"

#include <gsl/gsl_version.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/version.h"
#include "reports/points_report.h"

#define POINTS_WITHOUT_YES 100000u
#define WARNINGS_MAX       20u

void points_job_init(PointsJob *job, const PointsCommand *command, char **command_line)
{
    *job = (PointsJob){.command = command, .command_line = command_line};
    job->axes = g_ptr_array_new_with_free_func((GDestroyNotify)axis_free);
    job->facts = g_ptr_array_new_with_free_func(g_free);
    job->journals = g_ptr_array_new_with_free_func((GDestroyNotify)journal_free);
    job->warnings = g_ptr_array_new_with_free_func(g_free);
    job->text = g_string_new(NULL);
    job->files = g_array_new(FALSE, FALSE, sizeof(PointsFile));
}

void points_job_clear(PointsJob *job)
{
    if (job->command != NULL && job->command->clear != NULL)
        job->command->clear(job);
    for (guint i = 0; i < job->files->len; i++)
        g_free(g_array_index(job->files, PointsFile, i).text);
    g_array_free(job->files, TRUE);
    g_string_free(job->text, TRUE);
    g_ptr_array_free(job->warnings, TRUE);
    g_ptr_array_free(job->journals, TRUE);
    g_ptr_array_free(job->facts, TRUE);
    g_free(job->parameters);
    if (job->metrics != NULL)
        g_array_free(job->metrics, TRUE);
    space_free(job->space);
    if (job->axes != NULL)
        g_ptr_array_free(job->axes, TRUE);
    g_free(job->designs);
    input_clear(&job->input);
    points_options_clear(&job->options);
}

/* --- preparing */

static void take_designs(PointsJob *job)
{
    guint count = job->input.designs->len;
    job->designs = g_new0(PointsDesign, count + 1);
    for (guint i = 0; i < count; i++) {
        const Design *design = &g_array_index(job->input.designs, Design, i);
        job->designs[i] = (PointsDesign){design->name, design->topology};
    }
    const Options *options = &job->options.common;
    job->seed = options->has_seed ? options->seed : job->designs[0].topology->simulation.seed;
}

/* A design is a patch that is applied before values are put in: its text is gone by then. */
static bool is_of_designs(const char *pointer)
{
    return strcmp(pointer, "/designs") == 0 || g_str_has_prefix(pointer, "/designs/");
}

static ExitCode read_axes(PointsJob *job)
{
    for (char **text = job->options.vary; *text != NULL; text++) {
        g_autoptr(GError) error = NULL;
        Axis *axis = axis_parse(*text, &error);
        if (axis == NULL) {
            complain("--vary: %s", error->message);
            return EXIT_WRONG_INPUT;
        }
        g_ptr_array_add(job->axes, axis);
        if (is_of_designs(axis->pointer)) {
            complain("--vary: %s: designs are chosen by --design", axis->pointer);
            return EXIT_WRONG_INPUT;
        }
    }
    return EXIT_DONE;
}

static char *view_value(void *context, uint64_t point, uint32_t parameter)
{
    const PointsJob *job = context;
    return space_value(job->space, point, parameter);
}

static bool view_record(void *context, uint32_t design, uint64_t point, GBytes **bytes,
                        GError **error)
{
    const PointsJob *job = context;
    g_autoptr(GError) own = NULL;
    *bytes = NULL;
    for (guint i = 0; *bytes == NULL && own == NULL && i < job->journals->len; i++)
        *bytes = journal_get(job->journals->pdata[i], points_task(&job->plan, design, point), &own);
    if (own == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&own));
    return false;
}

/* Of commands whose records are not those of the plan's tasks. */
static bool no_record(void *context, uint32_t design, uint64_t point, GBytes **bytes,
                      GError **error)
{
    (void)context;
    (void)design;
    (void)point;
    (void)error;
    *bytes = NULL;
    return true;
}

static PointsShape shape_of(const Space *space)
{
    if (space->kind->takes_ranges)
        return POINTS_CLOUD;
    return strcmp(space->kind->name, "grid") == 0 ? POINTS_GRID : POINTS_LINE;
}

static void make_plan(PointsJob *job)
{
    const PointsOptions *options = &job->options;
    const InputText *text = &job->input.text;
    uint32_t asked = options->common.has_replications ? options->common.replications : 0;
    job->plan = (PointsPlan){
        .source = {text->name, text->folder, text->bytes, text->length, options->common.sets},
        .designs = job->designs,
        .design_count = job->input.designs->len,
        .space = job->space,
        .has_seed = options->common.has_seed,
        .seed = options->common.seed,
        .replications = asked,
        .least_replications = job->command->replications,
        .max_events = options->common.max_events,
        .wishes = {.metrics = job->metrics,
                   .tables = options->common.folder == NULL ? 0 : options->tables,
                   .keeps_values = job->command->keeps_values},
        .shard = options->shard,
        .shard_count = options->shard_count,
    };
    job->view = (PointsView){
        .shape = shape_of(job->space),
        .designs = job->designs,
        .design_count = job->plan.design_count,
        .parameters = job->parameters,
        .parameter_count = job->space->axes->len,
        .metrics = job->metrics,
        .point_count = job->space->count,
        .value = view_value,
        .record = job->command->simulate == NULL ? view_record : no_record,
        .context = job,
    };
}

static bool is_meant(const PointsJob *job)
{
    uint64_t tasks = points_task_count(&job->plan);
    if (tasks <= POINTS_WITHOUT_YES || job->options.says_yes)
        return true;
    complain("these are %" G_GUINT64_FORMAT " points (%" G_GUINT64_FORMAT
             " in %u design%s); --yes says that so many are meant",
             tasks, job->space->count, job->plan.design_count,
             job->plan.design_count == 1 ? "" : "s");
    return false;
}

/* --- what the records belong to */

void points_job_add_fact(PointsJob *job, const char *name, char *value)
{
    g_ptr_array_add(job->facts, g_strdup(name));
    g_ptr_array_add(job->facts, value);
}

static char *number_text(uint64_t number, const char *otherwise)
{
    return number == 0 ? g_strdup(otherwise) : g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

/* Of all designs, as they are read, with the files that they name. */
static char *topology_hash(const PointsJob *job)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (uint32_t i = 0; i < job->plan.design_count; i++) {
        const Topology *topology = job->designs[i].topology;
        g_autofree char *data = g_strdup_printf("%016" G_GINT64_MODIFIER "x", topology->data_hash);
        g_checksum_update(sum, (const guchar *)topology->resolved, -1);
        g_checksum_update(sum, (const guchar *)data, -1);
    }
    char *text = g_strndup(g_checksum_get_string(sum), 16);
    g_checksum_free(sum);
    return text;
}

static char *design_names(const PointsJob *job)
{
    GString *names = g_string_new(NULL);
    for (uint32_t i = 0; i < job->plan.design_count; i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ",", job->designs[i].name);
    return g_string_free(names, FALSE);
}

static char *metrics_hash(const PointsJob *job)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < job->metrics->len; i++) {
        g_autofree char *name = metric_ref_text(metric_at(job->metrics, i));
        g_string_append_printf(names, "%s ", name);
    }
    char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, names->str, -1);
    g_string_free(names, TRUE);
    hash[16] = '\0';
    return hash;
}

static void make_facts(PointsJob *job)
{
    const PointsPlan *plan = &job->plan;
    points_job_add_fact(job, "command", g_strdup(job->command->name));
    points_job_add_fact(job, "version", g_strdup("topple " TOPPLE_VERSION ", GSL " GSL_VERSION));
    points_job_add_fact(job, "seed", g_strdup_printf("%" G_GUINT64_FORMAT, job->seed));
    points_job_add_fact(job, "choice of designs", design_names(job));
    points_job_add_fact(job, "topology", topology_hash(job));
    points_job_add_fact(job, "sampling", g_strdup(job->space->kind->name));
    points_job_add_fact(job, "number of points", number_text(job->space->count, "0"));
    points_job_add_fact(job, "choice of values", g_strjoinv(" ", job->options.vary));
    points_job_add_fact(job, "number of replications",
                        number_text(plan->replications, "as in the file"));
    points_job_add_fact(job, "limit of events", number_text(plan->max_events, "none"));
    points_job_add_fact(job, "choice of tables", g_strdup_printf("%u", plan->wishes.tables));
    points_job_add_fact(job, "choice of metrics", metrics_hash(job));
}

JournalHead points_job_head(const PointsJob *job)
{
    const InputText *text = &job->input.text;
    return (JournalHead){
        .facts = (const JournalFact *)(gconstpointer)job->facts->pdata,
        .command_line = job->command_line,
        .source_name = text->name,
        .source_folder = text->folder,
        .source = g_bytes_new_static(text->bytes, text->length),
        .shard = job->plan.shard,
        .shard_count = job->plan.shard_count,
    };
}

/* What is found for one point would not be that of the others, and a shard has but some of them. */
static bool has_warmups(const PointsJob *job)
{
    for (guint i = 0; i < job->input.designs->len; i++) {
        if (!job->designs[i].topology->simulation.finds_warmup)
            continue;
        complain("only run and compare find a warm-up: give it as a time, with --warmup");
        return false;
    }
    return true;
}

ExitCode points_job_span(PointsJob *job, const SamplingKind *kind, uint64_t count)
{
    g_autoptr(GError) error = NULL;
    job->space = space_new(kind, g_steal_pointer(&job->axes), count, job->seed, &error);
    if (job->space != NULL)
        return EXIT_DONE;
    complain("--vary: %s", error->message);
    return EXIT_WRONG_INPUT;
}

void points_job_measure_all(PointsJob *job)
{
    guint count = job->input.designs->len;
    g_autofree const Topology **topologies = g_new0(const Topology *, count + 1);
    for (guint i = 0; i < count; i++)
        topologies[i] = job->designs[i].topology;
    job->metrics = metrics_of_sweep(topologies, count);
}

ExitCode points_job_prepare(PointsJob *job)
{
    take_designs(job);
    if (!has_warmups(job))
        return EXIT_WRONG_INPUT;
    ExitCode code = read_axes(job);
    if (code == EXIT_DONE)
        code = job->command->choose(job);
    if (code != EXIT_DONE)
        return code;
    job->parameters = points_parameters(job->space);
    make_plan(job);
    make_facts(job);
    if (!is_meant(job))
        return EXIT_WRONG_INPUT;
    code = job->command->ready == NULL ? EXIT_DONE : job->command->ready(job);
    points_job_add_fact(job, NULL, NULL);
    return code;
}

/* --- finishing */

static void add_warning(PointsJob *job, char *warning)
{
    bool is_known = g_ptr_array_find_with_equal_func(job->warnings, warning, g_str_equal, NULL);
    job->more_warnings += !is_known && job->warnings->len >= WARNINGS_MAX;
    if (is_known || job->warnings->len >= WARNINGS_MAX)
        g_free(warning);
    else
        g_ptr_array_add(job->warnings, warning);
}

void points_job_heed(PointsJob *job, const char *where, const PointRecord *record)
{
    job->hit_limit |= record->hit_limit;
    for (const char **text = record->warnings; *text != NULL; text++)
        add_warning(job, g_strdup_printf("%s, %s", where, *text));
}

/* What the designs' topologies say, and what the points' runs said. */
static bool collect_warnings(PointsJob *job, GError **error)
{
    for (uint32_t i = 0; i < job->plan.design_count; i++) {
        const GPtrArray *own = job->designs[i].topology->warnings;
        for (guint k = 0; k < own->len; k++)
            add_warning(job, g_strdup(own->pdata[k]));
    }
    for (uint64_t i = 0; i < points_view_rows(&job->view); i++) {
        PointRow row;
        if (!points_view_load(&job->view, i, &row, error))
            return false;
        g_autofree char *where = g_strdup_printf("point %" G_GUINT64_FORMAT, row.point);
        if (row.is_there)
            points_job_heed(job, where, &row.record);
        point_row_clear(&row, &job->view);
    }
    return true;
}

static void print_warnings(PointsJob *job)
{
    if (job->more_warnings > 0)
        g_ptr_array_add(job->warnings,
                        g_strdup_printf("%" G_GUINT64_FORMAT " more warnings", job->more_warnings));
    for (guint i = 0; i < job->warnings->len; i++)
        fprintf(stderr, "warning: %s\n", (const char *)job->warnings->pdata[i]);
}

static ExitCode tell(const GError *error)
{
    complain("%s", error->message);
    return EXIT_CANNOT_READ_OR_WRITE;
}

static bool print_text(const PointsJob *job)
{
    const GString *text = job->text;
    return fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0;
}

static GPtrArray *words_of(char *const *words)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(list, g_strdup("topple"));
    for (; *words != NULL; words++)
        g_ptr_array_add(list, g_utf8_make_valid(*words, -1));
    g_ptr_array_add(list, NULL);
    return list;
}

static ExitCode write_files(const PointsJob *job)
{
    const Options *options = &job->options.common;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) command_line = words_of(job->command_line);
    g_ptr_array_add(job->warnings, NULL);
    const Provenance provenance = {
        .version = "topple " TOPPLE_VERSION,
        .libraries = library_versions(),
        .command_line = (const char *const *)command_line->pdata,
        .wall_s = watch_elapsed_s(&job->watch),
        .is_complete = points_job_is_complete(job) && !job->hit_limit,
        .warnings = (const char *const *)job->warnings->pdata,
    };
    const PointsOutput output = {
        .view = &job->view,
        .tables = job->plan.wishes.tables,
        .has_sweep = job->command->has_sweep,
        .has_points = job->space->axes->len > 0 && job->command->simulate == NULL,
        .files = (const PointsFile *)(gconstpointer)job->files->data,
        .file_count = job->files->len,
        .seed = job->seed,
        .sampling = job->space->kind->name,
        .parameters = (const char *const *)job->options.vary,
        .provenance = &provenance,
    };
    if (!points_output_write(&output, options->folder, written, &error))
        return tell(error);
    if (options->format != REPORT_TEXT)
        return EXIT_DONE;
    printf("\nWritten to %s:", options->folder);
    for (guint i = 0; i < written->len; i++)
        printf(" %s", (const char *)written->pdata[i]);
    printf("\n");
    return EXIT_DONE;
}

static void head_of_report(PointsJob *job)
{
    ReportFormat format = job->options.common.format;
    if (!points_job_is_complete(job) && (format == REPORT_TEXT || format == REPORT_MARKDOWN))
        g_string_append_printf(
            job->text, "Partial results: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s.\n\n",
            job->progress.done, job->progress.total, job->command->things);
}

static ExitCode report(PointsJob *job)
{
    g_autoptr(GError) error = NULL;
    if (!collect_warnings(job, &error))
        return tell(error);
    head_of_report(job);
    ExitCode code = job->command->report(job);
    print_warnings(job);
    bool is_printed = code != EXIT_DONE || print_text(job);
    if (code == EXIT_DONE && is_printed && job->options.common.folder != NULL)
        code = write_files(job);
    if (fflush(stdout) == 0 && is_printed)
        return code;
    complain("standard output: cannot be written");
    return EXIT_CANNOT_READ_OR_WRITE;
}

ExitCode points_job_code(const PointsJob *job, int signal_number)
{
    bool is_complete = points_job_is_complete(job);
    if (is_complete)
        return job->hit_limit ? EXIT_STOPPED_BY_LIMIT : EXIT_DONE;
    const char *why = signal_number > 0     ? "interrupted"
                      : job->watch.hit_wall ? "stopped by --max-wall"
                                            : "incomplete";
    complain("%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s are done%s", why,
             job->progress.done, job->progress.total, job->command->things,
             job->options.common.folder != NULL && !job->is_merged
                 ? "; the same command goes on from there"
                 : "");
    if (signal_number > 0)
        return signal_number == 15 ? EXIT_TERMINATED : EXIT_INTERRUPTED;
    return EXIT_STOPPED_BY_LIMIT;
}

ExitCode points_job_finish(PointsJob *job, int signal_number)
{
    bool has_much =
        job->progress.done > 0 && (points_job_is_complete(job) || !job->command->needs_all);
    ExitCode written = has_much ? report(job) : EXIT_DONE;
    return written != EXIT_DONE ? written : points_job_code(job, signal_number);
}
