#include "models/merge_patch.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Up to here the members of an object are compared one by one. */
#define MEMBERS_SEARCHED_MAX 8

/* The members of one object by name. Names of a patch are different from each other, so members
 * that the patch has added or removed are never looked for again. */
typedef struct MemberIndex {
    cJSON *object;
    cJSON **sorted; /* NULL: search one by one */
    size_t count;
} MemberIndex;

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(cJSON *const *)a)->string, (*(cJSON *const *)b)->string);
}

static int compare_to_name(const void *name, const void *member)
{
    return strcmp(name, (*(cJSON *const *)member)->string);
}

static size_t count_members(const cJSON *object)
{
    size_t count = 0;
    for (const cJSON *member = object->child; member != NULL; member = member->next)
        count++;
    return count;
}

static void member_index_init(MemberIndex *index, cJSON *object, const cJSON *patch)
{
    *index = (MemberIndex){.object = object, .count = count_members(object)};
    if (index->count <= MEMBERS_SEARCHED_MAX || count_members(patch) <= MEMBERS_SEARCHED_MAX)
        return;
    index->sorted = g_new(cJSON *, index->count);
    size_t filled = 0;
    for (cJSON *member = object->child; member != NULL; member = member->next)
        index->sorted[filled++] = member;
    qsort(index->sorted, filled, sizeof *index->sorted, compare_names);
}

static cJSON *member_index_find(const MemberIndex *index, const char *name)
{
    if (index->sorted == NULL)
        return cJSON_GetObjectItemCaseSensitive(index->object, name);
    cJSON **found =
        bsearch(name, index->sorted, index->count, sizeof *index->sorted, compare_to_name);
    return found != NULL ? *found : NULL;
}

static void remove_nulls(cJSON *object)
{
    for (cJSON *member = object->child, *next; member != NULL; member = next) {
        next = member->next;
        if (cJSON_IsNull(member))
            cJSON_Delete(cJSON_DetachItemViaPointer(object, member));
        else if (cJSON_IsObject(member))
            remove_nulls(member);
    }
}

static void merge_objects(cJSON *target, cJSON *patch);

static void merge_member(const MemberIndex *index, cJSON *value)
{
    cJSON *target = index->object, *present = member_index_find(index, value->string);
    if (cJSON_IsNull(value)) {
        if (present != NULL)
            cJSON_Delete(cJSON_DetachItemViaPointer(target, present));
        cJSON_Delete(value);
    } else if (cJSON_IsObject(value) && present != NULL && cJSON_IsObject(present)) {
        merge_objects(present, value);
        cJSON_Delete(value);
    } else {
        if (cJSON_IsObject(value))
            remove_nulls(value);
        if (present != NULL)
            cJSON_ReplaceItemViaPointer(target, present, value);
        else
            cJSON_AddItemToArray(target, value); /* It brings its name with it. */
    }
}

/* Leaves the patch empty. */
static void merge_objects(cJSON *target, cJSON *patch)
{
    MemberIndex index;
    member_index_init(&index, target, patch);
    while (patch->child != NULL)
        merge_member(&index, cJSON_DetachItemViaPointer(patch, patch->child));
    g_free(index.sorted);
}

cJSON *merge_patch(cJSON *target, cJSON *patch)
{
    if (!cJSON_IsObject(patch)) {
        cJSON_Delete(target);
        return patch;
    }
    if (target == NULL || !cJSON_IsObject(target)) {
        cJSON_Delete(target);
        remove_nulls(patch);
        return patch;
    }
    merge_objects(target, patch);
    cJSON_Delete(patch);
    return target;
}
