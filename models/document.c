#include "models/document.h"

#include <string.h>

#include "models/document_nodes.h"
#include "models/json_print.h"
#include "models/merge_patch.h"
#include "models/scanner.h"
#include "sim/check.h"
#include "sim/rng.h"

/* Nodes that document_merge_copies may copy in the life of a document: more than any sensible file
 * needs, and done in a second or two. */
#define COPIED_MAX 10000000u

/* A text whose values are nodes of the document. All texts share one numbering of values; a node
 * carries the number of its value in `valueint`, which has no other use here. */
typedef struct Source {
    char *name; /* NULL: a constant of topple's own, no place for a problem */
    char *text;
    size_t length;
    GArray *spans; /* of JsonSpan, offsets in text */
    size_t first;  /* number of its first value */
} Source;

struct Document {
    char *name, *folder;
    cJSON *root;
    GPtrArray *sources;    /* of Source, ascending by first */
    size_t value_count;    /* in all sources */
    GHashTable *constants; /* JSON text -> cJSON */
    GHashTable *copies;    /* set of cJSON */
    size_t copied;
    uint64_t data_hash; /* of lines of other files */
};

static void source_free(void *data)
{
    Source *source = data;
    g_free(source->name);
    g_free(source->text);
    g_clear_pointer(&source->spans, g_array_unref);
    g_free(source);
}

static void node_free(void *node)
{
    cJSON_Delete(node);
}

void document_free(Document *document)
{
    if (document == NULL)
        return;
    cJSON_Delete(document->root);
    g_hash_table_destroy(document->constants);
    g_hash_table_destroy(document->copies);
    g_ptr_array_free(document->sources, TRUE);
    g_free(document->name);
    g_free(document->folder);
    g_free(document);
}

/* --- texts and places --- */

static const Source *source_of(const Document *document, const cJSON *node)
{
    size_t value = (size_t)node->valueint, low = 0, high = document->sources->len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const Source *source = g_ptr_array_index(document->sources, middle);
        if (source->first <= value)
            low = middle;
        else
            high = middle;
    }
    return g_ptr_array_index(document->sources, low);
}

static const JsonSpan *span_of(const Source *source, const cJSON *node)
{
    return &g_array_index(source->spans, JsonSpan, (size_t)node->valueint - source->first);
}

/* Lines end with LF; columns count code points, a byte order mark is none. */
static NodePlace place_at(const Source *source, size_t offset)
{
    NodePlace place = {.file = source->name, .line = 1, .column = 1};
    const char *start = source->text, *end = source->text + offset;
    if (source->length >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0 && offset >= 3)
        start += 3;
    for (const char *at = start; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        place.line++;
        start = at + 1;
    }
    for (const char *at = start; at < end; at++)
        place.column += ((unsigned char)*at & 0xC0) != 0x80;
    return place;
}

bool document_find_place(const Document *document, const cJSON *node, bool at_key, NodePlace *place)
{
    const Source *source = source_of(document, node);
    if (source->name == NULL)
        return false;
    const JsonSpan *span = span_of(source, node);
    *place = place_at(source, at_key && span->key != JSON_NO_KEY ? span->key : span->value);
    return true;
}

const char *document_text_of(const Document *document, const cJSON *node)
{
    const Source *source = source_of(document, node);
    return source->text + span_of(source, node)->value;
}

/* --- parsing --- */

/* Numbers the nodes in document order; how many there are. */
static size_t number_nodes(cJSON *root, size_t first)
{
    cJSON *parents[DOCUMENT_DEPTH_MAX + 1];
    size_t depth = 0, number = first;
    for (cJSON *node = root; node != NULL;) {
        node->valueint = (int)number++;
        if (node->child != NULL) {
            SIM_CHECK(depth < DOCUMENT_DEPTH_MAX);
            parents[depth++] = node;
            node = node->child;
            continue;
        }
        while (node->next == NULL && depth > 0)
            node = parents[--depth];
        node = depth > 0 ? node->next : NULL;
    }
    return number - first;
}

static cJSON *build_tree(Source *source, size_t start, JsonFault *fault)
{
    const char *text = source->text + start, *end = NULL;
    source->spans = json_scan(text, source->length - start, fault);
    if (source->spans == NULL)
        return NULL;
    /* cJSON counts the NUL that it asks for at the end. */
    cJSON *root = cJSON_ParseWithLengthOpts(text, source->length - start + 1, &end, 1);
    if (root != NULL && number_nodes(root, source->first) == source->spans->len)
        return root;
    cJSON_Delete(root);
    fault->offset = end != NULL ? (size_t)(end - text) : 0;
    fault->message = g_strdup("this is JSON, but it cannot be read here (an error of topple)");
    return NULL;
}

