/* What is wrong with a topology: all of it, not only the first thing found. */
#ifndef TOPPLE_MODELS_PROBLEMS_H
#define TOPPLE_MODELS_PROBLEMS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define PROBLEMS_SHOWN_MAX 20

typedef struct Problem {
    char *file;          /* as the user named it */
    size_t line, column; /* from 1, columns in code points; 0 when there is no place */
    char *pointer;       /* JSON Pointer; "" for the whole file */
    char *message;
} Problem;

typedef struct Problems {
    GPtrArray *list; /* of Problem, in the order found; at most PROBLEMS_SHOWN_MAX are kept */
    size_t count;    /* all that were found */
} Problems;

Problems *problems_new(void);
void problems_free(Problems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Problems, problems_free)

/* message: what is wrong, what was found, what would be right; no capital, no full stop, no
 * "error:". It is taken over. */
void problems_add(Problems *problems, const char *file, size_t line, size_t column,
                  const char *pointer, char *message);

/* Whether further problems would only be counted: then nobody need word them. */
bool problems_are_full(const Problems *problems);

/* Sorts by place and formats one per line as "file:line:column: pointer: message", control and
 * bidirectional characters shown as \u{...}, long texts cut; ends with a line that counts them when
 * more were found than are shown. */
char *problems_format(Problems *problems);

/* The candidate nearest to `name`, or NULL: Damerau-Levenshtein distance (upper and lower case
 * taken as equal) at most max(1, length/3) and below the length; the first of equally near ones.
 * Borrowed. */
const char *problems_nearest(const char *name, const char *const *candidates, size_t count);

#endif
