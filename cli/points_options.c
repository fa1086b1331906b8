#include "cli/points_options.h"

#include <string.h>

#include "models/problems.h"
#include "reports/point_record.h"

#define SHARDS_MAX           1000000u
#define TRAJECTORIES_DEFAULT 10u
#define TRAJECTORIES_MAX     10000u

/* Texts, so that every value is judged here. */
typedef struct Raw {
    char **vary;
    char *points, *sampling, *tables, *shard, *slo, *find, *resolution, *method, *trajectories;
    char **metrics;
    gboolean says_yes, restarts;
} Raw;

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

/* --- values */

static bool read_points(const char *text, uint64_t *points, GError **error)
{
    guint64 count = 0;
    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 1, POINTS_MAX, &count, NULL))
        return fail(error, "--points: must be a whole number from 1 to %u, got \"%s\"", POINTS_MAX,
                    text);
    *points = count;
    return true;
}

static bool read_trajectories(const char *text, uint64_t *trajectories, GError **error)
{
    guint64 count = TRAJECTORIES_DEFAULT;
    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 2, TRAJECTORIES_MAX, &count, NULL))
        return fail(error, "--trajectories: must be a whole number from 2 to %u, got \"%s\"",
                    TRAJECTORIES_MAX, text);
    *trajectories = count;
    return true;
}

static bool read_kind(const char *option, const char *text, bool is_screening,
                      const SamplingKind **kind, GError **error)
{
    *kind = text == NULL ? NULL : sampling_kind_find(text);
    if (text == NULL || (*kind != NULL && (*kind)->is_screening == is_screening))
        return true;
    g_autofree char *names = sampling_kind_names(is_screening);
    return fail(error, "--%s: must be %s, got \"%s\"", option, names, text);
}

static bool is_called(const Table *table, const char *name)
{
    size_t length = strlen(name);
    return strncmp(table->file, name, length) == 0 && strcmp(table->file + length, ".csv") == 0;
}

static bool add_table(const char *name, uint32_t *chosen, GError **error)
{
    GString *names = g_string_new("none");
    for (uint32_t i = 0; tables[i] != NULL; i++) {
        if (!point_record_can_hold(tables[i]))
            continue;
        if (is_called(tables[i], name)) {
            *chosen |= UINT32_C(1) << i;
            g_string_free(names, TRUE);
            return true;
        }
        g_string_append_printf(names, ", %.*s", (int)strcspn(tables[i]->file, "."),
                               tables[i]->file);
    }
    fail(error, "--tables: \"%s\" is none of: %s", name, names->str);
    g_string_free(names, TRUE);
    return false;
}

static bool read_tables(const char *text, uint32_t *chosen, GError **error)
{
    g_auto(GStrv) names = g_strsplit(text == NULL ? "summary" : text, ",", -1);
    *chosen = 0;
    if (text != NULL && strcmp(text, "none") == 0)
        return true;
    for (char **name = names; *name != NULL; name++) {
        if (!add_table(*name, chosen, error))
            return false;
    }
    return true;
}

static bool read_shard(const char *text, PointsOptions *options, GError **error)
{
    guint64 shard = 1, count = 1;
    const char *slash = text == NULL ? NULL : strchr(text, '/');
    g_autofree char *first = slash == NULL ? NULL : g_strndup(text, (gsize)(slash - text));
    bool is_right =
        text == NULL ||
        (slash != NULL && g_ascii_string_to_unsigned(slash + 1, 10, 1, SHARDS_MAX, &count, NULL) &&
         g_ascii_string_to_unsigned(first, 10, 1, count, &shard, NULL));
    options->has_shard = text != NULL;
    options->shard = (uint32_t)shard - 1;
    options->shard_count = (uint32_t)count;
    return is_right || fail(error, "--shard: must be I/N with I from 1 to N, got \"%s\"", text);
}

#define RESOLUTION_DEFAULT 0.02

static bool read_resolution(const char *text, double *resolution, GError **error)
{
    *resolution = RESOLUTION_DEFAULT;
    if (text == NULL)
        return true;
    char *end;
    double percent = g_ascii_strtod(text, &end);
    *resolution = percent / 100;
    return (end != text && strcmp(end, "%") == 0 && percent >= 0.01 && percent <= 50) ||
           fail(error, "--resolution: must be from 0.01%% to 50%%, got \"%s\"", text);
}

static bool read_find(const char *text, GError **error)
{
    return text == NULL || strcmp(text, "highest") == 0 || strcmp(text, "lowest") == 0 ||
           fail(error, "--find: must be highest or lowest, got \"%s\"", text);
}

