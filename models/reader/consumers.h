/* Consumers of queues and topics. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_CONSUMERS_H
#define TOPPLE_MODELS_READER_CONSUMERS_H

#include "models/reader/draft.h"

/* Of the subscription, whose backlog is known. */
void consumers_read(const Spec *spec, ReadContext *context, SubscriptionConfig *subscription);

#endif
