#include "models/keys.h"

#include <float.h>
#include <string.h>

#include "models/reader/reader.h"
#include "tests/support/document_text.h"

/* --- an object as a reader might have it --- */

typedef struct Inner {
    uint32_t depth;
    SimTime delay;
} Inner;

typedef struct Outer {
    bool flag;
    uint32_t threads;
    uint32_t unbounded;
    double ratio;
    double rate;
    SimTime timeout;
    int64_t size;
    double bandwidth;
    const char *label;
    int mode;
    const Distribution *latency;
    const Count *times;
    bool has_inner;
    Inner inner;
    Inner always;
    KindChoice policy;
    int custom;
} Outer;

static const Key inner_keys[] = {
    {.name = "depth",
     .type = KEY_INTEGER,
     .required = true,
     .offset = offsetof(Inner, depth),
     .min = 1,
     .max = 9},
    {.name = "delay",
     .type = KEY_DURATION,
     .offset = offsetof(Inner, delay),
     .fallback = "\"2ms\""},
    {.name = NULL},
};

static const Key always_keys[] = {
    {.name = "depth", .type = KEY_INTEGER, .offset = offsetof(Inner, depth), .fallback = "7"},
    {.name = NULL},
};

static bool read_custom(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    *(int *)value = 42;
    return spec_type(spec) == SPEC_ARRAY || spec_problem(spec, "must be a custom list");
}

static const KeyCustom custom = {read_custom, "a custom list", "{}"};
static const char *const modes[] = {"sync", "async", NULL};

/* --- a family --- */

typedef struct Choosy {
    uint32_t count;
} Choosy;

static bool check_choosy(const Spec *spec, const void *config)
{
    const Choosy *choosy = config;
    return choosy->count != 13 || spec_problem(spec, "thirteen is bad luck");
}

static const Key choosy_keys[] = {
    {.name = "choice_count",
     .type = KEY_INTEGER,
     .offset = offsetof(Choosy, count),
     .min = 1,
     .max = 100,
     .fallback = "2"},
    {.name = NULL},
};

static const Kind plain_kind = {.name = "round_robin", .summary = "in turn"};
static const Kind choosy_kind = {.name = "least_request",
                                 .summary = "the idlest of a few",
                                 .keys = choosy_keys,
                                 .config_size = sizeof(Choosy),
                                 .check = check_choosy};
static const Kind *const kinds[] = {&plain_kind, &choosy_kind, NULL};
static const char *const later[] = {"maglev", NULL};
static const Family family = {.name = "balancer",
                              .selector = "policy",
                              .fallback = "round_robin",
                              .kinds = kinds,
                              .later = later};
static const Family strict_family = {.name = "fault", .selector = "type", .kinds = kinds};

static const Key outer_keys[] = {
    {.name = "flag", .type = KEY_BOOLEAN, .offset = offsetof(Outer, flag), .fallback = "true"},
    {.name = "threads",
     .type = KEY_INTEGER,
     .required = true,
     .offset = offsetof(Outer, threads),
     .min = 1,
     .max = 100000},
    {.name = "unbounded",
     .type = KEY_INTEGER,
     .nullable = true,
     .offset = offsetof(Outer, unbounded),
     .fallback = "null"},
    {.name = "ratio", .type = KEY_NUMBER, .offset = offsetof(Outer, ratio), .max = 1},
    {.name = "rate",
     .type = KEY_NUMBER,
     .offset = offsetof(Outer, rate),
     .min = DBL_MIN,
     .max = DBL_MAX},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = offsetof(Outer, timeout),
     .min = 1,
     .max = (double)SIM_TIME_LONGEST},
    {.name = "size", .type = KEY_SIZE, .offset = offsetof(Outer, size), .fallback = "\"1KiB\""},
    {.name = "bandwidth", .type = KEY_BANDWIDTH, .offset = offsetof(Outer, bandwidth)},
    {.name = "label", .type = KEY_STRING, .offset = offsetof(Outer, label)},
    {.name = "mode",
     .type = KEY_CHOICE,
     .offset = offsetof(Outer, mode),
     .fallback = "\"async\"",
     .detail.choices = modes},
    {.name = "latency",
     .type = KEY_DISTRIBUTION,
     .offset = offsetof(Outer, latency),
     .fallback = "0"},
    {.name = "times",
     .type = KEY_COUNT,
     .offset = offsetof(Outer, times),
     .min = 1,
     .max = 5,
     .fallback = "1"},
    {.name = "inner",
     .type = KEY_OBJECT,
     .offset = offsetof(Outer, inner),
     .present = offsetof(Outer, has_inner),
     .detail.keys = inner_keys},
    {.name = "always",
     .type = KEY_OBJECT,
     .offset = offsetof(Outer, always),
     .fallback = "{}",
     .detail.keys = always_keys},
    {.name = "policy",
     .type = KEY_KIND,
     .offset = offsetof(Outer, policy),
     .detail.family = &family},
    {.name = "custom",
     .type = KEY_CUSTOM,
     .offset = offsetof(Outer, custom),
     .detail.custom = &custom},
    {.name = "hedging_policy", .type = KEY_UNSUPPORTED},
    {.name = NULL},
};