static bool interpret(const Raw *raw, unsigned which, PointsOptions *options, GError **error)
{
    bool is_screening = which & POINTS_SCREENING;
    const char *option = is_screening ? "method" : "sampling";
    const char *kind = is_screening ? raw->method : raw->sampling;
    const char *tables_text = which & POINTS_TABLES ? raw->tables : "none";
    options->says_yes = raw->says_yes;
    options->restarts = raw->restarts;
    options->slo = g_strdup(raw->slo);
    options->find = g_strdup(raw->find);
    options->vary = raw->vary == NULL ? g_new0(char *, 1) : g_strdupv(raw->vary);
    options->metrics = g_strdupv(raw->metrics);
    return read_points(raw->points, &options->points, error) &&
           read_trajectories(raw->trajectories, &options->trajectories, error) &&
           read_kind(option, kind, is_screening, &options->sampling, error) &&
           read_tables(tables_text, &options->tables, error) &&
           read_shard(raw->shard, options, error) && read_find(raw->find, error) &&
           read_resolution(raw->resolution, &options->resolution, error);
}

/* --- the command line */

static void raw_clear(Raw *raw)
{
    g_strfreev(raw->vary);
    g_free(raw->points);
    g_free(raw->sampling);
    g_free(raw->tables);
    g_free(raw->shard);
    g_free(raw->slo);
    g_free(raw->find);
    g_free(raw->resolution);
    g_free(raw->method);
    g_free(raw->trajectories);
    g_strfreev(raw->metrics);
}

static GOptionEntry *entries_for(Raw *raw, unsigned which)
{
    const GOptionEntry sampling[] = {
        {"sampling", 0, 0, G_OPTION_ARG_FILENAME, &raw->sampling,
         "How points are chosen: grid (the default), together, latin_hypercube or sobol", "KIND"},
        {"points", 0, 0, G_OPTION_ARG_FILENAME, &raw->points,
         "How many points, of latin_hypercube and sobol", "N"},
    };
    const GOptionEntry screening[] = {
        {"method", 0, 0, G_OPTION_ARG_FILENAME, &raw->method,
         "tornado (the default): one parameter at a time; or morris: along trajectories", "METHOD"},
        {"trajectories", 0, 0, G_OPTION_ARG_FILENAME, &raw->trajectories, "Of morris (default: 10)",
         "N"},
        {"metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->metrics,
         "What matters, such as workload/shoppers.p99_ms; repeatable", "METRIC"},
    };
    const GOptionEntry tables_of[] = {
        {"tables", 0, 0, G_OPTION_ARG_FILENAME, &raw->tables,
         "Tables to write with a row (or more) for each point: summary (the default), requests, "
         "... "
         "or none",
         "LIST"},
    };
    const GOptionEntry shards[] = {
        {"shard", 0, 0, G_OPTION_ARG_FILENAME, &raw->shard,
         "Only the I-th of N parts of the points; topple merge puts them together", "I/N"},
    };
    const GOptionEntry search[] = {
        {"slo", 0, 0, G_OPTION_ARG_FILENAME, &raw->slo, "The objective that is to be met", "NAME"},
        {"find", 0, 0, G_OPTION_ARG_FILENAME, &raw->find,
         "The highest or the lowest value (default: lowest for replicas, threads, cores and the "
         "like)",
         "WHICH"},
        {"resolution", 0, 0, G_OPTION_ARG_FILENAME, &raw->resolution,
         "How near to look (default: 2%)", "P%"},
    };
    const GOptionEntry all[] = {
        {"vary", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->vary,
         "What varies: v1,v2,... or a:b:step or a:b; repeatable", "POINTER=VALUES"},
        {"yes", 0, 0, G_OPTION_ARG_NONE, &raw->says_yes, "So many points are meant", NULL},
        {"restart", 0, 0, G_OPTION_ARG_NONE, &raw->restarts,
         "Forget what an earlier run left in --out", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(GOptionEntry));
    if (which & POINTS_SAMPLING)
        g_array_append_vals(entries, sampling, G_N_ELEMENTS(sampling));
    if (which & POINTS_SCREENING)
        g_array_append_vals(entries, screening, G_N_ELEMENTS(screening));
    if (which & POINTS_TABLES)
        g_array_append_vals(entries, tables_of, G_N_ELEMENTS(tables_of));
    if (which & POINTS_SHARDS)
        g_array_append_vals(entries, shards, G_N_ELEMENTS(shards));
    if (which & POINTS_SEARCH)
        g_array_append_vals(entries, search, G_N_ELEMENTS(search));
    g_array_append_vals(entries, all, G_N_ELEMENTS(all));
    return (GOptionEntry *)(gpointer)g_array_free(entries, FALSE);
}

bool points_options_parse(PointsOptions *options, int argc, char **argv, const char *arguments,
                          const char *summary, unsigned which, bool *has_helped, GError **error)
{
    Raw raw = {0};
    *options = (PointsOptions){0};
    g_autofree GOptionEntry *own = entries_for(&raw, which);
    const OptionsUsage usage = {arguments, summary, own};
    bool is_right = options_parse_own(&options->common, argc, argv, &usage, has_helped, error) &&
                    (*has_helped || interpret(&raw, which, options, error));
    raw_clear(&raw);
    return is_right;
}

void points_options_clear(PointsOptions *options)
{
    options_clear(&options->common);
    g_strfreev(options->vary);
    g_free(options->slo);
    g_free(options->find);
    g_strfreev(options->metrics);
    *options = (PointsOptions){0};
}
