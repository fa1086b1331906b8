/* Every file of tests/bad_topologies must be refused with exactly the lines of the .txt beside it.
 * A name that ends in __<design> reads that design. */
#include <glib.h>
#include <string.h>
#include <time.h>

#include "models/topology.h"
#include "tests/support/cmocka_all.h"

#define FOLDER    "tests/bad_topologies"
#define SECONDS   5.0
#define FILES_MIN 60

static char *messages_of(const char *name, const char *design, const char *text, size_t length)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = document_parse(name, FOLDER, text, length, problems);
    g_autoptr(Topology) topology =
        document == NULL ? NULL : topology_read(document, design, problems);
    if (topology != NULL)
        return g_strdup("accepted");
    assert_true(problems->count > 0);
    return problems_format(problems);
}

static bool check_file(const char *name)
{
    g_autofree char *path = g_build_filename(FOLDER, name, NULL);
    g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
    g_autofree char *expected_path = g_strdup_printf("%s/%s.txt", FOLDER, stem);
    g_autofree char *text = NULL;
    g_autofree char *expected = NULL;
    gsize length;
    const char *design = strstr(stem, "__");
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    assert_true(g_file_get_contents(expected_path, &expected, NULL, NULL));
    clock_t start = clock();
    g_autofree char *messages = messages_of(name, design == NULL ? NULL : design + 2, text, length);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (strcmp(messages, expected) == 0 && seconds < SECONDS)
        return true;
    print_error("%s (%.1f s)\n--- expected\n%s--- got\n%s", name, seconds, expected, messages);
    return false;
}

static GPtrArray *file_names(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);
    assert_non_null(folder);
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (g_str_has_suffix(name, ".json"))
            g_ptr_array_add(names, g_strdup(name));
    }
    return names;
}

static void test_every_bad_file_is_refused_with_its_messages(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) names = file_names();
    bool is_good = true;
    assert_true(names->len >= FILES_MIN);
    for (guint i = 0; i < names->len; i++)
        is_good &= check_file(g_ptr_array_index(names, i));
    assert_true(is_good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bad_file_is_refused_with_its_messages),
    };
    return cmocka_run_group_tests_name("models/bad_topologies", tests, NULL, NULL);
}
