/* A small validator for the JSON Schemas that topple makes: the keywords that they use, no more. */
#ifndef TOPPLE_TESTS_JSON_SCHEMA_H
#define TOPPLE_TESTS_JSON_SCHEMA_H

#include <cjson/cJSON.h>
#include <glib.h>

/* NULL if the value is valid, else where it is not and why; to be freed. An unknown keyword is not
 * valid either, so that the validator cannot pass what it does not understand. */
char *json_schema_fault(const cJSON *schema, const cJSON *value);

#endif
