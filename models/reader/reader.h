/* What the parts of the topology reader share. */
#ifndef TOPPLE_MODELS_READER_H
#define TOPPLE_MODELS_READER_H

#include <stddef.h>

#include "models/arena.h"
#include "models/document.h"
#include "models/keys.h"
#include "models/problems.h"
#include "models/spec.h"
#include "models/topology.h"
#include "sim/count.h"
#include "sim/distribution/distribution.h"

/* All values in files that a topology names, together; a file has at most FILE_BYTES_MAX. */
#define FILE_VALUES_MAX 10000000u
#define FILE_BYTES_MAX  (64u << 20)

struct ReadContext {
    Arena *arena; /* owns what is read */
    Problems *problems;
    Document *document;
    size_t file_values;    /* read from files so far */
    struct Draft *draft;   /* the topology in the making, models/reader/draft.h; NULL while designs
                              are looked at */
    GHashTable *constants; /* SimTime -> Distribution: equal constants are one; NULL: they are
                              not */
};

/* A duration string or 0 (a constant), or an object with `dist`. Owned by the context's arena. */
bool distribution_read(const Spec *spec, ReadContext *context, const Distribution **distribution);

/* An integer from min to max, or an object with `dist`. Owned by the context's arena. Draws are not
 * held to the limits. */
bool count_read(const Spec *spec, ReadContext *context, uint32_t min, uint32_t max,
                const Count **count);

/* Reads a text file line by line, for files of numbers. Only regular files are opened. Problems
 * (cannot be read, too long) are reported at the value that names the file. */
typedef struct LineFile LineFile;

LineFile *line_file_open(const Spec *spec);
void line_file_close(LineFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineFile, line_file_close)

/* The next line that is not blank, without surrounding blanks, good until the next call. NULL at
 * the end and after a problem, told apart by line_file_failed. */
const char *line_file_next(LineFile *file);
bool line_file_failed(const LineFile *file);

/* Reports "<path>:<line>: <message>" for the line last read. Always returns false. */
bool line_file_problem(LineFile *file, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- names
 *
 * What the value, a string, names: its index. An unknown name is a problem with a suggestion. All
 * services, operations, brokers and workloads are known before any of them is read; zones and links
 * once the services and workloads are read. */
bool name_read_service(const Spec *spec, ReadContext *context, uint32_t *service);
bool name_read_operation(const Spec *spec, ReadContext *context, uint32_t *operation);
/* The same for an operation named by a member's key, as in a mix. */
bool name_find_operation(const Spec *spec, ReadContext *context, uint32_t *operation);
bool name_read_broker(const Spec *spec, ReadContext *context, uint32_t *broker);
bool name_read_workload(const Spec *spec, ReadContext *context, uint32_t *workload);
bool name_read_zone(const Spec *spec, ReadContext *context, uint32_t *zone);

/* All links that a name "a -> b" or "a -> b.op" stands for, `*` allowed on either side; "a -> b"
 * also stands for links to single operations of b. In ascending order, owned by the arena. A
 * problem if there are none. */
bool name_read_links(const Spec *spec, ReadContext *context, const uint32_t **links,
                     uint32_t *count);

/* All links that lead to a service, ascending, owned by the arena. */
const uint32_t *links_leading_to(ReadContext *context, uint32_t service, uint32_t *count);

/* All links over which a service calls, likewise. */
const uint32_t *links_leaving_from(ReadContext *context, uint32_t service, uint32_t *count);

/* Adds a workload's call site for an operation of its mix (ordinal 0, no sizes) and finds its link.
 * A problem at `spec` when no link of the file leads there. */
bool workload_add_site(const Spec *spec, ReadContext *context, uint32_t workload,
                       uint32_t operation, uint32_t *site);

/* --- parts of the file
 *
 * One member of "workloads" (`spec` is its value, `index` its place, `name` is set already), and
 * one of "faults". Both report what is wrong and return false; they are zeroed before. */
bool workload_read(const Spec *spec, ReadContext *context, uint32_t index,
                   WorkloadConfig *workload);
bool fault_read(const Spec *spec, ReadContext *context, FaultConfig *fault);

/* Their keys, for the manual and the schema: those besides the family's own. */
extern const Key workload_keys[];
extern const Key fault_keys[];

#endif
