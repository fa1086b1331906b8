#include "models/scanner.h"

#include <string.h>

#include "models/document.h"
#include "tests/support/cmocka_all.h"

#define SUITE "tests/data/json-test-suite"

typedef enum Verdict { ACCEPTED, REFUSED_GRAMMAR, REFUSED_HERE } Verdict;

static Verdict verdict_of(const char *text, size_t length)
{
    JsonFault fault;
    g_autoptr(GArray) spans = json_scan(text, length, &fault);
    if (spans != NULL)
        return ACCEPTED;
    assert_non_null(fault.message);
    assert_true(fault.offset <= length);
    g_free(fault.message);
    return fault.is_grammar ? REFUSED_GRAMMAR : REFUSED_HERE;
}

/* The scanner is given exactly the bytes and one NUL, so that a sanitizer sees it read further. */
static Verdict verdict_of_file(const char *name)
{
    g_autofree char *path = g_build_filename(SUITE, name, NULL);
    g_autofree char *text = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    return verdict_of(text, length);
}

/* Names in the suite that start with `prefix`; counts them. */
static GPtrArray *suite_names(const char *prefix)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *folder = g_dir_open(SUITE, 0, NULL);
    assert_non_null(folder);
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (g_str_has_prefix(name, prefix))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_dir_close(folder);
    return names;
}

/* Valid JSON that topple refuses for reasons of its own: two values for one name, and strings that
 * C cannot hold. */
static const char *const refused_valid[] = {
    "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
    "y_object_escaped_null_in_key.json", "y_string_null_escape.json", NULL};

static void test_valid_texts_are_accepted_but_for_four_refused_by_rule(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) names = suite_names("y_");
    assert_int_equal(names->len, 95);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        Verdict expected = g_strv_contains(refused_valid, name) ? REFUSED_HERE : ACCEPTED;
        if (verdict_of_file(name) != expected)
            fail_msg("%s", name);
    }
}

static void test_invalid_texts_are_all_refused(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) names = suite_names("n_");
    assert_int_equal(names->len, 188);
    for (guint i = 0; i < names->len; i++) {
        if (verdict_of_file(names->pdata[i]) == ACCEPTED)
            fail_msg("%s", (const char *)names->pdata[i]);
    }
}

typedef struct Choice {
    const char *name;
    Verdict verdict;
} Choice;

/* Texts that RFC 8259 leaves to the reader. Numbers too small or with too many digits are rounded;
 * too large ones are refused, since infinity is no setting. Text that is no Unicode is refused. */
static const Choice choices[] = {
    {"i_number_double_huge_neg_exp.json", ACCEPTED},
    {"i_number_huge_exp.json", REFUSED_HERE},
    {"i_number_neg_int_huge_exp.json", REFUSED_HERE},
    {"i_number_pos_double_huge_exp.json", REFUSED_HERE},
    {"i_number_real_neg_overflow.json", REFUSED_HERE},
    {"i_number_real_pos_overflow.json", REFUSED_HERE},
    {"i_number_real_underflow.json", ACCEPTED},
    {"i_number_too_big_neg_int.json", ACCEPTED},
    {"i_number_too_big_pos_int.json", ACCEPTED},
    {"i_number_very_big_negative_int.json", ACCEPTED},
    {"i_object_key_lone_2nd_surrogate.json", REFUSED_HERE},
    {"i_string_1st_surrogate_but_2nd_missing.json", REFUSED_HERE},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", REFUSED_HERE},
    {"i_string_UTF-16LE_with_BOM.json", REFUSED_GRAMMAR},
    {"i_string_UTF-8_invalid_sequence.json", REFUSED_GRAMMAR},
    {"i_string_UTF8_surrogate_U+D800.json", REFUSED_GRAMMAR},
    {"i_string_incomplete_surrogate_and_escape_valid.json", REFUSED_HERE},
    {"i_string_incomplete_surrogate_pair.json", REFUSED_HERE},
    {"i_string_incomplete_surrogates_escape_valid.json", REFUSED_HERE},
    {"i_string_invalid_lonely_surrogate.json", REFUSED_HERE},
    {"i_string_invalid_surrogate.json", REFUSED_HERE},
    {"i_string_invalid_utf-8.json", REFUSED_GRAMMAR},
    {"i_string_inverted_surrogates_U+1D11E.json", REFUSED_HERE},
    {"i_string_iso_latin_1.json", REFUSED_GRAMMAR},
    {"i_string_lone_second_surrogate.json", REFUSED_HERE},
    {"i_string_lone_utf8_continuation_byte.json", REFUSED_GRAMMAR},
    {"i_string_not_in_unicode_range.json", REFUSED_GRAMMAR},
    {"i_string_overlong_sequence_2_bytes.json", REFUSED_GRAMMAR},
    {"i_string_overlong_sequence_6_bytes.json", REFUSED_GRAMMAR},
    {"i_string_overlong_sequence_6_bytes_null.json", REFUSED_GRAMMAR},
    {"i_string_truncated-utf-8.json", REFUSED_GRAMMAR},
    {"i_string_utf16BE_no_BOM.json", REFUSED_GRAMMAR},
    {"i_string_utf16LE_no_BOM.json", REFUSED_GRAMMAR},
    {"i_structure_500_nested_arrays.json", REFUSED_HERE},
    {"i_structure_UTF-8_BOM_empty_object.json", ACCEPTED},
};

