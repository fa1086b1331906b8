/* "slos": objectives. */
#include <float.h>

#include "models/reader/draft.h"
#include "models/reader/tables.h"

static bool read_workload(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_workload(spec, context, value);
}

static bool read_operation(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_operation(spec, context, value);
}

static const KeyCustom workload_custom = {read_workload, "the name of a workload",
                                          "{\"type\": \"string\"}"};
static const KeyCustom operation_custom = {read_operation, "an operation, \"service.operation\"",
                                           "{\"type\": \"string\"}"};

#define SLO(member) offsetof(SloConfig, member)

const Key slo_keys[] = {
    {"workload", KEY_CUSTOM, .offset = SLO(workload), .detail.custom = &workload_custom,
     .summary = "whose requests; either this or operation"},
    {"operation", KEY_CUSTOM, .offset = SLO(operation), .detail.custom = &operation_custom,
     .summary = "which operation's replies; either this or workload"},
    {"latency", KEY_DURATION, .required = true, .offset = SLO(latency), .min = 1,
     .max = (double)SIM_TIME_LONGEST, .summary = "success within this time is good"},
    {"objective_percent", KEY_NUMBER, .offset = SLO(objective_percent), .min = DBL_MIN, .max = 100,
     .fallback = "99", .summary = "share that must be good"},
    {.name = NULL},
};

static void read_slo(const Spec *spec, ReadContext *context)
{
    SloConfig slo = {.workload = NO_INDEX, .operation = NO_INDEX};
    spec_check_name(spec, "objective");
    slo.name = arena_string(context->arena, spec->name);
    if (!keys_read(spec, context, &slo, slo_keys))
        return;
    if ((slo.workload == NO_INDEX) == (slo.operation == NO_INDEX))
        spec_problem(spec, "must have either a workload or an operation");
    g_array_append_val(context->draft->slo_list, slo);
}

void slos_read(ReadContext *context)
{
    Spec slo;
    if (!context->draft->has_slos)
        return;
    for (bool more = spec_first(&context->draft->slos_spec, &slo); more; more = spec_next(&slo))
        read_slo(&slo, context);
}
