/* "services": what stands where, and the operations it offers. */
#include <float.h>
#include <math.h>

#include "models/discipline/discipline.h"
#include "models/reader/choices.h"
#include "models/reader/draft.h"
#include "models/reader/steps.h"
#include "models/reader/tables.h"

#define CORES_MAX     100000
#define IN_FLIGHT_MAX 100000000
#define LENGTH_MAX    1000000000

static const char *const servers[] = {"thread_per_request", "event_loop", NULL};
static const char *const schedulings[] = {"processor_sharing", "fifo", NULL};
static const char *const criticalities[] = {"CRITICAL_PLUS", "CRITICAL", "SHEDDABLE_PLUS",
                                            "SHEDDABLE", NULL};

/* --- cpu and queue */

#define CPU(member)   offsetof(CpuConfig, member)
#define QUEUE(member) offsetof(QueueConfig, member)

static const Key cpu_keys[] = {
    {"cores", KEY_NUMBER, .required = true, .offset = CPU(cores), .min = 0.001, .max = CORES_MAX,
     .summary = "per replica"},
    {"scheduling", KEY_CHOICE, .offset = CPU(scheduling), .fallback = "\"processor_sharing\"",
     .detail.choices = schedulings,
     .summary = "processor_sharing: all at once, at min(1, cores/n) each; fifo: one to a core, "
                "which takes a whole number of cores"},
    {"limit", KEY_UNSUPPORTED, .summary = "quota, in cores"},
    {"request", KEY_UNSUPPORTED, .summary = "what autoscaling counts from"},
    {"cfs_period", KEY_UNSUPPORTED, .summary = "period of the quota"},
    {.name = NULL},
};

/* The kinds of the family are plain choices here. */
static bool read_discipline(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    static const char *const none[] = {NULL};
    const char *names[32] = {NULL};
    int chosen;
    for (size_t i = 0; i < 31 && discipline_family.kinds[i] != NULL; i++)
        names[i] = discipline_family.kinds[i]->name;
    if (!choice_read(spec, names, discipline_family.later != NULL ? discipline_family.later : none,
                     &chosen))
        return false;
    *(const DisciplineKind **)value = discipline_find(names[chosen]);
    return true;
}

static const KeyCustom discipline_custom = {read_discipline, "the name of a discipline",
                                            "{\"$ref\": \"#/$defs/discipline\"}"};

static const Key queue_keys[] = {
    {"max_length", KEY_INTEGER, .nullable = true, .offset = QUEUE(max_length), .max = LENGTH_MAX,
     .summary = "requests that wait, per replica; 0: no waiting room; unbounded by default"},
    {"discipline", KEY_CUSTOM, .offset = QUEUE(discipline), .fallback = "\"fifo\"",
     .detail.custom = &discipline_custom, .summary = "who is next"},
    {"timeout", KEY_DURATION, .nullable = true, .offset = QUEUE(timeout),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "a request that has waited so long is rejected; 0: never"},
    {"drop_expired_on_dequeue", KEY_BOOLEAN, .offset = QUEUE(drop_expired_on_dequeue),
     .fallback = "false", .summary = "a request whose deadline has passed is not begun"},
    {"codel", KEY_UNSUPPORTED, .summary = "drops by controlled delay"},
    {"rejection_cost", KEY_UNSUPPORTED, .summary = "CPU time of a rejection"},
    {.name = NULL},
};

/* --- zones */

typedef struct ServiceDraft {
    ServiceConfig config;
    Spec operations;
} ServiceDraft;

static bool zone_is_new(const Spec *spec, const uint32_t *zones, uint32_t count, uint32_t zone)
{
    for (uint32_t i = 0; i < count; i++) {
        if (zones[i] == zone)
            return spec_problem(spec, "is named twice");
    }
    return true;
}

