#include "models/reader/links.h"

#include <string.h>

#include "models/balancer/balancer.h"
#include "models/reader/draft.h"
#include "models/reader/link_rules.h"

#define CALLER_ANY       0u
#define UNUSED_NAMED_MAX 10u /* links that no call goes over; more are only counted */

LinkBook *link_book_new(void)
{
    LinkBook *book = g_new0(LinkBook, 1);
    book->rules = g_array_new(FALSE, TRUE, sizeof(LinkRule));
    book->by_pattern = draft_pairs_new();
    book->by_pair = draft_pairs_new();
    book->merged =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    return book;
}

void link_book_free(LinkBook *book)
{
    g_array_free(book->rules, TRUE);
    g_hash_table_destroy(book->by_pattern);
    g_hash_table_destroy(book->by_pair);
    g_hash_table_destroy(book->merged);
    g_free(book);
}

/* What is called, as a number: 0 is anything. */
static uint32_t target_of(uint32_t callee, uint32_t operation)
{
    if (operation != NO_INDEX)
        return 0x80000000u | operation;
    return callee == NO_INDEX ? 0 : callee + 1;
}

/* What is wrong with a name: at the key when the name is one, else at the value. */
static bool bad_name(const Spec *spec, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static bool bad_name(const Spec *spec, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return name == spec->name ? spec_problem_at_key(spec, "%s", message)
                              : spec_problem(spec, "%s", message);
}

/* A link's name and where it stands. */
typedef struct Pattern {
    const Spec *spec;
    const char *name;
    const Draft *draft;
} Pattern;

static bool split_name(const Pattern *pattern, char **caller, char **callee)
{
    const char *name = pattern->name;
    const char *arrow = strstr(name, " -> ");
    if (arrow == NULL || arrow == name || arrow[4] == '\0' || strstr(arrow + 4, "->") != NULL)
        return bad_name(pattern->spec, name,
                        "must be \"caller -> callee\" or \"caller -> callee.operation\" with one "
                        "blank on each side of the arrow");
    *caller = g_strndup(name, (size_t)(arrow - name));
    *callee = g_strdup(arrow + 4);
    return true;
}

static const char *nearest(const Pattern *pattern, const char *name, const NameMap *map)
{
    if (problems_are_full(pattern->spec->problems))
        return NULL;
    return problems_nearest(name, (const char *const *)map->names->pdata, map->names->len);
}

static bool unknown_name(const Pattern *pattern, const char *what, const char *name,
                         const char *near)
{
    if (near == NULL)
        return bad_name(pattern->spec, pattern->name, "no %s is called \"%s\"", what, name);
    return bad_name(pattern->spec, pattern->name, "no %s is called \"%s\"; did you mean \"%s\"?",
                    what, name, near);
}

static bool find_caller(const Pattern *pattern, const char *name, uint32_t *caller)
{
    const Draft *draft = pattern->draft;
    uint32_t service = name_map_find(&draft->services, name);
    uint32_t workload = name_map_find(&draft->workloads, name);
    *caller = CALLER_ANY;
    if (strcmp(name, "*") == 0)
        return true;
    if (service == NO_INDEX && workload == NO_INDEX) {
        const char *near = nearest(pattern, name, &draft->services);
        return unknown_name(pattern, "service or workload", name,
                            near != NULL ? near : nearest(pattern, name, &draft->workloads));
    }
    *caller = link_caller(draft, service, workload);
    return true;
}

static bool find_operation(const Pattern *pattern, const char *name, LinkRule *rule)
{
    const Draft *draft = pattern->draft;
    rule->operation = name_map_find(&draft->operations, name);
    return rule->operation != NO_INDEX ||
           unknown_name(pattern, "operation", name, nearest(pattern, name, &draft->operations));
}

static bool find_callee(const Pattern *pattern, const char *name, LinkRule *rule)
{
    const Draft *draft = pattern->draft;
    rule->callee = NO_INDEX;
    rule->operation = NO_INDEX;
    if (strcmp(name, "*") == 0)
        return true;
    const char *dot = strchr(name, '.');
    g_autofree char *service = dot == NULL ? g_strdup(name) : g_strndup(name, (size_t)(dot - name));
    rule->callee = name_map_find(&draft->services, service);
    if (rule->callee == NO_INDEX && name_map_find(&draft->workloads, service) != NO_INDEX)
        return bad_name(pattern->spec, pattern->name, "\"%s\" is a workload, which nobody can call",
                        service);
    if (rule->callee == NO_INDEX)
        return unknown_name(pattern, "service", service,
                            nearest(pattern, service, &draft->services));
    return dot == NULL || find_operation(pattern, name, rule);
}

bool link_pattern_read(const Spec *spec, const Draft *draft, const char *name, LinkRule *rule)
{
    const Pattern pattern = {spec, name, draft};
    g_autofree char *caller = NULL;
    g_autofree char *callee = NULL;
    if (!split_name(&pattern, &caller, &callee))
        return false;
    bool has_caller = find_caller(&pattern, caller, &rule->caller);
    return find_callee(&pattern, callee, rule) && has_caller;
}

static void read_rule(const Spec *spec, ReadContext *context)
{
    Draft *draft = context->draft;
    LinkRule rule = {.spec = *spec};
    bool is_named = link_pattern_read(spec, draft, spec->name, &rule);
    if (!spec_expect(spec, SPEC_OBJECT))
        return;
    link_rule_look(&rule);
    if (!is_named)
        return;
    g_array_append_val(draft->links->rules, rule);
    draft_pairs_set(draft->links->by_pattern,
                    draft_pair(rule.caller, target_of(rule.callee, rule.operation)),
                    draft->links->rules->len);
}

void links_read(ReadContext *context)
{
    Draft *draft = context->draft;
    Spec link;
    link_rules_start(context);
    if (!draft->has_links)
        return;
    for (bool more = spec_first(&draft->links_spec, &link); more; more = spec_next(&link))
        read_rule(&link, context);
}

static uint32_t rule_for(const LinkBook *book, uint32_t caller, uint32_t target)
{
    gint64 key = draft_pair(caller, target);
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(book->by_pattern, &key));
    return found == 0 ? NO_INDEX : found - 1;
}

