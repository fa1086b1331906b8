#include "reports/text_report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/csv_tables.h"
#include "reports/headline.h"
#include "reports/json_report.h"
#include "reports/precision.h"
#include "reports/text_findings.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

bool report_format_named(const char *name, ReportFormat *format)
{
    static const char *const names[] = {"text", "json", "csv", "markdown"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *format = (ReportFormat)i;
        return true;
    }
    return false;
}

/* --- title */

static void print_title(const TextReport *report)
{
    const Study *study = report->study;
    const Topology *topology = study_variant(study, 0)->topology;
    uint32_t variants = study_variant_count(study), runs = study_replication_count(study, 0);
    g_autofree char *name = name_display(topology->name, 40);
    char buffer[NUMBER_ROOM];
    const char *duration = number_format(buffer, sim_time_to_s(topology->simulation.duration));
    g_string_append_printf(report->text, "%s%s: ", report->is_markdown ? "## " : "", name);
    if (variants > 1)
        g_string_append_printf(report->text, "%u designs, ", variants);
    g_string_append_printf(report->text, "%u replication%s of %s s", runs, runs == 1 ? "" : "s",
                           duration);
    if (topology->simulation.finds_warmup)
        g_string_append_printf(report->text, " after a warm-up of %s s (auto)",
                               number_format(buffer, sim_time_to_s(topology->simulation.warmup)));
    g_string_append_printf(report->text, ", seed %" PRIu64 "\n", study_seed(study));
}

/* What was asked of the whole, and what came of it. */
static void print_stopping(const TextReport *report)
{
    const Precision *precision = study_precision(report->study);
    if (precision == NULL)
        return;
    g_autofree char *words = precision_words(report->study, precision);
    words[0] = g_ascii_toupper(words[0]);
    g_string_append_printf(report->text, "%s\n", words);
}

/* --- the table of a workload */

static void print_note(const TextReport *report, const char *note)
{
    g_string_append_printf(report->text, report->is_markdown ? "\n%s\n" : "  %s\n", note);
}

/* What has to be said below a table. */
typedef struct Remarks {
    bool has_few, has_correlated, has_interval;
} Remarks;

static void add_headline_cells(const TextReport *report, TextTable *table, uint32_t variant,
                               const char *name, Remarks *remarks)
{
    for (int i = 0; i < HEADLINE_COLUMNS; i++) {
        Estimate estimate =
            text_estimate(report, variant, SCOPE_WORKLOAD, name, PHASE_ALL, headlines[i].metric);
        bool is_share = strcmp(headlines[i].metric, "availability_ratio") == 0;
        remarks->has_few |= estimate.is_from_few;
        remarks->has_correlated |= estimate.is_correlated;
        remarks->has_interval |= isfinite(estimate.low);
        text_table_add(table, estimate_display(&estimate, is_share ? 100 : 1));
    }
}

static TextTable *headline_table(const char *first)
{
    const char *titles[HEADLINE_COLUMNS + 1] = {first};
    for (int i = 0; i < HEADLINE_COLUMNS; i++)
        titles[i + 1] = headlines[i].title;
    return text_table_new("lrrrrr", titles);
}

/* Who fails fast leaves only the quick ones to be timed. */
static bool has_failures(const TextReport *report, const char *workload)
{
    for (uint32_t i = 0; i < study_variant_count(report->study); i++) {
        Estimate estimate =
            text_estimate(report, i, SCOPE_WORKLOAD, workload, PHASE_ALL, "availability_ratio");
        if (estimate.value < 0.999)
            return true;
    }
    return false;
}

static void print_remarks(const TextReport *report, const Remarks *remarks)
{
    if (remarks->has_few)
        print_note(
            report,
            "* too few independent samples lie beyond it: only its order of magnitude counts");
    if (remarks->has_correlated)
        print_note(report,
                   "\u2020 its batches depend on each other, so the interval is too narrow: make "
                   "the run longer, or ask for --replications");
    if (!remarks->has_interval)
        print_note(report, "one replication: no intervals; ask for more with --replications");
}

/* One variant: its workloads and their operations. */
static void print_workloads(const TextReport *report)
{
    const RunResult *result = study_any_run(report->study, 0);
    Remarks remarks = {0};
    TextTable *table = headline_table("workload");
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        if (entry->scope != SCOPE_WORKLOAD)
            continue;
        bool is_whole = strcmp(entry->part, "*") == 0;
        g_autofree char *name = name_display(is_whole ? entry->whole : entry->part, 28);
        text_table_add(table, g_strconcat(is_whole ? "" : "  ", name, NULL));
        add_headline_cells(report, table, 0, entry->name, &remarks);
    }
    text_heading(report, "Workloads");
    text_table_print(table, report->text, report->is_markdown);
    print_remarks(report, &remarks);
}

static void print_designs(const TextReport *report, const Entry *workload)
{
    Remarks remarks = {0};
    TextTable *table = headline_table("design");
    for (uint32_t i = 0; i < study_variant_count(report->study); i++) {
        text_table_add(table, variant_display(report->study, i, 20));
        add_headline_cells(report, table, i, workload->name, &remarks);
    }
    g_autofree char *name = name_display(workload->name, 40);
    g_autofree char *heading = g_strconcat("Workload ", name, NULL);
    text_heading(report, heading);
    text_table_print(table, report->text, report->is_markdown);
    print_remarks(report, &remarks);
    if (has_failures(report, workload->name))
        print_note(report,
                   "latencies are of succeeded requests: read them together with availability");
}