static void test_texts_left_to_the_reader_are_judged_as_chosen(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) names = suite_names("i_");
    assert_int_equal(names->len, 35);
    assert_int_equal(G_N_ELEMENTS(choices), 35);
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
        if (verdict_of_file(choices[i].name) != choices[i].verdict)
            fail_msg("%s", choices[i].name);
    }
}

typedef struct Fault {
    const char *text;
    size_t offset;
    const char *message;
} Fault;

static const Fault faults[] = {
    {"", 0, "expected a value, found the end of the text"},
    {"[1,2,]", 4, "a comma must not stand before the closing ']'"},
    {"{\"a\":1,}", 6, "a comma must not stand before the closing '}'"},
    {"{\"a\" 1}", 5, "expected ':' after the key, found '1'"},
    {"{a:1}", 1, "expected a key in double quotes, found 'a'"},
    {"[1 2]", 3, "expected ',' or ']', found '2'"},
    {"[1}", 2, "expected ',' or ']', found '}'"},
    {"{} x", 3, "expected the end of the text, found 'x'"},
    {"[NaN]", 1,
     "NaN is no value; texts stand in double quotes, and the only words are true, false and null"},
    {"{\"a\": 20ms}", 8, "expected ',' or '}', found 'm'"},
    {"[1] // x", 4, "expected the end of the text, found '/' (comments are not allowed)"},
    {"['a']", 1, "expected a value, found ''' (texts stand in double quotes)"},
    {"[01]", 1, "a number must not start with 0"},
    {"[1.]", 1, "this is not a number as JSON writes them"},
    {"[\"abc", 1, "the string has no closing quote"},
    {"[\"a\nb\"]", 3,
     "expected an escape such as \\n in a string, or its closing \", found the control character "
     "U+000A"},
    {"[\"\\q\"]", 3, "expected one of \" \\ / b f n r t u after a backslash, found 'q'"},
    {"[\"\\u12g4\"]", 6, "expected four hexadecimal digits after \\u, found 'g'"},
    {"[\"\xff\"]", 2, "the byte 0xff is not UTF-8"},
    {"[\"\\u0000\"]", 2, "a string must not contain the character U+0000"},
    {"[\"\\ud800x\"]", 2, "half a surrogate pair (\\ud800) is no character"},
    {"[1e999]", 1, "the number is too large"},
    {"{\"a\":1,\"b\":2,\"a\":3}", 13, "the key \"a\" is repeated"},
    {"{\"a\":1,\"\\u0061\":3}", 7, "the key \"a\" is repeated"},
    {"{\"x\":{\"b\":1},\"b\":2,\"c\":{\"b\":1,\"b\":2}}", 30, "the key \"b\" is repeated"},
};

static void test_a_fault_is_placed_and_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        JsonFault fault;
        assert_null(json_scan(faults[i].text, strlen(faults[i].text), &fault));
        assert_string_equal(fault.message, faults[i].message);
        assert_int_equal(fault.offset, faults[i].offset);
        g_free(fault.message);
    }
}

static void test_the_first_of_several_repetitions_is_reported(void **state)
{
    (void)state;
    const char *text = "{\"b\":1,\"c\":1,\"c\":1,\"b\":1,\"b\":1}";
    JsonFault fault;
    assert_null(json_scan(text, strlen(text), &fault));
    assert_int_equal(fault.offset, 13);
    g_free(fault.message);
}

