/* The validated description of a system: plain, constant data, cross references as indices. Made by
 * topology_read (models/reader/), shared by any number of worlds in any number of threads. Nothing
 * in it can trip a check later. */
#ifndef TOPPLE_MODELS_TOPOLOGY_H
#define TOPPLE_MODELS_TOPOLOGY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/document.h"
#include "models/keys.h"
#include "models/outcome.h"
#include "sim/count.h"
#include "sim/distribution/distribution.h"
#include "sim/time.h"

#define NO_INDEX UINT32_MAX

/* Limits of what a topology may ask for. */
#define SERVICES_MAX       10000u
#define OPERATIONS_MAX     100000u /* of all services */
#define REPLICAS_MAX       10000u  /* of one service */
#define REPLICAS_TOTAL_MAX 200000u
#define THREADS_MAX        100000u /* per replica */
#define NESTED_CALLS_MAX   1000u   /* a run stops there */
#define CALLS_EXPECTED_MAX                                                                         \
    1e6 /* expected calls per request of a workload; beyond it the file is refused */
#define LOOPS_NESTED_MAX 4u /* repeat and times inside each other, within one branch */
#define STEPS_MAX        1000000u

typedef struct SimulationConfig {
    SimTime duration, warmup;
    SimTime window; /* 0 until topology_read has chosen one */
    uint64_t seed;
    uint32_t replications;
    int drain; /* DrainMode */
} SimulationConfig;

typedef enum DrainMode { DRAIN_FINISH, DRAIN_CUT } DrainMode;

/* --- services */

typedef enum ServerKind { SERVER_THREAD_PER_REQUEST, SERVER_EVENT_LOOP } ServerKind;
typedef enum CpuScheduling { CPU_PROCESSOR_SHARING, CPU_FIFO } CpuScheduling;

typedef struct CpuConfig {
    double cores;
    int scheduling; /* CpuScheduling; fifo has a whole number of cores */
} CpuConfig;

struct DisciplineKind;

typedef struct QueueConfig {
    uint32_t max_length;                     /* UINT32_MAX: unbounded */
    const struct DisciplineKind *discipline; /* fifo by default */
    SimTime timeout;                         /* 0: none */
    bool drop_expired_on_dequeue;
} QueueConfig;

typedef struct ServiceConfig {
    const char *name;
    uint32_t replicas;
    int server;             /* ServerKind */
    uint32_t threads;       /* thread_per_request */
    uint32_t max_in_flight; /* event_loop; UINT32_MAX: unlimited */
    bool has_cpu;
    CpuConfig cpu;
    QueueConfig queue;
    const uint32_t *zones; /* of replica r: zones[r % zone_count]; indices into topology->zones */
    uint32_t zone_count;   /* 0: no zones */
    uint32_t first_operation, operation_count; /* in topology->operations */
    uint32_t first_replica;                    /* replicas of all services are numbered through */
} ServiceConfig;

typedef struct OperationConfig {
    const char *name;      /* "add" */
    const char *full_name; /* "cart.add" */
    uint32_t service;
    uint32_t entry;  /* index of its first instruction in topology->code */
    double priority; /* lower first; criticality CRITICAL_PLUS 0 .. SHEDDABLE 3, CRITICAL (1) by
                        default */
    bool is_idempotent;
} OperationConfig;

/* --- steps, compiled */

