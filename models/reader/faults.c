/* One member of "faults": what goes wrong, where, and when. */
#include <math.h>
#include <string.h>

#include "models/arrival/arrival.h"
#include "models/fault/fault.h"
#include "models/fault_schedule.h"
#include "models/reader/draft.h"

static const char *const target_names[] = {"service", "operation", "link", "zone",
                                           "broker",  "workload",  NULL};

static const char *const modes[] = {"all", "one", "fixed", "fixed_percent", "random_max_percent",
                                    NULL};

typedef struct Target {
    int kind; /* TargetKind; -1: not read */
    uint32_t index;
    const uint32_t *links, *outgoing;
    uint32_t link_count, outgoing_count;
} Target;

typedef struct Renewal {
    const Distribution *mttf, *mttr;
} Renewal;

typedef struct FaultKeys {
    Target target;
    SimTime start, duration;
    bool has_schedule;
    Renewal schedule;
    int mode;
    double value;
} FaultKeys;

static bool read_target_value(const Spec *spec, ReadContext *context, Target *target)
{
    switch ((TargetKind)target->kind) {
    case TARGET_SERVICE:
        if (!name_read_service(spec, context, &target->index))
            return false;
        target->links = links_leading_to(context, target->index, &target->link_count);
        target->outgoing = links_leaving_from(context, target->index, &target->outgoing_count);
        return true;
    case TARGET_OPERATION:
        return name_read_operation(spec, context, &target->index);
    case TARGET_LINK:
        return name_read_links(spec, context, &target->links, &target->link_count);
    case TARGET_ZONE:
        return name_read_zone(spec, context, &target->index);
    case TARGET_BROKER:
        return name_read_broker(spec, context, &target->index);
    case TARGET_WORKLOAD:
        return name_read_workload(spec, context, &target->index);
    }
    return false;
}

static bool read_target(const Spec *spec, ReadContext *context, void *value)
{
    Target *target = value;
    Spec child;
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    int found = -1;
    for (int i = 0; target_names[i] != NULL; i++) {
        if (!spec_member(spec, target_names[i], &child))
            continue;
        if (found >= 0)
            return spec_problem(spec, "must name one target, got %s and %s", target_names[found],
                                target_names[i]);
        found = i;
    }
    if (!spec_finish(spec, target_names, G_N_ELEMENTS(target_names) - 1) && found < 0)
        return false;
    if (found < 0)
        return spec_problem(spec,
                            "must name one of service, operation, link, zone, broker, workload");
    target->kind = found;
    return spec_member(spec, target_names[found], &child) &&
           read_target_value(&child, context, target);
}

static const KeyCustom target_reader = {
    .read = read_target,
    .type_text = "an object with one of service, operation, link, zone, broker, workload",
    .schema = "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": "
              "{\"description\": {}, "
              "\"service\": {\"type\": \"string\"}, \"operation\": {\"type\": \"string\"}, "
              "\"link\": {\"type\": "
              "\"string\"}, \"zone\": {\"type\": \"string\"}, \"broker\": {\"type\": \"string\"}, "
              "\"workload\": "
              "{\"type\": \"string\"}}}",
};

static const Key schedule_keys[] = {
    {.name = "mttf",
     .type = KEY_DISTRIBUTION,
     .required = true,
     .offset = offsetof(Renewal, mttf),
     .summary = "time to the next failure, from the repair of the last"},
    {.name = "mttr",
     .type = KEY_DISTRIBUTION,
     .required = true,
     .offset = offsetof(Renewal, mttr),
     .summary = "time to repair"},
    {0},
};

