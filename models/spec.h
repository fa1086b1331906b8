/* A cursor over one value of a document, for strict readers.
 *
 * Readers consume: a member that is read is marked, and spec_finish reports those that are left,
 * with the nearest known key. Getters report what is wrong to the document's problems and return
 * false; the reader goes on, so that all problems of a file come out at once. Specs live on the
 * stack, each pointing at its parent, from which the JSON Pointer of a message is built. */
#ifndef TOPPLE_MODELS_SPEC_H
#define TOPPLE_MODELS_SPEC_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/document.h"
#include "sim/time.h"

struct cJSON;

typedef struct Spec {
    Document *document;
    Problems *problems;
    struct cJSON *node;
    const struct Spec *parent; /* NULL at the root */
    const char *name;          /* member name; NULL for an element of an array */
    size_t index;              /* position among its siblings */
} Spec;

typedef enum SpecType {
    SPEC_NULL,
    SPEC_BOOLEAN,
    SPEC_NUMBER,
    SPEC_STRING,
    SPEC_ARRAY,
    SPEC_OBJECT
} SpecType;

Spec spec_root(Document *document, Problems *problems);
SpecType spec_type(const Spec *spec);
const char *spec_type_name(SpecType type); /* "a string", "an object", ... */

/* Reports a problem at this value; printf-like. Always returns false. */
bool spec_problem(const Spec *spec, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same, placed at the member's name instead of its value. */
bool spec_problem_at_key(const Spec *spec, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* At the value of a member, if it is written; else at the object. */
bool spec_problem_at(const Spec *spec, const char *key, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Where the value stands, for what is said of it later. */
typedef struct SpecPlace {
    const char *file; /* borrowed from the document */
    size_t line, column;
    char *pointer; /* to be freed */
} SpecPlace;

SpecPlace spec_place(const Spec *spec);

/* Reports "no <what> is called "x"; did you mean "y"?", or lists the candidates when they are few.
 * Returns false. */
bool spec_unknown_name(const Spec *spec, const char *what, const char *name,
                       const char *const *candidates, size_t count);

/* Objects. spec_member finds and consumes a member; `child` points at `spec`, which must outlive
 * it. */
bool spec_member(const Spec *spec, const char *key, Spec *child);
bool spec_has(const Spec *spec, const char *key); /* does not consume */
/* Reports unconsumed members. `keys` are the known ones, for suggestions. `description` is always
 * allowed. */
bool spec_finish(const Spec *spec, const char *const *keys, size_t count);

/* Children of an object or array in document order (consuming them). `child` must be used before
 * the next call. A member named `description` is skipped in objects. */
size_t spec_size(const Spec *spec);
bool spec_first(const Spec *spec, Spec *child);
bool spec_next(Spec *child);

/* Whether the value has this type; if not, reports "must be an object, got ...". */
bool spec_expect(const Spec *spec, SpecType type);

/* Values. Limits are inclusive; a value outside is reported with both limits and what was found. */
bool spec_get_boolean(const Spec *spec, bool *value);
bool spec_get_integer(const Spec *spec, int64_t min, int64_t max, int64_t *value);
bool spec_get_number(const Spec *spec, double min, double max, double *value);
bool spec_get_string(const Spec *spec, const char **value); /* borrowed from the document */
/* "250us", or 0. min and max in ns. */
bool spec_get_duration(const Spec *spec, SimTime min, SimTime max, SimTime *value);
/* "4KiB", "1.5MB" (1000), "100B", or 0. */
bool spec_get_size(const Spec *spec, int64_t max, int64_t *bytes);
/* "1Gbps", "100Mbps", "64kbps"; > 0. */
bool spec_get_bandwidth(const Spec *spec, double *bits_per_second);
/* Index of the string among `choices`. */
bool spec_get_choice(const Spec *spec, const char *const *choices, size_t count, int *value);
/* A seed: an integer from 0 to 2^53, or a decimal string of up to 64 bits. */
bool spec_get_seed(const Spec *spec, uint64_t *value);
/* Whether the member's name (of a string in a list: the value) can name something: 1 to 128
 * characters, no '.', '/', '*', "->", no control characters, no blank at either end. */
bool spec_check_name(const Spec *spec, const char *what);

/* Parses a duration as it is written in topologies; false when it is none. Also for the command
 * line. */
bool duration_parse(const char *text, SimTime *value);
/* "250us", "1.5s": the shortest exact form, for messages and tables. */
char *duration_format(SimTime value);

/* The path of a file that the topology names, relative to the topology's folder. */
char *spec_resolve_path(const Spec *spec, const char *path);

/* A new object: `below` (may be NULL) with `above` merged over it (RFC 7396: null removes), in the
 * place of `above`; nothing in it is consumed yet. The members keep their own positions. Freed by
 * spec_merge_free, or with the document. False with a problem when merges have become too much. */
bool spec_merge(const Spec *below, const Spec *above, Spec *merged);
void spec_merge_free(Spec *merged);

/* Makes a document's value from JSON text (a key's default), owned by the document; used by keys.c.
 */
Spec spec_from_text(const Spec *parent, const char *name, const char *json);

#endif
