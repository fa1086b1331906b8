/* Connection pools, as Envoy has them.
 *
 * A pool belongs to one caller (a replica of the calling service, or a client of a workload) and
 * holds connections to each replica of the callee, its host. The balancer chooses the host, then
 * the request takes a connection that has room: the one used last, so that those not needed grow
 * old. If there is none it waits, first come first served, and a connection is opened if those
 * being opened are not enough for all that wait: within the limit for all hosts together, but each
 * host may have one.
 *
 * What is too old is found when it is looked at: an idle connection needs no timer. */
#include "models/world/pool.h"

#include <glib.h>

typedef struct Connection {
    EventId event;  /* it is open, or cannot be opened */
    SimTime opened; /* before: the attempt to open it began */
    SimTime unused; /* since when, without streams */
    uint32_t self, link, client, host;
    uint32_t next, previous; /* in its host's list */
    uint32_t streams, served;
    bool is_live;
    bool is_open, is_ready; /* stands in its host's list: has room */
    bool is_closing;        /* gets no more requests */
    bool will_fail;         /* to open */
} Connection;

/* A replica of the callee, as one caller knows it. */
typedef struct Host {
    uint32_t first; /* of the connections with room, last used first */
    uint32_t connections, opening;
    uint32_t waiting;
    uint64_t opened;  /* ever */
    RefQueue pending; /* calls; those that have left are passed over */
} Host;

typedef struct Client {
    uint32_t connections, waiting, requests;
} Client;

struct Pool {
    const PoolConfig *config;
    uint32_t clients;
    uint64_t connect_key, tls_key;
    Client *of_client;
    Host *hosts; /* clients x replicas of the callee */
};

static Connection *connection_at(const World *world, uint32_t handle)
{
    return slab_at(&world->connections, handle);
}

static Host *host_of(const Link *link, uint32_t client, uint32_t host)
{
    return &link->pool->hosts[(size_t)client * link->replica_count + host];
}

static uint32_t client_of(const World *world, const Link *link, const Call *call)
{
    return link->pool->clients == 1 ? 0 : call_client(world, call);
}

/* The replica that connections of a client start from; NO_INDEX: it is a workload's, or shared. */
static uint32_t caller_replica(const World *world, const Link *link, uint32_t client)
{
    const LinkConfig *config = link->config;
    if (config->caller == NO_INDEX || config->pool.scope == POOL_OF_SERVICE)
        return NO_INDEX;
    return world->topology->services[config->caller].first_replica + client;
}

/* Where a call is in its pool lies apart: few calls have any. */
typedef struct PoolPlace {
    uint32_t connection;
    SimTime waited; /* -1: it waits */
} PoolPlace;

static PoolPlace *place_of(World *world, const Call *call)
{
    if (call->self >= world->call_connections_room) {
        world->call_connections_room = world->calls.chunk_count * SLAB_CHUNK_SIZE;
        world->call_connections =
            g_renew(PoolPlace, world->call_connections, world->call_connections_room);
    }
    return &world->call_connections[call->self];
}

static uint32_t *connection_of(World *world, const Call *call)
{
    return &place_of(world, call)->connection;
}

SimTime pool_wait(const World *world, const Call *call, Outcome outcome)
{
    SimTime waited = world->call_connections[call->self].waited;
    if (outcome == OUTCOME_POOL_OVERFLOW)
        return -1;
    return waited < 0 ? world_now(world) - call->attempt_started : waited;
}

/* --- connections with room: a list */

static void list_add(World *world, Host *host, Connection *connection)
{
    connection->is_ready = true;
    connection->previous = SLAB_NONE;
    connection->next = host->first;
    if (host->first != SLAB_NONE)
        connection_at(world, host->first)->previous = connection->self;
    host->first = connection->self;
}

static void list_remove(World *world, Host *host, Connection *connection)
{
    if (!connection->is_ready)
        return;
    connection->is_ready = false;
    if (connection->previous == SLAB_NONE)
        host->first = connection->next;
    else
        connection_at(world, connection->previous)->next = connection->next;
    if (connection->next != SLAB_NONE)
        connection_at(world, connection->next)->previous = connection->previous;
}

static void connection_close(World *world, Link *link, Connection *connection)
{
    Host *host = host_of(link, connection->client, connection->host);
    list_remove(world, host, connection);
    host->connections--;
    if (!connection->is_open)
        host->opening--;
    link->pool->of_client[connection->client].connections--;
    connection->is_live = false;
    connection->event = 0;
    slab_give(&world->connections, connection->self);
}

/* No more requests; closed when those that it has are over. */
static void retire(World *world, Link *link, Connection *connection)
{
    connection->is_closing = true;
    list_remove(world, host_of(link, connection->client, connection->host), connection);
    if (connection->streams == 0)
        connection_close(world, link, connection);
}

