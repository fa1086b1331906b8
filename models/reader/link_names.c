/* Links by name, for those who speak of links that exist already. */
#include <string.h>

#include "models/reader/draft.h"
#include "models/reader/link_rules.h"
#include "models/reader/links.h"

static bool matches(const Draft *draft, const LinkRule *pattern, const LinkConfig *link)
{
    if (pattern->caller != 0 && pattern->caller != link_caller(draft, link->caller, link->workload))
        return false;
    if (pattern->callee != NO_INDEX && pattern->callee != link->callee)
        return false;
    if (pattern->operation == NO_INDEX)
        return true;
    const char *arrow = strstr(link->name, " -> ");
    return strcmp(arrow + 4, name_map_get(&draft->operations, pattern->operation)) == 0;
}

static bool is_list(const GArray *indices, const uint32_t *list, uint32_t count)
{
    return list != NULL && count == indices->len &&
           memcmp(list, indices->data, indices->len * sizeof *list) == 0;
}

/* The same list of a fault before this one, or NULL: many faults may have one target with many
 * links. */
static const uint32_t *find_list(const Draft *draft, const GArray *indices)
{
    for (guint i = 0; indices->len > 0 && i < draft->fault_list->len; i++) {
        const FaultConfig *fault = &g_array_index(draft->fault_list, FaultConfig, i);
        if (is_list(indices, fault->links, fault->link_count))
            return fault->links;
        if (is_list(indices, fault->outgoing, fault->outgoing_count))
            return fault->outgoing;
    }
    return NULL;
}

static const uint32_t *to_arena(ReadContext *context, GArray *indices, uint32_t *count)
{
    *count = indices->len;
    const uint32_t *known = find_list(context->draft, indices);
    if (known != NULL) {
        g_array_free(indices, TRUE);
        return known;
    }
    uint32_t *copy = arena_take(context->arena, indices->len, sizeof *copy);
    if (indices->len > 0)
        memcpy(copy, indices->data, indices->len * sizeof *copy);
    g_array_free(indices, TRUE);
    return copy;
}

bool name_read_links(const Spec *spec, ReadContext *context, const uint32_t **links,
                     uint32_t *count)
{
    const Draft *draft = context->draft;
    const char *name;
    LinkRule pattern;
    *count = 0;
    if (!spec_get_string(spec, &name) || !link_pattern_read(spec, draft, name, &pattern))
        return false;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < draft->link_list->len; i++) {
        if (matches(draft, &pattern, &g_array_index(draft->link_list, LinkConfig, i)))
            g_array_append_val(found, i);
    }
    *links = to_arena(context, found, count);
    return *count > 0 || spec_problem(spec, "no call goes over the link \"%s\"", name);
}

static const uint32_t *links_at(ReadContext *context, uint32_t service, size_t end, uint32_t *count)
{
    const GArray *links = context->draft->link_list;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < links->len; i++) {
        const char *link = (const char *)&g_array_index(links, LinkConfig, i);
        if (*(const uint32_t *)(const void *)(link + end) == service)
            g_array_append_val(found, i);
    }
    return to_arena(context, found, count);
}

const uint32_t *links_leading_to(ReadContext *context, uint32_t service, uint32_t *count)
{
    return links_at(context, service, offsetof(LinkConfig, callee), count);
}

const uint32_t *links_leaving_from(ReadContext *context, uint32_t service, uint32_t *count)
{
    return links_at(context, service, offsetof(LinkConfig, caller), count);
}

bool workload_add_site(const Spec *spec, ReadContext *context, uint32_t workload,
                       uint32_t operation, uint32_t *site)
{
    Draft *draft = context->draft;
    CallSite made = {.operation = operation};
    *site = draft->call_sites->len;
    bool is_good = link_resolve(spec, context, NO_INDEX, workload, operation, &made.link);
    g_array_append_val(draft->call_sites, made);
    return is_good;
}