/* The rules that match, least specific first. */
static uint32_t rules_for(const LinkBook *book, uint32_t caller, uint32_t callee,
                          uint32_t operation, uint32_t rules[LINK_RULES_MAX])
{
    const uint32_t targets[] = {0, target_of(callee, NO_INDEX), target_of(callee, operation)};
    uint32_t count = 0;
    for (uint32_t c = 0; c < (caller == CALLER_ANY ? 1u : 2u); c++) {
        for (uint32_t t = 0; t < G_N_ELEMENTS(targets); t++) {
            uint32_t rule = rule_for(book, c == 0 ? CALLER_ANY : caller, targets[t]);
            bool is_again = t > 0 && targets[t] == targets[t - 1];
            if (rule != NO_INDEX && !is_again)
                rules[count++] = rule;
        }
    }
    return count;
}

static const char *caller_name(const Draft *draft, uint32_t service, uint32_t workload)
{
    return service != NO_INDEX ? name_map_get(&draft->services, service)
                               : name_map_get(&draft->workloads, workload);
}

static bool has_own_link(const LinkBook *book, uint32_t caller, uint32_t operation)
{
    uint32_t target = target_of(0, operation);
    return rule_for(book, caller, target) != NO_INDEX ||
           rule_for(book, CALLER_ANY, target) != NO_INDEX;
}

/* Makes the link of a pair; NO_INDEX without a rule for it. */
static uint32_t make_link(ReadContext *context, uint32_t service, uint32_t workload,
                          uint32_t callee, uint32_t operation)
{
    Draft *draft = context->draft;
    uint32_t rules[LINK_RULES_MAX];
    uint32_t count =
        rules_for(draft->links, link_caller(draft, service, workload), callee, operation, rules);
    if (count == 0)
        return NO_INDEX;
    LinkConfig link;
    link_rules_merge(context, rules, count, &link);
    link.caller = service;
    link.workload = workload;
    link.callee = callee;
    g_autofree char *name =
        g_strdup_printf("%s -> %s", caller_name(draft, service, workload),
                        operation == NO_INDEX ? name_map_get(&draft->services, callee)
                                              : name_map_get(&draft->operations, operation));
    link.name = arena_string(context->arena, name);
    link_rules_check(context, rules, count, &link);
    g_array_append_val(draft->link_list, link);
    return draft->link_list->len - 1;
}

static bool check_broker(const Spec *spec, const Draft *draft, const LinkConfig *link,
                         uint32_t operation)
{
    if (link->via == NO_INDEX || broker_has_consumer(draft, link->via, operation))
        return true;
    const char *broker = name_map_get(&draft->brokers, link->via);
    return spec_problem(
        spec,
        "the link \"%s\" goes via \"%s\", which has no consumer \"%s\": add it to /brokers/%s",
        link->name, broker, name_map_get(&draft->operations, operation), broker);
}

