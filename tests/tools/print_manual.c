/* Prints the parts of the manual that come from the tables the program works by:
 *
 *   print_manual columns      the columns of every CSV file
 *   print_manual keys TABLE   the keys of an object of topologies ("service")
 *   print_manual verbs        the steps of operations
 *   print_manual durations    random durations, and counts
 *   print_manual presets      what the presets of brokers stand for
 *   print_manual FAMILY       the kinds of a family ("balancer")
 *   print_manual later        what is known and not supported yet */
#include <float.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "models/key_tables.h"
#include "models/presets.h"
#include "reports/columns.h"
#include "sim/count.h"
#include "sim/distribution/distribution.h"

/* --- columns */

static void print_column(const Column *column)
{
    printf("| `%s` | %s | %s |\n", column->name, column->unit, column->meaning);
}

static void print_head(void)
{
    printf("| column | unit | meaning |\n|---|---|---|\n");
}

/* Their number depends on the topology. */
static void print_sweep_columns(void)
{
    static const Scope scopes[] = {SCOPE_WORKLOAD, SCOPE_SERVICE, SCOPE_LINK, SCOPE_BROKER};
    printf(
        "| `POINTER` |  | for each parameter: its value; `POINTER [ms]` (or bytes, bps) where the "
        "values are quantities |\n");
    for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++) {
        const Table *table = table_of_scope(scopes[i]);
        for (size_t k = 0; k < table->column_count; k++) {
            if (table->columns[k].is_in_sweep)
                printf("| `%s/NAME.%s` | %s | as in %s; the ends of its 95 %% confidence interval "
                       "follow, `..._ci_low` and `..._ci_high` |\n",
                       scope_name(scopes[i]), table->columns[k].name, table->columns[k].unit,
                       table->file);
        }
    }
}

static void print_columns(void)
{
    const Column *series[SERIES_COLUMNS_MAX];
    for (size_t i = 0; tables[i] != NULL; i++) {
        const Table *table = tables[i];
        printf("%s### %s\n\nOne row per %s.\n\n", i == 0 ? "" : "\n", table->file, table->rows);
        print_head();
        for (size_t k = 0; k < table->column_count; k++)
            print_column(&table->columns[k]);
        for (size_t k = 0; table == &table_timeseries && k < series_columns(series); k++)
            printf("| `%s` | %s | as in the wide table of its scope, in the window |\n",
                   series[k]->name, series[k]->unit);
        if (table == &table_sweep)
            print_sweep_columns();
    }
}

/* --- keys */

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
        [KEY_CHOICE] = "",
        [KEY_DISTRIBUTION] = "random duration",
        [KEY_COUNT] = "count",
        [KEY_OBJECT] = "object",
        [KEY_KIND] = "object",
        [KEY_CUSTOM] = "",
        [KEY_UNSUPPORTED] = "",
    };
    return key->type == KEY_CUSTOM ? key->detail.custom->type_text : names[key->type];
}

static char *limit_text(double limit)
{
    if (limit <= DBL_MIN && limit > 0)
        return g_strdup("above 0");
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(text, sizeof text, "%.9g", limit));
}

static char *value_text(const Key *key)
{
    if (key->type == KEY_CHOICE) {
        g_autofree char *choices = g_strjoinv("`, `", (char **)key->detail.choices);
        return g_strdup_printf("`%s`", choices);
    }
    bool is_number = key->type == KEY_INTEGER || key->type == KEY_NUMBER;
    if (!is_number || (key->min == 0 && key->max == 0))
        return g_strdup(type_of(key));
    g_autofree char *min = limit_text(key->min), *max = limit_text(key->max);
    return g_strdup_printf("%s, %s to %s", type_of(key), min, max);
}

static char *default_text(const Key *key)
{
    if (key->required)
        return g_strdup("required");
    return key->fallback == NULL ? g_strdup("") : g_strdup_printf("`%s`", key->fallback);
}

/* Keys of an object in the object are shown as `queue/max_length`. */
static void print_keys(const char *prefix, const Key *keys)
{
    for (const Key *key = keys; key != NULL && key->name != NULL; key++) {
        g_autofree char *value = value_text(key), *fallback = default_text(key);
        if (key->type == KEY_UNSUPPORTED)
            continue;
        printf("| `%s%s` | %s | %s | %s |\n", prefix, key->name, value, fallback, key->summary);
        if (key->type == KEY_OBJECT) {
            g_autofree char *inner = g_strconcat(prefix, key->name, "/", NULL);
            print_keys(inner, key->detail.keys);
        }
    }
}

static void print_keys_head(void)
{
    printf("| key | value | default | meaning |\n|---|---|---|---|\n");
}

static bool print_table(const char *name)
{
    const KeyTable *table = key_table_find(name);
    if (table == NULL)
        return false;
    printf("At `%s`: %s.\n\n", table->place[0] == '\0' ? "/" : table->place, table->summary);
    print_keys_head();
    print_keys("", table->keys);
    return true;
}

