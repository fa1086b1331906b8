#include "models/document.h"

#include <string.h>
#include <time.h>

#include "models/spec.h"
#include "tests/support/document_text.h"

static Document *parse_good(const char *text)
{
    g_autoptr(Problems) problems = problems_new();
    Document *document = parse_text(text, problems);
    assert_non_null(document);
    return document;
}

/* The tree on one line, without the blanks between values. */
static char *printed(const Document *document)
{
    g_autofree char *text = document_print(document);
    GString *line = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n')
            at += strspn(at + 1, " ");
        else if (*at == ':' && at[1] == ' ')
            g_string_append_c(line, *at++);
        else
            g_string_append_c(line, *at);
    }
    return g_string_free(line, FALSE);
}

static void assert_printed(const Document *document, const char *expected)
{
    g_autofree char *text = printed(document);
    assert_string_equal(text, expected);
}

/* The value at a path of member names and, where a name is a number, of elements. */
static void assert_placed(Document *document, const char *path, const char *expected)
{
    g_autoptr(Problems) problems = problems_new();
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    Spec specs[8];
    specs[0] = spec_root(document, problems);
    size_t depth = 0;
    for (; names[depth] != NULL; depth++)
        assert_true(spec_member(&specs[depth], names[depth], &specs[depth + 1]));
    spec_problem(&specs[depth], "here");
    assert_problems(problems, expected);
}

/* --- parsing --- */

static void test_a_syntax_error_has_line_and_column(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    assert_null(parse_text("{\n  \"a\": 1,\n  \"b\": x\n}", problems));
    assert_problems(problems, "t.json:3:8: x is no value; texts stand in double quotes, and the "
                              "only words are true, false and null\n");
}

static void test_columns_count_characters_and_no_byte_order_mark(void **state)
{
    (void)state;
    g_autoptr(Document) document =
        parse_good("\xef\xbb\xbf{\"K\xc3\xa4se \xf0\x9f\x8c\x80\": 1, \"b\":\r\n\t2}");
    assert_placed(document, "K\xc3\xa4se \xf0\x9f\x8c\x80",
                  "t.json:1:12: /K\xc3\xa4se \xf0\x9f\x8c\x80: here\n");
    assert_placed(document, "b", "t.json:2:2: /b: here\n");
}

static void test_a_text_above_the_limit_is_refused_unread(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    /* Only the length is looked at, so the text may end early. */
    assert_null(document_parse("t.json", ".", "{}", DOCUMENT_BYTES_MAX + 1, problems));
    assert_problems(problems, "t.json: the file is larger than 16 MiB\n");
}

static void test_printing_keeps_order_and_numbers_as_written(void **state)
{
    (void)state;
    g_autoptr(Document) document =
        parse_good("{\"b\":1.50,\"a\":[1E2,-0,12345678901234567890,0.1],\"c\":{},\"d\":[],"
                   "\"e\":\"q\\\"\\\\\\u0001\\u00e9\",\"f\":[true,false,null]}");
    g_autofree char *text = document_print(document);
    assert_string_equal(text, "{\n"
                              "  \"b\": 1.50,\n"
                              "  \"a\": [\n"
                              "    1E2,\n"
                              "    -0,\n"
                              "    12345678901234567890,\n"
                              "    0.1\n"
                              "  ],\n"
                              "  \"c\": {},\n"
                              "  \"d\": [],\n"
                              "  \"e\": \"q\\\"\\\\\\u0001\xc3\xa9\",\n"
                              "  \"f\": [\n"
                              "    true,\n"
                              "    false,\n"
                              "    null\n"
                              "  ]\n"
                              "}\n");
    g_autoptr(Document) again = parse_good(text);
    g_autofree char *text_again = document_print(again);
    assert_string_equal(text_again, text);
}

/* --- merge patches --- */

typedef struct Patch {
    const char *original, *patch, *result;
} Patch;

