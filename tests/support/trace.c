#include "tests/support/trace.h"

#include <string.h>

#include "models/world.h"
#include "tests/support/topology_text.h"

typedef struct Trace {
    const Topology *topology;
    GString *lines;
    char **only;
    bool tells_messages_apart;
} Trace;

static void line(Trace *trace, SimTime time, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void line(Trace *trace, SimTime time, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    bool is_wanted = trace->only == NULL;
    for (char **word = trace->only; word != NULL && *word != NULL; word++)
        is_wanted = is_wanted || strstr(text, *word) != NULL;
    if (is_wanted)
        g_string_append_printf(trace->lines, "%g %s\n", sim_time_to_ms(time), text);
}

static RequestTag request_started(void *context, uint32_t workload, uint32_t site, SimTime intended)
{
    (void)context;
    (void)workload;
    (void)site;
    (void)intended;
    return 0;
}

static void all_done(Trace *trace, uint32_t workload, SimTime started, SimTime completed)
{
    line(trace, completed, "all done %s after %g", trace->topology->workloads[workload].name,
         sim_time_to_ms(completed - started));
}

static void request_ended(void *context, const RequestRecord *record)
{
    Trace *trace = context;
    line(trace, record->ended, "request %s %s%s after %g",
         trace->topology->workloads[record->workload].name,
         record->is_unfinished ? "unfinished" : outcome_name(record->outcome),
         record->is_degraded ? " degraded" : "", sim_time_to_ms(record->ended - record->started));
    if (record->is_complete)
        all_done(trace, record->workload, record->started, record->ended);
}

static void request_completed(void *context, const CompletionRecord *record)
{
    all_done(context, record->workload, record->started, record->completed);
}

static void visit_ended(void *context, const VisitRecord *record)
{
    static const char *const ends[] = {"completed", "failed", "rejected",  "abandoned",
                                       "cancelled", "lost",   "unfinished"};
    Trace *trace = context;
    const OperationConfig *operation = &trace->topology->operations[record->operation];
    g_autofree char *started = record->has_started
                                   ? g_strdup_printf("%g", sim_time_to_ms(record->started))
                                   : g_strdup("-");
    g_autofree char *replied = record->replied != record->ended
                                   ? g_strdup_printf(" replied %g", sim_time_to_ms(record->replied))
                                   : g_strdup("");
    line(trace, record->ended, "visit %s %s %g..%g from %s%s%s", operation->full_name,
         ends[record->end], sim_time_to_ms(record->arrived), sim_time_to_ms(record->ended), started,
         replied, record->is_wasted ? " wasted" : "");
}

static void attempt_ended(void *context, const AttemptRecord *record)
{
    Trace *trace = context;
    line(trace, record->ended, "attempt %s #%u %s%s %g..%g%s",
         trace->topology->links[record->link].name, record->attempt,
         record->is_unfinished ? "unfinished" : outcome_name(record->outcome),
         record->is_async ? " async" : "", sim_time_to_ms(record->started),
         sim_time_to_ms(record->ended), record->is_last ? " last" : "");
}

static void message(void *context, const MessageRecord *record)
{
    static const char *const events[] = {
        [MESSAGE_PUBLISHED] = "published",
        [MESSAGE_REJECTED] = "rejected",
        [MESSAGE_DROPPED] = "dropped",
        [MESSAGE_DELIVERED] = "delivered",
        [MESSAGE_ACKNOWLEDGED] = "acknowledged",
        [MESSAGE_LOST] = "lost",
        [MESSAGE_REDELIVERED] = "redelivered",
        [MESSAGE_DEAD_LETTERED] = "dead-lettered",
        [MESSAGE_EXPIRED] = "expired",
        [MESSAGE_DUPLICATE] = "duplicate",
        [MESSAGE_UNDONE] = "undone",
        [MESSAGE_REORDERED] = "reordered",
        [MESSAGE_EXECUTED_TWICE] = "executed twice",
        [MESSAGE_DEDUPLICATED] = "deduplicated",
        [MESSAGE_UNFINISHED] = "unfinished",
    };
    Trace *trace = context;
    g_autofree char *of = trace->tells_messages_apart
                              ? g_strdup_printf(" of %g", sim_time_to_ms(record->published))
                              : g_strdup("");
    line(trace, record->time, "message %s %s %u waiting%s",
         trace->topology->subscriptions[record->subscription].full_name, events[record->event],
         record->depth, of);
}

static void cpu_used(void *context, const CpuRecord *record)
{
    Trace *trace = context;
    line(trace, record->until, "cpu %s %g from %g", trace->topology->services[record->service].name,
         record->busy_cores, sim_time_to_ms(record->since));
}

static void state_changed(void *context, const StateRecord *record)
{
    line(context, record->time, "%s %s", record->type, record->subject);
}

static char *run(const Topology *topology, const char *only, bool tells_messages_apart)
{
    Trace trace = {.topology = topology,
                   .lines = g_string_new(NULL),
                   .tells_messages_apart = tells_messages_apart};
    trace.only = only == NULL ? NULL : g_strsplit(only, "|", -1);
    Observer observer = observer_deaf; /* connections are told by what they do to attempts */
    observer.context = &trace;
    observer.request_started = request_started;
    observer.request_ended = request_ended;
    observer.request_completed = request_completed;
    observer.visit_ended = visit_ended;
    observer.attempt_ended = attempt_ended;
    observer.message = message;
    observer.cpu_used = cpu_used;
    observer.state_changed = state_changed;
    g_autoptr(FaultSchedule) faults = fault_schedule_new(topology, 1, 0);
    World *world = world_new(topology, 1, 0, faults, &observer);
    const WorldLimits limits = {.max_events = 1000000};
    StopReason stop = world_run(world, &limits);
    g_autofree char *wrong = world_check(world);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    if (stop != STOP_FINISHED) {
        g_autofree char *why = world_stop_message(world, stop);
        g_string_append_printf(trace.lines, "%s\n", why);
    }
    world_free(world);
    g_strfreev(trace.only);
    return g_string_free(trace.lines, FALSE);
}

char *trace_run(const Topology *topology, const char *only)
{
    return run(topology, only, false);
}

static void expect(const char *text, const char *only, bool tells_messages_apart,
                   const char *expected)
{
    g_autoptr(Topology) topology = read_topology(text, NULL);
    g_autofree char *lines = run(topology, only, tells_messages_apart);
    if (strcmp(lines, expected) != 0)
        fail_msg("got:\n%s\nexpected:\n%s", lines, expected);
}

void trace_expect(const char *text, const char *only, const char *expected)
{
    expect(text, only, false, expected);
}

void trace_expect_messages(const char *text, const char *only, const char *expected)
{
    expect(text, only, true, expected);
}
