#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "experiments/until_precise.h"
#include "models/problems.h"
#include "models/spec.h"

G_DEFINE_QUARK(topple - options - error, options_error)

/* What GOption fills: texts, so that every value is judged in one way. */
typedef struct Raw {
    char **designs, **sets, **expectations, **metrics, **files;
    char *seed, *replications, *threads, *duration, *warmup, *out, *format, *max_events, *max_wall,
        *precision, *max_replications, *equivalence;
    gboolean is_quiet, is_strict, wants_help, wants_version;
} Raw;

/* Options of the contract that have no meaning yet: known, so that the message can say so. */
static const char *const later_names[] = {"fingerprint", NULL};

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, OPTIONS_ERROR, 0, text);
    return false;
}

static bool read_whole(const char *name, const char *text, guint64 min, guint64 max, guint64 *value,
                       GError **error)
{
    if (g_ascii_string_to_unsigned(text, 10, min, max, value, NULL))
        return true;
    return fail(error,
                "--%s: must be a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                ", got \"%s\"",
                name, min, max, text);
}

static bool read_count(const char *name, const char *text, guint64 max, uint32_t *value,
                       GError **error)
{
    guint64 whole = *value;
    if (text != NULL && !read_whole(name, text, 1, max, &whole, error))
        return false;
    *value = (uint32_t)whole;
    return true;
}

static bool read_duration(const char *name, const char *text, SimTime *value, GError **error)
{
    if (duration_parse(text, value))
        return true;
    return fail(error,
                "--%s: must be a duration with a unit such as \"20ms\" or \"60s\", got \"%s\"",
                name, text);
}

/* --duration and --warmup are settings of the file like any other. */
static bool add_duration(GPtrArray *sets, const char *name, const char *text, GError **error)
{
    SimTime value;
    if (text == NULL)
        return true;
    bool is_word = strcmp(name, "warmup") == 0 && strcmp(text, "auto") == 0;
    if (!is_word && !read_duration(name, text, &value, error))
        return false;
    g_ptr_array_add(sets, g_strdup_printf("/simulation/%s=\"%s\"", name, text));
    return true;
}

static bool read_sets(const Raw *raw, Options *options, GError **error)
{
    GPtrArray *sets = g_ptr_array_new();
    for (char **set = raw->sets; set != NULL && *set != NULL; set++)
        g_ptr_array_add(sets, g_strdup(*set));
    bool is_right = add_duration(sets, "duration", raw->duration, error) &&
                    add_duration(sets, "warmup", raw->warmup, error);
    g_ptr_array_add(sets, NULL);
    options->sets = (char **)g_ptr_array_free(sets, FALSE);
    return is_right;
}

/* --design may be repeated, and its names separated by commas. */
static void read_designs(const Raw *raw, Options *options)
{
    if (raw->designs == NULL)
        return;
    g_autofree char *joined = g_strjoinv(",", raw->designs);
    options->designs = g_strsplit(joined, ",", -1);
}

static bool read_format(const char *text, ReportFormat *format, GError **error)
{
    if (text == NULL || report_format_named(text, format))
        return true;
    return fail(error, "--format: must be text, json, csv or markdown, got \"%s\"", text);
}

static bool read_limits(const Raw *raw, Options *options, GError **error)
{
    SimTime wall = 0;
    guint64 events = 0;
    if (raw->max_events != NULL &&
        !read_whole("max-events", raw->max_events, 1, G_MAXUINT64, &events, error))
        return false;
    if (raw->max_wall != NULL && !read_duration("max-wall", raw->max_wall, &wall, error))
        return false;
    if (raw->max_wall != NULL && wall == 0)
        return fail(error, "--max-wall: must be above 0");
    options->max_events = events;
    options->max_wall_s = sim_time_to_s(wall);
    return true;
}

/* "5%" */
static bool read_percentage(const char *name, const char *text, double *ratio, GError **error)
{
    char *end;
    double percent = g_ascii_strtod(text, &end);
    if (end == text || strcmp(end, "%") != 0 || !(percent > 0 && percent < 100))
        return fail(error, "--%s: must be a percentage such as 5%%, got \"%s\"", name, text);
    *ratio = percent / 100;
    return true;
}

static bool read_precision(const Raw *raw, Options *options, GError **error)
{
    options->max_replications = UNTIL_PRECISE_MOST;
    if (raw->precision == NULL && (raw->metrics != NULL || raw->max_replications != NULL))
        return fail(error, "--%s: there is no --precision that it would be about",
                    raw->metrics != NULL ? "metric" : "max-replications");
    if (raw->precision == NULL)
        return true;
    return read_percentage("precision", raw->precision, &options->precision, error) &&
           read_count("max-replications", raw->max_replications, EXPERIMENT_REPLICATIONS_MAX,
                      &options->max_replications, error);
}

