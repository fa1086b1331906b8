#include "tests/support/outputs.h"

#include <glib/gstdio.h>
#include <string.h>

#include "reports/output.h"
#include "tests/support/cmocka_all.h"

char *outputs_write(const Study *study)
{
    static const char *const none[] = {NULL};
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("topple-test-XXXXXX", &error);
    if (folder == NULL)
        fail_msg("%s", error->message);
    Provenance provenance = {
        .version = "topple", .libraries = none, .command_line = none, .is_complete = true};
    if (!output_write(study, &provenance, folder, NULL, &error))
        fail_msg("%s", error->message);
    return folder;
}

static GPtrArray *files_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    assert_non_null(dir);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(names, g_strdup(name));
    return names;
}

void outputs_remove(char *folder)
{
    g_autoptr(GPtrArray) names = files_in(folder);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

char *outputs_read(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("%s: cannot be read", path);
    return text;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *outputs_read_all(const char *folder)
{
    g_autoptr(GPtrArray) names = files_in(folder);
    g_ptr_array_sort(names, compare_names);
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        if (strcmp(name, "manifest.json") == 0)
            continue;
        g_autofree char *text = outputs_read(folder, name);
        g_string_append_printf(all, "# %s\n%s", name, text);
    }
    return g_string_free(all, FALSE);
}

void assert_same_text(const char *actual, const char *expected, const char *what)
{
    if (strcmp(actual, expected) == 0)
        return;
    g_auto(GStrv) left = g_strsplit(actual, "\n", -1);
    g_auto(GStrv) right = g_strsplit(expected, "\n", -1);
    int line = 0;
    while (left[line] != NULL && right[line] != NULL && strcmp(left[line], right[line]) == 0)
        line++;
    fail_msg("%s, line %d:\n%s\nbut expected\n%s", what, line + 1,
             left[line] == NULL ? "(the end)" : left[line],
             right[line] == NULL ? "(the end)" : right[line]);
}
