/* The files that a study writes, in temporary folders of tests. */
#ifndef TOPPLE_TESTS_OUTPUTS_H
#define TOPPLE_TESTS_OUTPUTS_H

#include <glib.h>

#include "reports/study.h"

/* Writes all files into a new folder and returns its path, to be freed by outputs_remove. */
char *outputs_write(const Study *study);
void outputs_remove(char *folder);

/* The text of one file; to be freed. Fails the test if there is no such file. */
char *outputs_read(const char *folder, const char *name);

/* Every file but manifest.json, which tells the time it took: name before text, sorted; to be
 * freed. */
char *outputs_read_all(const char *folder);

/* The test fails with the first line that differs. */
void assert_same_text(const char *actual, const char *expected, const char *what);

#endif