static void print_verbs(void)
{
    VerbKeys verb;
    for (size_t i = 0; verb_keys_get(i, &verb); i++) {
        printf("%s`%s`: %s.\n\n", i == 0 ? "" : "\n", verb.name, verb.summary);
        print_keys_head();
        print_keys("", verb.keys);
    }
}

/* --- kinds */

static void print_kind(const Kind *kind)
{
    printf("| `%s` |  |  | %s |\n", kind->name, kind->summary);
    print_keys("… ", kind->keys);
}

static bool print_family(const char *name)
{
    for (size_t i = 0; families[i] != NULL; i++) {
        if (strcmp(families[i]->name, name) != 0)
            continue;
        printf("| `%s`, and its keys | value | default | meaning |\n|---|---|---|---|\n",
               families[i]->selector);
        for (const Kind *const *kind = families[i]->kinds; *kind != NULL; kind++)
            print_kind(*kind);
        return true;
    }
    return false;
}

/* "mean cv|shape scale" as "`mean` and `cv`, or `shape` and `scale`". */
static char *sets_text(const char *sets)
{
    GString *text = g_string_new("`");
    for (const char *c = sets; *c != '\0'; c++) {
        if (*c == '|')
            g_string_append(text, "`, or `");
        else if (*c == ' ')
            g_string_append(text, "` and `");
        else
            g_string_append_c(text, *c);
    }
    g_string_append_c(text, '`');
    return g_string_free(text, FALSE);
}

static void print_dist(const char *name, const char *sets, const char *summary)
{
    g_autofree char *text = sets_text(sets);
    printf("| `%s` | %s | %s |\n", name, text, summary);
}

static void print_durations(void)
{
    printf("| `dist` of a duration | parameters | shape |\n|---|---|---|\n");
    for (size_t i = 0; distribution_kinds[i] != NULL; i++) {
        const DistributionKind *kind = distribution_kinds[i];
        print_dist(kind->name, kind->sets, kind->summary);
    }
    printf("\n| `dist` of a count | parameters | shape |\n|---|---|---|\n");
    for (size_t i = 0; count_kinds[i] != NULL; i++)
        print_dist(count_kinds[i]->name, count_kinds[i]->sets, count_kinds[i]->summary);
}

/* --- presets */

static char *object_text(const char *json)
{
    return json == NULL || strcmp(json, "{}") == 0 ? g_strdup("") : g_strdup_printf("`%s`", json);
}

static void print_presets(void)
{
    printf("| `preset` | of a | as of | the broker says | each consumer says | and has no |\n"
           "|---|---|---|---|---|---|\n");
    for (const BrokerPreset *preset = broker_presets; preset->name != NULL; preset++) {
        g_autofree char *broker = object_text(preset->broker);
        g_autofree char *consumer = object_text(preset->consumer);
        g_autofree char *buried = object_text(preset->buried);
        g_autofree char *lacks = g_strjoinv("`, `", (char **)preset->lacks);
        printf("| `%s` | %s | %s | %s | %s%s%s | %s%s%s |\n", preset->name, preset->kind,
               preset->system, broker, consumer, buried[0] != '\0' ? "; with dead letters " : "",
               buried, lacks[0] != '\0' ? "`" : "", lacks, lacks[0] != '\0' ? "`" : "");
    }
}

/* --- what is to come */

static void print_later_keys(const char *place, const char *inner, const Key *keys)
{
    for (const Key *key = keys; key != NULL && key->name != NULL; key++) {
        if (key->type == KEY_UNSUPPORTED)
            printf("| `%s/%s%s` | %s |\n", place, inner, key->name, key->summary);
        if (key->type == KEY_OBJECT) {
            g_autofree char *deeper = g_strconcat(inner, key->name, "/", NULL);
            print_later_keys(place, deeper, key->detail.keys);
        }
    }
}

static void print_later(void)
{
    printf("| key or name | what it will be |\n|---|---|\n");
    for (const KeyTable *table = key_tables; table->name != NULL; table++)
        print_later_keys(table->place, "", table->keys);
    VerbKeys verb;
    for (size_t i = 0; verb_keys_get(i, &verb); i++)
        print_later_keys(".../steps/<n>", "", verb.keys);
    for (size_t i = 0; families[i] != NULL; i++) {
        for (const char *const *name = families[i]->later; name != NULL && *name != NULL; name++)
            printf("| `\"%s\": \"%s\"` | at `%s` |\n", families[i]->selector, *name,
                   families[i]->place);
    }
}

int main(int argc, char **argv)
{
    const char *part = argc > 1 ? argv[1] : "";
    bool is_known = true;
    if (strcmp(part, "columns") == 0)
        print_columns();
    else if (strcmp(part, "keys") == 0 && argc > 2)
        is_known = print_table(argv[2]);
    else if (strcmp(part, "verbs") == 0)
        print_verbs();
    else if (strcmp(part, "durations") == 0)
        print_durations();
    else if (strcmp(part, "presets") == 0)
        print_presets();
    else if (strcmp(part, "later") == 0)
        print_later();
    else
        is_known = print_family(part);
    return is_known && fflush(stdout) == 0 ? 0 : 1;
}
