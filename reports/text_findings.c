#include "reports/text_findings.h"

#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

void text_heading(const TextReport *report, const char *heading)
{
    if (report->is_markdown)
        g_string_append_printf(report->text, "\n### %s\n\n", heading);
    else if (report->has_color)
        g_string_append_printf(report->text, "\n\033[1m%s\033[0m\n", heading);
    else
        g_string_append_printf(report->text, "\n%s\n", heading);
}

Estimate text_estimate(const TextReport *report, uint32_t variant, Scope scope, const char *name,
                       Phase phase, const char *metric)
{
    Estimate estimate = {.value = (double)NAN, .low = (double)NAN, .high = (double)NAN};
    study_estimate(report->study, variant, scope, name, phase, metric, &estimate);
    return estimate;
}

static bool has_several_topologies(const Study *study)
{
    for (uint32_t i = 1; i < study_variant_count(study); i++) {
        if (strcmp(study_variant(study, i)->topology->name,
                   study_variant(study, 0)->topology->name))
            return true;
    }
    return false;
}

char *variant_display(const Study *study, uint32_t variant, int most)
{
    const StudyVariant *labels = study_variant(study, variant);
    bool is_base = strcmp(labels->design, "base") == 0;
    GString *name = g_string_new(NULL);
    if (has_several_topologies(study))
        g_string_append(name, labels->topology->name);
    if (name->len == 0 || !is_base)
        g_string_append_printf(name, "%s%s", name->len > 0 ? "/" : "", labels->design);
    if (labels->point != NULL && *labels->point != '\0')
        g_string_append_printf(name, " %s", labels->point);
    char *shown = name_display(name->str, most);
    g_string_free(name, TRUE);
    return shown;
}

static double value_of(const TextReport *report, uint32_t variant, const Entry *entry,
                       const char *metric)
{
    return text_estimate(report, variant, entry->scope, entry->name, PHASE_ALL, metric).value;
}

/* --- phases */

static void add_phase_cells(const TextReport *report, TextTable *table, uint32_t variant,
                            const char *workload, const char *metric, double scale)
{
    for (int phase = PHASE_BEFORE; phase < PHASE_COUNT; phase++) {
        Estimate estimate =
            text_estimate(report, variant, SCOPE_WORKLOAD, workload, (Phase)phase, metric);
        text_table_add(table, estimate_display(&estimate, scale));
    }
}

static void add_phase_rows(const TextReport *report, TextTable *table, const char *workload,
                           const char *metric, const char *title, double scale)
{
    text_table_add(table, g_strdup(title));
    for (int i = 0; i < 3; i++)
        text_table_add(table, NULL);
    for (uint32_t i = 0; i < study_variant_count(report->study); i++) {
        g_autofree char *name = variant_display(report->study, i, 30);
        text_table_add(table, g_strconcat("  ", name, NULL));
        add_phase_cells(report, table, i, workload, metric, scale);
    }
}

void text_print_phases(const TextReport *report)
{
    static const char *const titles[] = {"", "before", "during", "after"};
    const RunResult *result = study_any_run(report->study, 0);
    if (result->phase_count == 1)
        return;
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        if (entry->scope != SCOPE_WORKLOAD || strcmp(entry->part, "*") != 0)
            continue;
        g_autofree char *name = name_display(entry->name, 40);
        g_autofree char *heading =
            g_strdup_printf("Before, during and after the fault: workload %s", name);
        text_heading(report, heading);
        TextTable *table = text_table_new("lrrr", titles);
        add_phase_rows(report, table, entry->name, "goodput_rps", "goodput /s", 1);
        add_phase_rows(report, table, entry->name, "availability_ratio", "availability %", 100);
        add_phase_rows(report, table, entry->name, "p99_ms", "p99 ms", 1);
        text_table_print(table, report->text, report->is_markdown);
    }
}

/* --- the busiest */

/* What matters is what a fault does. */
static Phase busy_phase(const TextReport *report)
{
    return study_any_run(report->study, 0)->phase_count == 1 ? PHASE_ALL : PHASE_DURING;
}

static double busy_value(const TextReport *report, uint32_t variant, const Entry *entry,
                         const char *metric)
{
    if (entry == NULL)
        return (double)NAN;
    Phase phase = busy_phase(report);
    return text_estimate(report, variant, entry->scope, entry->name, phase, metric).value;
}

static bool is_whole_service(const Entry *entry)
{
    return entry->scope == SCOPE_SERVICE && strcmp(entry->part, "*") == 0;
}

/* How near a service is to its limit: by threads or by cores, whichever is nearer. */
static double busyness(const TextReport *report, uint32_t variant, const Entry *entry)
{
    if (!is_whole_service(entry))
        return -1;
    double threads = busy_value(report, variant, entry, "thread_utilization");
    double cores = busy_value(report, variant, entry, "cpu_utilization");
    return fmax(isnan(threads) ? -1 : threads, isnan(cores) ? -1 : cores);
}

static double attempts(const TextReport *report, uint32_t variant, const Entry *entry)
{
    return entry->scope == SCOPE_LINK ? busy_value(report, variant, entry, "attempts") : -1;
}

typedef double (*Rank)(const TextReport *report, uint32_t variant, const Entry *entry);

