/* Records by task: on disk while a command works, so that a killed one loses no finished point, or
 * in memory for those who write no files.
 *
 * The file starts with what the records belong to: an identity in words, and the command line and
 * the topology's text, so that `merge` needs nothing else. Each record follows whole, with a
 * checksum. What a kill or a full disk cut off is cut off again when the journal is opened. Two
 * processes cannot write the same journal. All functions may be called from any thread. */
#ifndef TOPPLE_EXPERIMENTS_JOURNAL_H
#define TOPPLE_EXPERIMENTS_JOURNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Journal Journal;

/* One fact that all records of a journal depend on. */
typedef struct JournalFact {
    const char *name; /* "seed" */
    const char *value;
} JournalFact;

typedef struct JournalHead {
    const JournalFact *facts;  /* compared in this order; name NULL at the end */
    char *const *command_line; /* NULL at the end */
    const char *source_name, *source_folder;
    GBytes *source;
    uint32_t shard, shard_count; /* from 0; 0 of 1: all tasks */
} JournalHead;

Journal *journal_in_memory(void);

/* Opens the journal for this head, or makes it, with its folder. JOURNAL_ERROR_OTHER when there is
 * one of something else: the message says of what; `anew` throws it away instead. */
Journal *journal_open(const char *path, const JournalHead *head, bool anew, GError **error);

/* Opens one that is there, to be read only. Its head is borrowed from it. */
Journal *journal_read(const char *path, GError **error);
const JournalHead *journal_head(const Journal *journal);
const char *journal_path(const Journal *journal); /* NULL: in memory */

void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* The first fact in which two heads differ, in words, to be freed; NULL if there is none. */
char *journal_difference(const JournalHead *there, const JournalHead *asked);

uint64_t journal_count(Journal *journal);
bool journal_has(Journal *journal, uint64_t task);

/* Whole, or not at all: after an error the journal is as it was. A task that is there already keeps
 * its record. */
bool journal_add(Journal *journal, uint64_t task, GBytes *record, GError **error);

/* NULL without an error: there is none. */
GBytes *journal_get(Journal *journal, uint64_t task, GError **error);

/* What has been added survives a power cut from now on. */
void journal_flush(Journal *journal);

/* Frees it, and removes the file. */
bool journal_finish(Journal *journal, GError **error);

typedef enum JournalError {
    JOURNAL_ERROR_OTHER,  /* of another command, topology, seed, ... */
    JOURNAL_ERROR_NONE,   /* no journal at all */
    JOURNAL_ERROR_LOCKED, /* somebody else writes it */
    JOURNAL_ERROR_FILE,   /* the system refuses */
} JournalError;

#define JOURNAL_ERROR (journal_error_quark())
GQuark journal_error_quark(void);

#endif
