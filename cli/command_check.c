/* check: what can be said without simulating. */
#include <math.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/expected.h"
#include "cli/input.h"
#include "cli/options.h"
#include "models/load.h"

static void print_share(double share)
{
    if (isnan(share))
        printf("  %10s", "-");
    else
        printf("  %8.1f %%", share * 100);
}

static void print_workloads(const Topology *topology)
{
    for (uint32_t i = 0; i < topology->workload_count; i++) {
        const WorkloadConfig *workload = &topology->workloads[i];
        double rate = workload_rate_bound(topology, i);
        if (workload->is_closed && isnan(rate))
            printf("  %s: closed, %u users\n", workload->name, workload->users);
        else if (workload->is_closed)
            printf("  %s: closed, %u users, at most %.6g requests/s\n", workload->name,
                   workload->users, rate);
        else if (isnan(rate))
            printf("  %s: open, rate unknown\n", workload->name);
        else
            printf("  %s: open, %.6g requests/s\n", workload->name, rate);
    }
}

static void print_services(const Topology *topology)
{
    g_autofree ServiceLoad *loads = topology_load_bound(topology);
    uint32_t bottleneck = NO_INDEX;
    printf("\n  %-28s  %10s  %10s  %10s\n", "service", "visits/s", "threads", "cores");
    for (uint32_t i = 0; i < topology->service_count; i++) {
        printf("  %-28s  %10.6g", topology->services[i].name, loads[i].rate);
        print_share(loads[i].thread_utilization);
        print_share(loads[i].core_utilization);
        printf("\n");
        if (service_load_largest(&loads[i]) >
            (bottleneck == NO_INDEX ? 0 : service_load_largest(&loads[bottleneck])))
            bottleneck = i;
    }
    if (bottleneck != NO_INDEX)
        printf("\nBottleneck: %s, at %.1f %% of what it can do.\n",
               topology->services[bottleneck].name, service_load_largest(&loads[bottleneck]) * 100);
}

static void print_count(uint32_t count, const char *thing, const char *end)
{
    printf("%u %s%s%s", count, thing, count == 1 ? "" : "s", end);
}

static void print_design(const Design *design, bool says_name)
{
    const Topology *topology = design->topology;
    printf("%s%s%s%s: ", topology->name, says_name ? " [" : "", says_name ? design->name : "",
           says_name ? "]" : "");
    print_count(topology->service_count, "service", ", ");
    print_count(topology->operation_count, "operation", ", ");
    print_count(topology->link_count, "link", ", ");
    print_count(topology->broker_count, "broker", "\n");
    print_workloads(topology);
    print_services(topology);
    for (guint i = 0; i < topology->warnings->len; i++)
        printf("warning: %s\n", (const char *)topology->warnings->pdata[i]);
}

/* Options of other commands that would change what is printed. */
static ExitCode refuse(const Options *options)
{
    if (options->folder != NULL)
        complain("--out: check writes no files");
    else if (options->format != REPORT_TEXT)
        complain("--format: check prints text");
    else
        return EXIT_DONE;
    return EXIT_WRONG_INPUT;
}

ExitCode command_check(int argc, char **argv)
{
    Options options;
    bool has_helped;
    g_autoptr(GError) error = NULL;
    if (!options_parse(&options, argc, argv, "FILE",
                       "Validates a topology and all its designs. Prints what the workloads offer "
                       "to each service by the\n"
                       "traffic equations (no failures, no retries, no waiting), the bottleneck, "
                       "and what looks doubtful.",
                       &has_helped, &error)) {
        complain("%s", error->message);
        options_clear(&options);
        return EXIT_WRONG_INPUT;
    }
    Input input = {0};
    ExitCode code = EXIT_DONE;
    if (!has_helped) {
        code = refuse(&options);
        if (code == EXIT_DONE)
            code = input_read(&input, &options, true);
        ExpectedList expected = {0};
        if (code == EXIT_DONE && !expected_read(&expected, &input, &options))
            code = EXIT_WRONG_INPUT;
        expected_clear(&expected);
        for (guint i = 0; code == EXIT_DONE && i < input.designs->len; i++) {
            if (i > 0)
                printf("\n");
            print_design(&g_array_index(input.designs, Design, i), input.designs->len > 1);
        }
        input_clear(&input);
    }
    options_clear(&options);
    if (fflush(stdout) != 0) {
        complain("standard output: cannot be written");
        return EXIT_CANNOT_READ_OR_WRITE;
    }
    return code;
}
