/* The live objects and how they call each other. Private to models/world/.
 *
 * A Frame is a thread of control in a replica: one visit of an operation, or a branch of it. It
 * does one thing at a time, told by its state, and has at most one pending event for it.
 *
 * A Call is what somebody waits for: an RPC with its attempts and timeouts, or a publication. Who
 * waits is a frame, a user, or a fork whose branch is nothing but this call: then the branch needs
 * no frame. A visit in flight is thus one Frame at the callee and one Call at the caller.
 *
 * Both lie in slabs and know their own handle. They refer to each other by handle and serial; a
 * reference whose serial no longer matches is to something that is over, and is dropped.
 *
 * Nothing here recurses: what can go on while something else runs is put on the ready list. */
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
#include "models/world/seen.h"
#include "sim/check.h"
#include "sim/engine.h"
#include "sim/rng.h"
#include "sim/slab.h"

/* What an event is about; its handle names the one concerned. */
typedef enum EventKind {
    EVENT_FRAME,           /* frame: what its state waits for */
    EVENT_CALL,            /* call: what its state waits for */
    EVENT_ATTEMPT_TIMEOUT, /* call: per_try_timeout */
    EVENT_CALL_TIMEOUT,    /* call: timeout, or the deadline it inherited */
    EVENT_CPU,             /* replica: processor sharing, the next computation is done */
    EVENT_MESSAGE,         /* message: has travelled, or has waited for its redelivery */
    EVENT_REDELIVERY,      /* message: redelivery_timeout */
    EVENT_SIGNAL,          /* signal: a cancel reaches the callee */
    EVENT_SOURCE,          /* workload: the next arrival */
    EVENT_USER,            /* user of a closed workload: has thought */
    EVENT_FAULT,           /* edge of a fault window */
    EVENT_TIMER,           /* timer of what lives as long as the world */
    EVENT_REPLY,           /* reply: has reached its queue, or its caller */
    EVENT_CONNECTION,      /* connection: is open, or cannot be opened */
} EventKind;

typedef enum FrameState {
    FRAME_FREE,
    FRAME_TRAVELLING, /* the request is on its way to the replica */
    FRAME_QUEUED,     /* waits for a thread */
    FRAME_RUNNING,    /* on the ready list, or executing steps right now */
    FRAME_COMPUTING,
    FRAME_WAITING,
    FRAME_CALLING, /* waits for `call` */
    FRAME_JOINING, /* waits for branches */
    FRAME_OVER,    /* the steps are over; branches still run */
} FrameState;

/* What a computation is for. */
typedef enum FramePhase {
    PHASE_STEP,    /* a compute step */
    PHASE_RECEIVE, /* reading the request */
    PHASE_SEND,    /* writing the request of a call */
    PHASE_RESULT,  /* reading the reply of a call */
    PHASE_RETURN,  /* writing the reply */
} FramePhase;

/* Why something is on the ready list: a frame, or from WAKE_CALL on a call. */
typedef enum Wake {
    WAKE_RUN,       /* it goes on at its program counter */
    WAKE_COMPUTED,  /* its computation is done */
    WAKE_FAILED,    /* its step has failed */
    WAKE_ARRIVED,   /* the request has reached the replica, in no time */
    WAKE_CALL,      /* it begins */
    WAKE_REPLIED,   /* the reply has reached the caller, in no time */
    WAKE_PUBLISHED, /* the broker has answered */
} Wake;

typedef enum FrameOrigin {
    ORIGIN_CALL,    /* `from` is the call, `from_serial` its serial */
    ORIGIN_ASYNC,   /* handed over; nobody waits */
    ORIGIN_MESSAGE, /* `from` is the message, `from_serial` its delivery; of a consumer with batches
                       the first entry of the batch */
    ORIGIN_BRANCH,  /* `from` is the forking frame, `from_serial` its join_serial; nobody waits if
                       from is 0 */
} FrameOrigin;

