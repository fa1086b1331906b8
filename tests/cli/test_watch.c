/* How the program ends when it is itself wrong. */
#include "cli/watch.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/exit_code.h"
#include "sim/check.h"
#include "tests/support/cmocka_all.h"

typedef struct Ending {
    int status; /* of waitpid */
    char message[1024];
} Ending;

_Noreturn static void run_in_child(void (*work)(void), const int ends[2])
{
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    watch_prepare();
    work();
    _exit(EXIT_DONE);
}

/* Runs work in a process of its own, prepared like topple. */
static Ending ending_of(void (*work)(void))
{
    Ending ending = {.message = ""};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_in_child(work, ends);
    close(ends[1]);
    FILE *messages = fdopen(ends[0], "r");
    assert_non_null(messages);
    (void)!fread(ending.message, 1, sizeof(ending.message) - 1, messages);
    fclose(messages);
    assert_int_equal(waitpid(child, &ending.status, 0), child);
    return ending;
}

static void assert_internal_error(const Ending *ending, const char *message)
{
    assert_true(WIFEXITED(ending->status));
    assert_int_equal(WEXITSTATUS(ending->status), EXIT_INTERNAL_ERROR);
    if (strstr(ending->message, message) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", message, ending->message);
}

static void fail_a_check(void)
{
    SIM_CHECK(getpid() < 0);
}

static void test_a_failed_check_says_where_and_what_and_exits_with_70(void **state)
{
    (void)state;
    Ending ending = ending_of(fail_a_check);
    assert_internal_error(&ending, "topple: internal error at tests/cli/test_watch.c:");
    assert_internal_error(&ending, ": getpid() < 0\n");
}

static void fail_a_check_of_glib(void)
{
    g_error("no such luck");
}

static void test_a_fatal_error_of_glib_says_what_and_exits_with_70(void **state)
{
    (void)state;
    Ending ending = ending_of(fail_a_check_of_glib);
    assert_internal_error(&ending, "no such luck\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_failed_check_says_where_and_what_and_exits_with_70),
        cmocka_unit_test(test_a_fatal_error_of_glib_says_what_and_exits_with_70),
    };
    return cmocka_run_group_tests_name("cli/watch", tests, NULL, NULL);
}
