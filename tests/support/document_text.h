/* Documents from texts in tests. */
#ifndef TOPPLE_TESTS_DOCUMENT_TEXT_H
#define TOPPLE_TESTS_DOCUMENT_TEXT_H

#include <string.h>

#include "models/document.h"
#include "models/problems.h"
#include "tests/support/cmocka_all.h"

/* The file is called t.json and stands in the working directory. */
static inline Document *parse_text(const char *text, Problems *problems)
{
    return document_parse("t.json", ".", text, strlen(text), problems);
}

static inline void assert_problems(Problems *problems, const char *expected)
{
    g_autofree char *text = problems_format(problems);
    assert_string_equal(text, expected);
}

#endif
