/* "consumers" of a queue or a subscription. */
#include "models/reader/consumers.h"

#include "models/reader/tables.h"

#define CONCURRENCY_MAX 100000
#define LENGTH_MAX      1000000000

static const char *const acks[] = {"after_processing", "before_processing", NULL};
static const char *const requeues[] = {"tail", "head", NULL};

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
     .summary = "broker that gets what failed its last delivery; that of the queue by default"},
    {"requeue_to", KEY_CHOICE, .offset = CONSUMER(requeue_to), .fallback = "\"tail\"",
     .detail.choices = requeues, .summary = "where in the queue a failed message returns"},
    {"batch_size", KEY_UNSUPPORTED, .summary = "messages taken together"},
    {"idempotency", KEY_UNSUPPORTED, .summary = "duplicates are recognised"},
    {.name = NULL},
};

static bool read_consumer(const Spec *spec, ReadContext *context,
                          const SubscriptionConfig *subscription, ConsumerConfig *consumer)
{
    *consumer = (ConsumerConfig){.max_deliveries = UINT32_MAX,
                                 .dead_letter = subscription->backlog.dead_letter};
    bool is_named = name_find_operation(spec, context, &consumer->operation);
    if (!keys_read(spec, context, consumer, consumer_keys) || !is_named)
        return false;
    Spec child;
    if (consumer->prefetch == 0)
        consumer->prefetch = consumer->concurrency;
    if (consumer->prefetch < consumer->concurrency && spec_member(spec, "prefetch", &child))
        return spec_problem(&child, "must be at least concurrency (%u), got %u",
                            consumer->concurrency, consumer->prefetch);
    if (subscription->backlog.fifo && consumer->ack == ACK_BEFORE_PROCESSING)
        return spec_problem_at(spec, "ack",
                               "must be \"after_processing\" for a fifo queue, which "
                               "waits for the end of each message");
    if (consumer->dead_letter == subscription->broker && spec_member(spec, "dead_letter", &child))
        return spec_problem(&child, "must not be the broker that the message comes from");
    return true;
}

void consumers_read(const Spec *spec, ReadContext *context, SubscriptionConfig *subscription)
{
    if (!spec_expect(spec, SPEC_OBJECT))
        return;
    size_t room = spec_size(spec);
    ConsumerConfig *consumers = arena_take(context->arena, room, sizeof *consumers);
    const char **names = arena_take(context->arena, room, sizeof *names);
    Spec child;
    uint32_t count = 0;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        if (!read_consumer(&child, context, subscription, &consumers[count]))
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
