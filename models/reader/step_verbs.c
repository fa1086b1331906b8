/* What each verb of a step becomes. */
#include <string.h>

#include "models/reader/links.h"
#include "models/reader/steps.h"

#define PRIORITY_MAX 255 /* of a message */

/* --- compute, wait */

typedef struct DurationConfig {
    const Distribution *duration;
} DurationConfig;

static const Key compute_keys[] = {
    {"compute", KEY_DISTRIBUTION, .required = true, .offset = offsetof(DurationConfig, duration),
     .summary = "CPU work"},
    {.name = NULL},
};

static const Key wait_keys[] = {
    {"wait", KEY_DISTRIBUTION, .required = true, .offset = offsetof(DurationConfig, duration),
     .summary = "time off the CPU; holds the thread"},
    {.name = NULL},
};

static void compile_compute(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    uint32_t index = compile_emit(compiler, STEP_COMPUTE, ORDINAL_OWN);
    compile_step_at(compiler, index)->duration = ((const DurationConfig *)config)->duration;
}

static void compile_wait(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    uint32_t index = compile_emit(compiler, STEP_WAIT, ORDINAL_OWN);
    compile_step_at(compiler, index)->duration = ((const DurationConfig *)config)->duration;
}

static const Verb verb_compute = {"compute", "CPU work", compute_keys, sizeof(DurationConfig),
                                  compile_compute};
static const Verb verb_wait = {"wait", "time off the CPU: a disk, a third party", wait_keys,
                               sizeof(DurationConfig), compile_wait};

/* --- call, publish */

typedef struct CallConfig {
    uint32_t operation; /* NO_INDEX cannot be told from a good one: see has_operation */
    bool has_operation;
    const Count *times, *key, *priority;
    double probability;
    int64_t request_size, response_size;
} CallConfig;

static bool read_target(const Spec *spec, ReadContext *context, void *value)
{
    CallConfig *call = value;
    call->has_operation = name_read_operation(spec, context, &call->operation);
    return call->has_operation;
}

static const KeyCustom operation_custom = {read_target, "an operation, \"service.operation\"",
                                           "{\"type\": \"string\"}"};

#define CALL(member) offsetof(CallConfig, member)

static const Key call_keys[] = {
    {"call", KEY_CUSTOM, .required = true, .offset = 0, .detail.custom = &operation_custom,
     .summary = "the operation, over the link from here to there"},
    {"times", KEY_COUNT, .offset = CALL(times), .max = COUNT_LARGEST, .fallback = "1",
     .summary = "how often, in sequence"},
    {"probability", KEY_NUMBER, .offset = CALL(probability), .max = 1, .fallback = "1",
     .summary = "that the call is made at all"},
    {"request_size", KEY_SIZE, .offset = CALL(request_size), .fallback = "0",
     .summary = "takes time on a link, or at a broker, with a bandwidth"},
    {"response_size", KEY_SIZE, .offset = CALL(response_size), .fallback = "0",
     .summary = "takes time on a link, or at a broker, with a bandwidth"},
    {"key", KEY_COUNT, .nullable = true, .offset = CALL(key), .max = COUNT_LARGEST,
     .summary = "what the call is about: the partition of a stream, the order of a fifo queue"},
    {"priority", KEY_COUNT, .nullable = true, .offset = CALL(priority), .max = PRIORITY_MAX,
     .summary = "of a message to a broker that has priorities"},
    {.name = NULL},
};

/* A link that is not there has its own problem. */
static void check_priority(const Compiler *compiler, const Spec *step, const CallConfig *call,
                           uint32_t link)
{
    const GArray *links = compiler->context->draft->link_list;
    if (call->priority == NULL || link >= links->len ||
        g_array_index(links, LinkConfig, link).via != NO_INDEX)
        return;
    spec_problem_at(step, "priority", "is for messages: the link \"%s\" does not go via a broker",
                    g_array_index(links, LinkConfig, link).name);
}

static void emit_call(Compiler *compiler, const Spec *step, const CallConfig *call)
{
    CallSite site = {
        .operation = call->operation,
        .request_size = call->request_size,
        .response_size = call->response_size,
        .key = call->key,
        .priority = call->priority,
    };
    Spec place;
    site.ordinal = compile_visit(compiler, false, call->operation);
    uint32_t index = compile_emit(compiler, STEP_CALL, ORDINAL_OWN);
    compile_step_at(compiler, index)->index = compiler->context->draft->call_sites->len;
    if (spec_member(step, "call", &place))
        link_resolve(&place, compiler->context, compiler->service, NO_INDEX, call->operation,
                     &site.link);
    check_priority(compiler, step, call, site.link);
    g_array_append_val(compiler->context->draft->call_sites, site);
}

