/* A file that uses everything, changed at random: whatever comes out, the reader accepts it or says
 * what is wrong with it. The changes come from a fixed seed. */
#include <cjson/cJSON.h>

#include "models/load.h"
#include "tests/support/everything.h"
#include "tests/support/topology_text.h"

#define MUTANTS 4000u
#define CHANGES 3

static const char *const values[] = {
    "0",
    "-1",
    "1",
    "2.5",
    "1e308",
    "-1e-308",
    "4294967296",
    "true",
    "null",
    "[]",
    "{}",
    "[[]]",
    "\"\"",
    "\"1ms\"",
    "\"0s\"",
    "\"87600h\"",
    "\"a.x\"",
    "\"b.y\"",
    "\"q\"",
    "\"t\"",
    "\"*\"",
    "\"a\"",
    "\"all\"",
    "{\"x\": 1}",
    "[{\"call\": \"a.x\"}]",
    "1000000",
    "\"1Gbps\"",
    "{\"dist\": \"pareto\", \"min\": \"1ns\", \"shape\": 0.01}",
    "{\"a.x\": 1}",
};

static const char *const names[] = {
    "a",   "b",       "q",    "x",     "steps", "call",   "times",   "latency",
    "via", "mode",    "dist", "mean",  "w",     "a -> b", "* -> *",  "a -> b.y",
    "a.x", "threads", "cpu",  "queue", "",      "b -> a", "compute", "repeat",
};

static uint64_t next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(next(state) % limit);
}

static uint32_t count_nodes(const cJSON *node)
{
    uint32_t count = 1;
    for (const cJSON *child = node->child; child != NULL; child = child->next)
        count += count_nodes(child);
    return count;
}

/* The node at a position in document order, with what holds it. */
static cJSON *node_at(cJSON *node, uint32_t *position, cJSON *parent, cJSON **holder)
{
    *holder = parent;
    if ((*position)-- == 0)
        return node;
    for (cJSON *child = node->child; child != NULL; child = child->next) {
        cJSON *found = node_at(child, position, node, holder);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static cJSON *pick(cJSON *root, uint64_t *state, cJSON **holder)
{
    uint32_t position = below(state, count_nodes(root) - 1) + 1;
    return node_at(root, &position, NULL, holder);
}

/* Takes a node away, puts another value or a copy of another node in its place, or gives its holder
 * one more member. */
static void change(cJSON *root, uint64_t *state)
{
    cJSON *holder;
    cJSON *other_holder;
    cJSON *node = pick(root, state, &holder);
    cJSON *other = pick(root, state, &other_holder);
    cJSON *value = cJSON_Parse(values[below(state, G_N_ELEMENTS(values))]);
    switch (below(state, 5)) {
    case 0:
        cJSON_Delete(cJSON_DetachItemViaPointer(holder, node));
        break;
    case 1:
    case 2: {
        cJSON *copy = below(state, 2) == 0 ? cJSON_Duplicate(value, 1) : cJSON_Duplicate(other, 1);
        if (cJSON_IsObject(holder)) {
            g_autofree char *name = g_strdup(node->string);
            if (!cJSON_ReplaceItemInObjectCaseSensitive(holder, name, copy))
                cJSON_Delete(copy);
        } else {
            if (!cJSON_ReplaceItemViaPointer(holder, node, copy))
                cJSON_Delete(copy);
        }
        break;
    }
    default: {
        const char *name = names[below(state, G_N_ELEMENTS(names))];
        cJSON *copy = cJSON_Duplicate(below(state, 2) == 0 ? value : other, 1);
        if (cJSON_IsObject(holder) && cJSON_GetObjectItemCaseSensitive(holder, name) == NULL)
            cJSON_AddItemToObject(holder, name, copy);
        else if (cJSON_IsArray(holder))
            cJSON_AddItemToArray(holder, copy);
        else
            cJSON_Delete(copy);
    }
    }
    cJSON_Delete(value);
}

static char *mutant(const cJSON *original, uint64_t seed)
{
    cJSON *copy = cJSON_Duplicate(original, 1);
    for (uint32_t i = below(&seed, CHANGES) + 1; i > 0 && count_nodes(copy) > 1; i--)
        change(copy, &seed);
    char *text = cJSON_Print(copy);
    cJSON_Delete(copy);
    return text;
}

static bool is_answered(const char *text)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = document_parse("t.json", ".", text, strlen(text), problems);
    g_autoptr(Topology) topology =
        document == NULL ? NULL : topology_read(document, NULL, problems);
    if (topology != NULL)
        g_free(topology_load(topology));
    g_autofree char *message = problems_format(problems);
    return (topology != NULL) == (problems->count == 0) && (topology != NULL) == (*message == '\0');
}

static void test_whatever_is_changed_the_reader_has_an_answer(void **state)
{
    (void)state;
    g_autofree char *json = json_of(everything_text);
    cJSON *original = cJSON_Parse(json);
    assert_non_null(original);
    for (uint32_t seed = 1; seed <= MUTANTS; seed++) {
        char *text = mutant(original, seed);
        if (!is_answered(text))
            fail_msg("seed %u: %s", seed, text);
        cJSON_free(text);
    }
    cJSON_Delete(original);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whatever_is_changed_the_reader_has_an_answer),
    };
    return cmocka_run_group_tests_name("models/mutated_topologies", tests, NULL, NULL);
}
