/* The topologies of patterns, of delivery guarantees and of styles of communication: what their
 * descriptions and the manual say, against what follows from their numbers. */
#include <math.h>

#include "tests/support/close_to.h"
#include "tests/support/replications.h"

#define AS_THE_FILE_SAYS 0u /* replications */

static Sample in_phase(const Replications *runs, const char *design, Scope scope, const char *name,
                       Phase phase, const char *metric)
{
    return sample_of(runs, design, scope, name, phase, metric);
}

static Sample in_all(const Replications *runs, const char *design, Scope scope, const char *name,
                     const char *metric)
{
    return in_phase(runs, design, scope, name, PHASE_ALL, metric);
}

static double mean_of(const Replications *runs, const char *design, Scope scope, const char *name,
                      const char *metric)
{
    return in_all(runs, design, scope, name, metric).mean;
}

static void assert_sample(Sample sample, double truth, double share)
{
    assert_within_errors(sample.mean, sample.error, truth, share);
}

/* The same in every replication. */
static void assert_exact(Sample sample, double truth)
{
    assert_close(sample.mean, truth, 1e-9);
    assert_true(sample.error <= 1e-9 * fabs(truth));
}

/* --- competing consumers */

/* Time in an M/M/c of rate lambda and mu for each server. */
static double time_in_mmc(double lambda, double mu, unsigned c)
{
    double a = lambda / mu, term = 1, sum = 0;
    for (unsigned n = 0; n < c; n++) {
        sum += term;
        term *= a / (n + 1);
    }
    double waiting = term * c / (c - a);
    return 1 / mu + waiting / (sum + waiting) / (c * mu - lambda);
}

/* Every n-th of Poisson arrivals at one server: sigma is the transform of the time between them at
 * mu (1 - sigma). */
static double time_in_turn(double lambda, double mu, unsigned n)
{
    double sigma = 0.5;
    for (int i = 0; i < 1000; i++)
        sigma = pow(lambda / (lambda + mu * (1 - sigma)), n);
    return 1 / (mu * (1 - sigma));
}

static void test_competing_consumers_are_mmc_unless_each_is_dealt_its_own(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/competing_consumers.json", NULL,
                          AS_THE_FILE_SAYS);
    assert_sample(in_all(&runs, "base", SCOPE_BROKER, "orders", "completion_mean_ms"),
                  time_in_mmc(28, 10, 4) * 1000, 0.02);
    assert_sample(in_all(&runs, "six_workers", SCOPE_BROKER, "orders", "completion_mean_ms"),
                  time_in_mmc(28, 10, 6) * 1000, 0.01);
    assert_sample(in_all(&runs, "prefetch_50", SCOPE_BROKER, "orders", "completion_mean_ms"),
                  time_in_turn(28, 10, 4) * 1000, 0.02);
    /* 50 orders of 400 ms wait at the slow worker, more than a hundredth of all orders. */
    double hostages =
        mean_of(&runs, "one_slow_prefetch_50", SCOPE_BROKER, "orders", "completion_p99_ms");
    assert_true(hostages > 50 * 400 && hostages < 1.3 * 50 * 400);
    assert_true(mean_of(&runs, "one_slow", SCOPE_BROKER, "orders", "completion_p99_ms") <
                hostages / 10);
    replications_clear(&runs);
}

/* --- scatter-gather */

static double harmonic(unsigned n)
{
    return n == 0 ? 0 : 1. / n + harmonic(n - 1);
}

/* Mean of the slowest of n exponentials of mean 1, cut off at `limit`: the integral of 1 - F^n, by
 * Simpson's rule. */
static double slowest_until(double limit, unsigned n)
{
    const int steps = 1000;
    double sum = 0, width = limit / steps;
    for (int i = 0; i <= steps; i++) {
        double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
        sum += weight * (1 - pow(1 - exp(-i * width), n));
    }
    return sum * width / 3;
}