static void compile_call(Compiler *compiler, const Spec *step, const void *config)
{
    const CallConfig *call = config;
    uint32_t skip = NO_INDEX;
    if (!call->has_operation)
        return;
    if (call->probability < 1)
        skip = compile_skip_begin(compiler, 1 - call->probability, ORDINAL_OPTION);
    else
        compile_pass(compiler, STEP_SKIP, ORDINAL_OPTION);
    uint32_t loop = compile_loop_begin(compiler, step, call->times, ORDINAL_OPTION);
    emit_call(compiler, step, call);
    compile_loop_end(compiler, loop, ORDINAL_OPTION);
    if (skip != NO_INDEX)
        compile_step_at(compiler, skip)->target = compile_position(compiler);
}

static const Verb verb_call = {"call", "another operation, over the link to it", call_keys,
                               sizeof(CallConfig), compile_call};

typedef struct PublishConfig {
    uint32_t broker;
    bool has_broker;
    int64_t size;
    const Count *key, *priority;
} PublishConfig;

static bool read_broker(const Spec *spec, ReadContext *context, void *value)
{
    PublishConfig *publish = value;
    publish->has_broker = name_read_broker(spec, context, &publish->broker);
    return publish->has_broker;
}

static const KeyCustom broker_custom = {read_broker, "the name of a broker",
                                        "{\"type\": \"string\"}"};

static const Key publish_keys[] = {
    {"publish", KEY_CUSTOM, .required = true, .offset = 0, .detail.custom = &broker_custom,
     .summary = "the broker that gets one message"},
    {"size", KEY_SIZE, .offset = offsetof(PublishConfig, size), .fallback = "0",
     .summary = "takes time at a broker with a bandwidth"},
    {"key", KEY_COUNT, .nullable = true, .offset = offsetof(PublishConfig, key),
     .max = COUNT_LARGEST,
     .summary = "what the message is about: the partition of a stream, the order of a fifo queue"},
    {"priority", KEY_COUNT, .nullable = true, .offset = offsetof(PublishConfig, priority),
     .max = PRIORITY_MAX, .summary = "in a queue that has priorities"},
    {.name = NULL},
};

static void compile_publish(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const PublishConfig *publish = config;
    if (!publish->has_broker)
        return;
    PublishSite site = {.broker = publish->broker,
                        .size = publish->size,
                        .key = publish->key,
                        .priority = publish->priority};
    site.ordinal = compile_visit(compiler, true, publish->broker);
    uint32_t index = compile_emit(compiler, STEP_PUBLISH, ORDINAL_OWN);
    compile_step_at(compiler, index)->index = compiler->context->draft->publish_sites->len;
    g_array_append_val(compiler->context->draft->publish_sites, site);
}

static const Verb verb_publish = {"publish", "a message into a broker", publish_keys,
                                  sizeof(PublishConfig), compile_publish};

/* --- fail */

typedef struct FailConfig {
    double probability;
    bool is_permanent;
} FailConfig;

static const Key fail_keys[] = {
    {"fail", KEY_NUMBER, .required = true, .offset = offsetof(FailConfig, probability), .max = 1,
     .summary = "probability that the operation fails here"},
    {"permanent", KEY_BOOLEAN, .offset = offsetof(FailConfig, is_permanent), .fallback = "false",
     .summary = "decided once for each request: what fails here fails at every attempt"},
    {.name = NULL},
};

static void compile_fail(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const FailConfig *fail = config;
    Step *made = compile_step_at(compiler, compile_emit(compiler, STEP_FAIL, ORDINAL_OWN));
    made->probability = fail->probability;
    made->is_permanent = fail->is_permanent;
}

static const Verb verb_fail = {"fail", "fails the operation, with a probability", fail_keys,
                               sizeof(FailConfig), compile_fail};

const Verb *const verbs[] = {
    &verb_compute, &verb_wait,       &verb_call, &verb_parallel, &verb_choose, &verb_repeat,
    &verb_publish, &verb_background, &verb_try,  &verb_cache,    &verb_fail,   NULL,
};
