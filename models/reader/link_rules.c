#include "models/reader/link_rules.h"

#include <float.h>
#include <string.h>

#include "models/backoff/backoff.h"
#include "models/balancer/balancer.h"
#include "models/reader/links.h"
#include "models/reader/pools.h"
#include "models/reader/tables.h"

static const char *const modes[] = {"sync", "async", "async_reply", NULL};
static const char *const cancellations[] = {"none", "cooperative", "immediate", NULL};
static const char *const sharings[] = {"per_message", "fifo", NULL};
static const char *const loss_behaviours[] = {"lost", "retransmit", NULL};
static const char *const scopes[] = {"instance", "service", NULL};

#define ATTEMPTS_MAX 100

/* --- retry_policy */

static bool read_retry_on(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    OutcomeSet *set = value;
    *set = 0;
    if (!spec_expect(spec, SPEC_ARRAY))
        return false;
    Spec element;
    bool is_good = true;
    size_t names = 0;
    while (outcome_set_names[names] != NULL)
        names++;
    for (bool more = spec_first(spec, &element); more; more = spec_next(&element)) {
        const char *name;
        if (!spec_get_string(&element, &name)) {
            is_good = false;
            continue;
        }
        OutcomeSet named = outcome_set_named(name);
        if (named == 0)
            is_good =
                spec_unknown_name(&element, "class of failures", name, outcome_set_names, names);
        *set |= named;
    }
    return is_good;
}

static const KeyCustom retry_on_custom = {
    .read = read_retry_on,
    .type_text = "a list of classes of failures",
    .schema = "{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/failure_class\"}}",
};

#define RETRY(member) offsetof(RetryPolicyConfig, member)

static const Key retry_policy_keys[] = {
    {"max_attempts", KEY_INTEGER, .offset = RETRY(max_attempts), .min = 1, .max = ATTEMPTS_MAX,
     .fallback = "2", .summary = "attempts of one call, the first included"},
    {"retry_on", KEY_CUSTOM, .offset = RETRY(retry_on), .detail.custom = &retry_on_custom,
     .summary = "which failures are retried; all but those of the caller's own limits by default"},
    {"backoff", KEY_KIND, .offset = RETRY(backoff), .detail.family = &backoff_family,
     .summary = "how long to wait before a retry; 25 ms doubling to 250 ms with full jitter by "
                "default"},
    {"retry_budget", KEY_UNSUPPORTED, .summary = "a bound on retries over all calls of a link"},
    {"exclude_previous_hosts", KEY_UNSUPPORTED, .summary = "retries go to another replica"},
    {"retriable_status_codes", KEY_UNSUPPORTED, .summary = "status codes that are retried"},
    {"respect_retry_after", KEY_UNSUPPORTED, .summary = "the callee says when to retry"},
    {"retry_breaker_rejections", KEY_UNSUPPORTED, .summary = "whether short-circuits are retried"},
    {.name = NULL},
};

/* --- load_balancing, connection_pool and via */

const Key balancing_keys[] = {
    {"scope", KEY_CHOICE, .offset = 0, .fallback = "\"instance\"", .detail.choices = scopes,
     .summary = "instance: each replica of the caller has its own state; service: all share one"},
    {.name = NULL},
};

static bool read_balancing(const Spec *spec, ReadContext *context, void *value)
{
    LinkConfig *link = value;
    int scope = 0;
    bool is_good =
        kind_read(spec, context, &balancer_family, &link->balancer, balancing_keys, &scope);
    link->balancer_is_shared = scope == 1;
    return is_good;
}

static const KeyCustom balancing_custom = {
    .read = read_balancing,
    .type_text = "an object with `policy`",
    .schema = "{\"$ref\": \"#/$defs/load_balancing\"}",
};

static bool read_pool(const Spec *spec, ReadContext *context, void *value)
{
    LinkConfig *link = value;
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    link->has_pool = true;
    return pool_read(spec, context, &link->pool);
}

static const KeyCustom pool_custom = {
    .read = read_pool,
    .type_text = "an object",
    .schema = "{\"$ref\": \"#/$defs/connection_pool\"}",
};

static bool read_via(const Spec *spec, ReadContext *context, void *value)
{
    return name_read_broker(spec, context, value);
}

static const KeyCustom via_custom = {
    .read = read_via,
    .type_text = "the name of a broker",
    .schema = "{\"type\": \"string\"}",
};

