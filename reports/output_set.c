#include "reports/output_set.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

struct OutputSet {
    char *folder;
    GPtrArray *files; /* of OutputFile */
};

static bool fail(const char *doing, const char *path, int number, GError **error)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s: %s", path,
                doing, g_strerror(number));
    return false;
}

OutputSet *output_set_new(const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0777) != 0) {
        fail("cannot make the folder", folder, errno, error);
        return NULL;
    }
    OutputSet *set = g_new0(OutputSet, 1);
    set->folder = g_strdup(folder);
    set->files = g_ptr_array_new();
    return set;
}

static void file_free(OutputFile *file)
{
    if (file->stream != NULL)
        fclose(file->stream);
    if (file->temporary != NULL)
        g_unlink(file->temporary);
    g_free(file->temporary);
    g_free(file->path);
    g_free(file->name);
    g_checksum_free(file->sha256);
    g_free(file);
}

void output_set_free(OutputSet *set)
{
    if (set == NULL)
        return;
    for (guint i = 0; i < set->files->len; i++)
        file_free(g_ptr_array_index(set->files, i));
    g_ptr_array_free(set->files, TRUE);
    g_free(set->folder);
    g_free(set);
}

OutputFile *output_set_open(OutputSet *set, const char *name, GError **error)
{
    g_autofree char *hidden = g_strconcat(".", name, ".XXXXXX", NULL);
    g_autofree char *path = g_build_filename(set->folder, hidden, NULL);
    int descriptor = g_mkstemp_full(path, O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        fail("cannot make a file", set->folder, errno, error);
        return NULL;
    }
    OutputFile *file = g_new0(OutputFile, 1);
    file->name = g_strdup(name);
    file->path = g_build_filename(set->folder, name, NULL);
    file->temporary = g_steal_pointer(&path);
    file->sha256 = g_checksum_new(G_CHECKSUM_SHA256);
    g_ptr_array_add(set->files, file);
    file->stream = fdopen(descriptor, "wb");
    if (file->stream == NULL) {
        fail("cannot open", file->path, errno, error);
        close(descriptor);
        return NULL;
    }
    return file;
}

bool output_file_write(OutputFile *file, const char *text, size_t length, GError **error)
{
    if (fwrite(text, 1, length, file->stream) != length)
        return fail("cannot write", file->path, errno, error);
    g_checksum_update(file->sha256, (const guchar *)text, (gssize)length);
    return true;
}

bool output_file_close(OutputFile *file, GError **error)
{
    bool is_flushed = fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0;
    int number = errno;
    bool is_closed = fclose(file->stream) == 0;
    number = is_flushed ? errno : number;
    file->stream = NULL;
    if (!is_flushed || !is_closed)
        return fail("cannot write", file->path, number, error);
    return true;
}

/* The new names, too, are to survive a power cut. Some file systems cannot flush a folder; the
 * files themselves are flushed. */
static void flush_folder(const char *folder)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

bool output_set_commit(OutputSet *set, GError **error)
{
    for (guint i = 0; i < set->files->len; i++) {
        OutputFile *file = g_ptr_array_index(set->files, i);
        if (g_rename(file->temporary, file->path) != 0)
            return fail("cannot replace", file->path, errno, error);
        g_clear_pointer(&file->temporary, g_free);
    }
    flush_folder(set->folder);
    return true;
}

const GPtrArray *output_set_files(const OutputSet *set)
{
    return set->files;
}

bool output_set_remove(OutputSet *set, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(set->folder, name, NULL);
    if (g_unlink(path) != 0 && errno != ENOENT)
        return fail("cannot remove", path, errno, error);
    return true;
}
