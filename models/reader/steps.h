/* Steps: from the verbs of the file to instructions. Private to models/reader/.
 *
 * Each operation becomes one contiguous block of draft->code: its steps, STEP_REPLY, the steps
 * after the reply, STEP_END. Blocks of steps stand in the order of the file:
 *
 *   call with options   SKIP, LOOP, CALL, LOOP_NEXT
 *   repeat              LOOP, body, LOOP_NEXT
 *   choose              CHOOSE, first branch, JUMP, second branch, JUMP, ..., last branch
 *   cache               WAIT, SKIP, miss
 *   try                 body, JUMP, DEGRADED, fallback; the body's on_failure points at DEGRADED
 *   parallel            FORK, first branch, BRANCH_END, second branch, BRANCH_END, ...
 *   background          SPAWN, JUMP, branch, BRANCH_END
 *
 * `target` of a forward instruction is the one behind its block. */
#ifndef TOPPLE_MODELS_READER_STEPS_H
#define TOPPLE_MODELS_READER_STEPS_H

#include <stddef.h>
#include <stdint.h>

#include "models/reader/draft.h"

/* Added to the ordinals of draws that belong to options (a call's probability and times, a cache's
 * latency and hits), so that putting one in leaves the draws of the other steps as they were. */
#define ORDINAL_OF_OPTION 0x8000u
#define ORDINALS_MAX      0x7fffu /* of one kind in one operation */

typedef struct Compiler {
    ReadContext *context;
    uint32_t operation, service;
    uint32_t handler;                   /* where a failure goes: the mark of a `try`, or NO_INDEX */
    uint32_t marks;                     /* handed out to tries */
    unsigned loops;                     /* open ones, in this branch */
    uint16_t ordinals[2][STEP_END + 1]; /* used; the second row is of options */
    GHashTable *visits;                 /* callee operation or broker -> times named in the text */
} Compiler;

typedef struct Verb {
    const char *name; /* the key that tells the step's kind */
    const char *summary;
    const Key *keys; /* of the whole step, the verb's own included */
    size_t config_size;
    void (*compile)(Compiler *compiler, const Spec *step, const void *config);
} Verb;

extern const Verb *const verbs[]; /* ends with NULL */

/* Compiles an operation; `after_reply` may be NULL. */
void steps_compile(ReadContext *context, uint32_t operation, const Spec *steps,
                   const Spec *after_reply);

/* For verbs. The list may be absent (node NULL). */
void compile_list(Compiler *compiler, const Spec *list);
uint32_t compile_emit(Compiler *compiler, StepKind kind, bool is_option);
Step *compile_step_at(const Compiler *compiler, uint32_t index); /* good until the next emit */
uint32_t compile_position(const Compiler *compiler);
/* The how-manieth time the text names this operation (or broker): 0, 1, ... */
uint32_t compile_visit(Compiler *compiler, bool is_broker, uint32_t index);
/* Sets on_failure of the steps from `start` that point at a mark. */
void compile_resolve(const Compiler *compiler, uint32_t start, uint32_t mark, uint32_t target);

#define STEPS_SCHEMA "{\"$ref\": \"#/$defs/steps\"}"

#endif
