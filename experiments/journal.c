#include "experiments/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/check.h"
#include "sim/rng.h"

G_DEFINE_QUARK(topple - journal - error, journal_error)

/* The file: MAGIC, and frames of [length of the body][checksum of the body][body]. Numbers are the
 * machine's own: the magic number, read as eight bytes, tells when they are another's. */
#define MAGIC       UINT64_C(0x31304c4e524a5054) /* "TPJRNL01" */
#define FRAME_BYTES 16u
#define TASK_BYTES  8u /* a record's body starts with its task */

/* facts, command line, name and folder of the source, source, shard, shards */
#define HEAD_TYPE "(a(ss)aayayayayuu)"

/* Where a record lies; in memory: its bytes. */
typedef struct Place {
    int64_t offset; /* of the record, behind its task */
    uint64_t length;
    GBytes *bytes;
} Place;

struct Journal {
    char *path; /* NULL: in memory */
    int descriptor;
    int64_t end;        /* of the last whole frame */
    GHashTable *places; /* task -> Place */
    GVariant *head_bytes;
    JournalHead head; /* borrowed from head_bytes, but for the arrays */
    pthread_mutex_t lock;
};

static bool fail(JournalError code, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool fail(JournalError code, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, JOURNAL_ERROR, (gint)code, text);
    return false;
}

/* --- places */

static void place_free(void *place)
{
    if (((Place *)place)->bytes != NULL)
        g_bytes_unref(((Place *)place)->bytes);
    g_free(place);
}

/* A 64-bit task is a key by itself. */
static gpointer key_of(uint64_t task)
{
    _Static_assert(sizeof(gpointer) >= sizeof task, "a task must fit a pointer");
    return (gpointer)(uintptr_t)task;
}

static const Place *find(const Journal *journal, uint64_t task)
{
    return g_hash_table_lookup(journal->places, key_of(task));
}

static void keep(Journal *journal, uint64_t task, const Place *place)
{
    g_hash_table_insert(journal->places, key_of(task), g_memdup2(place, sizeof *place));
}

/* --- making and freeing */

static Journal *journal_new(const char *path)
{
    Journal *journal = g_new0(Journal, 1);
    journal->path = g_strdup(path);
    journal->descriptor = -1;
    journal->places = g_hash_table_new_full(NULL, NULL, NULL, place_free);
    pthread_mutex_init(&journal->lock, NULL);
    return journal;
}

Journal *journal_in_memory(void)
{
    return journal_new(NULL);
}

static void head_clear(Journal *journal)
{
    g_free((gpointer)(guintptr)journal->head.facts);
    g_free((gpointer)(guintptr)journal->head.command_line);
    g_clear_pointer(&journal->head.source, g_bytes_unref);
    g_clear_pointer(&journal->head_bytes, g_variant_unref);
    journal->head = (JournalHead){0};
}

void journal_free(Journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->descriptor >= 0)
        close(journal->descriptor);
    head_clear(journal);
    g_hash_table_destroy(journal->places);
    pthread_mutex_destroy(&journal->lock);
    g_free(journal->path);
    g_free(journal);
}

const JournalHead *journal_head(const Journal *journal)
{
    return &journal->head;
}

const char *journal_path(const Journal *journal)
{
    return journal->path;
}

/* --- frames */

static uint64_t checksum(const uint8_t *bytes, uint64_t length)
{
    uint64_t sum = length, word;
    for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        sum = sim_mix(sum, word);
    }
    word = 0;
    memcpy(&word, bytes, length);
    return sim_mix(sum, word);
}

static void add_number(GByteArray *bytes, uint64_t number)
{
    g_byte_array_append(bytes, (const guint8 *)&number, sizeof number);
}

/* Puts a frame around the body. */
static GByteArray *frame_of(const void *first, uint64_t first_length, const void *second,
                            uint64_t second_length)
{
    GByteArray *frame = g_byte_array_sized_new((guint)(FRAME_BYTES + first_length + second_length));
    add_number(frame, first_length + second_length);
    add_number(frame, 0);
    g_byte_array_append(frame, first, (guint)first_length);
    if (second_length > 0)
        g_byte_array_append(frame, second, (guint)second_length);
    uint64_t sum = checksum(frame->data + FRAME_BYTES, first_length + second_length);
    memcpy(frame->data + sizeof sum, &sum, sizeof sum);
    return frame;
}

