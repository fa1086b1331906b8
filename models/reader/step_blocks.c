/* The verbs that hold steps. */
#include <math.h>

#include "models/reader/steps.h"
#include "models/reader/tables.h"

static bool keep_spec(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    *(Spec *)value = *spec;
    return true;
}

static const KeyCustom steps_custom = {keep_spec, "a list of steps", STEPS_SCHEMA};

/* --- repeat */

typedef struct RepeatConfig {
    const Count *count;
    Spec steps;
} RepeatConfig;

static const Key repeat_keys[] = {
    {"repeat", KEY_COUNT, .required = true, .offset = offsetof(RepeatConfig, count),
     .max = COUNT_LARGEST, .summary = "how often, in sequence"},
    {"steps", KEY_CUSTOM, .required = true, .offset = offsetof(RepeatConfig, steps),
     .detail.custom = &steps_custom, .summary = "what is repeated"},
    {.name = NULL},
};

static void compile_repeat(Compiler *compiler, const Spec *step, const void *config)
{
    const RepeatConfig *repeat = config;
    uint32_t loop = compile_loop_begin(compiler, step, repeat->count, ORDINAL_OWN);
    compile_list(compiler, &repeat->steps);
    compile_loop_end(compiler, loop, ORDINAL_OWN);
}

const Verb verb_repeat = {"repeat", "steps several times, in sequence", repeat_keys,
                          sizeof(RepeatConfig), compile_repeat};

/* --- parallel, background */

typedef struct Branch { /* what a branch does not share with the steps around it */
    uint32_t handler;
    unsigned loops;
} Branch;

/* A branch that fails only fails itself, and it counts its loops anew. */
static void compile_branch(Compiler *compiler, const Spec *steps)
{
    Branch outer = {compiler->handler, compiler->loops};
    compiler->handler = NO_INDEX;
    compiler->loops = 0;
    compile_list(compiler, steps);
    compile_emit(compiler, STEP_BRANCH_END, ORDINAL_OWN);
    compiler->handler = outer.handler;
    compiler->loops = outer.loops;
}

#define WAIT_FOR_ALL 0

typedef struct ParallelConfig {
    Spec branches;
    Spec wait_for; /* node NULL: all */
} ParallelConfig;

static const KeyCustom branches_custom = {
    keep_spec, "a list of lists of steps",
    "{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/steps\"}, \"minItems\": 1}"};
static const KeyCustom wait_for_custom = {
    keep_spec, "all, any, or a number",
    "{\"oneOf\": [{\"enum\": [\"all\", \"any\"]}, {\"type\": \"integer\", \"minimum\": 1}]}"};

static const Key parallel_keys[] = {
    {"parallel", KEY_CUSTOM, .required = true, .offset = offsetof(ParallelConfig, branches),
     .detail.custom = &branches_custom, .summary = "branches, all started at once"},
    {"wait_for", KEY_CUSTOM, .offset = offsetof(ParallelConfig, wait_for),
     .detail.custom = &wait_for_custom,
     .summary = "how many must succeed: all (the default), any, or a number"},
    {.name = NULL},
};

static uint32_t read_wait_for(const Spec *spec, uint32_t count)
{
    static const char *const words[] = {"all", "any"};
    int word = 0;
    int64_t number = count;
    if (spec->node == NULL)
        return count;
    if (spec_type(spec) == SPEC_STRING) {
        spec_get_choice(spec, words, G_N_ELEMENTS(words), &word);
        return word == 0 ? count : 1;
    }
    spec_get_integer(spec, 1, count, &number);
    return (uint32_t)number;
}

static void compile_parallel(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const ParallelConfig *parallel = config;
    if (parallel->branches.node == NULL || !spec_expect(&parallel->branches, SPEC_ARRAY))
        return;
    uint32_t count = (uint32_t)spec_size(&parallel->branches);
    if (count == 0) {
        spec_problem(&parallel->branches, "must have at least one branch");
        return;
    }
    uint32_t *targets = arena_take(compiler->context->arena, count, sizeof *targets);
    uint32_t fork = compile_emit(compiler, STEP_FORK, ORDINAL_OWN);
    Spec branch;
    uint32_t i = 0;
    for (bool more = spec_first(&parallel->branches, &branch); more; more = spec_next(&branch)) {
        targets[i++] = compile_position(compiler);
        compile_branch(compiler, &branch);
    }
    Step *made = compile_step_at(compiler, fork);
    made->targets = targets;
    made->target_count = count;
    made->needed = read_wait_for(&parallel->wait_for, count);
    made->target = compile_position(compiler);
}

