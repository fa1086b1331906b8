/* Files of numbers that a topology names. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/reader/reader.h"

#define LINE_BYTES_MAX 4096

struct LineFile {
    Spec spec; /* the value that names the file; its parents outlive this */
    char *name;
    FILE *stream;
    size_t line;
    bool has_failed;
    char buffer[LINE_BYTES_MAX + 2]; /* with LF and NUL */
};

static bool file_problem(LineFile *file, const char *reason)
{
    file->has_failed = true;
    return spec_problem(&file->spec, "cannot read \"%s\": %s", file->name, reason);
}

/* Opens without waiting, so that a pipe without a writer cannot hold the reader up. */
static bool open_regular(LineFile *file, const char *path)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return file_problem(file, g_strerror(errno));
    const char *fault = NULL;
    if (fstat(descriptor, &status) != 0)
        fault = g_strerror(errno);
    else if (!S_ISREG(status.st_mode))
        fault = "it is no regular file";
    else if (status.st_size > (off_t)FILE_BYTES_MAX)
        fault = "it is larger than 64 MiB";
    else if ((file->stream = fdopen(descriptor, "r")) == NULL)
        fault = g_strerror(errno);
    if (fault == NULL)
        return true;
    close(descriptor);
    return file_problem(file, fault);
}

LineFile *line_file_open(const Spec *spec)
{
    const char *name;
    if (!spec_get_string(spec, &name))
        return NULL;
    LineFile *file = g_new0(LineFile, 1);
    file->spec = *spec;
    file->name = g_strdup(name);
    g_autofree char *path = spec_resolve_path(spec, name);
    if (!open_regular(file, path))
        g_clear_pointer(&file, line_file_close);
    return file;
}

void line_file_close(LineFile *file)
{
    if (file == NULL)
        return;
    if (file->stream != NULL)
        fclose(file->stream);
    g_free(file->name);
    g_free(file);
}

bool line_file_problem(LineFile *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    file->has_failed = true;
    return spec_problem(&file->spec, "%s:%zu: %s", file->name, file->line, message);
}

bool line_file_failed(const LineFile *file)
{
    return file->has_failed;
}

/* The line in the buffer without what surrounds it; NULL with a problem if it is no text. */
static char *checked_line(LineFile *file)
{
    size_t length = strlen(file->buffer);
    bool is_whole = (length > 0 && file->buffer[length - 1] == '\n') || feof(file->stream);
    if (!is_whole && length > LINE_BYTES_MAX)
        line_file_problem(file, "the line is longer than %d bytes", LINE_BYTES_MAX);
    else if (!is_whole)
        line_file_problem(file, "the line contains a NUL byte");
    else if (!g_utf8_validate(file->buffer, -1, NULL))
        line_file_problem(file, "the line is not UTF-8");
    return file->has_failed ? NULL : g_strstrip(file->buffer);
}

const char *line_file_next(LineFile *file)
{
    while (!file->has_failed && fgets(file->buffer, sizeof file->buffer, file->stream) != NULL) {
        file->line++;
        const char *line = checked_line(file);
        if (line != NULL)
            document_add_data(file->spec.document, line);
        if (line == NULL || line[0] != '\0')
            return line;
    }
    if (!file->has_failed && ferror(file->stream))
        file_problem(file, g_strerror(errno));
    return NULL;
}