const Key fault_keys[] = {
    {.name = "target",
     .type = KEY_CUSTOM,
     .required = true,
     .offset = offsetof(FaultKeys, target),
     .detail.custom = &target_reader,
     .summary = "what it hits: {\"service\": name} or {\"link\": \"a -> b\"} and so on"},
    {.name = "start",
     .type = KEY_DURATION,
     .offset = offsetof(FaultKeys, start),
     .min = 0,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "from the start of measurement; default 0"},
    {.name = "duration",
     .type = KEY_DURATION,
     .offset = offsetof(FaultKeys, duration),
     .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "default: to the end of the run"},
    {.name = "schedule",
     .type = KEY_OBJECT,
     .offset = offsetof(FaultKeys, schedule),
     .present = offsetof(FaultKeys, has_schedule),
     .detail.keys = schedule_keys,
     .summary = "again and again, in place of start and duration"},
    {.name = "mode",
     .type = KEY_CHOICE,
     .offset = offsetof(FaultKeys, mode),
     .fallback = "\"all\"",
     .detail.choices = modes,
     .summary = "which replicas of the target: all, one, a fixed number or percentage, or up to a "
                "percentage at random"},
    {.name = "value",
     .type = KEY_NUMBER,
     .offset = offsetof(FaultKeys, value),
     .min = 0,
     .max = 1e6,
     .summary = "number or percentage for mode"},
    {.name = "start_after", .type = KEY_UNSUPPORTED, .summary = "start when another fault ends"},
    {.name = "ramp", .type = KEY_UNSUPPORTED, .summary = "grow to full strength over this time"},
    {0},
};

static const char *article(const char *name)
{
    return strchr("aeio", name[0]) != NULL ? "an" : "a";
}

static bool check_target(const Spec *spec, const FaultConfig *fault)
{
    GString *allowed = g_string_new(NULL);
    uint32_t targets = fault_kind(fault)->targets;
    for (int i = 0; target_names[i] != NULL; i++) {
        if (targets & (1u << i))
            g_string_append_printf(allowed, "%s%s", allowed->len > 0 ? ", " : "", target_names[i]);
    }
    bool is_right = (targets & (1u << fault->target)) != 0 ||
                    spec_problem(spec, "%s %s cannot hit %s %s: its target must be one of %s",
                                 article(fault->type.kind->name), fault->type.kind->name,
                                 article(target_names[fault->target]), target_names[fault->target],
                                 allowed->str);
    g_string_free(allowed, TRUE);
    return is_right;
}

static bool check_spike(const Spec *spec, const SimulationConfig *simulation,
                        const WorkloadConfig *workload, const FaultConfig *fault)
{
    if (fault_kind(fault)->load_factor == NULL)
        return true;
    double seconds = sim_time_to_s(MIN(fault->duration, simulation->duration));
    double arrivals = seconds * arrival_mean_rate(workload, simulation->duration) *
                      fault_kind(fault)->load_factor(fault->type.config);
    return arrivals <= ARRIVALS_MAX ||
           spec_problem(spec, "more than %g requests are expected: a smaller factor would be right",
                        ARRIVALS_MAX);
}

static bool check_workload(const Spec *spec, const ReadContext *context, const FaultConfig *fault)
{
    if (fault->target != TARGET_WORKLOAD || context->draft == NULL ||
        fault->target_index >= context->draft->workload_list->len)
        return true;
    const WorkloadConfig *workload =
        &g_array_index(context->draft->workload_list, WorkloadConfig, fault->target_index);
    const ArrivalKind *arrival = (const ArrivalKind *)(const void *)workload->arrival.kind;
    bool is_wrong = !workload->is_closed && arrival == NULL; /* and has been reported */
    if (is_wrong)
        return true;
    if (workload->is_closed || !arrival->bends)
        return spec_problem(spec, "%s %s needs an open workload whose arrivals are not a trace",
                            article(fault->type.kind->name), fault->type.kind->name);
    return check_spike(spec, &context->draft->topology->simulation, workload, fault);
}