/* The cases of RFC 7396, appendix A, whose documents are objects, and some more. */
static const Patch patches[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    {"{\"a\":1}", "{\"a\":{\"b\":null,\"c\":2}}", "{\"a\":{\"c\":2}}"},
    {"{}", "{\"a\":[{\"b\":null}]}", "{\"a\":[{\"b\":null}]}"},
    {"{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":4,\"a\":5,\"d\":6}", "{\"a\":5,\"b\":2,\"c\":4,\"d\":6}"},
    {"{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":null,\"c\":null}", "{\"b\":2}"},
    {"{\"a\":1}", "{\"A\":2}", "{\"a\":1,\"A\":2}"},
};

/* `original` with one design, "d", that has the patch. */
static Document *with_design(const char *original, const char *patch)
{
    size_t length = strlen(original);
    g_autofree char *text =
        g_strdup_printf("%.*s%s\"designs\":{\"d\":{\"patch\":%s}}}", (int)(length - 1), original,
                        strcmp(original, "{}") == 0 ? "" : ",", patch);
    return parse_good(text);
}

static void test_a_design_is_merged_as_a_merge_patch(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(patches); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Document) document = with_design(patches[i].original, patches[i].patch);
        assert_true(document_apply_design(document, "d", problems));
        assert_printed(document, patches[i].result);
    }
}

static void test_the_base_is_the_file_without_its_designs(void **state)
{
    (void)state;
    const char *const names[] = {NULL, "base"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Document) document = with_design("{\"a\":1}", "{\"a\":2}");
        assert_true(document_apply_design(document, names[i], problems));
        assert_printed(document, "{\"a\":1}");
    }
}

static void test_positions_move_with_merged_values(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = parse_good("{\"a\": {\"x\": 1, \"y\": 2},\n"
                                              " \"designs\": {\"d\": {\"patch\":\n"
                                              "  {\"a\": {\"y\": 3, \"z\": {\"w\": 4}}}}}}");
    assert_true(document_apply_design(document, "d", problems));
    assert_printed(document, "{\"a\":{\"x\":1,\"y\":3,\"z\":{\"w\":4}}}");
    assert_placed(document, "a", "t.json:1:7: /a: here\n");
    assert_placed(document, "a/x", "t.json:1:13: /a/x: here\n");
    assert_placed(document, "a/y", "t.json:3:15: /a/y: here\n");
    assert_placed(document, "a/z/w", "t.json:3:29: /a/z/w: here\n");
}

typedef struct BadDesign {
    const char *text, *name, *problem;
} BadDesign;

