/* What the parts of the topology reader share. */
#ifndef TOPPLE_MODELS_READER_H
#define TOPPLE_MODELS_READER_H

#include <stddef.h>

#include "models/arena.h"
#include "models/document.h"
#include "models/keys.h"
#include "models/problems.h"
#include "models/spec.h"
#include "sim/count.h"
#include "sim/distribution/distribution.h"

/* All values in files that a topology names, together; a file has at most FILE_BYTES_MAX. */
#define FILE_VALUES_MAX 10000000u
#define FILE_BYTES_MAX  (64u << 20)

struct ReadContext {
    Arena *arena; /* owns what is read */
    Problems *problems;
    Document *document;
    size_t file_values; /* read from files so far */
};

/* A duration string or 0 (a constant), or an object with `dist`. Owned by the context's arena. */
bool distribution_read(const Spec *spec, ReadContext *context, const Distribution **distribution);

/* An integer from min to max, or an object with `dist`. Owned by the context's arena. Draws are not
 * held to the limits. */
bool count_read(const Spec *spec, ReadContext *context, uint32_t min, uint32_t max,
                const Count **count);

/* Reads a text file line by line, for files of numbers. Only regular files are opened. Problems
 * (cannot be read, too long) are reported at the value that names the file. */
typedef struct LineFile LineFile;

LineFile *line_file_open(const Spec *spec);
void line_file_close(LineFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineFile, line_file_close)

/* The next line that is not blank, without surrounding blanks, good until the next call. NULL at
 * the end and after a problem, told apart by line_file_failed. */
const char *line_file_next(LineFile *file);
bool line_file_failed(const LineFile *file);

/* Reports "<path>:<line>: <message>" for the line last read. Always returns false. */
bool line_file_problem(LineFile *file, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
