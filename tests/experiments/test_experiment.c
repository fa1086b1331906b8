/* Plans with limits, interruptions and odd numbers of threads. Determinism is in
 * test_determinism.c.
 */
#include "experiments/experiment.h"

#include "tests/support/topology_text.h"

#define DESIGNS_MAX 3u

#define QUEUE(duration)                                                                            \
    "{'simulation': {'duration': '" duration "'}, 'services': {'a': {'threads': 1, 'operations': " \
    "{'x': {'steps': [{'compute': {'dist': 'exponential', 'mean': '5ms'}}]}}}},"                   \
    "'links': {'w -> a': {}}, 'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}},"  \
    "'designs': {'fast': {'patch': {'services': {'a': {'threads': 2}}}},"                          \
    "'idle': {'patch': {'workloads': {'w': {'arrival': {'rate': 0.5}}}}}}}"

#define SHORT     QUEUE("10s")
#define ENDLESS   QUEUE("50000000s")
#define UNBOUNDED (UINT64_C(0))

typedef struct Fixture {
    Topology *topologies[DESIGNS_MAX];
    StudyVariant variants[DESIGNS_MAX];
    ExperimentPlan plan;
    ExperimentResult result;
} Fixture;

static void fixture_init(Fixture *fixture, const char *text, uint32_t designs,
                         uint32_t replications, uint32_t threads)
{
    static const char *const names[DESIGNS_MAX] = {"base", "fast", "idle"};
    *fixture = (Fixture){0};
    for (uint32_t i = 0; i < designs; i++) {
        fixture->topologies[i] = read_topology(text, names[i]);
        fixture->variants[i] =
            (StudyVariant){.design = names[i], .point = "", .topology = fixture->topologies[i]};
    }
    fixture->plan = (ExperimentPlan){.variants = fixture->variants,
                                     .variant_count = designs,
                                     .seed = 1,
                                     .replications = replications,
                                     .threads = threads};
}

static void fixture_clear(Fixture *fixture)
{
    experiment_result_clear(&fixture->result);
    for (uint32_t i = 0; i < DESIGNS_MAX; i++)
        topology_free(fixture->topologies[i]);
}

static uint32_t run_count(const Fixture *fixture, uint32_t variant)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < study_replication_count(fixture->result.study, variant); i++)
        count += study_run(fixture->result.study, variant, i) != NULL;
    return count;
}

static uint64_t offered(const Fixture *fixture, uint32_t variant, uint32_t replication)
{
    return study_run(fixture->result.study, variant, replication)->world.requests;
}

/* --- plans */

static void test_every_design_runs_in_every_replication(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, SHORT, 3, 5, 2);
    experiment_run(&fixture.plan, &fixture.result);
    assert_null(fixture.result.problem);
    assert_true(fixture.result.is_complete);
    assert_false(fixture.result.hit_limit);
    assert_int_equal(fixture.result.warnings->len, 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(run_count(&fixture, i), 5);
    fixture_clear(&fixture);
}

static void test_designs_meet_the_same_requests_and_replications_others(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, SHORT, 2, 4, 1);
    experiment_run(&fixture.plan, &fixture.result);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(offered(&fixture, 0, i), offered(&fixture, 1, i));
        for (uint32_t j = 0; j < i; j++)
            assert_true(offered(&fixture, 0, i) != offered(&fixture, 0, j));
    }
    fixture_clear(&fixture);
}

static void test_more_replications_leave_the_first_as_they_were(void **state)
{
    (void)state;
    Fixture few, many;
    fixture_init(&few, SHORT, 1, 2, 1);
    fixture_init(&many, SHORT, 1, 6, 2);
    experiment_run(&few.plan, &few.result);
    experiment_run(&many.plan, &many.result);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(study_run(few.result.study, 0, i)->world.events,
                         study_run(many.result.study, 0, i)->world.events);
    fixture_clear(&few);
    fixture_clear(&many);
}

static void test_threads_beyond_the_number_of_runs_do_no_harm(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, SHORT, 1, 2, EXPERIMENT_THREADS_MAX);
    experiment_run(&fixture.plan, &fixture.result);
    assert_int_equal(run_count(&fixture, 0), 2);
    fixture_clear(&fixture);
}

static void test_only_a_single_replication_is_cut_into_batches(void **state)
{
    (void)state;
    for (uint32_t replications = 1; replications <= 2; replications++) {
        Fixture fixture;
        fixture_init(&fixture, SHORT, 1, replications, 1);
        experiment_run(&fixture.plan, &fixture.result);
        assert_int_equal(study_any_run(fixture.result.study, 0)->batch_count > 0,
                         replications == 1);
        fixture_clear(&fixture);
    }
}

