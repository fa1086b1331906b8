/* "consumers" of a queue or a subscription. */
#include "models/reader/consumers.h"

#include "models/reader/tables.h"

#define CONCURRENCY_MAX 100000
#define LENGTH_MAX      1000000000
#define BATCH_MAX       10000

static const char *const acks[] = {"after_processing", "before_processing", NULL};
static const char *const failures[] = {"requeue", "reject", "wait", NULL};
static const char *const requeues[] = {"tail", "head", NULL};

static bool read_broker(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_broker(spec, context, value);
}

static const KeyCustom broker_custom = {read_broker, "the name of a broker",
                                        "{\"type\": \"string\"}"};

const Key deduplication_keys[] = {
    {"window", KEY_DURATION, .offset = offsetof(DeduplicationConfig, window), .min = 1,
     .max = (double)SIM_TIME_LONGEST, .fallback = "\"24h\"",
     .summary = "how long a consumer remembers what it has done"},
    {.name = NULL},
};

#define CONSUMER(member) offsetof(ConsumerConfig, member)

const Key consumer_keys[] = {
    {"concurrency", KEY_INTEGER, .offset = CONSUMER(concurrency), .min = 1, .max = CONCURRENCY_MAX,
     .fallback = "1", .summary = "messages (batches) in processing, per replica of the consumer"},
    {"prefetch", KEY_INTEGER, .offset = CONSUMER(prefetch), .min = 1, .max = LENGTH_MAX,
     .summary = "messages handed out and not acknowledged, per replica; concurrency by default"},
    {"batch_size", KEY_INTEGER, .offset = CONSUMER(batch_size), .min = 1, .max = BATCH_MAX,
     .fallback = "1", .summary = "messages that one visit of the operation deals with, at most"},
    {"batch_window", KEY_DURATION, .offset = CONSUMER(batch_window),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "how long the broker waits for a batch to fill"},
    {"poll_interval", KEY_DURATION, .nullable = true, .offset = CONSUMER(poll_interval), .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "how often the consumer looks for messages; they are handed out as they come by "
                "default"},
    {"ack", KEY_CHOICE, .offset = CONSUMER(ack), .detail.choices = acks,
     .summary = "before_processing, the default with at_most_once: a message that fails or is lost "
                "does not come again; else after_processing"},
    {"on_failure", KEY_CHOICE, .offset = CONSUMER(on_failure), .fallback = "\"requeue\"",
     .detail.choices = failures,
     .summary = "requeue: a failed message returns at once; reject: it does not; wait: the broker "
                "learns of failures and crashes by redelivery_timeout alone"},
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
     .summary = "broker that gets what failed its last delivery; that of the queue by default"},
    {"requeue_to", KEY_CHOICE, .offset = CONSUMER(requeue_to), .fallback = "\"tail\"",
     .detail.choices = requeues, .summary = "where in the queue a failed message returns"},
    {"deduplication", KEY_OBJECT, .nullable = true, .offset = CONSUMER(deduplication),
     .present = CONSUMER(has_deduplication), .detail.keys = deduplication_keys,
     .summary = "duplicates are recognised and have no effect; with effectively_once by default"},
    {.name = NULL},
};

/* What follows from how often its messages are to be delivered. */
static ConsumerConfig consumer_default(const BacklogConfig *backlog)
{
    ConsumerConfig consumer = {.max_deliveries = UINT32_MAX, .dead_letter = backlog->dead_letter};
    if (backlog->delivery == DELIVERY_AT_MOST_ONCE)
        consumer.ack = ACK_BEFORE_PROCESSING;
    if (backlog->delivery == DELIVERY_EFFECTIVELY_ONCE)
        consumer.deduplication.window = DEDUPLICATION_WINDOW;
    return consumer;
}

/* Batches are handed out one for each visit. */
static bool check_prefetch(const Spec *spec, ConsumerConfig *consumer)
{
    if (consumer->batch_size > 1 && spec_has(spec, "prefetch"))
        return spec_problem_at(spec, "prefetch",
                               "is for a consumer without batches; this one gets a batch for each "
                               "visit that can begin");
    if (!spec_has(spec, "prefetch") && consumer->prefetch < consumer->concurrency)
        consumer->prefetch = consumer->concurrency;
    return consumer->prefetch >= consumer->concurrency ||
           spec_problem_at(spec, "prefetch", "must be at least concurrency (%u), got %u",
                           consumer->concurrency, consumer->prefetch);
}