typedef enum StepKind {
    STEP_COMPUTE, /* CPU work of `duration` */
    STEP_WAIT,    /* time off the CPU */
    STEP_CALL,    /* over call site `index` */
    STEP_PUBLISH, /* publish site `index` */
    STEP_FAIL,    /* fails with `probability` */
    STEP_SKIP,    /* with `probability` go to `target`, else on */
    STEP_CHOOSE,  /* one of `targets` by cumulative `weights` */
    STEP_JUMP,    /* to `target` */
    STEP_LOOP,    /* draws `count` into counter `loop`; 0: go to `target` (just behind the loop) */
    STEP_LOOP_NEXT, /* decrements counter `loop`; not 0 yet: go to `target` (the loop's body) */
    STEP_FORK,      /* starts a branch at each of `targets`; goes on at `target` when `needed` have
                       succeeded */
    STEP_SPAWN,     /* starts one branch at `targets[0]` that nobody waits for; goes on */
    STEP_BRANCH_END,
    STEP_DEGRADED, /* a fallback begins: the reply counts as degraded */
    STEP_REPLY,    /* the operation succeeds; the reply leaves */
    STEP_END,      /* the operation is over, the thread is free */
} StepKind;

typedef struct Step {
    uint8_t kind; /* StepKind */
    union {
        uint8_t loop; /* counter of STEP_LOOP and STEP_LOOP_NEXT: 0..LOOPS_NESTED_MAX-1, counted
                         within the branch */
        bool is_permanent; /* STEP_FAIL: decided once for each request */
    };
    uint16_t ordinal; /* tells draws of one operation apart: the n-th compute, wait, skip ... of its
                         operation */
    uint32_t on_failure; /* where to go when this step fails (a fallback); NO_INDEX: the branch or
                            the operation fails */
    uint32_t target;
    uint32_t index; /* call or publish site */
    uint32_t target_count;
    uint32_t needed; /* of STEP_FORK: 1..target_count */
    double probability;
    const Distribution *duration;
    const Count *count;
    const uint32_t *targets;
    const double *weights; /* cumulative, the last is 1 */
} Step;

/* One call in the text of an operation, or a workload's entry in its mix. */
typedef struct CallSite {
    uint32_t link;
    uint32_t operation; /* the callee's */
    uint32_t
        ordinal; /* the n-th call to that operation in the text of the caller: tells visits apart */
    int64_t request_size, response_size; /* bytes */
    const Count *key, *priority;         /* NULL: none */
} CallSite;

typedef struct PublishSite {
    uint32_t broker;
    uint32_t ordinal;
    int64_t size;
    const Count *key, *priority;
} PublishSite;

/* --- links */

typedef enum LinkMode { LINK_SYNC, LINK_ASYNC, LINK_ASYNC_REPLY } LinkMode;
typedef enum BandwidthSharing { SHARING_PER_MESSAGE, SHARING_FIFO } BandwidthSharing;
typedef enum LossBehaviour { LOSS_LOST, LOSS_RETRANSMIT } LossBehaviour;
typedef enum Cancellation {
    CANCELLATION_NONE,
    CANCELLATION_COOPERATIVE,
    CANCELLATION_IMMEDIATE
} Cancellation;

typedef struct RetryPolicyConfig {
    uint32_t max_attempts; /* the first included */
    OutcomeSet retry_on;
    KindChoice backoff; /* family "backoff" */
} RetryPolicyConfig;

typedef enum PoolProtocol { POOL_HTTP1, POOL_HTTP2 } PoolProtocol;
typedef enum PoolScope { POOL_OF_INSTANCE, POOL_OF_SERVICE } PoolScope;

/* UINT32_MAX: no limit. */
typedef struct PoolConfig {
    int protocol;             /* PoolProtocol */
    int scope;                /* PoolScope */
    uint32_t max_connections; /* of one caller, to all replicas */
    uint32_t max_pending_requests, max_requests;
    uint32_t max_concurrent_streams;               /* on a connection; http1: 1 */
    uint32_t max_requests_per_connection;          /* 0: no limit */
    const Distribution *connect_time;              /* NULL: a round trip */
    const Distribution *tls_time;                  /* NULL: none */
    SimTime connect_timeout;                       /* for both */
    SimTime idle_timeout, max_connection_duration; /* SIM_TIME_NEVER: none */
} PoolConfig;

/* A link joins a caller (a service, or a workload) with a service, or with one operation of it when
 * the file has a link for that operation. Each (caller, callee) pair that is called has its own. */
