/* The live objects and how they call each other. Private to models/world/.
 *
 * Everything that goes on is a Frame: a thread of control that executes the steps of an operation
 * in a replica, a branch of it, or a user who waits for a reply. A frame does one thing at a time,
 * told by its state, and has at most one pending event for it, besides the two timers of the call
 * it has out. Frames refer to each other by handle and serial; a reference whose serial no longer
 * matches is to something that is over, and is dropped.
 *
 * Nothing here recurses: a frame that can go on while another runs is put on the ready list. */
#ifndef TOPPLE_MODELS_WORLD_INTERNAL_H
#define TOPPLE_MODELS_WORLD_INTERNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/arrival/arrival.h"
#include "models/backoff/backoff.h"
#include "models/balancer/balancer.h"
#include "models/discipline/discipline.h"
#include "models/fault/fault.h"
#include "models/observer.h"
#include "models/topology.h"
#include "models/world.h"
#include "sim/check.h"
#include "sim/engine.h"
#include "sim/rng.h"
#include "sim/slab.h"

/* What an event is about; its handle names the one concerned. */
typedef enum EventKind {
    EVENT_FRAME,           /* frame: what its state waits for */
    EVENT_ATTEMPT_TIMEOUT, /* frame: per_try_timeout */
    EVENT_CALL_TIMEOUT,    /* frame: timeout, or the deadline it inherited */
    EVENT_CPU,             /* replica: processor sharing, the next computation is done */
    EVENT_MESSAGE,         /* message: has travelled, or has waited for its redelivery */
    EVENT_REDELIVERY,      /* message: redelivery_timeout */
    EVENT_SIGNAL,          /* signal: a cancel reaches the callee */
    EVENT_SOURCE,          /* workload: the next arrival */
    EVENT_USER,            /* user of a closed workload: has thought */
    EVENT_FAULT,           /* edge of a fault window */
} EventKind;

typedef enum FrameState {
    FRAME_FREE,
    FRAME_TRAVELLING, /* the request is on its way to the replica */
    FRAME_QUEUED,     /* waits for a thread */
    FRAME_RUNNING,    /* on the ready list, or executing steps right now */
    FRAME_COMPUTING,
    FRAME_WAITING,
    FRAME_CALLING, /* an attempt is out */
    FRAME_BACKOFF,
    FRAME_PUBLISHING, /* the message is on its way to the broker */
    FRAME_BLOCKED,    /* the broker is full */
    FRAME_JOINING,    /* waits for branches */
    FRAME_OVER,       /* the steps are over; branches still run */
} FrameState;

/* What a computation is for. */
typedef enum FramePhase {
    PHASE_STEP,    /* a compute step */
    PHASE_RECEIVE, /* reading the request */
    PHASE_SEND,    /* writing the request of a call */
    PHASE_RESULT,  /* reading the reply of a call */
    PHASE_RETURN,  /* writing the reply */
} FramePhase;

/* Why a frame is on the ready list. */
typedef enum FrameWake {
    WAKE_RUN,       /* it goes on at its program counter */
    WAKE_COMPUTED,  /* its computation is done */
    WAKE_FAILED,    /* its step has failed */
    WAKE_PUBLISHED, /* the broker has answered, with `outcome` */
    WAKE_ARRIVED,   /* the request has reached the replica, in no time */
    WAKE_REPLIED,   /* the reply has reached the caller, in no time */
} FrameWake;

typedef enum FrameOrigin {
    ORIGIN_USER,    /* the root of a request */
    ORIGIN_CALL,    /* `from` is the calling frame, `from_serial` its call_serial */
    ORIGIN_ASYNC,   /* handed over; nobody waits */
    ORIGIN_MESSAGE, /* `from` is the message, `from_serial` its delivery */
    ORIGIN_BRANCH,  /* `from` is the forking frame, `from_serial` its call_serial; nobody waits if
                       from is 0 */
} FrameOrigin;

