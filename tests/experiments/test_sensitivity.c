/* Screening of a model whose answer is a sum: a request takes two latencies and a wait, without
 * chance and without a queue. */
#include "experiments/sensitivity.h"

#include <math.h>

#include "experiments/factors.h"
#include "experiments/sampling/screening.h"
#include "tests/support/topology_text.h"

#define SUM                                                                                        \
    "{'simulation': {'duration': '20s', 'replications': 2}, 'services': {'a': {'threads': 500, "   \
    "'operations': {'x': {'steps': [{'wait': '10ms'}]}}}}, 'links': {'w -> a': {'latency': "       \
    "'1ms'}}, 'workloads': {'w': {'arrival': {'process': 'constant', 'rate': 20}, 'mix': {'a.x': " \
    "1}}}}"

#define WAIT    "/services/a/operations/x/steps/0/wait"
#define LATENCY "/links/w -> a/latency"
#define THREADS "/services/a/threads"

typedef struct Fixture {
    char *json;
    char *sets[1];
    Topology *topology;
    PointsDesign design;
    Space *space;
    GArray *metrics;
    PointsParameter *parameters;
    Journal *journal;
    atomic_int stop;
    PointsPlan plan;
    PointsView view;
    GArray *tables;
} Fixture;

static char *value_of(void *context, uint64_t point, uint32_t parameter)
{
    return space_value(((Fixture *)context)->space, point, parameter);
}

static bool record_of(void *context, uint32_t design, uint64_t point, GBytes **bytes,
                      GError **error)
{
    Fixture *fixture = context;
    *bytes = journal_get(fixture->journal, points_task(&fixture->plan, design, point), error);
    return *bytes != NULL;
}

static Space *space_of(const char *kind, const char *const *axes)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)axis_free);
    for (; *axes != NULL; axes++)
        g_ptr_array_add(list, axis_parse(*axes, NULL));
    return space_new(sampling_kind_find(kind), list, 6, 1, NULL);
}

static void fixture_init(Fixture *fixture, const char *text, const char *kind,
                         const char *const *axes)
{
    *fixture = (Fixture){.json = json_of(text), .space = space_of(kind, axes)};
    fixture->topology = read_topology(text, NULL);
    fixture->design = (PointsDesign){"base", fixture->topology};
    fixture->metrics = metrics_new();
    metrics_add(fixture->metrics, SCOPE_WORKLOAD, "w", column_find(SCOPE_WORKLOAD, "mean_ms"));
    fixture->parameters = points_parameters(fixture->space);
    fixture->journal = journal_in_memory();
    fixture->plan = (PointsPlan){
        .source = {"t.json", ".", fixture->json, strlen(fixture->json), fixture->sets},
        .designs = &fixture->design,
        .design_count = 1,
        .space = fixture->space,
        .wishes = {.metrics = fixture->metrics, .keeps_values = true},
        .shard_count = 1,
        .stop = &fixture->stop,
    };
    fixture->view = (PointsView){.designs = &fixture->design,
                                 .design_count = 1,
                                 .parameters = fixture->parameters,
                                 .parameter_count = fixture->space->axes->len,
                                 .metrics = fixture->metrics,
                                 .point_count = fixture->space->count,
                                 .value = value_of,
                                 .record = record_of,
                                 .context = fixture};
    ThreadPool *pool = thread_pool_new(2);
    const PointsRun run = {.journal = fixture->journal, .pool = pool};
    PointsResult result;
    points_run(&fixture->plan, &run, &result);
    assert_null(result.problem);
    points_result_clear(&result);
    thread_pool_free(pool);
    fixture->tables = sensitivity_tables(fixture->space, &fixture->view, NULL);
    assert_non_null(fixture->tables);
    assert_int_equal(fixture->tables->len, 1);
}

static void fixture_clear(Fixture *fixture)
{
    sensitivity_tables_free(fixture->tables);
    journal_free(fixture->journal);
    g_free(fixture->parameters);
    g_array_free(fixture->metrics, TRUE);
    space_free(fixture->space);
    topology_free(fixture->topology);
    g_free(fixture->json);
}

static const SensitivityTable *table_of(const Fixture *fixture)
{
    return &g_array_index(fixture->tables, SensitivityTable, 0);
}