static void test_scatter_gather_is_as_slow_as_the_slowest_that_is_waited_for(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/scatter_gather.json", NULL, AS_THE_FILE_SAYS);
    assert_sample(in_all(&runs, "one_shard", SCOPE_WORKLOAD, "users", "mean_ms"), 10, 0.01);
    assert_sample(in_all(&runs, "base", SCOPE_WORKLOAD, "users", "mean_ms"), 10 * harmonic(10),
                  0.01);
    assert_sample(in_all(&runs, "first_eight", SCOPE_WORKLOAD, "users", "mean_ms"),
                  10 * (harmonic(10) - harmonic(2)), 0.01);
    assert_sample(in_all(&runs, "until_30ms", SCOPE_WORKLOAD, "users", "mean_ms"),
                  10 * slowest_until(3, 10), 0.01);
    assert_sample(in_all(&runs, "until_30ms", SCOPE_WORKLOAD, "users", "degraded/offered"),
                  1 - pow(1 - exp(-3), 10), 0.01);
    assert_sample(in_all(&runs, "base", SCOPE_WORKLOAD, "users", "goodput_rps/offered_rps"),
                  pow(1 - exp(-5), 10), 0.01);
    replications_clear(&runs);
}

/* --- API gateway */

/* 200 ms after one loss, 600 after two, ...: the mean of 200 (2^k - 1) over losses of probability
 * p. */
static double retransmission_ms(double p)
{
    return 200 * p / (1 - 2 * p);
}

/* A page within 250 ms is one of which no message was lost: the services take far less. */
static void test_a_gateway_spares_the_mobile_network_messages(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/api_gateway.json", NULL, AS_THE_FILE_SAYS);
    assert_sample(in_phase(&runs, "base", SCOPE_WORKLOAD, "users", PHASE_AFTER, "mean_ms"),
                  4 * (2 * (40 + retransmission_ms(0.01)) + 10), 0.01);
    assert_sample(in_phase(&runs, "gateway", SCOPE_WORKLOAD, "users", PHASE_AFTER, "mean_ms"),
                  2 * (40 + retransmission_ms(0.01)) + 2 + 10 * harmonic(4), 0.01);
    assert_sample(in_phase(&runs, "parallel_calls", SCOPE_WORKLOAD, "users", PHASE_AFTER,
                           "goodput_rps/offered_rps"),
                  pow(0.99, 8), 0.01);
    assert_sample(
        in_phase(&runs, "gateway", SCOPE_WORKLOAD, "users", PHASE_AFTER, "goodput_rps/offered_rps"),
        pow(0.99, 2), 0.01);
    /* offers takes a second, exponential, and is waited for 100 ms, 2 of them on the way */
    assert_sample(in_phase(&runs, "gateway_with_fallback", SCOPE_WORKLOAD, "users", PHASE_DURING,
                           "degraded/offered"),
                  exp(-0.098), 0.01);
    assert_sample(in_phase(&runs, "gateway_with_fallback", SCOPE_WORKLOAD, "users", PHASE_DURING,
                           "goodput_rps/offered_rps"),
                  pow(0.99, 2), 0.01);
    replications_clear(&runs);
}

/* --- claim check */

/* Wait for a broker that takes `photo_ms` for a photo, 6 a second, and `order_ms` for an order, 100
 * a second: M/G/1 (Pollaczek and Khinchine). */
static double broker_wait_ms(double photo_ms, double order_ms)
{
    double load = (6 * photo_ms + 100 * order_ms) / 1000;
    return (6 * photo_ms * photo_ms + 100 * order_ms * order_ms) / 1000 / (2 * (1 - load));
}

static void test_large_messages_hold_up_small_ones_unless_they_are_checked_in(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/claim_check.json", NULL, AS_THE_FILE_SAYS);
    assert_sample(in_all(&runs, "base", SCOPE_WORKLOAD, "buyers", "mean_ms"),
                  1.02 + broker_wait_ms(100, 0.02), 0.03);
    assert_sample(in_all(&runs, "base", SCOPE_WORKLOAD, "photographers", "mean_ms"),
                  101 + broker_wait_ms(100, 0.02), 0.02);
    assert_sample(in_all(&runs, "wide_broker", SCOPE_WORKLOAD, "buyers", "mean_ms"),
                  1.002 + broker_wait_ms(10, 0.002), 0.01);
    /* 40 ms to the store at 1 Gbit/s, and 12 for the way and the storing */
    assert_sample(in_all(&runs, "claim_check", SCOPE_WORKLOAD, "photographers", "mean_ms"),
                  52 + 1.02 + broker_wait_ms(0.02, 0.02), 0.01);
    assert_true(mean_of(&runs, "claim_check", SCOPE_WORKLOAD, "buyers", "p999_ms") < 1.1);
    replications_clear(&runs);
}

