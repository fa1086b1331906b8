#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "reports/output.h"
#include "tests/reports/small_study.h"
#include "tests/support/cmocka_all.h"

static const char *const libraries[] = {"glib", "2.74.6", NULL};
static const char *const command_line[] = {"topple", "compare", "say \"shop\".json", NULL};
static const Provenance provenance = {
    .version = "topple 0", .libraries = libraries, .command_line = command_line, .wall_s = 1.5};

static int set_up(void **state)
{
    *state = g_dir_make_tmp("topple-XXXXXX", NULL);
    return *state == NULL;
}

static guint count_files(const char *folder)
{
    guint count = 0;
    GDir *dir = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(dir) != NULL)
        count++;
    g_dir_close(dir);
    return count;
}

static int tear_down(void **state)
{
    GDir *dir = g_dir_open(*state, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(*state, name, NULL);
        g_remove(path);
    }
    g_dir_close(dir);
    g_rmdir(*state);
    g_free(*state);
    return 0;
}

static SmallStudy *study_of(uint32_t variants)
{
    SmallStudy *small = small_study_new(variants);
    for (uint32_t i = 0; i < variants; i++) {
        for (uint32_t k = 0; k < 3; k++)
            small_study_constant_run(small, i, k, 10 + i + k, 20);
    }
    return small;
}

static char *read_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("%s is not there", name);
    return text;
}

static bool has_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void write_all(const Study *study, const char *folder, GPtrArray *written)
{
    GError *error = NULL;
    if (!output_write(study, &provenance, folder, written, &error))
        fail_msg("%s", error->message);
}

static void test_all_files_of_a_comparison_are_written(void **state)
{
    SmallStudy *small = study_of(2);
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    write_all(small->study, *state, written);
    static const char *const names[] = {
        "summary.csv",  "requests.csv",   "services.csv",           "links.csv",
        "brokers.csv",  "timeseries.csv", "percentiles.csv",        "events.csv",
        "compare.csv",  "outcomes.csv",   "topology.resolved.json", "topology.resolved.queue.json",
        "manifest.json"};
    assert_int_equal(written->len, G_N_ELEMENTS(names));
    for (guint i = 0; i < written->len; i++) {
        assert_string_equal(g_ptr_array_index(written, i), names[i]);
        assert_true(has_file(*state, names[i]));
    }
    assert_int_equal(count_files(*state), G_N_ELEMENTS(names));
    small_study_free(small);
}

static void test_a_row_of_the_wide_table_is_what_happened(void **state)
{
    SmallStudy *small = study_of(1);
    write_all(small->study, *state, NULL);
    g_autofree char *text = read_file(*state, "requests.csv");
    assert_non_null(strstr(
        text, "\nshop,base,,2,7,users,front.home,all,20,20,20,0,0,0,0,0,2,2,2,1,12,0,12,12,12,12,"
              "12,12,,,,\n"));
    g_autofree char *series = read_file(*state, "timeseries.csv");
    assert_non_null(strstr(series, "\nshop,base,,0,7,workload,users,9,10,2,2,2,0,0,0,0,2,2,2,1,10,"
                                   "10,10,10,"));
    small_study_free(small);
}

static void test_every_row_has_as_many_cells_as_the_header(void **state)
{
    SmallStudy *small = study_of(2);
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    write_all(small->study, *state, written);
    for (guint i = 0; i < written->len; i++) {
        const char *name = g_ptr_array_index(written, i);
        if (!g_str_has_suffix(name, ".csv"))
            continue;
        g_autofree char *text = read_file(*state, name);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        guint last = g_strv_length(lines) - 1;
        assert_string_equal(lines[last], "");
        g_auto(GStrv) header = g_strsplit(lines[0], ",", -1);
        for (guint k = 1; k < last; k++) {
            g_auto(GStrv) cells = g_strsplit(lines[k], ",", -1);
            assert_int_equal(g_strv_length(cells), g_strv_length(header));
        }
    }
    small_study_free(small);
}

static void test_the_same_study_gives_the_same_bytes(void **state)
{
    SmallStudy *small = study_of(2);
    write_all(small->study, *state, NULL);
    g_autofree char *first = read_file(*state, "manifest.json");
    write_all(small->study, *state, NULL);
    g_autofree char *second = read_file(*state, "manifest.json");
    assert_string_equal(first, second); /* it holds the hashes of all others */
    small_study_free(small);
}