static bool read_zone(const Spec *spec, ReadContext *context, uint32_t *zone)
{
    const char *name;
    if (!spec_get_string(spec, &name))
        return false;
    if (!spec_check_name(spec, "zone"))
        return false;
    NameMap *map = &context->draft->zones;
    *zone = name_map_find(map, name);
    if (*zone == NO_INDEX)
        *zone = name_map_add(map, arena_string(context->arena, name));
    return true;
}

#define ZONES_MAX 100u

static bool read_zones(const Spec *spec, ReadContext *context, void *value)
{
    ServiceConfig *service = value;
    if (!spec_expect(spec, SPEC_ARRAY))
        return false;
    size_t size = spec_size(spec);
    if (size == 0 || size > ZONES_MAX)
        return spec_problem(spec, "must have from 1 to %u zones, got %zu", ZONES_MAX, size);
    uint32_t *zones = arena_take(context->arena, size, sizeof *zones);
    uint32_t count = 0;
    Spec child;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        uint32_t zone;
        if (read_zone(&child, context, &zone) && zone_is_new(&child, zones, count, zone))
            zones[count++] = zone;
    }
    service->zones = zones;
    service->zone_count = count;
    return count == size;
}

static const KeyCustom zones_custom = {
    read_zones, "a list of names",
    "{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/name\"}, \"minItems\": 1, "
    "\"maxItems\": 100, \"uniqueItems\": true}"};

static bool keep_spec(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    *(Spec *)value = *spec;
    return true;
}

static const KeyCustom operations_custom = {keep_spec, "an object of operations by name",
                                            "{\"$ref\": \"#/$defs/operations\"}"};

/* --- services */

#define SERVICE(member) offsetof(ServiceDraft, config.member)

const Key service_keys[] = {
    {"replicas", KEY_INTEGER, .offset = SERVICE(replicas), .min = 1, .max = REPLICAS_MAX,
     .fallback = "1", .summary = "instances"},
    {"zones", KEY_CUSTOM, .offset = offsetof(ServiceDraft, config), .detail.custom = &zones_custom,
     .summary = "where the replicas are, one after the other"},
    {"server", KEY_CHOICE, .offset = SERVICE(server), .fallback = "\"thread_per_request\"",
     .detail.choices = servers,
     .summary = "thread_per_request: a thread is held from start to reply; event_loop: only "
                "computing holds a core"},
    {"threads", KEY_INTEGER, .offset = SERVICE(threads), .min = 1, .max = THREADS_MAX,
     .summary = "per replica; required for thread_per_request"},
    {"max_in_flight", KEY_INTEGER, .nullable = true, .offset = SERVICE(max_in_flight), .min = 1,
     .max = IN_FLIGHT_MAX,
     .summary = "requests begun and not ended, per replica of an event_loop; unlimited by default"},
    {"cpu", KEY_OBJECT, .nullable = true, .offset = SERVICE(cpu), .present = SERVICE(has_cpu),
     .detail.keys = cpu_keys,
     .summary = "cores that computations share; without it each takes exactly its time"},
    {"queue", KEY_OBJECT, .offset = SERVICE(queue), .fallback = "{}", .detail.keys = queue_keys,
     .summary = "of requests waiting for a thread, per replica"},
    {"operations", KEY_CUSTOM, .required = true, .offset = offsetof(ServiceDraft, operations),
     .detail.custom = &operations_custom, .summary = "what can be called, by name"},
    {"host", KEY_UNSUPPORTED, .summary = "machines that services share"},
    {"concurrency_limit", KEY_UNSUPPORTED, .summary = "an adaptive bound on requests in service"},
    {"admission_control", KEY_UNSUPPORTED, .summary = "refuses as its own successes fall"},
    {"overload_control", KEY_UNSUPPORTED, .summary = "refuses by priority when it queues"},
    {"rate_limit", KEY_UNSUPPORTED, .summary = "a bound on requests per second"},
    {"gc", KEY_UNSUPPORTED, .summary = "pauses"},
    {"startup", KEY_UNSUPPORTED, .summary = "how long a replica takes to be there"},
    {"lifecycle", KEY_UNSUPPORTED, .summary = "how a replica ends"},
    {"probes", KEY_UNSUPPORTED, .summary = "readiness and liveness"},
    {"autoscaling", KEY_UNSUPPORTED, .summary = "replicas by load"},
    {"degradation", KEY_UNSUPPORTED, .summary = "cheaper answers under load"},
    {"preset", KEY_UNSUPPORTED, .summary = "defaults of a named system"},
    {.name = NULL},
};