/* --- retry topics */

#define TRANSIENT 0.01
#define PERMANENT 0.001

/* 30 payments a second; one whose n-th try is the first to succeed, or the last, has taken 10 ms
 * for each and a second between them. */
static double time_in_blocked_partition_ms(void)
{
    double mean = 0, square = 0;
    for (unsigned tries = 1; tries <= 4; tries++) {
        double transient = pow(TRANSIENT, tries - 1) * (tries < 4 ? 1 - TRANSIENT : 1);
        double share = (1 - PERMANENT) * transient + (tries == 4 ? PERMANENT : 0);
        double seconds = 0.01 * tries + (tries - 1);
        mean += share * seconds;
        square += share * seconds * seconds;
    }
    return 1000 * (mean + 30 * square / (2 * (1 - 30 * mean)));
}

static void test_retry_topics_keep_what_fails_out_of_the_way(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/retry_topics.json", "base,skip,blocking",
                          AS_THE_FILE_SAYS);
    double md1_ms = 10 + 0.3 * 10 / (2 * 0.7);
    assert_sample(in_all(&runs, "base", SCOPE_BROKER, "payments", "completion_mean_ms"), md1_ms,
                  0.01);
    assert_sample(in_all(&runs, "blocking", SCOPE_BROKER, "payments", "completion_mean_ms"),
                  time_in_blocked_partition_ms(), 0.1);
    assert_sample(in_all(&runs, "base", SCOPE_WORKLOAD, "buyers", "offered"), 120 * 300, 0.01);
    assert_sample(in_all(&runs, "skip", SCOPE_BROKER, "dead", "published"),
                  36000 * (1 - (1 - TRANSIENT) * (1 - PERMANENT)), 0.02);
    double hopeless = 36000 * (PERMANENT + (1 - PERMANENT) * pow(TRANSIENT, 3));
    assert_sample(in_all(&runs, "base", SCOPE_BROKER, "dead", "published"), hopeless, 0.05);
    assert_true(mean_of(&runs, "base", SCOPE_BROKER, "retry_1s", "published") ==
                mean_of(&runs, "skip", SCOPE_BROKER, "dead", "published"));
    replications_clear(&runs);
}

/* The topics' patience is 11 s of the outage's 30. */
static void test_retry_topics_do_not_survive_an_outage(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/retry_topics.json", "outage,outage_waits",
                          AS_THE_FILE_SAYS);
    assert_sample(in_all(&runs, "outage", SCOPE_BROKER, "dead", "published"),
                  120 * (30 - 11) + 36000 * PERMANENT, 0.02);
    assert_sample(in_all(&runs, "outage_waits", SCOPE_BROKER, "payments", "depth_max"), 120 * 30,
                  0.02);
    assert_sample(in_all(&runs, "outage_waits", SCOPE_BROKER, "dead", "published"),
                  36000 * PERMANENT, 0.1);
    replications_clear(&runs);
}

/* --- event-carried state */

/* Mean age of a change when it is applied: nobody applies any for `away` of 240 s, and then those
 * that wait are worked off at 200 a second in each partition, where 5 come. */
static double staleness_ms(double away)
{
    double steady = 1 + 5 + 2 + 2 + 5;
    double load = 5. / 200;
    return steady + 1000 * away * away / 2 / (1 - load) / 240;
}

static void test_a_copy_survives_its_owner_and_is_as_old_as_its_keeper_was_away(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/event_carried_state.json", NULL,
                          AS_THE_FILE_SAYS);
    assert_exact(
        in_phase(&runs, "base", SCOPE_WORKLOAD, "buyers", PHASE_DURING, "availability_ratio"), 1);
    assert_sample(
        in_phase(&runs, "cache", SCOPE_WORKLOAD, "buyers", PHASE_DURING, "availability_ratio"),
        0.95, 0.01);
    assert_true(
        in_phase(&runs, "ask", SCOPE_WORKLOAD, "buyers", PHASE_DURING, "availability_ratio").mean <
        0.001);
    assert_sample(
        in_all(&runs, "projector_down", SCOPE_WORKLOAD, "merchants", "completion_mean_ms"),
        staleness_ms(45 + 3), 0.02);
    assert_sample(
        in_all(&runs, "projector_static", SCOPE_WORKLOAD, "merchants", "completion_mean_ms"),
        staleness_ms(30), 0.03);
    replications_clear(&runs);
}

