#include "cli/expected.h"

#include <stdio.h>
#include <string.h>

#include "models/problems.h"
#include "reports/recorder.h"

typedef struct Reading {
    ExpectedList *expected;
    const Input *input;
    bool is_of_files;   /* several files: each is one design, and the base of what it says */
    RunResult **shapes; /* of the designs; made when needed */
    Problems *problems;
} Reading;

static const Design *design_at(const Reading *reading, uint32_t index)
{
    return &g_array_index(reading->input->designs, Design, index);
}

static const RunResult *shape_of(Reading *reading, uint32_t design)
{
    if (reading->shapes[design] == NULL)
        reading->shapes[design] = recorder_shape(design_at(reading, design)->topology);
    return reading->shapes[design];
}

/* --- designs by name, as the file of the design `owner` calls them */

static uint32_t find_design(const Reading *reading, uint32_t owner, const char *name)
{
    if (reading->is_of_files && strcmp(name, "base") == 0)
        return owner;
    for (uint32_t i = 0; i < reading->input->designs->len; i++) {
        if (strcmp(design_at(reading, i)->name, name) == 0)
            return i;
    }
    return NO_INDEX;
}

/* NULL, or that there is no such design, in words. A design as it ran (topology.resolved.json)
 * still speaks of the others: a file without designs may name any. */
static char *check_design(const Reading *reading, uint32_t owner, const char *name)
{
    const char *const *names = design_at(reading, owner)->topology->design_names;
    guint count = g_strv_length((char **)(guintptr)names);
    if (find_design(reading, owner, name) != NO_INDEX || g_strv_contains(names, name) || count == 1)
        return NULL;
    const char *near = problems_nearest(name, names, count);
    if (near != NULL)
        return g_strdup_printf("there is no design \"%s\"; did you mean \"%s\"?", name, near);
    return g_strdup_printf("there is no design \"%s\"", name);
}

/* --- one text */

static char *check_metric(Reading *reading, uint32_t design, const MetricRef *metric)
{
    g_autofree char *problem = metric_ref_check(metric, shape_of(reading, design));
    return problem == NULL
               ? NULL
               : g_strdup_printf("design %s: %s", design_at(reading, design)->name, problem);
}

/* Takes the expectation over, and clears it when it is not kept. Returns what is wrong. */
static char *keep(Reading *reading, uint32_t design, Expectation *expectation)
{
    Expected kept = {.expectation = *expectation, .design = design, .other = NO_INDEX};
    char *problem = check_metric(reading, design, &expectation->metric);
    if (problem == NULL && expectation->other != NULL) {
        kept.other = find_design(reading, design, expectation->other);
        problem =
            kept.other == NO_INDEX ? NULL : check_metric(reading, kept.other, &expectation->metric);
    }
    bool is_there = expectation->other == NULL || kept.other != NO_INDEX;
    if (problem == NULL && is_there)
        g_array_append_val(reading->expected->list, kept);
    else
        expectation_clear(expectation);
    return problem;
}

static void note_skipped(Reading *reading, const char *text)
{
    GPtrArray *skipped = reading->expected->skipped;
    char *warning =
        g_strdup_printf("expectation not judged, since a design of it does not run: %s", text);
    if (g_ptr_array_find_with_equal_func(skipped, warning, g_str_equal, NULL))
        g_free(warning);
    else
        g_ptr_array_add(skipped, warning);
}

/* What the text says about the design `owner`; without a design it is said of all, but for the one
 * that they are measured by. Returns what is wrong. */