typedef struct Frame {
    EventId event;
    EventId attempt_timer, call_timer;
    SimTime until; /* when a computation or wait ends; while it is held up, what is left of it */
    SimTime arrived, started, replied;
    SimTime deadline; /* known from the caller; SIM_TIME_NEVER without */
    SimTime call_started, attempt_started;
    SimTime backoff; /* the last wait of this call */
    SimTime busy;
    SimTime way_back;     /* latency of its reply */
    uint64_t visit;       /* tells the visits of one request apart; the same in every design */
    uint32_t serial;      /* of this life; never repeats for this handle */
    uint32_t call_serial; /* of what it waits for: an attempt, a publication, branches */
    uint32_t pc;
    uint32_t request;
    uint32_t operation, replica; /* NO_INDEX for a user */
    uint32_t owner;    /* holds the thread: itself, or of a branch the frame it belongs to */
    uint32_t children; /* live branches of an owner */
    uint32_t from, from_serial;
    uint32_t link;   /* it came over; NO_INDEX: none */
    uint32_t site;   /* of the call it has out */
    uint32_t slot;   /* ORIGIN_MESSAGE: the consumer slot that it occupies */
    uint32_t target; /* replica of the attempt that is out */
    /* By what it waits for: an attempt (callee 0: the request is lost), branches, a broker. */
    union {
        struct {
            uint32_t callee, callee_serial;
        };
        struct {
            uint32_t join_needed, join_left;
        };
        uint64_t publish_visit;
    };
    uint32_t ticket; /* in the replica's queue */
    uint32_t queued_ahead;
    uint32_t loops[LOOPS_NESTED_MAX];
    /* From here on a new frame starts with zero bytes. */
    uint16_t depth;
    uint8_t state, phase, origin, wake;
    uint8_t attempt;
    uint8_t outcome; /* of the attempt, known when the reply is on its way; of the publication */
    uint8_t loops_active;
    bool reply_is_degraded;
    bool is_degraded;
    bool is_abandoned; /* the caller gave up while it was alive; counted in world->abandoned */
    bool is_cancelled; /* stops at the next step boundary */
    bool has_replied, has_thread, has_failed;
    bool was_wanted;    /* when it replied */
    bool is_publishing; /* the call out is a publication */
    bool in_cpu;        /* stands in its replica's CPU rather than having an event of its own */
    bool has_core;      /* fifo: holds a core, and has an event of its own */
} Frame;

typedef struct FrameRef {
    uint32_t handle, serial;
} FrameRef;

typedef struct FrameQueue { /* a ring of references */
    FrameRef *refs;
    uint32_t mask, head, count;
} FrameQueue;

typedef struct Request {
    SimTime started; /* as intended */
    uint64_t id;
    uint32_t workload, site, user, client;
    uint32_t work; /* live frames and messages; at 0 it is completed */
    RequestTag tag;
    bool has_ended, has_succeeded;
} Request;

/* --- replicas */

typedef struct CpuJob {
    double finish; /* in virtual time: ns of CPU that each job has had */
    uint64_t sequence;
    FrameRef frame;
} CpuJob;

typedef struct Cpu {
    double cores;
    int scheduling;
    uint32_t busy;      /* fifo: cores in use */
    FrameQueue waiting; /* fifo */
    CpuJob *jobs;       /* processor sharing: a binary heap by (finish, sequence) */
    uint32_t count, room;
    uint64_t sequence;
    double virtual_time;
    double speed;    /* 1 / slowdown; 0 when it stands still */
    SimTime updated; /* of virtual_time, and of what has been reported */
    SimTime due;     /* of event */
    EventId event;
} Cpu;

typedef struct Replica {
    uint32_t service;
    uint32_t in_service; /* requests with a thread (or in flight, for an event loop) */
    uint32_t capacity;
    bool is_down, is_silent, is_hung;
    double slowdown;
    uint32_t queue_lane; /* of the queue's timeout; NO_INDEX: none */
    WaitQueue queue;
    Cpu *cpu;       /* NULL: computations take what they take */
    GArray *parked; /* of EventId: what came up while it hung */
} Replica;

