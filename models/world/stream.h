/* Streams: partitioned logs that consumer groups read. Private to models/world/stream*.c.
 *
 * A record is a Message for each group, from when it can be read until the group has committed it.
 * Those of one partition stand in a list, oldest first, in three parts: processed but not
 * committed; handed out by a poll, of which the first may be in processing; not read yet.
 *
 * A member is one consumer of a group, with one loop: it polls, processes the batch record by
 * record, and polls again. Whatever the group wants of it (a commit that is due, a rebalance to
 * join, partitions to give up) it does between batches, as Kafka's consumers do. Members are
 * numbered through behind the consumer slots of queues and topics, with which they share the list
 * of those that are due. */
#ifndef TOPPLE_MODELS_WORLD_STREAM_H
#define TOPPLE_MODELS_WORLD_STREAM_H

#include "models/world/timer.h"

/* A partition of a stream as one group sees it. */
typedef struct Partition {
    uint32_t group;
    uint32_t owner;             /* member; NO_INDEX: nobody */
    uint32_t target;            /* who is to own it after the rebalance under way */
    uint32_t serial;            /* of the ownership */
    uint32_t first, last;       /* records not committed */
    uint32_t current;           /* to be processed next, of those handed out */
    uint32_t last_read, unread; /* the last one handed out; the first one not */
    uint32_t lag;               /* records not committed */
    uint32_t unread_count, processed_count;
    bool is_offered;   /* stands in its owner's `unread` */
    SimTime read_from; /* when its owner began to fetch */
    uint32_t timer;    /* the first unread record is lost */
} Partition;

typedef struct Member {
    uint32_t group, replica;
    RefQueue unread; /* partitions with something to read, in turn, by serial */
    RefQueue batch;  /* partitions, and how many records of each are left */
    RefQueue dirty;  /* partitions with something to commit, by serial */
    uint32_t batch_left;
    uint32_t planned; /* for whoever plans an assignment */
    bool is_due;      /* on world->due_slots */
    bool is_polling, is_processing, is_retrying;
    bool is_down, is_silent; /* as its replica was when last looked at; silent: no heartbeats */
    bool is_late;            /* it works, and has not polled for max_poll_interval */
    bool is_in_group;        /* not before a rebalance has let it in */
    bool has_joined;         /* the rebalance under way */
    uint64_t polls;
    SimTime latency; /* of the poll under way */
    SimTime next_commit;
    uint32_t step_timer; /* a poll or a wait is over */
    uint32_t commit_timer, session_timer, poll_timer;
} Member;

typedef enum GroupState {
    GROUP_STABLE,
    GROUP_GATHERING, /* waits for members to join and for the sessions of silent ones to end */
    GROUP_SYNCING,   /* the assignment is on its way */
    GROUP_REVOKING,  /* cooperative: partitions that move are given up */
    GROUP_GIVING,    /* cooperative: and are on their way to their new owners */
} GroupState;

typedef struct Group {
    const SubscriptionConfig *config;
    const BrokerConfig *broker;
    uint32_t subscription;
    uint32_t first_member, member_count;
    uint32_t first_partition;
    GroupState state;
    uint32_t pending;   /* members that have not joined yet */
    uint32_t lingering; /* silent members whose sessions have not ended */
    uint32_t moving;    /* partitions still to be given up */
    uint64_t fetch_key, rebalance_key;
    uint64_t rebalances;
    uint32_t timer;     /* what it waits for is over */
    uint32_t poll_lane; /* max_poll_interval; NO_INDEX: no limit */
} Group;

/* What a replica (or, of all users, they together) remembers about where it sends records. */
typedef struct Producer {
    uint32_t partition;
    int64_t bytes; /* sent there */
} Producer;

typedef struct Stream { /* by broker; unused for queues and topics */
    SimTime *readable;  /* of each partition: no record can be read before those ahead of it */
    Producer *producers;
    uint64_t key_key, replication_key, failover_key, failovers;
    uint32_t nodes_down;
    bool is_failing_over; /* some, and the others do not know yet */
    uint32_t failover_timer;
    RefQueue held; /* records that can be neither written nor replicated now, in order */
} Stream;

typedef struct Streams {
    Stream *streams;
    Group *groups;
    Partition *partitions;
    Member *members;
    uint32_t *group_of; /* of each subscription */
    uint32_t group_count, partition_count, member_count;
} Streams;

static inline Member *member_at(const World *world, uint32_t member)
{
    return &world->streams->members[member];
}

static inline Partition *partition_at(const World *world, uint32_t partition)
{
    return &world->streams->partitions[partition];
}

static inline Group *group_at(const World *world, uint32_t group)
{
    return &world->streams->groups[group];
}

/* --- stream.c: the log */

void record_report(World *world, const Message *record, MessageEvent event, bool leaves);
/* Everything processed is acknowledged. */
void partition_commit(World *world, uint32_t partition);
/* The record behind the processed ones is given up: they are committed with it. */
void partition_skip(World *world, uint32_t partition, MessageEvent event);
/* Its reader has lost its place: what is not committed is to be read again. What was in processing
 * may go on. */
void partition_rewind(World *world, uint32_t partition, bool may_go_on);
/* What retention no longer covers, unread, is lost. */
void partition_lose_old(World *world, uint32_t partition);

/* A held record tries again what it was held up at. */
void stream_go_on(World *world, uint32_t record);
/* A record that its publisher takes for written is not. */
void stream_lose(World *world, uint32_t record);

/* --- stream_nodes.c: which nodes are there. Partitions counted from 0 in each stream */

bool stream_is_led(const World *world, uint32_t broker, uint32_t partition);
/* What leaders have reaches all that are in sync. */
bool stream_replicates(const World *world, uint32_t broker);
bool stream_has_enough_in_sync(const World *world, uint32_t broker);
void stream_hold(World *world, uint32_t record);
void stream_nodes_build(World *world, uint32_t broker);

/* --- stream_member.c */

void member_touch(World *world, uint32_t member); /* it may have something to do */
void member_step(World *world, uint32_t member);  /* its step timer: a poll or a wait is over */
void member_commit_all(World *world, Member *member);
void member_stop_polling(World *world, uint32_t member);
/* The batch, and what it knows of its partitions, is gone. */
void member_clear(World *world, uint32_t member);
/* The partition may have something to read. */
void partition_offer(World *world, uint32_t partition);
void partition_give(World *world, uint32_t partition, uint32_t member); /* or NO_INDEX */

/* --- stream_rebalance.c */

void group_assign(World *world, Group *group); /* all partitions, to the members that are alive */
/* Between batches: does what the group waits for. False: the member must not read on. */
bool member_may_read(World *world, uint32_t member);
void member_expire(World *world, uint32_t member);   /* its session has timed out */
void member_too_late(World *world, uint32_t member); /* its poll is overdue */
/* A late member is about to poll. */
void member_catch_up(World *world, uint32_t member);
void group_step(World *world, uint32_t group); /* the group's timer */

#endif