/* The body that stands at `at`; NULL when the frame is not whole. */
static const uint8_t *body_at(const uint8_t *file, uint64_t size, uint64_t at, uint64_t *length)
{
    uint64_t sum;
    if (size - at < FRAME_BYTES)
        return NULL;
    memcpy(length, file + at, sizeof *length);
    memcpy(&sum, file + at + sizeof *length, sizeof sum);
    if (*length > size - at - FRAME_BYTES)
        return NULL;
    const uint8_t *body = file + at + FRAME_BYTES;
    return checksum(body, *length) == sum ? body : NULL;
}

static bool write_all(int descriptor, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Takes the bytes over. */
static bool append(Journal *journal, GByteArray *bytes, GError **error)
{
    bool is_written = write_all(journal->descriptor, bytes->data, bytes->len);
    int number = errno;
    if (is_written)
        journal->end += bytes->len;
    else if (ftruncate(journal->descriptor, journal->end) == 0)
        lseek(journal->descriptor, journal->end, SEEK_SET);
    g_byte_array_unref(bytes);
    return is_written || fail(JOURNAL_ERROR_FILE, error, "%s: cannot write: %s", journal->path,
                              g_strerror(number));
}

/* --- the head */

/* Texts as they are, whatever their encoding. */
static GVariant *facts_of(const JournalHead *head)
{
    GVariantBuilder builder;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ss)"));
    for (const JournalFact *fact = head->facts; fact->name != NULL; fact++) {
        g_autofree char *valid = g_utf8_make_valid(fact->value, -1);
        g_variant_builder_add(&builder, "(ss)", fact->name, valid);
    }
    return g_variant_builder_end(&builder);
}

static GVariant *head_variant(const JournalHead *head)
{
    gsize length;
    const void *bytes = g_bytes_get_data(head->source, &length);
    return g_variant_ref_sink(g_variant_new(
        "(@a(ss)^aay^ay^ay@ayuu)", facts_of(head), head->command_line, head->source_name,
        head->source_folder, g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, bytes, length, 1),
        head->shard, head->shard_count));
}

static GBytes *bytes_of_child(GVariant *whole, gsize child)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(whole, child);
    return g_variant_get_data_as_bytes(bytes);
}

static const JournalFact *facts_in(GVariant *whole)
{
    g_autoptr(GVariant) list = g_variant_get_child_value(whole, 0);
    gsize count = g_variant_n_children(list);
    JournalFact *facts = g_new0(JournalFact, count + 1);
    for (gsize i = 0; i < count; i++)
        g_variant_get_child(list, i, "(&s&s)", &facts[i].name, &facts[i].value);
    return facts;
}

/* Borrows texts from `whole`, which it takes over. */
static void take_head(Journal *journal, GVariant *whole)
{
    JournalHead *head = &journal->head;
    journal->head_bytes = whole;
    head->facts = facts_in(whole);
    g_variant_get_child(whole, 1, "^a&ay", &head->command_line);
    g_variant_get_child(whole, 2, "^&ay", &head->source_name);
    g_variant_get_child(whole, 3, "^&ay", &head->source_folder);
    head->source = bytes_of_child(whole, 4);
    g_variant_get_child(whole, 5, "u", &head->shard);
    g_variant_get_child(whole, 6, "u", &head->shard_count);
}

static bool read_head(Journal *journal, const uint8_t *body, uint64_t length)
{
    g_autoptr(GBytes) bytes = g_bytes_new(body, length);
    g_autoptr(GVariant) whole =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(HEAD_TYPE), bytes, FALSE));
    if (!g_variant_is_normal_form(whole))
        return false;
    take_head(journal, g_steal_pointer(&whole));
    return journal->head.shard_count > 0 && journal->head.shard < journal->head.shard_count;
}

static const char *value_of(const JournalHead *head, const char *name)
{
    for (const JournalFact *fact = head->facts; fact->name != NULL; fact++) {
        if (strcmp(fact->name, name) == 0)
            return fact->value;
    }
    return "?";
}

char *journal_difference(const JournalHead *there, const JournalHead *asked)
{
    for (const JournalFact *fact = asked->facts; fact->name != NULL; fact++) {
        g_autofree char *valid = g_utf8_make_valid(fact->value, -1);
        const char *value = value_of(there, fact->name);
        if (strcmp(value, valid) != 0)
            return g_strdup_printf("another %s: %s, not %s", fact->name, value, valid);
    }
    if (there->shard != asked->shard || there->shard_count != asked->shard_count)
        return g_strdup_printf("another shard: %u/%u, not %u/%u", there->shard + 1,
                               there->shard_count, asked->shard + 1, asked->shard_count);
    return NULL;
}

/* --- reading what is there */