static bool check_broker(const Spec *spec, const ReadContext *context, const FaultConfig *fault)
{
    if (fault->target != TARGET_BROKER || context->draft == NULL ||
        fault->target_index >= context->draft->broker_list->len || fault_kind(fault)->nodes == NULL)
        return true;
    uint32_t nodes = fault_kind(fault)->nodes(fault->type.config);
    const BrokerConfig *broker =
        &g_array_index(context->draft->broker_list, BrokerConfig, fault->target_index);
    return nodes <= broker->stream.replication_factor ||
           spec_problem_at(spec, "nodes", "must be at most %u: \"%s\" has no more nodes",
                           broker->stream.replication_factor, broker->name);
}

static bool check_times(const Spec *spec, const FaultKeys *read, bool has_times)
{
    if (!read->has_schedule)
        return true;
    if (has_times)
        return spec_problem(spec, "must have either schedule, or start and duration");
    if (read->schedule.mttf == NULL || read->schedule.mttr == NULL)
        return false;
    return distribution_mean(read->schedule.mttf) >= 1 ||
           spec_problem(spec, "schedule: mttf must be above 0");
}

static double expected_windows(const FaultConfig *fault, SimTime duration)
{
    if (fault->mttf == NULL)
        return 1;
    return (double)duration / (distribution_mean(fault->mttf) + distribution_mean(fault->mttr));
}

/* Those of the faults before it included. */
static bool check_windows(const Spec *spec, const ReadContext *context, const FaultConfig *fault)
{
    if (fault->mttf == NULL || context->draft == NULL)
        return true;
    SimTime duration = context->draft->topology->simulation.duration;
    const GArray *before = context->draft->fault_list;
    double expected = expected_windows(fault, duration);
    for (guint i = 0; i < before->len; i++)
        expected += expected_windows(&g_array_index(before, FaultConfig, i), duration);
    return expected < FAULT_WINDOWS_MAX / 2.0 ||
           spec_problem(spec,
                        "about %.0f failures are expected in one run, the most is %u: a longer "
                        "mttf would be right",
                        expected, FAULT_WINDOWS_MAX / 2);
}

static bool check_mode(const Spec *spec, const FaultKeys *read, bool has_value)
{
    bool needs_value = read->mode != SELECT_ALL && read->mode != SELECT_ONE;
    if (needs_value && !has_value)
        return spec_problem(spec, "mode %s needs a value", modes[read->mode]);
    if (!needs_value && has_value)
        return spec_problem(spec, "mode %s takes no value", modes[read->mode]);
    if (needs_value && !(read->value > 0))
        return spec_problem(spec, "value must be above 0 for mode %s", modes[read->mode]);
    if (read->mode == SELECT_FIXED && fmod(read->value, 1) > 0)
        return spec_problem(spec, "value must be a whole number for mode fixed");
    bool is_percentage =
        read->mode == SELECT_FIXED_PERCENT || read->mode == SELECT_RANDOM_MAX_PERCENT;
    if (is_percentage && read->value > 100)
        return spec_problem(spec, "value must be from 0 to 100 for mode %s", modes[read->mode]);
    return true;
}

bool fault_read(const Spec *spec, ReadContext *context, FaultConfig *fault)
{
    FaultKeys read = {.target.kind = -1, .duration = SIM_TIME_NEVER};
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    bool has_times = spec_has(spec, "start") || spec_has(spec, "duration"),
         has_value = spec_has(spec, "value");
    bool is_right = kind_read(spec, context, &fault_family, &fault->type, fault_keys, &read);
    if (!is_right || read.target.kind < 0)
        return false;
    fault->target = read.target.kind;
    fault->target_index = read.target.index;
    fault->links = read.target.links;
    fault->link_count = read.target.link_count;
    fault->outgoing = read.target.outgoing;
    fault->outgoing_count = read.target.outgoing_count;
    fault->mode = read.mode;
    fault->value = read.value;
    fault->start = read.start;
    fault->duration = read.duration;
    fault->mttf = read.schedule.mttf;
    fault->mttr = read.schedule.mttr;
    return check_target(spec, fault) && check_workload(spec, context, fault) &&
           check_broker(spec, context, fault) && check_times(spec, &read, has_times) &&
           check_mode(spec, &read, has_value) && check_windows(spec, context, fault);
}
