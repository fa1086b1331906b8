/* Studies of the small shop whose latencies are chosen by the test. */
#ifndef TOPPLE_TESTS_SMALL_STUDY_H
#define TOPPLE_TESTS_SMALL_STUDY_H

#include "reports/study.h"
#include "tests/reports/small_shop.h"

typedef struct SmallStudy {
    SmallShop *shops[3];
    Study *study;
} SmallStudy;

static inline SmallStudy *small_study_new(uint32_t variants)
{
    static const char *const designs[] = {"base", "queue", "retry"};
    SmallStudy *small = g_new0(SmallStudy, 1);
    small->study = study_new(7);
    for (uint32_t i = 0; i < variants; i++) {
        small->shops[i] = small_shop_new();
        StudyVariant variant = {
            .design = designs[i], .point = "", .topology = &small->shops[i]->topology};
        study_add_variant(small->study, &variant);
    }
    return small;
}

static inline void small_study_free(SmallStudy *small)
{
    study_free(small->study);
    for (size_t i = 0; i < G_N_ELEMENTS(small->shops); i++) {
        if (small->shops[i] != NULL)
            small_shop_free(small->shops[i]);
    }
    g_free(small);
}

/* Requests of front.home with these latencies, evenly over the measured 10 s. */
static inline void small_study_run(SmallStudy *small, uint32_t variant, uint32_t replication,
                                   uint32_t batches, const double *latencies_ms, uint32_t count)
{
    SmallShop *shop = small->shops[variant];
    const FaultSchedule *faults = shop->topology.fault_count > 0 ? &shop->schedule : NULL;
    Recorder *recorder = recorder_new(&shop->topology, faults, batches);
    for (uint32_t i = 0; i < count; i++)
        small_shop_request(recorder_observer(recorder), SITE_HOME, MS(1000 + 1e4 * i / count),
                           MS(latencies_ms[i]), OUTCOME_SUCCESS);
    study_add_run(small->study, variant, replication, small_shop_finish(recorder));
}

/* `count` requests that all take as long: every percentile of the run is that. */
static inline void small_study_constant_run(SmallStudy *small, uint32_t variant,
                                            uint32_t replication, double latency_ms, uint32_t count)
{
    g_autofree double *latencies = g_new(double, count);
    for (uint32_t i = 0; i < count; i++)
        latencies[i] = latency_ms;
    small_study_run(small, variant, replication, 0, latencies, count);
}

#endif