/* --- saga */

#define REFUSED_CARD    0.05
#define REFUSED_ADDRESS 0.02

static double count_of(const Replications *runs, const char *design, const char *operation)
{
    return mean_of(runs, design, SCOPE_SERVICE, operation, "completed");
}

/* What was reserved, and neither shipped nor released. */
static double left_behind(const Replications *runs, const char *design)
{
    return count_of(runs, design, "stock.reserve") - count_of(runs, design, "stock.release") -
           count_of(runs, design, "orders.confirm");
}

/* From the reservation to the confirmation or the release, 1 ms each way. */
static double saga_seconds(void)
{
    double confirmed = (1 - REFUSED_CARD) * (1 - REFUSED_ADDRESS);
    double refunded = (1 - REFUSED_CARD) * REFUSED_ADDRESS;
    return (12 + 302 + (1 - REFUSED_CARD) * 52 + refunded * 302 + confirmed * 7 +
            (1 - confirmed) * 12) /
           1000;
}

static void test_a_saga_leaves_nothing_behind(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/saga.json", "base,choreographed",
                          AS_THE_FILE_SAYS);
    static const char *const designs[] = {"base", "choreographed"};
    static const char *const first_queues[] = {"sagas", "placed"};
    for (size_t i = 0; i < G_N_ELEMENTS(designs); i++) {
        double placed = mean_of(&runs, designs[i], SCOPE_BROKER, first_queues[i], "published");
        double confirmed = count_of(&runs, designs[i], "orders.confirm");
        double cancelled = count_of(&runs, designs[i], "orders.cancel");
        /* One that was confirmed just before a crash may be confirmed again. */
        assert_true(confirmed + cancelled >= placed && confirmed + cancelled <= placed + 1);
        assert_true(count_of(&runs, designs[i], "stock.release") >= cancelled);
        assert_close(confirmed / placed, (1 - REFUSED_CARD) * (1 - REFUSED_ADDRESS), 0.01);
    }
    /* A service that crashed when its event was sent and its message not acknowledged repeats both:
     * a confirmation or two more than reservations. */
    double left = left_behind(&runs, "choreographed");
    assert_true(left <= 0 && left >= -1);
    replications_clear(&runs);
}

/* As many sagas are under way as Little's law says: an orchestrator with a memory begins them anew,
 * one without leaves them where they are. */
static void test_a_crash_repeats_sagas_or_forgets_them(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/saga.json", "base,in_memory,no_saga",
                          AS_THE_FILE_SAYS);
    double under_way = 50 * saga_seconds();
    double deviation = sqrt(under_way / 10); /* of the mean of Poisson counts */
    assert_true(fabs(left_behind(&runs, "base") - under_way) < 5 * deviation);
    assert_true(fabs(left_behind(&runs, "in_memory") - under_way) < 5 * deviation);
    /* Refusals, the outage of payment, and its half of a saga that is behind the reservation. */
    double reserved = count_of(&runs, "no_saga", "stock.reserve");
    double refused = 1 - (1 - REFUSED_CARD) * (1 - REFUSED_ADDRESS);
    assert_close(left_behind(&runs, "no_saga"), 50 * 10 + (reserved - 50 * 10) * refused, 0.05);
    replications_clear(&runs);
}

/* --- outbox */

/* A row waits for half an interval, then for the rows of its interval that came before it, 4 ms
 * each, and for itself. */
