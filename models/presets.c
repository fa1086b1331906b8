#include "models/presets.h"

#include <stddef.h>

const char *const broker_preset_names[] = {"rabbitmq", "sqs",   "sns", "pubsub",
                                           "nats",     "kafka", NULL};

static const char *const rabbitmq_lacks[] = {"fifo", NULL};
static const char *const sqs_lacks[] = {"max_length", "overflow",         "max_priority",
                                        "requeue_to", "redelivery_delay", NULL};
static const char *const sns_lacks[] = {"max_length", "overflow",   "max_priority", "message_ttl",
                                        "fifo",       "batch_size", "requeue_to",   NULL};
static const char *const pubsub_lacks[] = {"max_length", "overflow", "max_priority", "requeue_to",
                                           NULL};
static const char *const nats_lacks[] = {"message_ttl", "max_priority", "fifo", "dead_letter",
                                         NULL};
static const char *const kafka_lacks[] = {NULL};

const BrokerPreset broker_presets[] = {
    {
        .name = "rabbitmq",
        .kind = "queue",
        .system = "RabbitMQ 4.1, quorum queue: prefetch capped at 2000, delivery-limit 20 "
                  "redeliveries, consumer_timeout; publisher confirms are off until asked for",
        .broker = "{\"overflow\": \"drop_head\", \"publisher_confirms\": false}",
        .consumer = "{\"prefetch\": 2000, \"requeue_to\": \"head\", \"max_deliveries\": 21, "
                    "\"redelivery_timeout\": \"30m\"}",
        .lacks = rabbitmq_lacks,
    },
    {
        .name = "sqs",
        .kind = "queue",
        .system = "Amazon SQS, 2025: retention, visibility timeout; a failed or crashed consumer "
                  "is noticed by that alone",
        .broker = "{\"message_ttl\": \"96h\"}",
        .consumer = "{\"redelivery_timeout\": \"30s\", \"on_failure\": \"wait\"}",
        .lacks = sqs_lacks,
    },
    {
        .name = "sns",
        .kind = "topic",
        .system = "Amazon SNS, 2025, to HTTP endpoints: three retries, 20 s apart",
        .broker = "{}",
        .consumer = "{\"max_deliveries\": 4, \"redelivery_delay\": \"20s\"}",
        .lacks = sns_lacks,
    },
    {
        .name = "pubsub",
        .kind = "topic",
        .system = "Google Cloud Pub/Sub, 2025: retention, acknowledgement deadline (client "
                  "libraries may extend it), flow control, five attempts with dead letters",
        .broker = "{\"message_ttl\": \"168h\"}",
        .consumer = "{\"redelivery_timeout\": \"10s\", \"prefetch\": 1000}",
        .buried = "{\"max_deliveries\": 5}",
        .lacks = pubsub_lacks,
    },
    {
        .name = "nats",
        .kind = "topic",
        .system = "NATS 2.11, core, with the pending limit of nats.go 1.44: a subscriber that is "
                  "slow loses what comes then",
        .broker = "{\"delivery\": \"at_most_once\", \"publisher_confirms\": false, "
                  "\"max_length\": 500000}",
        .consumer = "{}",
        .lacks = nats_lacks,
    },
    {
        .name = "kafka",
        .kind = "stream",
        .system = "Kafka 3.3: retention of a week, sticky producers",
        .broker = "{\"retention\": \"168h\", \"partitioner\": \"sticky\"}",
        .consumer = "{}",
        .lacks = kafka_lacks,
    },
    {.name = NULL},
};
