/* Keys of the topology file as data. One table per object says what a user may write: name, type,
 * range, default, meaning. From it follow the reader, `topple kinds`, the tables of the manual and
 * the JSON Schema, so that none of them can disagree. */
#ifndef TOPPLE_MODELS_KEYS_H
#define TOPPLE_MODELS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec.h"

typedef struct Key Key;
typedef struct Kind Kind;
typedef struct Family Family;
typedef struct ReadContext ReadContext; /* the reader's: arena, names; see models/reader/reader.h */

/* What is stored at the key's offset. */
typedef enum KeyType {
    KEY_BOOLEAN,      /* bool */
    KEY_INTEGER,      /* uint32_t, min..max */
    KEY_NUMBER,       /* double, min..max */
    KEY_DURATION,     /* SimTime, min..max in ns */
    KEY_SIZE,         /* int64_t, bytes */
    KEY_BANDWIDTH,    /* double, bits per second */
    KEY_STRING,       /* const char *, owned by the topology */
    KEY_CHOICE,       /* int: index into detail.choices */
    KEY_DISTRIBUTION, /* const Distribution *, owned by the topology */
    KEY_COUNT,        /* const Count *, owned by the topology */
    KEY_OBJECT, /* a nested struct, by detail.keys; `present` below says whether it was written */
    KEY_KIND,   /* KindChoice: an object whose selector names a kind of detail.family */
    KEY_CUSTOM, /* whatever detail.custom.read stores */
    KEY_UNSUPPORTED, /* known, but not there yet: an error that says so */
} KeyType;

/* A chosen member of a family with its own keys read into `config`, owned by the topology (NULL: it
 * has none). */
typedef struct KindChoice {
    const Kind *kind; /* NULL: absent */
    const void *config;
} KindChoice;

typedef bool (*KeyReader)(const Spec *spec, ReadContext *context, void *value);

/* How a custom key is shown to people and to the JSON Schema. */
typedef struct KeyCustom {
    KeyReader read;
    const char *type_text; /* "a list of steps" */
    const char *schema;    /* JSON Schema fragment, e.g. "{\"$ref\": \"#/$defs/steps\"}" */
} KeyCustom;

struct Key {
    const char *name;
    KeyType type;
    bool required;
    bool nullable; /* JSON null stands for "not set": the value stays as the reader's caller left it
                    */
    size_t offset; /* in the struct that the table describes */
    size_t present;  /* KEY_OBJECT: offset of a bool that is set when the key is there; 0: none */
    double min, max; /* numbers, integers, counts, durations (ns), both allowed; a min of DBL_MIN
                        stands for "above 0"; both 0: the whole range from 0 */
    const char *fallback; /* default as JSON text, read like a written value; NULL: left as the
                             caller set it */
    union {
        const char *const *choices; /* ends with NULL */
        const Key *keys;            /* ends with a NULL name */
        const Family *family;
        const KeyCustom *custom;
    } detail;
    const char
        *summary; /* one line of the manual: what it is, unit or default in words where needed */
};

/* One member of an open family. The first member of the family's own struct (BalancerKind,
 * FaultKind). */
struct Kind {
    const char *name;
    const char *summary;
    const Key *keys;    /* its own keys; NULL: none */
    size_t config_size; /* of the struct they fill */
    /* Checks what a range cannot, after the keys are read; NULL: nothing to check. */
    bool (*check)(const Spec *spec, const void *config);
};

struct Family {
    const char *name;         /* "balancer", as `topple kinds balancer` */
    const char *selector;     /* "policy", "type", "process": the key that names the kind */
    const char *fallback;     /* kind when the selector is absent; NULL: it is required */
    const char *place;        /* where it stands: "/links/<link>/load_balancing" */
    const Kind *const *kinds; /* ends with NULL */
    const char *const *later; /* names known but not supported yet, ends with NULL; may be NULL */
};

/* All families that have kinds with keys, for `kinds`, the manual and the schema; ends with NULL.
 */
extern const Family *const families[];

/* Reads the object's keys into `config` by the tables (up to 4, ended by NULL: an object may
 * combine them, such as a fault's common keys and its kind's own) and reports what is missing,
 * unknown, of the wrong type or out of range. Defaults are filled in. */
bool keys_read(const Spec *spec, ReadContext *context, void *config, const Key *keys);

/* The same without the final check for unknown keys, for objects read by several tables. */
bool keys_read_part(const Spec *spec, ReadContext *context, void *config, const Key *keys);
bool keys_finish(const Spec *spec, const Key *const *tables); /* tables ends with NULL */

/* Reads {selector: name, ...its keys} and what the object has of `common` keys into `common_config`
 * (both may be NULL). */
bool kind_read(const Spec *spec, ReadContext *context, const Family *family, KindChoice *choice,
               const Key *common, void *common_config);

const Kind *kind_find(const Family *family, const char *name);

#endif
