/* The links of the file: rules with wildcards, and what comes of them for each pair that is called.
 * Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_LINKS_H
#define TOPPLE_MODELS_READER_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/reader/reader.h"

typedef struct LinkBook LinkBook;

LinkBook *link_book_new(void);
void link_book_free(LinkBook *book);

/* Reads the names of all members of "links" into rules; their keys are looked up now and read when
 * a pair needs them. */
void links_read(ReadContext *context);

/* The link for calls to an operation, from a service or (with service NO_INDEX) from a workload.
 * All rules that match apply, least specific first. A problem at `spec` when there is none, or when
 * it leads over a broker that has no consumer for the operation; then false. */
bool link_resolve(const Spec *spec, ReadContext *context, uint32_t service, uint32_t workload,
                  uint32_t operation, uint32_t *link);

/* How many counters the balancers and pools of all links need: some for the state of each caller's
 * replica (or client), and where attempts are counted one for each replica of the callee, too; a
 * pool has several for each of these. */
double link_counters(const ReadContext *context);

/* Reads what no pair has needed, so that nothing wrong goes unseen, and warns of rules that apply
 * to no call. */
void links_finish(ReadContext *context);

#endif
