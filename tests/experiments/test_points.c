/* Points: a record is what a run of the same topology gives, whoever makes it and when. */
#include "experiments/points.h"

#include <math.h>

#include "experiments/experiment.h"
#include "tests/support/topology_text.h"

#define TEXT(duration)                                                                             \
    "{'simulation': {'duration': '" duration "', 'warmup': '1s', 'replications': 3}, "             \
    "'services': {'a': {'threads': 2, 'operations': {'x': {'steps': [{'compute': {"                \
    "'dist': 'exponential', 'mean': '5ms'}}]}}}}, 'links': {'w -> a': {}}, "                       \
    "'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}}, "                          \
    "'designs': {'slow': {'patch': {'services': {'a': {'threads': 1, 'operations': {'x': "         \
    "{'steps': [{'compute': {'dist': 'exponential', 'mean': '8ms'}}]}}}}}}}}"

#define THREADS "/services/a/threads"
#define RATE    "/workloads/w/arrival/rate"

typedef struct Fixture {
    char *json;
    char *sets[1];
    Topology *topologies[2];
    PointsDesign designs[2];
    Space *space;
    GArray *metrics;
    atomic_int stop;
    PointsPlan plan;
} Fixture;

static Space *space_of(const char *const *axes)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)axis_free);
    for (; *axes != NULL; axes++)
        g_ptr_array_add(list, axis_parse(*axes, NULL));
    GError *error = NULL;
    Space *space = space_new(sampling_kind_find("grid"), list, 0, 1, &error);
    if (space == NULL)
        fail_msg("%s", error->message);
    return space;
}

static void fixture_init(Fixture *fixture, const char *text, uint32_t designs,
                         const char *const *axes)
{
    static const char *const names[] = {"base", "slow"};
    *fixture = (Fixture){.json = json_of(text), .space = space_of(axes)};
    for (uint32_t i = 0; i < designs; i++) {
        fixture->topologies[i] = read_topology(text, names[i]);
        fixture->designs[i] = (PointsDesign){names[i], fixture->topologies[i]};
    }
    fixture->metrics = metrics_of_sweep((const Topology *const *)fixture->topologies, designs);
    fixture->plan = (PointsPlan){
        .source = {"t.json", ".", fixture->json, strlen(fixture->json), fixture->sets},
        .designs = fixture->designs,
        .design_count = designs,
        .space = fixture->space,
        .wishes = {.metrics = fixture->metrics, .tables = ~UINT32_C(0), .keeps_values = true},
        .shard_count = 1,
        .stop = &fixture->stop,
    };
}

static void fixture_clear(Fixture *fixture)
{
    g_array_free(fixture->metrics, TRUE);
    space_free(fixture->space);
    topology_free(fixture->topologies[0]);
    topology_free(fixture->topologies[1]);
    g_free(fixture->json);
}

#define AXES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void run_all(const Fixture *fixture, Journal *journal, uint32_t threads)
{
    ThreadPool *pool = thread_pool_new(threads);
    const PointsRun run = {.journal = journal, .pool = pool};
    PointsResult result;
    points_run(&fixture->plan, &run, &result);
    assert_null(result.problem);
    assert_null(result.error);
    points_result_clear(&result);
    thread_pool_free(pool);
}

/* All records, in the order of tasks. */
static GByteArray *records_of(const Fixture *fixture, Journal *journal)
{
    GByteArray *all = g_byte_array_new();
    for (uint64_t task = 0; task < points_task_count(&fixture->plan); task++) {
        g_autoptr(GBytes) record = journal_get(journal, task, NULL);
        assert_non_null(record);
        g_byte_array_append(all, g_bytes_get_data(record, NULL), (guint)g_bytes_get_size(record));
    }
    return all;
}

static void assert_same_records(const Fixture *fixture, Journal *one, Journal *other)
{
    GByteArray *a = records_of(fixture, one), *b = records_of(fixture, other);
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, a->len);
    g_byte_array_unref(a);
    g_byte_array_unref(b);
}