/* --- the keys of a link */

#define LINK(member) offsetof(LinkConfig, member)

/* All are nullable: in a merge patch null takes away what stands below. */
const Key link_keys[] = {
    {"mode", KEY_CHOICE, .nullable = true, .offset = LINK(mode), .fallback = "\"sync\"",
     .detail.choices = modes,
     .summary = "sync: request and reply; async: hand over and go on; async_reply: request and "
                "reply through queues"},
    {"via", KEY_CUSTOM, .nullable = true, .offset = LINK(via), .detail.custom = &via_custom,
     .summary = "the broker of an async or async_reply link; without it the message goes straight "
                "over the network"},
    {"reply_via", KEY_CUSTOM, .nullable = true, .offset = LINK(reply_via),
     .detail.custom = &via_custom,
     .summary = "async_reply: the queue that replies take; by default one of the link's own, at "
                "the broker of `via`"},
    {"latency", KEY_DISTRIBUTION, .nullable = true, .offset = LINK(latency),
     .summary = "one way, drawn anew for each direction; none by default"},
    {"serialization", KEY_DISTRIBUTION, .nullable = true, .offset = LINK(serialization),
     .summary = "CPU time at each end of each message; none by default"},
    {"loss_ratio", KEY_NUMBER, .nullable = true, .offset = LINK(loss_ratio), .max = 1,
     .fallback = "0", .summary = "share of messages lost, in each direction"},
    {"loss_behaviour", KEY_CHOICE, .nullable = true, .offset = LINK(loss_behaviour),
     .fallback = "\"lost\"", .detail.choices = loss_behaviours,
     .summary = "lost: what is lost never arrives; retransmit: it arrives late, as over TCP"},
    {"retransmission_timeout", KEY_DURATION, .nullable = true,
     .offset = LINK(retransmission_timeout), .min = 1, .max = (double)SIM_TIME_LONGEST,
     .fallback = "\"200ms\"",
     .summary = "of retransmit: how much later after one loss; it doubles with each further one"},
    {"bandwidth", KEY_BANDWIDTH, .nullable = true, .offset = LINK(bandwidth),
     .summary = "bits per second; unlimited by default"},
    {"bandwidth_sharing", KEY_CHOICE, .nullable = true, .offset = LINK(bandwidth_sharing),
     .fallback = "\"per_message\"", .detail.choices = sharings,
     .summary = "per_message: each has all of the bandwidth; fifo: those of one caller leave one "
                "after the other, in each direction"},
    {"timeout", KEY_DURATION, .nullable = true, .offset = LINK(timeout),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "how long the caller waits, all attempts and back-off included; 0: for ever"},
    {"per_try_timeout", KEY_DURATION, .nullable = true, .offset = LINK(per_try_timeout),
     .max = (double)SIM_TIME_LONGEST, .fallback = "0",
     .summary = "how long the caller waits for one attempt; 0: no limit of its own"},
    {"deadline_propagation", KEY_BOOLEAN, .nullable = true, .offset = LINK(deadline_propagation),
     .fallback = "false", .summary = "the callee knows the caller's deadline and passes it on"},
    {"cancellation", KEY_CHOICE, .nullable = true, .offset = LINK(cancellation),
     .fallback = "\"none\"", .detail.choices = cancellations,
     .summary = "what becomes of the callee's work when the caller gives up"},
    {"retry_policy", KEY_OBJECT, .nullable = true, .offset = LINK(retry_policy),
     .present = LINK(has_retry_policy), .detail.keys = retry_policy_keys,
     .summary = "failed attempts are tried again; off by default"},
    {"load_balancing", KEY_CUSTOM, .nullable = true, .offset = 0,
     .detail.custom = &balancing_custom,
     .summary = "which replica of the callee an attempt goes to; round_robin by default"},
    {"connection_pool", KEY_CUSTOM, .nullable = true, .offset = 0, .detail.custom = &pool_custom,
     .summary = "connections, how many and how long; without it each request has its own at once"},
    {"hedging_policy", KEY_UNSUPPORTED, .summary = "further copies of a slow call"},
    {"circuit_breaker", KEY_UNSUPPORTED, .summary = "refuses calls while too many fail"},
    {"outlier_detection", KEY_UNSUPPORTED, .summary = "leaves out replicas that fail"},
    {"bulkhead", KEY_UNSUPPORTED, .summary = "a bound on calls that are out"},
    {"rate_limit", KEY_UNSUPPORTED, .summary = "a bound on calls per second"},
    {"adaptive_throttling", KEY_UNSUPPORTED, .summary = "refuses calls as the callee does"},
    {"health_check", KEY_UNSUPPORTED, .summary = "finds replicas that are down"},
    {"discovery", KEY_UNSUPPORTED, .summary = "how callers learn of replicas"},
    {"fallback", KEY_UNSUPPORTED, .summary = "what the caller does when the call fails for good"},
    {"protocol", KEY_UNSUPPORTED, .summary = "http1, http2 or grpc"},
    {"preset", KEY_UNSUPPORTED, .summary = "defaults of a named system"},
    {"criticality", KEY_UNSUPPORTED, .summary = "of the calls over this link"},
    {.name = NULL},
};