static void test_a_polled_outbox_is_half_an_interval_late_and_loses_nothing(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/patterns/outbox.json", NULL, AS_THE_FILE_SAYS);
    assert_sample(
        in_phase(&runs, "base", SCOPE_BROKER, "outbox", PHASE_BEFORE, "completion_mean_ms"),
        500 + 0.5 * 100 * 4 + 4, 0.01);
    static const char *const designs[] = {"base", "log_tailing"};
    for (size_t i = 0; i < G_N_ELEMENTS(designs); i++) {
        double committed = count_of(&runs, designs[i], "database.commit");
        double repeated = mean_of(&runs, designs[i], SCOPE_BROKER, "outbox", "executed_twice");
        double sent = mean_of(&runs, designs[i], SCOPE_BROKER, "events", "published");
        /* A row may have been sent when the crash came before its mark. */
        assert_true(sent >= committed + repeated && sent <= committed + repeated + 1);
    }
    /* 10 s after its place was noted. */
    assert_sample(in_all(&runs, "log_tailing", SCOPE_BROKER, "outbox", "executed_twice"), 10 * 100,
                  0.02);
    double lost = count_of(&runs, "dual_write", "database.commit") -
                  mean_of(&runs, "dual_write", SCOPE_BROKER, "events", "published");
    double refused = mean_of(&runs, "dual_write", SCOPE_BROKER, "events", "rejected");
    assert_sample(in_all(&runs, "dual_write", SCOPE_BROKER, "events", "rejected"), 10 * 100, 0.02);
    /* And the orders that were between commit and event when their service crashed. */
    assert_true(lost >= refused && lost <= refused + 5);
    replications_clear(&runs);
}

/* --- delivery guarantees */

#define GUARANTEES "topologies/delivery_guarantees.json"

static double bookings(const Replications *runs, const char *design, const char *metric)
{
    return mean_of(runs, design, SCOPE_BROKER, "bookings", metric);
}

static void test_each_guarantee_gives_what_it_promises(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, GUARANTEES, NULL, AS_THE_FILE_SAYS);
    assert_true(bookings(&runs, "base", "executed_twice") > 0);
    assert_true(bookings(&runs, "base", "reordered") > 0);
    assert_close(bookings(&runs, "base", "lost"), 0, 0);
    assert_close(bookings(&runs, "base", "acknowledged"), bookings(&runs, "base", "published"), 0);
    assert_true(bookings(&runs, "at_most_once", "undone") > 0);
    assert_close(bookings(&runs, "at_most_once", "executed_twice"), 0, 0);
    assert_close(bookings(&runs, "at_most_once", "redelivered"), 0, 0);
    static const char *const once[] = {"effectively_once", "effectively_once_in_order"};
    for (size_t i = 0; i < G_N_ELEMENTS(once); i++) {
        assert_close(bookings(&runs, once[i], "executed_twice"), 0, 0);
        assert_close(bookings(&runs, once[i], "lost"), 0, 0);
        assert_true(bookings(&runs, once[i], "deduplicated") > 0);
    }
    assert_close(bookings(&runs, "effectively_once_in_order", "reordered"), 0, 0);
    /* What comes while nobody is there is lost, repetitions by the publisher included. */
    double repeated = bookings(&runs, "at_most_once", "published") /
                      mean_of(&runs, "at_most_once", SCOPE_WORKLOAD, "customers", "offered");
    assert_sample(in_all(&runs, "at_most_once", SCOPE_BROKER, "bookings", "lost"),
                  5 * 100 * repeated, 0.02);
    replications_clear(&runs);
}

/* --- styles of communication */

static Sample availability(const Replications *runs, const char *design, const char *workload)
{
    return in_phase(runs, design, SCOPE_WORKLOAD, workload, PHASE_DURING, "availability_ratio");
}

/* Five milliseconds of work and two into the broker, one there and one back; a queue of their own
 * for the mails takes two more. */
static void assert_buyers_do_not_wait(const Replications *runs)
{
    static const struct {
        const char *design;
        double latency_ms;
    } cases[] = {{"queue", 11}, {"topic", 9}, {"stream", 9}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_exact(availability(runs, cases[i].design, "buyers"), 1);
        assert_sample(in_all(runs, cases[i].design, SCOPE_WORKLOAD, "buyers", "mean_ms"),
                      cases[i].latency_ms, 0.01);
    }
}

/* Fluid: nobody works for `away` from the start of the outage of 60 s, in which 50 a second come;
 * then 100 a second are done, first those of `repeated` that were done before. Who comes u after
 * the start waits for what is left of `away`, and for those that came before. Mean of u from 0
 * to 60. */