static const SensitivityRow *row_of(const Fixture *fixture, guint rank)
{
    const SensitivityRow *row = &g_array_index(table_of(fixture)->rows, SensitivityRow, rank - 1);
    assert_int_equal(row->rank, rank);
    return row;
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-6))
        fail_msg("%.9g is not %.9g", value, expected);
}

#define AXES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* --- tornado */

static void test_a_tornado_ranks_by_the_largest_difference(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, SUM, "tornado",
                 AXES(THREADS "=400:600", LATENCY "=0.5ms:3ms", WAIT "=9ms:20ms"));
    assert_int_equal(fixture.space->count, 7);
    assert_close(table_of(&fixture)->base, 12);
    const SensitivityRow *wait = row_of(&fixture, 1), *latency = row_of(&fixture, 2),
                         *threads = row_of(&fixture, 3);
    assert_int_equal(wait->parameter, 2);
    assert_close(wait->effect.value, 11);
    assert_close(wait->at_low.value, -1);
    assert_close(wait->at_high.value, 10);
    assert_int_equal(latency->parameter, 1);
    assert_close(latency->effect.value, 5);
    assert_close(latency->at_low.value, -1);
    assert_close(latency->at_high.value, 4);
    assert_int_equal(threads->parameter, 0);
    assert_close(threads->effect.value, 0);
    /* nothing is left to chance: paired differences have no spread */
    assert_close(wait->effect.low, 11);
    assert_close(wait->effect.high, 11);
    fixture_clear(&fixture);
}

/* Both ends lie above what the file has. */
static void test_an_effect_to_both_sides_counts_with_its_larger_side(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, SUM, "tornado", AXES(LATENCY "=2ms,4ms", WAIT "=15ms,11ms"));
    const SensitivityRow *latency = row_of(&fixture, 1), *wait = row_of(&fixture, 2);
    assert_close(latency->at_low.value, 2);
    assert_close(latency->at_high.value, 6);
    assert_close(latency->effect.value, 6); /* not 4, the swing between the ends */
    assert_close(wait->effect.value, 5);
    fixture_clear(&fixture);
}

/* --- Morris */

static void test_morris_finds_effects_over_whole_ranges(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, SUM, "morris",
                 AXES(THREADS "=400:600", LATENCY "=1ms:4ms", WAIT "=10ms:22ms"));
    assert_int_equal(fixture.space->count, 24); /* six trajectories of four points */
    const SensitivityRow *wait = row_of(&fixture, 1), *latency = row_of(&fixture, 2),
                         *threads = row_of(&fixture, 3);
    assert_int_equal(wait->parameter, 2);
    assert_close(wait->effect.value, 12);
    assert_close(wait->mean, 12);
    assert_close(wait->stddev, 0);
    assert_int_equal(latency->parameter, 1);
    assert_close(latency->effect.value, 6);
    assert_close(latency->stddev, 0);
    assert_close(threads->effect.value, 0);
    fixture_clear(&fixture);
}

/* A wait that comes twice or four times: its effect depends on how often. */
#define PRODUCT                                                                                    \
    "{'simulation': {'duration': '20s', 'replications': 2}, 'services': {'a': {'threads': 500, "   \
    "'operations': {'x': {'steps': [{'repeat': 2, 'steps': [{'wait': '10ms'}]}]}}}}, 'links': "    \
    "{'w -> a': {}}, 'workloads': {'w': {'arrival': {'process': 'constant', 'rate': 20}, 'mix': "  \
    "{'a.x': 1}}}}"

static void test_parameters_that_work_together_have_a_spread(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, PRODUCT, "morris",
                 AXES("/services/a/operations/x/steps/0/repeat=2:8",
                      "/services/a/operations/x/steps/0/steps/0/wait=10ms:20ms"));
    const SensitivityRow *first = row_of(&fixture, 1), *second = row_of(&fixture, 2);
    assert_int_equal(first->parameter, 0);
    /* six more times 10 to 20 ms; 10 ms more two to eight times */
    assert_true(first->effect.value > 60 && first->effect.value < 120);
    assert_true(second->effect.value > 20 && second->effect.value < 80);
    assert_true(first->stddev > 1 && second->stddev > 1);
    assert_true(first->effect.low < first->effect.value);
    fixture_clear(&fixture);
}