static bool is_too_old(const World *world, const PoolConfig *config, const Connection *connection)
{
    SimTime now = world_now(world);
    bool is_idle = connection->streams == 0 && config->idle_timeout != SIM_TIME_NEVER &&
                   now - connection->unused >= config->idle_timeout;
    return is_idle || (config->max_connection_duration != SIM_TIME_NEVER &&
                       now - connection->opened >= config->max_connection_duration);
}

static void retire_old(World *world, Link *link, Host *host)
{
    for (uint32_t handle = host->first; handle != SLAB_NONE;) {
        Connection *connection = connection_at(world, handle);
        handle = connection->next;
        if (is_too_old(world, link->pool->config, connection))
            retire(world, link, connection);
    }
}

/* The connection that takes the next request; NULL: none has room. */
static Connection *ready_connection(World *world, Link *link, Host *host)
{
    while (host->first != SLAB_NONE) {
        Connection *connection = connection_at(world, host->first);
        if (!is_too_old(world, link->pool->config, connection))
            return connection;
        retire(world, link, connection);
    }
    return NULL;
}

/* --- opening */

static bool is_unreachable(const World *world, const Link *link, uint32_t host)
{
    const Replica *replica = &world->replicas[link->first_replica + host];
    bool is_cut = link->condition.drops_requests || link->condition.drops_replies;
    return is_cut || (replica->is_down && replica->is_silent);
}

static SimTime connect_time(World *world, const Link *link, uint64_t number, uint64_t place)
{
    const Pool *pool = link->pool;
    if (pool->config->connect_time != NULL)
        return world_draw(world, pool->config->connect_time, pool->connect_key, number, place);
    if (link->config->latency == NULL)
        return 0;
    gsl_rng *rng = sim_rng_at(&world->rng, pool->connect_key, number, place);
    SimTime there = distribution_draw(link->config->latency, rng);
    return there + distribution_draw(link->config->latency, rng);
}

/* A replica that is down refuses after the time to connect, or does not answer. */
static SimTime opening_time(World *world, const Link *link, Connection *connection)
{
    const Pool *pool = link->pool;
    Host *host = host_of(link, connection->client, connection->host);
    uint64_t place = (uint64_t)connection->client << 32 | connection->host;
    uint64_t number = host->opened++;
    SimTime takes = connect_time(world, link, number, place);
    bool is_refused = world->replicas[link->first_replica + connection->host].is_down;
    if (!is_refused && pool->config->tls_time != NULL)
        takes += world_draw(world, pool->config->tls_time, pool->tls_key, number, place);
    bool is_late =
        takes > pool->config->connect_timeout || is_unreachable(world, link, connection->host);
    connection->will_fail = is_refused || is_late;
    return is_late ? pool->config->connect_timeout : takes;
}

static void connection_open(World *world, Link *link, uint32_t client, uint32_t host)
{
    if (!slab_has_room(&world->connections)) {
        world->stop = STOP_IN_FLIGHT;
        return;
    }
    uint32_t handle = slab_take(&world->connections);
    Connection *connection = connection_at(world, handle);
    *connection = (Connection){.opened = world_now(world),
                               .self = handle,
                               .link = (uint32_t)(link - world->links),
                               .client = client,
                               .host = host,
                               .is_live = true};
    link->pool->of_client[client].connections++;
    host_of(link, client, host)->connections++;
    host_of(link, client, host)->opening++;
    const ConnectionRecord record = {.link = connection->link, .time = world_now(world)};
    world->observer.connection_opened(world->observer.context, &record);
    SimTime takes = opening_time(world, link, connection);
    connection->event = engine_schedule(&world->engine, world_now(world) + takes, EVENT_COMPLETION,
                                        EVENT_CONNECTION, handle);
}

/* At the limit, connections of other hosts that are too old make room. */
static bool may_open(World *world, Link *link, uint32_t client, uint32_t host)
{
    const Client *state = &link->pool->of_client[client];
    uint32_t limit = link->pool->config->max_connections;
    if (state->connections < limit || host_of(link, client, host)->connections == 0)
        return true;
    for (uint32_t other = 0; other < link->replica_count; other++)
        retire_old(world, link, host_of(link, client, other));
    return state->connections < limit;
}

static void open_if_needed(World *world, Link *link, uint32_t client, uint32_t index)
{
    const Host *host = host_of(link, client, index);
    uint64_t coming = (uint64_t)host->opening * link->pool->config->max_concurrent_streams;
    if (host->waiting > coming && may_open(world, link, client, index))
        connection_open(world, link, client, index);
}