static void test_the_manifest_holds_hash_and_rows_of_each_file(void **state)
{
    SmallStudy *small = study_of(1);
    write_all(small->study, *state, NULL);
    g_autofree char *manifest = read_file(*state, "manifest.json");
    g_autofree char *summary = read_file(*state, "summary.csv");
    g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, summary, -1);
    unsigned rows = 0;
    for (const char *c = summary; *c != '\0'; c++)
        rows += *c == '\n';
    g_autofree char *entry = g_strdup_printf("      \"name\": \"summary.csv\",\n"
                                             "      \"rows\": %u,\n"
                                             "      \"sha256\": \"%s\"\n",
                                             rows - 1, sha256);
    assert_non_null(strstr(manifest, entry));
    assert_non_null(strstr(manifest, "\"say \\\"shop\\\".json\""));
    assert_non_null(strstr(manifest, "\"complete\": false"));
    small_study_free(small);
}

static void test_what_an_earlier_run_left_and_this_one_has_not_is_removed(void **state)
{
    SmallStudy *two = study_of(2), *one = study_of(1);
    write_all(two->study, *state, NULL);
    assert_true(has_file(*state, "compare.csv"));
    write_all(one->study, *state, NULL);
    assert_false(has_file(*state, "compare.csv"));
    small_study_free(two);
    small_study_free(one);
}

static void test_a_folder_below_a_file_is_refused_by_name(void **state)
{
    SmallStudy *small = study_of(1);
    g_autofree char *file = g_build_filename(*state, "file", NULL);
    g_autofree char *folder = g_build_filename(file, "out", NULL);
    assert_true(g_file_set_contents(file, "x", 1, NULL));
    GError *error = NULL;
    assert_false(output_write(small->study, &provenance, folder, NULL, &error));
    assert_true(g_str_has_prefix(error->message, folder));
    g_error_free(error);
    assert_false(output_write(small->study, &provenance, folder, NULL, NULL));
    small_study_free(small);
}

/* A file size limit stands in for a full disk: both make write or flush fail. */
static void test_a_full_disk_leaves_the_folder_as_it_was(void **state)
{
    SmallStudy *small = study_of(2);
    g_autofree char *old = g_build_filename(*state, "summary.csv", NULL);
    assert_true(g_file_set_contents(old, "old", 3, NULL));
    struct rlimit before, tight;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 5000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    GError *error = NULL;
    setrlimit(RLIMIT_FSIZE, &tight);
    bool is_written = output_write(small->study, &provenance, *state, NULL, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_false(is_written);
    assert_true(g_str_has_prefix(error->message, *state));
    g_error_free(error);
    g_autofree char *text = read_file(*state, "summary.csv");
    assert_string_equal(text, "old");
    assert_int_equal(count_files(*state), 1);
    small_study_free(small);
}

static void test_points_name_what_was_varied(void **state)
{
    SmallShop *shop = small_shop_new();
    Study *study = study_new(1);
    const StudyParameter parameter = {"/links/a -> b/timeout", "\"1s\""};
    StudyVariant variant = {.design = "base",
                            .point = "0",
                            .topology = &shop->topology,
                            .parameters = &parameter,
                            .parameter_count = 1};
    study_add_variant(study, &variant);
    write_all(study, *state, NULL);
    g_autofree char *text = read_file(*state, "points.csv");
    assert_string_equal(text, "topology,design,point,parameter,value\n"
                              "shop,base,0,/links/a -> b/timeout,\"\"\"1s\"\"\"\n");
    study_free(study);
    small_shop_free(shop);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_files_of_a_comparison_are_written),
        TEST(test_a_row_of_the_wide_table_is_what_happened),
        TEST(test_every_row_has_as_many_cells_as_the_header),
        TEST(test_the_same_study_gives_the_same_bytes),
        TEST(test_the_manifest_holds_hash_and_rows_of_each_file),
        TEST(test_what_an_earlier_run_left_and_this_one_has_not_is_removed),
        TEST(test_a_folder_below_a_file_is_refused_by_name),
        TEST(test_a_full_disk_leaves_the_folder_as_it_was),
        TEST(test_points_name_what_was_varied),
    };
    return cmocka_run_group_tests_name("reports/output", tests, NULL, NULL);
}