const Verb verb_parallel = {"parallel", "branches, all at once", parallel_keys,
                            sizeof(ParallelConfig), compile_parallel};

typedef struct BackgroundConfig {
    Spec steps;
} BackgroundConfig;

static const Key background_keys[] = {
    {"background", KEY_CUSTOM, .required = true, .offset = offsetof(BackgroundConfig, steps),
     .detail.custom = &steps_custom, .summary = "started, not waited for; outlives the reply"},
    {.name = NULL},
};

static void compile_background(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const BackgroundConfig *background = config;
    uint32_t *targets = arena_take(compiler->context->arena, 1, sizeof *targets);
    uint32_t spawn = compile_emit(compiler, STEP_SPAWN, ORDINAL_OWN);
    uint32_t jump = compile_emit(compiler, STEP_JUMP, ORDINAL_OWN);
    targets[0] = compile_position(compiler);
    compile_branch(compiler, &background->steps);
    compile_step_at(compiler, spawn)->targets = targets;
    compile_step_at(compiler, spawn)->target_count = 1;
    compile_step_at(compiler, spawn)->target = compile_position(compiler);
    compile_step_at(compiler, jump)->target = compile_position(compiler);
}

const Verb verb_background = {"background", "steps that nobody waits for", background_keys,
                              sizeof(BackgroundConfig), compile_background};

/* --- choose */

typedef struct ChooseConfig {
    Spec branches;
} ChooseConfig;

static const KeyCustom choose_custom = {
    keep_spec, "a list of {weight, steps}",
    "{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/choice\"}, \"minItems\": 1}"};

static const Key choose_keys[] = {
    {"choose", KEY_CUSTOM, .required = true, .offset = offsetof(ChooseConfig, branches),
     .detail.custom = &choose_custom, .summary = "branches, one of which is taken"},
    {.name = NULL},
};

typedef struct Choice {
    double weight;
    Spec steps;
} Choice;

const Key choice_keys[] = {
    {"weight", KEY_NUMBER, .required = true, .offset = offsetof(Choice, weight), .max = 1e9,
     .summary = "share among the weights of all branches"},
    {"steps", KEY_CUSTOM, .required = true, .offset = offsetof(Choice, steps),
     .detail.custom = &steps_custom, .summary = "what is done"},
    {.name = NULL},
};

/* Reads and compiles the branches; returns the sum of their weights, NaN if one is wrong. */
static double compile_choices(Compiler *compiler, const Spec *list, uint32_t *targets,
                              double *weights)
{
    Spec branch;
    double sum = 0;
    uint32_t i = 0;
    for (bool more = spec_first(list, &branch); more; more = spec_next(&branch), i++) {
        Choice choice = {.weight = 0};
        if (i > 0)
            compile_emit(compiler, STEP_JUMP, ORDINAL_OWN);
        targets[i] = compile_position(compiler);
        if (!keys_read(&branch, compiler->context, &choice, choice_keys))
            choice.weight = (double)NAN;
        compile_list(compiler, &choice.steps);
        sum += choice.weight;
        weights[i] = sum;
    }
    return sum;
}

static void compile_choose(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const Spec *list = &((const ChooseConfig *)config)->branches;
    if (list->node == NULL || !spec_expect(list, SPEC_ARRAY))
        return;
    uint32_t count = (uint32_t)spec_size(list);
    uint32_t *targets = arena_take(compiler->context->arena, count, sizeof *targets);
    double *weights = arena_take(compiler->context->arena, count, sizeof *weights);
    uint32_t choose = compile_emit(compiler, STEP_CHOOSE, ORDINAL_OWN);
    double sum = compile_choices(compiler, list, targets, weights);
    if (!(sum > 0)) {
        if (!isnan(sum))
            spec_problem(list, "must have weights whose sum is above 0");
        return;
    }
    uint32_t end = compile_position(compiler);
    for (uint32_t i = 0; i < count; i++) {
        weights[i] /= sum;
        if (i > 0)
            compile_step_at(compiler, targets[i] - 1)->target = end;
    }
    weights[count - 1] = 1;
    Step *made = compile_step_at(compiler, choose);
    made->targets = targets;
    made->weights = weights;
    made->target_count = count;
    made->target = end;
}

const Verb verb_choose = {"choose", "one of several branches, by weight", choose_keys,
                          sizeof(ChooseConfig), compile_choose};

/* --- try, cache */

typedef struct TryConfig {
    Spec steps, fallback;
} TryConfig;

