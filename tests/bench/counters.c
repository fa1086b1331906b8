#include "tests/bench/counters.h"

#include <glib.h>

static RequestTag request_started(void *context, uint32_t workload, uint32_t site, SimTime intended)
{
    (void)context, (void)workload, (void)site, (void)intended;
    return 0;
}

static void request_ended(void *context, const RequestRecord *record)
{
    Counters *counters = context;
    counters->sites[record->site][record->outcome]++;
}

static void request_completed(void *context, const CompletionRecord *record)
{
    (void)context, (void)record;
}

static void visit_ended(void *context, const VisitRecord *record)
{
    Counters *counters = context;
    counters->operations[record->operation][record->end]++;
}

static void attempt_ended(void *context, const AttemptRecord *record)
{
    Counters *counters = context;
    counters->links[record->link][record->outcome]++;
}

static void connection_opened(void *context, const ConnectionRecord *record)
{
    (void)context, (void)record;
}

static void message(void *context, const MessageRecord *record)
{
    (void)context, (void)record;
}

static void cpu_used(void *context, const CpuRecord *record)
{
    (void)context, (void)record;
}

static void state_changed(void *context, const StateRecord *record)
{
    (void)context, (void)record;
}

void counters_init(Counters *counters, const Topology *topology)
{
    *counters = (Counters){
        .observer =
            {
                .context = counters,
                .request_started = request_started,
                .request_ended = request_ended,
                .request_completed = request_completed,
                .visit_ended = visit_ended,
                .attempt_ended = attempt_ended,
                .connection_opened = connection_opened,
                .message = message,
                .cpu_used = cpu_used,
                .state_changed = state_changed,
            },
        .sites = g_malloc0_n(topology->call_site_count, sizeof *counters->sites),
        .operations = g_malloc0_n(topology->operation_count, sizeof *counters->operations),
        .links = g_malloc0_n(topology->link_count, sizeof *counters->links),
    };
}

void counters_clear(Counters *counters)
{
    g_free(counters->sites);
    g_free(counters->operations);
    g_free(counters->links);
}
