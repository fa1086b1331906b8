#include "reports/endings.h"
#include "tests/reports/small_study.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

/* The fault lasts from 2 to 3 s after the start of measurement; the last tenth is the tenth second.
 * `before`, `during` and `last` of ten requests each succeed, of those that start then. */
static void run_with_fault(SmallStudy *small, uint32_t replication, int before, int during,
                           int last)
{
    SmallShop *shop = small->shops[0];
    Recorder *recorder = recorder_new(&shop->topology, &shop->schedule, 0);
    const Observer *observer = recorder_observer(recorder);
    const int good[] = {before, during, last}, starts_ms[] = {1500, 3500, 10200};
    for (int part = 0; part < 3; part++) {
        for (int i = 0; i < 10; i++)
            small_shop_request(observer, SITE_HOME, MS(starts_ms[part] + 10 * i), MS(5),
                               i < good[part] ? OUTCOME_SUCCESS : OUTCOME_ERROR);
    }
    study_add_run(small->study, 0, replication, small_shop_finish(recorder));
}

static SmallStudy *study_with_fault(void)
{
    SmallStudy *small = small_study_new(1);
    small_shop_add_fault(small->shops[0], MS(3000), MS(4000));
    return small;
}

static void test_who_does_as_well_at_the_end_as_before_has_recovered(void **state)
{
    (void)state;
    SmallStudy *small = study_with_fault();
    assert_string_equal(run_ending_kind(&small->shops[0]->topology, 0), "recovered");
    assert_string_equal(run_ending_name(&small->shops[0]->topology, 0), "users");
    run_with_fault(small, 0, 10, 0, 10); /* yes */
    run_with_fault(small, 1, 10, 0, 9);  /* no: 0.9 of it */
    run_with_fault(small, 2, 9, 10, 9);  /* yes: it was no better before */
    run_with_fault(small, 3, 10, 10, 0); /* no: the fault itself does not count */
    EndingShare share = study_ending(small->study, 0, 0);
    assert_int_equal(share.known, 4);
    assert_int_equal(share.yes, 2);
    assert_close(share.share, 0.5, 0);
    small_study_free(small);
}

static void test_nobody_can_tell_where_nothing_happened(void **state)
{
    (void)state;
    SmallStudy *small = study_with_fault();
    small->shops[0]->schedule.last_end = MS(11000); /* there is nothing behind it */
    run_with_fault(small, 0, 10, 10, 10);
    EndingShare share = study_ending(small->study, 0, 0);
    assert_int_equal(share.known, 0);
    assert_missing(share.share);
    assert_missing(share.low);
    small_study_free(small);
}

/* The objective: 20 ms for nine of ten. */
static void test_an_objective_is_met_by_its_share_within_its_latency(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small->shops[0]->slos[0].objective_percent = 90;
    const double nine[] = {5, 5, 5, 5, 5, 5, 5, 5, 19, 50};
    const double eight[] = {5, 5, 5, 5, 5, 5, 5, 5, 50, 50};
    small_study_run(small, 0, 0, 0, nine, 10);
    small_study_run(small, 0, 1, 0, eight, 10);
    small_study_run(small, 0, 2, 0, nine, 0);
    assert_int_equal(run_ending_count(&small->shops[0]->topology), 1);
    assert_string_equal(run_ending_kind(&small->shops[0]->topology, 0), "met");
    assert_string_equal(run_ending_name(&small->shops[0]->topology, 0), "fast");
    EndingShare share = study_ending(small->study, 0, 0);
    assert_int_equal(share.known, 2); /* without requests there is no telling */
    assert_int_equal(share.yes, 1);
    /* Clopper and Pearson for 1 of 2: 1 - sqrt(0.975), and its mirror image. */
    assert_close(share.low, 1 - sqrt(0.975), 1e-9);
    assert_close(share.high, sqrt(0.975), 1e-9);
    small_study_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_does_as_well_at_the_end_as_before_has_recovered),
        cmocka_unit_test(test_nobody_can_tell_where_nothing_happened),
        cmocka_unit_test(test_an_objective_is_met_by_its_share_within_its_latency),
    };
    return cmocka_run_group_tests_name("reports/endings", tests, NULL, NULL);
}
