/* Topologies from texts in tests. */
#ifndef TOPPLE_TESTS_TOPOLOGY_TEXT_H
#define TOPPLE_TESTS_TOPOLOGY_TEXT_H

#include <string.h>

#include "models/topology.h"
#include "tests/support/cmocka_all.h"

/* JSON with ' in place of ", to be freed. */
static inline char *json_of(const char *text)
{
    return g_strdelimit(g_strdup(text), "'", '"');
}

/* Reads a text with ' in place of ". NULL with problems when anything is wrong. */
static inline Topology *try_topology(const char *text, const char *design, Problems *problems)
{
    g_autofree char *json = json_of(text);
    g_autoptr(Document) document = document_parse("t.json", ".", json, strlen(json), problems);
    return document == NULL ? NULL : topology_read(document, design, problems);
}

/* The same for a text that must be right; NULL is never returned. */
static inline Topology *read_topology(const char *text, const char *design)
{
    g_autoptr(Problems) problems = problems_new();
    Topology *topology = try_topology(text, design, problems);
    if (topology == NULL) {
        g_autofree char *message = problems_format(problems);
        fail_msg("%s", message);
    }
    return topology;
}

static inline void assert_topology_problems(const char *text, const char *expected)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology = try_topology(text, NULL, problems);
    g_autofree char *message = problems_format(problems);
    assert_null(topology);
    assert_string_equal(message, expected);
}

#endif