static char *read_text(Reading *reading, uint32_t owner, const char *text)
{
    Expectation expectation;
    char *problem = expectation_parse(&expectation, text);
    if (problem != NULL)
        return problem;
    if (expectation.design != NULL)
        problem = check_design(reading, owner, expectation.design);
    if (problem == NULL && expectation.other != NULL)
        problem = check_design(reading, owner, expectation.other);
    uint32_t design =
        expectation.design == NULL ? owner : find_design(reading, owner, expectation.design);
    bool has_other =
        expectation.other == NULL || find_design(reading, owner, expectation.other) != NO_INDEX;
    bool is_of_itself = expectation.design == NULL && expectation.other != NULL &&
                        find_design(reading, owner, expectation.other) == owner;
    if (problem == NULL && (design == NO_INDEX || !has_other))
        note_skipped(reading, text);
    if (problem == NULL && design == owner && !is_of_itself)
        return keep(reading, owner, &expectation);
    expectation_clear(&expectation);
    return problem;
}

/* --- all of them */

static bool is_said(const Problems *problems, const ExpectationText *place, const char *message)
{
    for (guint i = 0; i < problems->list->len; i++) {
        const Problem *problem = g_ptr_array_index(problems->list, i);
        if (strcmp(problem->file, place->file) == 0 && problem->line == place->line &&
            problem->column == place->column && strcmp(problem->message, message) == 0)
            return true;
    }
    return false;
}

static void read_design(Reading *reading, uint32_t index)
{
    const Topology *topology = design_at(reading, index)->topology;
    for (uint32_t i = 0; i < topology->expectation_count; i++) {
        const ExpectationText *place = &topology->expectations[i];
        char *problem = read_text(reading, index, place->text);
        if (problem == NULL || is_said(reading->problems, place, problem))
            g_free(problem);
        else
            problems_add(reading->problems, place->file, place->line, place->column, place->pointer,
                         problem);
    }
}

/* Of --expect: for every design that it can be said of. */
static bool read_option(Reading *reading, const char *text)
{
    for (uint32_t i = 0; i < reading->input->designs->len; i++) {
        g_autofree char *problem = read_text(reading, i, text);
        if (problem != NULL) {
            complain("--expect: %s: %s", text, problem);
            return false;
        }
    }
    return true;
}

static bool read_all(Reading *reading, char **texts)
{
    for (uint32_t i = 0; i < reading->input->designs->len; i++)
        read_design(reading, i);
    if (reading->problems->count > 0) {
        g_autofree char *list = problems_format(reading->problems);
        fputs(list, stderr);
        return false;
    }
    for (char **text = texts; text != NULL && *text != NULL; text++) {
        if (!read_option(reading, *text))
            return false;
    }
    return true;
}

static void clear_element(void *expected)
{
    expectation_clear(&((Expected *)expected)->expectation);
}

bool expected_read(ExpectedList *expected, const Input *input, const Options *options)
{
    expected->list = g_array_new(FALSE, FALSE, sizeof(Expected));
    g_array_set_clear_func(expected->list, clear_element);
    expected->skipped = g_ptr_array_new_with_free_func(g_free);
    guint count = input->designs->len;
    g_autoptr(Problems) problems = problems_new();
    Reading reading = {.expected = expected,
                       .input = input,
                       .is_of_files = g_strv_length(options->files) > 1,
                       .shapes = g_new0(RunResult *, count),
                       .problems = problems};
    bool is_right = read_all(&reading, options->expectations);
    for (guint i = 0; i < count; i++)
        run_result_free(reading.shapes[i]);
    g_free(reading.shapes);
    return is_right;
}

void expected_clear(ExpectedList *expected)
{
    if (expected->list != NULL)
        g_array_free(expected->list, TRUE);
    if (expected->skipped != NULL)
        g_ptr_array_free(expected->skipped, TRUE);
    *expected = (ExpectedList){0};
}

static void clear_result(void *result)
{
    g_free(((ExpectationResult *)result)->text);
}

GArray *expected_judge(const ExpectedList *expected, const Study *study)
{
    GArray *results = g_array_new(FALSE, FALSE, sizeof(ExpectationResult));
    g_array_set_clear_func(results, clear_result);
    for (guint i = 0; i < expected->list->len; i++) {
        const Expected *one = &g_array_index(expected->list, Expected, i);
        ExpectationResult result =
            expectation_judge(&one->expectation, study, one->design, one->other);
        g_array_append_val(results, result);
    }
    return results;
}
