/* How messages get into queues and topics.
 *
 * What is published travels as a message of its own, on its way to the broker, and arrives whatever
 * becomes of its publisher. The publisher waits for the broker's answer, or, without confirms, goes
 * on at once and never learns of a refusal. */
#include <stdlib.h>

#include "models/world/broker.h"
#include "models/world/network.h"

void report_refusal(World *world, uint32_t subscription, uint32_t request)
{
    SimTime now = world_now(world);
    MessageRecord record = {.event = MESSAGE_REJECTED,
                            .subscription = subscription,
                            .consumer = NO_INDEX,
                            .tag = request_at(world, request)->tag,
                            .depth = world->subscriptions[subscription].depth,
                            .published = now,
                            .entered = now,
                            .time = now};
    world->observer.message(world->observer.context, &record);
}

/* SLAB_NONE when there is no room, and the run stops. */
static uint32_t message_new(World *world, const Publication *publication, uint32_t subscription)
{
    if (!slab_has_room(&world->messages)) {
        world->stop = STOP_IN_FLIGHT;
        return SLAB_NONE;
    }
    uint32_t handle = slab_take(&world->messages);
    Message *message = message_at(world, handle);
    *message = (Message){.published = world_now(world),
                         .visit = publication->visit,
                         .identity = publication->identity,
                         .size = publication->size,
                         .may_be_repeated = publication->may_be_repeated,
                         .reply_to = publication->reply_to,
                         .tag = request_at(world, publication->request)->tag,
                         .request = publication->request,
                         .key = publication->key,
                         .priority = publication->priority,
                         .subscription = subscription,
                         .serial = message->serial + 1,
                         .slot = NO_INDEX,
                         .is_live = true};
    request_at(world, publication->request)->work++;
    return handle;
}

/* --- into the subscriptions */

static void drop_oldest(World *world, Subscription *subscription)
{
    uint32_t handle = ready_take(world, subscription);
    uint32_t dead_letter = subscription->backlog->dead_letter;
    message_report(world, message_at(world, handle),
                   dead_letter == NO_INDEX ? MESSAGE_DROPPED : MESSAGE_DEAD_LETTERED, true);
    message_bury(world, handle, dead_letter);
}

/* Nobody is there who could hear it, and it is not kept. */
static bool accept_in_vain(World *world, const Publication *publication, uint32_t index)
{
    uint32_t handle = message_new(world, publication, index);
    if (handle == SLAB_NONE)
        return false;
    message_report(world, message_at(world, handle), MESSAGE_PUBLISHED, false);
    message_report(world, message_at(world, handle), MESSAGE_LOST, false);
    message_end(world, handle);
    return true;
}

