/* merge: puts the shards of a command over many points together, and writes what it would have
 * written. What it needs to know stands in the journals. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/points_job.h"

#define SHARDS_TOLD 10u /* of those that are missing */

static const PointsCommand *const commands[] = {&points_sweep, &points_sensitivity};

static const PointsCommand *find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (name != NULL && strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

/* --- journals */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_folder(GPtrArray *files, const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    guint first = files->len;
    for (const char *name = NULL; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
        if (g_str_has_suffix(name, ".journal"))
            g_ptr_array_add(files, g_build_filename(path, name, NULL));
    }
    if (files->len > first)
        qsort(&files->pdata[first], files->len - first, sizeof *files->pdata, compare_texts);
}

/* Folders stand for the journals in them. */
static GPtrArray *find_files(char *const *paths)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    for (; *paths != NULL; paths++) {
        if (g_file_test(*paths, G_FILE_TEST_IS_DIR))
            add_folder(files, *paths);
        else
            g_ptr_array_add(files, g_strdup(*paths));
    }
    return files;
}

static ExitCode read_journals(const Options *options, GPtrArray *journals)
{
    g_autoptr(GPtrArray) files = find_files(options->files);
    if (files->len == 0) {
        complain("there is no journal to merge; sweep --shard I/N --out DIR leaves one in DIR");
        return EXIT_CANNOT_READ_OR_WRITE;
    }
    for (guint i = 0; i < files->len; i++) {
        g_autoptr(GError) error = NULL;
        Journal *journal = journal_read(files->pdata[i], &error);
        if (journal == NULL) {
            complain("%s", error->message);
            return error->code == JOURNAL_ERROR_NONE ? EXIT_WRONG_INPUT : EXIT_CANNOT_READ_OR_WRITE;
        }
        g_ptr_array_add(journals, journal);
    }
    return EXIT_DONE;
}

/* Shards of one whole differ in their number alone. */
static ExitCode check_same(const GPtrArray *journals, const JournalHead *asked)
{
    for (guint i = 0; i < journals->len; i++) {
        JournalHead there = *journal_head(journals->pdata[i]);
        there.shard = asked->shard;
        g_autofree char *difference = journal_difference(&there, asked);
        if (difference == NULL)
            continue;
        complain("%s: is of %s", journal_path(journals->pdata[i]), difference);
        return EXIT_WRONG_INPUT;
    }
    return EXIT_DONE;
}

/* --- the job */

static InputText text_of(const JournalHead *head)
{
    gsize length;
    const char *bytes = g_bytes_get_data(head->source, &length);
    InputText text = {.name = g_strdup(head->source_name),
                      .folder = g_strdup(head->source_folder),
                      .bytes = g_malloc(length + 1),
                      .length = length};
    memcpy(text.bytes, bytes, length);
    text.bytes[length] = '\0';
    return text;
}

/* As the shards' command line had it. */
static ExitCode prepare(PointsJob *job, const JournalHead *head)
{
    bool has_helped;
    g_autoptr(GError) error = NULL;
    int count = (int)g_strv_length((char **)(guintptr)head->command_line);
    if (!points_options_parse(&job->options, count, job->command_line, "", "",
                              job->command->options, &has_helped, &error)) {
        complain("%s", error->message);
        return EXIT_WRONG_INPUT;
    }
    ExitCode code = input_read_text(&job->input, text_of(head), &job->options.common, false);
    return code == EXIT_DONE ? points_job_prepare(job) : code;
}

static bool has_task(const PointsJob *job, uint64_t task)
{
    for (guint i = 0; i < job->journals->len; i++) {
        if (journal_has(job->journals->pdata[i], task))
            return true;
    }
    return false;
}

/* Counts what is there, and says which shards are not whole. */
static void count_tasks(PointsJob *job, uint32_t shards)
{
    g_autofree bool *is_short = g_new0(bool, shards);
    job->progress.total = points_task_count(&job->plan);
    for (uint64_t task = 0; task < job->progress.total; task++) {
        bool is_there = has_task(job, task);
        job->progress.done += is_there;
        is_short[task % shards] |= !is_there;
    }
    GString *text = g_string_new(NULL);
    uint32_t told = 0;
    for (uint32_t i = 0; i < shards; i++) {
        if (is_short[i] && told++ < SHARDS_TOLD)
            g_string_append_printf(text, "%s%u/%u", told == 1 ? "" : ", ", i + 1, shards);
    }
    if (told > 0)
        complain("points are missing of shard%s %s%s", told == 1 ? "" : "s", text->str,
                 told > SHARDS_TOLD ? ", ..." : "");
    g_string_free(text, TRUE);
}

/* What is printed and written is merge's own to say. */
static void take_over(PointsJob *job, const Options *options)
{
    Options *own = &job->options.common;
    g_free(own->folder);
    own->folder = g_strdup(options->folder);
    own->format = options->format;
    own->is_quiet = options->is_quiet;
    watch_start(&job->watch, own);
}

static ExitCode merge_into(PointsJob *job, const Options *options, char **command_line)
{
    const JournalHead *first = journal_head(job->journals->pdata[0]);
    ExitCode code = prepare(job, first);
    if (code != EXIT_DONE)
        return code;
    JournalHead head = points_job_head(job);
    code = check_same(job->journals, &head);
    g_bytes_unref(head.source);
    if (code != EXIT_DONE)
        return code;
    job->is_merged = true;
    job->command_line = command_line;
    take_over(job, options);
    count_tasks(job, first->shard_count);
    return points_job_finish(job, 0);
}

static ExitCode merge(const Options *options, char **command_line)
{
    PointsJob job;
    points_job_init(&job, NULL, NULL);
    ExitCode code = read_journals(options, job.journals);
    if (code == EXIT_DONE) {
        job.command_line = (char **)(guintptr)journal_head(job.journals->pdata[0])->command_line;
        job.command = find_command(job.command_line[0]);
        if (job.command != NULL) {
            code = merge_into(&job, options, command_line);
        } else {
            complain("%s: is of no command that has shards", journal_path(job.journals->pdata[0]));
            code = EXIT_WRONG_INPUT;
        }
    }
    points_job_clear(&job);
    return code;
}

/* --- the command line */

static ExitCode refuse(const Options *options)
{
    const char *given = options->designs != NULL    ? "design"
                        : options->sets[0] != NULL  ? "set"
                        : options->has_seed         ? "seed"
                        : options->has_replications ? "replications"
                        : options->max_events > 0   ? "max-events"
                        : options->max_wall_s > 0   ? "max-wall"
                                                    : NULL;
    if (given == NULL)
        return EXIT_DONE;
    complain("--%s: the shards have been simulated already", given);
    return EXIT_WRONG_INPUT;
}

ExitCode command_merge(int argc, char **argv)
{
    Options options;
    bool has_helped;
    g_autoptr(GError) error = NULL;
    ExitCode code = EXIT_DONE;
    if (!options_parse(&options, argc, argv, "DIR...",
                       "Puts shards together that sweep or sensitivity left with --shard I/N: the "
                       "journals in these folders.\n"
                       "Prints and writes what one process would have printed and written.",
                       &has_helped, &error)) {
        complain("%s", error->message);
        code = EXIT_WRONG_INPUT;
    } else if (!has_helped) {
        code = refuse(&options);
        if (code == EXIT_DONE)
            code = merge(&options, argv);
    }
    options_clear(&options);
    return code;
}
