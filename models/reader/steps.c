#include "models/reader/steps.h"

#include <string.h>

uint32_t compile_position(const Compiler *compiler)
{
    return compiler->context->draft->code->len;
}

Step *compile_step_at(const Compiler *compiler, uint32_t index)
{
    return &g_array_index(compiler->context->draft->code, Step, index);
}

static void say_too_large(const Compiler *compiler)
{
    Draft *draft = compiler->context->draft;
    if (draft->is_too_large)
        return;
    draft->is_too_large = true;
    spec_problem(&draft->services_spec,
                 "must have at most %u steps in all, and at most %u of one kind in an operation",
                 STEPS_MAX, ORDINALS_MAX);
}

static uint16_t take_ordinal(Compiler *compiler, StepKind kind, OrdinalGroup group)
{
    uint16_t *next = &compiler->ordinals[group][kind];
    uint16_t ordinal = (uint16_t)((uint32_t)group << ORDINAL_BITS | *next);
    if (*next == ORDINALS_MAX)
        say_too_large(compiler);
    else
        ++*next;
    return ordinal;
}

void compile_pass(Compiler *compiler, StepKind kind, OrdinalGroup group)
{
    take_ordinal(compiler, kind, group);
}

uint32_t compile_emit(Compiler *compiler, StepKind kind, OrdinalGroup group)
{
    if (compile_position(compiler) >= STEPS_MAX)
        say_too_large(compiler);
    Step step = {
        .kind = (uint8_t)kind,
        .ordinal = take_ordinal(compiler, kind, group),
        .on_failure = compiler->handler,
        .index = NO_INDEX,
    };
    g_array_append_val(compiler->context->draft->code, step);
    return compile_position(compiler) - 1;
}

uint32_t compile_visit(Compiler *compiler, bool is_broker, uint32_t index)
{
    gpointer key = GUINT_TO_POINTER(is_broker ? 0x80000000u | index : index);
    if (compiler->visits == NULL)
        compiler->visits = g_hash_table_new(NULL, NULL);
    guint visits = GPOINTER_TO_UINT(g_hash_table_lookup(compiler->visits, key));
    g_hash_table_insert(compiler->visits, key, GUINT_TO_POINTER(visits + 1));
    return visits;
}

void compile_resolve(const Compiler *compiler, uint32_t start, uint32_t mark, uint32_t target)
{
    for (uint32_t i = start; i < compile_position(compiler); i++) {
        Step *step = compile_step_at(compiler, i);
        if (step->on_failure == mark)
            step->on_failure = target;
    }
}

/* --- loops and skips */

uint32_t compile_loop_begin(Compiler *compiler, const Spec *step, const Count *count,
                            OrdinalGroup group)
{
    if (count == NULL || (count->kind == NULL && count->constant == 1)) {
        compile_pass(compiler, STEP_LOOP, group);
        return NO_INDEX;
    }
    if (compiler->loops >= LOOPS_NESTED_MAX) {
        spec_problem(step, "must not have more than %u loops inside each other", LOOPS_NESTED_MAX);
        return NO_INDEX;
    }
    uint32_t index = compile_emit(compiler, STEP_LOOP, group);
    compile_step_at(compiler, index)->count = count;
    compile_step_at(compiler, index)->loop = (uint8_t)compiler->loops++;
    return index;
}

void compile_loop_end(Compiler *compiler, uint32_t loop, OrdinalGroup group)
{
    if (loop == NO_INDEX)
        return;
    uint32_t next = compile_emit(compiler, STEP_LOOP_NEXT, group);
    compile_step_at(compiler, next)->loop = compile_step_at(compiler, loop)->loop;
    compile_step_at(compiler, next)->target = loop + 1;
    compile_step_at(compiler, loop)->target = next + 1;
    compiler->loops--;
}

uint32_t compile_skip_begin(Compiler *compiler, double probability, OrdinalGroup group)
{
    uint32_t skip = compile_emit(compiler, STEP_SKIP, group);
    compile_step_at(compiler, skip)->probability = probability;
    return skip;
}

/* --- from a step to its verb */

static bool no_verb(const Spec *step)
{
    GString *names = g_string_new(NULL);
    const char *candidates[32];
    size_t count = 0;
    Spec first;
    for (; verbs[count] != NULL; count++) {
        candidates[count] = verbs[count]->name;
        g_string_append_printf(names, "%s%s", count > 0 ? ", " : "", verbs[count]->name);
    }
    g_autofree char *list = g_string_free(names, FALSE);
    if (!spec_first(step, &first))
        return spec_problem(step, "must have one verb: %s", list);
    const char *near = problems_nearest(first.name, candidates, count);
    if (near != NULL)
        return spec_problem_at_key(&first, "no verb is called \"%s\"; did you mean \"%s\"?",
                                   first.name, near);
    return spec_problem(step, "must have one verb: %s", list);
}

static const Verb *find_verb(const Spec *step)
{
    const Verb *found = NULL;
    if (!spec_expect(step, SPEC_OBJECT))
        return NULL;
    for (size_t i = 0; verbs[i] != NULL; i++) {
        if (!spec_has(step, verbs[i]->name))
            continue;
        if (found != NULL) {
            spec_problem(step, "must have one verb, got both \"%s\" and \"%s\"", found->name,
                         verbs[i]->name);
            return NULL;
        }
        found = verbs[i];
    }
    if (found == NULL)
        no_verb(step);
    return found;
}

static void compile_one(Compiler *compiler, const Spec *step)
{
    const Verb *verb = find_verb(step);
    if (verb == NULL)
        return;
    void *config = g_malloc0(verb->config_size);
    keys_read(step, compiler->context, config, verb->keys);
    verb->compile(compiler, step, config);
    g_free(config);
}

void compile_list(Compiler *compiler, const Spec *list)
{
    Spec step;
    if (list->node == NULL || !spec_expect(list, SPEC_ARRAY))
        return;
    for (bool more = spec_first(list, &step); more; more = spec_next(&step)) {
        if (!compiler->context->draft->is_too_large)
            compile_one(compiler, &step);
    }
}

void steps_compile(ReadContext *context, uint32_t operation, const Spec *steps,
                   const Spec *after_reply)
{
    Draft *draft = context->draft;
    Compiler compiler = {
        .context = context,
        .operation = operation,
        .service = g_array_index(draft->operation_list, OperationConfig, operation).service,
        .handler = NO_INDEX,
    };
    compile_list(&compiler, steps);
    compile_emit(&compiler, STEP_REPLY, ORDINAL_OWN);
    if (after_reply != NULL)
        compile_list(&compiler, after_reply);
    compile_emit(&compiler, STEP_END, ORDINAL_OWN);
    if (compiler.visits != NULL)
        g_hash_table_destroy(compiler.visits);
}
