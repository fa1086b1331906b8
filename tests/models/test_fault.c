/* What each fault does to the condition of its target, alone and together with others. */
#include "models/fault/fault.h"

#include "tests/support/close_to.h"
#include "tests/support/topology_text.h"

/* Workload w calls a, a calls b and c; faults as given, the first of them looked at. */
#define FILE_WITH(faults)                                                                          \
    "{'services': {"                                                                               \
    "'a': {'threads': 1, 'operations': {'x': {'steps': [{'call': 'b.x'}, {'call': 'c.x'}]}}},"     \
    "'b': {'threads': 1, 'operations': {'x': {'steps': []}}},"                                     \
    "'c': {'threads': 1, 'operations': {'x': {'steps': []}}}},"                                    \
    "'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}},"     \
    "'users': {'type': 'closed', 'users': 3, 'mix': {'a.x': 1}},"                                  \
    "'played': {'arrival': {'process': 'trace', 'file': 'tests/data/traces/times.csv'},"           \
    "'mix': {'a.x': 1}}}, 'faults': {" faults "}}"

#define FAULT(name, type, target, keys)                                                            \
    "'" name "': {'type': '" type "', 'target': {" target "}" keys "}"
#define OF_A "'service': 'a'"

static const void *config_of(const Topology *topology, uint32_t fault)
{
    return topology->faults[fault].type.config;
}

static const FaultKind *kind_of(const Topology *topology, uint32_t fault)
{
    return fault_kind(&topology->faults[fault]);
}

static ReplicaCondition replica_with(const char *file)
{
    g_autoptr(Topology) topology = read_topology(file, NULL);
    ReplicaCondition condition = REPLICA_WELL;
    for (uint32_t i = 0; i < topology->fault_count; i++)
        kind_of(topology, i)->on_replica(config_of(topology, i), &condition);
    return condition;
}

static LinkCondition link_with(const char *file)
{
    g_autoptr(Topology) topology = read_topology(file, NULL);
    LinkCondition condition = {0};
    for (uint32_t i = 0; i < topology->fault_count; i++)
        kind_of(topology, i)->on_link(config_of(topology, i), &condition);
    return condition;
}

static void test_a_crash_resets_unless_it_is_a_blackhole(void **state)
{
    (void)state;
    ReplicaCondition reset = replica_with(FILE_WITH(FAULT("f", "crash", OF_A, "")));
    ReplicaCondition silent =
        replica_with(FILE_WITH(FAULT("f", "crash", OF_A, ", 'signature': 'blackhole'")));
    ReplicaCondition both =
        replica_with(FILE_WITH(FAULT("f", "crash", OF_A, ", 'signature': 'blackhole'") "," FAULT(
            "g", "crash", OF_A, ", 'signature': 'rst'")));
    assert_true(reset.is_down && !reset.is_silent && !reset.is_hung);
    assert_true(silent.is_down && silent.is_silent);
    assert_true(both.is_down && both.is_silent);
}

static void test_a_hang_is_no_crash(void **state)
{
    (void)state;
    ReplicaCondition hung = replica_with(FILE_WITH(FAULT("f", "hang", OF_A, "")));
    assert_true(hung.is_hung && !hung.is_down);
    assert_close(hung.slowdown, 1, 0);
}

static void test_slowdowns_multiply(void **state)
{
    (void)state;
    ReplicaCondition slow =
        replica_with(FILE_WITH(FAULT("f", "slowdown", OF_A, ", 'factor': 3") "," FAULT(
            "g", "slowdown", OF_A, ", 'factor': 2.5")));
    assert_close(slow.slowdown, 7.5, 0);
    assert_true(!slow.is_down && !slow.is_hung);
}

static void test_an_operation_can_be_slow_or_aborted(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH(FAULT("f", "slowdown", "'operation': 'a.x'", ", 'factor': 4") "," FAULT(
            "g", "abort", "'operation': 'a.x'",
            ", 'percentage': 20") "," FAULT("h", "abort", OF_A, ", 'percentage': 50")),
        NULL);
    OperationCondition condition = OPERATION_WELL;
    for (uint32_t i = 0; i < 3; i++)
        kind_of(topology, i)->on_operation(config_of(topology, i), &condition);
    assert_close(condition.slowdown, 4, 0);
    assert_close(condition.abort_probability, 1 - 0.8 * 0.5, 1e-15);
}

