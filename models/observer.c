#include "models/observer.h"

static RequestTag request_started(void *context, uint32_t workload, uint32_t site, SimTime intended)
{
    (void)context, (void)workload, (void)site, (void)intended;
    return 0;
}

#define DEAF(name, Record)                                                                         \
    static void name(void *context, const Record *record)                                          \
    {                                                                                              \
        (void)context, (void)record;                                                               \
    }

DEAF(request_ended, RequestRecord)
DEAF(request_completed, CompletionRecord)
DEAF(visit_ended, VisitRecord)
DEAF(attempt_ended, AttemptRecord)
DEAF(connection_opened, ConnectionRecord)
DEAF(message, MessageRecord)
DEAF(cpu_used, CpuRecord)
DEAF(state_changed, StateRecord)

const Observer observer_deaf = {
    .request_started = request_started,
    .request_ended = request_ended,
    .request_completed = request_completed,
    .visit_ended = visit_ended,
    .attempt_ended = attempt_ended,
    .connection_opened = connection_opened,
    .message = message,
    .cpu_used = cpu_used,
    .state_changed = state_changed,
};
