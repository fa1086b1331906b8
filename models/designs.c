/* The designs of a document: patches over the whole file. */
#include <string.h>

#include "models/document_nodes.h"
#include "models/merge_patch.h"
#include "models/spec.h"

#define BASE_NAME "base" /* the file itself */

char **document_design_names(const Document *document)
{
    GPtrArray *names = g_ptr_array_new();
    const cJSON *root = document_root_const(document);
    const cJSON *designs = cJSON_GetObjectItemCaseSensitive(root, "designs");
    for (const cJSON *design = cJSON_IsObject(designs) ? designs->child : NULL; design != NULL;
         design = design->next) {
        if (strcmp(design->string, "description") != 0)
            g_ptr_array_add(names, g_strdup(design->string));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

static bool report_no_design(const Spec *place, const Document *document, const char *name)
{
    g_auto(GStrv) names = document_design_names(document);
    return spec_unknown_name(place, "design", name, (const char *const *)names,
                             g_strv_length(names));
}

/* Takes the patch of a design out of the tree; NULL with problems. */
static cJSON *detach_patch(const Spec *design)
{
    static const char *const keys[] = {"description", "patch"};
    Spec patch;
    if (!spec_expect(design, SPEC_OBJECT))
        return NULL;
    if (!spec_member(design, "patch", &patch)) {
        spec_problem(design, "the required key \"patch\" is missing");
        return NULL;
    }
    bool is_good = spec_expect(&patch, SPEC_OBJECT);
    is_good &= spec_finish(design, keys, G_N_ELEMENTS(keys));
    if (is_good && cJSON_GetObjectItemCaseSensitive(patch.node, "designs") != NULL)
        is_good = spec_problem(&patch, "a patch must not change /designs");
    return is_good ? cJSON_DetachItemViaPointer(design->node, patch.node) : NULL;
}

static bool find_patch(const Spec *root, const Spec *designs, const char *name, cJSON **patch)
{
    Spec design;
    if (name == NULL || strcmp(name, BASE_NAME) == 0)
        return true;
    if (designs == NULL || strcmp(name, "description") == 0 || !spec_member(designs, name, &design))
        return report_no_design(designs != NULL ? designs : root, root->document, name);
    *patch = detach_patch(&design);
    return *patch != NULL;
}

bool document_apply_design(Document *document, const char *name, Problems *problems)
{
    Spec root = spec_root(document, problems), designs, base;
    cJSON *patch = NULL;
    if (!spec_expect(&root, SPEC_OBJECT))
        return false;
    bool has_designs = spec_member(&root, "designs", &designs);
    if (has_designs && !spec_expect(&designs, SPEC_OBJECT))
        return false;
    if (has_designs && spec_member(&designs, BASE_NAME, &base))
        return spec_problem_at_key(&base, "\"" BASE_NAME "\" stands for the file itself; a design "
                                          "needs another name");
    if (!find_patch(&root, has_designs ? &designs : NULL, name, &patch))
        return false;
    if (has_designs)
        cJSON_Delete(cJSON_DetachItemViaPointer(root.node, designs.node));
    if (patch != NULL)
        merge_patch(root.node, patch); /* Both are objects: the root stays the same node. */
    return true;
}
