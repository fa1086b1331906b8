/* What topple's exit says. */
#ifndef TOPPLE_CLI_EXIT_CODE_H
#define TOPPLE_CLI_EXIT_CODE_H

typedef enum ExitCode {
    EXIT_DONE = 0,
    EXIT_CANNOT_READ_OR_WRITE = 1,
    EXIT_WRONG_INPUT = 2, /* the command line or the topology */
    EXIT_EXPECTATION_FAILED = 3,
    EXIT_UNDECIDED = 4,        /* or doubtful; under --strict */
    EXIT_STOPPED_BY_LIMIT = 5, /* partial results, marked */
    EXIT_INTERNAL_ERROR = 70,
    EXIT_INTERRUPTED = 130, /* partial results, marked */
    EXIT_TERMINATED = 143,  /* likewise */
} ExitCode;

#endif