typedef struct Frame {
    EventId event;
    union {            /* by state */
        SimTime until; /* COMPUTING, WAITING: when it ends; while it is held up, what is left */
        SimTime drawn; /* before, if is_drawn: what its first step takes */
        uint32_t call; /* CALLING */
        struct {
            uint32_t join_needed, join_left; /* JOINING */
        };
    };
    SimTime arrived;
    union {
        SimTime started;
        uint32_t ticket; /* QUEUED: in the replica's queue */
    };
    union {
        SimTime way_back; /* latency of the reply, until it leaves */
        SimTime replied;
    };
    SimTime deadline; /* known from the caller; SIM_TIME_NEVER without */
    SimTime busy;
    uint64_t visit; /* tells the visits of one request apart; the same in every design */
    uint32_t self;
    uint32_t serial;      /* of this life; never repeats for this handle */
    uint32_t join_serial; /* of the branches that it waits for */
    uint32_t pc;
    uint32_t request;
    uint32_t operation, replica;
    union {
        uint32_t children; /* live branches */
        uint32_t owner;    /* ORIGIN_BRANCH: the frame that it belongs to, which holds the thread */
    };
    uint32_t from, from_serial;
    union {
        uint32_t link; /* ORIGIN_CALL, ORIGIN_ASYNC: it came over */
        uint32_t slot; /* ORIGIN_MESSAGE: the consumer slot that it occupies */
    };
    uint32_t queued_ahead;
    /* From here on a new frame starts with zero bytes. */
    uint16_t depth;
    uint8_t state, phase, origin;
    uint8_t loops_active;
    bool is_degraded : 1;
    bool is_abandoned : 1; /* the caller gave up while it was alive; counted in world->abandoned */
    bool is_cancelled : 1; /* stops at the next step boundary */
    bool has_replied : 1, has_thread : 1, has_failed : 1;
    bool is_drawn : 1;
    bool was_wanted : 1; /* when it replied */
    bool in_cpu : 1;     /* stands in its replica's CPU rather than having an event of its own */
    bool has_core : 1;   /* fifo: holds a core, and has an event of its own */
    bool answers : 1;    /* came with a message, and answers with one: models/world/reply.c */
} Frame;

typedef enum CallState {
    CALL_FREE,
    CALL_NEW,        /* has not begun */
    CALL_OUT,        /* an attempt is out: `callee` serves it; 0: the request is lost */
    CALL_REPLIED,    /* the reply is on its way, with `outcome` */
    CALL_BACKOFF,    /* waits for the next attempt */
    CALL_PUBLISHING, /* the message is on its way to the broker */
    CALL_BLOCKED,    /* the broker is full */
    CALL_PUBLISHED,  /* the broker has answered, with `outcome` */
    CALL_POOLED,     /* waits for a connection */
    CALL_AWAITING,   /* the broker has the request: the reply is to come */
} CallState;

typedef enum Caller {
    CALLER_USER,
    CALLER_FRAME,  /* `from`, which is FRAME_CALLING */
    CALLER_BRANCH, /* the call is a whole branch of `from`, which waits for it if its join_serial is
                      `from_serial` */
} Caller;

typedef struct Call {
    union { /* CALL_OUT: callee; else event */
        EventId event;
        uint32_t callee;
    };
    EventId attempt_timer, call_timer;
    SimTime started, attempt_started;
    uint64_t visit; /* of the caller, where the call is made */
    uint32_t self;
    uint32_t serial; /* of the attempt; never repeats for this handle */
    uint32_t request;
    uint32_t from, from_serial;
    uint32_t site;   /* call site; of a publication, publish site */
    uint32_t target; /* replica of the attempt; broker */
    uint8_t state, outcome, attempt;
    uint8_t caller : 2;
    bool is_degraded : 1; /* the reply */
    bool is_publication : 1;
} Call;

typedef struct Ref {
    uint32_t handle, serial;
} Ref;

/* Where the reply to a message goes. */
typedef struct Address {
    uint32_t call, serial; /* the attempt that waits; SLAB_NONE: nobody does */
    uint32_t site;         /* of the call */
} Address;

