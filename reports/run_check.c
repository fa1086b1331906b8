#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/run_result.h"

static char *unequal(const Entry *entry, Phase phase, const char *left, uint64_t a,
                     const char *right, uint64_t b)
{
    return g_strdup_printf("%s %s, phase %s: %s is %" PRIu64 ", but %s is %" PRIu64,
                           scope_name(entry->scope), entry->name, phase_name(phase), left, a, right,
                           b);
}

static char *check_requests(const Entry *entry, Phase phase)
{
    const uint64_t *counts = entry->phases[phase].counts;
    uint64_t ended = counts[REQUEST_SUCCEEDED] + counts[REQUEST_FAILED] +
                     counts[REQUEST_TIMED_OUT] + counts[REQUEST_REJECTED];
    if (counts[REQUEST_OFFERED] != ended + counts[REQUEST_IN_FLIGHT])
        return unequal(entry, phase, "offered", counts[REQUEST_OFFERED],
                       "completed + in flight at the end", ended + counts[REQUEST_IN_FLIGHT]);
    if (counts[REQUEST_DEGRADED] > counts[REQUEST_SUCCEEDED])
        return unequal(entry, phase, "degraded", counts[REQUEST_DEGRADED], "succeeded",
                       counts[REQUEST_SUCCEEDED]);
    return NULL;
}

/* Little's law holds exactly over the measured part when what is counted are stays clipped to it:
 * the integral of the number in the system is the sum of the stays. The integral is added up by
 * slices of time, the stays one by one. */
static char *check_visits(const Entry *entry, Phase phase)
{
    const Measures *measures = &entry->phases[phase];
    const uint64_t *counts = measures->counts;
    uint64_t ended = 0;
    for (int i = VISITS_COMPLETED; i < VISIT_COUNTS; i++)
        ended += counts[i];
    if (counts[VISITS_ARRIVED] != ended)
        return unequal(entry, phase, "arrived", counts[VISITS_ARRIVED], "all ends together", ended);
    double integral = measures->levels[LEVEL_QUEUE] + measures->levels[LEVEL_SERVICE];
    if (phase == PHASE_ALL && fabs(integral - measures->stays) > 1e-9 * measures->stays + 1)
        return g_strdup_printf("%s %s: the number in the system adds up to %.17g ns, "
                               "the stays to %.17g ns",
                               scope_name(entry->scope), entry->name, integral, measures->stays);
    return NULL;
}

static char *check_link(const Entry *entry, Phase phase)
{
    const uint64_t *counts = entry->phases[phase].counts;
    uint64_t ended = counts[LINK_UNFINISHED];
    for (int i = 0; i < OUTCOME_COUNT; i++)
        ended += counts[LINK_OUTCOMES + i];
    if (counts[LINK_ATTEMPTS] != ended)
        return unequal(entry, phase, "attempts", counts[LINK_ATTEMPTS], "all ends together", ended);
    if (counts[LINK_CALLS] + counts[LINK_RETRIES] != counts[LINK_ATTEMPTS])
        return unequal(entry, phase, "attempts", counts[LINK_ATTEMPTS], "calls + retries",
                       counts[LINK_CALLS] + counts[LINK_RETRIES]);
    return NULL;
}

static char *check_broker(const Entry *entry, Phase phase)
{
    const uint64_t *counts = entry->phases[phase].counts;
    uint64_t ended = counts[BROKER_ACKNOWLEDGED] + counts[BROKER_DEAD_LETTERED] +
                     counts[BROKER_DROPPED] + counts[BROKER_EXPIRED] + counts[BROKER_LOST] +
                     counts[BROKER_UNFINISHED];
    if (!entry->phases[phase].is_share && counts[BROKER_PUBLISHED] != ended)
        return unequal(entry, phase, "published", counts[BROKER_PUBLISHED],
                       "acknowledged + dead-lettered + dropped + expired + lost + still there",
                       ended);
    return NULL;
}

static char *check_entry(const Entry *entry, Phase phase)
{
    switch (entry->scope) {
    case SCOPE_SERVICE:
        return check_visits(entry, phase);
    case SCOPE_LINK:
        return check_link(entry, phase);
    case SCOPE_BROKER:
        return check_broker(entry, phase);
    case SCOPE_SYSTEM:
    case SCOPE_WORKLOAD:
    case SCOPE_COUNT:
        break;
    }
    return check_requests(entry, phase);
}

char *run_result_check(const RunResult *result)
{
    if (result->problem != NULL)
        return g_strdup(result->problem);
    for (uint32_t i = 0; i < result->entry_count; i++) {
        for (uint32_t phase = 0; phase < result->phase_count; phase++) {
            char *problem = check_entry(&result->entries[i], (Phase)phase);
            if (problem != NULL)
                return problem;
        }
    }
    return NULL;
}
