#include "reports/output.h"

#include <string.h>

#include "reports/csv_tables.h"
#include "reports/endings.h"
#include "reports/manifest.h"
#include "reports/output_set.h"

typedef struct Output {
    OutputSet *set;
    const Study *study;
    GArray *comparison;
    GError **error;
} Output;

/* --- CSV */

#define SPILL_BYTES 65536u

typedef struct Spill {
    OutputFile *file;
    GError **error;
} Spill;

static bool write_out(TableWriter *writer)
{
    const Spill *spill = writer->context;
    GString *text = writer->csv.text;
    bool is_written = output_file_write(spill->file, text->str, text->len, spill->error);
    g_string_truncate(text, 0);
    return is_written;
}

static bool spill_when_full(TableWriter *writer)
{
    return writer->csv.text->len < SPILL_BYTES || write_out(writer);
}

static bool write_table(Output *output, const Table *table)
{
    Spill spill = {.error = output->error};
    spill.file = output_set_open(output->set, table->file, output->error);
    if (spill.file == NULL)
        return false;
    GString *text = g_string_sized_new(SPILL_BYTES + 4096);
    TableWriter writer = {.csv.text = text, .spill = spill_when_full, .context = &spill};
    bool is_written = table_write(&writer, table, output->study, output->comparison) &&
                      write_out(&writer) && output_file_close(spill.file, output->error);
    spill.file->rows = writer.csv.rows;
    g_string_free(text, TRUE);
    return is_written;
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

static bool write_text(Output *output, const char *name, const char *text)
{
    OutputFile *file = output_set_open(output->set, name, output->error);
    return file != NULL && output_file_write(file, text, strlen(text), output->error) &&
           output_file_close(file, output->error);
}

static bool has_file(const Output *output, const char *name)
{
    const GPtrArray *files = output_set_files(output->set);
    for (guint i = 0; i < files->len; i++) {
        if (strcmp(((const OutputFile *)g_ptr_array_index(files, i))->name, name) == 0)
            return true;
    }
    return false;
}

/* topology.resolved.json is the baseline; other designs have their name in it, as far as it can
 * stand in a file's name. */
static char *resolved_name(const Output *output, uint32_t variant)
{
    if (variant == 0)
        return g_strdup("topology.resolved.json");
    g_autofree char *design = g_strdup(study_variant(output->study, variant)->design);
    g_strcanon(design, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
    char *name = g_strdup_printf("topology.resolved.%.64s.json", design);
    for (unsigned i = 2; has_file(output, name); i++) {
        g_free(name);
        name = g_strdup_printf("topology.resolved.%.64s-%u.json", design, i);
    }
    return name;
}

/* The points of a sweep are in points.csv: only the first of each design is written. */
static bool is_first_of_design(const Study *study, uint32_t variant)
{
    const StudyVariant *one = study_variant(study, variant);
    return variant == 0 || strcmp(one->point, study_variant(study, 0)->point) == 0;
}

static bool write_resolved(Output *output)
{
    for (uint32_t i = 0; i < study_variant_count(output->study); i++) {
        const char *resolved = study_variant(output->study, i)->topology->resolved;
        if (resolved == NULL || !is_first_of_design(output->study, i))
            continue;
        g_autofree char *name = resolved_name(output, i);
        if (!write_text(output, name, resolved))
            return false;
    }
    return true;
}

static bool write_manifest(Output *output, const Provenance *provenance)
{
    GString *text = g_string_new(NULL);
    manifest_print(text, output->study, provenance, output_set_files(output->set));
    bool is_written = write_text(output, "manifest.json", text->str);
    g_string_free(text, TRUE);
    return is_written;
}

/* --- all of it */

/* Resolved topologies of designs that are no more. */
static bool remove_old_resolved(Output *output, const char *folder)
{
    g_autoptr(GDir) listing = g_dir_open(folder, 0, NULL);
    for (const char *name = NULL; listing != NULL && (name = g_dir_read_name(listing)) != NULL;) {
        bool is_ours =
            g_str_has_prefix(name, "topology.resolved.") && g_str_has_suffix(name, ".json");
        if (is_ours && !has_file(output, name) &&
            !output_set_remove(output->set, name, output->error))
            return false;
    }
    return true;
}

static bool remove_left_overs(Output *output)
{
    for (size_t i = 0; tables[i] != NULL; i++) {
        if (!is_wanted(output, tables[i]) &&
            !output_set_remove(output->set, tables[i]->file, output->error))
            return false;
    }
    return true;
}

static void list_files(const Output *output, GPtrArray *written)
{
    const GPtrArray *files = output_set_files(output->set);
    for (guint i = 0; written != NULL && i < files->len; i++)
        g_ptr_array_add(written, g_strdup(((OutputFile *)g_ptr_array_index(files, i))->name));
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
                   remove_left_overs(&output) && remove_old_resolved(&output, folder);
    if (is_done)
        list_files(&output, written);
    return is_done;
}
