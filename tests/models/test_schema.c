/* The JSON Schema against the reader, and against the file that is shipped. */
#include <string.h>

#include "models/key_tables.h"
#include "models/schema.h"
#include "tests/support/everything.h"
#include "tests/support/json_schema.h"
#include "tests/support/topology_text.h"

#define SHIPPED "topologies/topple.schema.json"

static int set_up(void **state)
{
    g_autofree char *text = topology_schema();
    *state = cJSON_ParseWithOpts(text, NULL, 1);
    return *state == NULL;
}

static int tear_down(void **state)
{
    cJSON_Delete(*state);
    return 0;
}

static char *fault_in(const cJSON *schema, const char *text)
{
    cJSON *value = cJSON_ParseWithOpts(text, NULL, 1);
    assert_non_null(value);
    char *fault = json_schema_fault(schema, value);
    cJSON_Delete(value);
    return fault;
}

static void test_the_shipped_schema_is_the_one_that_the_tables_make(void **state)
{
    (void)state;
    g_autofree char *made = topology_schema();
    g_autofree char *shipped = NULL;
    assert_true(g_file_get_contents(SHIPPED, &shipped, NULL, NULL));
    if (strcmp(made, shipped) != 0)
        fail_msg("%s is out of date: let tests/tools/print_schema write it", SHIPPED);
}

static bool reader_accepts(const char *folder, const char *text)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = document_parse("t.json", folder, text, strlen(text), problems);
    g_autoptr(Topology) topology =
        document == NULL ? NULL : topology_read(document, NULL, problems);
    return topology != NULL;
}

static void test_shipped_topologies_are_accepted_by_both(void **state)
{
    g_autoptr(GDir) folder = g_dir_open("topologies", 0, NULL);
    assert_non_null(folder);
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (!g_str_has_suffix(name, ".json") || g_str_has_suffix(name, ".schema.json"))
            continue;
        g_autofree char *path = g_build_filename("topologies", name, NULL);
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_autofree char *fault = fault_in(*state, text);
        if (fault != NULL)
            fail_msg("%s: %s", path, fault);
        if (!reader_accepts("topologies", text))
            fail_msg("%s is refused by the reader", path);
    }
}

static void test_a_file_with_everything_is_accepted_by_both(void **state)
{
    g_autoptr(Topology) topology = read_topology(everything_text, NULL);
    g_autofree char *json = json_of(everything_text);
    g_autofree char *fault = fault_in(*state, json);
    if (fault != NULL)
        fail_msg("%s", fault);
}

/* A key put into any object of that file. The reader and the schema must both refuse it, but where
 * names are free: there the reader looks for what they name. */
static bool both_refuse(const cJSON *schema, cJSON *root, cJSON *object)
{
    cJSON_AddItemToObject(object, "unheard_of", cJSON_CreateNumber(1));
    g_autofree char *fault = json_schema_fault(schema, root);
    char *text = cJSON_PrintUnformatted(root);
    bool is_refused = fault != NULL && !reader_accepts(".", text);
    if (!is_refused)
        print_error("accepted by %s: %s\n", fault == NULL ? "the schema" : "the reader", text);
    cJSON_free(text);
    cJSON_DeleteItemFromObjectCaseSensitive(object, "unheard_of");
    return is_refused;
}

static bool has_free_names(const cJSON *object)
{
    static const char *const names[] = {"mix", "patch", NULL};
    return object->string != NULL && g_strv_contains(names, object->string);
}

static int refuse_below(const cJSON *schema, cJSON *root, cJSON *object)
{
    int failures = 0;
    if (has_free_names(object))
        return 0;
    if (cJSON_IsObject(object))
        failures += !both_refuse(schema, root, object);
    for (cJSON *child = object->child; child != NULL; child = child->next)
        failures += refuse_below(schema, root, child);
    return failures;
}

static void test_an_unknown_key_anywhere_is_refused_by_both(void **state)
{
    g_autofree char *json = json_of(everything_text);
    cJSON *root = cJSON_ParseWithOpts(json, NULL, 1);
    assert_non_null(root);
    int failures = refuse_below(*state, root, root);
    cJSON_Delete(root);
    assert_int_equal(failures, 0);
}

static bool is_refused_for_a_key(const char *expected)
{
    return strstr(expected, "unknown key") != NULL ||
           strstr(expected, "not supported yet") != NULL ||
           strstr(expected, "no verb is called") != NULL;
}

/* Designs and syntax are not the schema's business. */
static void test_bad_topologies_with_wrong_keys_are_refused_by_the_schema(void **state)
{
    g_autoptr(GDir) folder = g_dir_open("tests/bad_topologies", 0, NULL);
    assert_non_null(folder);
    int tried = 0;
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (!g_str_has_suffix(name, ".txt") || strstr(name, "__") != NULL)
            continue;
        g_autofree char *path = g_build_filename("tests/bad_topologies", name, NULL);
        g_autofree char *expected = NULL;
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(path, &expected, NULL, NULL));
        g_autofree char *json_path =
            g_strdup_printf("%.*s.json", (int)(strlen(path) - strlen(".txt")), path);
        if (!is_refused_for_a_key(expected))
            continue;
        assert_true(g_file_get_contents(json_path, &text, NULL, NULL));
        g_autofree char *fault = fault_in(*state, text);
        if (fault == NULL)
            fail_msg("%s is accepted", json_path);
        tried++;
    }
    assert_true(tried >= 20);
}

static void test_every_key_has_a_meaning_in_words(void **state)
{
    (void)state;
    for (const KeyTable *table = key_tables; table->name != NULL; table++) {
        for (const Key *key = table->keys; key->name != NULL; key++) {
            if (key->summary == NULL || *key->summary == '\0')
                fail_msg("%s.%s", table->name, key->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_schema_is_the_one_that_the_tables_make),
        cmocka_unit_test(test_shipped_topologies_are_accepted_by_both),
        cmocka_unit_test(test_a_file_with_everything_is_accepted_by_both),
        cmocka_unit_test(test_an_unknown_key_anywhere_is_refused_by_both),
        cmocka_unit_test(test_bad_topologies_with_wrong_keys_are_refused_by_the_schema),
        cmocka_unit_test(test_every_key_has_a_meaning_in_words),
    };
    return cmocka_run_group_tests_name("models/schema", tests, set_up, tear_down);
}
