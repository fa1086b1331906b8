/* Prints the JSON Schema of topologies, for topologies/topple.schema.json. */
#include <glib.h>
#include <stdio.h>

#include "models/schema.h"

int main(void)
{
    g_autofree char *schema = topology_schema();
    return fputs(schema, stdout) < 0 || fflush(stdout) != 0;
}