/* --- links */

typedef struct LinkKeys {
    uint64_t latency, request_loss, response_loss, delay, balancer, backoff, serialize;
} LinkKeys;

typedef struct Link {
    const LinkConfig *config;
    LinkKeys keys;
    uint32_t call_lane, attempt_lane;      /* NO_INDEX: no such timeout */
    uint32_t first_replica, replica_count; /* of the callee */
    uint32_t clients;                      /* states of the balancer */
    const BalancerKind *balancer;
    char *balancer_states;
    uint32_t *in_flight; /* clients x replicas; NULL unless the balancer counts */
    double ns_per_byte;
    bool is_faulty; /* condition is not that of a well link */
    LinkCondition condition;
} Link;

/* --- brokers */

typedef enum MessageState {
    MESSAGE_READY,      /* in the subscription's queue */
    MESSAGE_DELAYED,    /* waits for its redelivery */
    MESSAGE_IN_TRANSIT, /* on its way to a consumer */
    MESSAGE_BUFFERED,   /* at a consumer, waits for its turn */
    MESSAGE_PROCESSING,
} MessageState;

typedef struct Message {
    EventId event, redelivery;
    SimTime published, entered;
    uint64_t visit;
    uint32_t request;
    uint32_t subscription;
    uint32_t serial; /* of the delivery; never repeats for this handle */
    uint32_t deliveries;
    uint32_t slot;           /* where it was last delivered */
    uint32_t next, previous; /* among the ready ones */
    bool is_live;
    bool is_duplicate; /* the delivery to come repeats work that may go on or has been done */
    uint8_t state;
} Message;

/* One replica of one consumer of a subscription. */
typedef struct ConsumerSlot {
    uint32_t subscription, consumer, replica;
    uint32_t unacknowledged, processing;
    FrameQueue buffer; /* of messages */
    bool is_due;       /* on world->due_slots */
} ConsumerSlot;

typedef struct Subscription {
    const SubscriptionConfig *config;
    const BrokerConfig *broker;
    uint32_t first_slot, slot_count, next_slot;
    uint32_t first, last, depth; /* ready messages */
    uint32_t *lanes;             /* of each consumer's redelivery_timeout; NO_INDEX: none */
    uint64_t delivery_key;
    FrameQueue blocked; /* publishers that wait for room, by call_serial */
    bool is_due;        /* on world->due_subscriptions */
} Subscription;

/* A cancel on its way. */
typedef struct Signal {
    EventId event;
    FrameRef frame;
    bool is_immediate;
} Signal;

/* --- workloads and faults */

typedef struct Source {
    const WorkloadConfig *config;
    ArrivalProcess *arrivals; /* open */
    uint64_t mix_key, think_key, visit;
    uint64_t started; /* requests */
    uint32_t count;   /* requests of the arrival that is scheduled */
    EventId event;
    uint32_t first_user; /* closed */
} Source;

typedef struct User {
    EventId event;
    uint32_t workload, index;
    uint64_t rounds;
} User;

struct World {
    const Topology *topology;
    const FaultSchedule *schedule;
    Observer observer;
    Engine engine;
    SimRng rng;
    Slab frames, requests, messages, signals;
    FrameQueue ready;
    FrameQueue due_subscriptions,
        due_slots; /* have deliveries to make, or buffered messages to take up */
    Replica *replicas;
    Link *links;
    Subscription *subscriptions;
    ConsumerSlot *slots;
    Source *sources;
    User *users;
    OperationCondition *operations;
    EventId *fault_events; /* two of each window: start, end */
    uint32_t *windows_on;  /* ascending */
    uint32_t windows_on_count;
    uint64_t *step_keys; /* of each step of the topology's code */
    uint64_t *site_hashes, *publish_hashes;
    uint64_t *publish_keys; /* of each broker */
    uint64_t *abort_keys;   /* of each operation */
    uint32_t slot_count, user_count;
    uint32_t abandoned; /* live frames whose caller has given up: 0 spares looking for them */
    SimTime end;        /* of the measured part */
    uint64_t seed;
    uint32_t replication;
    uint32_t hung; /* replicas */
    uint64_t request_count, attempt_count;
    StopReason stop; /* not STOP_FINISHED: the run must end */
};

