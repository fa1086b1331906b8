#include "models/fault_schedule.h"

#include <math.h>

#include "models/fault/fault.h"
#include "sim/rng.h"

/* What is known while the schedule is made. */
typedef struct Maker {
    const Topology *topology;
    uint64_t seed;
    uint32_t replication;
    SimRng rng;
    GArray *windows;
    GPtrArray *lists;
} Maker;

/* --- which replicas */

static bool is_in_zone(const ServiceConfig *service, uint32_t replica, uint32_t zone)
{
    return service->zone_count > 0 && service->zones[replica % service->zone_count] == zone;
}

static GArray *candidates(const Topology *topology, const FaultConfig *fault)
{
    GArray *replicas = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t s = 0; s < topology->service_count; s++) {
        const ServiceConfig *service = &topology->services[s];
        for (uint32_t i = 0; i < service->replicas; i++) {
            bool hits = fault->target == TARGET_ZONE ? is_in_zone(service, i, fault->target_index)
                                                     : s == fault->target_index;
            uint32_t replica = service->first_replica + i;
            if (hits)
                g_array_append_val(replicas, replica);
        }
    }
    return replicas;
}

/* Chaos Mesh rounds down, and draws a whole percentage from 0 to the largest. */
static guint number_selected(const FaultConfig *fault, guint count, gsl_rng *rng)
{
    double number = count, percentage = fault->value;
    switch ((SelectionMode)fault->mode) {
    case SELECT_ALL:
        break;
    case SELECT_ONE:
        number = 1;
        break;
    case SELECT_FIXED:
        number = fault->value;
        break;
    case SELECT_RANDOM_MAX_PERCENT:
        percentage = (double)gsl_rng_uniform_int(rng, (unsigned long)fault->value + 1);
        number = floor(count * percentage / 100);
        break;
    case SELECT_FIXED_PERCENT:
        number = floor(count * percentage / 100);
        break;
    }
    return number >= count ? count : (guint)number;
}

static int compare_indices(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The first `number` of a random order (Fisher and Yates), back in ascending order. */
static void select_some(GArray *replicas, guint number, gsl_rng *rng)
{
    uint32_t *all = &g_array_index(replicas, uint32_t, 0);
    for (guint i = 0; i < number; i++) {
        guint other = i + (guint)gsl_rng_uniform_int(rng, replicas->len - i);
        uint32_t kept = all[i];
        all[i] = all[other];
        all[other] = kept;
    }
    g_array_set_size(replicas, number);
    qsort(replicas->data, number, sizeof(uint32_t), compare_indices);
}

static void choose_replicas(Maker *maker, const FaultConfig *fault, FaultWindow *window)
{
    if (fault_kind(fault)->on_replica == NULL ||
        (fault->target != TARGET_SERVICE && fault->target != TARGET_ZONE))
        return;
    GArray *replicas = candidates(maker->topology, fault);
    uint64_t key = sim_key(maker->seed, maker->replication, fault->name, "replicas");
    gsl_rng *rng = sim_rng_at(&maker->rng, key, 0, 0);
    guint number = number_selected(fault, replicas->len, rng);
    if (number < replicas->len)
        select_some(replicas, number, rng);
    window->replica_count = replicas->len;
    window->replicas = (const uint32_t *)(const void *)g_array_free(replicas, FALSE);
    g_ptr_array_add(maker->lists, (gpointer)(uintptr_t)window->replicas);
}

/* --- when */

static void add_window(Maker *maker, uint32_t index, FaultWindow like, SimTime start, SimTime end)
{
    like.fault = index;
    like.start = start;
    like.end = end;
    g_array_append_val(maker->windows, like);
}

/* Fails and is repaired in turn, on the clock: the first failure comes after one time to failure.
 */
static void add_renewals(Maker *maker, uint32_t index, FaultWindow like)
{
    const FaultConfig *fault = &maker->topology->faults[index];
    SimTime time = maker->topology->simulation.warmup;
    SimTime end = time + maker->topology->simulation.duration;
    uint64_t failure_key = sim_key(maker->seed, maker->replication, fault->name, "mttf");
    uint64_t repair_key = sim_key(maker->seed, maker->replication, fault->name, "mttr");
    for (uint64_t i = 0; i < FAULT_WINDOWS_MAX; i++) {
        time += distribution_draw(fault->mttf, sim_rng_at(&maker->rng, failure_key, i, 0));
        if (time >= end)
            return;
        SimTime repaired =
            time + distribution_draw(fault->mttr, sim_rng_at(&maker->rng, repair_key, i, 0));
        add_window(maker, index, like, time, repaired);
        time = repaired;
    }
}

static void add_fault(Maker *maker, uint32_t index)
{
    const FaultConfig *fault = &maker->topology->faults[index];
    FaultWindow like = {0};
    choose_replicas(maker, fault, &like);
    if (fault->mttf != NULL) {
        add_renewals(maker, index, like);
        return;
    }
    SimTime start = maker->topology->simulation.warmup + fault->start;
    add_window(maker, index, like, start,
               fault->duration == SIM_TIME_NEVER ? SIM_TIME_NEVER : start + fault->duration);
}

static int compare_windows(const void *a, const void *b)
{
    const FaultWindow *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->fault != y->fault)
        return x->fault < y->fault ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

FaultSchedule *fault_schedule_new(const Topology *topology, uint64_t seed, uint32_t replication)
{
    Maker maker = {.topology = topology, .seed = seed, .replication = replication};
    sim_rng_init(&maker.rng);
    maker.windows = g_array_new(FALSE, FALSE, sizeof(FaultWindow));
    maker.lists = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t i = 0; i < topology->fault_count; i++)
        add_fault(&maker, i);
    if (maker.windows->len > 0)
        qsort(maker.windows->data, maker.windows->len, sizeof(FaultWindow), compare_windows);

    FaultSchedule *schedule = g_new0(FaultSchedule, 1);
    schedule->count = maker.windows->len;
    schedule->windows = (FaultWindow *)(void *)g_array_free(maker.windows, FALSE);
    schedule->replica_lists = maker.lists;
    schedule->first_start = SIM_TIME_NEVER;
    for (uint32_t i = 0; i < schedule->count; i++) {
        schedule->first_start = MIN(schedule->first_start, schedule->windows[i].start);
        schedule->last_end = MAX(schedule->last_end, schedule->windows[i].end);
    }
    return schedule;
}

void fault_schedule_free(FaultSchedule *schedule)
{
    if (schedule == NULL)
        return;
    g_ptr_array_free(schedule->replica_lists, TRUE);
    g_free(schedule->windows);
    g_free(schedule);
}
