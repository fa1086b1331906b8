/* Queues of brokers: time to live, priorities, order by key, batches, filters. */
#include <math.h>

#include "tests/support/cmocka_all.h"
#include "tests/support/replications.h"

#define EXPONENTIAL_10MS "{'wait': {'dist': 'exponential', 'mean': '10ms'}}"

typedef struct Shape {
    const char *duration;
    double rate;
    const char *publish; /* options of the step */
    const char *broker;
} Shape;

/* a publishes into q, b.y takes 10 ms. */
static void run(Replications *runs, const Shape *shape)
{
    replications_run(runs,
                     "{'simulation': {'duration': '%s', 'warmup': '20s'}, 'services': {"
                     "'a': {'server': 'event_loop', 'operations': {'x': {'steps': ["
                     "{'publish': 'q'%s}]}}},"
                     "'b': {'threads': 99, 'operations': {'y': {'steps': [" EXPONENTIAL_10MS
                     "]}}}},"
                     "'links': {'* -> *': {}}, 'brokers': {'q': {%s}},"
                     "'workloads': {'w': {'arrival': {'rate': %g}, 'mix': {'a.x': 1}}}}",
                     shape->duration, shape->publish, shape->broker, shape->rate);
}

/* Competing consumers are M/M/c, whoever they are: c = 3 at 80 %, by Erlang's C formula. */
static void test_competing_consumers_are_mmc(void **state)
{
    (void)state;
    Replications runs;
    const double a = 2.4, c = 3, waiting = pow(a, c) / 6 * c / (c - a);
    const double erlang_c = waiting / (1 + a + a * a / 2 + waiting);
    const Shape shape = {"600s", 240, "",
                         "'kind': 'queue', 'consumers': {'b.y': "
                         "{'concurrency': 3}}"};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "q", "completion_mean_ms", 10 + erlang_c * 10 / (c - a),
                  0.02);
    assert_theory(&runs, SCOPE_BROKER, "q", "depth_mean", erlang_c * a / (c - a), 0.05);
    replications_clear(&runs);
}

/* M/M/1 whose customers leave when they have waited for 25 ms (Barrer, "Queuing with impatient
 * customers and ordered service", Operations Research 5, 1957): with E = exp(-(mu - lambda) 25 ms),
 * (1 - rho) rho E / (1 - rho^2 E) of them leave. Above and below capacity. */
static void test_expired_messages_are_impatient_customers(void **state)
{
    static const double rates[] = {80, 150};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        Replications runs;
        double rho = rates[i] / 100, e = exp((rates[i] - 100) * 0.025);
        const Shape shape = {"600s", rates[i], "",
                             "'kind': 'queue', 'message_ttl': '25ms', 'consumers': {'b.y': {}}"};
        run(&runs, &shape);
        assert_theory(&runs, SCOPE_BROKER, "q", "expired/published",
                      (1 - rho) * rho * e / (1 - rho * rho * e), 0.02);
        replications_clear(&runs);
    }
}

/* Two priorities alike in rate, without preemption (Cobham 1954): R = rho x 10 ms, W1 = R / (1 -
 * rho1), W2 = R / ((1 - rho1)(1 - rho)). */
static void test_priorities_wait_as_cobham_says(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs, "{'simulation': {'duration': '900s', 'warmup': '20s'}, 'services': {"
               "'a': {'server': 'event_loop', 'operations': {"
               "'high': {'steps': [{'publish': 'q', 'priority': 3}]},"
               "'low': {'steps': [{'publish': 'q', 'priority': 1}]}}},"
               "'b': {'threads': 99, 'operations': {'y': {'steps': [" EXPONENTIAL_10MS "]}}}},"
               "'links': {'* -> *': {}}, 'brokers': {'q': {'kind': 'queue', 'max_priority': 5,"
               "'consumers': {'b.y': {}}}},"
               "'workloads': {'high': {'arrival': {'rate': 35}, 'mix': {'a.high': 1}},"
               "'low': {'arrival': {'rate': 35}, 'mix': {'a.low': 1}}}}");
    assert_theory(&runs, SCOPE_WORKLOAD, "high", "completion_mean_ms", 10 + 7 / 0.65, 0.02);
    assert_theory(&runs, SCOPE_WORKLOAD, "low", "completion_mean_ms", 10 + 7 / 0.65 / 0.3, 0.02);
    replications_clear(&runs);
}

/* Each key is a queue with one server, however many consumers there are; nothing is out of order.
 */
static void test_each_key_of_a_fifo_queue_is_mm1(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {"300s", 240, ", 'key': {'dist': 'uniform_int', 'min': 1, 'max': 4}",
                         "'kind': 'queue', 'fifo': true, 'consumers': {'b.y': "
                         "{'concurrency': 9}}"};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "q", "completion_mean_ms", 10 / 0.4, 0.01);
    assert_theory(&runs, SCOPE_BROKER, "q", "acknowledged/published", 1, 1e-9);
    assert_true(sample_of(&runs, "base", SCOPE_BROKER, "q", PHASE_ALL, "reordered").mean <= 0);
    replications_clear(&runs);
}

/* Batches of up to four, begun with what is there (Bailey 1954): with p_n the probability that n
 * wait while one is in service, p_n = p_0 r^n, where mu r^5 - (lambda + mu) r + lambda = 0 and
 * p_0 (mu / lambda + 1 / (1 - r)) = 1. */
static void test_batches_are_bulk_service(void **state)
{
    (void)state;
    Replications runs;
    double lambda = 250, mu = 100, r = 0.5;
    for (int i = 0; i < 1000; i++)
        r = (mu * pow(r, 5) + lambda) / (lambda + mu);
    double p0 = 1 / (mu / lambda + 1 / (1 - r));
    double waiting = p0 * r / ((1 - r) * (1 - r));
    const Shape shape = {"600s", lambda, "",
                         "'kind': 'queue', 'consumers': {'b.y': {'batch_size': 4}}"};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "q", "completion_mean_ms", 10 + waiting / lambda * 1000,
                  0.01);
    replications_clear(&runs);
}

/* A share of a Poisson process is one: M/M/1 with 60 and with 80 a second. */
static void test_a_filtered_subscription_is_mm1_with_its_share(void **state)
{
    (void)state;
    Replications runs;
    const Shape shape = {"600s", 200, ", 'key': {'dist': 'uniform_int', 'min': 1, 'max': 10}",
                         "'kind': 'topic', 'subscriptions': {"
                         "'chance': {'filter': {'probability': 0.3}, 'consumers': {'b.y': {}}},"
                         "'keys': {'filter': {'keys': [1, 4, 5, 9]}, 'consumers': {'b.y': {}}}}"};
    run(&runs, &shape);
    assert_theory(&runs, SCOPE_BROKER, "q/chance", "completion_mean_ms", 10 / 0.4, 0.02);
    assert_theory(&runs, SCOPE_BROKER, "q/keys", "completion_mean_ms", 10 / 0.2, 0.04);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_competing_consumers_are_mmc),
        cmocka_unit_test(test_expired_messages_are_impatient_customers),
        cmocka_unit_test(test_priorities_wait_as_cobham_says),
        cmocka_unit_test(test_each_key_of_a_fifo_queue_is_mm1),
        cmocka_unit_test(test_batches_are_bulk_service),
        cmocka_unit_test(test_a_filtered_subscription_is_mm1_with_its_share),
    };
    return cmocka_run_group_tests_name("theory/queues", tests, NULL, NULL);
}
