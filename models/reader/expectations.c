/* "expectations": texts, kept with their places. What they mean is known where metrics are. */
#include "models/reader/draft.h"
#include "models/reader/tables.h"

#define EXPECTATIONS_MAX 1000u

static bool read_expectation(const Spec *spec, ReadContext *context, ExpectationText *expectation)
{
    if (!spec_get_string(spec, &expectation->text))
        return false;
    SpecPlace place = spec_place(spec);
    expectation->text = arena_string(context->arena, expectation->text);
    expectation->file = arena_string(context->arena, place.file);
    expectation->line = place.line;
    expectation->column = place.column;
    expectation->pointer = arena_string(context->arena, place.pointer);
    g_free(place.pointer);
    return true;
}

static bool read_expectations(const Spec *spec, ReadContext *context, void *value)
{
    (void)value;
    Topology *topology = context->draft->topology;
    if (!spec_expect(spec, SPEC_ARRAY))
        return false;
    size_t size = spec_size(spec);
    if (size > EXPECTATIONS_MAX)
        return spec_problem(spec, "must have at most %u expectations, got %zu", EXPECTATIONS_MAX,
                            size);
    ExpectationText *expectations = arena_take(context->arena, size, sizeof *expectations);
    topology->expectations = expectations;
    Spec child;
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        if (read_expectation(&child, context, &expectations[topology->expectation_count]))
            topology->expectation_count++;
    }
    return topology->expectation_count == size;
}

const KeyCustom expectations_custom = {
    read_expectations, "a list of texts",
    "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"maxItems\": 1000}"};