static inline Frame *frame_at(const World *world, uint32_t handle)
{
    return (Frame *)slab_chunk(&world->frames, handle) + slab_place(handle);
}

static inline Request *request_at(const World *world, uint32_t handle)
{
    return (Request *)slab_chunk(&world->requests, handle) + slab_place(handle);
}

static inline Message *message_at(const World *world, uint32_t handle)
{
    return (Message *)slab_chunk(&world->messages, handle) + slab_place(handle);
}

static inline const Step *step_of(const World *world, const Frame *frame)
{
    return &world->topology->code[frame->pc];
}

static inline SimTime world_now(const World *world)
{
    return world->engine.now;
}

/* The keyed draw of a duration; constants do not touch the generator. */
static inline SimTime world_draw(World *world, const Distribution *distribution, uint64_t key,
                                 uint64_t request, uint64_t visit)
{
    if (distribution->constant >= 0)
        return distribution->constant;
    return distribution_draw(distribution, sim_rng_at(&world->rng, key, request, visit));
}

/* True with this probability, by the keyed draw; 0 and 1 do not touch the generator. */
static inline bool world_chance(World *world, double probability, uint64_t key, uint64_t request,
                                uint64_t visit)
{
    if (probability <= 0)
        return false;
    if (probability >= 1)
        return true;
    return gsl_rng_uniform(sim_rng_at(&world->rng, key, request, visit)) < probability;
}

/* True when whatever is to happen at this very moment would be next anyway: then an event for it
 * can be spared. */
static inline bool world_is_quiet(const World *world)
{
    return world->ready.count == 0 && world->due_slots.count == 0 &&
           world->due_subscriptions.count == 0 && world->hung == 0 &&
           event_set_is_after(&world->engine.events, world_now(world));
}

/* queue.c */
void frame_queue_grow(FrameQueue *queue);
void frame_queue_clear(FrameQueue *queue);

static inline void frame_queue_push(FrameQueue *queue, uint32_t handle, uint32_t serial)
{
    if (queue->refs == NULL || queue->count > queue->mask)
        frame_queue_grow(queue);
    queue->refs[(queue->head + queue->count) & queue->mask] = (FrameRef){handle, serial};
    queue->count++;
}

/* count > 0 */
static inline FrameRef frame_queue_pop(FrameQueue *queue)
{
    FrameRef ref = queue->refs[queue->head];
    queue->head = (queue->head + 1) & queue->mask;
    queue->count--;
    return ref;
}

/* --- frame.c: the life of frames and requests */

/* 0: there is no room, and the run stops. */
uint32_t frame_new(World *world, uint32_t request, FrameOrigin origin, uint32_t from,
                   uint32_t from_serial);
void frame_free(World *world, uint32_t handle);
/* Puts it on the ready list as it is; frame_resume also sets it running. */
void frame_wake(World *world, uint32_t handle, FrameWake wake);
void frame_resume(World *world, uint32_t handle, FrameWake wake);
/* The visit with the loops that the frame is in: names the draws of its steps and the visits of its
 * calls. */
uint64_t frame_visit(const Frame *frame);
/* Somebody up the tree of calls still waits for it. */
bool frame_is_wanted(const World *world, const Frame *frame);
/* The visit of the replica is over: tells the observer, and the broker if the work came from there.
 */
void frame_visit_over(World *world, uint32_t handle, VisitEnd end);
void frame_leave_cpu(World *world, uint32_t handle);
/* Ends it and its branches where they stand, without a reply. */
void frame_drop(World *world, uint32_t handle, VisitEnd end);
/* A piece of the request's work is over. */
void request_release(World *world, uint32_t request);

