#include "cli/watch.h"

#include <glib.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/exit_code.h"

#define SHOW_AFTER_S 0.5
#define SHOW_EVERY_S 0.2
#define BAR_WIDTH    24

/* The only state outside of arguments in topple: a signal handler has nothing else to write to. */
static atomic_int stop_signal;

#define STOPPED_BY_WALL (-1)

static void on_stop(int number)
{
    if (atomic_exchange(&stop_signal, number) > 0)
        _exit(128 + number);
}

static void on_abort(int number)
{
    (void)number;
    _exit(EXIT_INTERNAL_ERROR);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static double now_s(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

void watch_prepare(void)
{
    handle(SIGABRT, on_abort);
    handle(SIGTRAP, on_abort);
    handle(SIGPIPE, SIG_IGN);
    handle(SIGXFSZ, SIG_IGN);
}

/* https://no-color.org: set, and not empty. */
static bool wants_color(void)
{
    const char *setting = g_getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && (setting == NULL || setting[0] == '\0');
}

void watch_start(Watch *watch, const Options *options)
{
    *watch = (Watch){
        .stop = &stop_signal,
        .shows_progress = !options->is_quiet && isatty(STDERR_FILENO),
        .has_color = wants_color(),
        .started_s = now_s(),
        .max_wall_s = options->max_wall_s,
    };
    handle(SIGINT, on_stop);
    handle(SIGTERM, on_stop);
}

double watch_elapsed_s(const Watch *watch)
{
    return now_s() - watch->started_s;
}

/* "7 s", "12 min", "3 h 05 min" */
static char *time_display(double seconds)
{
    double minutes = seconds / 60;
    if (seconds < 100)
        return g_strdup_printf("%.0f s", seconds);
    if (minutes < 100)
        return g_strdup_printf("%.0f min", minutes);
    return g_strdup_printf("%.0f h %02d min", floor(minutes / 60), (int)minutes % 60);
}

static void show(Watch *watch, double done, const char *counts)
{
    double elapsed = watch_elapsed_s(watch), made = done - watch->first_share;
    g_autofree char *left = made > 0 ? time_display(elapsed / made * (1 - done)) : g_strdup("? s");
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < (int)(done * BAR_WIDTH) ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r%s %3.0f %%%s  %s left \033[K", bar, done * 100, counts, left);
    fflush(stderr);
    watch->has_line = true;
}

/* Whether a line is due; looks at the clock on the wall. */
static bool looks(Watch *watch, double done)
{
    double elapsed = watch_elapsed_s(watch);
    if (watch->max_wall_s > 0 && elapsed >= watch->max_wall_s) {
        watch->hit_wall = true;
        int none = 0;
        atomic_compare_exchange_strong(watch->stop, &none, STOPPED_BY_WALL);
    }
    if (!watch->has_looked)
        watch->first_share = done;
    watch->has_looked = true;
    if (!watch->shows_progress || elapsed < SHOW_AFTER_S || elapsed - watch->shown_s < SHOW_EVERY_S)
        return false;
    watch->shown_s = elapsed;
    return true;
}

void watch_tick(void *context, double done)
{
    Watch *watch = context;
    if (looks(watch, done))
        show(watch, done, "");
}

void watch_points(Watch *watch, double done, uint64_t count, uint64_t of, const char *things)
{
    if (!looks(watch, done))
        return;
    g_autofree char *counts =
        g_strdup_printf("  %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s", count, of, things);
    show(watch, done, counts);
}

int watch_end(Watch *watch)
{
    if (watch->has_line)
        fputs("\r\033[K", stderr);
    watch->has_line = false;
    int number = atomic_load(&stop_signal);
    return number > 0 ? number : 0;
}
