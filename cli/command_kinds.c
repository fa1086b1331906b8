/* kinds: what a topology can choose from, out of the tables that the reader reads by. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"
#include "models/keys.h"
#include "models/presets.h"
#include "models/problems.h"
#include "reports/text_report.h"
#include "sim/count.h"
#include "sim/distribution/distribution.h"

typedef enum KindsFormat { KINDS_TEXT, KINDS_MARKDOWN } KindsFormat;

static const char *type_of(const Key *key)
{
    static const char *const names[] = {
        [KEY_BOOLEAN] = "true or false",
        [KEY_INTEGER] = "whole number",
        [KEY_NUMBER] = "number",
        [KEY_DURATION] = "duration",
        [KEY_SIZE] = "size",
        [KEY_BANDWIDTH] = "bandwidth",
        [KEY_STRING] = "text",
        [KEY_CHOICE] = "name",
        [KEY_DISTRIBUTION] = "random duration",
        [KEY_COUNT] = "random count",
        [KEY_OBJECT] = "object",
        [KEY_KIND] = "object",
        [KEY_CUSTOM] = "",
        [KEY_UNSUPPORTED] = "not supported yet",
    };
    return key->type == KEY_CUSTOM ? key->detail.custom->type_text : names[key->type];
}

/* "required", "default 2", or nothing. */
static char *default_of(const Key *key)
{
    if (key->required)
        return g_strdup("required");
    return key->fallback != NULL ? g_strdup_printf("default %s", key->fallback)
                                 : g_strdup("optional");
}

static char *range_of(const Key *key)
{
    if (key->type == KEY_INTEGER || key->type == KEY_NUMBER)
        return g_strdup_printf("%.9g to %.9g", key->min, key->max);
    if (key->type == KEY_CHOICE) {
        g_autofree char *joined = g_strjoinv(", ", (char **)key->detail.choices);
        return g_steal_pointer(&joined);
    }
    return g_strdup("");
}

static void print_key(const Key *key, KindsFormat format)
{
    g_autofree char *fallback = default_of(key);
    g_autofree char *range = range_of(key);
    const char *type = type_of(key);
    if (format == KINDS_MARKDOWN) {
        printf("  - `%s`: %s%s%s; %s. %s\n", key->name, type, range[0] != '\0' ? ", " : "", range,
               fallback, key->summary);
        return;
    }
    printf("      %-16s %s%s%s; %s\n", key->name, type, range[0] != '\0' ? ", " : "", range,
           fallback);
    printf("      %-16s %s\n", "", key->summary);
}

static void print_title(const char *name, const char *place, KindsFormat format)
{
    if (format == KINDS_MARKDOWN)
        printf("### %s\n\nAt `%s`.\n\n", name, place);
    else
        printf("%s, at %s\n", name, place);
}

static void print_kind(const char *name, const char *summary, KindsFormat format)
{
    printf(format == KINDS_MARKDOWN ? "- `%s`: %s\n" : "  %-18s %s\n", name, summary);
}

static void print_family(const Family *family, KindsFormat format)
{
    print_title(family->name, family->place, format);
    for (const Kind *const *kind = family->kinds; *kind != NULL; kind++) {
        print_kind((*kind)->name, (*kind)->summary, format);
        for (const Key *key = (*kind)->keys; key != NULL && key->name != NULL; key++)
            print_key(key, format);
    }
    for (const char *const *later = family->later; later != NULL && *later != NULL; later++)
        print_kind(*later, "not supported yet", format);
    printf("\n");
}

static void print_parameters(const DistributionParameter *parameters, const char *sets,
                             KindsFormat format)
{
    g_auto(GStrv) alternatives = g_strsplit(sets, "|", -1);
    for (char **set = alternatives; *set != NULL; set++) {
        g_strdelimit(*set, " ", '+');
        printf(format == KINDS_MARKDOWN ? "  - `%s`\n" : "      %s\n", *set);
    }
    for (const DistributionParameter *parameter = parameters; parameter->name != NULL;
         parameter++) {
        if (format == KINDS_MARKDOWN)
            printf("    - `%s`: %s\n", parameter->name, parameter->summary);
        else
            printf("        %-14s %s\n", parameter->name, parameter->summary);
    }
}

static void print_distributions(KindsFormat format)
{
    print_title("distribution", "every random duration: {\"dist\": ...}", format);
    for (size_t i = 0; distribution_kinds[i] != NULL; i++) {
        print_kind(distribution_kinds[i]->name, distribution_kinds[i]->summary, format);
        print_parameters(distribution_kinds[i]->parameters, distribution_kinds[i]->sets, format);
    }
    printf("\n");
}

