/* A tree of cJSON nodes as text. For document.c. */
#ifndef TOPPLE_MODELS_JSON_PRINT_H
#define TOPPLE_MODELS_JSON_PRINT_H

#include <glib.h>

#include "models/document_nodes.h"

/* Two spaces of indentation, members in order, numbers as they stand in the document's texts, LF at
 * the end. Recurses as deep as the tree. */
void json_print(GString *text, const Document *document, const cJSON *node);

#endif