/* How much of a LinkConfig belongs to each of the keys above that is supported. */
static const struct {
    size_t offset, size;
} parts[][2] = {
    {{LINK(mode), sizeof(int)}},
    {{LINK(via), sizeof(uint32_t)}},
    {{LINK(reply_via), sizeof(uint32_t)}},
    {{LINK(latency), sizeof(void *)}},
    {{LINK(serialization), sizeof(void *)}},
    {{LINK(loss_ratio), sizeof(double)}},
    {{LINK(loss_behaviour), sizeof(int)}},
    {{LINK(retransmission_timeout), sizeof(SimTime)}},
    {{LINK(bandwidth), sizeof(double)}},
    {{LINK(bandwidth_sharing), sizeof(int)}},
    {{LINK(timeout), sizeof(SimTime)}},
    {{LINK(per_try_timeout), sizeof(SimTime)}},
    {{LINK(deadline_propagation), sizeof(bool)}},
    {{LINK(cancellation), sizeof(int)}},
    {{LINK(has_retry_policy), sizeof(bool)}, {LINK(retry_policy), sizeof(RetryPolicyConfig)}},
    {{LINK(balancer), sizeof(KindChoice)}, {LINK(balancer_is_shared), sizeof(bool)}},
    {{LINK(has_pool), sizeof(bool)}, {LINK(pool), sizeof(PoolConfig)}},
};

G_STATIC_ASSERT(G_N_ELEMENTS(parts) == LINK_KEYS_MAX);

uint32_t link_caller(const Draft *draft, uint32_t service, uint32_t workload)
{
    return service != NO_INDEX ? 1 + service : 1 + name_map_count(&draft->services) + workload;
}

void link_rules_start(ReadContext *context)
{
    LinkConfig *defaults = &context->draft->links->defaults;
    Spec empty = spec_from_text(&context->draft->root, "links", "{}");
    *defaults = (LinkConfig){.via = NO_INDEX, .reply_via = NO_INDEX};
    defaults->retry_policy.retry_on = OUTCOMES_RETRIED;
    defaults->retry_policy.backoff = backoff_default;
    keys_read(&empty, context, defaults, link_keys);
    Spec balancing = spec_from_text(&context->draft->root, "load_balancing", "{}");
    read_balancing(&balancing, context, defaults);
}

void link_rule_look(LinkRule *rule)
{
    uint32_t i = 0;
    for (const Key *key = link_keys; key->name != NULL; key++, i++) {
        Spec value;
        if (!spec_member(&rule->spec, key->name, &value))
            continue;
        rule->present |= 1u << i;
        rule->objects |= (spec_type(&value) == SPEC_OBJECT ? 1u : 0u) << i;
        rule->nulls |= (spec_type(&value) == SPEC_NULL ? 1u : 0u) << i;
    }
    const Key *tables[] = {link_keys, NULL};
    keys_finish(&rule->spec, tables);
}

/* Reads one value. Objects may be merged ones; the others stand in the file, in `rule`. */
static void read_value(const Spec *rule, const Spec *value, ReadContext *context, const Key *key,
                       LinkConfig *link)
{
    if (spec_type(value) == SPEC_OBJECT && key->type == KEY_DISTRIBUTION) {
        distribution_read(value, context,
                          (const Distribution **)(void *)((char *)link + key->offset));
    } else if (spec_type(value) == SPEC_OBJECT && key->type == KEY_OBJECT) {
        keys_read(value, context, (char *)link + key->offset, key->detail.keys);
        link->has_retry_policy = true;
    } else if (spec_type(value) == SPEC_OBJECT && key->type == KEY_CUSTOM) {
        key->detail.custom->read(value, context, (char *)link + key->offset);
    } else {
        const Key table[] = {*key, {.name = NULL}};
        keys_read_part(rule, context, link, table);
    }
}

