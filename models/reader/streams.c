/* "consumer_groups" of a stream, and what a broker has only if it is one. */
#include "models/reader/streams.h"

#include "models/reader/consumers.h"
#include "models/reader/tables.h"

#define CONCURRENCY_MAX  100000
#define RECORDS_MAX      1000000000
#define RECORDS_POLL_MAX 1000000
#define PARTITIONS_MAX   1000000u  /* of all groups */
#define PRODUCERS_MAX    10000000u /* replicas, as often as there are streams */

static const char *const commits[] = {"auto", "after_batch", "after_record", NULL};
static const char *const rebalances[] = {"eager", "cooperative", "static", NULL};
static const char *const assignments[] = {"range", "round_robin", NULL};

typedef struct GroupDraft {
    ConsumerConfig consumer;
    GroupConfig group;
} GroupDraft;

static bool read_operation(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_operation(spec, context, value);
}

static const KeyCustom operation_custom = {read_operation, "the name of an operation",
                                           "{\"type\": \"string\"}"};

static bool read_broker(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_broker(spec, context, value);
}

static const KeyCustom broker_custom = {read_broker, "the name of a broker",
                                        "{\"type\": \"string\"}"};

#define CONSUMER(member) offsetof(GroupDraft, consumer.member)
#define GROUP(member)    offsetof(GroupDraft, group.member)

const Key consumer_group_keys[] = {
    {"operation", KEY_CUSTOM, .required = true, .offset = CONSUMER(operation),
     .detail.custom = &operation_custom, .summary = "what is done with each record"},
    {"concurrency", KEY_INTEGER, .offset = CONSUMER(concurrency), .min = 1, .max = CONCURRENCY_MAX,
     .fallback = "1",
     .summary = "consumers in each replica of the service, each with a poll loop of its own"},
    {"max_poll_records", KEY_INTEGER, .offset = GROUP(max_poll_records), .min = 1,
     .max = RECORDS_POLL_MAX, .fallback = "500",
     .summary = "records that a consumer takes at once"},
    {"commit", KEY_CHOICE, .offset = GROUP(commit), .fallback = "\"auto\"",
     .detail.choices = commits, .summary = "when a consumer commits what it has processed"},
    {"auto_commit_interval", KEY_DURATION, .offset = GROUP(auto_commit_interval), .min = 1,
     .max = (double)SIM_TIME_LONGEST, .fallback = "\"5s\"",
     .summary = "of auto: a commit is made at the first poll after it"},
    {"assignment", KEY_CHOICE, .offset = GROUP(assignment), .fallback = "\"range\"",
     .detail.choices = assignments,
     .summary = "which partitions a consumer gets: neighbours, or every n-th"},
    {"rebalance", KEY_CHOICE, .offset = GROUP(rebalance), .fallback = "\"eager\"",
     .detail.choices = rebalances,
     .summary =
         "eager: all stop meanwhile; cooperative: only what moves stops; static: eager, but a "
         "consumer that is back in time keeps its partitions"},
    {"rebalance_time", KEY_DISTRIBUTION, .offset = GROUP(rebalance_time), .fallback = "\"3s\"",
     .summary = "from when all consumers have joined to the new assignment"},
    {"session_timeout", KEY_DURATION, .offset = GROUP(session_timeout),
     .max = (double)SIM_TIME_LONGEST, .fallback = "\"45s\"",
     .summary = "after which a consumer that crashed or hangs is out of the group"},
    {"max_poll_interval", KEY_DURATION, .nullable = true, .offset = GROUP(max_poll_interval),
     .min = 1, .max = (double)SIM_TIME_LONGEST, .fallback = "\"5m\"",
     .summary = "a consumer that takes longer with a batch is out of the group; null: no limit"},
    {"max_deliveries", KEY_INTEGER, .nullable = true, .offset = CONSUMER(max_deliveries), .min = 1,
     .max = RECORDS_MAX, .fallback = "10",
     .summary =
         "the first included; a record that fails holds up its consumer until then; null: no "
         "limit"},
    {"redelivery_delay", KEY_DURATION, .offset = CONSUMER(redelivery_delay),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "before a failed record is retried"},
    {"dead_letter", KEY_CUSTOM, .nullable = true, .offset = CONSUMER(dead_letter),
     .detail.custom = &broker_custom,
     .summary = "broker that gets what failed its last delivery; skipped by default"},
    {"delivery", KEY_CHOICE, .offset = GROUP(delivery), .fallback = "\"at_least_once\"",
     .detail.choices = deliveries,
     .summary =
         "at_most_once: a record counts as committed when it is handed out, and does not come "
         "again; effectively_once: consumers recognise duplicates"},
    {"deduplication", KEY_OBJECT, .nullable = true, .offset = CONSUMER(deduplication),
     .present = CONSUMER(has_deduplication), .detail.keys = deduplication_keys,
     .summary = "duplicates are recognised and have no effect; with effectively_once by default"},
    {.name = NULL},
};

static void refuse_keys(const Spec *spec, const char *const *keys, const char *why)
{
    Spec child;
    for (; *keys != NULL; keys++) {
        if (spec_has(spec, *keys) && spec_member(spec, *keys, &child))
            spec_problem_at_key(&child, "%s", why);
    }
}

