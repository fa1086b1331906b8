#include "models/schema.h"

#include <float.h>
#include <string.h>

#include "models/discipline/discipline.h"
#include "models/json_text.h"
#include "models/key_tables.h"
#include "models/outcome.h"
#include "models/quantity.h"
#include "models/reader/schema_parts.h"

#define NAME_PATTERN "^(?!.*->)[^./*\\x00-\\x1f]{1,128}$"

/* --- keys */

static void write_reference(JsonText *json, const char *name)
{
    g_autofree char *reference = g_strdup_printf("#/$defs/%s", name);
    json_text_string_member(json, "$ref", reference);
}

static void write_range(JsonText *json, const Key *key, double max)
{
    bool is_whole = key->min == 0 && key->max == 0;
    if (key->min == DBL_MIN)
        json_text_number_member(json, "exclusiveMinimum", 0);
    else
        json_text_number_member(json, "minimum", key->min);
    if (!is_whole || max < DBL_MAX)
        json_text_number_member(json, "maximum", is_whole ? max : MIN(key->max, max));
}

static void write_choices(JsonText *json, const char *const *choices)
{
    json_text_name(json, "enum");
    json_text_open(json, '[');
    for (; *choices != NULL; choices++)
        json_text_string(json, *choices);
    json_text_close(json, ']');
}

static void write_number(JsonText *json, const char *type, const Key *key, double max)
{
    json_text_string_member(json, "type", type);
    write_range(json, key, max);
}

/* A custom key's schema is one object; what is in its braces goes among the rest. */
static void write_custom(JsonText *json, const KeyCustom *custom)
{
    size_t length = strlen(custom->schema);
    g_autofree char *inner = g_strndup(custom->schema + 1, length - 2);
    json_text_raw(json, inner);
}

static const char *family_table(const Family *family)
{
    for (const KeyTable *table = key_tables; table->name != NULL; table++) {
        if (table->family == family)
            return table->name;
    }
    return family->name;
}

/* What the value must be: members of a schema object that is open. */
static void write_type(JsonText *json, const Key *key)
{
    switch (key->type) {
    case KEY_BOOLEAN:
        json_text_string_member(json, "type", "boolean");
        break;
    case KEY_INTEGER:
        write_number(json, "integer", key, UINT32_MAX);
        break;
    case KEY_NUMBER:
        write_number(json, "number", key, DBL_MAX);
        break;
    case KEY_DURATION:
        write_reference(json, "duration");
        break;
    case KEY_SIZE:
        write_reference(json, "size");
        break;
    case KEY_BANDWIDTH:
        write_reference(json, "bandwidth");
        break;
    case KEY_STRING:
        json_text_string_member(json, "type", "string");
        break;
    case KEY_CHOICE:
        write_choices(json, key->detail.choices);
        break;
    case KEY_DISTRIBUTION:
        write_reference(json, "distribution");
        break;
    case KEY_COUNT:
        write_reference(json, "count");
        break;
    case KEY_OBJECT:
        schema_object(json, key->detail.keys);
        break;
    case KEY_KIND:
        write_reference(json, family_table(key->detail.family));
        break;
    case KEY_CUSTOM:
        write_custom(json, key->detail.custom);
        break;
    case KEY_UNSUPPORTED:
        break;
    }
}

static void write_key(JsonText *json, const Key *key)
{
    json_text_name(json, key->name);
    json_text_open(json, '{');
    json_text_string_member(json, "description", key->summary);
    if (key->fallback != NULL)
        json_text_raw_member(json, "default", key->fallback);
    if (!key->nullable) {
        write_type(json, key);
    } else {
        json_text_name(json, "anyOf");
        json_text_open(json, '[');
        json_text_open(json, '{');
        write_type(json, key);
        json_text_close(json, '}');
        json_text_raw(json, "{\"type\": \"null\"}");
        json_text_close(json, ']');
    }
    json_text_close(json, '}');
}