typedef struct LinkConfig {
    const char *name;            /* "frontend -> cart" or "frontend -> cart.add" */
    uint32_t caller;             /* service index, or NO_INDEX */
    uint32_t workload;           /* workload index when the caller is a workload, else NO_INDEX */
    uint32_t callee;             /* service index */
    int mode;                    /* LinkMode */
    uint32_t via;                /* broker index, unless it is sync; NO_INDEX: direct */
    uint32_t reply_via;          /* async_reply: broker that the replies take; NO_INDEX: direct */
    const Distribution *latency; /* NULL: none */
    const Distribution *serialization; /* NULL: none */
    double loss_ratio;                 /* each message, each direction */
    int loss_behaviour;                /* LossBehaviour */
    SimTime retransmission_timeout;    /* after the first loss; it doubles */
    double bandwidth;                  /* bits per second; 0: unlimited */
    int bandwidth_sharing;             /* BandwidthSharing */
    SimTime timeout, per_try_timeout;  /* 0: none */
    bool deadline_propagation;
    int cancellation; /* Cancellation */
    bool has_retry_policy;
    RetryPolicyConfig retry_policy;
    bool has_pool; /* sync only */
    PoolConfig pool;
    KindChoice balancer;     /* family "balancer"; always chosen */
    bool balancer_is_shared; /* scope "service": one state for all replicas of the caller */
} LinkConfig;

/* --- brokers */

typedef enum BrokerKindId { BROKER_QUEUE, BROKER_TOPIC, BROKER_STREAM } BrokerKindId;
typedef enum Overflow { OVERFLOW_REJECT_PUBLISH, OVERFLOW_DROP_HEAD, OVERFLOW_BLOCK } Overflow;
typedef enum AckMode { ACK_AFTER_PROCESSING, ACK_BEFORE_PROCESSING } AckMode;
typedef enum OnFailure {
    FAILURE_REQUEUE, /* back to the queue at once */
    FAILURE_REJECT,  /* it does not come again */
    FAILURE_WAIT     /* the broker learns of it, and of a crash, by its redelivery_timeout alone */
} OnFailure;
typedef enum Delivery {
    DELIVERY_AT_LEAST_ONCE,
    DELIVERY_AT_MOST_ONCE, /* not kept for consumers that are not there */
    DELIVERY_EFFECTIVELY_ONCE
} Delivery;
typedef enum RequeueTo { REQUEUE_TAIL, REQUEUE_HEAD } RequeueTo;

typedef struct DeduplicationConfig {
    SimTime window; /* how long a consumer knows what it has done */
} DeduplicationConfig;

typedef struct ConsumerConfig {
    uint32_t operation;
    uint32_t concurrency;       /* visits, per replica of the consumer */
    uint32_t batch_size;        /* messages that one visit deals with */
    SimTime batch_window;       /* how long the broker waits for them; 0 with a poll_interval */
    SimTime poll_interval;      /* 0: messages are handed out as they come */
    uint32_t prefetch;          /* unacknowledged messages, per replica; at least concurrency */
    int ack;                    /* AckMode */
    SimTime redelivery_timeout; /* 0: none */
    SimTime redelivery_delay;
    uint32_t max_deliveries; /* UINT32_MAX: no limit */
    uint32_t dead_letter;    /* broker; NO_INDEX: dropped */
    int requeue_to;
    int on_failure; /* OnFailure; with FAILURE_WAIT there is a redelivery_timeout */
    bool has_deduplication;
    DeduplicationConfig deduplication;
} ConsumerConfig;

#define BROKER_NODES_MAX 1000 /* of a stream */

