#include "models/topology.h"

#include <string.h>

#include "models/arena.h"

void topology_free(Topology *topology)
{
    if (topology == NULL)
        return;
    arena_free(topology->arena);
    g_ptr_array_free(topology->warnings, TRUE);
    g_free(topology->resolved);
    g_free(topology);
}

uint32_t topology_find_service(const Topology *topology, const char *name)
{
    for (uint32_t i = 0; i < topology->service_count; i++) {
        if (strcmp(topology->services[i].name, name) == 0)
            return i;
    }
    return NO_INDEX;
}

uint32_t topology_find_operation(const Topology *topology, const char *full_name)
{
    for (uint32_t i = 0; i < topology->operation_count; i++) {
        if (strcmp(topology->operations[i].full_name, full_name) == 0)
            return i;
    }
    return NO_INDEX;
}

uint32_t topology_find_workload(const Topology *topology, const char *name)
{
    for (uint32_t i = 0; i < topology->workload_count; i++) {
        if (strcmp(topology->workloads[i].name, name) == 0)
            return i;
    }
    return NO_INDEX;
}
