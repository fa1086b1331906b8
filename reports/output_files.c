#include "reports/output_files.h"

#include <string.h>

#define SPILL_BYTES 65536u

/* --- tables */

static bool write_out(TableWriter *writer)
{
    OutputTable *table = writer->context;
    GString *text = writer->csv.text;
    table->has_failed = !output_file_write(table->file, text->str, text->len, table->error);
    g_string_truncate(text, 0);
    return !table->has_failed;
}

static bool spill_when_full(TableWriter *writer)
{
    return writer->csv.text->len < SPILL_BYTES || write_out(writer);
}

bool output_table_open(OutputTable *table, OutputSet *set, const char *name, GError **error)
{
    *table = (OutputTable){.file = output_set_open(set, name, error), .error = error};
    table->writer = (TableWriter){.csv.text = g_string_sized_new(SPILL_BYTES + 4096),
                                  .spill = spill_when_full,
                                  .context = table};
    table->has_failed = table->file == NULL;
    return !table->has_failed;
}

bool output_table_close(OutputTable *table)
{
    bool is_written = !table->has_failed && write_out(&table->writer) &&
                      output_file_close(table->file, table->error);
    if (is_written)
        table->file->rows = table->writer.csv.rows;
    g_string_free(table->writer.csv.text, TRUE);
    return is_written;
}

/* --- texts */

bool output_text(OutputSet *set, const char *name, const char *text, GError **error)
{
    OutputFile *file = output_set_open(set, name, error);
    return file != NULL && output_file_write(file, text, strlen(text), error) &&
           output_file_close(file, error);
}

static bool has_file(const OutputSet *set, const char *name)
{
    const GPtrArray *files = output_set_files(set);
    for (guint i = 0; i < files->len; i++) {
        if (strcmp(((const OutputFile *)g_ptr_array_index(files, i))->name, name) == 0)
            return true;
    }
    return false;
}

/* The design's name as far as it can stand in a file's name. */
static char *resolved_name(const OutputSet *set, uint32_t index, const char *name)
{
    if (index == 0)
        return g_strdup("topology.resolved.json");
    g_autofree char *design = g_strdup(name);
    g_strcanon(design, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
    char *file = g_strdup_printf("topology.resolved.%.64s.json", design);
    for (unsigned i = 2; has_file(set, file); i++) {
        g_free(file);
        file = g_strdup_printf("topology.resolved.%.64s-%u.json", design, i);
    }
    return file;
}

bool output_resolved(OutputSet *set, uint32_t index, const char *design, const char *resolved,
                     GError **error)
{
    g_autofree char *name = resolved_name(set, index, design);
    return output_text(set, name, resolved, error);
}

/* --- the folder */

bool output_remove_old_resolved(OutputSet *set, const char *folder, GError **error)
{
    g_autoptr(GDir) listing = g_dir_open(folder, 0, NULL);
    for (const char *name = NULL; listing != NULL && (name = g_dir_read_name(listing)) != NULL;) {
        bool is_ours =
            g_str_has_prefix(name, "topology.resolved.") && g_str_has_suffix(name, ".json");
        if (is_ours && !has_file(set, name) && !output_set_remove(set, name, error))
            return false;
    }
    return true;
}

void output_list(const OutputSet *set, GPtrArray *written)
{
    const GPtrArray *files = output_set_files(set);
    for (guint i = 0; written != NULL && i < files->len; i++)
        g_ptr_array_add(written, g_strdup(((OutputFile *)g_ptr_array_index(files, i))->name));
}
