/* "brokers": queues, topics and streams, and who consumes from them. */
#include <stdlib.h>
#include <string.h>

#include "models/reader/consumers.h"
#include "models/reader/draft.h"
#include "models/reader/graph.h"
#include "models/reader/preset_merge.h"
#include "models/reader/streams.h"
#include "models/reader/tables.h"

#define LENGTH_MAX     1000000000
#define PRIORITY_MAX   255
#define PARTITIONS_MAX 10000

#define CIRCLE_NAMES_MAX 7u /* of a circle of dead letters */

static const char *const broker_kinds[] = {"queue", "topic", "stream", NULL};
static const char *const partitioners[] = {"round_robin", "sticky", NULL};
static const char *const acknowledgements[] = {"0", "1", "all", NULL};
const char *const deliveries[] = {"at_least_once", "at_most_once", "effectively_once", NULL};
static const char *const overflows[] = {"reject_publish", "drop_head", "block", NULL};

/* --- keys */

typedef struct BrokerDraft {
    BrokerConfig config;
    BacklogConfig backlog;
    const BrokerPreset *preset; /* NULL: none */
    int preset_index;
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

static bool read_broker(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_broker(spec, context, value);
}

static const KeyCustom broker_custom = {read_broker, "the name of a broker",
                                        "{\"type\": \"string\"}"};

/* What both a broker and a subscription of a topic say about what waits; DEFAULT says what a
 * default is, or that there is none. */
/* clang-format off */
#define BACKLOG_KEYS(TYPE, DEFAULT) \
    {"max_length", KEY_INTEGER, .nullable = true, .offset = offsetof(TYPE, backlog.max_length), .min = 1, .max = LENGTH_MAX, \
     .summary = "messages that wait, per subscription; unbounded by default"}, \
    {"overflow", KEY_CHOICE, .offset = offsetof(TYPE, backlog.overflow), .fallback = DEFAULT("\"reject_publish\""), \
     .detail.choices = overflows, .summary = "what happens to one more message when it is full"}, \
    {"message_ttl", KEY_DURATION, .nullable = true, .offset = offsetof(TYPE, backlog.message_ttl), .min = 1, .max = (double)SIM_TIME_LONGEST, \
     .summary = "how long a message waits until it expires; for ever by default"}, \
    {"dead_letter", KEY_CUSTOM, .nullable = true, .offset = offsetof(TYPE, backlog.dead_letter), .detail.custom = &broker_custom, \
     .summary = "broker that gets what expires, is dropped from the head or failed its last delivery; none by default"}, \
    {"delivery", KEY_CHOICE, .offset = offsetof(TYPE, backlog.delivery), .fallback = DEFAULT("\"at_least_once\""), .detail.choices = deliveries, \
     .summary = "at_most_once: nothing is kept for consumers that are not there, and nothing comes again; effectively_once: consumers recognise duplicates"}, \
    {"max_priority", KEY_INTEGER, .offset = offsetof(TYPE, backlog.max_priority), .fallback = DEFAULT("0"), .max = PRIORITY_MAX, \
     .summary = "the highest priority of a message; higher first, and 0 is that of all others"}, \
    {"fifo", KEY_BOOLEAN, .offset = offsetof(TYPE, backlog.fifo), .fallback = DEFAULT("false"), \
     .summary = "messages of one key are handed out one at a time, in order"}
/* clang-format on */

#define ITSELF(text)       text
#define AS_THE_TOPIC(text) NULL
#define BROKER(member)     offsetof(BrokerDraft, config.member)

const Key broker_keys[] = {
    {"kind", KEY_CHOICE, .required = true, .offset = BROKER(kind), .detail.choices = broker_kinds,
     .summary = "queue: consumers compete; topic: every subscription gets a copy; stream: a log in "
                "partitions, read by consumer groups"},
    {"preset", KEY_CHOICE, .offset = offsetof(BrokerDraft, preset_index),
     .detail.choices = broker_preset_names, .summary = "defaults of a named system: see presets"},
    BACKLOG_KEYS(BrokerDraft, ITSELF),
    {"publisher_confirms", KEY_BOOLEAN, .offset = BROKER(publisher_confirms), .fallback = "true",
     .summary =
         "publishers wait until the broker has accepted the message, and learn of a refusal"},
    {"publish_latency", KEY_DISTRIBUTION, .nullable = true, .offset = BROKER(publish_latency),
     .summary = "until the broker has accepted a message; none by default"},
    {"delivery_latency", KEY_DISTRIBUTION, .nullable = true, .offset = BROKER(delivery_latency),
     .summary = "from the broker to the consumer; none by default"},
    {"bandwidth", KEY_BANDWIDTH, .nullable = true, .offset = BROKER(bandwidth),
     .summary = "of a queue or topic: bits per second into the broker, and as many out of it; "
                "unlimited by default"},
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
    {"replication_factor", KEY_INTEGER, .offset = BROKER(stream.replication_factor),
     .fallback = "1", .min = 1, .max = BROKER_NODES_MAX,
     .summary = "of a stream: nodes that have each partition, the leader included"},
    {"min_insync_replicas", KEY_INTEGER, .offset = BROKER(stream.min_insync_replicas),
     .fallback = "1", .min = 1, .max = BROKER_NODES_MAX,
     .summary = "of a stream: with fewer nodes, acks all is refused"},
    {"failover_time", KEY_DISTRIBUTION, .offset = BROKER(stream.failover_time),
     .fallback = "\"9s\"",
     .summary = "of a stream: until others lead what a lost node led; 9s is Kafka's "
                "broker.session.timeout.ms"},
    {"consumer_groups", KEY_CUSTOM, .offset = offsetof(BrokerDraft, groups),
     .detail.custom = &groups_custom, .summary = "of a stream: by name"},
    {.name = NULL},
};

#define FILTER_KEYS_MAX 10000u

static int compare_keys(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool read_filter_keys(const Spec *spec, ReadContext *context, void *value)
{
    FilterConfig *filter = value;
    if (!spec_expect(spec, SPEC_ARRAY))
        return false;
    size_t size = spec_size(spec);
    if (size == 0 || size > FILTER_KEYS_MAX)
        return spec_problem(spec, "must have from 1 to %u keys, got %zu", FILTER_KEYS_MAX, size);
    uint32_t *keys = arena_take(context->arena, size, sizeof *keys);
    Spec child;
    int64_t key;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        if (spec_get_integer(&child, 0, COUNT_LARGEST, &key))
            keys[filter->key_count++] = (uint32_t)key;
    }
    qsort(keys, filter->key_count, sizeof *keys, compare_keys);
    filter->keys = keys;
    return filter->key_count == size;
}

static const KeyCustom filter_keys_custom = {
    read_filter_keys, "a list of whole numbers",
    "{\"type\": \"array\", \"items\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": "
    "1000000}, \"minItems\": 1, \"maxItems\": 10000}"};

static const Key filter_keys[] = {
    {"probability", KEY_NUMBER, .offset = offsetof(FilterConfig, probability), .max = 1,
     .summary = "that a message passes, drawn anew for each subscription"},
    {"keys", KEY_CUSTOM, .offset = 0, .detail.custom = &filter_keys_custom,
     .summary = "messages with one of these keys pass, and those without key do not"},
    {.name = NULL},
};

typedef struct SubscriptionDraft {
    BacklogConfig backlog;
    FilterConfig filter;
    bool has_filter;
    Spec consumers;
} SubscriptionDraft;

const Key subscription_keys[] = {
    {"filter", KEY_OBJECT, .nullable = true, .offset = offsetof(SubscriptionDraft, filter),
     .present = offsetof(SubscriptionDraft, has_filter), .detail.keys = filter_keys,
     .summary = "which messages it gets: by chance or by key; all by default"},
    BACKLOG_KEYS(SubscriptionDraft, AS_THE_TOPIC),
    {"consumers", KEY_CUSTOM, .offset = offsetof(SubscriptionDraft, consumers),
     .detail.custom = &consumers_custom, .summary = "by operation"},
    {.name = NULL},
};

/* --- queues and topics */

SubscriptionConfig subscription_named(ReadContext *context, uint32_t broker, const char *name)
{
    SubscriptionConfig subscription = {.broker = broker, .filter.probability = 1};
    const char *broker_name = name_map_get(&context->draft->brokers, broker);
    g_autofree char *full =
        name == NULL ? g_strdup(broker_name) : g_strdup_printf("%s/%s", broker_name, name);
    subscription.name = name == NULL ? NULL : arena_string(context->arena, name);
    subscription.full_name = arena_string(context->arena, full);
    return subscription;
}

static void check_backlog(const Spec *spec, const BacklogConfig *backlog,
                          const BrokerConfig *config, uint32_t broker)
{
    if (backlog->overflow == OVERFLOW_BLOCK && !config->publisher_confirms)
        spec_problem_at(spec, "overflow",
                        "a publisher that does not wait for confirms cannot be blocked: set "
                        "\"publisher_confirms\": true, or another overflow");
    if (backlog->fifo && backlog->delivery == DELIVERY_AT_MOST_ONCE)
        spec_problem_at(spec, "delivery",
                        "a fifo queue keeps its messages until they are dealt with");
    if (backlog->fifo && backlog->overflow == OVERFLOW_DROP_HEAD)
        spec_problem_at(spec, "overflow", "a fifo queue does not drop from its head");
    if (backlog->fifo && backlog->max_priority > 0)
        spec_problem_at(spec, "max_priority", "a fifo queue has no priorities");
    if (backlog->dead_letter == broker)
        spec_problem_at(spec, "dead_letter", "must not be the broker that the message comes from");
}

static void read_queue(const Spec *spec, ReadContext *context, BrokerDraft *draft, uint32_t broker)
{
    SubscriptionConfig subscription = subscription_named(context, broker, NULL);
    subscription.backlog = draft->backlog;
    check_backlog(spec, &draft->backlog, &draft->config, broker);
    if (draft->subscriptions.node != NULL)
        spec_problem_at_key(&draft->subscriptions, "is for a topic; a queue has consumers");
    if (draft->consumers.node != NULL)
        consumers_read(&draft->consumers, context, draft->preset, &subscription);
    g_array_append_val(context->draft->subscription_list, subscription);
}

static void check_filter(const Spec *spec, const SubscriptionDraft *draft)
{
    Spec filter;
    if (!draft->has_filter || !spec_member(spec, "filter", &filter) ||
        spec_has(&filter, "probability") != spec_has(&filter, "keys"))
        return;
    spec_problem(&filter, "must have one of probability and keys");
}

/* What a subscription does not say is as its topic says. */
static void read_subscription(const Spec *spec, ReadContext *context, const BrokerDraft *topic,
                              uint32_t broker)
{
    SubscriptionConfig subscription = subscription_named(context, broker, spec->name);
    SubscriptionDraft draft = {.backlog = topic->backlog, .filter.probability = 1};
    spec_check_name(spec, "subscription");
    preset_refuse_keys(topic->preset, spec);
    if (keys_read(spec, context, &draft, subscription_keys)) {
        check_backlog(spec, &draft.backlog, &topic->config, broker);
        check_filter(spec, &draft);
        subscription.backlog = draft.backlog;
        subscription.filter = draft.filter;
        if (draft.consumers.node != NULL)
            consumers_read(&draft.consumers, context, topic->preset, &subscription);
    }
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
        read_subscription(&child, context, draft, broker);
}

static void check_preset(const Spec *spec, const BrokerDraft *draft)
{
    if (draft->preset == NULL)
        return;
    if (strcmp(draft->preset->kind, broker_kinds[draft->config.kind]) != 0)
        spec_problem_at(spec, "preset", "is for a broker of \"kind\": \"%s\"", draft->preset->kind);
    else
        preset_refuse_keys(draft->preset, spec);
}

/* Merged copies have lost the nulls further down, which take away what a preset says there. */
static void keep_original(const Spec *spec, const char *key, Spec *part)
{
    if (part->node != NULL && spec_has(spec, key))
        spec_member(spec, key, part);
}

static void read_parts(const Spec *spec, ReadContext *context, BrokerDraft *draft, uint32_t broker)
{
    keep_original(spec, "consumers", &draft->consumers);
    keep_original(spec, "subscriptions", &draft->subscriptions);
    keep_original(spec, "consumer_groups", &draft->groups);
    check_preset(spec, draft);
    stream_refuse_keys(spec, draft->config.kind);
    switch ((BrokerKindId)draft->config.kind) {
    case BROKER_QUEUE:
        read_queue(spec, context, draft, broker);
        return;
    case BROKER_TOPIC:
        read_topic(context, draft, broker);
        return;
    case BROKER_STREAM:
        stream_read(spec, context, &draft->groups, &draft->config, broker);
        return;
    }
}

static void read_one(const Spec *spec, ReadContext *context, uint32_t broker)
{
    Draft *draft = context->draft;
    Spec merged;
    BrokerDraft read = {.backlog = {.max_length = UINT32_MAX, .dead_letter = NO_INDEX},
                        .preset = preset_of(spec)};
    read.config.stream.retention = SIM_TIME_NEVER;
    read.config.stream.retention_records = UINT32_MAX;
    read.config.name = name_map_get(&draft->brokers, broker);
    read.config.gate = broker;
    read.config.first_subscription = draft->subscription_list->len;
    if (preset_merge(spec, read.preset == NULL ? NULL : read.preset->broker, &merged)) {
        if (keys_read(&merged, context, &read, broker_keys))
            read_parts(spec, context, &read, broker);
        preset_merge_free(spec, &merged);
    }
    read.config.subscription_count = draft->subscription_list->len - read.config.first_subscription;
    g_array_index(draft->broker_list, BrokerConfig, broker) = read.config;
}

/* --- dead letters */

static void add_dead_letters(Graph *graph, const SubscriptionConfig *subscription)
{
    if (subscription->backlog.dead_letter != NO_INDEX && subscription->group == NULL)
        graph_add(graph, subscription->broker, subscription->backlog.dead_letter, 1);
    for (uint32_t i = 0; i < subscription->consumer_count; i++) {
        if (subscription->consumers[i].dead_letter != NO_INDEX)
            graph_add(graph, subscription->broker, subscription->consumers[i].dead_letter, 1);
    }
}

static void report_circle(const Draft *draft, const Graph *graph, const uint32_t *component,
                          uint32_t node)
{
    Spec broker;
    GArray *nodes = graph_cycle(graph, component, node);
    g_autoptr(GString) path = g_string_new(NULL);
    for (guint i = 0; i < nodes->len && i < CIRCLE_NAMES_MAX; i++)
        g_string_append_printf(path, "%s%s", i > 0 ? " -> " : "",
                               name_map_get(&draft->brokers, g_array_index(nodes, uint32_t, i)));
    if (nodes->len > CIRCLE_NAMES_MAX)
        g_string_append(path, " -> ...");
    g_array_free(nodes, TRUE);
    if (spec_member(&draft->brokers_spec, name_map_get(&draft->brokers, node), &broker))
        spec_problem(&broker,
                     "dead letters go in a circle: %s; to try again later use redelivery_delay",
                     path->str);
}

/* A message that nobody can deal with would go round for ever. */
static void check_dead_letters(const Draft *draft)
{
    Graph graph;
    uint32_t count = name_map_count(&draft->brokers);
    graph_init(&graph, count);
    for (uint32_t i = 0; i < draft->subscription_list->len; i++)
        add_dead_letters(&graph, &g_array_index(draft->subscription_list, SubscriptionConfig, i));
    graph_close(&graph);
    g_autofree uint32_t *component = g_new0(uint32_t, (gsize)count + 1);
    g_autofree bool *is_told = g_new0(bool, (gsize)graph_components(&graph, component) + 1);
    for (uint32_t i = 0; i < count; i++) {
        bool is_circle = false;
        for (uint32_t k = graph.first[i]; k < graph.first[i + 1]; k++)
            is_circle |= component[graph_edge(&graph, k)->to] == component[i] &&
                         graph_edge(&graph, k)->to != i;
        if (is_circle && !is_told[component[i]])
            report_circle(draft, &graph, component, i);
        is_told[component[i]] |= is_circle;
    }
    graph_clear(&graph);
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
    check_dead_letters(draft);
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