/* --- rounds */

typedef struct Asker {
    uint32_t rounds; /* that are to come */
    uint32_t drop;   /* variant that takes part in the first round only; NO_INDEX: none */
    uint32_t seen[8];
    uint32_t asked;
} Asker;

static uint32_t ask(void *context, const Study *study, bool *takes_part)
{
    Asker *asker = context;
    asker->seen[asker->asked++] = study_replication_count(study, 0);
    if (asker->drop != NO_INDEX)
        takes_part[asker->drop] = false;
    return asker->asked > asker->rounds ? 0 : asker->asked;
}

static void run_asked(Fixture *fixture, Asker *asker, uint32_t threads)
{
    fixture_init(fixture, SHORT, 3, 2, threads);
    fixture->plan.more = ask;
    fixture->plan.more_context = asker;
    experiment_run(&fixture->plan, &fixture->result);
}

static void test_rounds_add_replications_until_it_is_enough(void **state)
{
    (void)state;
    Fixture fixture;
    Asker asker = {.rounds = 2, .drop = NO_INDEX};
    run_asked(&fixture, &asker, 2);
    assert_int_equal(asker.asked, 3);
    assert_int_equal(asker.seen[0], 2);
    assert_int_equal(asker.seen[1], 3);
    assert_int_equal(asker.seen[2], 5);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(run_count(&fixture, i), 5);
    assert_true(fixture.result.is_complete);
    fixture_clear(&fixture);
}

static void test_who_is_left_out_makes_no_more_runs(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads++) {
        Fixture fixture;
        Asker asker = {.rounds = 2, .drop = 1};
        run_asked(&fixture, &asker, threads);
        assert_int_equal(run_count(&fixture, 0), 5);
        assert_int_equal(run_count(&fixture, 1), 2);
        assert_int_equal(run_count(&fixture, 2), 5);
        fixture_clear(&fixture);
    }
}

static void test_a_round_that_was_stopped_is_the_last(void **state)
{
    (void)state;
    Fixture fixture;
    Asker asker = {.rounds = 2, .drop = NO_INDEX};
    fixture_init(&fixture, SHORT, 1, 2, 1);
    fixture.plan.more = ask;
    fixture.plan.more_context = &asker;
    fixture.plan.max_events = 500;
    experiment_run(&fixture.plan, &fixture.result);
    assert_int_equal(asker.asked, 0);
    assert_int_equal(run_count(&fixture, 0), 2);
    fixture_clear(&fixture);
}

/* --- limits */

static void test_a_limit_of_events_is_told_once_for_each_design(void **state)
{
    (void)state;
    char *first = NULL;
    for (uint32_t threads = 1; threads <= 3; threads++) {
        Fixture fixture;
        fixture_init(&fixture, SHORT, 3, 4, threads);
        fixture.plan.max_events = 1500;
        experiment_run(&fixture.plan, &fixture.result);
        GPtrArray *warnings = fixture.result.warnings;
        assert_true(fixture.result.hit_limit);
        assert_false(fixture.result.is_complete);
        assert_int_equal(warnings->len, 2); /* the idle design has fewer events */
        assert_non_null(strstr(warnings->pdata[0], "design base: stopped at "));
        assert_non_null(strstr(warnings->pdata[1], "design fast: stopped at "));
        if (first == NULL)
            first = g_strdup(warnings->pdata[0]);
        assert_string_equal(warnings->pdata[0], first);
        fixture_clear(&fixture);
    }
    g_free(first);
}

static void test_a_limit_that_is_not_reached_changes_nothing(void **state)
{
    (void)state;
    Fixture bounded, free_run;
    fixture_init(&bounded, SHORT, 1, 2, 1);
    fixture_init(&free_run, SHORT, 1, 2, 1);
    bounded.plan.max_events = 1000000;
    free_run.plan.max_events = UNBOUNDED;
    experiment_run(&bounded.plan, &bounded.result);
    experiment_run(&free_run.plan, &free_run.result);
    assert_true(bounded.result.is_complete);
    assert_int_equal(study_run(bounded.result.study, 0, 1)->world.events,
                     study_run(free_run.result.study, 0, 1)->world.events);
    fixture_clear(&bounded);
    fixture_clear(&free_run);
}

/* --- interruption */

typedef struct Looker {
    atomic_int stop;
    double stop_at; /* share done at which to stop; above 1: never */
    double last;
    int looks;
    bool is_sound; /* shares are from 0 to 1 and never fall */
} Looker;

