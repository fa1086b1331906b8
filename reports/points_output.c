#include "reports/points_output.h"

#include <string.h>

#include "reports/manifest.h"
#include "reports/output_files.h"
#include "reports/points_tables.h"

typedef struct Writing {
    const PointsOutput *output;
    OutputSet *set;
    OutputTable files[TABLES_MAX]; /* by number in tables[] */
    bool is_open[TABLES_MAX];
    GError **error;
} Writing;

static bool is_wanted(const PointsOutput *output, uint32_t table)
{
    if (tables[table] == &table_points)
        return output->has_points;
    if (tables[table] == &table_sweep)
        return output->has_sweep;
    return output->tables >> table & 1;
}

/* --- tables */

static void header(Csv *csv, const Writing *writing, uint32_t table)
{
    if (tables[table] == &table_sweep)
        sweep_header(csv, writing->output->view);
    else
        csv_header(csv, tables[table]);
}

static bool open_tables(Writing *writing)
{
    for (uint32_t i = 0; tables[i] != NULL; i++) {
        if (!is_wanted(writing->output, i))
            continue;
        writing->is_open[i] = true;
        if (!output_table_open(&writing->files[i], writing->set, tables[i]->file, writing->error))
            return false;
        header(&writing->files[i].writer.csv, writing, i);
    }
    return true;
}

static void add_rows(Csv *csv, const PointRow *row, uint32_t table)
{
    size_t length;
    uint64_t rows;
    const char *text = point_record_rows(&row->record, table, &length, &rows);
    g_string_append_len(csv->text, text, (gssize)length);
    csv->rows += rows;
}

static bool write_row(Writing *writing, const PointRow *row)
{
    const PointsView *view = writing->output->view;
    for (uint32_t i = 0; tables[i] != NULL; i++) {
        TableWriter *writer = &writing->files[i].writer;
        if (!writing->is_open[i])
            continue;
        if (tables[i] == &table_points)
            points_rows(&writer->csv, view, row);
        else if (tables[i] == &table_sweep)
            sweep_row(&writer->csv, view, row);
        else
            add_rows(&writer->csv, row, i);
        if (!writer->spill(writer))
            return false;
    }
    return true;
}

static bool write_rows(Writing *writing)
{
    const PointsView *view = writing->output->view;
    bool is_good = true;
    for (uint64_t i = 0; is_good && i < points_view_rows(view); i++) {
        PointRow row;
        if (!points_view_load(view, i, &row, writing->error))
            return false;
        is_good = !row.is_there || write_row(writing, &row);
        point_row_clear(&row, view);
    }
    return is_good;
}

static bool write_tables(Writing *writing)
{
    bool is_written = open_tables(writing) && write_rows(writing);
    for (uint32_t i = 0; tables[i] != NULL; i++) {
        if (!writing->is_open[i])
            continue;
        /* One error is told. */
        writing->files[i].error = is_written ? writing->error : NULL;
        is_written = output_table_close(&writing->files[i]) && is_written;
    }
    return is_written;
}

/* --- everything else */

static bool write_files(const Writing *writing)
{
    const PointsOutput *output = writing->output;
    for (size_t i = 0; i < output->file_count; i++) {
        const PointsFile *file = &output->files[i];
        if (!output_text(writing->set, file->name, file->text, writing->error))
            return false;
        const GPtrArray *files = output_set_files(writing->set);
        ((OutputFile *)g_ptr_array_index(files, files->len - 1))->rows = file->rows;
    }
    return true;
}

static bool write_resolved(const Writing *writing)
{
    const PointsView *view = writing->output->view;
    for (uint32_t i = 0; i < view->design_count; i++) {
        const char *resolved = view->designs[i].topology->resolved;
        if (resolved != NULL &&
            !output_resolved(writing->set, i, view->designs[i].name, resolved, writing->error))
            return false;
    }
    return true;
}

static bool write_manifest(const Writing *writing)
{
    GString *text = g_string_new(NULL);
    manifest_print_points(text, writing->output, output_set_files(writing->set));
    bool is_written = output_text(writing->set, "manifest.json", text->str, writing->error);
    g_string_free(text, TRUE);
    return is_written;
}

static bool is_written(const OutputSet *set, const char *name)
{
    const GPtrArray *files = output_set_files(set);
    for (guint i = 0; i < files->len; i++) {
        if (strcmp(((const OutputFile *)g_ptr_array_index(files, i))->name, name) == 0)
            return true;
    }
    return false;
}

static bool remove_left_overs(const Writing *writing)
{
    for (uint32_t i = 0; tables[i] != NULL; i++) {
        if (!is_written(writing->set, tables[i]->file) &&
            !output_set_remove(writing->set, tables[i]->file, writing->error))
            return false;
    }
    return true;
}

bool points_output_write(const PointsOutput *output, const char *folder, GPtrArray *written,
                         GError **error)
{
    g_autoptr(OutputSet) set = output_set_new(folder, error);
    if (set == NULL)
        return false;
    Writing writing = {.output = output, .set = set, .error = error};
    bool is_done = write_tables(&writing) && write_files(&writing) && write_resolved(&writing) &&
                   write_manifest(&writing) && output_set_commit(set, error) &&
                   remove_left_overs(&writing) && output_remove_old_resolved(set, folder, error);
    if (is_done)
        output_list(set, written);
    return is_done;
}
