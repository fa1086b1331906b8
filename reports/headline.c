#include "reports/headline.h"

#include <string.h>

const Headline headlines[HEADLINE_COUNT] = {
    {"goodput_rps", "goodput /s", "goodput"},
    {"availability_ratio", "availability %", "availability"},
    {"p50_ms", "p50 ms", "p50"},
    {"p99_ms", "p99 ms", "p99"},
    {"p999_ms", "p99.9 ms", "p99.9"},
    /* What asynchronous designs put off: it shows nowhere else. */
    {"completion_p99_ms", NULL, "all done, p99"},
};

bool headline_find(const char *metric)
{
    for (int i = 0; i < HEADLINE_COUNT; i++) {
        if (strcmp(headlines[i].metric, metric) == 0)
            return true;
    }
    return false;
}