typedef enum Partitioner { PARTITIONER_ROUND_ROBIN, PARTITIONER_STICKY } Partitioner;
typedef enum Acks { ACKS_NONE, ACKS_LEADER, ACKS_ALL } Acks;
typedef enum CommitMode { COMMIT_AUTO, COMMIT_AFTER_BATCH, COMMIT_AFTER_RECORD } CommitMode;
typedef enum RebalanceMode {
    REBALANCE_EAGER,
    REBALANCE_COOPERATIVE,
    REBALANCE_STATIC
} RebalanceMode;
typedef enum Assignment { ASSIGNMENT_RANGE, ASSIGNMENT_ROUND_ROBIN } Assignment;

/* What a stream has besides what all brokers have. */
typedef struct StreamConfig {
    uint32_t partitions;
    SimTime retention;                       /* SIM_TIME_NEVER: records are kept for ever */
    uint32_t retention_records;              /* per partition; UINT32_MAX: no limit */
    int partitioner;                         /* Partitioner: of records without a key */
    int64_t batch_size;                      /* sticky: bytes until the next partition */
    int acks;                                /* Acks */
    const Distribution *replication_latency; /* NULL: none */
    uint32_t replication_factor;             /* nodes, at least 1 */
    uint32_t min_insync_replicas;            /* 1..replication_factor */
    const Distribution *failover_time;
} StreamConfig;

/* How the consumers of a group read a stream; what they do with a record is in their
 * ConsumerConfig. */
typedef struct GroupConfig {
    uint32_t max_poll_records;
    int commit;                   /* CommitMode */
    SimTime auto_commit_interval; /* at least 1 */
    int rebalance;                /* RebalanceMode */
    int assignment;               /* Assignment */
    const Distribution *rebalance_time;
    SimTime session_timeout;
    SimTime max_poll_interval; /* 0: no limit */
    int delivery;              /* Delivery; at most once: what was handed out never comes again */
} GroupConfig;

/* What waits for consumers, and for how long. */
typedef struct BacklogConfig {
    uint32_t max_length;   /* messages that wait; UINT32_MAX: unbounded */
    int overflow;          /* Overflow; a fifo queue has no drop_head */
    SimTime message_ttl;   /* 0: none */
    uint32_t max_priority; /* 0 for a fifo queue */
    int delivery;          /* Delivery */
    bool fifo;             /* messages of one key one at a time, in order */
    uint32_t dead_letter;  /* broker that gets what expires or is dropped; NO_INDEX: none */
} BacklogConfig;

/* Which messages of a topic a subscription gets. */
typedef struct FilterConfig {
    double probability;   /* of each message; 1 with keys */
    const uint32_t *keys; /* ascending; NULL: whatever their keys */
    uint32_t key_count;
} FilterConfig;

/* What competing consumers take from: a queue, one subscription of a topic, or a stream as one
 * consumer group sees it. Each has its own bound. A group has one consumer, whose concurrency is
 * the members in each replica. */
typedef struct SubscriptionConfig {
    const char *name;         /* of a topic's subscription or a group; NULL: the queue itself */
    const char *full_name;    /* "topic/subscription", or the queue's name: as in reports */
    const GroupConfig *group; /* of a stream; else NULL */
    BacklogConfig backlog;    /* of a queue or a topic */
    FilterConfig filter;
    uint32_t broker;
    const ConsumerConfig *consumers;
    uint32_t consumer_count;
    const char *const *consumer_names; /* "orders/fulfilment.process", as in reports */
} SubscriptionConfig;

typedef struct BrokerConfig {
    const char *name;
    int kind;                /* BrokerKindId */
    bool publisher_confirms; /* else publishers do not wait; block has confirms */
    const Distribution *publish_latency, *delivery_latency; /* NULL: none */
    double bandwidth; /* bits per second, each way; 0: unlimited, as of a stream */
    uint32_t gate; /* of the broker whose bandwidth it shares: its own, but for replies of links */
    uint32_t first_subscription,
        subscription_count; /* in topology->subscriptions; a queue has exactly one */
    StreamConfig stream;
} BrokerConfig;

/* --- workloads */

typedef struct RatePiece { /* from the end of the one before it; rates per second */
    SimTime until;         /* from the start of measurement; the last one's is SIM_TIME_NEVER */
    double from, to;
} RatePiece;

