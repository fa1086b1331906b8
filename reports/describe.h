/* The documentation of every file and column, as Markdown, printed from the tables that make them.
 */
#ifndef TOPPLE_REPORTS_DESCRIBE_H
#define TOPPLE_REPORTS_DESCRIBE_H

#include <glib.h>

void describe_outputs(GString *text);

#endif