void stream_refuse_keys(const Spec *spec, int kind)
{
    static const char *const of_streams[] = {
        "partitions",          "retention",     "retention_records",   "partitioner",
        "batch_size",          "acks",          "replication_latency", "replication_factor",
        "min_insync_replicas", "failover_time", "consumer_groups",     NULL};
    static const char *const of_others[] = {"max_length",    "overflow",           "consumers",
                                            "subscriptions", "publisher_confirms", "message_ttl",
                                            "dead_letter",   "max_priority",       "fifo",
                                            "delivery",      "bandwidth",          NULL};
    if (kind == BROKER_STREAM)
        refuse_keys(spec, of_others,
                    "is for queues and topics; a stream has partitions, retention and "
                    "consumer_groups");
    else
        refuse_keys(spec, of_streams, "is for a broker of \"kind\": \"stream\"");
}

/* Handed out at most once: nothing that is about coming again. */
static bool check_at_most_once(const Spec *spec)
{
    static const char *const of_others[] = {"commit",      "auto_commit_interval", "max_deliveries",
                                            "dead_letter", "redelivery_delay",     "deduplication",
                                            NULL};
    bool is_good = true;
    Spec child;
    for (const char *const *key = of_others; *key != NULL; key++) {
        if (spec_has(spec, *key) && spec_member(spec, *key, &child))
            is_good = spec_problem_at_key(&child,
                                          "has no place where records are delivered at most once");
    }
    return is_good;
}

static bool read_group(const Spec *spec, ReadContext *context, uint32_t broker, GroupDraft *draft)
{
    Spec child;
    *draft = (GroupDraft){.consumer = {.max_deliveries = UINT32_MAX,
                                       .dead_letter = NO_INDEX,
                                       .deduplication.window = DEDUPLICATION_WINDOW}};
    if (!keys_read(spec, context, draft, consumer_group_keys))
        return false;
    draft->consumer.has_deduplication |= draft->group.delivery == DELIVERY_EFFECTIVELY_ONCE;
    if (draft->group.delivery == DELIVERY_AT_MOST_ONCE) {
        draft->group.commit = COMMIT_AFTER_RECORD;
        if (!check_at_most_once(spec))
            return false;
    }
    if (draft->group.commit != COMMIT_AUTO && spec_member(spec, "auto_commit_interval", &child))
        return spec_problem_at_key(&child, "is for \"commit\": \"auto\"");
    if (draft->consumer.dead_letter == broker && spec_member(spec, "dead_letter", &child))
        return spec_problem(&child, "must not be the broker that the record comes from");
    return true;
}

static void add_group(const Spec *spec, ReadContext *context, SubscriptionConfig subscription)
{
    GroupDraft draft;
    spec_check_name(spec, "consumer group");
    if (!read_group(spec, context, subscription.broker, &draft))
        return;
    GroupConfig *group = arena_take(context->arena, 1, sizeof *group);
    ConsumerConfig *consumer = arena_take(context->arena, 1, sizeof *consumer);
    const char **name = arena_take(context->arena, 1, sizeof *name);
    *group = draft.group;
    *consumer = draft.consumer;
    *name = subscription.full_name;
    draft_pairs_set(context->draft->consumed, draft_pair(subscription.broker, consumer->operation),
                    1);
    subscription.group = group;
    subscription.consumers = consumer;
    subscription.consumer_names = name;
    subscription.consumer_count = 1;
    g_array_append_val(context->draft->subscription_list, subscription);
}

void stream_read(const Spec *spec, ReadContext *context, const Spec *groups,
                 const BrokerConfig *config, uint32_t broker)
{
    Spec child;
    if (config->stream.partitions == 0)
        spec_problem(spec, "the required key \"partitions\" is missing");
    if (config->stream.min_insync_replicas > config->stream.replication_factor)
        spec_problem_at(spec, "min_insync_replicas",
                        "must be at most replication_factor (%u), got %u",
                        config->stream.replication_factor, config->stream.min_insync_replicas);
    if (groups->node == NULL || !spec_expect(groups, SPEC_OBJECT))
        return;
    for (bool more = spec_first(groups, &child); more; more = spec_next(&child))
        add_group(&child, context, subscription_named(context, broker, child.name));
}

/* --- size */

static const BrokerConfig *broker_at(const Draft *draft, uint32_t broker)
{
    return &g_array_index(draft->broker_list, BrokerConfig, broker);
}

static uint64_t partitions_of_groups(const Draft *draft)
{
    uint64_t partitions = 0;
    for (uint32_t i = 0; i < draft->subscription_list->len; i++) {
        const SubscriptionConfig *subscription =
            &g_array_index(draft->subscription_list, SubscriptionConfig, i);
        if (subscription->group != NULL)
            partitions += broker_at(draft, subscription->broker)->stream.partitions;
    }
    return partitions;
}

static uint64_t producers_of_streams(const Draft *draft)
{
    uint64_t streams = 0, replicas = 1;
    for (uint32_t i = 0; i < draft->broker_list->len; i++)
        streams += broker_at(draft, i)->kind == BROKER_STREAM;
    for (uint32_t i = 0; i < draft->service_list->len; i++)
        replicas += g_array_index(draft->service_list, ServiceConfig, i).replicas;
    return streams * replicas;
}

void streams_check_size(ReadContext *context)
{
    const Draft *draft = context->draft;
    uint64_t partitions = partitions_of_groups(draft), producers = producers_of_streams(draft);
    if (partitions > PARTITIONS_MAX)
        spec_problem(&draft->brokers_spec,
                     "must not have more than %u partitions, those of each consumer group counted, "
                     "got %" G_GUINT64_FORMAT,
                     PARTITIONS_MAX, partitions);
    if (producers > PRODUCERS_MAX)
        spec_problem(&draft->brokers_spec,
                     "must not have more than %u producers, all replicas counted for each stream, "
                     "got %" G_GUINT64_FORMAT,
                     PRODUCERS_MAX, producers);
}
