/* Commands over many points: simulate what the journal does not have, then report. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "cli/points_job.h"
#include "experiments/ranks.h"
#include "sim/rng.h"

/* Thousands of short runs take and give back the same memory. To return it to the system each time
 * would cost more than they do. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
}

/* --- the journal */

static char *journal_file(const PointsJob *job)
{
    const PointsOptions *options = &job->options;
    g_autofree char *name = options->has_shard
                                ? g_strdup_printf("%s.%u-of-%u.journal", job->command->name,
                                                  options->shard + 1, options->shard_count)
                                : g_strconcat(job->command->name, ".journal", NULL);
    return g_build_filename(options->common.folder, name, NULL);
}

static ExitCode refuse_journal(const GError *error)
{
    bool is_other = error->code == JOURNAL_ERROR_OTHER || error->code == JOURNAL_ERROR_NONE;
    complain("%s%s", error->message,
             is_other ? "; another --out leaves it alone, --restart throws it away" : "");
    return is_other ? EXIT_WRONG_INPUT : EXIT_CANNOT_READ_OR_WRITE;
}

static ExitCode open_journal(PointsJob *job)
{
    Journal *journal;
    g_autoptr(GError) error = NULL;
    if (job->options.common.folder == NULL) {
        journal = journal_in_memory();
    } else {
        g_autofree char *path = journal_file(job);
        JournalHead head = points_job_head(job);
        journal = journal_open(path, &head, job->options.restarts, &error);
        g_bytes_unref(head.source);
    }
    if (journal == NULL)
        return refuse_journal(error);
    g_ptr_array_add(job->journals, journal);
    return EXIT_DONE;
}

/* The outputs hold all that it held. */
static ExitCode close_journal(PointsJob *job)
{
    g_autoptr(GError) error = NULL;
    Journal *journal = g_ptr_array_steal_index(job->journals, 0);
    if (journal_finish(journal, &error))
        return EXIT_DONE;
    complain("%s", error->message);
    return EXIT_CANNOT_READ_OR_WRITE;
}

/* --- running */

#define FLUSH_EVERY_S 2.0

typedef struct Looking {
    PointsJob *job;
    double flushed_s;
} Looking;

static void look(void *context, const PointsProgress *progress)
{
    Looking *looking = context;
    PointsJob *job = looking->job;
    watch_points(&job->watch, progress->share, progress->done, progress->total,
                 job->command->things);
    double now = watch_elapsed_s(&job->watch);
    if (now - looking->flushed_s < FLUSH_EVERY_S)
        return;
    looking->flushed_s = now;
    journal_flush(job->journals->pdata[0]);
}

/* A disk that is full, or a file that is no longer as it was. */
static ExitCode tell_end(const PointsJob *job, const PointsResult *result)
{
    if (result->problem != NULL && result->is_internal) {
        complain("internal error: %s", result->problem);
        return EXIT_INTERNAL_ERROR;
    }
    if (result->problem != NULL) {
        fputs(result->problem, stderr);
        return EXIT_WRONG_INPUT;
    }
    if (result->error == NULL)
        return EXIT_DONE;
    complain("%s; the %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
             " %s that are done are in it, and the same command goes on from there",
             result->error->message, job->progress.done, job->progress.total, job->command->things);
    return EXIT_CANNOT_READ_OR_WRITE;
}

static ExitCode simulate(PointsJob *job, ThreadPool *pool, int *signal_number)
{
    PointsResult result;
    Looking looking = {.job = job};
    const PointsRun run = {
        .journal = job->journals->pdata[0], .pool = pool, .tick = look, .context = &looking};
    if (job->command->simulate != NULL)
        job->command->simulate(job, &run, &result);
    else
        ranks_run(&job->plan, &run, &result);
    *signal_number = watch_end(&job->watch);
    job->progress = result.progress;
    job->silent_ranks = result.silent_ranks;
    ExitCode code = tell_end(job, &result);
    points_result_clear(&result);
    return code;
}

static ExitCode finish_shard(const PointsJob *job)
{
    g_autofree char *path = journal_file(job);
    printf("Shard %u/%u: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
           " points are in %s; topple merge %s puts the shards together\n",
           job->plan.shard + 1, job->plan.shard_count, job->progress.done, job->progress.total,
           path, job->options.common.folder);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_CANNOT_READ_OR_WRITE;
}

static ExitCode finish(PointsJob *job, int signal_number)
{
    bool is_complete = points_job_is_complete(job);
    if (job->options.has_shard && is_complete)
        return finish_shard(job);
    if (job->options.has_shard)
        return points_job_code(job, signal_number);
    ExitCode code = points_job_finish(job, signal_number);
    bool is_over = is_complete && (code == EXIT_DONE || code == EXIT_STOPPED_BY_LIMIT);
    ExitCode closed = is_over ? close_journal(job) : EXIT_DONE;
    return closed != EXIT_DONE ? closed : code;
}

/* --- ranks */

