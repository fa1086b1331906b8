#include "cli/metrics.h"

#include <string.h>

#include "reports/columns.h"
#include "reports/metrics.h"
#include "reports/recorder.h"

static const char *const defaults[] = {"goodput_rps", "availability_ratio", "p50_ms", "p99_ms"};

static const Topology *topology_at(const Input *input, guint design)
{
    return g_array_index(input->designs, Design, design).topology;
}

static bool has_workload(const Topology *topology, const char *name)
{
    return topology_find_workload(topology, name) != NO_INDEX;
}

/* Whether an earlier design has the workload: then it is in the list. */
static bool is_listed(const Input *input, guint design, const char *workload)
{
    for (guint i = 0; i < design; i++) {
        if (has_workload(topology_at(input, i), workload))
            return true;
    }
    return false;
}

static void add_defaults(GArray *metrics, const Input *input)
{
    for (guint i = 0; i < input->designs->len; i++) {
        const Topology *topology = topology_at(input, i);
        for (uint32_t k = 0; k < topology->workload_count; k++) {
            const char *workload = topology->workloads[k].name;
            for (size_t m = 0; !is_listed(input, i, workload) && m < G_N_ELEMENTS(defaults); m++)
                metrics_add(metrics, SCOPE_WORKLOAD, workload,
                            column_find(SCOPE_WORKLOAD, defaults[m]));
        }
    }
}

/* NULL, or what is wrong in the first design, if it is wrong in all. */
static char *check(const MetricRef *ref, RunResult **shapes, guint count)
{
    char *first = NULL;
    for (guint i = 0; i < count; i++) {
        char *problem = metric_ref_check(ref, shapes[i]);
        if (problem == NULL) {
            g_free(first);
            return NULL;
        }
        if (first == NULL)
            first = problem;
        else
            g_free(problem);
    }
    return first;
}

static bool add_named(GArray *metrics, const char *text, RunResult **shapes, guint count)
{
    MetricRef ref;
    g_autofree char *problem = metric_ref_parse(&ref, text);
    if (problem == NULL) {
        g_array_append_val(metrics, ref);
        problem = check(&ref, shapes, count);
    }
    if (problem != NULL)
        complain("--metric: %s", problem);
    return problem == NULL;
}

static bool add_all_named(GArray *metrics, const Input *input, char **texts)
{
    guint count = input->designs->len;
    g_autofree RunResult **shapes = g_new(RunResult *, count);
    bool is_right = true;
    for (guint i = 0; i < count; i++)
        shapes[i] = recorder_shape(topology_at(input, i));
    for (char **text = texts; is_right && *text != NULL; text++)
        is_right = add_named(metrics, *text, shapes, count);
    for (guint i = 0; i < count; i++)
        run_result_free(shapes[i]);
    return is_right;
}

GArray *metrics_named(const Input *input, char **texts)
{
    GArray *metrics = metrics_new();
    if (texts == NULL) {
        add_defaults(metrics, input);
    } else if (!add_all_named(metrics, input, texts)) {
        g_array_free(metrics, TRUE);
        return NULL;
    }
    return metrics;
}