static PointRecord read_record(const Fixture *fixture, Journal *journal, uint64_t task,
                               GBytes **bytes)
{
    PointRecord record;
    *bytes = journal_get(journal, task, NULL);
    assert_non_null(*bytes);
    assert_true(point_record_read(&record, *bytes, fixture->metrics->len));
    return record;
}

static Figure figure_of(const Fixture *fixture, const PointRecord *record, const char *column)
{
    uint32_t index = metrics_find(fixture->metrics, SCOPE_WORKLOAD, "w", column);
    assert_true(index != NO_INDEX);
    return point_record_figure(record, index);
}

/* --- what a record is */

/* Task 5 is point 2 (threads 3) in the second design, whose patch says 1. */
static void test_a_point_is_the_run_of_its_design_with_its_values(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 2, AXES(THREADS "=1:3:1"));
    g_autoptr(Journal) journal = journal_in_memory();
    run_all(&fixture, journal, 2);
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology = points_read(&fixture.plan, 5, problems);
    assert_int_equal(topology->services[0].threads, 3);
    const StudyVariant variant = {.design = "slow", .point = "2", .topology = topology};
    const ExperimentPlan plan = {
        .variants = &variant, .variant_count = 1, .seed = 1, .replications = 3, .threads = 1};
    ExperimentResult result;
    experiment_run(&plan, &result);
    GBytes *bytes;
    PointRecord record = read_record(&fixture, journal, 5, &bytes);
    static const char *const columns[] = {"goodput_rps", "mean_ms", "p99_ms"};
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        Figure figure = figure_of(&fixture, &record, columns[i]);
        Estimate estimate;
        assert_true(
            study_estimate(result.study, 0, SCOPE_WORKLOAD, "w", PHASE_ALL, columns[i], &estimate));
        assert_true(figure.value == estimate.value && figure.low == estimate.low &&
                    figure.high == estimate.high);
    }
    assert_int_equal(record.replications, 3);
    point_record_clear(&record);
    g_bytes_unref(bytes);
    experiment_result_clear(&result);
    fixture_clear(&fixture);
}

static void test_values_of_replications_average_to_the_estimate(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 1, AXES(THREADS "=1,2"));
    g_autoptr(Journal) journal = journal_in_memory();
    run_all(&fixture, journal, 1);
    GBytes *bytes;
    PointRecord record = read_record(&fixture, journal, 1, &bytes);
    uint32_t index = metrics_find(fixture.metrics, SCOPE_WORKLOAD, "w", "goodput_rps");
    const double *values = &record.values[index * 3];
    double mean = (values[0] + values[1] + values[2]) / 3;
    assert_true(fabs(mean - figure_of(&fixture, &record, "goodput_rps").value) < 1e-9);
    assert_true(values[0] != values[1] && values[1] != values[2]);
    point_record_clear(&record);
    g_bytes_unref(bytes);
    fixture_clear(&fixture);
}

static void test_a_record_holds_the_rows_of_the_tables_that_were_wanted(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 1, AXES(THREADS "=1,2"));
    uint32_t requests = 0;
    while (tables[requests] != &table_requests)
        requests++;
    fixture.plan.wishes.tables = UINT32_C(1) << requests;
    g_autoptr(Journal) journal = journal_in_memory();
    run_all(&fixture, journal, 1);
    GBytes *bytes;
    PointRecord record = read_record(&fixture, journal, 1, &bytes);
    size_t length;
    uint64_t rows;
    const char *text = point_record_rows(&record, requests, &length, &rows);
    assert_int_equal(rows, 6); /* three replications of the workload and of its operation */
    g_autofree char *begin = g_strndup(text, strlen("t,base,1,0,1,w,*,all,"));
    assert_string_equal(begin, "t,base,1,0,1,w,*,all,");
    point_record_rows(&record, 0, &length, &rows);
    assert_int_equal(length, 0);
    point_record_clear(&record);
    g_bytes_unref(bytes);
    fixture_clear(&fixture);
}