typedef struct RefQueue { /* a ring */
    Ref *refs;
    uint32_t mask, head, count;
} RefQueue;

typedef struct Request {
    SimTime started; /* as intended */
    uint64_t id;
    uint32_t workload, site, user, client;
    uint32_t work; /* the user's call, live frames, lone calls and messages; at 0 it is completed */
    RequestTag tag;
    bool has_ended, has_succeeded;
    SimTime worked; /* when a piece of its work last ended */
} Request;

/* --- replicas */

typedef struct CpuJob {
    double finish; /* in virtual time: ns of CPU that each job has had */
    uint64_t sequence;
    Ref frame;
} CpuJob;

typedef struct Cpu {
    double cores;
    int scheduling;
    uint32_t busy;    /* fifo: cores in use */
    RefQueue waiting; /* fifo */
    CpuJob *jobs;     /* processor sharing: a binary heap by (finish, sequence) */
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

/* What a call site needs at run time. */
typedef struct Site {
    const CallSite *config;
    struct Link *link;
    uint64_t hash; /* names its visits */
    uint32_t entry;
} Site;

typedef struct LinkKeys {
    uint64_t latency, request_loss, response_loss, delay, balancer, backoff, serialize;
} LinkKeys;

/* fifo: when the last message of a caller has left, each way. */
typedef struct Line {
    SimTime requests_free_at, replies_free_at;
} Line;

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
    Line *lines;       /* of callers; NULL: messages do not wait for each other */
    struct Pool *pool; /* models/world/pool.h; NULL: each request has a connection at once */
    bool is_async;     /* by messages */
    bool is_one_way;   /* async: handed over, and over with that */
    bool is_answered;  /* async_reply */
    bool is_faulty;    /* condition is not that of a well link */
    bool may_lose;     /* messages, by configuration or fault */
    LinkCondition condition;
} Link;

/* --- brokers */

typedef enum MessageState {
    MESSAGE_READY,      /* in the subscription's queue */
    MESSAGE_DELAYED,    /* waits for its redelivery */
    MESSAGE_IN_TRANSIT, /* on its way to a consumer */
    MESSAGE_BUFFERED,   /* at a consumer, waits for its turn */
    MESSAGE_PROCESSING,
    MESSAGE_FAILED,      /* the broker does not know yet */
    MESSAGE_SENDING,     /* on its way to the broker, to the leader of a stream's partition */
    MESSAGE_BLOCKED,     /* there, waits for room with its publisher */
    MESSAGE_REPLICATING, /* from the leader to the other replicas */
} MessageState;

typedef struct Message {
    EventId event;
    union {
        EventId redelivery;
        SimTime processed; /* record: last; SIM_TIME_NEVER: not yet */
    };
    SimTime published, entered;
    uint64_t visit;
    uint64_t identity; /* the same if it is published again by a retry */
    uint64_t sequence; /* in its subscription */
    int64_t size;      /* bytes */
    uint32_t request;
    uint32_t subscription; /* not yet taken in: broker */
    uint32_t serial;       /* of the delivery; never repeats for this handle */
    union {
        uint32_t deliveries;
        uint32_t caller_serial; /* not yet taken in */
    };
    uint32_t slot; /* where it was last delivered; record: NO_INDEX */
    Address reply_to;
    union {
        uint32_t next;   /* among the ready ones; record: in its partition */
        uint32_t caller; /* not yet taken in: the call that publishes it */
    };
    union {
        uint32_t previous;  /* among the ready ones */
        uint32_t partition; /* record: of its group; SENDING, REPLICATING: of the stream */
    };
    uint32_t visits;  /* that have begun with it and are not over; it is not freed before */
    uint32_t key;     /* and one more; 0: none */
    uint8_t priority; /* higher first */
    RequestTag tag;
    bool was_executed;    /* some visit has succeeded */
    bool may_be_repeated; /* by a retry of its link */
    bool has_turn;        /* in a fifo queue: the others of its key wait for its end */
    bool is_live;
    bool is_record;    /* in a stream, or on its way there */
    bool is_duplicate; /* the delivery to come repeats work that may go on or has been done */
    uint8_t state;
} Message;