static void check_server(const Spec *spec, const ServiceConfig *service)
{
    Spec child;
    bool has_threads = spec_has(spec, "threads");
    if (service->server == SERVER_THREAD_PER_REQUEST && !has_threads)
        spec_problem(spec, "\"threads\" is missing: how many requests a replica serves at once");
    if (service->server == SERVER_EVENT_LOOP && has_threads && spec_member(spec, "threads", &child))
        spec_problem_at_key(&child, "is for thread_per_request; an event_loop has max_in_flight");
    if (service->server == SERVER_THREAD_PER_REQUEST && spec_member(spec, "max_in_flight", &child))
        spec_problem_at_key(&child, "is for event_loop; a thread_per_request server has threads");
}

static void check_cpu(const Spec *spec, const CpuConfig *cpu)
{
    Spec parent;
    Spec cores;
    if (cpu->scheduling != CPU_FIFO || cpu->cores == floor(cpu->cores))
        return;
    if (spec_member(spec, "cpu", &parent) && spec_member(&parent, "cores", &cores))
        spec_problem(&cores, "must be a whole number with \"scheduling\": \"fifo\"");
}

/* --- operations */

typedef struct OperationDraft {
    int criticality; /* -1: not given */
    double priority; /* NaN: not given */
    bool is_idempotent;
    Spec steps, after_reply;
} OperationDraft;

static const KeyCustom steps_custom = {keep_spec, "a list of steps",
                                       "{\"$ref\": \"#/$defs/steps\"}"};

#define OPERATION(member) offsetof(OperationDraft, member)

const Key operation_keys[] = {
    {"steps", KEY_CUSTOM, .required = true, .offset = OPERATION(steps),
     .detail.custom = &steps_custom, .summary = "in order; the reply leaves when they end"},
    {"after_reply", KEY_CUSTOM, .offset = OPERATION(after_reply), .detail.custom = &steps_custom,
     .summary = "steps that still hold the thread when the reply has left"},
    {"criticality", KEY_CHOICE, .offset = OPERATION(criticality), .detail.choices = criticalities,
     .summary = "priority in words: 0 to 3; CRITICAL by default"},
    {"priority", KEY_NUMBER, .offset = OPERATION(priority), .min = -1e9, .max = 1e9,
     .summary = "lower first, where a queue looks at it"},
    {"idempotent", KEY_BOOLEAN, .offset = OPERATION(is_idempotent), .fallback = "true",
     .summary = "if not, only what was never begun is retried"},
    {.name = NULL},
};

static void read_operation(const Spec *spec, ReadContext *context, uint32_t index)
{
    Draft *draft = context->draft;
    OperationDraft read = {.criticality = -1, .priority = (double)NAN};
    bool is_good = keys_read(spec, context, &read, operation_keys);
    if (read.criticality >= 0 && !isnan(read.priority))
        is_good = spec_problem(spec, "must have either criticality or priority, not both");
    OperationConfig *operation = &g_array_index(draft->operation_list, OperationConfig, index);
    operation->is_idempotent = read.is_idempotent;
    operation->priority = !isnan(read.priority)   ? read.priority
                          : read.criticality >= 0 ? read.criticality
                                                  : 1;
    operation->entry = draft->code->len;
    if (is_good)
        steps_compile(context, index, &read.steps,
                      read.after_reply.node == NULL ? NULL : &read.after_reply);
}

