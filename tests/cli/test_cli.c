/* Command lines, and what they answer: exit code, standard output, standard error. cases.txt holds
 * them, and says how. */
#include <cjson/cJSON.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/cmocka_all.h"

typedef struct Stream {
    GString *exact;
    GPtrArray *parts; /* borrowed texts that must appear */
    bool is_loose;
} Stream;

typedef struct Case {
    const char *command;
    int code;
    Stream out, err;
} Case;

static void stream_init(Stream *stream)
{
    *stream = (Stream){.exact = g_string_new(NULL), .parts = g_ptr_array_new()};
}

static void stream_clear(Stream *stream)
{
    g_string_free(stream->exact, TRUE);
    g_ptr_array_free(stream->parts, TRUE);
}

static void stream_add(Stream *stream, const char *line)
{
    if (line[1] == '*') {
        stream->is_loose = true;
        g_ptr_array_add(stream->parts, (gpointer)(guintptr)(line + 3));
        return;
    }
    g_string_append_printf(stream->exact, "%s\n", line[1] == '\0' ? "" : line + 2);
}

static bool stream_matches(const Stream *stream, const char *text)
{
    for (guint i = 0; i < stream->parts->len; i++) {
        if (strstr(text, stream->parts->pdata[i]) == NULL)
            return false;
    }
    return stream->is_loose || strcmp(stream->exact->str, text) == 0;
}

/* Handlers are there when the last digit of the caught signals has SIGINT's bit; then it starts. */
static const char *const functions =
    "running() { until grep -q 'SigCgt:.*[2367abef]$' /proc/$1/status; do sleep 0.05; done; "
    "sleep 0.2; }\n";

static bool run_case(const Case *what, const char *folder)
{
    g_autofree char *script = g_strconcat(functions, what->command, NULL);
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    g_auto(GStrv) environment = g_get_environ();
    g_autofree char *path = g_strdup_printf(".:%s", g_environ_getenv(environment, "PATH"));
    environment = g_environ_setenv(environment, "PATH", path, TRUE);
    environment = g_environ_setenv(environment, "T", folder, TRUE);
    g_autofree char *out = NULL, *err = NULL;
    int status;
    if (!g_spawn_sync(NULL, (char **)(guintptr)arguments, environment, G_SPAWN_DEFAULT, NULL, NULL,
                      &out, &err, &status, NULL))
        return false;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == what->code && stream_matches(&what->out, out) && stream_matches(&what->err, err))
        return true;
    print_error("$ %s\nexit %d, expected %d\nstdout:\n%s\nstderr:\n%s\n", what->command, code,
                what->code, out, err);
    return false;
}

static char *empty_folder(void)
{
    char *folder = g_dir_make_tmp("topple-cli-XXXXXX", NULL);
    assert_non_null(folder);
    return folder;
}

static void remove_folder(const char *folder)
{
    g_autofree char *quoted = g_shell_quote(folder);
    g_autofree char *command = g_strdup_printf("chmod -R u+w %s; rm -rf %s", quoted, quoted);
    assert_int_equal(system(command), 0);
}

static guint finish_case(Case *what, const char *folder)
{
    guint failed = what->command != NULL && !run_case(what, folder) ? 1 : 0;
    stream_clear(&what->out);
    stream_clear(&what->err);
    return failed;
}

static void case_init(Case *what, const char *command)
{
    what->command = command;
    what->code = 0;
    stream_init(&what->out);
    stream_init(&what->err);
}