static void test_spans_come_in_document_order_with_their_keys(void **state)
{
    (void)state;
    const char *text = " {\"a\": [1, {}], \"b\" : \"x\"}";
    const JsonSpan expected[] = {
        {JSON_NO_KEY, 1}, {2, 7}, {JSON_NO_KEY, 8}, {JSON_NO_KEY, 11}, {16, 22}};
    JsonFault fault;
    g_autoptr(GArray) spans = json_scan(text, strlen(text), &fault);
    assert_non_null(spans);
    assert_int_equal(spans->len, G_N_ELEMENTS(expected));
    assert_memory_equal(spans->data, expected, sizeof expected);
}

static void test_nul_bytes_end_nothing(void **state)
{
    (void)state;
    assert_int_equal(verdict_of("[1]\0", 4), REFUSED_GRAMMAR);
    assert_int_equal(verdict_of("[\"a\0b\"]", 7), REFUSED_GRAMMAR);
}

/* count times `part`, between brackets. */
static GString *repeated(const char *start, const char *part, size_t count, const char *end)
{
    GString *text = g_string_new(start);
    for (size_t i = 0; i < count; i++)
        g_string_append(text, part);
    return g_string_append(text, end);
}

static void assert_verdict(GString *text, Verdict verdict)
{
    assert_int_equal(verdict_of(text->str, text->len), verdict);
    g_string_free(text, TRUE);
}

static void test_each_limit_is_allowed_and_one_more_is_not(void **state)
{
    (void)state;
    GString *deep = repeated("", "[", DOCUMENT_DEPTH_MAX, "");
    g_string_append(deep, "0");
    for (size_t i = 0; i < DOCUMENT_DEPTH_MAX; i++)
        g_string_append_c(deep, ']');
    assert_verdict(deep, ACCEPTED);
    assert_verdict(repeated("", "[", DOCUMENT_DEPTH_MAX + 1, ""), REFUSED_HERE);
    assert_verdict(repeated("[0", ",0", DOCUMENT_VALUES_MAX - 2, "]"), ACCEPTED);
    assert_verdict(repeated("[0", ",0", DOCUMENT_VALUES_MAX - 1, "]"), REFUSED_HERE);
    assert_verdict(repeated("{\"", "k", DOCUMENT_KEY_MAX, "\":0}"), ACCEPTED);
    assert_verdict(repeated("{\"", "k", DOCUMENT_KEY_MAX + 1, "\":0}"), REFUSED_HERE);
    assert_verdict(repeated("\"", "x", DOCUMENT_BYTES_MAX - 2, "\""), ACCEPTED);
    assert_verdict(repeated("\"", "x", DOCUMENT_BYTES_MAX - 1, "\""), REFUSED_HERE);
}

/* Keys that differ in one late character cost a hash or a search tree most. */
static void test_an_object_of_many_alike_keys_is_scanned(void **state)
{
    (void)state;
    GString *text = g_string_new("{\"first\":0");
    for (unsigned i = 0; i < 300000; i++)
        g_string_append_printf(text, ",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa%07u\":0", i);
    g_string_append(text, "}");
    assert_verdict(text, ACCEPTED);
}

static void test_a_number_ends_where_the_grammar_ends_it(void **state)
{
    (void)state;
    const char *const numbers[] = {
        "0", "-0", "10", "1.5", "-1.25e3", "1E+2", "2e-10", "0.0001", "12345678901234567890"};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *text = g_strconcat(numbers[i], ",5", NULL);
        assert_int_equal(json_number_end(text) - text, strlen(numbers[i]));
    }
    const char *const none[] = {"", "-", ".5", "1.", "1e", "1e+", "+1", "x"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        assert_ptr_equal(json_number_end(none[i]), none[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_texts_are_accepted_but_for_four_refused_by_rule),
        cmocka_unit_test(test_invalid_texts_are_all_refused),
        cmocka_unit_test(test_texts_left_to_the_reader_are_judged_as_chosen),
        cmocka_unit_test(test_a_fault_is_placed_and_explained),
        cmocka_unit_test(test_the_first_of_several_repetitions_is_reported),
        cmocka_unit_test(test_spans_come_in_document_order_with_their_keys),
        cmocka_unit_test(test_nul_bytes_end_nothing),
        cmocka_unit_test(test_each_limit_is_allowed_and_one_more_is_not),
        cmocka_unit_test(test_an_object_of_many_alike_keys_is_scanned),
        cmocka_unit_test(test_a_number_ends_where_the_grammar_ends_it),
    };
    return cmocka_run_group_tests_name("models/scanner", tests, NULL, NULL);
}
