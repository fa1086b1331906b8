/* libFuzzer entry for documents; not part of the build. With clang:
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -I. \
 *       $(pkg-config --cflags glib-2.0 libcjson) tests/fuzz/fuzz_document.c \
 *       models/{arena,designs,document,document_set,json_print,merge_patch,problems,quantity}.c \
 *       models/{scanner,scanner_tokens,spec,spec_values}.c sim/check.c \
 *       $(pkg-config --libs glib-2.0 libcjson) -lm -o fuzz_document
 *   ./fuzz_document -max_len=4096 corpus tests/data/json-test-suite
 *
 * What the scanner accepts must become a tree; what is printed must read back as the same tree; a
 * design that can be applied leaves a tree that can be printed. */
#include <stdlib.h>
#include <string.h>

#include "models/document.h"
#include "models/scanner.h"
#include "models/spec.h"
#include "sim/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_accepted(const char *text, size_t size)
{
    JsonFault fault;
    g_autoptr(GArray) spans = json_scan(text, size, &fault);
    if (spans != NULL)
        return true;
    SIM_CHECK(fault.offset <= size && fault.message != NULL);
    g_free(fault.message);
    return false;
}

static void print_and_read_back(const Document *document)
{
    g_autoptr(Problems) problems = problems_new();
    g_autofree char *text = document_print(document);
    g_autoptr(Document) again = document_parse("again", ".", text, strlen(text), problems);
    SIM_CHECK(again != NULL);
    g_autofree char *text_again = document_print(again);
    SIM_CHECK(strcmp(text, text_again) == 0);
}

/* Every value is asked for everything. */
static void read_all(const Spec *spec)
{
    Spec child;
    bool boolean;
    int64_t integer;
    uint64_t seed;
    double number;
    const char *string;
    spec_get_boolean(spec, &boolean);
    spec_get_integer(spec, -5, 5, &integer);
    spec_get_seed(spec, &seed);
    spec_get_number(spec, 0, 1, &number);
    spec_get_string(spec, &string);
    spec_get_duration(spec, 0, SIM_TIME_S, &integer);
    spec_get_size(spec, 100, &integer);
    spec_get_bandwidth(spec, &number);
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        spec_check_name(&child, "thing");
        read_all(&child);
    }
    spec_finish(spec, NULL, 0);
}

static void apply_designs(const char *text, size_t size)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = document_parse("fuzz", ".", text, size, problems);
    g_auto(GStrv) names = document_design_names(document);
    if (document_apply_design(document, names[0], problems))
        print_and_read_back(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Problems) problems = problems_new();
    g_autofree char *text = g_malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    g_autoptr(Document) document = document_parse("fuzz", ".", text, size, problems);
    SIM_CHECK((document != NULL) == is_accepted(text, size));
    SIM_CHECK((document != NULL) == (problems->count == 0));
    if (document != NULL) {
        print_and_read_back(document);
        Spec root = spec_root(document, problems);
        read_all(&root);
        apply_designs(text, size);
    }
    g_autofree char *report = problems_format(problems);
    SIM_CHECK(g_utf8_validate(report, -1, NULL));
    return 0;
}
