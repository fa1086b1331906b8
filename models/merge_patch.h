/* JSON Merge Patch (RFC 7396) on cJSON nodes, which are moved and not copied, so that whatever a
 * node carries stays with it. For document.c. */
#ifndef TOPPLE_MODELS_MERGE_PATCH_H
#define TOPPLE_MODELS_MERGE_PATCH_H

#include <cjson/cJSON.h>

/* Takes both over and returns the result. `target` may be NULL. Recurses as deep as the patch is
 * nested. Members that are replaced keep their place in the order, new ones come last. The time is
 * of the order n log n. */
cJSON *merge_patch(cJSON *target, cJSON *patch);

#endif
