#include "models/reader/pools.h"

#include "models/reader/tables.h"

#define CONNECTIONS_MAX 1000000
#define REQUESTS_MAX    1000000000

static const char *const protocols[] = {"http1", "http2", NULL};
static const char *const scopes[] = {"instance", "service", NULL};

#define POOL(member) offsetof(PoolConfig, member)

/* Names and defaults are Envoy's, where it has them. */
const Key pool_keys[] = {
    {"protocol", KEY_CHOICE, .offset = POOL(protocol), .fallback = "\"http1\"",
     .detail.choices = protocols,
     .summary = "http1: one request at a time on a connection; http2: many, as streams"},
    {"max_connections", KEY_INTEGER, .nullable = true, .offset = POOL(max_connections), .min = 1,
     .max = CONNECTIONS_MAX, .fallback = "1024",
     .summary = "of one caller, to all replicas of the callee together; each may always have one; "
                "null: no limit"},
    {"max_pending_requests", KEY_INTEGER, .nullable = true, .offset = POOL(max_pending_requests),
     .min = 1, .max = REQUESTS_MAX, .fallback = "1024",
     .summary = "requests that wait for a connection; one more is refused with pool_overflow; "
                "null: no limit"},
    {"max_requests", KEY_INTEGER, .nullable = true, .offset = POOL(max_requests), .min = 1,
     .max = REQUESTS_MAX, .fallback = "1024",
     .summary = "requests that are out at once; one more is refused with pool_overflow; null: no "
                "limit"},
    {"max_concurrent_streams", KEY_INTEGER, .offset = POOL(max_concurrent_streams), .min = 1,
     .max = REQUESTS_MAX, .summary = "of http2: requests at once on a connection; 1024 by default"},
    {"max_requests_per_connection", KEY_INTEGER, .offset = POOL(max_requests_per_connection),
     .min = 0, .max = REQUESTS_MAX, .fallback = "0",
     .summary = "after which a connection is closed; 0: no limit"},
    {"connect_time", KEY_DISTRIBUTION, .nullable = true, .offset = POOL(connect_time),
     .summary = "to open a connection; a round trip of the link by default"},
    {"tls_time", KEY_DISTRIBUTION, .nullable = true, .offset = POOL(tls_time),
     .summary = "and to make it secure; none by default"},
    {"connect_timeout", KEY_DURATION, .offset = POOL(connect_timeout), .min = 1,
     .max = (double)SIM_TIME_LONGEST, .fallback = "\"5s\"",
     .summary = "for both; then all that wait for this replica fail with connect_failure"},
    {"idle_timeout", KEY_DURATION, .nullable = true, .offset = POOL(idle_timeout), .min = 1,
     .max = (double)SIM_TIME_LONGEST, .fallback = "\"1h\"",
     .summary = "after which an unused connection is closed; null: never"},
    {"max_connection_duration", KEY_DURATION, .nullable = true,
     .offset = POOL(max_connection_duration), .min = 1, .max = (double)SIM_TIME_LONGEST,
     .summary = "after which a connection gets no more requests; for ever by default"},
    {"scope", KEY_CHOICE, .offset = POOL(scope), .fallback = "\"instance\"",
     .detail.choices = scopes,
     .summary = "instance: each replica of the caller has its own pool; service: all share one"},
    {"pool_wait_timeout", KEY_UNSUPPORTED, .summary = "how long a request waits for a connection"},
    {"preconnect_ratio", KEY_UNSUPPORTED, .summary = "connections opened ahead of need"},
    {"limit_scope", KEY_UNSUPPORTED, .summary = "limits for each replica of the callee"},
    {.name = NULL},
};

bool pool_read(const Spec *spec, ReadContext *context, PoolConfig *pool)
{
    *pool = (PoolConfig){.max_connections = UINT32_MAX,
                         .max_pending_requests = UINT32_MAX,
                         .max_requests = UINT32_MAX,
                         .max_concurrent_streams = 1024,
                         .idle_timeout = SIM_TIME_NEVER,
                         .max_connection_duration = SIM_TIME_NEVER};
    if (!keys_read(spec, context, pool, pool_keys))
        return false;
    Spec streams;
    if (pool->protocol == POOL_HTTP1 && spec_member(spec, "max_concurrent_streams", &streams))
        return spec_problem_at_key(&streams, "is for \"protocol\": \"http2\"");
    if (pool->protocol == POOL_HTTP1)
        pool->max_concurrent_streams = 1;
    return true;
}
