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

/* Whose draws they are. Each group counts for itself, so that putting an option or a cache in
 * leaves the draws of the other steps as they were. */
typedef enum OrdinalGroup {
    ORDINAL_OWN,
    ORDINAL_OPTION, /* a call's probability and times */
    ORDINAL_CACHE,
    ORDINAL_GROUPS
} OrdinalGroup;

#define ORDINAL_BITS 14u                        /* below the group */
#define ORDINALS_MAX ((1u << ORDINAL_BITS) - 1) /* of one kind and group in one operation */

typedef struct Compiler {
    ReadContext *context;
    uint32_t operation, service;
    uint32_t handler; /* where a failure goes: the mark of a `try`, or NO_INDEX */
    uint32_t marks;   /* handed out to tries */
    unsigned loops;   /* open ones, in this branch */
    uint16_t ordinals[ORDINAL_GROUPS][STEP_END + 1]; /* the next of each */
    GHashTable *visits; /* callee operation or broker -> times named in the text */
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
uint32_t compile_emit(Compiler *compiler, StepKind kind, OrdinalGroup group);
/* Uses an ordinal up without a step: for one that would do nothing here, but may in another design.
 */
void compile_pass(Compiler *compiler, StepKind kind, OrdinalGroup group);
Step *compile_step_at(const Compiler *compiler, uint32_t index); /* good until the next emit */
uint32_t compile_position(const Compiler *compiler);
/* The how-manieth time the text names this operation (or broker): 0, 1, ... */
uint32_t compile_visit(Compiler *compiler, bool is_broker, uint32_t index);
/* Sets on_failure of the steps from `start` that point at a mark. */
void compile_resolve(const Compiler *compiler, uint32_t start, uint32_t mark, uint32_t target);

/* A loop around what is emitted up to its end. NO_INDEX, and no loop, when the count is 1 (or
 * NULL), or with a problem at `step` when there are too many loops inside each other. */
uint32_t compile_loop_begin(Compiler *compiler, const Spec *step, const Count *count,
                            OrdinalGroup group);
void compile_loop_end(Compiler *compiler, uint32_t loop, OrdinalGroup group);
/* Skips what follows with a probability; the step's target is for the caller to set. */
uint32_t compile_skip_begin(Compiler *compiler, double probability, OrdinalGroup group);

extern const Verb verb_repeat, verb_parallel, verb_background, verb_choose, verb_try, verb_cache;

#define STEPS_SCHEMA "{\"$ref\": \"#/$defs/steps\"}"

#endif
