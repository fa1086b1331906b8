/* Journals: what is in them after kills, full disks and damage, and what they are of. */
#include "experiments/journal.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/cmocka_all.h"

typedef struct Fixture {
    char *folder, *path;
    JournalFact facts[3];
    JournalHead head;
} Fixture;

static char *const command_line[] = {(char *)"sweep", (char *)"a.json", NULL};

static void fixture_init(Fixture *fixture)
{
    fixture->folder = g_dir_make_tmp("topple-journal-XXXXXX", NULL);
    assert_non_null(fixture->folder);
    fixture->path = g_build_filename(fixture->folder, "inner", "sweep.journal", NULL);
    fixture->facts[0] = (JournalFact){"seed", "1"};
    fixture->facts[1] = (JournalFact){"topology", "abc"};
    fixture->facts[2] = (JournalFact){NULL, NULL};
    fixture->head = (JournalHead){.facts = fixture->facts,
                                  .command_line = command_line,
                                  .source_name = "a.json",
                                  .source_folder = ".",
                                  .source = g_bytes_new_static("{}", 2),
                                  .shard_count = 1};
}

static void fixture_clear(Fixture *fixture)
{
    g_autofree char *inner = g_path_get_dirname(fixture->path);
    g_bytes_unref(fixture->head.source);
    g_unlink(fixture->path);
    g_rmdir(inner);
    g_rmdir(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->folder);
}

static Journal *open_good(const Fixture *fixture)
{
    GError *error = NULL;
    Journal *journal = journal_open(fixture->path, &fixture->head, false, &error);
    if (journal == NULL)
        fail_msg("%s", error->message);
    return journal;
}

static void add_text(Journal *journal, uint64_t task, const char *text)
{
    g_autoptr(GBytes) record = g_bytes_new(text, strlen(text));
    assert_true(journal_add(journal, task, record, NULL));
}

static void assert_text(Journal *journal, uint64_t task, const char *text)
{
    g_autoptr(GBytes) record = journal_get(journal, task, NULL);
    assert_true((record == NULL) == (text == NULL));
    assert_int_equal(journal_has(journal, task), text != NULL);
    if (text == NULL)
        return;
    assert_int_equal(g_bytes_get_size(record), strlen(text));
    assert_memory_equal(g_bytes_get_data(record, NULL), text, strlen(text));
}

static gsize size_of(const Fixture *fixture)
{
    GStatBuf status;
    assert_int_equal(g_stat(fixture->path, &status), 0);
    return (gsize)status.st_size;
}

/* --- records */

static void test_records_are_found_again(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    add_text(journal, 7, "seven");
    add_text(journal, UINT64_MAX, "");
    add_text(journal, 0, "nought");
    journal_free(journal);
    journal = open_good(&fixture);
    assert_int_equal(journal_count(journal), 3);
    assert_text(journal, 7, "seven");
    assert_text(journal, UINT64_MAX, "");
    assert_text(journal, 0, "nought");
    assert_text(journal, 1, NULL);
    journal_free(journal);
    fixture_clear(&fixture);
}

static void test_memory_keeps_records_as_well(void **state)
{
    (void)state;
    g_autoptr(Journal) journal = journal_in_memory();
    add_text(journal, 3, "three");
    add_text(journal, 3, "another");
    assert_text(journal, 3, "three");
    assert_text(journal, 4, NULL);
    assert_int_equal(journal_count(journal), 1);
    assert_null(journal_path(journal));
}

static void test_the_first_record_of_a_task_stays(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    add_text(journal, 5, "first");
    add_text(journal, 5, "second");
    assert_text(journal, 5, "first");
    journal_free(journal);
    fixture_clear(&fixture);
}

static void test_a_finished_journal_leaves_no_file(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    assert_true(journal_finish(journal, NULL));
    assert_false(g_file_test(fixture.path, G_FILE_TEST_EXISTS));
    fixture_clear(&fixture);
}

/* --- kills */

