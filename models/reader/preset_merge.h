/* Presets under what the file says. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_PRESET_MERGE_H
#define TOPPLE_MODELS_READER_PRESET_MERGE_H

#include "models/presets.h"
#include "models/spec.h"

/* The preset that a broker names; NULL if it names none, or one that is not there. */
const BrokerPreset *preset_of(const Spec *broker);

/* `spec` with the JSON of a preset (NULL: none) under it. What the preset says has no place in the
 * file: what is wrong with it together with the rest is reported at `spec`. */
bool preset_merge(const Spec *spec, const char *json, Spec *merged);
void preset_merge_free(const Spec *spec, Spec *merged);

/* Reports keys of a broker, subscription or consumer that its preset does not know. `preset` may be
 * NULL. */
void preset_refuse_keys(const BrokerPreset *preset, const Spec *spec);

#endif
