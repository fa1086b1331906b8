/* Small topologies that together use every feature, against results written before. When a change
 * is meant to change results, `make golden` rewrites them, and the difference is to be reviewed. */
#include <string.h>

#include "tests/support/cmocka_all.h"
#include "tests/support/outputs.h"
#include "tests/support/replications.h"

typedef struct Case {
    const char *name;
    const char *files[6]; /* those that have content to show; ends with NULL */
} Case;

static Case cases[] = {
    {"steps", {"requests.csv", "services.csv", "links.csv", NULL}},
    {"brokers", {"requests.csv", "services.csv", "links.csv", "brokers.csv", NULL}},
    {"queues", {"requests.csv", "services.csv", "links.csv", "brokers.csv", NULL}},
    {"streams", {"requests.csv", "services.csv", "brokers.csv", "events.csv", NULL}},
    {"faults", {"requests.csv", "services.csv", "links.csv", "brokers.csv", "events.csv", NULL}},
    {"retries", {"requests.csv", "services.csv", "links.csv", NULL}},
    {"links", {"requests.csv", "services.csv", "links.csv", "brokers.csv", NULL}},
    {"balancers", {"requests.csv", "services.csv", "links.csv", NULL}},
    {"workloads", {"requests.csv", "services.csv", "links.csv", NULL}},
    {"summary", {"summary.csv", "compare.csv", NULL}},
};

static char *golden_path(const char *name, const char *file)
{
    return g_build_filename("tests", "golden", name, file, NULL);
}

static void rewrite(const char *folder, const char *name, const char *file)
{
    g_autofree char *text = outputs_read(folder, file);
    g_autofree char *golden = g_build_filename("tests", "golden", name, NULL);
    g_autofree char *path = golden_path(name, file);
    assert_int_equal(g_mkdir_with_parents(golden, 0777), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void compare(const char *folder, const char *name, const char *file)
{
    g_autofree char *actual = outputs_read(folder, file);
    g_autofree char *path = golden_path(name, file);
    g_autofree char *expected = NULL;
    if (!g_file_get_contents(path, &expected, NULL, NULL))
        fail_msg("%s: cannot be read", path);
    assert_same_text(actual, expected, path);
}

static void test_results_are_those_of_before(void **state)
{
    const Case *golden = *state;
    g_autofree char *file = g_strconcat("tests/golden/", golden->name, ".json", NULL);
    Replications runs;
    replications_run_file(&runs, file, NULL, 0);
    char *folder = outputs_write(runs.result.study);
    for (const char *const *name = golden->files; *name != NULL; name++) {
        if (g_strcmp0(g_getenv("TOPPLE_GOLDEN"), "write") == 0)
            rewrite(folder, golden->name, *name);
        else
            compare(folder, golden->name, *name);
    }
    outputs_remove(folder);
    replications_clear(&runs);
}

int main(void)
{
    struct CMUnitTest tests[G_N_ELEMENTS(cases)];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
                                       .test_func = test_results_are_those_of_before,
                                       .initial_state = &cases[i]};
    return cmocka_run_group_tests_name("experiments/golden", tests, NULL, NULL);
}