bool link_resolve(const Spec *spec, ReadContext *context, uint32_t service, uint32_t workload,
                  uint32_t operation, uint32_t *link)
{
    Draft *draft = context->draft;
    LinkBook *book = draft->links;
    uint32_t caller = link_caller(draft, service, workload);
    uint32_t callee = g_array_index(draft->operation_list, OperationConfig, operation).service;
    uint32_t own = has_own_link(book, caller, operation) ? operation : NO_INDEX;
    gint64 key = draft_pair(caller, target_of(callee, own));
    gpointer found;
    if (g_hash_table_lookup_extended(book->by_pair, &key, NULL, &found)) {
        *link = GPOINTER_TO_UINT(found);
    } else {
        *link = make_link(context, service, workload, callee, own);
        draft_pairs_set(book->by_pair, key, *link);
    }
    if (*link == NO_INDEX)
        return spec_problem(
            spec,
            "no link leads from \"%s\" to \"%s\": add \"%s -> %s\" (or \"* -> %s\") to /links",
            caller_name(draft, service, workload), name_map_get(&draft->services, callee),
            caller_name(draft, service, workload), name_map_get(&draft->services, callee),
            name_map_get(&draft->services, callee));
    return check_broker(spec, draft, &g_array_index(draft->link_list, LinkConfig, *link),
                        operation);
}

#define COUNTERS_OF_STATE 4  /* a balancer's state is about that large */
#define COUNTERS_OF_HOST  12 /* and a pool's for each replica of the callee */

double link_counters(const ReadContext *context)
{
    const Draft *draft = context->draft;
    double counters = 0;
    for (uint32_t i = 0; i < draft->link_list->len; i++) {
        const LinkConfig *link = &g_array_index(draft->link_list, LinkConfig, i);
        bool counts =
            link->balancer.kind != NULL && balancer_kind(&link->balancer)->counts_in_flight;
        uint32_t callers =
            link->caller != NO_INDEX
                ? g_array_index(draft->service_list, ServiceConfig, link->caller).replicas
                : g_array_index(draft->workload_list, WorkloadConfig, link->workload).clients;
        uint32_t callees = g_array_index(draft->service_list, ServiceConfig, link->callee).replicas;
        counters += (double)callers * (COUNTERS_OF_STATE + (counts ? callees : 0));
        if (link->has_pool)
            counters += (double)callers * callees * COUNTERS_OF_HOST;
    }
    return counters;
}

/* A queue of the link's own, as far away as the broker of its requests. */
static void add_reply_queue(ReadContext *context, LinkConfig *link)
{
    Draft *draft = context->draft;
    const BrokerConfig *via = &g_array_index(draft->broker_list, BrokerConfig, link->via);
    g_autofree char *name = g_strdup_printf("%s replies", link->name);
    const char *kept = arena_string(context->arena, name);
    SubscriptionConfig queue = {
        .full_name = kept,
        .broker = draft->broker_list->len,
        .backlog = {.max_length = UINT32_MAX, .dead_letter = NO_INDEX},
        .filter.probability = 1,
    };
    BrokerConfig broker = {.name = kept,
                           .kind = BROKER_QUEUE,
                           .publish_latency = via->publish_latency,
                           .delivery_latency = via->delivery_latency,
                           .bandwidth = via->bandwidth,
                           .gate = link->via,
                           .first_subscription = draft->subscription_list->len,
                           .subscription_count = 1};
    link->reply_via = draft->broker_list->len;
    g_array_append_val(draft->broker_list, broker);
    g_array_append_val(draft->subscription_list, queue);
}

static void add_reply_queues(ReadContext *context)
{
    GArray *links = context->draft->link_list;
    for (uint32_t i = 0; i < links->len; i++) {
        LinkConfig *link = &g_array_index(links, LinkConfig, i);
        if (link->mode == LINK_ASYNC_REPLY && link->via != NO_INDEX && link->reply_via == NO_INDEX)
            add_reply_queue(context, link);
    }
}

void links_finish(ReadContext *context)
{
    Draft *draft = context->draft;
    add_reply_queues(context);
    LinkBook *book = draft->links;
    uint32_t unused = 0;
    for (uint32_t i = 0; i < book->rules->len; i++) {
        LinkRule *rule = &g_array_index(book->rules, LinkRule, i);
        uint32_t rules[LINK_RULES_MAX];
        uint32_t count = rules_for(book, rule->caller, rule->callee, rule->operation, rules);
        link_rules_read_rest(context, rules, count);
        if (!rule->is_used && ++unused <= UNUSED_NAMED_MAX)
            topology_warn(draft->topology, "/links/%s: no call goes over this link",
                          rule->spec.name);
    }
    if (unused > UNUSED_NAMED_MAX)
        topology_warn(draft->topology, "/links: no call goes over %u further links",
                      unused - UNUSED_NAMED_MAX);
}