static double fluid_ms(double away, double repeated)
{
    double at_start = away, at_end = away - 60 + 50. / 100 * 60;
    return 1000 * ((at_start + at_end) / 2 + repeated / 100);
}

/* Completion is what buyers of request_reply wait for. A stream needs 3 s more, for a rebalance,
 * and repeats what was not committed, at most that of 5 s. */
static void assert_orders_are_late_as_fluid_is(const Replications *runs)
{
    const double order_ms = 1 + 5 + 2 + 2 + 50;
    double repeated = mean_of(runs, "stream", SCOPE_BROKER, "placed/fulfilment", "executed_twice");
    assert_true(repeated > 0 && repeated <= 5 * 50);
    const struct {
        const char *design, *broker, *metric;
        double away, repeated;
    } cases[] = {{"queue", "orders", "completion_mean_ms", 60, 0},
                 {"topic", "placed/fulfilment", "completion_mean_ms", 60, 0},
                 {"stream", "placed/fulfilment", "completion_mean_ms", 63, repeated},
                 {"request_reply", "orders", "mean_ms", 60, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_sample(in_phase(runs, cases[i].design, SCOPE_WORKLOAD, "buyers", PHASE_DURING,
                               cases[i].metric),
                      order_ms + fluid_ms(cases[i].away, cases[i].repeated), 0.01);
}

/* 60 s x 50 / (100 - 50). That ends when no more wait than ever before the outage: ten or so, which
 * is a fifth of a second. */
static void assert_backlog_drains_as_fluid_does(const Replications *runs)
{
    static const char *const designs[] = {"queue", "topic", "request_reply"};
    static const char *const brokers[] = {"orders", "placed/fulfilment", "orders"};
    for (size_t i = 0; i < G_N_ELEMENTS(designs); i++) {
        assert_sample(in_all(runs, designs[i], SCOPE_BROKER, brokers[i], "depth_max"), 60 * 50,
                      0.01);
        Sample drain = in_all(runs, designs[i], SCOPE_BROKER, brokers[i], "drain_s");
        assert_true(fabs(drain.mean - 60) <= 5 * drain.error);
    }
}

static void test_asynchronous_users_wait_for_completion_and_synchronous_ones_fail(void **state)
{
    (void)state;
    Replications runs;
    replications_run_file(&runs, "topologies/communication_styles.json", NULL, AS_THE_FILE_SAYS);
    assert_true(availability(&runs, "base", "buyers").mean < 0.001);
    assert_true(availability(&runs, "base", "shoppers").mean < 0.25);
    assert_true(availability(&runs, "event_loop", "buyers").mean < 0.001);
    assert_exact(availability(&runs, "event_loop", "shoppers"), 1);
    assert_exact(availability(&runs, "request_reply", "buyers"), 1);
    assert_buyers_do_not_wait(&runs);
    assert_orders_are_late_as_fluid_is(&runs);
    assert_backlog_drains_as_fluid_does(&runs);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_competing_consumers_are_mmc_unless_each_is_dealt_its_own),
        cmocka_unit_test(test_scatter_gather_is_as_slow_as_the_slowest_that_is_waited_for),
        cmocka_unit_test(test_a_gateway_spares_the_mobile_network_messages),
        cmocka_unit_test(test_large_messages_hold_up_small_ones_unless_they_are_checked_in),
        cmocka_unit_test(test_retry_topics_keep_what_fails_out_of_the_way),
        cmocka_unit_test(test_retry_topics_do_not_survive_an_outage),
        cmocka_unit_test(test_a_copy_survives_its_owner_and_is_as_old_as_its_keeper_was_away),
        cmocka_unit_test(test_a_saga_leaves_nothing_behind),
        cmocka_unit_test(test_a_crash_repeats_sagas_or_forgets_them),
        cmocka_unit_test(test_a_polled_outbox_is_half_an_interval_late_and_loses_nothing),
        cmocka_unit_test(test_each_guarantee_gives_what_it_promises),
        cmocka_unit_test(test_asynchronous_users_wait_for_completion_and_synchronous_ones_fail),
    };
    return cmocka_run_group_tests_name("experiments/patterns", tests, NULL, NULL);
}
