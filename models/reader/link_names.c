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

static const uint32_t *to_arena(ReadContext *context, GArray *indices, uint32_t *count)
{
    uint32_t *copy = arena_take(context->arena, indices->len, sizeof *copy);
    if (indices->len > 0)
        memcpy(copy, indices->data, indices->len * sizeof *copy);
    *count = indices->len;
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

const uint32_t *links_leading_to(ReadContext *context, uint32_t service, uint32_t *count)
{
    const GArray *links = context->draft->link_list;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < links->len; i++) {
        if (g_array_index(links, LinkConfig, i).callee == service)
            g_array_append_val(found, i);
    }
    return to_arena(context, found, count);
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