static void test_every_command_line_answers_as_written(void **state)
{
    (void)state;
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents("tests/cli/cases.txt", &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *folder = empty_folder();
    guint failed = 0, count = 0;
    Case what;
    case_init(&what, NULL);
    for (char **line = lines; *line != NULL; line++) {
        if ((*line)[0] == '$') {
            failed += finish_case(&what, folder);
            case_init(&what, *line + 2);
            count++;
        } else if ((*line)[0] == '=') {
            what.code = atoi(*line + 2);
        } else if ((*line)[0] == '>') {
            stream_add(&what.out, *line);
        } else if ((*line)[0] == '!') {
            stream_add(&what.err, *line);
        }
    }
    failed += finish_case(&what, folder);
    remove_folder(folder);
    assert_true(count > 30);
    assert_int_equal(failed, 0);
}

/* The commands in fenced sh blocks of a page, one a line. */
static GPtrArray *commands_of(const char *page)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(page, &text, NULL, NULL));
    GPtrArray *commands = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool is_inside = false;
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "```"))
            is_inside = !is_inside && strcmp(*line, "```sh") == 0;
        else if (is_inside && (*line)[0] != '\0' && (*line)[0] != '#')
            g_ptr_array_add(commands, g_strdup(*line));
    }
    return commands;
}

/* make demo and make test would run this test again; what they do is tested by running them. */
static bool is_set_up(const char *command)
{
    return g_str_has_prefix(command, "make") || g_str_has_prefix(command, "sudo make");
}

static void assert_commands_work(const char *page)
{
    g_autoptr(GPtrArray) commands = commands_of(page);
    g_autofree char *folder = empty_folder();
    for (guint i = 0; i < commands->len; i++) {
        if (is_set_up(commands->pdata[i]))
            continue;
        Case what;
        case_init(&what, commands->pdata[i]);
        what.out.is_loose = what.err.is_loose = true;
        assert_int_equal(finish_case(&what, folder), 0);
    }
    remove_folder(folder);
}

static void test_every_command_of_the_manual_works(void **state)
{
    (void)state;
    assert_commands_work("README.md");
    assert_commands_work("docs/patterns.md");
    assert_commands_work("docs/communication-styles.md");
    assert_commands_work("docs/experiments.md");
}

/* What a command prints, to be freed; it must succeed. */
static char *output_of(const char *command)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    char *out = NULL;
    int status;
    assert_true(g_spawn_sync(NULL, (char **)(guintptr)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                             &out, NULL, &status, NULL));
    assert_int_equal(status, 0);
    return out;
}

static void assert_json(const char *text)
{
    cJSON *tree = cJSON_ParseWithOpts(text, NULL, true);
    assert_non_null(tree);
    cJSON_Delete(tree);
}

static void test_what_is_called_json_is_json(void **state)
{
    (void)state;
    g_autofree char *folder = empty_folder();
    g_autofree char *command =
        g_strdup_printf("./topple compare tests/cli/tiny.json --format json --out %s", folder);
    g_autofree char *report = output_of(command);
    assert_json(report);
    const char *const names[] = {"manifest.json", "topology.resolved.json",
                                 "topology.resolved.wide.json"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        assert_json(text);
    }
    remove_folder(folder);
}

static char *bytes_with_threads(int threads)
{
    g_autofree char *folder = empty_folder();
    g_autofree char *command = g_strdup_printf(
        "./topple compare tests/cli/tiny.json --replications 5 --threads %d --out %s >/dev/null && "
        "cd %s && cat *.csv topology.resolved.json",
        threads, folder, folder);
    char *out = output_of(command);
    remove_folder(folder);
    return out;
}

static void test_any_number_of_threads_writes_the_same_bytes(void **state)
{
    (void)state;
    g_autofree char *one = bytes_with_threads(1);
    assert_true(strlen(one) > 10000);
    for (int threads = 2; threads <= 3; threads++) {
        g_autofree char *other = bytes_with_threads(threads);
        assert_string_equal(one, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_line_answers_as_written),
        cmocka_unit_test(test_every_command_of_the_manual_works),
        cmocka_unit_test(test_what_is_called_json_is_json),
        cmocka_unit_test(test_any_number_of_threads_writes_the_same_bytes),
    };
    return cmocka_run_group_tests_name("cli/cli", tests, NULL, NULL);
}