/* --- step.c: what frames do */

void frame_begin(World *world, uint32_t handle);     /* it has got its thread */
void frame_go_on(World *world, uint32_t handle);     /* its turn on the ready list has come */
void frame_run(World *world, uint32_t handle);       /* executes steps until it must wait */
void frame_step_done(World *world, uint32_t handle); /* the step at pc has succeeded */
void frame_step_failed(World *world,
                       uint32_t handle); /* it has failed: to the fallback, or the end */
void frame_compute(World *world, uint32_t handle, SimTime duration, FramePhase phase);
void frame_computed(World *world, uint32_t handle);
void frame_cancel(World *world, uint32_t handle, bool immediately);

/* --- call.c: the caller's side */

void call_begin(World *world, uint32_t handle, uint32_t site);
/* The caller is over: what it has asked for is nobody's, or, if it passes a cancel on, cancelled.
 */
void call_forget(World *world, uint32_t handle, bool passes_on);
void call_attempt_ended(World *world, uint32_t handle, Outcome outcome);
void call_backoff_over(World *world, uint32_t handle);
void call_timed_out(World *world, uint32_t handle, bool whole_call);
void call_reply(World *world, uint32_t callee, Outcome outcome); /* the callee's answer leaves */
void call_signal_arrived(World *world, uint32_t signal);
void call_timers_cancel(Frame *frame);

/* --- replica.c: the callee's side */

void replica_arrive(World *world, uint32_t handle);
void replica_leave(World *world, uint32_t replica); /* a thread is free: the next request gets it */
void replica_unqueue(World *world, uint32_t handle);
void replica_queue_timeout(World *world, uint32_t handle);
void replica_start_next(World *world, uint32_t replica);
void replica_crash(World *world, uint32_t replica);
void replica_hang(World *world, uint32_t replica);
void replica_wake(World *world, uint32_t replica);
/* What is left of the replica's, or of one frame's, computation or wait takes `factor` times as
 * long. */
void replica_rescale(World *world, uint32_t replica, double factor);
void frame_stretch(World *world, uint32_t handle, double factor);

/* --- cpu.c */

void cpu_add(World *world, uint32_t replica, uint32_t handle, SimTime work);
void cpu_remove(World *world, uint32_t replica, uint32_t handle);
void cpu_event(World *world, uint32_t replica);
void cpu_freed(World *world, uint32_t replica); /* fifo: a computation is done */
void cpu_clear(World *world, uint32_t replica);
void cpu_set_speed(World *world, uint32_t replica, double speed);
void cpu_scale_work(World *world, uint32_t replica, uint32_t operation, double factor);
void cpu_report(World *world, uint32_t replica); /* what was used up to now, to the observer */

/* --- broker.c */

void publish_begin(World *world, uint32_t handle, uint32_t broker, uint64_t visit);
void publish_arrived(World *world, uint32_t handle);
void publish_over(World *world, uint32_t handle);
void subscription_dispatch(World *world, uint32_t subscription);
void slot_process(World *world, uint32_t slot);
void message_event(World *world, uint32_t message);
void message_redelivery_due(World *world, uint32_t message);
void message_processed(World *world, const Frame *frame, bool has_succeeded);
void consumer_crashed(World *world, uint32_t replica);
void consumer_returned(World *world, uint32_t replica);
void message_unfinished(World *world, uint32_t message);

/* --- source.c */

void sources_start(World *world);
void source_event(World *world, uint32_t workload);
void user_event(World *world, uint32_t user);
void request_ended(World *world, uint32_t root, Outcome outcome, bool is_degraded);

/* --- condition.c */

void faults_start(World *world);
void fault_event(World *world, uint32_t edge);

/* --- world.c */

/* Lets the one that holds this event act; a stale one is dropped. */
void world_dispatch(World *world, EventId id);

/* --- build.c */

void world_build(World *world);
void world_demolish(World *world);

#endif