/* --- reading --- */

typedef struct Fixture {
    ReadContext context;
    Spec root;
    Outer outer;
} Fixture;

static void fixture_init(Fixture *fixture, const char *text)
{
    *fixture = (Fixture){.context = {.arena = arena_new(), .problems = problems_new()}};
    fixture->context.document = parse_text(text, fixture->context.problems);
    assert_non_null(fixture->context.document);
    fixture->root = spec_root(fixture->context.document, fixture->context.problems);
}

static void fixture_finish(Fixture *fixture, const char *expected)
{
    assert_problems(fixture->context.problems, expected);
    document_free(fixture->context.document);
    problems_free(fixture->context.problems);
    arena_free(fixture->context.arena);
}

static bool read_outer(Fixture *fixture)
{
    return keys_read(&fixture->root, &fixture->context, &fixture->outer, outer_keys);
}

static void test_written_values_are_stored(void **state)
{
    (void)state;
    Fixture fixture;
    Outer *outer = &fixture.outer;
    fixture_init(
        &fixture,
        "{\"flag\": false, \"threads\": 16, \"unbounded\": 3, \"ratio\": 0.5, \"rate\": 200,"
        "\"timeout\": \"1s\", \"size\": \"2kB\", \"bandwidth\": \"1Gbps\", \"label\": \"x\","
        "\"mode\": \"sync\", \"latency\": \"3ms\", \"times\": 4, \"inner\": {\"depth\": 2},"
        "\"always\": {\"depth\": 8}, \"custom\": [],"
        "\"policy\": {\"policy\": \"least_request\", \"choice_count\": 5}}");
    assert_true(read_outer(&fixture));
    assert_false(outer->flag);
    assert_int_equal(outer->threads, 16);
    assert_int_equal(outer->unbounded, 3);
    assert_true(outer->ratio == 0.5);
    assert_true(outer->rate == 200);
    assert_int_equal(outer->timeout, SIM_TIME_S);
    assert_int_equal(outer->size, 2000);
    assert_true(outer->bandwidth == 1e9);
    assert_string_equal(outer->label, "x");
    assert_int_equal(outer->mode, 0);
    assert_true(distribution_mean(outer->latency) == 3e6);
    assert_true(count_mean(outer->times) == 4);
    assert_true(outer->has_inner);
    assert_int_equal(outer->inner.depth, 2);
    assert_int_equal(outer->inner.delay, 2 * SIM_TIME_MS);
    assert_int_equal(outer->always.depth, 8);
    assert_ptr_equal(outer->policy.kind, &choosy_kind);
    assert_int_equal(((const Choosy *)outer->policy.config)->count, 5);
    assert_int_equal(outer->custom, 42);
    fixture_finish(&fixture, "");
}

static void test_absent_keys_take_their_fallback_or_stay(void **state)
{
    (void)state;
    Fixture fixture;
    Outer *outer = &fixture.outer;
    fixture_init(&fixture, "{\"threads\": 1, \"description\": \"one\"}");
    outer->unbounded = UINT32_MAX;
    outer->timeout = 77;
    assert_true(read_outer(&fixture));
    assert_true(outer->flag);
    assert_int_equal(outer->unbounded, UINT32_MAX);
    assert_int_equal(outer->timeout, 77);
    assert_int_equal(outer->size, 1024);
    assert_int_equal(outer->mode, 1);
    assert_true(distribution_mean(outer->latency) == 0);
    assert_false(outer->has_inner);
    assert_int_equal(outer->always.depth, 7);
    assert_null(outer->policy.kind);
    fixture_finish(&fixture, "");
}

