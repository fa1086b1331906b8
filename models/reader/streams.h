/* The part of a broker that only a stream has. Private to models/reader/; used by brokers.c. */
#ifndef TOPPLE_MODELS_READER_STREAMS_H
#define TOPPLE_MODELS_READER_STREAMS_H

#include "models/reader/draft.h"

/* A problem for each key that a broker of this kind does not have. */
void stream_refuse_keys(const Spec *spec, int kind);

/* Adds its consumer groups to the draft's subscriptions. `groups` may have no node. */
void stream_read(const Spec *spec, ReadContext *context, const Spec *groups,
                 const BrokerConfig *config, uint32_t broker);

/* After all brokers and services: a problem when streams would take too much memory. */
void streams_check_size(ReadContext *context);

/* What a subscription of this broker begins with; `name` is NULL for that of a queue. In brokers.c.
 */
SubscriptionConfig subscription_named(ReadContext *context, uint32_t broker, const char *name);

#endif
