/* All objects of a topology file that have fixed keys, for the manual and the schema. */
#ifndef TOPPLE_MODELS_KEY_TABLES_H
#define TOPPLE_MODELS_KEY_TABLES_H

#include "models/keys.h"

typedef struct KeyTable {
    const char *name;  /* "service"; also what the schema calls it */
    const char *place; /* "/services/<service>" */
    const char *summary;
    const Key *keys;      /* ends with a NULL name */
    const Family *family; /* whose selector and kinds' keys come on top; NULL: none */
} KeyTable;

/* In the order of the manual; ends with a NULL name. */
extern const KeyTable key_tables[];

/* NULL if there is none of this name. */
const KeyTable *key_table_find(const char *name);

/* What a step can be: one verb each, with its options. */
typedef struct VerbKeys {
    const char *name;
    const char *summary;
    const Key *keys;
} VerbKeys;

/* The verb at a position, in the order of the manual; false behind the last. */
bool verb_keys_get(size_t position, VerbKeys *verb);

#endif
