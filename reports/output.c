#include "reports/output.h"

#include <string.h>

#include "reports/endings.h"
#include "reports/manifest.h"
#include "reports/output_files.h"

typedef struct Output {
    OutputSet *set;
    const Study *study;
    GArray *comparison;
    GError **error;
} Output;

static bool write_table(Output *output, const Table *table)
{
    OutputTable file;
    bool is_written = output_table_open(&file, output->set, table->file, output->error) &&
                      table_write(&file.writer, table, output->study, output->comparison);
    return output_table_close(&file) && is_written;
}

static bool has_parameters(const Study *study)
{
    for (uint32_t i = 0; i < study_variant_count(study); i++) {
        if (study_variant(study, i)->parameter_count > 0)
            return true;
    }
    return false;
}

static bool has_outcomes(const Study *study)
{
    for (uint32_t i = 0; i < study_variant_count(study); i++) {
        if (run_ending_count(study_variant(study, i)->topology) > 0)
            return true;
    }
    return false;
}

static bool is_wanted(const Output *output, const Table *table)
{
    if (table->is_of_points)
        return false;
    if (table == &table_compare)
        return study_variant_count(output->study) > 1;
    if (table == &table_outcomes)
        return has_outcomes(output->study);
    if (table == &table_expectations)
        return study_expectations(output->study) != NULL &&
               study_expectations(output->study)->len > 0;
    return table != &table_points || has_parameters(output->study);
}

static bool write_tables(Output *output)
{
    for (size_t i = 0; tables[i] != NULL; i++) {
        if (is_wanted(output, tables[i]) && !write_table(output, tables[i]))
            return false;
    }
    return true;
}

/* --- JSON */

/* The points of a sweep are in points.csv: only the first of each design is written. */
static bool is_first_of_design(const Study *study, uint32_t variant)
{
    const StudyVariant *one = study_variant(study, variant);
    return variant == 0 || strcmp(one->point, study_variant(study, 0)->point) == 0;
}

static bool write_resolved(Output *output)
{
    for (uint32_t i = 0; i < study_variant_count(output->study); i++) {
        const StudyVariant *variant = study_variant(output->study, i);
        const char *resolved = variant->topology->resolved;
        if (resolved == NULL || !is_first_of_design(output->study, i))
            continue;
        if (!output_resolved(output->set, i, variant->design, resolved, output->error))
            return false;
    }
    return true;
}

static bool write_manifest(Output *output, const Provenance *provenance)
{
    GString *text = g_string_new(NULL);
    manifest_print(text, output->study, provenance, output_set_files(output->set));
    bool is_written = output_text(output->set, "manifest.json", text->str, output->error);
    g_string_free(text, TRUE);
    return is_written;
}

/* --- all of it */

static bool remove_left_overs(Output *output)
{
    for (size_t i = 0; tables[i] != NULL; i++) {
        if (!is_wanted(output, tables[i]) &&
            !output_set_remove(output->set, tables[i]->file, output->error))
            return false;
    }
    return true;
}

bool output_write(const Study *study, const Provenance *provenance, const char *folder,
                  GPtrArray *written, GError **error)
{
    g_autoptr(OutputSet) set = output_set_new(folder, error);
    if (set == NULL)
        return false;
    g_autoptr(GArray) comparison = study_compare(study);
    Output output = {.set = set, .study = study, .comparison = comparison, .error = error};
    bool is_done = write_tables(&output) && write_resolved(&output) &&
                   write_manifest(&output, provenance) && output_set_commit(set, error) &&
                   remove_left_overs(&output) && output_remove_old_resolved(set, folder, error);
    if (is_done)
        output_list(set, written);
    return is_done;
}