/* One replica of one consumer of a subscription. */
typedef struct ConsumerSlot {
    uint32_t subscription, consumer, replica;
    uint32_t unacknowledged, processing;
    RefQueue buffer;   /* of messages */
    uint32_t buffered; /* of these, those that are not somewhere else meanwhile */
    uint32_t in_transit;
    uint32_t hand_out_timer; /* the next poll, or the batch to come has waited for long enough */
    bool is_due;             /* on world->due_slots */
} ConsumerSlot;

typedef struct ReadyLine {
    uint32_t first, last; /* messages */
} ReadyLine;

/* What a subscription knows of the messages with one key. */
typedef struct KeyState {
    uint32_t first, last; /* fifo: those that wait for their turn */
    bool is_taken;        /* fifo: one of them has its turn */
    uint64_t newest_done; /* the highest sequence that has been dealt with */
} KeyState;

typedef struct Subscription {
    const SubscriptionConfig *config;
    const BacklogConfig *backlog;
    const BrokerConfig *broker;
    uint32_t first_slot, slot_count, next_slot;
    ReadyLine *lines;      /* by priority */
    uint32_t top;          /* the highest line that is not empty, or 0 */
    uint32_t depth;        /* messages that wait */
    uint32_t offered;      /* of these, those that stand in a line */
    SimTime offered_since; /* there are some, or the last batch of them went out */
    KeyState *keys;        /* by key */
    uint32_t key_room;
    uint64_t sequence;     /* of the last message that was taken in */
    Seen seen;             /* by consumers that recognise duplicates */
    bool is_down;          /* its broker cannot be reached */
    uint32_t expiry_timer; /* of the head */
    SimTime expiry_due;
    uint32_t *lanes; /* of each consumer's redelivery_timeout; NO_INDEX: none */
    uint64_t delivery_key, filter_key;
    RefQueue blocked; /* messages that wait for room */
    bool is_due;      /* on world->due_subscriptions */
} Subscription;

/* One of the messages that a visit deals with together. */
typedef struct BatchEntry {
    Ref delivery;
    uint32_t next;
} BatchEntry;

typedef struct BrokerKeys {
    uint64_t publish, key, priority;
} BrokerKeys;

/* Of a broker with a bandwidth: when the last message has entered it, and left it. */
typedef struct Gate {
    double ns_per_byte;
    SimTime in_free_at, out_free_at;
} Gate;