static void read_operations(const Spec *spec, ReadContext *context, const ServiceConfig *service)
{
    Spec child;
    uint32_t index = service->first_operation;
    if (!spec_expect(spec, SPEC_OBJECT))
        return;
    if (spec_size(spec) == 0)
        spec_problem(spec, "must have at least one operation");
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        if (index < service->first_operation + service->operation_count)
            read_operation(&child, context, index++);
    }
}

static void read_service(const Spec *spec, ReadContext *context, uint32_t index)
{
    Draft *draft = context->draft;
    ServiceDraft read = {
        .config = g_array_index(draft->service_list, ServiceConfig, index),
    };
    read.config.max_in_flight = UINT32_MAX;
    read.config.queue.max_length = UINT32_MAX;
    if (keys_read(spec, context, &read, service_keys)) {
        check_server(spec, &read.config);
        if (read.config.has_cpu)
            check_cpu(spec, &read.config.cpu);
    }
    read.config.first_replica = draft->topology->replica_count;
    if (read.config.replicas <= REPLICAS_MAX)
        draft->topology->replica_count += read.config.replicas;
    g_array_index(draft->service_list, ServiceConfig, index) = read.config;
    if (read.operations.node != NULL)
        read_operations(&read.operations, context, &read.config);
}

void services_read(ReadContext *context)
{
    Draft *draft = context->draft;
    Spec service;
    uint32_t index = 0;
    uint32_t count = draft->service_list->len;
    if (!draft->has_services)
        return;
    for (bool more = spec_first(&draft->services_spec, &service); more && index < count;
         more = spec_next(&service))
        read_service(&service, context, index++);
    if (draft->topology->replica_count > REPLICAS_TOTAL_MAX)
        spec_problem(&draft->services_spec, "must have at most %u replicas in all, got %u",
                     REPLICAS_TOTAL_MAX, draft->topology->replica_count);
}

/* --- names */

static void name_operations(const Spec *service, ReadContext *context, ServiceConfig *config,
                            uint32_t index)
{
    Draft *draft = context->draft;
    Spec operations;
    Spec child;
    if (!spec_member(service, "operations", &operations) || spec_type(&operations) != SPEC_OBJECT)
        return;
    for (bool more = spec_first(&operations, &child); more; more = spec_next(&child)) {
        spec_check_name(&child, "operation");
        g_autofree char *full = g_strdup_printf("%s.%s", service->name, child.name);
        OperationConfig operation = {.service = index};
        operation.name = arena_string(context->arena, child.name);
        operation.full_name = arena_string(context->arena, full);
        name_map_add(&draft->operations, operation.full_name);
        g_array_append_val(draft->operation_list, operation);
    }
    config->operation_count = draft->operation_list->len - config->first_operation;
}

static bool check_number(const Spec *services, const char *what, size_t count, uint32_t max)
{
    return count <= max ||
           spec_problem(services, "must have at most %u %s, got %zu", max, what, count);
}

bool services_name(ReadContext *context)
{
    Draft *draft = context->draft;
    Spec service;
    if (!draft->has_services)
        return true;
    if (!check_number(&draft->services_spec, "services", spec_size(&draft->services_spec),
                      SERVICES_MAX))
        return false;
    for (bool more = spec_first(&draft->services_spec, &service); more;
         more = spec_next(&service)) {
        ServiceConfig config = {.first_operation = draft->operation_list->len};
        spec_check_name(&service, "service");
        config.name = arena_string(context->arena, service.name);
        uint32_t index = name_map_add(&draft->services, config.name);
        if (spec_type(&service) == SPEC_OBJECT)
            name_operations(&service, context, &config, index);
        g_array_append_val(draft->service_list, config);
    }
    return check_number(&draft->services_spec, "operations in all", draft->operation_list->len,
                        OPERATIONS_MAX);
}