static void test_an_abort_hits_all_requests_unless_said_otherwise(void **state)
{
    (void)state;
    assert_close(
        link_with(FILE_WITH(FAULT("f", "abort", "'link': 'a -> b'", ""))).abort_probability, 1, 0);
}

static void test_losses_add_up_as_chances_do(void **state)
{
    (void)state;
    LinkCondition lossy = link_with(FILE_WITH(
        FAULT("f", "loss", OF_A, ", 'ratio': 0.5") "," FAULT("g", "loss", OF_A, ", 'ratio': 0.2")));
    assert_close(lossy.loss_ratio, 0.6, 1e-15);
    assert_true(!lossy.drops_requests && !lossy.drops_replies);
}

static void test_delays_are_kept_apart_up_to_the_most(void **state)
{
    (void)state;
    GString *faults = g_string_new(NULL);
    for (int i = 0; i < LINK_DELAYS_MAX + 1; i++)
        g_string_append_printf(faults,
                               "%s'f%d': {'type': 'delay', 'target': {'link': 'a -> b'},"
                               "'latency': '%dms', 'percentage': 40}",
                               i == 0 ? "" : ",", i, i + 1);
    g_autofree char *file = g_strdup_printf(FILE_WITH("%s"), faults->str);
    g_string_free(faults, TRUE);
    g_autoptr(Topology) topology = read_topology(file, NULL);
    LinkCondition condition = {0};
    for (uint32_t i = 0; i < topology->fault_count; i++)
        kind_of(topology, i)->on_link(config_of(topology, i), &condition);
    assert_int_equal(condition.delay_count, LINK_DELAYS_MAX);
    assert_close(condition.delays[1].probability, 0.4, 0);
    assert_close(distribution_mean(condition.delays[1].latency), 2e6, 0);
}

typedef struct Cut {
    const char *direction;
    bool requests_in, replies_in, requests_out, replies_out;
} Cut;