static void print_counts(KindsFormat format)
{
    print_title("count", "every random count: {\"dist\": ...}", format);
    for (size_t i = 0; count_kinds[i] != NULL; i++) {
        print_kind(count_kinds[i]->name, count_kinds[i]->summary, format);
        print_parameters(count_kinds[i]->parameters, count_kinds[i]->sets, format);
    }
    printf("\n");
}

static void print_preset_part(const char *what, const char *json, KindsFormat format)
{
    if (json != NULL && strcmp(json, "{}") != 0)
        printf(format == KINDS_MARKDOWN ? "  - %s: `%s`\n" : "      %-22s %s\n", what, json);
}

static void print_presets(KindsFormat format)
{
    print_title("preset", "/brokers/<broker>/preset", format);
    for (const BrokerPreset *preset = broker_presets; preset->name != NULL; preset++) {
        g_autofree char *summary = g_strdup_printf("%s: %s", preset->kind, preset->system);
        print_kind(preset->name, summary, format);
        print_preset_part("broker", preset->broker, format);
        print_preset_part("consumer", preset->consumer, format);
        print_preset_part("with dead letters", preset->buried, format);
    }
    printf("\n");
}

static bool is_wanted(const char *wanted, const char *name)
{
    return wanted == NULL || strcmp(wanted, name) == 0;
}

static bool print_wanted(const char *wanted, KindsFormat format)
{
    bool has_printed = false;
    if (is_wanted(wanted, "distribution")) {
        print_distributions(format);
        has_printed = true;
    }
    if (is_wanted(wanted, "count")) {
        print_counts(format);
        has_printed = true;
    }
    if (is_wanted(wanted, "preset")) {
        print_presets(format);
        has_printed = true;
    }
    for (size_t i = 0; families[i] != NULL; i++) {
        if (!is_wanted(wanted, families[i]->name))
            continue;
        print_family(families[i], format);
        has_printed = true;
    }
    return has_printed;
}

static ExitCode unknown_family(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_ptr_array_add(names, (gpointer)(guintptr) "distribution");
    g_ptr_array_add(names, (gpointer)(guintptr) "count");
    g_ptr_array_add(names, (gpointer)(guintptr) "preset");
    for (size_t i = 0; families[i] != NULL; i++)
        g_ptr_array_add(names, (gpointer)(guintptr)families[i]->name);
    const char *near = problems_nearest(name, (const char *const *)names->pdata, names->len);
    g_ptr_array_add(names, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
    if (near != NULL)
        complain("there is no family \"%s\"; did you mean \"%s\"?", name, near);
    else
        complain("there is no family \"%s\"; there are: %s", name, all);
    return EXIT_WRONG_INPUT;
}

/* Options of other commands that would change what is printed, and more arguments than one. */
static ExitCode refuse(const Options *options)
{
    if (g_strv_length(options->files) > 1)
        complain("kinds takes one family, or none for all");
    else if (options->folder != NULL)
        complain("--out: kinds writes no files");
    else if (options->format != REPORT_TEXT && options->format != REPORT_MARKDOWN)
        complain("--format: kinds prints text or markdown");
    else
        return EXIT_DONE;
    return EXIT_WRONG_INPUT;
}

ExitCode command_kinds(int argc, char **argv)
{
    Options options;
    bool has_helped;
    g_autoptr(GError) error = NULL;
    if (!options_parse(&options, argc, argv, "[FAMILY]",
                       "Lists the kinds of a family (distribution, count, arrival, balancer, ...) "
                       "or of all, with keys,\n"
                       "ranges and defaults. --format markdown for a manual.",
                       &has_helped, &error)) {
        complain("%s", error->message);
        options_clear(&options);
        return EXIT_WRONG_INPUT;
    }
    ExitCode code = has_helped ? EXIT_DONE : refuse(&options);
    if (!has_helped && code == EXIT_DONE &&
        !print_wanted(options.files[0],
                      options.format == REPORT_MARKDOWN ? KINDS_MARKDOWN : KINDS_TEXT))
        code = unknown_family(options.files[0]);
    options_clear(&options);
    if (fflush(stdout) != 0) {
        complain("standard output: cannot be written");
        return EXIT_CANNOT_READ_OR_WRITE;
    }
    return code;
}