static void write_properties(JsonText *json, const Key *keys)
{
    for (; keys != NULL && keys->name != NULL; keys++) {
        if (keys->type != KEY_UNSUPPORTED && strcmp(keys->name, "description") != 0)
            write_key(json, keys);
    }
}

static void write_required(JsonText *json, const Key *keys)
{
    for (; keys != NULL && keys->name != NULL; keys++) {
        if (keys->required)
            json_text_string(json, keys->name);
    }
}

/* --- objects */

static void write_selector(JsonText *json, const Kind *kind, const Family *family)
{
    json_text_name(json, family->selector);
    json_text_open(json, '{');
    json_text_string_member(json, "const", kind->name);
    json_text_string_member(json, "description", kind->summary);
    json_text_close(json, '}');
}

static bool is_default(const Kind *kind, const Family *family)
{
    return family->fallback != NULL && strcmp(family->fallback, kind->name) == 0;
}

static void write_kind(JsonText *json, const Kind *kind, const Family *family, const Key *common)
{
    json_text_open(json, '{');
    json_text_string_member(json, "type", "object");
    json_text_name(json, "properties");
    json_text_open(json, '{');
    json_text_raw_member(json, "description", "{\"type\": \"string\"}");
    write_selector(json, kind, family);
    write_properties(json, common);
    write_properties(json, kind->keys);
    json_text_close(json, '}');
    json_text_name(json, "required");
    json_text_open(json, '[');
    if (!is_default(kind, family))
        json_text_string(json, family->selector);
    write_required(json, common);
    write_required(json, kind->keys);
    json_text_close(json, ']');
    json_text_raw_member(json, "additionalProperties", "false");
    json_text_close(json, '}');
}

void schema_object(JsonText *json, const Key *keys)
{
    json_text_string_member(json, "type", "object");
    json_text_name(json, "properties");
    json_text_open(json, '{');
    json_text_raw_member(json, "description", "{\"type\": \"string\"}");
    write_properties(json, keys);
    json_text_close(json, '}');
    json_text_name(json, "required");
    json_text_open(json, '[');
    write_required(json, keys);
    json_text_close(json, ']');
    json_text_raw_member(json, "additionalProperties", "false");
}

static void write_family(JsonText *json, const Family *family, const Key *common)
{
    json_text_name(json, "oneOf");
    json_text_open(json, '[');
    for (const Kind *const *kind = family->kinds; *kind != NULL; kind++)
        write_kind(json, *kind, family, common);
    json_text_close(json, ']');
}

static void write_table(JsonText *json, const KeyTable *table)
{
    json_text_name(json, table->name);
    json_text_open(json, '{');
    json_text_string_member(json, "description", table->summary);
    if (table->family != NULL)
        write_family(json, table->family, table->keys);
    else
        schema_object(json, table->keys);
    json_text_close(json, '}');
}

/* --- collections: objects by name */

static const struct {
    const char *name, *element, *pattern;
    bool needs_one;
} collections[] = {
    {"services", "service", NAME_PATTERN, true},
    {"operations", "operation", NAME_PATTERN, true},
    {"links", "link", "^[^ ].* -> .*[^ ]$", false},
    {"brokers", "broker", NAME_PATTERN, false},
    {"consumers", "consumer", "^[^.]+\\.[^.]+$", false},
    {"subscriptions", "subscription", NAME_PATTERN, false},
    {"consumer_groups", "consumer_group", NAME_PATTERN, false},
    {"workloads", "workload", NAME_PATTERN, true},
    {"faults", "fault", NAME_PATTERN, false},
    {"slos", "slo", NAME_PATTERN, false},
    {"designs", "design", NAME_PATTERN, false},
};

static void write_collection(JsonText *json, size_t index)
{
    json_text_name(json, collections[index].name);
    json_text_open(json, '{');
    json_text_string_member(json, "type", "object");
    json_text_raw_member(json, "properties", "{\"description\": {\"type\": \"string\"}}");
    json_text_name(json, "propertyNames");
    json_text_open(json, '{');
    json_text_string_member(json, "pattern", collections[index].pattern);
    json_text_close(json, '}');
    json_text_name(json, "additionalProperties");
    json_text_open(json, '{');
    write_reference(json, collections[index].element);
    json_text_close(json, '}');
    if (collections[index].needs_one)
        json_text_number_member(json, "minProperties", 1);
    json_text_close(json, '}');
}