static const LinkConfig *read_alone(ReadContext *context, LinkRule *rule, uint32_t key)
{
    if (key < LINK_KEYS_MAX && rule->alone[key] != NULL)
        return rule->alone[key];
    LinkConfig *link = arena_take(context->arena, 1, sizeof *link);
    *link = context->draft->links->defaults;
    if (key < LINK_KEYS_MAX)
        rule->alone[key] = link;
    Spec value;
    if (spec_member(&rule->spec, link_keys[key].name, &value))
        read_value(&rule->spec, &value, context, &link_keys[key], link);
    return link;
}

static LinkRule *rule_at(const ReadContext *context, uint32_t index)
{
    return &g_array_index(context->draft->links->rules, LinkRule, index);
}

/* Merges the values of one key and reads what comes of it. */
static void merge_and_read(ReadContext *context, const uint32_t *rules, uint32_t count,
                           const Key *key, LinkConfig *link)
{
    Spec below;
    if (!spec_member(&rule_at(context, rules[0])->spec, key->name, &below))
        return;
    for (uint32_t i = 1; i < count; i++) {
        Spec above;
        Spec merged;
        if (!spec_member(&rule_at(context, rules[i])->spec, key->name, &above) ||
            !spec_merge(&below, &above, &merged))
            return;
        if (i > 1)
            spec_merge_free(&below);
        below = merged;
    }
    read_value(&rule_at(context, rules[count - 1])->spec, &below, context, key, link);
    spec_merge_free(&below);
}

static const LinkConfig *read_merged(ReadContext *context, const uint32_t *rules, uint32_t count,
                                     uint32_t key)
{
    LinkBook *book = context->draft->links;
    uint32_t words[LINK_RULES_MAX + 1] = {key};
    memcpy(words + 1, rules, count * sizeof *rules);
    g_autoptr(GBytes) bytes = g_bytes_new(words, (count + 1) * sizeof *words);
    LinkConfig *link = g_hash_table_lookup(book->merged, bytes);
    if (link != NULL)
        return link;
    link = arena_take(context->arena, 1, sizeof *link);
    *link = book->defaults;
    g_hash_table_insert(book->merged, g_bytes_ref(bytes), link);
    merge_and_read(context, rules, count, &link_keys[key], link);
    return link;
}

/* One key as the rules together have it. */
static const LinkConfig *read_key(ReadContext *context, const uint32_t *rules, uint32_t count,
                                  uint32_t key)
{
    uint32_t bit = 1u << key;
    uint32_t chain[LINK_RULES_MAX] = {0};
    uint32_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        const LinkRule *rule = rule_at(context, rules[i]);
        if ((rule->present & bit) == 0)
            continue;
        if ((rule->objects & bit) == 0)
            length = 0;
        chain[length++] = rules[i];
    }
    /* Below an object, what is no object does not matter. */
    bool starts_plain = (rule_at(context, chain[0])->objects & bit) == 0;
    uint32_t first = starts_plain && length > 1 ? 1 : 0;
    for (uint32_t i = first; i < length; i++)
        rule_at(context, chain[i])->seen |= bit;
    LinkRule *last = rule_at(context, chain[length - 1]);
    if ((last->nulls & bit) != 0 && link_keys[key].type != KEY_UNSUPPORTED)
        return &context->draft->links->defaults;
    if (length - first == 1)
        return read_alone(context, last, key);
    return read_merged(context, chain + first, length - first, key);
}

void link_rules_merge(ReadContext *context, const uint32_t *rules, uint32_t count, LinkConfig *link)
{
    uint32_t present = 0;
    *link = context->draft->links->defaults;
    for (uint32_t i = 0; i < count; i++) {
        present |= rule_at(context, rules[i])->present;
        rule_at(context, rules[i])->is_used = true;
    }
    for (uint32_t key = 0; present >> key != 0; key++) {
        if ((present >> key & 1) == 0)
            continue;
        const LinkConfig *from = read_key(context, rules, count, key);
        for (uint32_t i = 0; key < LINK_KEYS_MAX && i < 2; i++)
            memcpy((char *)link + parts[key][i].offset, (const char *)from + parts[key][i].offset,
                   parts[key][i].size);
    }
}