static void index_record(Journal *journal, uint64_t at, const uint8_t *body, uint64_t length)
{
    uint64_t task;
    if (length < TASK_BYTES)
        return;
    memcpy(&task, body, sizeof task);
    if (find(journal, task) == NULL)
        keep(journal, task,
             &(Place){.offset = (int64_t)(at + FRAME_BYTES + TASK_BYTES),
                      .length = length - TASK_BYTES});
}

static void index_records(Journal *journal, const uint8_t *file, uint64_t size, uint64_t at)
{
    const uint8_t *body;
    uint64_t length;
    for (; (body = body_at(file, size, at, &length)) != NULL; at += FRAME_BYTES + length)
        index_record(journal, at, body, length);
    journal->end = (int64_t)at;
}

/* A kill may have cut off the head itself: then there is none. One that is whole and wrong is not
 * ours to throw away. */
static bool read_frames(Journal *journal, const uint8_t *file, uint64_t size, bool *has_head,
                        GError **error)
{
    uint64_t at = sizeof(uint64_t), length = 0;
    const uint8_t *body = size < at ? NULL : body_at(file, size, at, &length);
    *has_head = body != NULL && read_head(journal, body, length);
    if (*has_head)
        index_records(journal, file, size, at + FRAME_BYTES + length);
    else if (size > at + FRAME_BYTES && length <= size - at - FRAME_BYTES)
        return fail(JOURNAL_ERROR_NONE, error, "%s: its head is damaged", journal->path);
    return true;
}

static bool check_magic(const Journal *journal, const uint8_t *file, uint64_t size, GError **error)
{
    uint64_t magic = 0;
    memcpy(&magic, file, MIN(size, sizeof magic));
    if (magic == MAGIC || (size < sizeof magic && memcmp(&magic, &(uint64_t){MAGIC}, size) == 0))
        return true;
    if (magic == GUINT64_SWAP_LE_BE(MAGIC))
        return fail(JOURNAL_ERROR_NONE, error,
                    "%s: was written by a machine with another order of bytes", journal->path);
    return fail(JOURNAL_ERROR_NONE, error, "%s: is no journal of this version of topple",
                journal->path);
}

/* has_head: the file holds a journal, which is indexed now. */
static bool read_file(Journal *journal, bool *has_head, GError **error)
{
    struct stat status;
    *has_head = false;
    if (fstat(journal->descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return fail(JOURNAL_ERROR_NONE, error, "%s: is no journal", journal->path);
    uint64_t size = (uint64_t)status.st_size;
    if (size == 0)
        return true;
    void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, journal->descriptor, 0);
    if (file == MAP_FAILED)
        return fail(JOURNAL_ERROR_FILE, error, "%s: cannot be read: %s", journal->path,
                    g_strerror(errno));
    bool is_ours = check_magic(journal, file, size, error) &&
                   read_frames(journal, file, size, has_head, error);
    munmap(file, size);
    return is_ours;
}

/* --- opening */

static bool open_file(Journal *journal, int flags, GError **error)
{
    journal->descriptor = open(journal->path, flags | O_CLOEXEC | O_NONBLOCK, 0666);
    return journal->descriptor >= 0 || fail(JOURNAL_ERROR_FILE, error, "%s: cannot be opened: %s",
                                            journal->path, g_strerror(errno));
}

/* File systems without locks must do without. */
static bool lock_file(Journal *journal, GError **error)
{
    if (flock(journal->descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return true;
    return fail(JOURNAL_ERROR_LOCKED, error, "%s: another topple is writing it", journal->path);
}

static bool make_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0777) == 0)
        return true;
    return fail(JOURNAL_ERROR_FILE, error, "%s: cannot make the folder: %s", folder,
                g_strerror(errno));
}

static void forget_all(Journal *journal)
{
    head_clear(journal);
    g_hash_table_remove_all(journal->places);
    journal->end = 0;
}

static bool start(Journal *journal, const JournalHead *head, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    forget_all(journal);
    GVariant *whole = head_variant(head);
    GByteArray *frame = frame_of(g_variant_get_data(whole), g_variant_get_size(whole), NULL, 0);
    add_number(bytes, MAGIC);
    g_byte_array_append(bytes, frame->data, frame->len);
    g_byte_array_unref(frame);
    take_head(journal, whole);
    return append(journal, bytes, error);
}

static bool go_on(Journal *journal, const JournalHead *head, GError **error)
{
    g_autofree char *difference = journal_difference(&journal->head, head);
    return difference == NULL ||
           fail(JOURNAL_ERROR_OTHER, error, "%s: is of %s", journal->path, difference);
}