/* Delivered at most once: nothing that is about coming again. */
static bool check_at_most_once(const Spec *spec, const ConsumerConfig *consumer)
{
    static const char *const of_others[] = {
        "redelivery_timeout", "redelivery_delay", "max_deliveries", "dead_letter",
        "requeue_to",         "on_failure",       "deduplication",  NULL};
    bool is_good = true;
    Spec child;
    for (const char *const *key = of_others; *key != NULL; key++) {
        if (spec_has(spec, *key) && spec_member(spec, *key, &child))
            is_good = spec_problem_at_key(&child,
                                          "has no place where messages are delivered at most once");
    }
    if (consumer->ack != ACK_BEFORE_PROCESSING)
        is_good = spec_problem_at(spec, "ack",
                                  "must be \"before_processing\" where messages are "
                                  "delivered at most once");
    return is_good;
}

static bool check_delivery(const Spec *spec, const BacklogConfig *backlog,
                           const ConsumerConfig *consumer)
{
    if (backlog->delivery == DELIVERY_AT_MOST_ONCE)
        return check_at_most_once(spec, consumer);
    if (consumer->ack == ACK_AFTER_PROCESSING)
        return true;
    if (backlog->fifo)
        return spec_problem_at(spec, "ack",
                               "must be \"after_processing\" for a fifo queue, which "
                               "waits for the end of each message");
    if (backlog->delivery == DELIVERY_EFFECTIVELY_ONCE)
        return spec_problem_at(spec, "ack",
                               "must be \"after_processing\" where messages are to "
                               "have their effect once");
    return true;
}

static bool check_consumer(const Spec *spec, const SubscriptionConfig *subscription,
                           ConsumerConfig *consumer)
{
    if (!check_prefetch(spec, consumer) || !check_delivery(spec, &subscription->backlog, consumer))
        return false;
    if (consumer->batch_window > 0 && consumer->batch_size == 1)
        return spec_problem_at(spec, "batch_window", "needs a batch_size above 1");
    if (consumer->batch_window > 0 && consumer->poll_interval > 0)
        return spec_problem_at(spec, "batch_window",
                               "a consumer with a poll_interval takes what is there at each poll");
    if (consumer->on_failure == FAILURE_WAIT && consumer->redelivery_timeout == 0)
        return spec_problem_at(spec, "on_failure",
                               "\"wait\" needs a redelivery_timeout to wait for");
    if (consumer->dead_letter == subscription->broker)
        return spec_problem_at(spec, "dead_letter",
                               "must not be the broker that the message comes from");
    return true;
}

/* Before it is read: its queue has dead letters, or it names some. */
static bool is_buried(const Spec *spec, const ConsumerConfig *consumer)
{
    Spec child;
    return consumer->dead_letter != NO_INDEX ||
           (spec_has(spec, "dead_letter") && spec_member(spec, "dead_letter", &child) &&
            spec_type(&child) != SPEC_NULL);
}

/* With the preset's defaults under it. */
static bool read_keys(const Spec *spec, ReadContext *context, const BrokerPreset *preset,
                      ConsumerConfig *consumer)
{
    Spec merged, twice;
    bool is_good = false;
    if (!preset_merge(spec, preset == NULL ? NULL : preset->consumer, &merged))
        return false;
    bool has_buried = preset != NULL && is_buried(spec, consumer);
    if (preset_merge(&merged, has_buried ? preset->buried : NULL, &twice)) {
        is_good = keys_read(&twice, context, consumer, consumer_keys);
        preset_merge_free(&merged, &twice);
    }
    preset_merge_free(spec, &merged);
    return is_good;
}

/* What a preset says of messages that come again has no place where none does. */
static void forget_redelivery(ConsumerConfig *consumer)
{
    consumer->redelivery_timeout = 0;
    consumer->max_deliveries = UINT32_MAX;
    consumer->on_failure = FAILURE_REQUEUE;
    consumer->dead_letter = NO_INDEX;
}

static bool read_consumer(const Spec *spec, ReadContext *context, const BrokerPreset *preset,
                          const SubscriptionConfig *subscription, ConsumerConfig *consumer)
{
    *consumer = consumer_default(&subscription->backlog);
    bool is_named = name_find_operation(spec, context, &consumer->operation);
    if (!spec_expect(spec, SPEC_OBJECT) || !read_keys(spec, context, preset, consumer) || !is_named)
        return false;
    preset_refuse_keys(preset, spec);
    consumer->has_deduplication |= subscription->backlog.delivery == DELIVERY_EFFECTIVELY_ONCE;
    if (subscription->backlog.delivery == DELIVERY_AT_MOST_ONCE)
        forget_redelivery(consumer);
    return check_consumer(spec, subscription, consumer);
}

void consumers_read(const Spec *spec, ReadContext *context, const BrokerPreset *preset,
                    SubscriptionConfig *subscription)
{
    if (!spec_expect(spec, SPEC_OBJECT))
        return;
    size_t room = spec_size(spec);
    ConsumerConfig *consumers = arena_take(context->arena, room, sizeof *consumers);
    const char **names = arena_take(context->arena, room, sizeof *names);
    Spec child;
    uint32_t count = 0;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        if (!read_consumer(&child, context, preset, subscription, &consumers[count]))
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