/* Takes a message into one subscription; false if it is full and refuses. */
static bool accept(World *world, const Publication *publication, uint32_t index)
{
    Subscription *subscription = &world->subscriptions[index];
    const BacklogConfig *backlog = subscription->backlog;
    if (!ready_is_heard(world, subscription))
        return accept_in_vain(world, publication, index);
    bool is_full = subscription->depth >= backlog->max_length;
    if (is_full && (backlog->overflow != OVERFLOW_DROP_HEAD || subscription->depth == 0)) {
        report_refusal(world, index, publication->request);
        return false;
    }
    if (is_full)
        drop_oldest(world, subscription);
    uint32_t handle = message_new(world, publication, index);
    if (handle == SLAB_NONE)
        return false;
    Message *message = message_at(world, handle);
    message->sequence = ++subscription->sequence;
    if (message->priority > backlog->max_priority)
        message->priority = (uint8_t)backlog->max_priority;
    ready_insert(world, handle, false);
    message_report(world, message, MESSAGE_PUBLISHED, false);
    subscription_touch(world, index);
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* A message that the filter holds back was never one of the subscription. A repetition meets the
 * same draw. */
static bool passes(World *world, const Publication *publication, uint32_t index)
{
    const Subscription *subscription = &world->subscriptions[index];
    const FilterConfig *filter = &subscription->config->filter;
    uint32_t key = publication->key - 1;
    if (filter->keys != NULL)
        return publication->key > 0 &&
               bsearch(&key, filter->keys, filter->key_count, sizeof key, compare_keys) != NULL;
    return world_chance(world, filter->probability, subscription->filter_key,
                        request_at(world, publication->request)->id, publication->identity);
}

static bool accept_in_all(World *world, const Publication *publication, const BrokerConfig *broker)
{
    bool all = true;
    uint32_t end = broker->first_subscription + broker->subscription_count;
    for (uint32_t i = broker->first_subscription; i < end; i++) {
        if (passes(world, publication, i) && !accept(world, publication, i))
            all = false;
    }
    return all;
}

void broker_put(World *world, uint32_t broker_index, const Publication *publication)
{
    const BrokerConfig *broker = &world->topology->brokers[broker_index];
    if (broker->kind == BROKER_STREAM)
        stream_take(world, broker_index, publication->request, publication->visit);
    else
        accept_in_all(world, publication, broker);
}

void broker_take(World *world, uint32_t broker, uint32_t request, uint64_t visit)
{
    const Publication publication = {.visit = visit,
                                     .identity = sim_mix(request_at(world, request)->id, visit),
                                     .request = request};
    broker_put(world, broker, &publication);
}

/* --- from the publisher to the broker */

static bool is_awaited(const World *world, uint32_t caller, uint32_t serial)
{
    const Call *call = call_at(world, caller);
    return call->serial == serial &&
           (call->state == CALL_PUBLISHING || call->state == CALL_BLOCKED);
}

/* A publisher that hangs looks at the answer when it wakes up. */
void publish_answer(World *world, uint32_t caller, uint32_t serial, Outcome outcome)
{
    if (!is_awaited(world, caller, serial))
        return;
    Call *call = call_at(world, caller);
    call->outcome = (uint8_t)outcome;
    call->state = CALL_PUBLISHED;
    if (world->hung > 0)
        call->event =
            engine_schedule(&world->engine, world_now(world), EVENT_COMPLETION, EVENT_CALL, caller);
    else
        world_wake(world, caller, serial, WAKE_PUBLISHED);
}

static uint64_t publish_visit(const World *world, const Call *call)
{
    return call->is_publication ? call->visit : call_attempt_visit(world, call, call->attempt);
}

static uint32_t draw_count(World *world, const Count *count, uint64_t key, uint64_t request,
                           uint64_t visit)
{
    return count->kind == NULL ? count->constant
                               : count_draw(count, sim_rng_at(&world->rng, key, request, visit));
}

/* Where it comes from, whatever the attempt. */
static uint64_t origin_of(const World *world, const Call *call)
{
    return call->is_publication ? call->visit : sim_mix(call->visit, world->sites[call->site].hash);
}

uint64_t publish_identity(const World *world, const Call *call)
{
    return sim_mix(request_at(world, call->request)->id, origin_of(world, call));
}

bool publish_may_be_repeated(const World *world, const Call *call)
{
    if (call->is_publication)
        return false;
    const LinkConfig *link = world->sites[call->site].link->config;
    return link->has_retry_policy && link->retry_policy.max_attempts > 1;
}

static int64_t publish_size(const World *world, const Call *call)
{
    return call->is_publication ? world->topology->publish_sites[call->site].size
                                : world->sites[call->site].config->request_size;
}

/* Key and priority are those of the call: a retry sends them again. */
static Publication publication_of(World *world, const Call *call)
{
    const PublishSite *publish =
        call->is_publication ? &world->topology->publish_sites[call->site] : NULL;
    const Site *site = publish == NULL ? &world->sites[call->site] : NULL;
    const Count *key = publish == NULL ? site->config->key : publish->key;
    const Count *priority = publish == NULL ? site->config->priority : publish->priority;
    const BrokerKeys *keys = &world->broker_keys[call->target];
    uint64_t request = request_at(world, call->request)->id;
    uint64_t visit = origin_of(world, call);
    Publication publication = {.visit = publish_visit(world, call),
                               .identity = publish_identity(world, call),
                               .size = publish_size(world, call),
                               .request = call->request,
                               .reply_to = call_address(world, call),
                               .may_be_repeated = publish_may_be_repeated(world, call)};
    if (key != NULL)
        publication.key = 1 + draw_count(world, key, keys->key, request, visit);
    if (priority != NULL)
        publication.priority =
            (uint8_t)MIN(draw_count(world, priority, keys->priority, request, visit), UINT8_MAX);
    return publication;
}

static void send(World *world, const Call *call, const BrokerConfig *broker, SimTime takes)
{
    const Publication publication = publication_of(world, call);
    uint32_t handle = message_new(world, &publication, call->target);
    if (handle == SLAB_NONE)
        return;
    Message *sent = message_at(world, handle);
    sent->state = MESSAGE_SENDING;
    sent->caller = call->self;
    sent->caller_serial = call->serial;
    sent->event = engine_schedule(&world->engine, world_now(world) + takes, EVENT_COMPLETION,
                                  EVENT_MESSAGE, handle);
    if (!broker->publisher_confirms)
        publish_answer(world, call->self, call->serial, OUTCOME_SUCCESS);
}

void publish_begin(World *world, Call *call, uint32_t broker_index)
{
    const BrokerConfig *broker = &world->topology->brokers[broker_index];
    call->target = broker_index;
    call->state = CALL_PUBLISHING;
    SimTime takes = 0;
    if (broker->publish_latency != NULL)
        takes = world_draw(world, broker->publish_latency, world->broker_keys[broker_index].publish,
                           request_at(world, call->request)->id, publish_visit(world, call));
    takes += network_gate(world, broker, publish_size(world, call), true);
    if (broker->kind == BROKER_STREAM)
        stream_publish(world, call, broker_index, takes, publish_visit(world, call));
    else
        send(world, call, broker, takes);
}

/* The first full subscription that makes publishers wait; NO_INDEX: there is none. */
static uint32_t full_subscription(World *world, const Publication *publication,
                                  const BrokerConfig *broker)
{
    uint32_t end = broker->first_subscription + broker->subscription_count;
    for (uint32_t i = broker->first_subscription; i < end; i++) {
        const Subscription *subscription = &world->subscriptions[i];
        if (subscription->backlog->overflow == OVERFLOW_BLOCK &&
            subscription->depth >= subscription->backlog->max_length &&
            passes(world, publication, i))
            return i;
    }
    return NO_INDEX;
}

/* It waits as long as its publisher does, who has the request's work. */
static void block(World *world, uint32_t handle, uint32_t subscription)
{
    Message *sent = message_at(world, handle);
    call_at(world, sent->caller)->state = CALL_BLOCKED;
    sent->state = MESSAGE_BLOCKED;
    ref_queue_push(&world->subscriptions[subscription].blocked, handle, 0);
    request_release(world, sent->request);
}

/* Nobody is there to take it. */
static void turn_away(World *world, uint32_t handle, const BrokerConfig *broker)
{
    const Message sent = *message_at(world, handle);
    for (uint32_t i = 0; i < broker->subscription_count; i++)
        report_refusal(world, broker->first_subscription + i, sent.request);
    publish_answer(world, sent.caller, sent.caller_serial, OUTCOME_CONNECT_FAILURE);
    message_free(world, handle);
}

static void enter(World *world, uint32_t handle)
{
    const Message sent = *message_at(world, handle);
    const BrokerConfig *broker = &world->topology->brokers[sent.subscription];
    if (world->subscriptions[broker->first_subscription].is_down) {
        turn_away(world, handle, broker);
        return;
    }
    const Publication publication = message_publication(&sent);
    uint32_t full = full_subscription(world, &publication, broker);
    if (full != NO_INDEX && is_awaited(world, sent.caller, sent.caller_serial)) {
        block(world, handle, full);
        return;
    }
    bool is_taken = full == NO_INDEX && accept_in_all(world, &publication, broker);
    publish_answer(world, sent.caller, sent.caller_serial,
                   is_taken ? OUTCOME_SUCCESS : OUTCOME_REJECTED);
    message_free(world, handle);
}

void publish_arrived(World *world, uint32_t handle)
{
    message_at(world, handle)->event = 0;
    enter(world, handle);
}

void publish_admit(World *world, Subscription *subscription)
{
    while (subscription->blocked.count > 0 &&
           subscription->depth < subscription->backlog->max_length) {
        uint32_t handle = ref_queue_pop(&subscription->blocked).handle;
        Message *sent = message_at(world, handle);
        bool is_wanted = is_awaited(world, sent->caller, sent->caller_serial);
        if (!is_wanted) {
            message_forget(world, handle);
            continue;
        }
        sent->state = MESSAGE_SENDING;
        request_at(world, sent->request)->work++;
        enter(world, handle);
    }
}

void publish_cut_off(World *world, Subscription *subscription)
{
    while (subscription->blocked.count > 0) {
        uint32_t handle = ref_queue_pop(&subscription->blocked).handle;
        const Message *sent = message_at(world, handle);
        publish_answer(world, sent->caller, sent->caller_serial, OUTCOME_RESET);
        message_forget(world, handle);
    }
}

/* The broker has answered the publisher. */
void publish_over(World *world, Call *call)
{
    if (call->is_publication)
        call_over(world, call, (Outcome)call->outcome);
    else
        call_published(world, call);
}
