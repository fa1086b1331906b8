/* The tables of keys, each defined beside its reader. Private to models/. */
#ifndef TOPPLE_MODELS_READER_TABLES_H
#define TOPPLE_MODELS_READER_TABLES_H

#include "models/keys.h"

extern const Key root_keys[];
extern const Key simulation_keys[];
extern const Key service_keys[];
extern const Key operation_keys[];
extern const Key choice_keys[]; /* of an element of "choose" */
extern const Key link_keys[];
extern const Key balancing_keys[];
extern const Key pool_keys[];
extern const Key broker_keys[];
extern const Key consumer_keys[];
extern const Key subscription_keys[];
extern const Key consumer_group_keys[];
extern const Key workload_keys[];
extern const Key arrival_part_keys[];
extern const Key fault_keys[];
extern const Key slo_keys[];
extern const Key design_keys[];

extern const KeyCustom expectations_custom; /* of a key of root_keys */

#endif
