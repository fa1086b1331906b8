#include "models/reader/preset_merge.h"

#include <stddef.h>
#include <string.h>

const BrokerPreset *preset_of(const Spec *broker)
{
    Spec child;
    const char *name;
    if (spec_type(broker) != SPEC_OBJECT || !spec_has(broker, "preset") ||
        !spec_member(broker, "preset", &child) || spec_type(&child) != SPEC_STRING ||
        !spec_get_string(&child, &name))
        return NULL;
    for (const BrokerPreset *preset = broker_presets; preset->name != NULL; preset++) {
        if (strcmp(preset->name, name) == 0)
            return preset;
    }
    return NULL;
}

bool preset_merge(const Spec *spec, const char *json, Spec *merged)
{
    *merged = *spec;
    if (json == NULL)
        return true;
    Spec below = spec_from_text(spec, spec->name, json);
    return spec_merge(&below, spec, merged);
}

void preset_merge_free(const Spec *spec, Spec *merged)
{
    if (merged->node != spec->node)
        spec_merge_free(merged);
}

void preset_refuse_keys(const BrokerPreset *preset, const Spec *spec)
{
    Spec child;
    for (size_t i = 0; preset != NULL && preset->lacks[i] != NULL; i++) {
        if (spec_has(spec, preset->lacks[i]) && spec_member(spec, preset->lacks[i], &child) &&
            spec_type(&child) != SPEC_NULL)
            spec_problem_at_key(&child,
                                "\"%s\" has nothing like it: leave out this key or the preset",
                                preset->name);
    }
}
