/* Consumers of queues and topics. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_CONSUMERS_H
#define TOPPLE_MODELS_READER_CONSUMERS_H

#include "models/reader/draft.h"
#include "models/reader/preset_merge.h"

#define DEDUPLICATION_WINDOW (24 * 3600 * SIM_TIME_S) /* of effectively_once */

extern const Key deduplication_keys[]; /* of a DeduplicationConfig */
extern const char *const deliveries[]; /* names of Delivery */

/* Of the subscription, whose backlog is known. `preset` may be NULL. */
void consumers_read(const Spec *spec, ReadContext *context, const BrokerPreset *preset,
                    SubscriptionConfig *subscription);

#endif
