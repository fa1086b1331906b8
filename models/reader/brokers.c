/* "brokers": queues, topics and streams, and who consumes from them. */
#include <string.h>

#include "models/reader/choices.h"
#include "models/reader/draft.h"
#include "models/reader/streams.h"
#include "models/reader/tables.h"

#define CONCURRENCY_MAX 100000
#define LENGTH_MAX      1000000000
#define PARTITIONS_MAX  10000

static const char *const broker_kinds[] = {"queue", "topic", "stream", NULL};
static const char *const presets[] = {"kafka", NULL};
static const char *const later_presets[] = {"rabbitmq", "sqs", "sns", "pubsub", "nats", NULL};
static const char *const partitioners[] = {"round_robin", "sticky", NULL};
static const char *const acknowledgements[] = {"0", "1", "all", NULL};
static const char *const overflows[] = {"reject_publish", "drop_head", "block", NULL};
static const char *const acks[] = {"after_processing", "before_processing", NULL};
static const char *const requeues[] = {"tail", "head", NULL};

/* --- consumers */

static bool read_broker(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_broker(spec, context, value);
}

static const KeyCustom broker_custom = {read_broker, "the name of a broker",
                                        "{\"type\": \"string\"}"};

#define CONSUMER(member) offsetof(ConsumerConfig, member)

const Key consumer_keys[] = {
    {"concurrency", KEY_INTEGER, .offset = CONSUMER(concurrency), .min = 1, .max = CONCURRENCY_MAX,
     .fallback = "1", .summary = "messages in processing, per replica of the consumer"},
    {"prefetch", KEY_INTEGER, .offset = CONSUMER(prefetch), .min = 1, .max = LENGTH_MAX,
     .summary = "messages handed out and not acknowledged, per replica; concurrency by default"},
    {"ack", KEY_CHOICE, .offset = CONSUMER(ack), .fallback = "\"after_processing\"",
     .detail.choices = acks,
     .summary = "before_processing: a message that fails or is lost does not come again"},
    {"redelivery_timeout", KEY_DURATION, .nullable = true, .offset = CONSUMER(redelivery_timeout),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "after which a message not acknowledged is delivered again; 0: never"},
    {"redelivery_delay", KEY_DURATION, .offset = CONSUMER(redelivery_delay),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "before a failed message returns to the queue"},
    {"max_deliveries", KEY_INTEGER, .nullable = true, .offset = CONSUMER(max_deliveries), .min = 1,
     .max = LENGTH_MAX, .summary = "the first included; no limit by default"},
    {"dead_letter", KEY_CUSTOM, .nullable = true, .offset = CONSUMER(dead_letter),
     .detail.custom = &broker_custom,
     .summary = "broker that gets what failed its last delivery; dropped by default"},
    {"requeue_to", KEY_CHOICE, .offset = CONSUMER(requeue_to), .fallback = "\"tail\"",
     .detail.choices = requeues, .summary = "where in the queue a failed message returns"},
    {"batch_size", KEY_UNSUPPORTED, .summary = "messages taken together"},
    {"idempotency", KEY_UNSUPPORTED, .summary = "duplicates are recognised"},
    {.name = NULL},
};

static bool read_consumer(const Spec *spec, ReadContext *context, uint32_t broker,
                          ConsumerConfig *consumer)
{
    *consumer = (ConsumerConfig){.max_deliveries = UINT32_MAX, .dead_letter = NO_INDEX};
    bool is_named = name_find_operation(spec, context, &consumer->operation);
    if (!keys_read(spec, context, consumer, consumer_keys) || !is_named)
        return false;
    Spec child;
    if (consumer->prefetch == 0)
        consumer->prefetch = consumer->concurrency;
    if (consumer->prefetch < consumer->concurrency && spec_member(spec, "prefetch", &child))
        return spec_problem(&child, "must be at least concurrency (%u), got %u",
                            consumer->concurrency, consumer->prefetch);
    if (consumer->dead_letter == broker && spec_member(spec, "dead_letter", &child))
        return spec_problem(&child, "must not be the broker that the message comes from");
    return true;
}