typedef struct WorkloadConfig {
    const char *name;
    bool is_closed;
    KindChoice arrival;       /* family "arrival"; open only */
    const Count *batch;       /* NULL: one */
    const RatePiece *profile; /* NULL: none */
    uint32_t profile_count;
    uint32_t users;                 /* closed */
    const Distribution *think_time; /* closed; NULL: none */
    uint32_t clients;               /* as how many callers it counts, for balancers and budgets */
    const uint32_t *sites;          /* call sites of its mix */
    const double *weights;          /* cumulative, the last is 1 */
    uint32_t site_count;
} WorkloadConfig;

/* --- faults */

typedef enum TargetKind {
    TARGET_SERVICE,
    TARGET_OPERATION,
    TARGET_LINK,
    TARGET_ZONE,
    TARGET_BROKER,
    TARGET_WORKLOAD
} TargetKind;
typedef enum SelectionMode {
    SELECT_ALL,
    SELECT_ONE,
    SELECT_FIXED,
    SELECT_FIXED_PERCENT,
    SELECT_RANDOM_MAX_PERCENT
} SelectionMode;

typedef struct FaultConfig {
    const char *name;
    KindChoice type;       /* family "fault" */
    int target;            /* TargetKind */
    uint32_t target_index; /* service, operation, zone, broker or workload */
    const uint32_t *links; /* of a link target: all links it names; of a service target: those that
                              lead to it */
    uint32_t link_count;
    const uint32_t *outgoing; /* of a service target: the links over which it calls others */
    uint32_t outgoing_count;
    int mode;     /* SelectionMode */
    double value; /* number or percentage of replicas for `mode` */
    SimTime start,
        duration; /* from the start of measurement; duration SIM_TIME_NEVER: to the end */
    const Distribution *mttf, *mttr; /* both NULL: by start and duration */
} FaultConfig;

/* --- objectives */

typedef struct SloConfig {
    const char *name;
    uint32_t workload;  /* NO_INDEX when it is for an operation */
    uint32_t operation; /* NO_INDEX when it is for a workload */
    SimTime latency;
    double objective_percent;
} SloConfig;

/* --- the whole */

typedef struct Topology {
    const char *name; /* "name" of the file, else the file's name without .json */
    const char *description;
    SimulationConfig simulation;

    const ServiceConfig *services;
    const OperationConfig *operations;
    const Step *code;
    const CallSite *call_sites;
    const PublishSite *publish_sites;
    const LinkConfig *links;
    const BrokerConfig *brokers;
    const SubscriptionConfig *subscriptions;
    const WorkloadConfig *workloads;
    const FaultConfig *faults;
    const SloConfig *slos;
    const char *const *zones;

    uint32_t service_count, operation_count, step_count, call_site_count, publish_site_count,
        link_count;
    uint32_t broker_count, subscription_count, workload_count, fault_count, slo_count, zone_count;
    uint32_t replica_count; /* of all services */
    uint32_t client_count;  /* of all workloads */

    /* Expected visits of each operation per request of each workload, without failures and retries,
     * by the traffic equations: visits[workload * operation_count + operation]. */
    const double *visits;

    char *resolved;      /* the design's whole file as JSON text */
    GPtrArray *warnings; /* of char *: what is legal but doubtful, with its place */
    struct Arena *arena; /* owns all of the above */
} Topology;

/* Reads one design of a document (NULL: the base). The document is used up (patched) but stays the
 * caller's. NULL with problems when anything is wrong. */
Topology *topology_read(Document *document, const char *design, Problems *problems);
void topology_free(Topology *topology);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Topology, topology_free)

/* NO_INDEX if there is none. */
uint32_t topology_find_service(const Topology *topology, const char *name);
uint32_t topology_find_operation(const Topology *topology, const char *full_name);
uint32_t topology_find_workload(const Topology *topology, const char *name);

#endif