static bool read_seed(const Raw *raw, Options *options, GError **error)
{
    guint64 seed = 0;
    options->has_seed = raw->seed != NULL;
    if (options->has_seed && !read_whole("seed", raw->seed, 0, G_MAXUINT64, &seed, error))
        return false;
    options->seed = seed;
    return true;
}

static uint32_t cores(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1                              ? 1
           : count > (long)EXPERIMENT_THREADS_MAX ? EXPERIMENT_THREADS_MAX
                                                  : (uint32_t)count;
}

static bool interpret(const Raw *raw, Options *options, GError **error)
{
    options->threads = cores();
    options->replications = 1;
    options->has_replications = raw->replications != NULL;
    options->has_threads = raw->threads != NULL;
    options->is_quiet = raw->is_quiet;
    options->is_strict = raw->is_strict;
    options->expectations = g_strdupv(raw->expectations);
    options->metrics = g_strdupv(raw->metrics);
    options->folder = g_strdup(raw->out);
    options->files = raw->files != NULL ? g_strdupv(raw->files) : g_new0(char *, 1);
    read_designs(raw, options);
    if (options->folder != NULL && options->folder[0] == '\0')
        return fail(error, "--out: must name a folder");
    return read_sets(raw, options, error) && read_format(raw->format, &options->format, error) &&
           read_seed(raw, options, error) &&
           read_count("replications", raw->replications, EXPERIMENT_REPLICATIONS_MAX,
                      &options->replications, error) &&
           read_count("threads", raw->threads, EXPERIMENT_THREADS_MAX, &options->threads, error) &&
           read_limits(raw, options, error) &&
           (raw->equivalence == NULL ||
            read_percentage("equivalence", raw->equivalence, &options->equivalence, error)) &&
           read_precision(raw, options, error);
}

/* Texts are FILENAMEs to GOption: it would convert STRINGs from the locale's encoding, which is
 * ASCII for us, and refuse every other letter. These are the options that judge figures. */
static void append_judging(GArray *all, Raw *raw)
{
    const GOptionEntry entries[] = {
        {"precision", 0, 0, G_OPTION_ARG_FILENAME, &raw->precision,
         "Replicate until estimates are known so well, as 5%", "P"},
        {"metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->metrics,
         "What --precision is about, as workload/shoppers.p99_ms; repeatable", "METRIC"},
        {"max-replications", 0, 0, G_OPTION_ARG_FILENAME, &raw->max_replications,
         "The most that --precision may ask for (default: 1280)", "N"},
        {"equivalence", 0, 0, G_OPTION_ARG_FILENAME, &raw->equivalence,
         "Differences that do not matter, as a share of the baseline (default: 2%)", "P"},
        {"expect", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->expectations,
         "What must come out, as \"base: workload/shoppers.p99_ms < 300\"; repeatable", "EXPR"},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &raw->is_strict,
         "Exit with 4 when something is undecided or statistically doubtful", NULL},
    };
    g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

static GOptionEntry *entries_for(Raw *raw, const GOptionEntry *own)
{
    const GOptionEntry entries[] = {
        {"design", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->designs,
         "Only these designs of the file (base is the file itself)", "NAMES"},
        {"set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->sets,
         "Replace a value of the file; repeatable", "POINTER=JSON"},
        {"seed", 0, 0, G_OPTION_ARG_FILENAME, &raw->seed, "Seed, in place of the file's", "N"},
        {"replications", 0, 0, G_OPTION_ARG_FILENAME, &raw->replications,
         "Independent runs of each design, in place of the file's", "N"},
        {"threads", 0, 0, G_OPTION_ARG_FILENAME, &raw->threads,
         "Runs at a time (default: all cores); results are the same for any", "N"},
        {"duration", 0, 0, G_OPTION_ARG_FILENAME, &raw->duration,
         "Measured time, in place of the file's", "D"},
        {"warmup", 0, 0, G_OPTION_ARG_FILENAME, &raw->warmup,
         "Time before it, in place of the file's; auto: as long as it takes to settle", "D"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &raw->out,
         "Write CSV files and the manifest into this folder", "DIR"},
        {"format", 0, 0, G_OPTION_ARG_FILENAME, &raw->format,
         "What goes to standard output: text, json, csv or markdown", "FORMAT"},
        {"max-events", 0, 0, G_OPTION_ARG_FILENAME, &raw->max_events,
         "Stop each run after so many events", "N"},
        {"max-wall", 0, 0, G_OPTION_ARG_FILENAME, &raw->max_wall,
         "Stop after so much time of the clock on the wall", "D"},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &raw->is_quiet, "No progress", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &raw->wants_help, "Show this", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &raw->wants_version,
         "Versions of topple and its libraries", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->files, NULL, NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GArray *all = g_array_new(FALSE, FALSE, sizeof(GOptionEntry));
    if (own == NULL)
        append_judging(all, raw);
    g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
    return (GOptionEntry *)(gpointer)g_array_free(all, FALSE);
}

/* "--sed=3" -> "sed" */
static char *option_name(const char *argument)
{
    const char *name = argument + strspn(argument, "-");
    return g_strndup(name, strcspn(name, "="));
}

static bool is_later(const char *name)
{
    return g_strv_contains(later_names, name);
}

#define NAMES_MAX 64u

static size_t add_names(const char *names[NAMES_MAX], size_t count, const GOptionEntry *entries)
{
    for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++) {
        bool is_shown = entry->long_name[0] != '\0' && (entry->flags & G_OPTION_FLAG_HIDDEN) == 0;
        if (is_shown && count < NAMES_MAX)
            names[count++] = entry->long_name;
    }
    return count;
}

