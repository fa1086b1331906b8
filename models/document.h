/* A topology file as text and as a tree: read strictly, patched, and remembered by position.
 *
 * A strict scanner of our own (RFC 8259: grammar, UTF-8, repeated keys, limits) goes over the text
 * before cJSON builds the tree, and gives every node its position; positions move with the nodes
 * when a patch is merged, so that an error in a design points at the patch. Only the files behind
 * this header and spec.h know cJSON (models/document_nodes.h). */
#ifndef TOPPLE_MODELS_DOCUMENT_H
#define TOPPLE_MODELS_DOCUMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/problems.h"

/* Limits of a text; beyond them it is refused before anything is built. */
#define DOCUMENT_BYTES_MAX  (16u << 20)
#define DOCUMENT_VALUES_MAX 1000000u
#define DOCUMENT_DEPTH_MAX  64u
#define DOCUMENT_KEY_MAX    256u /* bytes */

typedef struct Document Document;

/* Parses the text, which may hold NUL bytes and need not end with one. `name` is the file's name as
 * errors print it; relative files named in the topology are looked up in `folder`. NULL with at
 * least one problem when it is not strict JSON. */
Document *document_parse(const char *name, const char *folder, const char *text, size_t length,
                         Problems *problems);
void document_free(Document *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

/* The file's name as errors print it. */
const char *document_name(const Document *document);

/* Replaces or adds the value at a JSON Pointer (RFC 6901): for --set POINTER=JSON, given as that
 * one text. The parent must exist, except that missing objects on the way are made. Problems are
 * reported as of "--set". */
bool document_set(Document *document, const char *assignment, Problems *problems);

/* The same for a pointer and a JSON text; problems are reported as of `source` ("--vary"). */
bool document_put(Document *document, const char *source, const char *pointer, const char *json,
                  Problems *problems);

/* The JSON text of the value at a pointer, to be freed; NULL if it names nothing. */
char *document_get(const Document *document, const char *pointer);

/* Pointers (char *) of all values at a pointer and below it that are quantities above 0
 * (models/quantity.h), in document order; empty when it names nothing. To be freed with it. */
GPtrArray *document_quantities(const Document *document, const char *pointer);

/* Why a pointer names nothing, in words, to be freed: "there is no "crat" in /services; did you
 * mean "cart"?". NULL if it names a value. */
char *document_missing(const Document *document, const char *pointer);

/* Merges /designs/<name>/patch (RFC 7396) into the root and removes /designs, keeping positions.
 * With name NULL or "base" only /designs is removed. A problem when there is no such design. */
bool document_apply_design(Document *document, const char *name, Problems *problems);

/* Removes all members of a member of the root but one, if there are any. */
void document_keep_only(Document *document, const char *member, const char *name);

/* The names under /designs in file order, NULL-terminated; empty when there are none or it is no
 * object. */
char **document_design_names(const Document *document);

/* Lines of the files that the topology names are counted in as they are read: what is read depends
 * on them as on the text. 0: there were none. */
void document_add_data(Document *document, const char *line);
uint64_t document_data_hash(const Document *document);

/* The tree as JSON text, two spaces of indentation, members in order, numbers as they were written,
 * LF at the end. */
char *document_print(const Document *document);

#endif