static void read_consumers(const Spec *spec, ReadContext *context, SubscriptionConfig *subscription)
{
    if (!spec_expect(spec, SPEC_OBJECT))
        return;
    size_t room = spec_size(spec);
    ConsumerConfig *consumers = arena_take(context->arena, room, sizeof *consumers);
    const char **names = arena_take(context->arena, room, sizeof *names);
    Spec child;
    uint32_t count = 0;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        if (!read_consumer(&child, context, subscription->broker, &consumers[count]))
            continue;
        draft_pairs_set(context->draft->consumed,
                        draft_pair(subscription->broker, consumers[count].operation), 1);
        g_autofree char *name = g_strdup_printf("%s/%s", subscription->full_name, child.name);
        names[count++] = arena_string(context->arena, name);
    }
    subscription->consumers = consumers;
    subscription->consumer_names = names;
    subscription->consumer_count = count;
}

/* --- brokers */

typedef struct BrokerDraft {
    BrokerConfig config;
    int preset; /* index in presets; -1: none */
    Spec consumers, subscriptions, groups;
} BrokerDraft;

static bool keep_spec(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    *(Spec *)value = *spec;
    return true;
}

static const KeyCustom consumers_custom = {keep_spec, "an object of consumers by operation",
                                           "{\"$ref\": \"#/$defs/consumers\"}"};
static const KeyCustom subscriptions_custom = {keep_spec, "an object of subscriptions by name",
                                               "{\"$ref\": \"#/$defs/subscriptions\"}"};

static const KeyCustom groups_custom = {keep_spec, "an object of consumer groups by name",
                                        "{\"$ref\": \"#/$defs/consumer_groups\"}"};

static bool read_preset(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    return choice_read(spec, presets, later_presets, value);
}

static const KeyCustom preset_custom = {read_preset, "kafka", "{\"enum\": [\"kafka\"]}"};

#define BROKER(member) offsetof(BrokerDraft, config.member)