static void test_seed_and_replications_can_vary(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 1,
                 AXES("/simulation/seed=7,8", "/simulation/replications=2,4"));
    g_autoptr(Journal) journal = journal_in_memory();
    run_all(&fixture, journal, 2);
    for (uint64_t task = 0; task < 4; task++) {
        GBytes *bytes;
        PointRecord record = read_record(&fixture, journal, task, &bytes);
        assert_int_equal(record.seed, task < 2 ? 7 : 8);
        assert_int_equal(record.replications, task % 2 == 0 ? 2 : 4);
        point_record_clear(&record);
        g_bytes_unref(bytes);
    }
    fixture_clear(&fixture);
}

static void test_a_limit_that_is_hit_is_told_in_the_record(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 1, AXES(RATE "=1,200"));
    fixture.plan.max_events = 500;
    g_autoptr(Journal) journal = journal_in_memory();
    run_all(&fixture, journal, 2);
    for (uint64_t task = 0; task < 2; task++) {
        GBytes *bytes;
        PointRecord record = read_record(&fixture, journal, task, &bytes);
        assert_int_equal(record.hit_limit, task == 1);
        assert_int_equal(record.warnings[0] != NULL, task == 1);
        point_record_clear(&record);
        g_bytes_unref(bytes);
    }
    fixture_clear(&fixture);
}

static void test_bytes_that_are_no_record_are_refused(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 1, AXES(THREADS "=1,2"));
    g_autoptr(Journal) journal = journal_in_memory();
    run_all(&fixture, journal, 1);
    g_autoptr(GBytes) whole = journal_get(journal, 0, NULL);
    PointRecord record;
    gsize size = g_bytes_get_size(whole);
    for (gsize length = 0; length < size; length += 97) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, length);
        assert_false(point_record_read(&record, part, fixture.metrics->len));
    }
    assert_false(point_record_read(&record, whole, fixture.metrics->len + 1));
    assert_true(point_record_read(&record, whole, fixture.metrics->len));
    point_record_clear(&record);
    fixture_clear(&fixture);
}

/* --- who makes it, and when */

#define GRID AXES(THREADS "=1:3:1", RATE "=20,60,100")

static void test_any_number_of_threads_makes_the_same_records(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 2, GRID);
    g_autoptr(Journal) one = journal_in_memory();
    run_all(&fixture, one, 1);
    for (uint32_t threads = 2; threads <= 8; threads += 3) {
        g_autoptr(Journal) other = journal_in_memory();
        run_all(&fixture, other, threads);
        assert_same_records(&fixture, one, other);
    }
    fixture_clear(&fixture);
}

static void test_shards_together_are_the_whole(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 2, GRID);
    g_autoptr(Journal) whole = journal_in_memory(), together = journal_in_memory();
    run_all(&fixture, whole, 2);
    uint64_t sum = 0;
    fixture.plan.shard_count = 5;
    for (fixture.plan.shard = 0; fixture.plan.shard < 5; fixture.plan.shard++) {
        sum += points_shard_size(&fixture.plan);
        run_all(&fixture, together, 2);
        assert_int_equal(journal_count(together), sum);
    }
    assert_int_equal(sum, 18);
    assert_same_records(&fixture, whole, together);
    fixture_clear(&fixture);
}

typedef struct Stopper {
    Fixture *fixture;
    double at; /* share done */
} Stopper;

static void stop_at(void *context, const PointsProgress *progress)
{
    const Stopper *stopper = context;
    if (progress->share >= stopper->at)
        atomic_store(&stopper->fixture->stop, 1);
}

/* Stopped again and again: each time what is there stays. */
static void test_a_run_that_was_stopped_goes_on_to_the_same_records(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("200s"), 2, GRID);
    g_autoptr(Journal) whole = journal_in_memory(), parts = journal_in_memory();
    run_all(&fixture, whole, 2);
    uint64_t done = 0;
    int stops = 0;
    for (; done < 18; stops++) {
        Stopper stopper = {&fixture, (double)done / 18 + 0.05};
        ThreadPool *pool = thread_pool_new(2);
        const PointsRun run = {parts, pool, stop_at, &stopper};
        PointsResult result;
        points_run(&fixture.plan, &run, &result);
        assert_int_equal(result.progress.before, done);
        assert_int_equal(result.progress.done, journal_count(parts));
        assert_true(result.progress.done >= done);
        done = result.progress.done;
        points_result_clear(&result);
        thread_pool_free(pool);
        atomic_store(&fixture.stop, 0);
    }
    assert_true(stops > 1);
    assert_same_records(&fixture, whole, parts);
    fixture_clear(&fixture);
}