static void test_null_leaves_a_nullable_value_alone_and_is_wrong_elsewhere(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, "{\"threads\": null,\n\"unbounded\": null}");
    fixture.outer.unbounded = UINT32_MAX;
    assert_false(read_outer(&fixture));
    assert_int_equal(fixture.outer.unbounded, UINT32_MAX);
    fixture_finish(&fixture, "t.json:1:13: /threads: must be a whole number from 1 to 100000, got "
                             "null\n");
}

static void test_all_problems_of_an_object_are_reported(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, "{\"flag\": 1,\n"
                           "\"ratio\": 1.5,\n"
                           "\"rate\": 0,\n"
                           "\"timeout\": 0,\n"
                           "\"latency\": 20,\n"
                           "\"times\": 6,\n"
                           "\"inner\": {\"detph\": 3},\n"
                           "\"hedging_policy\": {},\n"
                           "\"custom\": 1,\n"
                           "\"timout\": 1}");
    assert_false(read_outer(&fixture));
    fixture_finish(
        &fixture, "t.json:1:1: the required key \"threads\" is missing\n"
                  "t.json:1:10: /flag: must be true or false, got 1\n"
                  "t.json:2:10: /ratio: must be from 0 to 1, got 1.5\n"
                  "t.json:3:9: /rate: must be above 0, got 0\n"
                  "t.json:4:12: /timeout: must be from 1ns to 87600h, got 0\n"
                  "t.json:5:12: /latency: must be a duration with a unit such as \"20ms\", got 20\n"
                  "t.json:6:10: /times: must be from 1 to 5, got 6\n"
                  "t.json:7:10: /inner: the required key \"depth\" is missing\n"
                  "t.json:7:11: /inner/detph: unknown key \"detph\"; did you mean \"depth\"?\n"
                  "t.json:8:1: /hedging_policy: \"hedging_policy\" is not supported yet\n"
                  "t.json:9:11: /custom: must be a custom list\n"
                  "t.json:10:1: /timout: unknown key \"timout\"; did you mean \"timeout\"?\n");
}

static void test_what_is_no_object_is_reported_once(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, "[]");
    assert_false(read_outer(&fixture));
    fixture_finish(&fixture, "t.json:1:1: must be an object, got a list\n");
}

/* --- kinds --- */

static void assert_kind(const char *text, const Family *of, bool is_good, const char *problems)
{
    Fixture fixture;
    KindChoice choice = {0};
    fixture_init(&fixture, text);
    assert_int_equal(kind_read(&fixture.root, &fixture.context, of, &choice, NULL, NULL), is_good);
    fixture_finish(&fixture, problems);
}

static void test_a_kind_is_chosen_by_its_selector(void **state)
{
    (void)state;
    assert_kind("{}", &family, true, "");
    assert_kind("{\"policy\": \"round_robin\"}", &family, true, "");
    assert_kind("{}", &strict_family, false, "t.json:1:1: the required key \"type\" is missing\n");
    assert_kind("{\"policy\": 1}", &family, false,
                "t.json:1:12: /policy: must be a string, got 1\n");
    assert_kind("{\"policy\": \"rond_robin\", \"foo\": 1}", &family, false,
                "t.json:1:12: /policy: no balancer is called \"rond_robin\"; did you mean "
                "\"round_robin\"? There are: round_robin, least_request\n");
    assert_kind("{\"policy\": \"best\"}", &family, false,
                "t.json:1:12: /policy: no balancer is called \"best\"; there are: round_robin, "
                "least_request\n");
    assert_kind("{\"policy\": \"maglev\"}", &family, false,
                "t.json:1:12: /policy: \"maglev\" is not supported yet\n");
    assert_kind("\"round_robin\"", &family, false,
                "t.json:1:1: must be an object, got \"round_robin\"\n");
}