/* Where the value that holds for a key stands; one of the rules has it. */
static void last_with(const ReadContext *context, const uint32_t *rules, uint32_t count,
                      const char *key, Spec *place)
{
    for (uint32_t i = count; i-- > 0;) {
        if (spec_member(&rule_at(context, rules[i])->spec, key, place))
            return;
    }
}

/* Callers take the replies, each its own: nobody else may. */
static bool check_reply_queue(const Spec *spec, const ReadContext *context, uint32_t broker)
{
    const Draft *draft = context->draft;
    const BrokerConfig *config = &g_array_index(draft->broker_list, BrokerConfig, broker);
    if (config->kind != BROKER_QUEUE)
        return spec_problem(spec, "must be a broker of \"kind\": \"queue\"");
    if (config->subscription_count == 0) /* it was not read well */
        return false;
    const SubscriptionConfig *queue =
        &g_array_index(draft->subscription_list, SubscriptionConfig, config->first_subscription);
    return queue->consumer_count == 0 ||
           spec_problem(spec, "must be a queue without consumers: the callers take the replies");
}

/* A link's name ends with that of its callee, or of the one operation that it is for. */
static bool is_called(const Draft *draft, const LinkConfig *link, uint32_t index)
{
    const OperationConfig *operation =
        &g_array_index(draft->operation_list, OperationConfig, index);
    const ServiceConfig *callee =
        &g_array_index(draft->service_list, ServiceConfig, operation->service);
    return operation->service == link->callee &&
           (g_str_has_suffix(link->name, callee->name) ||
            g_str_has_suffix(link->name, operation->full_name));
}

/* A visit that deals with several messages has one answer, and nobody to give it to. */
static bool check_batches(const Spec *spec, const ReadContext *context, const LinkConfig *link)
{
    const Draft *draft = context->draft;
    const BrokerConfig *via = &g_array_index(draft->broker_list, BrokerConfig, link->via);
    for (uint32_t i = 0; i < via->subscription_count; i++) {
        const SubscriptionConfig *subscription = &g_array_index(
            draft->subscription_list, SubscriptionConfig, via->first_subscription + i);
        for (uint32_t j = 0; j < subscription->consumer_count; j++) {
            const ConsumerConfig *consumer = &subscription->consumers[j];
            if (consumer->batch_size > 1 && is_called(draft, link, consumer->operation))
                return spec_problem_at_key(
                    spec, "needs an answer to each message: \"%s\" takes them in batches",
                    subscription->consumer_names[j]);
        }
    }
    return true;
}

bool link_rules_check(ReadContext *context, const uint32_t *rules, uint32_t count,
                      const LinkConfig *link)
{
    Spec place;
    if (link->via != NO_INDEX && link->mode == LINK_SYNC) {
        last_with(context, rules, count, "via", &place);
        return spec_problem_at_key(
            &place, "only a link with \"mode\": \"async\" or \"async_reply\" goes via a broker");
    }
    if (link->bandwidth_sharing == SHARING_FIFO && !(link->bandwidth > 0)) {
        last_with(context, rules, count, "bandwidth_sharing", &place);
        return spec_problem_at_key(&place, "is for a link with a bandwidth");
    }
    if (link->has_pool && link->mode != LINK_SYNC) {
        last_with(context, rules, count, "connection_pool", &place);
        return spec_problem_at_key(
            &place, "is for a link with \"mode\": \"sync\"; null takes it away from another");
    }
    if (link->mode == LINK_ASYNC_REPLY && link->via != NO_INDEX) {
        last_with(context, rules, count, "mode", &place);
        if (!check_batches(&place, context, link))
            return false;
    }
    if (link->reply_via == NO_INDEX)
        return true;
    last_with(context, rules, count, "reply_via", &place);
    if (link->mode != LINK_ASYNC_REPLY)
        return spec_problem_at_key(&place, "is for a link with \"mode\": \"async_reply\"");
    return check_reply_queue(&place, context, link->reply_via);
}

void link_rules_read_rest(ReadContext *context, const uint32_t *rules, uint32_t count)
{
    const LinkRule *rule = rule_at(context, rules[count - 1]);
    for (uint32_t key = 0; rule->present >> key != 0; key++) {
        if (((rule->present & ~rule->seen) >> key & 1) != 0)
            read_key(context, rules, count, key);
    }
}