/* The entry of highest rank; NULL when none has one above 0. */
static const Entry *highest(const TextReport *report, uint32_t variant, Rank rank)
{
    const RunResult *result = study_any_run(report->study, variant);
    const Entry *best = NULL;
    double most = 0;
    for (uint32_t i = 0; result != NULL && i < result->entry_count; i++) {
        double value = rank(report, variant, &result->entries[i]);
        if (value > most) {
            most = value;
            best = &result->entries[i];
        }
    }
    return best;
}

static void add_number(const TextReport *report, TextTable *table, uint32_t variant,
                       const Entry *entry, const char *metric, double scale)
{
    text_table_add(table, number_display(scale * busy_value(report, variant, entry, metric)));
}

static void add_busiest(const TextReport *report, TextTable *table, uint32_t variant)
{
    const Entry *service = highest(report, variant, busyness);
    const Entry *link = highest(report, variant, attempts);
    text_table_add(table, variant_display(report->study, variant, 16));
    text_table_add(table, service == NULL ? NULL : name_display(service->name, 14));
    add_number(report, table, variant, service, "thread_utilization", 100);
    add_number(report, table, variant, service, "cpu_utilization", 100);
    add_number(report, table, variant, service, "queue_mean", 1);
    add_number(report, table, variant, service, "work_amplification", 1);
    text_table_add(table, link == NULL ? NULL : name_display(link->name, 18));
    add_number(report, table, variant, link, "retry_amplification", 1);
}

void text_print_busiest(const TextReport *report)
{
    static const char *const titles[] = {"design", "service", "threads %", "cores %",
                                         "queue",  "work x",  "link",      "tries x"};
    text_heading(report,
                 busy_phase(report) == PHASE_ALL
                     ? "Busiest service, and link with the most attempts"
                     : "Busiest during the fault: service, and link with the most attempts");
    TextTable *table = text_table_new("llrrrrlr", titles);
    for (uint32_t i = 0; i < study_variant_count(report->study); i++)
        add_busiest(report, table, i);
    text_table_print(table, report->text, report->is_markdown);
    g_string_append_printf(
        report->text,
        "%swork x: arrivals per arrival that the requests need; tries x: attempts "
        "per call\n",
        report->is_markdown ? "\n" : "  ");
}

/* --- failures */

#define LINKS_SHOWN 5

typedef struct FailingLink {
    const Entry *entry;
    double failed, attempts;
} FailingLink;

static int compare_failing(const void *a, const void *b)
{
    const FailingLink *one = a, *other = b;
    if (one->failed != other->failed)
        return one->failed > other->failed ? -1 : 1;
    return strcmp(one->entry->name, other->entry->name);
}

static GArray *failing_links(const TextReport *report, uint32_t variant)
{
    GArray *links = g_array_new(FALSE, FALSE, sizeof(FailingLink));
    const RunResult *result = study_any_run(report->study, variant);
    for (uint32_t i = 0; result != NULL && i < result->entry_count; i++) {
        FailingLink link = {.entry = &result->entries[i]};
        if (link.entry->scope != SCOPE_LINK)
            continue;
        link.failed = value_of(report, variant, link.entry, "failed");
        link.attempts = value_of(report, variant, link.entry, "attempts");
        if (link.failed > 0)
            g_array_append_val(links, link);
    }
    g_array_sort(links, compare_failing);
    return links;
}

static void add_share(GString *cell, const char *what, double share)
{
    g_autofree char *percent = number_display(share * 100);
    g_string_append_printf(cell, "%s%s %s %%", cell->len > 0 ? ", " : "", what, percent);
}

/* "timeout 11.9 %, rejected 0.4 %", the most frequent first. */
static char *reasons(const TextReport *report, uint32_t variant, const FailingLink *link)
{
    GString *text = g_string_new(NULL);
    double before = INFINITY;
    for (int shown = 0; shown < OUTCOME_COUNT; shown++) {
        double most = 0;
        int reason = -1;
        for (int i = OUTCOME_SUCCESS + 1; i < OUTCOME_COUNT; i++) {
            double count = value_of(report, variant, link->entry, outcome_name((Outcome)i));
            if (count > most && count < before) {
                most = count;
                reason = i;
            }
        }
        if (reason < 0)
            break;
        add_share(text, outcome_name((Outcome)reason), most / link->attempts);
        before = most;
    }
    return g_string_free(text, FALSE);
}

static void add_failures(const TextReport *report, TextTable *table, uint32_t variant, bool *is_any)
{
    g_autoptr(GArray) links = failing_links(report, variant);
    for (guint i = 0; i < MIN(links->len, LINKS_SHOWN); i++) {
        const FailingLink *link = &g_array_index(links, FailingLink, i);
        g_autofree char *share = number_display(link->failed / link->attempts * 100);
        text_table_add(table, variant_display(report->study, variant, 20));
        text_table_add(table, name_display(link->entry->name, 32));
        text_table_add(table, g_strconcat(share, " %", NULL));
        text_table_add(table, reasons(report, variant, link));
        *is_any = true;
    }
}

void text_print_failures(const TextReport *report)
{
    const char *const titles[] = {"design", "link", "attempts failed", "why"};
    TextTable *table = text_table_new("llrl", titles);
    bool is_any = false;
    for (uint32_t i = 0; i < study_variant_count(report->study); i++)
        add_failures(report, table, i, &is_any);
    text_heading(report, is_any ? "What failed, and why" : "No attempt failed on any link");
    GString *nowhere = is_any ? NULL : g_string_new(NULL);
    text_table_print(table, is_any ? report->text : nowhere, report->is_markdown);
    if (nowhere != NULL)
        g_string_free(nowhere, TRUE);
}