/* Cut at every byte: what was whole before the cut is there, and the journal goes on. */
static void test_whatever_a_kill_cuts_off_the_rest_is_there(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    gsize ends[4];
    Journal *journal = open_good(&fixture);
    ends[0] = size_of(&fixture);
    for (uint64_t i = 1; i <= 3; i++) {
        add_text(journal, i, "a record");
        ends[i] = size_of(&fixture);
    }
    journal_free(journal);
    g_autofree char *whole = NULL;
    assert_true(g_file_get_contents(fixture.path, &whole, NULL, NULL));
    for (gsize cut = 0; cut <= ends[3]; cut++) {
        assert_true(g_file_set_contents(fixture.path, whole, (gssize)cut, NULL));
        journal = open_good(&fixture);
        uint64_t expected = 0;
        while (expected < 3 && ends[expected + 1] <= cut)
            expected++;
        assert_int_equal(journal_count(journal), expected);
        add_text(journal, 9, "one more");
        journal_free(journal);
        journal = open_good(&fixture);
        assert_int_equal(journal_count(journal), expected + 1);
        assert_text(journal, 9, "one more");
        journal_free(journal);
    }
    fixture_clear(&fixture);
}

static void test_a_damaged_record_and_what_follows_it_is_made_again(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    add_text(journal, 1, "a record");
    gsize end = size_of(&fixture);
    add_text(journal, 2, "a record");
    add_text(journal, 3, "a record");
    journal_free(journal);
    char *bytes;
    gsize length;
    assert_true(g_file_get_contents(fixture.path, &bytes, &length, NULL));
    bytes[end + 30] ^= 1;
    assert_true(g_file_set_contents(fixture.path, bytes, (gssize)length, NULL));
    g_free(bytes);
    journal = open_good(&fixture);
    assert_int_equal(journal_count(journal), 1);
    assert_text(journal, 1, "a record");
    assert_int_equal(size_of(&fixture), end);
    journal_free(journal);
    fixture_clear(&fixture);
}

/* --- full disks: the limit on file sizes stands in for one */

static void test_a_full_disk_loses_no_record(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    signal(SIGXFSZ, SIG_IGN);
    Journal *journal = open_good(&fixture);
    add_text(journal, 1, "a record");
    gsize end = size_of(&fixture);
    struct rlimit old, full = {end + 40, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    full.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    g_autoptr(GBytes) large = g_bytes_new_take(g_malloc0(100), 100);
    g_autoptr(GError) error = NULL;
    assert_false(journal_add(journal, 2, large, &error));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_non_null(strstr(error->message, "sweep.journal: cannot write: "));
    assert_int_equal(error->code, JOURNAL_ERROR_FILE);
    assert_int_equal(size_of(&fixture), end);
    assert_true(journal_add(journal, 2, large, NULL));
    assert_text(journal, 1, "a record");
    journal_free(journal);
    fixture_clear(&fixture);
}

/* --- whose it is */

static void assert_refused(const Fixture *fixture, JournalError code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Journal) journal = journal_open(fixture->path, &fixture->head, false, &error);
    assert_null(journal);
    assert_int_equal(error->code, code);
    g_autofree char *whole = g_strconcat(fixture->path, ": ", message, NULL);
    assert_string_equal(error->message, whole);
}

static void test_a_journal_of_something_else_is_refused_and_kept(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    add_text(journal, 1, "a record");
    journal_free(journal);
    fixture.facts[0].value = "2";
    assert_refused(&fixture, JOURNAL_ERROR_OTHER, "is of another seed: 1, not 2");
    fixture.facts[0].value = "1";
    fixture.facts[1].value = "xyz";
    assert_refused(&fixture, JOURNAL_ERROR_OTHER, "is of another topology: abc, not xyz");
    fixture.facts[1].value = "abc";
    fixture.head.shard_count = 3;
    fixture.head.shard = 1;
    assert_refused(&fixture, JOURNAL_ERROR_OTHER, "is of another shard: 1/1, not 2/3");
    fixture.head.shard_count = 1;
    fixture.head.shard = 0;
    journal = open_good(&fixture);
    assert_text(journal, 1, "a record");
    journal_free(journal);
    fixture_clear(&fixture);
}

