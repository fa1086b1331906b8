/* The JSON Schema (draft 2020-12) of topology files, made from the tables that the reader reads by.
 * Editors use it to complete and check. It accepts what the reader accepts, but for links that are
 * only complete together with others; the reader checks more: names, and what belongs together. */
#ifndef TOPPLE_MODELS_SCHEMA_H
#define TOPPLE_MODELS_SCHEMA_H

char *topology_schema(void); /* to be freed */

#endif
