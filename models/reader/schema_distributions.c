#include "models/reader/schema_parts.h"

#include <math.h>
#include <string.h>

#include "sim/count.h"
#include "sim/distribution/distribution.h"

static const char *parameter_schema(const DistributionParameter *parameter)
{
    switch (parameter->type) {
    case PARAMETER_DURATION:
        return "{\"$ref\": \"#/$defs/duration\"}";
    case PARAMETER_NUMBER:
        return "{\"type\": \"number\"}";
    case PARAMETER_PHASES:
        return "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"object\", "
               "\"properties\": {\"description\": {\"type\": \"string\"}, \"probability\": "
               "{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}, \"mean\": {\"$ref\": "
               "\"#/$defs/duration\"}}, \"required\": [\"probability\", \"mean\"], "
               "\"additionalProperties\": false}}";
    case PARAMETER_MIXTURE:
        return "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"$ref\": \"#/$defs/part\"}}";
    case PARAMETER_SAMPLES:
        return "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"$ref\": "
               "\"#/$defs/duration\"}}";
    case PARAMETER_QUANTILES:
        return "{\"type\": \"object\", \"minProperties\": 1, \"properties\": {\"description\": "
               "{\"type\": \"string\"}}, \"propertyNames\": {\"pattern\": "
               "\"^[0-9]+([.][0-9]+)?$|^description$\"}, \"additionalProperties\": {\"$ref\": "
               "\"#/$defs/duration\"}}";
    case PARAMETER_FILE:
        return "{\"type\": \"string\"}";
    }
    return "{}";
}

/* "mean cv|shape scale": one of the sets must be there. */
static void write_sets(JsonText *json, const char *sets)
{
    g_auto(GStrv) list = g_strsplit(sets, "|", -1);
    json_text_name(json, "anyOf");
    json_text_open(json, '[');
    for (char **set = list; *set != NULL; set++) {
        g_auto(GStrv) names = g_strsplit(*set, " ", -1);
        json_text_open(json, '{');
        json_text_name(json, "required");
        json_text_open(json, '[');
        for (char **name = names; *name != NULL; name++)
            json_text_string(json, *name);
        json_text_close(json, ']');
        json_text_close(json, '}');
    }
    json_text_close(json, ']');
}

typedef struct RandomKind { /* of durations or counts */
    const char *name, *summary;
    const DistributionParameter *parameters;
    const char *sets;
    bool has_bounds; /* shift and max */
    bool has_weight; /* it is a part of a mixture */
} RandomKind;

static bool has_parameter(const RandomKind *kind, const char *name)
{
    for (const DistributionParameter *p = kind->parameters; p->name != NULL; p++) {
        if (strcmp(p->name, name) == 0)
            return true;
    }
    return false;
}

static void write_kind_properties(JsonText *json, const RandomKind *kind)
{
    json_text_name(json, "properties");
    json_text_open(json, '{');
    json_text_raw_member(json, "description", "{\"type\": \"string\"}");
    json_text_name(json, "dist");
    json_text_open(json, '{');
    json_text_string_member(json, "const", kind->name);
    json_text_string_member(json, "description", kind->summary);
    json_text_close(json, '}');
    for (const DistributionParameter *p = kind->parameters; p->name != NULL; p++)
        json_text_raw_member(json, p->name, parameter_schema(p));
    if (kind->has_bounds) {
        json_text_raw_member(json, "shift", "{\"$ref\": \"#/$defs/duration\"}");
        if (!has_parameter(kind, "max"))
            json_text_raw_member(json, "max", "{\"$ref\": \"#/$defs/duration\"}");
    }
    if (kind->has_weight)
        json_text_raw_member(json, "weight", "{\"type\": \"number\", \"minimum\": 0}");
    json_text_close(json, '}');
}

static void write_kind(JsonText *json, const RandomKind *kind)
{
    json_text_open(json, '{');
    json_text_string_member(json, "type", "object");
    write_kind_properties(json, kind);
    json_text_raw_member(json, "required",
                         kind->has_weight ? "[\"dist\", \"weight\"]" : "[\"dist\"]");
    if (kind->sets != NULL && *kind->sets != '\0')
        write_sets(json, kind->sets);
    json_text_raw_member(json, "additionalProperties", "false");
    json_text_close(json, '}');
}

static void write_durations(JsonText *json, bool is_part)
{
    for (size_t i = 0; distribution_kinds[i] != NULL; i++) {
        const DistributionKind *from = distribution_kinds[i];
        const RandomKind kind = {from->name, from->summary, from->parameters,
                                 from->sets, true,          is_part};
        write_kind(json, &kind);
    }
}

static void write_counts(JsonText *json)
{
    static const DistributionParameter value[] = {{.name = "value", .type = PARAMETER_NUMBER},
                                                  {.name = NULL}};
    const RandomKind constant = {"constant", "always the same", value, "value", false, false};
    write_kind(json, &constant);
    for (size_t i = 0; count_kinds[i] != NULL; i++) {
        const CountKind *from = count_kinds[i];
        const RandomKind kind = {from->name, from->summary, from->parameters,
                                 from->sets, false,         false};
        write_kind(json, &kind);
    }
}

void schema_distributions(JsonText *json)
{
    json_text_name(json, "distribution");
    json_text_open(json, '{');
    json_text_string_member(json, "description", "a random duration; a duration is a constant");
    json_text_name(json, "oneOf");
    json_text_open(json, '[');
    json_text_raw(json, "{\"$ref\": \"#/$defs/duration\"}");
    write_durations(json, false);
    json_text_close(json, ']');
    json_text_close(json, '}');
    json_text_name(json, "part");
    json_text_open(json, '{');
    json_text_name(json, "oneOf");
    json_text_open(json, '[');
    write_durations(json, true);
    json_text_close(json, ']');
    json_text_close(json, '}');
    json_text_name(json, "count");
    json_text_open(json, '{');
    json_text_string_member(json, "description", "a random count; an integer is a constant");
    json_text_name(json, "oneOf");
    json_text_open(json, '[');
    json_text_raw(json, "{\"type\": \"integer\", \"minimum\": 0}");
    write_counts(json);
    json_text_close(json, ']');
    json_text_close(json, '}');
}
