/* The nodes of a document and where they stand, for the few files that know cJSON: those that
 * include this one, and merge_patch.c. */
#ifndef TOPPLE_MODELS_DOCUMENT_NODES_H
#define TOPPLE_MODELS_DOCUMENT_NODES_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "models/document.h"

/* The kind of a value; the bits above are flags. */
#define NODE_TYPE(node) ((node)->type & 0xFF)

/* Set on a member that a reader has asked for. cJSON uses bits 8 and 9. */
#define NODE_CONSUMED (1 << 16)

typedef struct NodePlace {
    const char *file;
    size_t line, column;
} NodePlace;

cJSON *document_root(Document *document);
const cJSON *document_root_const(const Document *document);
const char *document_folder(const Document *document);

/* Takes `root` over. */
void document_replace_root(Document *document, cJSON *root);

/* Adds a text, called `name` in errors, whose JSON starts at `start`: its tree, to be taken over.
 * NULL with a problem at `pointer` otherwise. */
cJSON *document_add_text(Document *document, const char *name, const char *text, size_t start,
                         const char *pointer, Problems *problems);

/* Where the node's value (or, at_key, its member name) stands; false for nodes of defaults, which
 * have no place. */
bool document_find_place(const Document *document, const cJSON *node, bool at_key,
                         NodePlace *place);

/* The node's value as it is written, up to the end of the whole text. */
const char *document_text_of(const Document *document, const cJSON *node);

/* The value of a JSON text that comes from topple itself, made once for each text and owned by the
 * document. */
cJSON *document_constant(Document *document, const char *json);

/* A copy of `below` (may be NULL) with a copy of `above` merged over it, without flags, owned by
 * the document; NULL when more has been copied than a document may ask for. */
cJSON *document_merge_copies(Document *document, const cJSON *below, const cJSON *above);
void document_drop_copy(Document *document, cJSON *copy);

#endif