const Key broker_keys[] = {
    {"kind", KEY_CHOICE, .required = true, .offset = BROKER(kind), .detail.choices = broker_kinds,
     .summary = "queue: consumers compete; topic: every subscription gets a copy; stream: a log in "
                "partitions, read by consumer groups"},
    {"preset", KEY_CUSTOM, .offset = offsetof(BrokerDraft, preset), .detail.custom = &preset_custom,
     .summary = "defaults of a named system"},
    {"max_length", KEY_INTEGER, .nullable = true, .offset = BROKER(max_length), .min = 1,
     .max = LENGTH_MAX, .summary = "messages that wait, per subscription; unbounded by default"},
    {"overflow", KEY_CHOICE, .offset = BROKER(overflow), .fallback = "\"reject_publish\"",
     .detail.choices = overflows, .summary = "what happens to one more message when it is full"},
    {"publisher_confirms", KEY_BOOLEAN, .offset = BROKER(publisher_confirms), .fallback = "true",
     .summary =
         "publishers wait until the broker has accepted the message, and learn of a refusal"},
    {"publish_latency", KEY_DISTRIBUTION, .nullable = true, .offset = BROKER(publish_latency),
     .summary = "until the broker has accepted a message; none by default"},
    {"delivery_latency", KEY_DISTRIBUTION, .nullable = true, .offset = BROKER(delivery_latency),
     .summary = "from the broker to the consumer; none by default"},
    {"consumers", KEY_CUSTOM, .offset = offsetof(BrokerDraft, consumers),
     .detail.custom = &consumers_custom, .summary = "of a queue: by operation"},
    {"subscriptions", KEY_CUSTOM, .offset = offsetof(BrokerDraft, subscriptions),
     .detail.custom = &subscriptions_custom, .summary = "of a topic: by name"},
    {"partitions", KEY_INTEGER, .offset = BROKER(stream.partitions), .min = 1,
     .max = PARTITIONS_MAX, .summary = "of a stream, which must say how many"},
    {"retention", KEY_DURATION, .nullable = true, .offset = BROKER(stream.retention), .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "of a stream: how long a record can be read; for ever by default"},
    {"retention_records", KEY_INTEGER, .nullable = true, .offset = BROKER(stream.retention_records),
     .min = 1, .max = LENGTH_MAX,
     .summary = "of a stream: how many records a partition keeps; all by default"},
    {"partitioner", KEY_CHOICE, .offset = BROKER(stream.partitioner),
     .detail.choices = partitioners,
     .summary = "of a stream: where records without key go; round_robin by default; sticky: a "
                "batch to one partition, the next to the next"},
    {"batch_size", KEY_SIZE, .offset = BROKER(stream.batch_size), .fallback = "\"16KiB\"",
     .summary = "of a stream: how much a sticky producer sends to one partition"},
    {"acks", KEY_CHOICE, .offset = BROKER(stream.acks), .fallback = "\"all\"",
     .detail.choices = acknowledgements,
     .summary = "of a stream: the publisher waits for nobody (0), the leader (1), or the replicas "
                "as well (all)"},
    {"replication_latency", KEY_DISTRIBUTION, .nullable = true,
     .offset = BROKER(stream.replication_latency),
     .summary = "of a stream: from the leader to all replicas in sync; none by default"},
    {"consumer_groups", KEY_CUSTOM, .offset = offsetof(BrokerDraft, groups),
     .detail.custom = &groups_custom, .summary = "of a stream: by name"},
    {"message_ttl", KEY_UNSUPPORTED, .summary = "after which a message expires"},
    {.name = NULL},
};

const Key subscription_keys[] = {
    {"consumers", KEY_CUSTOM, .offset = 0, .detail.custom = &consumers_custom,
     .summary = "by operation"},
    {.name = NULL},
};

SubscriptionConfig subscription_named(ReadContext *context, uint32_t broker, const char *name)
{
    SubscriptionConfig subscription = {.broker = broker};
    const char *broker_name = name_map_get(&context->draft->brokers, broker);
    g_autofree char *full =
        name == NULL ? g_strdup(broker_name) : g_strdup_printf("%s/%s", broker_name, name);
    subscription.name = name == NULL ? NULL : arena_string(context->arena, name);
    subscription.full_name = arena_string(context->arena, full);
    return subscription;
}

static void read_queue(const Spec *spec, ReadContext *context, BrokerDraft *draft, uint32_t broker)
{
    SubscriptionConfig subscription = subscription_named(context, broker, NULL);
    if (draft->subscriptions.node != NULL)
        spec_problem_at_key(&draft->subscriptions, "is for a topic; a queue has consumers");
    if (draft->consumers.node != NULL)
        read_consumers(&draft->consumers, context, &subscription);
    (void)spec;
    g_array_append_val(context->draft->subscription_list, subscription);
}

static void read_subscription(const Spec *spec, ReadContext *context, uint32_t broker)
{
    SubscriptionConfig subscription = subscription_named(context, broker, spec->name);
    Spec consumers = {.node = NULL};
    spec_check_name(spec, "subscription");
    if (keys_read(spec, context, &consumers, subscription_keys) && consumers.node != NULL)
        read_consumers(&consumers, context, &subscription);
    g_array_append_val(context->draft->subscription_list, subscription);
}

static void read_topic(ReadContext *context, BrokerDraft *draft, uint32_t broker)
{
    if (draft->consumers.node != NULL)
        spec_problem_at_key(&draft->consumers,
                            "is for a queue; a topic has subscriptions with consumers");
    if (draft->subscriptions.node == NULL || !spec_expect(&draft->subscriptions, SPEC_OBJECT))
        return;
    Spec child;
    for (bool more = spec_first(&draft->subscriptions, &child); more; more = spec_next(&child))
        read_subscription(&child, context, broker);
}