static const Key try_keys[] = {
    {"try", KEY_CUSTOM, .required = true, .offset = offsetof(TryConfig, steps),
     .detail.custom = &steps_custom, .summary = "what may fail"},
    {"fallback", KEY_CUSTOM, .required = true, .offset = offsetof(TryConfig, fallback),
     .detail.custom = &steps_custom,
     .summary = "what is done then; the reply counts as degraded. May be empty"},
    {.name = NULL},
};

static void compile_try(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const TryConfig *attempt = config;
    uint32_t outer = compiler->handler;
    uint32_t start = compile_position(compiler);
    uint32_t mark = NO_INDEX - ++compiler->marks;
    compiler->handler = mark;
    compile_list(compiler, &attempt->steps);
    compiler->handler = outer;
    uint32_t jump = compile_emit(compiler, STEP_JUMP, ORDINAL_OWN);
    compile_resolve(compiler, start, mark, compile_position(compiler));
    compile_emit(compiler, STEP_DEGRADED, ORDINAL_OWN);
    compile_list(compiler, &attempt->fallback);
    compile_step_at(compiler, jump)->target = compile_position(compiler);
}

const Verb verb_try = {"try", "steps with a fallback", try_keys, sizeof(TryConfig), compile_try};

typedef struct CacheConfig {
    double hit_ratio;
    const Distribution *latency;
} CacheConfig;

typedef struct CacheStepConfig {
    CacheConfig cache;
    Spec miss;
} CacheStepConfig;

static const Key cache_keys[] = {
    {"hit_ratio", KEY_NUMBER, .required = true, .offset = offsetof(CacheConfig, hit_ratio),
     .max = 1, .summary = "share of look-ups that hit"},
    {"latency", KEY_DISTRIBUTION, .nullable = true, .offset = offsetof(CacheConfig, latency),
     .summary = "of a look-up, hit or miss; none by default"},
    {"mode", KEY_UNSUPPORTED, .summary = "statistical or keyed"},
    {"ttl", KEY_UNSUPPORTED, .summary = "how long an entry is good"},
    {"ttl_jitter_ratio", KEY_UNSUPPORTED, .summary = "spread of the ttl"},
    {"capacity", KEY_UNSUPPORTED, .summary = "entries"},
    {"eviction", KEY_UNSUPPORTED, .summary = "which entry gives way"},
    {"key_space", KEY_UNSUPPORTED, .summary = "number of keys"},
    {"key_distribution", KEY_UNSUPPORTED, .summary = "popularity of keys"},
    {"coalescing", KEY_UNSUPPORTED, .summary = "what simultaneous misses do"},
    {"coalescing_scope", KEY_UNSUPPORTED, .summary = "instance or service"},
    {"early_refresh_beta", KEY_UNSUPPORTED, .summary = "refreshes before the end"},
    {"stale_while_revalidate", KEY_UNSUPPORTED, .summary = "old entries meanwhile"},
    {"stale_if_error", KEY_UNSUPPORTED, .summary = "old entries on failure"},
    {"negative_ttl", KEY_UNSUPPORTED, .summary = "how long a failure is remembered"},
    {"warmup", KEY_UNSUPPORTED, .summary = "hits while the cache fills"},
    {"placement", KEY_UNSUPPORTED, .summary = "local or remote"},
    {.name = NULL},
};

static const Key cache_step_keys[] = {
    {"cache", KEY_OBJECT, .required = true, .offset = offsetof(CacheStepConfig, cache),
     .detail.keys = cache_keys, .summary = "a look-aside cache in front of the steps"},
    {"miss", KEY_CUSTOM, .required = true, .offset = offsetof(CacheStepConfig, miss),
     .detail.custom = &steps_custom, .summary = "what is done on a miss"},
    {.name = NULL},
};

static void compile_cache(Compiler *compiler, const Spec *step, const void *config)
{
    (void)step;
    const CacheStepConfig *cache = config;
    const Distribution *latency = cache->cache.latency;
    if (latency != NULL && latency->constant != 0) {
        uint32_t wait = compile_emit(compiler, STEP_WAIT, ORDINAL_CACHE);
        compile_step_at(compiler, wait)->duration = latency;
    } else {
        compile_pass(compiler, STEP_WAIT, ORDINAL_CACHE);
    }
    uint32_t skip = compile_skip_begin(compiler, cache->cache.hit_ratio, ORDINAL_CACHE);
    compile_list(compiler, &cache->miss);
    compile_step_at(compiler, skip)->target = compile_position(compiler);
}

const Verb verb_cache = {"cache", "a look-aside cache in front of steps", cache_step_keys,
                         sizeof(CacheStepConfig), compile_cache};
