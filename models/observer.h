/* The way out: what happened, as constant records. The world calls the observer it was given and
 * knows nothing of who listens. Records live on the stack of the caller. */
#ifndef TOPPLE_MODELS_OBSERVER_H
#define TOPPLE_MODELS_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "models/outcome.h"
#include "models/topology.h"
#include "sim/time.h"

/* What the observer wants to remember of a request (its phase, say): it chooses it when the request
 * starts and finds it in every record that the request causes. */
typedef uint8_t RequestTag;

/* A user's request, at its end for the user; or still under way when the run was over
 * (is_unfinished). */
typedef struct RequestRecord {
    uint32_t workload;
    uint32_t site; /* call site of the mix: its operation is the request's */
    RequestTag tag;
    Outcome outcome;
    bool is_degraded;
    bool is_unfinished;
    bool is_complete; /* its last piece of work ended with it: no request_completed follows */
    SimTime started;  /* as intended */
    SimTime ended;
} RequestRecord;

/* The last piece of work that a request caused is over (also asynchronous work and work nobody
 * waits for), later than the request itself. */
typedef struct CompletionRecord {
    uint32_t workload, site;
    RequestTag tag;
    bool has_succeeded; /* of the request, to its user */
    SimTime started, completed;
} CompletionRecord;

/* One visit of an operation, at its end: a thread or the queue is left, work is lost, or the run is
 * over. */
typedef enum VisitEnd {
    VISIT_COMPLETED,  /* replied with success */
    VISIT_FAILED,     /* replied with an error */
    VISIT_REJECTED,   /* refused at the door: queue full, abort fault */
    VISIT_ABANDONED,  /* left the queue without service: timeout, expired, cancelled */
    VISIT_CANCELLED,  /* stopped in service */
    VISIT_LOST,       /* the replica crashed */
    VISIT_UNFINISHED, /* the run was over */
} VisitEnd;

typedef struct VisitRecord {
    uint32_t operation;
    uint32_t replica; /* numbered through */
    RequestTag tag;
    VisitEnd end;
    bool is_wasted;        /* nobody waited for the reply any more, or it was an error */
    bool has_started;      /* got out of the queue */
    uint32_t queued_ahead; /* waiting requests right after its arrival, itself included; 0 if it did
                              not wait */
    SimTime arrived;
    SimTime started; /* valid if has_started */
    SimTime replied; /* departure of the reply; = ended if there was none */
    SimTime ended;   /* the thread is free, or the queue place is */
    SimTime busy;    /* CPU time (compute steps) it got */
} VisitRecord;

/* One attempt of a call, at its end for the caller. A call that is refused locally is an attempt of
 * no duration. */
typedef struct AttemptRecord {
    uint32_t link;
    RequestTag tag;
    uint32_t attempt; /* from 1; 0: the call ended in a back-off, with no attempt out: a call, no
                         attempt */
    Outcome outcome;
    bool is_last;       /* the call ends with it */
    bool is_unfinished; /* the run was over, or the caller was lost: no outcome */
    bool is_async;      /* handed over: success says no more than that it was sent */
    SimTime call_started, started, ended;
    SimTime pool_wait; /* for a connection of the pool; -1: there is none, or it had no room */
} AttemptRecord;

/* A connection pool begins to open a connection. */
typedef struct ConnectionRecord {
    uint32_t link;
    SimTime time;
} ConnectionRecord;

typedef enum MessageEvent {
    MESSAGE_PUBLISHED, /* accepted into the subscription's queue */
    MESSAGE_REJECTED,  /* refused: full */
    MESSAGE_DROPPED,   /* lost for good: drop_head, or no dead-letter queue after the last delivery,
                          or a crash after an early ack */
    MESSAGE_DELIVERED, /* taken from the queue for a consumer; delay is since it was published */
    MESSAGE_ACKNOWLEDGED, /* the end of a message */
    MESSAGE_LOST,         /* it was delivered at most once, and there was nobody; an end */
    MESSAGE_REDELIVERED,  /* returned to the queue */
    MESSAGE_DEAD_LETTERED,
    MESSAGE_EXPIRED,   /* its time to live was over; dead letter or not */
    MESSAGE_DUPLICATE, /* processed once more although it had been, or is being, processed */
    /* What else is to be told of a message, also after its end: */
    MESSAGE_UNDONE,         /* acknowledged before its processing, which failed */
    MESSAGE_REORDERED,      /* dealt with after a later one of its key */
    MESSAGE_EXECUTED_TWICE, /* dealt with, although it had been */
    MESSAGE_DEDUPLICATED,   /* the same, but recognised: not begun, or without effect */
    MESSAGE_UNFINISHED,     /* still there when the run was over */
} MessageEvent;

typedef struct MessageRecord {
    MessageEvent event;
    uint32_t subscription;
    uint32_t consumer; /* index in the subscription; NO_INDEX before a consumer is known */
    RequestTag tag;
    uint32_t depth;    /* messages that wait, right after the event */
    SimTime published; /* into this broker */
    SimTime entered; /* the queue, for the stay that this event ends (delivered, dropped, unfinished
                        while ready) */
    bool leaves_queue; /* the event ends a stay among the ready messages */
    SimTime time;
} MessageRecord;

/* Cores of a service that were busy from `since` to `until`, all replicas together. */
typedef struct CpuRecord {
    uint32_t service;
    double busy_cores;
    SimTime since, until;
} CpuRecord;

/* A change of state, for events.csv. */
typedef struct StateRecord {
    SimTime time;
    const char *type;    /* "fault_start", "fault_end" */
    const char *subject; /* a name from the topology */
    double value;        /* NaN: none */
    const char *detail;  /* may be NULL */
} StateRecord;

/* Every function is set. */
typedef struct Observer {
    void *context;
    RequestTag (*request_started)(void *context, uint32_t workload, uint32_t site,
                                  SimTime intended);
    void (*request_ended)(void *context, const RequestRecord *record);
    void (*request_completed)(void *context, const CompletionRecord *record);
    void (*visit_ended)(void *context, const VisitRecord *record);
    void (*attempt_ended)(void *context, const AttemptRecord *record);
    void (*connection_opened)(void *context, const ConnectionRecord *record);
    void (*message)(void *context, const MessageRecord *record);
    void (*cpu_used)(void *context, const CpuRecord *record);
    void (*state_changed)(void *context, const StateRecord *record);
} Observer;

/* Hears nothing, and measures no request: for those who listen to some of it only. */
extern const Observer observer_deaf;

#endif