/* In: where others call the target; out: where the target calls others. */
static void test_a_partition_cuts_what_goes_to_its_target_and_what_comes_from_it(void **state)
{
    (void)state;
    const Cut cuts[] = {
        {"both", true, true, true, true},
        {"to", true, false, false, true},
        {"from", false, true, true, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_autofree char *file = g_strdup_printf(
            FILE_WITH(FAULT("f", "partition", OF_A, ", 'direction': '%s'")), cuts[i].direction);
        g_autoptr(Topology) topology = read_topology(file, NULL);
        LinkCondition in = {0}, out = {0};
        kind_of(topology, 0)->on_link(config_of(topology, 0), &in);
        kind_of(topology, 0)->on_outgoing(config_of(topology, 0), &out);
        assert_int_equal(in.drops_requests, cuts[i].requests_in);
        assert_int_equal(in.drops_replies, cuts[i].replies_in);
        assert_int_equal(out.drops_requests, cuts[i].requests_out);
        assert_int_equal(out.drops_replies, cuts[i].replies_out);
    }
}

static void assert_links(const Topology *topology, const uint32_t *links, uint32_t count,
                         const char *expected)
{
    GString *names = g_string_new(NULL);
    for (uint32_t i = 0; i < count; i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ", topology->links[links[i]].name);
    assert_string_equal(names->str, expected);
    g_string_free(names, TRUE);
}

static void test_a_service_has_its_links_on_both_sides(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH(FAULT("f", "partition", OF_A, "") "," FAULT("g", "partition", OF_A, "") "," FAULT(
            "h", "loss", "'link': '* -> b'", ", 'ratio': 1")),
        NULL);
    for (uint32_t i = 0; i < 2; i++) {
        const FaultConfig *fault = &topology->faults[i];
        assert_links(topology, fault->links, fault->link_count, "w -> a, users -> a, played -> a");
        assert_links(topology, fault->outgoing, fault->outgoing_count, "a -> b, a -> c");
    }
    assert_links(topology, topology->faults[2].links, topology->faults[2].link_count, "a -> b");
}

static void test_a_fault_hits_only_what_it_can(void **state)
{
    (void)state;
    const char *const wrong[][2] = {
        {FILE_WITH(FAULT("f", "crash", "'operation': 'a.x'", "")),
         "a crash cannot hit an operation: its target must be one of service, zone"},
        {FILE_WITH(FAULT("f", "hang", "'link': 'a -> b'", "")), "a hang cannot hit a link"},
        {FILE_WITH(FAULT("f", "loss", "'workload': 'w'", ", 'ratio': 1")),
         "a loss cannot hit a workload: its target must be one of service, link"},
        {FILE_WITH(FAULT("f", "load_spike", OF_A, ", 'factor': 2")),
         "a load_spike cannot hit a service: its target must be one of workload"},
        {FILE_WITH(FAULT("f", "load_spike", "'workload': 'users'", ", 'factor': 2")),
         "a load_spike needs an open workload whose arrivals are not a trace"},
        {FILE_WITH(FAULT("f", "load_spike", "'workload': 'played'", ", 'factor': 2")),
         "a load_spike needs an open workload whose arrivals are not a trace"},
        {FILE_WITH(FAULT("f", "abort", "'zone': 'z'", "")), "no zone is called"},
        {FILE_WITH(FAULT("f", "abort", "'workload': 'w'", "")),
         "an abort cannot hit a workload: its target must be one of service, operation, link"},
        {FILE_WITH(FAULT("f", "slowdown", OF_A, ", 'factor': 0.5")),
         "/faults/f/factor: must be from 1 to"},
        {FILE_WITH(FAULT("f", "slowdown", OF_A, "")), "the required key \"factor\" is missing"},
        {FILE_WITH(FAULT("f", "abort", OF_A, ", 'latency': '1s'")), "unknown key \"latency\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(Problems) problems = problems_new();
        g_autoptr(Topology) topology = try_topology(wrong[i][0], NULL, problems);
        g_autofree char *message = problems_format(problems);
        assert_null(topology);
        if (strstr(message, wrong[i][1]) == NULL)
            fail_msg("%s instead of %s", message, wrong[i][1]);
    }
}

static void test_every_kind_acts_on_each_target_that_it_allows(void **state)
{
    (void)state;
    for (const Kind *const *kind = fault_family.kinds; *kind != NULL; kind++) {
        const FaultKind *fault = (const FaultKind *)(const void *)*kind;
        assert_true(fault->targets != 0);
        if (fault->targets & 1u << TARGET_ZONE)
            assert_non_null(fault->on_replica);
        if (fault->targets & 1u << TARGET_OPERATION)
            assert_non_null(fault->on_operation);
        if (fault->targets & 1u << TARGET_LINK)
            assert_non_null(fault->on_link);
        if (fault->targets & 1u << TARGET_WORKLOAD)
            assert_non_null(fault->load_factor);
        if (fault->targets & 1u << TARGET_SERVICE)
            assert_true(fault->on_replica != NULL || fault->on_operation != NULL ||
                        fault->on_link != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_crash_resets_unless_it_is_a_blackhole),
        cmocka_unit_test(test_a_hang_is_no_crash),
        cmocka_unit_test(test_slowdowns_multiply),
        cmocka_unit_test(test_an_operation_can_be_slow_or_aborted),
        cmocka_unit_test(test_an_abort_hits_all_requests_unless_said_otherwise),
        cmocka_unit_test(test_losses_add_up_as_chances_do),
        cmocka_unit_test(test_delays_are_kept_apart_up_to_the_most),
        cmocka_unit_test(test_a_partition_cuts_what_goes_to_its_target_and_what_comes_from_it),
        cmocka_unit_test(test_a_service_has_its_links_on_both_sides),
        cmocka_unit_test(test_a_fault_hits_only_what_it_can),
        cmocka_unit_test(test_every_kind_acts_on_each_target_that_it_allows),
    };
    return cmocka_run_group_tests_name("models/fault", tests, NULL, NULL);
}