/* A cancel on its way. */
typedef struct Signal {
    EventId event;
    Ref frame;
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
    Slab frames, calls, requests, messages, batches, signals, replies, connections;
    RefQueue ready; /* handles with their Wake above the handle's bits */
    RefQueue due_subscriptions,
        due_slots; /* have deliveries to make, or buffered messages to take up */
    Replica *replicas;
    Link *links;
    Subscription *subscriptions;
    ConsumerSlot *slots;
    struct Streams *streams; /* models/world/stream.h; NULL: there are none */
    Source *sources;
    User *users;
    OperationCondition *operations;
    GArray *timers;
    EventId *fault_events; /* two of each window: start, end */
    uint32_t *windows_on;  /* ascending */
    uint32_t windows_on_count;
    uint64_t *step_keys; /* of each step of the topology's code */
    Site *sites;
    uint64_t *publish_hashes;
    bool *is_lone_call;  /* of each step: it is a branch that needs no frame */
    uint32_t *loops;     /* counters of frames in loops: LOOPS_NESTED_MAX by handle */
    uint32_t loops_room; /* frames */
    Address *addresses;  /* of frames that answer, by handle */
    uint32_t addresses_room;
    struct PoolPlace *call_connections; /* of calls over links with a pool, by handle */
    uint32_t call_connections_room;
    BrokerKeys *broker_keys;
    Gate *gates;          /* by broker */
    uint64_t *abort_keys; /* of each operation */
    uint32_t slot_count, user_count;
    uint32_t abandoned; /* live frames whose caller has given up: 0 spares looking for them. One
                           more where that is not always known */
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

static inline Call *call_at(const World *world, uint32_t handle)
{
    return (Call *)slab_chunk(&world->calls, handle) + slab_place(handle);
}

static inline Request *request_at(const World *world, uint32_t handle)
{
    return (Request *)slab_chunk(&world->requests, handle) + slab_place(handle);
}

static inline Message *message_at(const World *world, uint32_t handle)
{
    return (Message *)slab_chunk(&world->messages, handle) + slab_place(handle);
}

/* The visit that a frame belongs to: a branch's owner, or itself. */
static inline Frame *owner_of(const World *world, Frame *frame)
{
    return frame->origin == ORIGIN_BRANCH ? frame_at(world, frame->owner) : frame;
}

/* Of a frame that answers, or came with a call: the call and its attempt. */
static inline Ref frame_asker(const World *world, const Frame *frame)
{
    if (frame->origin != ORIGIN_MESSAGE)
        return (Ref){frame->from, frame->from_serial};
    const Address *address = &world->addresses[frame->self];
    return (Ref){address->call, address->serial};
}

/* The link of the request that the frame serves; NULL: of a message that nobody waits for. */
static inline const Link *frame_link(const World *world, const Frame *frame)
{
    if (frame->origin != ORIGIN_MESSAGE)
        return &world->links[frame->link];
    return frame->answers ? world->sites[world->addresses[frame->self].site].link : NULL;
}

static inline const Step *step_of(const World *world, const Frame *frame)
{
    return &world->topology->code[frame->pc];
}

/* A visit to name the draws of what comes of a message after its last delivery there: each delivery
 * has its own luck, wherever it is from. */
static inline uint64_t message_next_visit(const Message *message)
{
    return message->deliveries == 0 ? message->visit
                                    : sim_mix(message->visit, message->deliveries + 1);
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
void ref_queue_grow(RefQueue *queue);
void ref_queue_clear(RefQueue *queue);

static inline void ref_queue_push(RefQueue *queue, uint32_t handle, uint32_t serial)
{
    if (__builtin_expect(queue->refs == NULL || queue->count > queue->mask, 0))
        ref_queue_grow(queue);
    queue->refs[(queue->head + queue->count) & queue->mask] = (Ref){handle, serial};
    queue->count++;
}

/* count > 0 */
static inline Ref ref_queue_pop(RefQueue *queue)
{
    Ref ref = queue->refs[queue->head];
    queue->head = (queue->head + 1) & queue->mask;
    queue->count--;
    return ref;
}

/* Puts a frame or call on the ready list. */
static inline void world_wake(World *world, uint32_t handle, uint32_t serial, Wake wake)
{
    ref_queue_push(&world->ready, (uint32_t)wake << SLAB_HANDLE_BITS | handle, serial);
}

/* --- frame.c: the life of frames and requests */

/* On its way to its place: NULL when there is no room, and the run stops. The caller fills in what
 * depends on the origin. */
Frame *frame_new(World *world, uint32_t request, FrameOrigin origin, uint32_t from,
                 uint32_t from_serial);
void frame_free(World *world, Frame *frame);
/* Sets it running, and puts it on the ready list. */
void frame_resume(World *world, Frame *frame, Wake wake);
/* The visit with the loops that the frame is in: names the draws of its steps and the visits of its
 * calls. */
uint64_t frame_visit(const World *world, const Frame *frame);
/* Somebody up the tree of calls still waits for it. */
bool frame_is_wanted(const World *world, const Frame *frame);
/* The visit of the replica is over: tells the observer, and the broker if the work came from there.
 */
void frame_visit_over(World *world, Frame *frame, VisitEnd end);
void frame_leave_cpu(World *world, Frame *frame);
/* Ends it and its branches where they stand, without a reply. */
void frame_drop(World *world, Frame *frame, VisitEnd end);
/* A piece of the request's work is over. */
void request_release(World *world, uint32_t request);
/* The same for work that had ended before, at `ended`, but might have been repeated until now. */
void request_release_since(World *world, uint32_t request, SimTime ended);

/* --- step.c: what frames do */

/* Draws what its first step takes. A draw has its place, not its time: made while the request
 * travels or waits, nothing has to wait for it. */
void frame_draw_ahead(World *world, Frame *frame);
void frame_begin(World *world, Frame *frame);       /* it has got its thread */
void frame_run(World *world, Frame *frame);         /* executes steps until it must wait */
void frame_step_done(World *world, Frame *frame);   /* the step at pc has succeeded */
void frame_step_failed(World *world, Frame *frame); /* it has failed: to the fallback, or the end */
void frame_compute(World *world, Frame *frame, SimTime duration, FramePhase phase);
void frame_computed(World *world, Frame *frame);
void frame_cancel(World *world, Frame *frame, bool immediately);
/* A branch of `owner` is over; `from` and `from_serial` are of the frame that forked it. */
void branch_over(World *world, Frame *owner, uint32_t from, uint32_t from_serial,
                 bool has_succeeded);

/* --- call.c: the caller's side */

/* NULL when there is no room, and the run stops. */
Call *call_new(World *world, uint32_t request, Caller caller, uint32_t from, uint32_t site,
               uint64_t visit);
void call_free(World *world, Call *call);
void call_begin(World *world, Call *call);
/* An asynchronous call without a broker, all of it. */
void call_send(World *world, const Frame *frame, uint32_t site);
/* Which of the link's callers makes it: a replica of the calling service, or a client of the
 * workload. */
uint32_t call_client(const World *world, const Call *call);
/* It was CALL_POOLED and has its connection: the request leaves. */
void call_connected(World *world, Call *call);
/* The attempt's visit of the callee. */
uint64_t call_attempt_visit(const World *world, const Call *call, uint32_t attempt);
/* The frame is over: what it has asked for is nobody's, or, if it passes a cancel on, cancelled. */
void call_forget(World *world, Frame *frame, bool passes_on);
/* The same for a call that is a branch. */
void call_drop(World *world, Call *call, bool passes_on);
void call_attempt_ended(World *world, Call *call, Outcome outcome);
/* The broker has its message: it is over, or waits for the reply. */
void call_published(World *world, Call *call);
/* It has its answer: whoever waits goes on. Uses it up. */
void call_over(World *world, Call *call, Outcome outcome);
void call_event(World *world, Call *call);
void call_timed_out(World *world, Call *call, bool whole_call);
void call_reply(World *world, Frame *callee, Outcome outcome); /* the callee's answer leaves */
void call_signal_arrived(World *world, uint32_t signal);
void call_unfinished(World *world, const Call *call); /* the run is over: tells the observer */

/* --- reply.c: requests and replies by messages */

/* Where the reply to the attempt goes, if it is to be answered by a message. */
Address call_address(const World *world, const Call *call);
/* The frame came with a message from there, and answers if it is for its operation. */
void frame_expect_reply(World *world, Frame *frame, Address address);
void reply_send(World *world, Frame *frame, Outcome outcome);
void reply_event(World *world, uint32_t reply);
EventId *reply_event_held(const World *world, uint32_t reply);
/* The frame that the event of a reply is for; NULL: none. */
const Frame *reply_taker(const World *world, uint32_t reply);
void replies_build(World *world);
void replies_demolish(World *world);
void replies_unfinished(World *world);

/* --- replica.c: the callee's side */

void replica_arrive(World *world, Frame *frame);
void replica_leave(World *world, uint32_t replica); /* a thread is free: the next request gets it */
void replica_unqueue(World *world, Frame *frame);
void replica_queue_timeout(World *world, Frame *frame);
void replica_start_next(World *world, uint32_t replica);
void replica_crash(World *world, uint32_t replica);
void replica_hang(World *world, uint32_t replica);
void replica_wake(World *world, uint32_t replica);
/* What is left of the replica's, or of one frame's, computation or wait takes `factor` times as
 * long. */
void replica_rescale(World *world, uint32_t replica, double factor);
void frame_stretch(World *world, Frame *frame, double factor);

/* --- cpu.c */

void cpu_add(World *world, Frame *frame, SimTime work);
void cpu_remove(World *world, Frame *frame);
void cpu_event(World *world, uint32_t replica);
void cpu_freed(World *world, uint32_t replica); /* fifo: a computation is done */
void cpu_clear(World *world, uint32_t replica);
void cpu_set_speed(World *world, uint32_t replica, double speed);
void cpu_scale_work(World *world, uint32_t replica, uint32_t operation, double factor);
void cpu_report(World *world, uint32_t replica); /* what was used up to now, to the observer */

/* --- publish.c */

/* The call is a publication, or one over a link via a broker. */
void publish_begin(World *world, Call *call, uint32_t broker);
void publish_arrived(World *world, uint32_t message);
/* To the publisher, if it still waits. */
void publish_answer(World *world, uint32_t call, uint32_t serial, Outcome outcome);
void publish_over(World *world, Call *call);
/* Puts a message into any broker at once, as a dead letter. */
void broker_take(World *world, uint32_t broker, uint32_t request, uint64_t visit);
/* So many of its nodes cannot be reached; a queue or a topic has one. */
void broker_nodes_changed(World *world, uint32_t broker, uint32_t nodes_down);

/* --- timer.c */

EventId *timer_event_held(const World *world, uint32_t timer);
void timer_event(World *world, uint32_t timer);
void timers_build(World *world);
void timers_demolish(World *world);

/* --- broker.c */

void subscription_dispatch(World *world, uint32_t subscription);
void message_event(World *world, uint32_t message);
void message_redelivery_due(World *world, uint32_t message);
void message_unfinished(World *world, uint32_t message);

/* --- consumer.c */

/* The consumer takes up what waits in its buffer, as far as its concurrency goes. */
void slot_process(World *world, uint32_t slot);
void message_processed(World *world, const Frame *frame, bool has_succeeded);
void consumer_crashed(World *world, uint32_t replica);
void consumer_returned(World *world, uint32_t replica);

/* --- stream.c, stream_member.c, stream_rebalance.c, stream_build.c: models/world/stream.h. Members
 * of groups are numbered behind the consumer slots. */

/* The record reaches its partition's leader after `takes`; the call is answered by the stream's
 * acks. */
void stream_publish(World *world, Call *call, uint32_t broker, SimTime takes, uint64_t visit);
void stream_take(World *world, uint32_t broker, uint32_t request, uint64_t visit);
void stream_message_event(World *world, uint32_t message);
void stream_message_unfinished(World *world, const Message *record);
void stream_member_go_on(World *world, uint32_t member);
void stream_processed(World *world, const Frame *frame, bool has_succeeded);
void stream_nodes_changed(World *world, uint32_t broker, uint32_t nodes_down);
void stream_replica_changed(World *world, uint32_t replica); /* crashed, hangs, or is back */
void streams_build(World *world);
void streams_demolish(World *world);
char *streams_check(const World *world); /* what is wrong, or NULL */

/* --- source.c */

void sources_start(World *world);
void source_event(World *world, uint32_t workload);
void user_event(World *world, uint32_t user);
void request_ended(World *world, Call *root, Outcome outcome);

/* --- condition.c */

void faults_start(World *world);
void fault_event(World *world, uint32_t edge);

/* --- world.c */

/* Lets the one that holds this event act; a stale one is dropped. */
void world_dispatch(World *world, EventId id);
/* No event happens after this time. */
SimTime world_drain_limit(const World *world);

/* --- build.c */

void world_build(World *world);
void world_demolish(World *world);

#endif