static void test_a_design_that_cannot_be_applied_is_a_problem(void **state)
{
    (void)state;
    const BadDesign cases[] = {
        {"{\"designs\":{\"async\":{\"patch\":{}}}}", "asinc",
         "t.json:1:12: /designs: no design is called \"asinc\"; did you mean \"async\"?\n"},
        {"{\"designs\":{\"x\":{\"patch\":{}}}}", "other",
         "t.json:1:12: /designs: no design is called \"other\"; there are: x\n"},
        {"{}", "other", "t.json:1:1: no design is called \"other\"\n"},
        {"{\"designs\":{\"d\":{\"pach\":{}}}}", "d",
         "t.json:1:17: /designs/d: the required key \"patch\" is missing\n"},
        {"{\"designs\":{\"d\":{\"patch\":[1]}}}", "d",
         "t.json:1:26: /designs/d/patch: must be an object, got a list\n"},
        {"{\"designs\":{\"d\":{\"patch\":{},\"descripton\":\"x\"}}}", "d",
         "t.json:1:29: /designs/d/descripton: unknown key \"descripton\"; did you mean "
         "\"description\"?\n"},
        {"{\"designs\":{\"d\":{\"patch\":{\"designs\":{}}}}}", "d",
         "t.json:1:26: /designs/d/patch: a patch must not change /designs\n"},
        {"{\"designs\":{\"base\":{\"patch\":{}}}}", "base",
         "t.json:1:13: /designs/base: \"base\" stands for the file itself; a design needs another "
         "name\n"},
        {"{\"designs\":[]}", NULL, "t.json:1:12: /designs: must be an object, got a list\n"},
        {"[1]", NULL, "t.json:1:1: must be an object, got a list\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Document) document = parse_good(cases[i].text);
        assert_false(document_apply_design(document, cases[i].name, problems));
        assert_problems(problems, cases[i].problem);
    }
}

static void test_designs_are_named_in_file_order(void **state)
{
    (void)state;
    g_autoptr(Document) document =
        parse_good("{\"designs\":{\"z\":{},\"description\":\"two\",\"a\":{}}}");
    g_auto(GStrv) names = document_design_names(document);
    assert_int_equal(g_strv_length(names), 2);
    assert_string_equal(names[0], "z");
    assert_string_equal(names[1], "a");
    g_autoptr(Document) none = parse_good("{\"designs\":3}");
    g_auto(GStrv) no_names = document_design_names(none);
    assert_int_equal(g_strv_length(no_names), 0);
}

/* --- setting --- */

typedef struct Set {
    const char *original, *assignment, *result;
} Set;

static void test_a_value_is_set_at_a_pointer(void **state)
{
    (void)state;
    const Set sets[] = {
        {"{\"a\":1,\"b\":2}", "/a=3", "{\"a\":3,\"b\":2}"},
        {"{\"a\":1}", "/b=\"x\"", "{\"a\":1,\"b\":\"x\"}"},
        {"{\"a\":{\"b\":1}}", "/a/b={\"c\":null}", "{\"a\":{\"b\":{\"c\":null}}}"},
        {"{}", "/a/b/c=1", "{\"a\":{\"b\":{\"c\":1}}}"},
        {"{\"l\":[1,2,3]}", "/l/1=9", "{\"l\":[1,9,3]}"},
        {"{\"l\":[{\"a\":1}]}", "/l/0/a=2", "{\"l\":[{\"a\":2}]}"},
        {"{\"a/b\":1,\"c~d\":2}", "/a~1b=3", "{\"a/b\":3,\"c~d\":2}"},
        {"{\"a/b\":1,\"c~d\":2}", "/c~0d=3", "{\"a/b\":1,\"c~d\":3}"},
        {"{\"~1\":1}", "/~01=2", "{\"~1\":2}"},
        {"{\"x -> y\":{}}", "/x -> y/timeout=\"1s\"", "{\"x -> y\":{\"timeout\":\"1s\"}}"},
        {"{\"\":1}", "/=2", "{\"\":2}"},
        {"{\"a\":1}", "={\"b\":2}", "{\"b\":2}"},
        {"{\"a\":1}", "/a=\"x=y\"", "{\"a\":\"x=y\"}"},
        {"{\"a\":1}", "/a= 1.50 ", "{\"a\":1.50}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Document) document = parse_good(sets[i].original);
        assert_true(document_set(document, sets[i].assignment, problems));
        assert_printed(document, sets[i].result);
    }
}

static void test_a_value_that_cannot_be_set_is_a_problem(void **state)
{
    (void)state;
    const Set cases[] = {
        {"{}", "/a", "--set: must be POINTER=JSON, such as /services/cart/replicas=3\n"},
        {"{}", "a/b=1", "--set: a/b: must be a JSON Pointer such as /services/cart/replicas\n"},
        {"{}", "/a~2=1", "--set: /a~2: in a JSON Pointer ~ is written ~0 and / in a name ~1\n"},
        {"{}", "/a~=1", "--set: /a~: in a JSON Pointer ~ is written ~0 and / in a name ~1\n"},
        {"{}", "/a=20ms", "--set:1:6: /a: expected the end of the text, found 'm'\n"},
        {"{}", "/a=fifo",
         "--set:1:4: /a: fifo is no value; texts stand in double quotes, and the only words are "
         "true, false and null\n"},
        {"{}", "/a=", "--set:1:4: /a: expected a value, found the end of the text\n"},
        {"{\"l\":[1]}", "/l/1=1", "--set: /l/1: the list has no such element\n"},
        {"{\"l\":[1]}", "/l/-=1", "--set: /l/-: the list has no such element\n"},
        {"{\"l\":[1]}", "/l/00=1", "--set: /l/00: the list has no such element\n"},
        {"{\"l\":[1]}", "/l/18446744073709551616=1",
         "--set: /l/18446744073709551616: the list has no such element\n"},
        {"{\"l\":[1]}", "/l/2/x=1", "--set: /l/2/x: the list has no such element\n"},
        {"{\"a\":1}", "/a/b=1", "--set: /a/b: what stands on the way is no object and no list\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Document) document = parse_good(cases[i].original);
        assert_false(document_set(document, cases[i].assignment, problems));
        assert_problems(problems, cases[i].result);
        assert_printed(document, cases[i].original);
    }
}

static void test_a_set_value_is_placed_in_its_assignment(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = parse_good("{\"a\": {\"b\": 1}}");
    assert_true(document_set(document, "/c/d={\"e\": 5}", problems));
    assert_true(document_set(document, "/a/b=7", problems));
    assert_placed(document, "c/d/e", "--set:1:12: /c/d/e: here\n");
    assert_placed(document, "a/b", "--set:1:6: /a/b: here\n");
    assert_placed(document, "a", "t.json:1:7: /a: here\n");
}

typedef struct Look {
    const char *pointer, *value, *missing; /* one of the two is NULL */
} Look;

static void test_a_pointer_names_a_value_or_it_is_told_why_not(void **state)
{
    (void)state;
    g_autoptr(Document) document =
        parse_good("{\"services\": {\"cart\": {\"threads\": 1.50}, \"a/b\": [7, \"x\"]}}");
    const Look looks[] = {
        {"/services/cart/threads", "1.50", NULL},
        {"/services/a~1b/1", "\"x\"", NULL},
        {"/services/a~1b", "[\n  7,\n  \"x\"\n]", NULL},
        {"/services/crat/threads", NULL,
         "there is no \"crat\" in /services; did you mean \"cart\"?"},
        {"/services/cart/threads/x", NULL, "there is no \"x\" in /services/cart/threads"},
        {"/services/a~1b/2", NULL, "there is no \"2\" in /services/a/b"},
        {"/sevices", NULL, "there is no \"sevices\" in the file; did you mean \"services\"?"},
        {"services", NULL, "it is no JSON Pointer"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        g_autofree char *value = document_get(document, looks[i].pointer);
        g_autofree char *missing = document_missing(document, looks[i].pointer);
        assert_true((value == NULL) == (looks[i].value == NULL));
        assert_true((missing == NULL) == (looks[i].missing == NULL));
        if (value != NULL)
            assert_string_equal(value, looks[i].value);
        if (missing != NULL)
            assert_string_equal(missing, looks[i].missing);
    }
}

static void test_quantities_are_found_at_a_pointer_and_below(void **state)
{
    (void)state;
    g_autoptr(Document) document = parse_good(
        "{\"a\": {\"b/c\": 3, \"d\": \"20ms\", \"e\": \"fifo\", \"f\": [0, 0.5, -1, \"4KiB\"], "
        "\"g\": {\"h\": null, \"i\": true}}, \"z\": 1}");
    static const char *const found[][2] = {{"/a", "/a/b~1c /a/d /a/f/1 /a/f/3"},
                                           {"/a/f", "/a/f/1 /a/f/3"},
                                           {"/a/d", "/a/d"},
                                           {"/a/e", ""},
                                           {"/x", ""},
                                           {"/a/g", ""}};
    for (size_t i = 0; i < G_N_ELEMENTS(found); i++) {
        g_autoptr(GPtrArray) pointers = document_quantities(document, found[i][0]);
        g_ptr_array_add(pointers, NULL);
        g_autofree char *text = g_strjoinv(" ", (char **)pointers->pdata);
        assert_string_equal(text, found[i][1]);
    }
}

static void test_what_is_put_is_told_as_of_its_source(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = parse_good("{\"a\": 1}");
    assert_true(document_put(document, "--vary", "/a", "2", problems));
    assert_printed(document, "{\"a\":2}");
    assert_placed(document, "a", "--vary:1:1: /a: here\n");
    assert_false(document_put(document, "--vary", "/a/b", "2", problems));
    assert_problems(problems, "--vary: /a/b: what stands on the way is no object and no list\n");
}

static void test_setting_cannot_nest_deeper_than_a_file_may(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = parse_good("{}");
    GString *assignment = g_string_new(NULL);
    for (unsigned i = 0; i < 10000; i++)
        g_string_append(assignment, "/a");
    g_string_append(assignment, "=1");
    assert_false(document_set(document, assignment->str, problems));
    assert_int_equal(problems->count, 1);
    g_string_free(assignment, TRUE);
}

/* --- large inputs --- */

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void test_a_thousand_levels_are_refused(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autofree char *text = g_strnfill(1000, '[');
    assert_null(parse_text(text, problems));
    assert_problems(problems, "t.json:1:65: objects and lists are nested more than 64 deep\n");
}

/* The bounds are many times what it takes; a quadratic step would take minutes. */
static void test_a_file_of_16_mib_is_judged_at_once(void **state)
{
    (void)state;
    GString *text = g_string_sized_new(DOCUMENT_BYTES_MAX);
    g_string_append(text, "[0");
    while (text->len < DOCUMENT_BYTES_MAX - 2)
        g_string_append(text, ",0");
    g_string_append_c(text, ']');
    double start = cpu_seconds();
    g_autoptr(Problems) problems = problems_new();
    assert_null(document_parse("t.json", ".", text->str, text->len, problems));
    assert_problems(problems, "t.json:1:2000000: there are more than 1000000 values\n");
    assert_true(cpu_seconds() - start < 5);
    g_string_free(text, TRUE);
}

static GString *object_of(unsigned count, const char *value)
{
    GString *text = g_string_new("{");
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "%s\"key%u\":%s", i > 0 ? "," : "", i, value);
    return g_string_append_c(text, '}');
}

static void test_large_objects_are_merged_without_searching_through_them(void **state)
{
    (void)state;
    GString *original = object_of(200000, "1"), *patch = object_of(200000, "2");
    g_autoptr(Document) document = with_design(original->str, patch->str);
    g_autoptr(Problems) problems = problems_new();
    double start = cpu_seconds();
    assert_true(document_apply_design(document, "d", problems));
    assert_true(cpu_seconds() - start < 5);
    assert_printed(document, patch->str);
    g_string_free(original, TRUE);
    g_string_free(patch, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_syntax_error_has_line_and_column),
        cmocka_unit_test(test_columns_count_characters_and_no_byte_order_mark),
        cmocka_unit_test(test_a_text_above_the_limit_is_refused_unread),
        cmocka_unit_test(test_printing_keeps_order_and_numbers_as_written),
        cmocka_unit_test(test_a_design_is_merged_as_a_merge_patch),
        cmocka_unit_test(test_the_base_is_the_file_without_its_designs),
        cmocka_unit_test(test_positions_move_with_merged_values),
        cmocka_unit_test(test_a_design_that_cannot_be_applied_is_a_problem),
        cmocka_unit_test(test_designs_are_named_in_file_order),
        cmocka_unit_test(test_a_value_is_set_at_a_pointer),
        cmocka_unit_test(test_a_value_that_cannot_be_set_is_a_problem),
        cmocka_unit_test(test_a_set_value_is_placed_in_its_assignment),
        cmocka_unit_test(test_a_pointer_names_a_value_or_it_is_told_why_not),
        cmocka_unit_test(test_quantities_are_found_at_a_pointer_and_below),
        cmocka_unit_test(test_what_is_put_is_told_as_of_its_source),
        cmocka_unit_test(test_setting_cannot_nest_deeper_than_a_file_may),
        cmocka_unit_test(test_a_thousand_levels_are_refused),
        cmocka_unit_test(test_a_file_of_16_mib_is_judged_at_once),
        cmocka_unit_test(test_large_objects_are_merged_without_searching_through_them),
    };
    return cmocka_run_group_tests_name("models/document", tests, NULL, NULL);
}
