#include <string.h>

#include "reports/text_findings.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

/* --- brokers */

static bool is_whole_broker(const Entry *entry)
{
    return entry->scope == SCOPE_BROKER && strcmp(entry->part, "*") == 0;
}

static void add_broker_cell(const TextReport *report, TextTable *table, uint32_t variant,
                            const Entry *entry, const char *metric)
{
    Estimate estimate =
        text_estimate(report, variant, entry->scope, entry->name, PHASE_ALL, metric);
    text_table_add(table, estimate_display(&estimate, 1));
}

static bool add_brokers(const TextReport *report, TextTable *table, uint32_t variant)
{
    static const char *const metrics[] = {"depth_mean",    "depth_max", "delay_p99_ms", "drain_s",
                                          "dead_lettered", "dropped",   "lost"};
    const RunResult *result = study_any_run(report->study, variant);
    bool is_any = false;
    for (uint32_t i = 0; result != NULL && i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        if (!is_whole_broker(entry))
            continue;
        text_table_add(table, variant_display(report->study, variant, 16));
        text_table_add(table, name_display(entry->name, 16));
        for (size_t k = 0; k < G_N_ELEMENTS(metrics); k++)
            add_broker_cell(report, table, variant, entry, metrics[k]);
        is_any = true;
    }
    return is_any;
}

void text_print_brokers(const TextReport *report)
{
    static const char *const titles[] = {"design",  "broker",     "waiting", "most", "delay p99 ms",
                                         "drain s", "dead-lett.", "dropped", "lost"};
    TextTable *table = text_table_new("llrrrrrrr", titles);
    GString *text = g_string_new(NULL);
    bool is_any = false;
    for (uint32_t i = 0; i < study_variant_count(report->study); i++)
        is_any |= add_brokers(report, table, i);
    text_table_print(table, text, report->is_markdown);
    if (is_any) {
        text_heading(report, "What waits in brokers: messages");
        g_string_append(report->text, text->str);
    }
    g_string_free(text, TRUE);
}

/* --- accounting */

static double total(const Study *study, uint32_t variant, int count)
{
    double sum = 0;
    for (uint32_t i = 0; i < study_replication_count(study, variant); i++) {
        const RunResult *result = study_run(study, variant, i);
        const Entry *system = result == NULL ? NULL : run_result_find(result, SCOPE_SYSTEM, "*");
        if (system != NULL)
            sum += (double)system->phases[PHASE_ALL].counts[count];
    }
    return sum;
}

void text_print_checks(const TextReport *report)
{
    double offered = 0, unfinished = 0;
    for (uint32_t i = 0; i < study_variant_count(report->study); i++) {
        offered += total(report->study, i, REQUEST_OFFERED);
        unfinished += total(report->study, i, REQUEST_IN_FLIGHT);
    }
    g_autofree char *problem = study_check(report->study);
    g_autofree char *all = count_display(offered);
    g_autofree char *ended = count_display(offered - unfinished);
    g_autofree char *left = count_display(unfinished);
    g_string_append_printf(report->text,
                           "\nAccounting: %s requests offered = %s completed + %s in "
                           "flight at the end;\n",
                           all, ended, left);
    if (problem == NULL)
        g_string_append(report->text,
                        "every visit, attempt and message ended once; Little's law holds in "
                        "every service.\n");
    else
        g_string_append_printf(report->text,
                               "BUT: %s.\nThis is a fault in topple: please report it.\n", problem);
}