static void look(void *context, double done)
{
    Looker *looker = context;
    looker->is_sound = looker->is_sound && done >= 0 && done <= 1 && done >= looker->last;
    looker->last = done;
    looker->looks++;
    if (done >= looker->stop_at)
        atomic_store(&looker->stop, 1);
}

static void run_watched(Fixture *fixture, Looker *looker)
{
    looker->is_sound = true;
    fixture->plan.stop = &looker->stop;
    fixture->plan.tick = look;
    fixture->plan.context = looker;
    experiment_run(&fixture->plan, &fixture->result);
}

static void test_a_plan_that_is_stopped_before_it_starts_makes_no_run(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, ENDLESS, 2, 3, 2);
    Looker looker = {.stop = 1, .stop_at = 2};
    run_watched(&fixture, &looker);
    assert_false(fixture.result.is_complete);
    assert_null(study_any_run(fixture.result.study, 0));
    assert_null(study_any_run(fixture.result.study, 1));
    fixture_clear(&fixture);
}

static void test_the_only_run_counts_although_it_was_interrupted(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, ENDLESS, 1, 1, 1);
    Looker looker = {.stop_at = 0};
    run_watched(&fixture, &looker);
    const RunResult *run = study_any_run(fixture.result.study, 0);
    assert_false(fixture.result.is_complete);
    assert_false(fixture.result.hit_limit);
    assert_non_null(run);
    assert_int_equal(run->stop, STOP_INTERRUPTED);
    assert_true(run->measured > 0 && run->measured < fixture.topologies[0]->simulation.duration);
    fixture_clear(&fixture);
}

static void test_an_interrupted_run_does_not_stand_beside_whole_ones(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, QUEUE("500s"), 1, EXPERIMENT_REPLICATIONS_MAX, 2);
    Looker looker = {.stop_at = 2.5 / EXPERIMENT_REPLICATIONS_MAX};
    run_watched(&fixture, &looker);
    uint32_t count = study_replication_count(fixture.result.study, 0);
    assert_false(fixture.result.is_complete);
    assert_true(count > 0 && count < EXPERIMENT_REPLICATIONS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const RunResult *run = study_run(fixture.result.study, 0, i);
        assert_true(run == NULL || run->stop == STOP_FINISHED);
    }
    fixture_clear(&fixture);
}

/* Replication by replication, not design by design. */
static void test_what_is_there_after_an_interruption_makes_pairs(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, QUEUE("500s"), 2, EXPERIMENT_REPLICATIONS_MAX, 2);
    Looker looker = {.stop_at = 10.0 / EXPERIMENT_REPLICATIONS_MAX};
    run_watched(&fixture, &looker);
    uint32_t base = run_count(&fixture, 0), fast = run_count(&fixture, 1);
    assert_true(base >= 8 && fast >= 8);
    assert_true(base <= fast + 2 && fast <= base + 2);
    fixture_clear(&fixture);
}

static void test_the_share_that_is_done_grows_from_0_to_1(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture, QUEUE("20000s"), 1, 3, 1);
    Looker looker = {.stop_at = 2};
    run_watched(&fixture, &looker);
    assert_true(fixture.result.is_complete);
    assert_true(looker.looks > 0);
    assert_true(looker.is_sound);
    assert_true(looker.last == 1);
    fixture_clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_design_runs_in_every_replication),
        cmocka_unit_test(test_designs_meet_the_same_requests_and_replications_others),
        cmocka_unit_test(test_more_replications_leave_the_first_as_they_were),
        cmocka_unit_test(test_threads_beyond_the_number_of_runs_do_no_harm),
        cmocka_unit_test(test_only_a_single_replication_is_cut_into_batches),
        cmocka_unit_test(test_rounds_add_replications_until_it_is_enough),
        cmocka_unit_test(test_who_is_left_out_makes_no_more_runs),
        cmocka_unit_test(test_a_round_that_was_stopped_is_the_last),
        cmocka_unit_test(test_a_limit_of_events_is_told_once_for_each_design),
        cmocka_unit_test(test_a_limit_that_is_not_reached_changes_nothing),
        cmocka_unit_test(test_a_plan_that_is_stopped_before_it_starts_makes_no_run),
        cmocka_unit_test(test_the_only_run_counts_although_it_was_interrupted),
        cmocka_unit_test(test_an_interrupted_run_does_not_stand_beside_whole_ones),
        cmocka_unit_test(test_what_is_there_after_an_interruption_makes_pairs),
        cmocka_unit_test(test_the_share_that_is_done_grows_from_0_to_1),
    };
    return cmocka_run_group_tests_name("experiments/experiment", tests, NULL, NULL);
}
