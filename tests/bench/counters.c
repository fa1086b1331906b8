#include "tests/bench/counters.h"

#include <glib.h>

static void request_ended(void *context, const RequestRecord *record)
{
    Counters *counters = context;
    counters->sites[record->site][record->outcome]++;
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

void counters_init(Counters *counters, const Topology *topology)
{
    *counters = (Counters){
        .observer = observer_deaf,
        .sites = g_malloc0_n(topology->call_site_count, sizeof *counters->sites),
        .operations = g_malloc0_n(topology->operation_count, sizeof *counters->operations),
        .links = g_malloc0_n(topology->link_count, sizeof *counters->links),
    };
    counters->observer.context = counters;
    counters->observer.request_ended = request_ended;
    counters->observer.visit_ended = visit_ended;
    counters->observer.attempt_ended = attempt_ended;
}

void counters_clear(Counters *counters)
{
    g_free(counters->sites);
    g_free(counters->operations);
    g_free(counters->links);
}
