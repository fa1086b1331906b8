#include <math.h>

#include "reports/endings.h"
#include "reports/text_findings.h"
#include "reports/text_numbers.h"
#include "reports/text_table.h"

static char *percent(double share)
{
    return isfinite(share) ? number_display(share * 100) : g_strdup("-");
}

/* "80 % [44, 97]" */
static char *share_display(const EndingShare *share)
{
    if (share->known == 0)
        return g_strdup("-");
    g_autofree char *middle = percent(share->share);
    g_autofree char *low = percent(share->low), *high = percent(share->high);
    return g_strconcat(middle, " % [", low, ", ", high, "]", NULL);
}

static void add_row(const TextReport *report, TextTable *table, uint32_t variant, uint32_t index)
{
    const Topology *topology = study_variant(report->study, variant)->topology;
    EndingShare share = study_ending(report->study, variant, index);
    g_autofree char *name = name_display(run_ending_name(topology, index), 30);
    text_table_add(table, variant_display(report->study, variant, 20));
    text_table_add(table, g_strconcat(name, " ", run_ending_kind(topology, index), NULL));
    text_table_add(table, g_strdup_printf("%u of %u", share.yes, share.known));
    text_table_add(table, share_display(&share));
}

void text_print_endings(const TextReport *report)
{
    static const char *const titles[] = {"design", "outcome", "replications",
                                         "share, 95 % interval"};
    TextTable *table = text_table_new("llrr", titles);
    GString *text = g_string_new(NULL);
    bool is_any = false;
    for (uint32_t i = 0; i < study_variant_count(report->study); i++) {
        uint32_t count = run_ending_count(study_variant(report->study, i)->topology);
        for (uint32_t k = 0; k < count; k++)
            add_row(report, table, i, k);
        is_any = is_any || count > 0;
    }
    text_table_print(table, text, report->is_markdown);
    if (is_any) {
        text_heading(report, "How replications came out");
        g_string_append(report->text, text->str);
    }
    g_string_free(text, TRUE);
}
