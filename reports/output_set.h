/* Files of one folder that appear together: written to temporary names, flushed to the disk,
 * renamed by output_set_commit. Until then nothing of the folder changes, and freeing the set
 * removes what was begun. */
#ifndef TOPPLE_REPORTS_OUTPUT_SET_H
#define TOPPLE_REPORTS_OUTPUT_SET_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct OutputFile {
    char *name;      /* in the folder */
    char *path;      /* that it will have */
    char *temporary; /* path; NULL once renamed */
    FILE *stream;    /* NULL once closed */
    GChecksum *sha256;
    uint64_t rows; /* the writer's to fill in */
} OutputFile;

typedef struct OutputSet OutputSet;

/* Makes the folder, with its parents, if it is not there. */
OutputSet *output_set_new(const char *folder, GError **error);
void output_set_free(OutputSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutputSet, output_set_free)

/* Borrowed from the set. NULL if it cannot be made. */
OutputFile *output_set_open(OutputSet *set, const char *name, GError **error);
bool output_file_write(OutputFile *file, const char *text, size_t length, GError **error);

/* After the last write. */
bool output_file_close(OutputFile *file, GError **error);

bool output_set_commit(OutputSet *set, GError **error);

/* In the order of opening. */
const GPtrArray *output_set_files(const OutputSet *set);

/* Removes a file of the folder, if there is one: what an earlier run left. */
bool output_set_remove(OutputSet *set, const char *name, GError **error);

#endif