/* --- steps */

static void write_steps(JsonText *json)
{
    VerbKeys verb;
    json_text_raw_member(json, "steps",
                         "{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/step\"}}");
    json_text_name(json, "step");
    json_text_open(json, '{');
    json_text_name(json, "oneOf");
    json_text_open(json, '[');
    for (size_t i = 0; verb_keys_get(i, &verb); i++) {
        json_text_open(json, '{');
        json_text_string_member(json, "title", verb.name);
        json_text_string_member(json, "description", verb.summary);
        schema_object(json, verb.keys);
        json_text_close(json, '}');
    }
    json_text_close(json, ']');
    json_text_close(json, '}');
}

/* --- the rest */

static void write_quantity(JsonText *json, const char *name, const QuantityUnit *units,
                           const char *example, bool has_zero)
{
    GString *pattern = g_string_new("^[0-9]+(\\.[0-9]+)?(");
    for (const QuantityUnit *unit = units; unit->name != NULL; unit++)
        g_string_append_printf(pattern, "%s%s", unit > units ? "|" : "", unit->name);
    g_string_append(pattern, has_zero ? ")$|^0$" : ")$");
    json_text_name(json, name);
    json_text_open(json, '{');
    json_text_string_member(json, "description", example);
    json_text_name(json, "anyOf");
    json_text_open(json, '[');
    json_text_open(json, '{');
    json_text_string_member(json, "type", "string");
    json_text_string_member(json, "pattern", pattern->str);
    json_text_close(json, '}');
    if (has_zero)
        json_text_raw(json, "{\"const\": 0}");
    json_text_close(json, ']');
    json_text_close(json, '}');
    g_string_free(pattern, TRUE);
}

static void write_names(JsonText *json, const char *name, const char *const *names)
{
    json_text_name(json, name);
    json_text_open(json, '{');
    write_choices(json, names);
    json_text_close(json, '}');
}

static void write_discipline(JsonText *json)
{
    json_text_name(json, "discipline");
    json_text_open(json, '{');
    json_text_name(json, "enum");
    json_text_open(json, '[');
    for (const Kind *const *kind = discipline_family.kinds; *kind != NULL; kind++)
        json_text_string(json, (*kind)->name);
    json_text_close(json, ']');
    json_text_close(json, '}');
}

static void write_definitions(JsonText *json)
{
    json_text_name(json, "name");
    json_text_open(json, '{');
    json_text_string_member(json, "type", "string");
    json_text_string_member(json, "pattern", NAME_PATTERN);
    json_text_close(json, '}');
    write_quantity(json, "duration", quantity_time_units, "such as \"20ms\", or 0", true);
    write_quantity(json, "size", quantity_size_units, "such as \"4KiB\", or 0", true);
    write_quantity(json, "bandwidth", quantity_bandwidth_units, "such as \"1Gbps\"", false);
    write_names(json, "failure_class", outcome_set_names);
    write_discipline(json);
    schema_distributions(json);
    write_steps(json);
    for (size_t i = 0; i < G_N_ELEMENTS(collections); i++)
        write_collection(json, i);
    for (const KeyTable *table = key_tables + 1; table->name != NULL; table++)
        write_table(json, table);
}

char *topology_schema(void)
{
    JsonText json;
    json_text_init(&json);
    json_text_open(&json, '{');
    json_text_string_member(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_text_string_member(&json, "title", "topple topology");
    schema_object(&json, key_tables[0].keys);
    json_text_name(&json, "$defs");
    json_text_open(&json, '{');
    write_definitions(&json);
    json_text_close(&json, '}');
    json_text_close(&json, '}');
    return json_text_finish(&json);
}