/* Looks at the options' names before GOption does, whose message has no suggestion. */
static bool check_names(int argc, char **argv, const GOptionEntry *entries, const GOptionEntry *own,
                        GError **error)
{
    const char *names[NAMES_MAX];
    size_t count = add_names(names, 0, entries);
    count = add_names(names, count, own);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (!g_str_has_prefix(argv[i], "--"))
            continue;
        g_autofree char *name = option_name(argv[i]);
        bool is_known = false;
        for (size_t j = 0; j < count; j++)
            is_known = is_known || strcmp(names[j], name) == 0;
        if (is_known)
            continue;
        if (is_later(name))
            return fail(error, "--%s is not supported yet", name);
        const char *near = problems_nearest(name, names, count);
        return near != NULL
                   ? fail(error, "there is no option --%s; did you mean --%s?", name, near)
                   : fail(error, "there is no option --%s; --help lists those there are", name);
    }
    return true;
}

static void raw_clear(Raw *raw)
{
    g_strfreev(raw->designs);
    g_strfreev(raw->sets);
    g_strfreev(raw->files);
    g_strfreev(raw->metrics);
    g_strfreev(raw->expectations);
    char *const texts[] = {raw->seed,      raw->replications,     raw->threads,
                           raw->duration,  raw->warmup,           raw->out,
                           raw->format,    raw->max_events,       raw->max_wall,
                           raw->precision, raw->max_replications, raw->equivalence};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

static void print_help(GOptionContext *context, const char *command)
{
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
    /* GOption names the program by its file; the user typed "topple COMMAND". */
    const char *usage = strstr(help, "[OPTION");
    printf("Usage:\n  topple %s %s", command, usage != NULL ? usage : help);
}

bool options_parse(Options *options, int argc, char **argv, const char *usage, const char *summary,
                   bool *has_helped, GError **error)
{
    const OptionsUsage whole = {usage, summary, NULL};
    return options_parse_own(options, argc, argv, &whole, has_helped, error);
}

bool options_parse_own(Options *options, int argc, char **argv, const OptionsUsage *usage,
                       bool *has_helped, GError **error)
{
    Raw raw = {0};
    *options = (Options){0};
    *has_helped = false;
    g_autofree GOptionEntry *entries = entries_for(&raw, usage->own);
    GOptionContext *context = g_option_context_new(usage->arguments);
    g_option_context_set_summary(context, usage->summary);
    g_option_context_set_help_enabled(context, FALSE);
    if (usage->own != NULL)
        g_option_context_add_main_entries(context, usage->own, NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autofree char **arguments = g_memdup2(argv, (gsize)(argc + 1) * sizeof *argv);
    char **left = arguments;
    int count = argc;
    bool is_right = check_names(argc, argv, entries, usage->own, error) &&
                    g_option_context_parse(context, &count, &left, error);
    if (is_right && raw.wants_help) {
        print_help(context, argv[0]);
        *has_helped = true;
    } else if (is_right && raw.wants_version) {
        print_version();
        *has_helped = true;
    } else if (is_right) {
        is_right = interpret(&raw, options, error);
    }
    g_option_context_free(context);
    raw_clear(&raw);
    return is_right;
}

void options_clear(Options *options)
{
    g_strfreev(options->files);
    g_strfreev(options->designs);
    g_strfreev(options->sets);
    g_strfreev(options->expectations);
    g_strfreev(options->metrics);
    g_free(options->folder);
    *options = (Options){0};
}