/* What stands behind the last whole frame goes. */
static bool cut(Journal *journal, GError **error)
{
    if (ftruncate(journal->descriptor, journal->end) == 0 &&
        lseek(journal->descriptor, journal->end, SEEK_SET) == journal->end)
        return true;
    return fail(JOURNAL_ERROR_FILE, error, "%s: cannot be cut: %s", journal->path,
                g_strerror(errno));
}

static bool open_or_start(Journal *journal, const JournalHead *head, bool anew, GError **error)
{
    bool has_head;
    if (!make_folder(journal->path, error) || !open_file(journal, O_RDWR | O_CREAT, error) ||
        !lock_file(journal, error))
        return false;
    if (anew)
        return cut(journal, error) && start(journal, head, error);
    if (!read_file(journal, &has_head, error))
        return false;
    if (!has_head)
        return cut(journal, error) && start(journal, head, error);
    return go_on(journal, head, error) && cut(journal, error);
}

Journal *journal_open(const char *path, const JournalHead *head, bool anew, GError **error)
{
    g_autoptr(Journal) journal = journal_new(path);
    return open_or_start(journal, head, anew, error) ? g_steal_pointer(&journal) : NULL;
}

Journal *journal_read(const char *path, GError **error)
{
    g_autoptr(Journal) journal = journal_new(path);
    bool has_head;
    if (!open_file(journal, O_RDONLY, error) || !read_file(journal, &has_head, error))
        return NULL;
    if (has_head)
        return g_steal_pointer(&journal);
    fail(JOURNAL_ERROR_NONE, error, "%s: is empty", path);
    return NULL;
}

/* --- records */

uint64_t journal_count(Journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    uint64_t count = g_hash_table_size(journal->places);
    pthread_mutex_unlock(&journal->lock);
    return count;
}

bool journal_has(Journal *journal, uint64_t task)
{
    pthread_mutex_lock(&journal->lock);
    bool has = find(journal, task) != NULL;
    pthread_mutex_unlock(&journal->lock);
    return has;
}

/* Under the lock. */
static bool add_to_file(Journal *journal, uint64_t task, GBytes *record, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(record, &length);
    Place place = {.offset = journal->end + FRAME_BYTES + TASK_BYTES, .length = length};
    if (length > G_MAXUINT32 - FRAME_BYTES - TASK_BYTES)
        return fail(JOURNAL_ERROR_FILE, error, "%s: a record of %" G_GSIZE_FORMAT " bytes",
                    journal->path, length);
    if (!append(journal, frame_of(&task, sizeof task, bytes, length), error))
        return false;
    keep(journal, task, &place);
    return true;
}

bool journal_add(Journal *journal, uint64_t task, GBytes *record, GError **error)
{
    bool is_added = true;
    pthread_mutex_lock(&journal->lock);
    if (find(journal, task) != NULL)
        is_added = true;
    else if (journal->path == NULL)
        keep(journal, task, &(Place){.bytes = g_bytes_ref(record)});
    else
        is_added = add_to_file(journal, task, record, error);
    pthread_mutex_unlock(&journal->lock);
    return is_added;
}

static GBytes *read_place(const Journal *journal, const Place *place, GError **error)
{
    guint8 *bytes = g_malloc(place->length + 1);
    for (uint64_t got = 0; got < place->length;) {
        ssize_t more = pread(journal->descriptor, bytes + got, place->length - got,
                             place->offset + (int64_t)got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0) {
            fail(JOURNAL_ERROR_FILE, error, "%s: cannot be read: %s", journal->path,
                 more < 0 ? g_strerror(errno) : "it has become shorter");
            g_free(bytes);
            return NULL;
        }
        got += (uint64_t)more;
    }
    return g_bytes_new_take(bytes, place->length);
}

GBytes *journal_get(Journal *journal, uint64_t task, GError **error)
{
    pthread_mutex_lock(&journal->lock);
    const Place *found = find(journal, task);
    Place place = found == NULL ? (Place){0} : *found;
    GBytes *bytes = place.bytes == NULL ? NULL : g_bytes_ref(place.bytes);
    pthread_mutex_unlock(&journal->lock);
    return bytes != NULL || found == NULL ? bytes : read_place(journal, &place, error);
}

void journal_flush(Journal *journal)
{
    if (journal->path != NULL)
        fdatasync(journal->descriptor);
}

bool journal_finish(Journal *journal, GError **error)
{
    g_autofree char *path = g_strdup(journal->path);
    bool is_removed = path == NULL || g_unlink(path) == 0;
    int number = errno;
    journal_free(journal);
    return is_removed ||
           fail(JOURNAL_ERROR_FILE, error, "%s: cannot be removed: %s", path, g_strerror(number));
}