/* Kafka keeps records for a week, and its producers stick to a partition. */
static void apply_preset(const Spec *spec, BrokerDraft *draft)
{
    Spec child;
    StreamConfig *stream = &draft->config.stream;
    if (draft->preset < 0)
        return;
    if (draft->config.kind != BROKER_STREAM && spec_member(spec, "preset", &child)) {
        spec_problem(&child, "is for a broker of \"kind\": \"stream\"");
        return;
    }
    if (!spec_has(spec, "retention"))
        stream->retention = 7 * 24 * 3600 * SIM_TIME_S;
    if (!spec_has(spec, "partitioner"))
        stream->partitioner = PARTITIONER_STICKY;
}

static void check_confirms(const Spec *spec, const BrokerConfig *config)
{
    Spec child;
    if (config->overflow == OVERFLOW_BLOCK && !config->publisher_confirms &&
        spec_member(spec, "overflow", &child))
        spec_problem(&child, "a publisher that does not wait for confirms cannot be blocked: set "
                             "\"publisher_confirms\": true, or another overflow");
}

static void read_one(const Spec *spec, ReadContext *context, uint32_t broker)
{
    Draft *draft = context->draft;
    BrokerDraft read = {.config = {.max_length = UINT32_MAX}, .preset = -1};
    read.config.stream.retention = SIM_TIME_NEVER;
    read.config.stream.retention_records = UINT32_MAX;
    bool is_good = keys_read(spec, context, &read, broker_keys);
    if (is_good)
        check_confirms(spec, &read.config);
    if (is_good) {
        apply_preset(spec, &read);
        stream_refuse_keys(spec, read.config.kind);
    }
    read.config.name = name_map_get(&draft->brokers, broker);
    read.config.first_subscription = draft->subscription_list->len;
    if (is_good && read.config.kind == BROKER_QUEUE)
        read_queue(spec, context, &read, broker);
    if (is_good && read.config.kind == BROKER_TOPIC)
        read_topic(context, &read, broker);
    if (is_good && read.config.kind == BROKER_STREAM)
        stream_read(spec, context, &read.groups, &read.config, broker);
    read.config.subscription_count = draft->subscription_list->len - read.config.first_subscription;
    g_array_index(draft->broker_list, BrokerConfig, broker) = read.config;
}

void brokers_read(ReadContext *context)
{
    Draft *draft = context->draft;
    Spec broker;
    draft_size_list(draft->broker_list, name_map_count(&draft->brokers));
    if (!draft->has_brokers)
        return;
    for (bool more = spec_first(&draft->brokers_spec, &broker); more; more = spec_next(&broker)) {
        uint32_t index = name_map_find(&draft->brokers, broker.name);
        if (index != NO_INDEX)
            read_one(&broker, context, index);
    }
}

bool broker_has_consumer(const Draft *draft, uint32_t broker, uint32_t operation)
{
    gint64 pair = draft_pair(broker, operation);
    return g_hash_table_contains(draft->consumed, &pair);
}

uint64_t broker_slots(const Draft *draft)
{
    uint64_t slots = 0;
    for (uint32_t i = 0; i < draft->subscription_list->len; i++) {
        const SubscriptionConfig *subscription =
            &g_array_index(draft->subscription_list, SubscriptionConfig, i);
        for (uint32_t k = 0; k < subscription->consumer_count; k++) {
            uint32_t operation = subscription->consumers[k].operation;
            uint32_t service =
                g_array_index(draft->operation_list, OperationConfig, operation).service;
            uint64_t replicas = g_array_index(draft->service_list, ServiceConfig, service).replicas;
            slots += subscription->group == NULL
                         ? replicas
                         : replicas * subscription->consumers[k].concurrency;
        }
    }
    return slots;
}