/* All that records depend on, in one number. */
static uint64_t plan_hash(const PointsJob *job)
{
    uint64_t hash = 0;
    for (guint i = 0; i < job->facts->len; i++) {
        const char *text = job->facts->pdata[i];
        hash = sim_mix(hash, text == NULL ? 0 : sim_hash(text));
    }
    return hash;
}

static ExitCode compare_plans(const PointsJob *job)
{
    uint32_t other = ranks_compare(plan_hash(job));
    if (other == NO_INDEX)
        return EXIT_DONE;
    if (ranks_number() == 0)
        complain("rank %u does not find what rank 0 has read: all ranks need the same files, and "
                 "the same topple",
                 other);
    return EXIT_WRONG_INPUT;
}

/* Ranks that do not answer would hold up the end for ever. */
static ExitCode leave(const PointsJob *job, ExitCode code)
{
    if (job->silent_ranks == 0)
        return code;
    complain("%u rank%s not answer: ended without waiting%s", job->silent_ranks,
             job->silent_ranks == 1 ? " does" : "s do",
             points_job_is_complete(job) ? "; the results are complete" : "");
    fflush(stdout);
    ranks_abandon((int)code);
    return code;
}

/* --- one rank, or rank 0 */

static ExitCode run_on(PointsJob *job, ThreadPool *pool)
{
    int signal_number = 0;
    g_autofree char *problems = points_check(&job->plan, pool);
    if (problems != NULL) {
        fputs(problems, stderr);
        return EXIT_WRONG_INPUT;
    }
    ExitCode code = open_journal(job);
    if (code != EXIT_DONE)
        return code;
    ranks_say(RANKS_GO);
    job->has_said_go = true;
    code = compare_plans(job);
    if (code == EXIT_DONE)
        code = simulate(job, pool, &signal_number);
    return leave(job, code == EXIT_DONE ? finish(job, signal_number) : code);
}

static uint32_t threads_of(const PointsJob *job)
{
    const Options *options = &job->options.common;
    return ranks_count() > 1 && !options->has_threads ? 1 : options->threads;
}

static ExitCode read_input(PointsJob *job)
{
    const Options *options = &job->options.common;
    ExitCode code = input_read(&job->input, options, false);
    if (code == EXIT_DONE && g_strv_length(options->files) > 1) {
        complain("%s takes one file; --design chooses among its designs", job->command->name);
        code = EXIT_WRONG_INPUT;
    }
    if (code == EXIT_DONE && ranks_count() > 1 && strcmp(options->files[0], "-") == 0) {
        complain("-: standard input is rank 0's alone; all ranks need the file");
        code = EXIT_WRONG_INPUT;
    }
    return code == EXIT_DONE ? points_job_prepare(job) : code;
}

static ExitCode run(PointsJob *job)
{
    if (job->options.has_shard && job->options.common.folder == NULL) {
        complain("--shard needs --out: its records wait there for topple merge");
        return EXIT_WRONG_INPUT;
    }
    ExitCode code = read_input(job);
    if (code != EXIT_DONE)
        return code;
    keep_memory();
    watch_start(&job->watch, &job->options.common);
    job->plan.stop = job->watch.stop;
    ThreadPool *pool = thread_pool_new(threads_of(job));
    code = run_on(job, pool);
    thread_pool_free(pool);
    return code;
}

/* --- other ranks: rank 0 has told whatever is wrong */

static ExitCode assist(PointsJob *job)
{
    PointsResult result;
    /* Rank 0 waits for the comparison, whatever has happened here. */
    bool is_read = read_input(job) == EXIT_DONE;
    if (ranks_compare(is_read ? plan_hash(job) : 0) != NO_INDEX || !is_read)
        return EXIT_WRONG_INPUT;
    keep_memory();
    job->options.common.is_quiet = true;
    watch_start(&job->watch, &job->options.common);
    job->plan.stop = job->watch.stop;
    ThreadPool *pool = thread_pool_new(threads_of(job));
    const PointsRun run = {.pool = pool};
    ranks_run(&job->plan, &run, &result);
    thread_pool_free(pool);
    return EXIT_DONE;
}

static ExitCode command_run_on(PointsJob *job, int argc, char **argv)
{
    const PointsCommand *command = job->command;
    bool has_helped;
    g_autoptr(GError) error = NULL;
    if (!points_options_parse(&job->options, argc, argv, command->arguments, command->summary,
                              command->options, &has_helped, &error)) {
        complain("%s", error->message);
        return EXIT_WRONG_INPUT;
    }
    if (has_helped)
        return EXIT_DONE;
    return ranks_number() == 0 ? run(job) : assist(job);
}

ExitCode points_command_run(const PointsCommand *command, int argc, char **argv)
{
    PointsJob job;
    points_job_init(&job, command, argv);
    int word = ranks_number() == 0 ? RANKS_GO : ranks_hear();
    ExitCode code = word == RANKS_GO ? command_run_on(&job, argc, argv) : (ExitCode)word;
    if (ranks_number() == 0 && !job.has_said_go)
        ranks_say((int)code);
    points_job_clear(&job);
    return code;
}
