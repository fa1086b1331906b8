/* SIM_CHECK stops the program on a programming error, in every build. It is never used to judge
 * what a user wrote: nothing in a topology, accepted or not, can make it fire. */
#ifndef TOPPLE_SIM_CHECK_H
#define TOPPLE_SIM_CHECK_H

/* Prints file, line and the condition to stderr and aborts. A good place for a breakpoint. */
_Noreturn void sim_check_failed(const char *file, int line, const char *condition);

#define SIM_CHECK(condition)                                                                       \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            sim_check_failed(__FILE__, __LINE__, #condition);                                      \
    } while (0)

#endif