/* --- verdicts */

static const char *verdict_color(Verdict verdict)
{
    if (verdict == VERDICT_BETTER)
        return "\033[32m";
    return verdict == VERDICT_WORSE ? "\033[31m" : "\033[2m";
}

/* Latencies are of succeeded requests: where fewer succeed, shorter ones may only mean that the
 * slow ones are gone. */
static bool is_of_fewer(const CompareRow *row, const CompareRow *availability)
{
    return row->verdict == VERDICT_BETTER && strcmp(row->metric->unit, "ms") == 0 &&
           availability != NULL && availability->verdict == VERDICT_WORSE;
}

static void print_verdict(const TextReport *report, const CompareRow *row, const Headline *headline,
                          const char *remark)
{
    g_autofree char *change = change_display(row);
    const char *verdict = verdict_name(row->verdict);
    bool has_color = report->has_color && !report->is_markdown;
    g_string_append_printf(report->text, "  %s%-14s %-28s %s%s%s%s\n",
                           report->is_markdown ? "- " : "", headline->words, change,
                           has_color ? verdict_color(row->verdict) : "", verdict,
                           has_color ? "\033[0m" : "", remark);
}

/* "goodput 41 x, p99 3.2 x": what common random numbers spare. */
static void print_variance_reduction(const TextReport *report, const GArray *rows, uint32_t variant,
                                     const char *workload)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (int i = 0; i < HEADLINE_COUNT; i++) {
        const CompareRow *row =
            compare_find(rows, variant, SCOPE_WORKLOAD, workload, PHASE_ALL, headlines[i].metric);
        if (row == NULL || !isfinite(row->variance_reduction))
            continue;
        g_autofree char *times = number_display(row->variance_reduction);
        g_string_append_printf(list, "%s%s %s", list->len > 0 ? "; " : "", headlines[i].words,
                               times);
    }
    if (list->len > 0)
        g_string_append_printf(report->text,
                               "%s  pairing divides the variance of differences by: %s\n",
                               report->is_markdown ? "\n" : "", list->str);
}

static void print_verdicts_of(const TextReport *report, const GArray *rows, uint32_t variant,
                              const char *workload)
{
    g_autofree char *design = variant_display(report->study, variant, 30);
    g_autofree char *baseline = variant_display(report->study, 0, 30);
    g_autofree char *heading = g_strdup_printf("%s against %s", design, baseline);
    text_heading(report, heading);
    const CompareRow *availability =
        compare_find(rows, variant, SCOPE_WORKLOAD, workload, PHASE_ALL, "availability_ratio");
    for (int i = 0; i < HEADLINE_COUNT; i++) {
        const CompareRow *row =
            compare_find(rows, variant, SCOPE_WORKLOAD, workload, PHASE_ALL, headlines[i].metric);
        if (row == NULL)
            continue;
        const char *remark = is_of_fewer(row, availability) ? ", of the fewer that succeed" : "";
        print_verdict(report, row, &headlines[i], remark);
    }
    print_variance_reduction(report, rows, variant, workload);
}

static void print_comparison(const TextReport *report)
{
    g_autoptr(GArray) rows = study_compare(report->study);
    const RunResult *result = study_any_run(report->study, 0);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        const Entry *entry = &result->entries[i];
        if (entry->scope != SCOPE_WORKLOAD || strcmp(entry->part, "*") != 0)
            continue;
        print_designs(report, entry);
        for (uint32_t k = 1; k < study_variant_count(report->study); k++)
            print_verdicts_of(report, rows, k, entry->name);
    }
}

static void print_study_notes(const TextReport *report)
{
    g_autoptr(GPtrArray) notes = study_notes(report->study);
    for (guint i = 0; i < notes->len; i++)
        g_string_append_printf(report->text, "\nnote: %s\n",
                               (const char *)g_ptr_array_index(notes, i));
}

/* --- all of it */

static void print_for_people(GString *text, const Study *study, const ReportOptions *options)
{
    TextReport report = {.text = text,
                         .study = study,
                         .is_markdown = options->format == REPORT_MARKDOWN,
                         .has_color = options->has_color};
    print_title(&report);
    if (study_any_run(study, 0) == NULL) {
        g_string_append(text, "no run was finished\n");
        return;
    }
    print_stopping(&report);
    if (study_variant_count(study) == 1)
        print_workloads(&report);
    else
        print_comparison(&report);
    text_print_phases(&report);
    text_print_busiest(&report);
    text_print_brokers(&report);
    text_print_failures(&report);
    text_print_endings(&report);
    text_print_expectations(&report);
    text_print_checks(&report);
    print_study_notes(&report);
}

static void print_csv(GString *text, const Study *study)
{
    TableWriter writer = {.csv.text = text};
    bool is_comparison = study_variant_count(study) > 1;
    g_autoptr(GArray) rows = study_compare(study);
    table_write(&writer, is_comparison ? &table_compare : &table_summary, study, rows);
}

void report_print(GString *text, const Study *study, const ReportOptions *options)
{
    switch (options->format) {
    case REPORT_TEXT:
    case REPORT_MARKDOWN:
        print_for_people(text, study, options);
        break;
    case REPORT_JSON:
        json_report_print(text, study);
        break;
    case REPORT_CSV:
        print_csv(text, study);
        break;
    }
}