static void test_a_trajectory_moves_every_parameter_once(void **state)
{
    (void)state;
    Space *space = space_of("morris", AXES("/a=0.0:1", "/b=0.0:1", "/c=0.0:1", "/d=x,y,z"));
    for (uint64_t i = 0; i < morris_trajectories(space); i++) {
        bool has_moved[4] = {false};
        for (uint64_t step = 0; step < 4; step++) {
            bool is_up;
            uint32_t axis = morris_move(space, i * 5 + step, &is_up);
            assert_false(has_moved[axis]);
            has_moved[axis] = true;
            const float *share = &space->shares[axis * space->count + i * 5 + step];
            assert_true(fabs(fabsf(share[1] - share[0]) - MORRIS_STEP) < 1e-6);
            assert_true(share[1] > -1e-6f && share[1] < 1 + 1e-6f);
        }
    }
    space_free(space);
}

/* --- shares of what the file has */

static char *expanded(const char *const *axes, GPtrArray *left_out, char **problem)
{
    g_autofree char *json = json_of(SUM);
    char *sets[] = {(char *)"/links/w -> a/loss_ratio=0.9", NULL};
    const TopologySource source = {"t.json", ".", json, strlen(json), sets};
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)axis_free);
    for (; *axes != NULL; axes++)
        g_ptr_array_add(list, axis_parse(*axes, NULL));
    *problem = factors_expand(&source, "base", list, left_out);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const Axis *axis = list->pdata[i];
        g_autofree char *low = axis_value_between(axis, 0), *high = axis_value_between(axis, 1);
        g_string_append_printf(text, "%s %s %s\n", axis->pointer, low, high);
    }
    return g_string_free(text, FALSE);
}

static void test_a_share_stands_for_all_numbers_below(void **state)
{
    (void)state;
    char *problem;
    g_autoptr(GPtrArray) left_out = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *found =
        expanded(AXES("/services=20%", LATENCY "=1ms:2ms", "/workloads=50%"), left_out, &problem);
    assert_null(problem);
    assert_string_equal(found, THREADS " 400 600\n" WAIT " \"8ms\" \"12ms\"\n" LATENCY
                                       " \"1ms\" \"2ms\"\n/workloads/w/arrival/rate 10 30\n"
                                       "/workloads/w/mix/a.x 0.5 1.5\n");
    assert_int_equal(left_out->len, 0);
}

static void test_whole_numbers_move_by_one_at_least(void **state)
{
    (void)state;
    char *problem;
    g_autoptr(GPtrArray) left_out = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *found =
        expanded(AXES(THREADS "=0.1%", "/simulation/replications=90%"), left_out, &problem);
    assert_null(problem);
    assert_string_equal(found, THREADS " 499 501\n/simulation/replications 1 4\n");
}

static void test_what_cannot_vary_so_far_is_left_out(void **state)
{
    (void)state;
    char *problem;
    g_autoptr(GPtrArray) left_out = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *found = expanded(AXES("/links=20%"), left_out, &problem);
    assert_null(problem);
    assert_string_equal(found, LATENCY " \"0.8ms\" \"1.2ms\"\n");
    assert_int_equal(left_out->len, 1);
    assert_string_equal(left_out->pdata[0], "/links/w -> a/loss_ratio");
    g_autofree char *none = expanded(AXES("/links/x=20%"), left_out, &problem);
    assert_string_equal(problem, "/links/x: names nothing in design base: there is no \"x\" in "
                                 "/links");
    g_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tornado_ranks_by_the_largest_difference),
        cmocka_unit_test(test_an_effect_to_both_sides_counts_with_its_larger_side),
        cmocka_unit_test(test_morris_finds_effects_over_whole_ranges),
        cmocka_unit_test(test_parameters_that_work_together_have_a_spread),
        cmocka_unit_test(test_a_trajectory_moves_every_parameter_once),
        cmocka_unit_test(test_a_share_stands_for_all_numbers_below),
        cmocka_unit_test(test_whole_numbers_move_by_one_at_least),
        cmocka_unit_test(test_what_cannot_vary_so_far_is_left_out),
    };
    return cmocka_run_group_tests_name("experiments/sensitivity", tests, NULL, NULL);
}
