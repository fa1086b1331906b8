/* Where and with what the figures were measured. Texts to be freed. */
#ifndef TOPPLE_TESTS_BENCH_MACHINE_H
#define TOPPLE_TESTS_BENCH_MACHINE_H

/* "AMD EPYC, 2 cores, Linux x86_64". */
char *machine_name(void);

/* Compiler, libraries, and the instructions that libm chooses its functions by: with the same ones,
 * a run takes the same instructions. */
char *build_versions(void);

#endif