static void test_what_the_journal_has_is_not_made_again(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 1, AXES(THREADS "=1:4:1"));
    g_autoptr(Journal) journal = journal_in_memory();
    g_autoptr(GBytes) sign = g_bytes_new_static("mine", 4);
    assert_true(journal_add(journal, 2, sign, NULL));
    run_all(&fixture, journal, 2);
    g_autoptr(GBytes) found = journal_get(journal, 2, NULL);
    assert_true(g_bytes_equal(found, sign));
    assert_int_equal(journal_count(journal), 4);
    fixture_clear(&fixture);
}

/* --- what is wrong */

static void assert_wrong(const char *const *axes, const char *expected)
{
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 2, axes);
    for (uint32_t threads = 1; threads <= 3; threads++) {
        ThreadPool *pool = thread_pool_new(threads);
        g_autofree char *problems = points_check(&fixture.plan, pool);
        assert_non_null(problems);
        assert_string_equal(problems, expected);
        thread_pool_free(pool);
    }
    fixture_clear(&fixture);
}

static void test_values_that_cannot_be_are_told_before_anything_is_simulated(void **state)
{
    (void)state;
    assert_wrong(AXES(THREADS "=3:-1:-1"),
                 "--vary: /services/a/threads: must be from 1 to 100000, got 0\n");
    assert_wrong(AXES(THREADS "=1,many"),
                 "--vary: /services/a/threads: must be a whole number from 1 to 100000, got "
                 "\"many\"\n");
    assert_wrong(AXES("/services/a/thraeds=1,2"),
                 "--vary: /services/a/thraeds: unknown key \"thraeds\"; did you mean \"threads\"?\n"
                 "--vary: /services/a/thraeds: names nothing in design base: there is no "
                 "\"thraeds\" in /services/a; did you mean \"threads\"?\n");
    assert_wrong(AXES("/services/b/threads=1,2"),
                 "--vary: /services/b: the required key \"operations\" is missing\n"
                 "--vary: /services/b/threads: names nothing in design base: there is no \"b\" in "
                 "/services\n");
}

/* What the file does not say may vary all the same. */
static void test_a_key_that_is_not_written_can_vary(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, TEXT("5s"), 2, AXES("/services/a/queue/max_length=0,5,null"));
    ThreadPool *pool = thread_pool_new(2);
    g_autofree char *problems = points_check(&fixture.plan, pool);
    assert_null(problems);
    g_autoptr(Problems) none = problems_new();
    g_autoptr(Topology) topology = points_read(&fixture.plan, 2, none);
    assert_int_equal(topology->services[0].queue.max_length, 5);
    thread_pool_free(pool);
    fixture_clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_point_is_the_run_of_its_design_with_its_values),
        cmocka_unit_test(test_values_of_replications_average_to_the_estimate),
        cmocka_unit_test(test_a_record_holds_the_rows_of_the_tables_that_were_wanted),
        cmocka_unit_test(test_seed_and_replications_can_vary),
        cmocka_unit_test(test_a_limit_that_is_hit_is_told_in_the_record),
        cmocka_unit_test(test_bytes_that_are_no_record_are_refused),
        cmocka_unit_test(test_any_number_of_threads_makes_the_same_records),
        cmocka_unit_test(test_shards_together_are_the_whole),
        cmocka_unit_test(test_a_run_that_was_stopped_goes_on_to_the_same_records),
        cmocka_unit_test(test_what_the_journal_has_is_not_made_again),
        cmocka_unit_test(test_values_that_cannot_be_are_told_before_anything_is_simulated),
        cmocka_unit_test(test_a_key_that_is_not_written_can_vary),
    };
    return cmocka_run_group_tests_name("experiments/points", tests, NULL, NULL);
}