static void shift_spans(GArray *spans, uint32_t by)
{
    for (guint i = 0; i < spans->len; i++) {
        JsonSpan *span = &g_array_index(spans, JsonSpan, i);
        span->value += by;
        if (span->key != JSON_NO_KEY)
            span->key += by;
    }
}

/* Adds a text, taken over, whose JSON starts at `start`, and returns its tree. Otherwise NULL, a
 * problem at `pointer`, and the text is gone. */
static cJSON *add_source(Document *document, Source *source, size_t start, const char *pointer,
                         Problems *problems)
{
    JsonFault fault = {0};
    cJSON *root = NULL;
    source->first = document->value_count;
    if (document->value_count > (size_t)G_MAXINT - DOCUMENT_VALUES_MAX)
        fault.message = g_strdup("there are too many values in all");
    else
        root = build_tree(source, start, &fault);
    if (root == NULL) {
        NodePlace place = place_at(source, start + fault.offset);
        problems_add(problems, place.file, place.line, place.column, pointer, fault.message);
        source_free(source);
        return NULL;
    }
    shift_spans(source->spans, (uint32_t)start);
    document->value_count += source->spans->len;
    g_ptr_array_add(document->sources, source);
    return root;
}

static Source *source_new(const char *name, const char *text, size_t length)
{
    Source *source = g_new0(Source, 1);
    source->name = g_strdup(name);
    source->text = g_malloc(length + 1);
    source->length = length;
    memcpy(source->text, text, length);
    source->text[length] = '\0';
    return source;
}

Document *document_parse(const char *name, const char *folder, const char *text, size_t length,
                         Problems *problems)
{
    if (length > DOCUMENT_BYTES_MAX) {
        problems_add(problems, name, 0, 0, "",
                     g_strdup_printf("the file is larger than %u MiB", DOCUMENT_BYTES_MAX >> 20));
        return NULL;
    }
    Document *document = g_new0(Document, 1);
    document->name = g_strdup(name);
    document->folder = g_strdup(folder);
    document->sources = g_ptr_array_new_with_free_func(source_free);
    document->constants = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, node_free);
    document->copies = g_hash_table_new_full(NULL, NULL, node_free, NULL);
    document->root = add_source(document, source_new(name, text, length), 0, "", problems);
    if (document->root == NULL)
        g_clear_pointer(&document, document_free);
    return document;
}

const char *document_name(const Document *document)
{
    return document->name;
}

const char *document_folder(const Document *document)
{
    return document->folder;
}

void document_add_data(Document *document, const char *line)
{
    document->data_hash = sim_mix(document->data_hash, sim_hash(line));
}

uint64_t document_data_hash(const Document *document)
{
    return document->data_hash;
}

cJSON *document_root(Document *document)
{
    return document->root;
}

const cJSON *document_root_const(const Document *document)
{
    return document->root;
}

cJSON *document_add_text(Document *document, const char *name, const char *text, size_t start,
                         const char *pointer, Problems *problems)
{
    return add_source(document, source_new(name, text, strlen(text)), start, pointer, problems);
}

void document_replace_root(Document *document, cJSON *root)
{
    cJSON_Delete(document->root);
    document->root = root;
}

cJSON *document_constant(Document *document, const char *json)
{
    cJSON *known = g_hash_table_lookup(document->constants, json);
    if (known != NULL)
        return known;
    g_autoptr(Problems) problems = problems_new();
    cJSON *root = add_source(document, source_new(NULL, json, strlen(json)), 0, "", problems);
    SIM_CHECK(root != NULL);
    g_hash_table_insert(document->constants, g_strdup(json), root);
    return root;
}

/* --- copies --- */

static size_t count_nodes(const cJSON *node)
{
    size_t count = 1;
    for (const cJSON *child = node->child; child != NULL; child = child->next)
        count += count_nodes(child);
    return count;
}

static void clear_flags(cJSON *node)
{
    node->type &= ~NODE_CONSUMED;
    for (cJSON *child = node->child; child != NULL; child = child->next)
        clear_flags(child);
}

cJSON *document_merge_copies(Document *document, const cJSON *below, const cJSON *above)
{
    document->copied += count_nodes(above) + (below != NULL ? count_nodes(below) : 0);
    if (document->copied > COPIED_MAX)
        return NULL;
    cJSON *merged =
        merge_patch(below != NULL ? cJSON_Duplicate(below, 1) : NULL, cJSON_Duplicate(above, 1));
    merged->valueint = above->valueint;
    clear_flags(merged);
    g_hash_table_add(document->copies, merged);
    return merged;
}

void document_drop_copy(Document *document, cJSON *copy)
{
    g_hash_table_remove(document->copies, copy);
}

char *document_print(const Document *document)
{
    GString *text = g_string_new(NULL);
    json_print(text, document, document->root);
    return g_string_free(text, FALSE);
}
