/* Consumers of queues and topics. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_CONSUMERS_H
#define TOPPLE_MODELS_READER_CONSUMERS_H

#include "models/reader/draft.h"
#include "models/reader/preset_merge.h"

/* Of the subscription, whose backlog is known. `preset` may be NULL. */
void consumers_read(const Spec *spec, ReadContext *context, const BrokerPreset *preset,
                    SubscriptionConfig *subscription);

#endif
