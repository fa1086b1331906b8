#include "models/merge_patch.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Up to here the members of an object are compared one by one. */
#define MEMBERS_SEARCHED_MAX 8

/* The members of one object by name. Names of a patch are different from each other, so members
 * that the patch has added or removed are never asked for again; but searching may still come past
 * removed ones, which live until the end for that. */
typedef struct MemberIndex {
    cJSON *object;
    cJSON **sorted; /* NULL: search one by one */
    size_t count;
    cJSON *found;   /* the slot when there is no array */
    cJSON *removed; /* a list by `next` */
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

/* Where the index keeps the member, or NULL if there is none. */
static cJSON **member_index_find(MemberIndex *index, const char *name)
{
    if (index->sorted != NULL)
        return bsearch(name, index->sorted, index->count, sizeof *index->sorted, compare_to_name);
    index->found = cJSON_GetObjectItemCaseSensitive(index->object, name);
    return index->found != NULL ? &index->found : NULL;
}

static void member_index_remove(MemberIndex *index, cJSON *member)
{
    cJSON_DetachItemViaPointer(index->object, member);
    member->next = index->removed;
    index->removed = member;
}

static void member_index_clear(MemberIndex *index)
{
    cJSON_Delete(index->removed); /* Deletes the whole list. */
    g_free(index->sorted);
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

static void merge_member(MemberIndex *index, cJSON *value)
{
    cJSON *target = index->object, **slot = member_index_find(index, value->string);
    if (cJSON_IsNull(value)) {
        if (slot != NULL)
            member_index_remove(index, *slot);
        cJSON_Delete(value);
    } else if (cJSON_IsObject(value) && slot != NULL && cJSON_IsObject(*slot)) {
        merge_objects(*slot, value);
        cJSON_Delete(value);
    } else {
        if (cJSON_IsObject(value))
            remove_nulls(value);
        if (slot == NULL) {
            cJSON_AddItemToArray(target, value); /* It brings its name with it. */
            return;
        }
        cJSON_ReplaceItemViaPointer(target, *slot, value);
        *slot = value;
    }
}

/* Leaves the patch empty. */
static void merge_objects(cJSON *target, cJSON *patch)
{
    MemberIndex index;
    member_index_init(&index, target, patch);
    while (patch->child != NULL)
        merge_member(&index, cJSON_DetachItemViaPointer(patch, patch->child));
    member_index_clear(&index);
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