static void test_anew_throws_away_what_is_there(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    add_text(journal, 1, "a record");
    journal_free(journal);
    fixture.facts[0].value = "2";
    journal = journal_open(fixture.path, &fixture.head, true, NULL);
    assert_non_null(journal);
    assert_int_equal(journal_count(journal), 0);
    journal_free(journal);
    journal = open_good(&fixture);
    journal_free(journal);
    fixture_clear(&fixture);
}

static void test_two_cannot_write_the_same_journal(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    assert_refused(&fixture, JOURNAL_ERROR_LOCKED, "another topple is writing it");
    journal_free(journal);
    journal = open_good(&fixture);
    journal_free(journal);
    fixture_clear(&fixture);
}

static void test_another_file_is_no_journal(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    journal_free(open_good(&fixture));
    assert_true(g_file_set_contents(fixture.path, "topology,design\n", -1, NULL));
    assert_refused(&fixture, JOURNAL_ERROR_NONE, "is no journal of this version of topple");
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(fixture.path, &text, NULL, NULL));
    assert_string_equal(text, "topology,design\n");
    fixture_clear(&fixture);
}

static void test_a_damaged_head_is_not_taken_for_a_new_journal(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    Journal *journal = open_good(&fixture);
    add_text(journal, 1, "a record");
    journal_free(journal);
    char *bytes;
    gsize length;
    assert_true(g_file_get_contents(fixture.path, &bytes, &length, NULL));
    bytes[30] ^= 1;
    assert_true(g_file_set_contents(fixture.path, bytes, (gssize)length, NULL));
    g_free(bytes);
    assert_refused(&fixture, JOURNAL_ERROR_NONE, "its head is damaged");
    fixture_clear(&fixture);
}

static void test_who_reads_a_journal_learns_what_it_is_of(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    fixture.head.shard = 1;
    fixture.head.shard_count = 4;
    Journal *journal = open_good(&fixture);
    add_text(journal, 1, "a record");
    journal_free(journal);
    g_autoptr(Journal) read = journal_read(fixture.path, NULL);
    assert_non_null(read);
    const JournalHead *head = journal_head(read);
    assert_string_equal(head->command_line[1], "a.json");
    assert_null(head->command_line[2]);
    assert_string_equal(head->source_name, "a.json");
    assert_string_equal(head->source_folder, ".");
    assert_int_equal(g_bytes_get_size(head->source), 2);
    assert_int_equal(head->shard, 1);
    assert_int_equal(head->shard_count, 4);
    g_autofree char *difference = journal_difference(head, &fixture.head);
    assert_null(difference);
    assert_text(read, 1, "a record");
    fixture_clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_are_found_again),
        cmocka_unit_test(test_memory_keeps_records_as_well),
        cmocka_unit_test(test_the_first_record_of_a_task_stays),
        cmocka_unit_test(test_a_finished_journal_leaves_no_file),
        cmocka_unit_test(test_whatever_a_kill_cuts_off_the_rest_is_there),
        cmocka_unit_test(test_a_damaged_record_and_what_follows_it_is_made_again),
        cmocka_unit_test(test_a_full_disk_loses_no_record),
        cmocka_unit_test(test_a_journal_of_something_else_is_refused_and_kept),
        cmocka_unit_test(test_anew_throws_away_what_is_there),
        cmocka_unit_test(test_two_cannot_write_the_same_journal),
        cmocka_unit_test(test_another_file_is_no_journal),
        cmocka_unit_test(test_a_damaged_head_is_not_taken_for_a_new_journal),
        cmocka_unit_test(test_who_reads_a_journal_learns_what_it_is_of),
    };
    return cmocka_run_group_tests_name("experiments/journal", tests, NULL, NULL);
}