/* --- requests */

/* It ends with this outcome, when the current event has been dealt with. */
static void refuse(World *world, Call *call, Outcome outcome)
{
    call->outcome = (uint8_t)outcome;
    call->is_degraded = false;
    call->state = CALL_REPLIED;
    world_wake(world, call->self, call->serial, WAKE_REPLIED);
}

static void attach(World *world, Link *link, Call *call, Connection *connection)
{
    const PoolConfig *config = link->pool->config;
    Client *client = &link->pool->of_client[connection->client];
    if (client->requests >= config->max_requests) {
        refuse(world, call, OUTCOME_POOL_OVERFLOW);
        return;
    }
    client->requests++;
    connection->streams++;
    connection->served++;
    connection->is_closing = connection->served == config->max_requests_per_connection;
    if (connection->is_closing || connection->streams == config->max_concurrent_streams)
        list_remove(world, host_of(link, connection->client, connection->host), connection);
    *place_of(world, call) =
        (PoolPlace){connection->self, world_now(world) - call->attempt_started};
    call_connected(world, call);
}

void pool_request(World *world, Call *call, Link *link)
{
    uint32_t client = client_of(world, link, call), index = call->target - link->first_replica;
    Host *host = host_of(link, client, index);
    Client *state = &link->pool->of_client[client];
    *place_of(world, call) = (PoolPlace){SLAB_NONE, -1};
    Connection *connection = ready_connection(world, link, host);
    if (connection != NULL) {
        attach(world, link, call, connection);
        return;
    }
    if (state->waiting >= link->pool->config->max_pending_requests) {
        refuse(world, call, OUTCOME_POOL_OVERFLOW);
        return;
    }
    ref_queue_push(&host->pending, call->self, call->serial);
    host->waiting++;
    state->waiting++;
    open_if_needed(world, link, client, index);
}

/* One less waits. When nobody does, all that is left in the queue has left. */
static void waits_no_more(Link *link, uint32_t client, Host *host)
{
    link->pool->of_client[client].waiting--;
    if (--host->waiting == 0)
        host->pending.count = 0;
}

/* The next that waits; NULL: nobody does. */
static Call *take_waiting(World *world, Link *link, uint32_t client, Host *host)
{
    while (host->waiting > 0) {
        Ref ref = ref_queue_pop(&host->pending);
        Call *call = call_at(world, ref.handle);
        if (call->serial != ref.serial || call->state != CALL_POOLED)
            continue;
        waits_no_more(link, client, host);
        return call;
    }
    return NULL;
}

/* Connections with room take what waits; not while the caller crashes. */
static void serve(World *world, Link *link, uint32_t client, uint32_t index)
{
    Host *host = host_of(link, client, index);
    uint32_t caller = caller_replica(world, link, client);
    if (caller != NO_INDEX && world->replicas[caller].is_down)
        return;
    while (host->waiting > 0) {
        Connection *connection = ready_connection(world, link, host);
        if (connection == NULL)
            break;
        attach(world, link, take_waiting(world, link, client, host), connection);
    }
    open_if_needed(world, link, client, index);
}

/* A reply leaves a connection as it was. Without one, HTTP/1 must close it: the reply might still
 * come; HTTP/2 resets the stream alone. A replica that crashed takes its connections along. */
static bool breaks_connection(const PoolConfig *config, Outcome outcome)
{
    bool is_lost = outcome == OUTCOME_RESET || outcome == OUTCOME_CONNECT_FAILURE;
    return is_lost || (outcome == OUTCOME_TIMEOUT && config->protocol == POOL_HTTP1);
}

static void stream_over(World *world, Link *link, Connection *connection, Outcome outcome)
{
    uint32_t client = connection->client, index = connection->host;
    link->pool->of_client[client].requests--;
    connection->streams--;
    connection->unused = world_now(world);
    if (connection->is_closing || breaks_connection(link->pool->config, outcome))
        retire(world, link, connection);
    else if (!connection->is_ready)
        list_add(world, host_of(link, client, index), connection);
    serve(world, link, client, index);
}

void pool_leave(World *world, Call *call, Link *link, Outcome outcome)
{
    if (call->state == CALL_POOLED) {
        uint32_t client = client_of(world, link, call);
        waits_no_more(link, client, host_of(link, client, call->target - link->first_replica));
        return;
    }
    uint32_t handle = *connection_of(world, call);
    *connection_of(world, call) = SLAB_NONE;
    if (handle != SLAB_NONE)
        stream_over(world, link, connection_at(world, handle), outcome);
}

/* --- events */

