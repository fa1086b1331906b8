/* From files to topologies: the text is read once, each design is parsed anew from it. */
#ifndef TOPPLE_CLI_INPUT_H
#define TOPPLE_CLI_INPUT_H

#include <glib.h>
#include <stdbool.h>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "models/topology.h"

typedef struct Design {
    char *name;
    Topology *topology;
} Design;

/* A file as it was read. */
typedef struct InputText {
    char *name;   /* as messages print it */
    char *folder; /* for the files it names */
    char *bytes;  /* a NUL follows */
    size_t length;
} InputText;

typedef struct Input {
    GArray *designs; /* of Design, in the order in which they are shown */
    size_t bytes;    /* of text that was read for them, once for each */
    InputText text;  /* of a single file */
} Input;

/* Of all designs together, so that the answer comes within seconds and some hundred megabytes. */
#define INPUT_BYTES_MAX   (64u << 20)
#define INPUT_DESIGNS_MAX 200u

/* Reads what the options name. `all_designs`: base and all designs of the file when --design is not
 * given; otherwise the base alone. --design '*' are all of them, too. With several files: one
 * design each, named by its file. Problems and errors are printed to stderr; EXIT_DONE when all is
 * well. */
ExitCode input_read(Input *input, const Options *options, bool all_designs);

/* The same for one file, whose text, taken over, is there already. */
ExitCode input_read_text(Input *input, InputText text, const Options *options, bool all_designs);
void input_clear(Input *input);

/* An error line of the command: "topple: ..." on stderr. */
void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
