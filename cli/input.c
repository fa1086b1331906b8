#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/document.h"

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "topple: %s\n", text);
}

/* --- text */

static void text_clear(InputText *text)
{
    g_free(text->name);
    g_free(text->folder);
    g_free(text->bytes);
    *text = (InputText){0};
}

/* Only regular files: a FIFO would hang, a device would not end. */
static int open_regular(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        complain("%s: cannot be read: %s", path, g_strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        complain("%s: cannot be read: it is not a regular file", path);
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Up to one byte more than a document may have, so that a longer one is refused by the reader, with
 * its reason. */
static bool read_all(int fd, InputText *text)
{
    size_t room = DOCUMENT_BYTES_MAX + 1;
    GByteArray *bytes = g_byte_array_new();
    guint8 buffer[65536];
    ssize_t got;
    while (bytes->len < room &&
           (got = read(fd, buffer, MIN(sizeof buffer, room - bytes->len))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            complain("%s: cannot be read: %s", text->name, g_strerror(errno));
            g_byte_array_free(bytes, TRUE);
            return false;
        }
        g_byte_array_append(bytes, buffer, (guint)got);
    }
    text->length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    text->bytes = (char *)g_byte_array_free(bytes, FALSE);
    return true;
}

static bool text_read(InputText *text, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    *text = (InputText){.name = g_strdup(is_stdin ? "<stdin>" : path),
                        .folder = is_stdin ? g_strdup(".") : g_path_get_dirname(path)};
    int fd = is_stdin ? STDIN_FILENO : open_regular(path);
    if (fd < 0)
        return false;
    bool is_read = read_all(fd, text);
    if (!is_stdin)
        close(fd);
    return is_read;
}

/* --- designs */

static Document *parse(const InputText *text, const Options *options, Problems *problems)
{
    Document *document =
        document_parse(text->name, text->folder, text->bytes, text->length, problems);
    for (char **set = options->sets; document != NULL && *set != NULL; set++)
        document_set(document, *set, problems);
    return document;
}

static bool add_design(Input *input, const InputText *text, const Options *options,
                       const char *design, const char *shown_as, Problems *problems)
{
    g_autoptr(Document) document = parse(text, options, problems);
    if (document == NULL)
        return false;
    Topology *topology = topology_read(document, design, problems);
    if (topology == NULL)
        return false;
    Design added = {.name = g_strdup(shown_as), .topology = topology};
    g_array_append_val(input->designs, added);
    return true;
}

static char **designs_of(const InputText *text, const Options *options, bool all_designs,
                         Problems *problems)
{
    bool asks_for_all = options->designs != NULL && strcmp(options->designs[0], "*") == 0;
    if (options->designs != NULL && !asks_for_all)
        return g_strdupv(options->designs);
    g_autoptr(Document) document =
        all_designs || asks_for_all ? parse(text, options, problems) : NULL;
    g_auto(GStrv) names = document != NULL ? document_design_names(document) : g_new0(char *, 1);
    GPtrArray *all = g_ptr_array_new();
    g_ptr_array_add(all, g_strdup("base"));
    for (char **name = names; *name != NULL; name++)
        g_ptr_array_add(all, g_strdup(*name));
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(all, FALSE);
}

static bool has_room(Input *input, const InputText *text, size_t designs)
{
    input->bytes += text->length * designs;
    if (input->bytes <= INPUT_BYTES_MAX && input->designs->len + designs <= INPUT_DESIGNS_MAX)
        return true;
    complain("%s: too much to read: at most %u designs, of %u MiB together; --design chooses",
             text->name, INPUT_DESIGNS_MAX, INPUT_BYTES_MAX >> 20);
    return false;
}

/* What is wrong with the first would be repeated by the others; else each has its own problems. */
static bool add_designs_of_file(Input *input, const InputText *text, const Options *options,
                                bool all_designs, Problems *problems)
{
    g_auto(GStrv) names = designs_of(text, options, all_designs, problems);
    if (problems->count > 0)
        return true;
    if (!has_room(input, text, g_strv_length(names)))
        return false;
    bool is_good = add_design(input, text, options, names[0], names[0], problems);
    for (char **name = names + 1; is_good && *name != NULL && !problems_are_full(problems); name++)
        add_design(input, text, options, *name, *name, problems);
    return true;
}

static char *name_of_file(const char *path)
{
    char *name = g_path_get_basename(path);
    if (g_str_has_suffix(name, ".json"))
        name[strlen(name) - strlen(".json")] = '\0';
    return name;
}

static ExitCode tell(Problems *problems, bool has_fitted)
{
    if (!has_fitted)
        return EXIT_WRONG_INPUT;
    if (problems->count == 0)
        return EXIT_DONE;
    g_autofree char *list = problems_format(problems);
    fputs(list, stderr);
    return EXIT_WRONG_INPUT;
}

static ExitCode add_file(Input *input, const Options *options, const char *path, bool is_alone,
                         bool all_designs)
{
    g_autoptr(Problems) problems = problems_new();
    InputText *text = &input->text;
    bool has_fitted;
    if (is_alone) {
        has_fitted = add_designs_of_file(input, text, options, all_designs, problems);
    } else if ((has_fitted = has_room(input, text, 1))) {
        g_autofree char *name = name_of_file(path);
        add_design(input, text, options, NULL, name, problems);
    }
    return tell(problems, has_fitted);
}

static ExitCode read_file(Input *input, const Options *options, const char *path, bool is_alone,
                          bool all_designs)
{
    text_clear(&input->text);
    if (!text_read(&input->text, path))
        return EXIT_CANNOT_READ_OR_WRITE;
    return add_file(input, options, path, is_alone, all_designs);
}

static bool check_distinct(const Input *input)
{
    for (guint i = 0; i < input->designs->len; i++) {
        for (guint j = 0; j < i; j++) {
            const char *name = g_array_index(input->designs, Design, i).name;
            if (strcmp(name, g_array_index(input->designs, Design, j).name) != 0)
                continue;
            complain("two designs are called \"%s\"", name);
            return false;
        }
    }
    return true;
}

static void input_init(Input *input)
{
    *input = (Input){.designs = g_array_new(FALSE, FALSE, sizeof(Design))};
}

ExitCode input_read_text(Input *input, InputText text, const Options *options, bool all_designs)
{
    input_init(input);
    input->text = text;
    ExitCode code = add_file(input, options, text.name, true, all_designs);
    return code == EXIT_DONE && !check_distinct(input) ? EXIT_WRONG_INPUT : code;
}

ExitCode input_read(Input *input, const Options *options, bool all_designs)
{
    input_init(input);
    guint count = g_strv_length(options->files);
    if (count == 0) {
        complain("no topology file is given; - reads standard input");
        return EXIT_WRONG_INPUT;
    }
    if (count > 1 && options->designs != NULL) {
        complain("--design is for one file; each of several files is one design");
        return EXIT_WRONG_INPUT;
    }
    for (guint i = 0; i < count; i++) {
        ExitCode code = read_file(input, options, options->files[i], count == 1, all_designs);
        if (code != EXIT_DONE)
            return code;
    }
    return check_distinct(input) ? EXIT_DONE : EXIT_WRONG_INPUT;
}

void input_clear(Input *input)
{
    for (guint i = 0; input->designs != NULL && i < input->designs->len; i++) {
        Design *design = &g_array_index(input->designs, Design, i);
        g_free(design->name);
        topology_free(design->topology);
    }
    if (input->designs != NULL)
        g_array_free(input->designs, TRUE);
    input->designs = NULL;
    text_clear(&input->text);
}