/* All that wait for the replica fail with the connection. */
static void opening_failed(World *world, Link *link, Connection *connection)
{
    uint32_t client = connection->client;
    Host *host = host_of(link, client, connection->host);
    connection_close(world, link, connection);
    for (Call *call; (call = take_waiting(world, link, client, host)) != NULL;)
        refuse(world, call, OUTCOME_CONNECT_FAILURE);
}

static void opened(World *world, Link *link, Connection *connection)
{
    Host *host = host_of(link, connection->client, connection->host);
    connection->is_open = true;
    connection->opened = connection->unused = world_now(world);
    host->opening--;
    list_add(world, host, connection);
    serve(world, link, connection->client, connection->host);
}

void pool_event(World *world, uint32_t handle)
{
    Connection *connection = connection_at(world, handle);
    Link *link = &world->links[connection->link];
    const Replica *replica = &world->replicas[link->first_replica + connection->host];
    connection->event = 0;
    if (connection->will_fail || (replica->is_down && !replica->is_silent)) {
        opening_failed(world, link, connection);
    } else if (replica->is_down) { /* it has fallen silent meanwhile */
        connection->will_fail = true;
        connection->event = engine_schedule(
            &world->engine, connection->opened + link->pool->config->connect_timeout,
            EVENT_COMPLETION, EVENT_CONNECTION, handle);
    } else {
        opened(world, link, connection);
    }
}

EventId *pool_event_held(const World *world, uint32_t handle)
{
    return &connection_at(world, handle)->event;
}

uint32_t pool_event_replica(const World *world, uint32_t handle)
{
    const Connection *connection = connection_at(world, handle);
    return caller_replica(world, &world->links[connection->link], connection->client);
}

/* Found by looking at all: this happens only in faults. */
void pools_replica_changed(World *world, uint32_t replica, bool is_crash)
{
    for (uint32_t i = 1; i <= world->connections.used; i++) {
        Connection *connection = connection_at(world, i);
        Link *link = &world->links[connection->link];
        if (!connection->is_live)
            continue;
        bool is_callee = connection->is_open && link->first_replica + connection->host == replica;
        bool is_told = !is_crash || !world->replicas[replica].is_silent;
        if (is_crash && caller_replica(world, link, connection->client) == replica)
            retire(world, link, connection);
        else if (is_callee && is_told)
            retire(world, link, connection);
    }
}

/* --- the beginning and the end */

Pool *pool_new(const LinkConfig *link, uint32_t clients, uint32_t hosts, uint64_t key)
{
    Pool *pool = g_new0(Pool, 1);
    pool->config = &link->pool;
    pool->clients = link->pool.scope == POOL_OF_SERVICE ? 1 : clients;
    pool->connect_key = sim_mix(key, 0);
    pool->tls_key = sim_mix(key, 1);
    pool->of_client = g_new0(Client, pool->clients);
    pool->hosts = g_new0(Host, (size_t)pool->clients * hosts);
    return pool;
}

void pool_free(Pool *pool, uint32_t hosts)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < (size_t)pool->clients * hosts; i++)
        ref_queue_clear(&pool->hosts[i].pending);
    g_free(pool->hosts);
    g_free(pool->of_client);
    g_free(pool);
}

void pools_build(World *world)
{
    slab_init(&world->connections, sizeof(Connection));
}

void pools_demolish(World *world)
{
    slab_clear(&world->connections);
    g_free(world->call_connections);
}

/* What the clients of a link have, less what all others have counted: nothing is left. */
static char *check_pool(const Link *link, uint32_t *connections, uint32_t *waiting)
{
    for (uint32_t c = 0; c < link->pool->clients; c++) {
        Client left = link->pool->of_client[c];
        *connections += left.connections;
        *waiting += left.waiting;
        for (uint32_t h = 0; h < link->replica_count; h++) {
            left.connections -= host_of(link, c, h)->connections;
            left.waiting -= host_of(link, c, h)->waiting;
        }
        if (left.connections != 0 || left.waiting != 0)
            return g_strdup_printf("%s: a pool and its hosts count differently",
                                   link->config->name);
    }
    return NULL;
}

char *pools_check(const World *world)
{
    uint32_t connections = 0, waiting = 0;
    for (uint32_t i = 0; i < world->topology->link_count; i++) {
        const Link *link = &world->links[i];
        char *wrong = link->pool == NULL ? NULL : check_pool(link, &connections, &waiting);
        if (wrong != NULL)
            return wrong;
    }
    for (uint32_t i = 1; i <= world->calls.used; i++)
        waiting -= call_at(world, i)->state == CALL_POOLED;
    if (waiting != 0)
        return g_strdup("pools count other requests that wait than there are");
    if (connections != world->connections.live)
        return g_strdup_printf("pools count %u connections, there are %u", connections,
                               world->connections.live);
    return NULL;
}
