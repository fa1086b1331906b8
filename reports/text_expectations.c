#include <math.h>

#include "reports/text_findings.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

static char *flag_words(const ExpectationResult *result)
{
    if (*result->flag == '\0')
        return NULL;
    g_autofree char *words = g_strdelimit(g_strdup(result->flag), "_", ' ');
    return g_strconcat(" (", words, ")", NULL);
}

/* "294.6 ± 8.3", "differs by -3.1 ± 0.4", and why it is doubtful. */
static char *found_display(const ExpectationResult *result)
{
    Estimate estimate = {.value = result->value, .low = result->low, .high = result->high};
    g_autofree char *value = estimate_display(&estimate, 1);
    g_autofree char *flag = flag_words(result);
    return g_strconcat(result->is_difference ? "differs by " : "", value, flag, NULL);
}

static void add_row(const TextReport *report, TextTable *table, const ExpectationResult *result)
{
    text_table_add(table, g_strdup(judgement_name(result->judgement)));
    text_table_add(table, variant_display(report->study, result->variant, 20));
    text_table_add(table, name_display(result->text, 70));
    text_table_add(table, found_display(result));
}

void text_print_expectations(const TextReport *report)
{
    static const char *const titles[] = {"", "design", "expectation", "found"};
    const GArray *results = study_expectations(report->study);
    if (results == NULL || results->len == 0)
        return;
    TextTable *table = text_table_new("llll", titles);
    for (guint i = 0; i < results->len; i++)
        add_row(report, table, &g_array_index(results, ExpectationResult, i));
    text_heading(report, "Expectations");
    text_table_print(table, report->text, report->is_markdown);
}
