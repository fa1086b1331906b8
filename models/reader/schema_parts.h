/* Parts of the schema. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_SCHEMA_PARTS_H
#define TOPPLE_MODELS_READER_SCHEMA_PARTS_H

#include "models/json_text.h"
#include "models/keys.h"

/* Members of a schema object that is open: an object with these keys and no others. */
void schema_object(JsonText *json, const Key *keys);

/* The definitions "distribution" and "count", from the tables of their kinds. */
void schema_distributions(JsonText *json);

#endif
