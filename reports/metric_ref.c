#include "reports/metric_ref.h"

#include <string.h>

#include "models/problems.h"
#include "reports/columns.h"

/* --- parts of the text */

/* The scope that the text begins with, and what follows it ("/name.metric", ".metric"); SCOPE_COUNT
 * if there is none. */
static Scope scope_of(const char *text, const char **rest)
{
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const char *name = scope_name((Scope)i);
        size_t length = strlen(name);
        char follows = i == SCOPE_SYSTEM ? '.' : '/';
        if (strncmp(text, name, length) == 0 && text[length] == follows) {
            *rest = text + length;
            return (Scope)i;
        }
    }
    return SCOPE_COUNT;
}

bool metric_ref_begins(const char *text)
{
    const char *rest;
    return scope_of(text, &rest) != SCOPE_COUNT;
}

static bool read_phase(char *metric, Phase *phase)
{
    char *bracket = strchr(metric, '[');
    *phase = PHASE_ALL;
    if (bracket == NULL)
        return true;
    for (int i = 0; i < PHASE_COUNT; i++) {
        g_autofree char *written = g_strdup_printf("[%s]", phase_name((Phase)i));
        if (strcmp(bracket, written) != 0)
            continue;
        *phase = (Phase)i;
        *bracket = '\0';
        return true;
    }
    return false;
}

static char *unknown_metric(Scope scope, const char *metric)
{
    const Table *table = table_of_scope(scope);
    g_autofree const char **names = g_new(const char *, table->column_count);
    size_t count = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (column_is_metric(&table->columns[i]))
            names[count++] = table->columns[i].name;
    }
    const char *near = problems_nearest(metric, names, count);
    if (near != NULL)
        return g_strdup_printf("a %s has no metric \"%s\"; did you mean \"%s\"?", scope_name(scope),
                               metric, near);
    return g_strdup_printf("a %s has no metric \"%s\"; its metrics are the columns of %s",
                           scope_name(scope), metric, table->file);
}

/* --- all of it */

char *metric_ref_parse(MetricRef *ref, const char *text)
{
    const char *rest;
    *ref = (MetricRef){.scope = scope_of(text, &rest)};
    if (ref->scope == SCOPE_COUNT)
        return g_strdup_printf("\"%s\" must name a metric, such as workload/shoppers.p99_ms or "
                               "system.goodput_rps; its scope is system, workload, service, link "
                               "or broker",
                               text);
    const char *point = strrchr(rest, '.');
    if (point == NULL || (ref->scope != SCOPE_SYSTEM && point == rest + 1))
        return g_strdup_printf("\"%s\" must end with a point and the name of a metric", text);
    g_autofree char *metric = g_strdup(point + 1);
    if (!read_phase(metric, &ref->phase))
        return g_strdup_printf("\"%s\": the phase must be [all], [before], [during] or [after]",
                               text);
    ref->metric = column_find(ref->scope, metric);
    if (ref->metric == NULL)
        return unknown_metric(ref->scope, metric);
    ref->name =
        ref->scope == SCOPE_SYSTEM ? g_strdup("*") : g_strndup(rest + 1, (gsize)(point - rest - 1));
    return NULL;
}

void metric_ref_clear(MetricRef *ref)
{
    g_free(ref->name);
    *ref = (MetricRef){0};
}

char *metric_ref_text(const MetricRef *ref)
{
    bool is_system = ref->scope == SCOPE_SYSTEM, is_all = ref->phase == PHASE_ALL;
    return g_strconcat(scope_name(ref->scope), is_system ? "" : "/", is_system ? "" : ref->name,
                       ".", ref->metric->name, is_all ? "" : "[",
                       is_all ? "" : phase_name(ref->phase), is_all ? "" : "]", NULL);
}

char *metric_ref_check(const MetricRef *ref, const RunResult *shape)
{
    if ((uint32_t)ref->phase >= shape->phase_count)
        return g_strdup_printf("there is no phase \"%s\": the topology has no faults",
                               phase_name(ref->phase));
    if (run_result_find(shape, ref->scope, ref->name) != NULL)
        return NULL;
    g_autofree const char **names = g_new(const char *, MAX(shape->entry_count, 1));
    size_t count = 0;
    for (uint32_t i = 0; i < shape->entry_count; i++) {
        if (shape->entries[i].scope == ref->scope)
            names[count++] = shape->entries[i].name;
    }
    const char *near = problems_nearest(ref->name, names, count);
    return g_strdup_printf("no %s is called \"%s\"%s%s%s", scope_name(ref->scope), ref->name,
                           near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                           near == NULL ? "" : "\"?");
}
