/* A topology built by hand, small enough to work out every number: users call front.home (which
 * calls pay.charge) or pay.charge; front publishes jobs for pay.refund, and news for two
 * subscriptions. Measured from 1 s to 11 s in windows of 1 s. */
#ifndef TOPPLE_TESTS_SMALL_SHOP_H
#define TOPPLE_TESTS_SMALL_SHOP_H

#include <glib.h>
#include <string.h>

#include "models/fault_schedule.h"
#include "reports/recorder.h"

enum { FRONT, PAY };
enum { FRONT_HOME, PAY_CHARGE, PAY_REFUND };
enum { USERS_FRONT, USERS_PAY, FRONT_PAY };
enum { SITE_HOME, SITE_CHARGE, SITE_FRONT_PAY };
enum { JOBS, NEWS };
enum { JOBS_QUEUE, NEWS_MAIL, NEWS_LOG };

#define MS(x) ((SimTime)((x)*1e6))

typedef struct SmallShop {
    Topology topology;
    ServiceConfig services[2];
    OperationConfig operations[3];
    LinkConfig links[3];
    CallSite sites[3];
    WorkloadConfig workloads[1];
    BrokerConfig brokers[2];
    SubscriptionConfig subscriptions[3];
    ConsumerConfig consumers[1];
    const char *consumer_names[1];
    uint32_t mix[2];
    double visits[3];
    SloConfig slos[1];
    FaultConfig faults[1];
    FaultSchedule schedule;
    FaultWindow fault_window;
} SmallShop;

static inline void small_shop_services(SmallShop *shop)
{
    shop->services[FRONT] = (ServiceConfig){
        .name = "front", .replicas = 1, .threads = 4, .first_operation = 0, .operation_count = 1};
    shop->services[PAY] = (ServiceConfig){.name = "pay",
                                          .replicas = 2,
                                          .threads = 5,
                                          .has_cpu = true,
                                          .cpu = {.cores = 2},
                                          .first_operation = 1,
                                          .operation_count = 2};
    shop->operations[FRONT_HOME] =
        (OperationConfig){.name = "home", .full_name = "front.home", .service = FRONT};
    shop->operations[PAY_CHARGE] =
        (OperationConfig){.name = "charge", .full_name = "pay.charge", .service = PAY};
    shop->operations[PAY_REFUND] =
        (OperationConfig){.name = "refund", .full_name = "pay.refund", .service = PAY};
}

static inline void small_shop_links(SmallShop *shop)
{
    shop->links[USERS_FRONT].name = "users -> front";
    shop->links[USERS_PAY].name = "users -> pay";
    shop->links[FRONT_PAY].name = "front -> pay";
    shop->sites[SITE_HOME] = (CallSite){.link = USERS_FRONT, .operation = FRONT_HOME};
    shop->sites[SITE_CHARGE] = (CallSite){.link = USERS_PAY, .operation = PAY_CHARGE};
    shop->sites[SITE_FRONT_PAY] = (CallSite){.link = FRONT_PAY, .operation = PAY_CHARGE};
    shop->mix[0] = SITE_HOME;
    shop->mix[1] = SITE_CHARGE;
    shop->workloads[0] =
        (WorkloadConfig){.name = "users", .sites = shop->mix, .site_count = 2, .clients = 1};
    shop->visits[FRONT_HOME] = 0.5;
    shop->visits[PAY_CHARGE] = 1;
    shop->visits[PAY_REFUND] = 0;
    shop->slos[0] =
        (SloConfig){.name = "fast", .workload = 0, .operation = NO_INDEX, .latency = MS(20)};
}

static inline void small_shop_brokers(SmallShop *shop)
{
    shop->consumers[0] = (ConsumerConfig){.operation = PAY_REFUND};
    shop->consumer_names[0] = "jobs/pay.refund";
    shop->brokers[JOBS] = (BrokerConfig){
        .name = "jobs", .kind = BROKER_QUEUE, .first_subscription = 0, .subscription_count = 1};
    shop->brokers[NEWS] = (BrokerConfig){
        .name = "news", .kind = BROKER_TOPIC, .first_subscription = 1, .subscription_count = 2};
    shop->subscriptions[JOBS_QUEUE] = (SubscriptionConfig){.full_name = "jobs",
                                                           .broker = JOBS,
                                                           .consumers = shop->consumers,
                                                           .consumer_count = 1,
                                                           .consumer_names = shop->consumer_names};
    shop->subscriptions[NEWS_MAIL] =
        (SubscriptionConfig){.name = "mail", .full_name = "news/mail", .broker = NEWS};
    shop->subscriptions[NEWS_LOG] =
        (SubscriptionConfig){.name = "log", .full_name = "news/log", .broker = NEWS};
}

static inline SmallShop *small_shop_new(void)
{
    SmallShop *shop = g_new0(SmallShop, 1);
    small_shop_services(shop);
    small_shop_links(shop);
    small_shop_brokers(shop);
    shop->topology = (Topology){
        .name = "shop",
        .simulation = {.warmup = SIM_TIME_S,
                       .duration = 10 * SIM_TIME_S,
                       .window = SIM_TIME_S,
                       .replications = 1},
        .services = shop->services,
        .operations = shop->operations,
        .links = shop->links,
        .call_sites = shop->sites,
        .workloads = shop->workloads,
        .brokers = shop->brokers,
        .subscriptions = shop->subscriptions,
        .slos = shop->slos,
        .faults = shop->faults,
        .service_count = 2,
        .operation_count = 3,
        .link_count = 3,
        .call_site_count = 3,
        .workload_count = 1,
        .broker_count = 2,
        .subscription_count = 3,
        .slo_count = 1,
        .visits = shop->visits,
    };
    shop->topology.resolved = g_strdup("{}\n");
    return shop;
}

static inline void small_shop_free(SmallShop *shop)
{
    g_free(shop->topology.resolved);
    g_free(shop);
}

/* A fault from `start` to `end`, since the start of the run. */
static inline void small_shop_add_fault(SmallShop *shop, SimTime start, SimTime end)
{
    shop->topology.fault_count = 1;
    shop->faults[0].name = "trouble";
    shop->fault_window = (FaultWindow){.start = start, .end = end};
    shop->schedule = (FaultSchedule){
        .windows = &shop->fault_window, .count = 1, .first_start = start, .last_end = end};
}

/* A request of this site that starts at `start` and ends `latency` later. */
static inline void small_shop_request(const Observer *observer, uint32_t site, SimTime start,
                                      SimTime latency, Outcome outcome)
{
    RequestTag tag = observer->request_started(observer->context, 0, site, start);
    RequestRecord record = {
        .site = site, .tag = tag, .outcome = outcome, .started = start, .ended = start + latency};
    observer->request_ended(observer->context, &record);
}

static inline RunResult *small_shop_finish(Recorder *recorder)
{
    WorldCounts counts = {.end = 11 * SIM_TIME_S};
    return recorder_finish(recorder, &counts, STOP_FINISHED);
}

#endif