static void test_a_kind_knows_its_own_keys_only(void **state)
{
    (void)state;
    assert_kind("{\"choice_count\": 3}", &family, false,
                "t.json:1:2: /choice_count: unknown key \"choice_count\"; the keys here are "
                "policy\n");
    assert_kind("{\"policy\": \"least_request\", \"choise_count\": 3}", &family, false,
                "t.json:1:29: /choise_count: unknown key \"choise_count\"; did you mean "
                "\"choice_count\"?\n");
    assert_kind("{\"policy\": \"least_request\", \"choice_count\": 0}", &family, false,
                "t.json:1:45: /choice_count: must be from 1 to 100, got 0\n");
    assert_kind("{\"policy\": \"least_request\", \"choice_count\": 13}", &family, false,
                "t.json:1:1: thirteen is bad luck\n");
}

static void test_common_keys_are_read_beside_those_of_the_kind(void **state)
{
    (void)state;
    Fixture fixture;
    KindChoice choice;
    Inner common = {0};
    fixture_init(&fixture, "{\"type\": \"least_request\", \"depth\": 4, \"choice_count\": 9}");
    assert_true(
        kind_read(&fixture.root, &fixture.context, &strict_family, &choice, inner_keys, &common));
    assert_int_equal(common.depth, 4);
    assert_int_equal(((const Choosy *)choice.config)->count, 9);
    fixture_finish(&fixture, "");
}

static void test_common_keys_are_checked_also_when_the_kind_is_unknown(void **state)
{
    (void)state;
    Fixture fixture;
    KindChoice choice;
    Inner common = {0};
    fixture_init(&fixture, "{\"type\": \"x\", \"depth\": 40}");
    assert_false(
        kind_read(&fixture.root, &fixture.context, &strict_family, &choice, inner_keys, &common));
    fixture_finish(&fixture, "t.json:1:10: /type: no fault is called \"x\"; there are: "
                             "round_robin, least_request\n"
                             "t.json:1:24: /depth: must be from 1 to 9, got 40\n");
}

/* --- arena --- */

/* What an object to release is told: when, as a number that goes up. */
typedef struct Released {
    unsigned *clock;
    unsigned time;
    unsigned times;
} Released;

static void note_release(void *object)
{
    Released *released = object;
    released->time = ++*released->clock;
    released->times++;
}

static void test_an_arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    for (size_t i = 0; i < 2000; i++) {
        unsigned char *taken = arena_take(arena, i % 70 + 1, 97);
        assert_int_equal((uintptr_t)taken % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < (i % 70 + 1) * 97; k++)
            assert_int_equal(taken[k], 0);
        memset(taken, 0xAB, (i % 70 + 1) * 97);
    }
    char *text = arena_string(arena, "text");
    assert_string_equal(text, "text");
    arena_free(arena);
}

static void test_an_arena_releases_each_object_once_the_last_first(void **state)
{
    (void)state;
    unsigned clock = 0;
    Released objects[3];
    Arena *arena = arena_new();
    for (size_t i = 0; i < 3; i++) {
        objects[i] = (Released){.clock = &clock};
        arena_on_free(arena, note_release, &objects[i]);
    }
    assert_int_equal(clock, 0);
    arena_free(arena);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(objects[i].times, 1);
        assert_int_equal(objects[i].time, 3 - i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_values_are_stored),
        cmocka_unit_test(test_absent_keys_take_their_fallback_or_stay),
        cmocka_unit_test(test_null_leaves_a_nullable_value_alone_and_is_wrong_elsewhere),
        cmocka_unit_test(test_all_problems_of_an_object_are_reported),
        cmocka_unit_test(test_what_is_no_object_is_reported_once),
        cmocka_unit_test(test_a_kind_is_chosen_by_its_selector),
        cmocka_unit_test(test_a_kind_knows_its_own_keys_only),
        cmocka_unit_test(test_common_keys_are_read_beside_those_of_the_kind),
        cmocka_unit_test(test_common_keys_are_checked_also_when_the_kind_is_unknown),
        cmocka_unit_test(test_an_arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(test_an_arena_releases_each_object_once_the_last_first),
    };
    return cmocka_run_group_tests_name("models/keys", tests, NULL, NULL);
}
