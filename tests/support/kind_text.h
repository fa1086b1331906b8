/* Members of open families, chosen and set by texts in tests. */
#ifndef TOPPLE_TESTS_KIND_TEXT_H
#define TOPPLE_TESTS_KIND_TEXT_H

#include <string.h>

#include "models/reader/reader.h"
#include "tests/support/document_text.h"
#include "tests/support/topology_text.h"

typedef struct KindText {
    KindChoice choice;
    ReadContext context; /* owns what the choice holds */
} KindText;

/* Reads an object with ' in place of " that must be right. */
static inline void kind_text_init(KindText *made, const Family *family, const char *text)
{
    g_autofree char *json = json_of(text);
    *made = (KindText){.context = {.arena = arena_new(), .problems = problems_new()}};
    made->context.document = parse_text(json, made->context.problems);
    Spec root = spec_root(made->context.document, made->context.problems);
    if (!kind_read(&root, &made->context, family, &made->choice, NULL, NULL)) {
        g_autofree char *message = problems_format(made->context.problems);
        fail_msg("%s", message);
    }
}

static inline void kind_text_clear(KindText *made)
{
    document_free(made->context.document);
    problems_free(made->context.problems);
    arena_free(made->context.arena);
}

#endif
