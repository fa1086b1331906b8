/* What `preset` of a broker stands for: the defaults of a named system, as JSON that is merged
 * under what the file says. */
#ifndef TOPPLE_MODELS_PRESETS_H
#define TOPPLE_MODELS_PRESETS_H

typedef struct BrokerPreset {
    const char *name;
    const char *kind;         /* of broker */
    const char *system;       /* with its version */
    const char *broker;       /* JSON objects: what the broker says */
    const char *consumer;     /* each of its consumers */
    const char *buried;       /* and those with dead letters; NULL: nothing more */
    const char *const *lacks; /* keys of brokers, subscriptions and consumers that would not be
                                 true of the system; ends with NULL */
} BrokerPreset;

/* Ends with a NULL name; the names alone end with NULL. */
extern const BrokerPreset broker_presets[];
extern const char *const broker_preset_names[];

#endif
