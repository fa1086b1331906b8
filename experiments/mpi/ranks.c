/* Messages between ranks. Only the main thread of each speaks; it looks for messages and sleeps in
 * between, because MPI's own waiting would take a core. */
#include "experiments/ranks.h"

#include <mpi.h>
#include <pthread.h>
#include <string.h>

#include "experiments/handout.h"
#include "sim/check.h"

enum {
    TAG_ASK = 1, /* worker to 0: a number of tasks that it could do */
    TAG_TASKS,   /* 0 to worker: tasks; none: later, perhaps */
    TAG_RECORD,  /* worker to 0: a task and its record */
    TAG_PROBLEM, /* worker to 0: what went wrong, in words; the first byte: topple is wrong */
    TAG_STOP,    /* 0 to worker: it is over */
    TAG_GOODBYE, /* worker to 0: it has heard */
};

#define POLL_NS       1000000 /* between looks for messages */
#define ASK_AGAIN     20      /* looks after an answer without tasks */
#define GOODBYE_S     10.0    /* patience with ranks that do not say goodbye */
#define TASKS_AT_ONCE 64u
#define LATE_S        2.0 /* a task is late after this and so many times the mean */
#define LATE_TIMES    3.0

void ranks_start(void)
{
    int provided;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
}

int ranks_end(int exit_code)
{
    MPI_Finalize();
    return exit_code;
}

void ranks_abandon(int exit_code)
{
    MPI_Abort(MPI_COMM_WORLD, exit_code);
}

uint32_t ranks_number(void)
{
    int number;
    MPI_Comm_rank(MPI_COMM_WORLD, &number);
    return (uint32_t)number;
}

uint32_t ranks_count(void)
{
    int count;
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    return (uint32_t)count;
}

static void nap(void)
{
    const struct timespec time = {.tv_nsec = POLL_NS};
    nanosleep(&time, NULL);
}

/* Waits without taking a core: for as long as rank 0 reads, or another rank does. */
static void wait_for(MPI_Request *request)
{
    int is_done = 0;
    while (MPI_Test(request, &is_done, MPI_STATUS_IGNORE), !is_done)
        nap();
}

static int share_word(int word)
{
    MPI_Request request;
    MPI_Ibcast(&word, 1, MPI_INT, 0, MPI_COMM_WORLD, &request);
    wait_for(&request);
    return word;
}

void ranks_say(int word)
{
    share_word(word);
}

int ranks_hear(void)
{
    return share_word(0);
}

uint32_t ranks_compare(uint64_t plan_hash)
{
    uint32_t count = ranks_count(), number = ranks_number();
    g_autofree uint64_t *all = g_new0(uint64_t, count);
    MPI_Request request;
    MPI_Iallgather(&plan_hash, 1, MPI_UINT64_T, all, 1, MPI_UINT64_T, MPI_COMM_WORLD, &request);
    wait_for(&request);
    if (number > 0)
        return all[number] == all[0] ? NO_INDEX : number;
    for (uint32_t i = 1; i < count; i++) {
        if (all[i] != all[0])
            return i;
    }
    return NO_INDEX;
}

/* --- messages */

/* A message that has come, with its sender and tag; false: there is none. The bytes are to be
 * freed.
 */
static bool receive(MPI_Status *status, char **bytes, int *length)
{
    int has_come;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &has_come, status);
    if (!has_come)
        return false;
    MPI_Get_count(status, MPI_BYTE, length);
    *bytes = g_malloc((gsize)*length + 1);
    MPI_Recv(*bytes, *length, MPI_BYTE, status->MPI_SOURCE, status->MPI_TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    return true;
}

static void send(int to, int tag, const void *bytes, size_t length)
{
    MPI_Send(bytes, (int)length, MPI_BYTE, to, tag, MPI_COMM_WORLD);
}

/* To a rank that may not be listening: small, and nobody waits for it. */
static void tell(int to, int tag)
{
    MPI_Request request;
    MPI_Isend("", 0, MPI_BYTE, to, tag, MPI_COMM_WORLD, &request);
    MPI_Request_free(&request);
}

/* --- rank 0 */

typedef struct Coordinator {
    const PointsPlan *plan;
    const PointsRun *run;
    PointsResult *result;
    Handout handout;
    uint64_t threads; /* of all ranks, as if each had as many as this one */
    int ranks, left;  /* those that have said goodbye */
    double start_s;
    pthread_mutex_t lock; /* of handout and result */
    atomic_bool is_over;  /* no more tasks for own threads */
} Coordinator;

/* What a task takes is not known before some are done; who needs several times as long as others
 * is late. Under the lock. */
static double patience_of(const Coordinator *coordinator, double now_s)
{
    double done = (double)MAX(coordinator->handout.done, 1);
    double mean_s = (now_s - coordinator->start_s) * (double)coordinator->threads / done;
    return LATE_S + LATE_TIMES * mean_s;
}

static uint32_t give(Coordinator *coordinator, uint32_t rank, uint32_t most, uint64_t *tasks)
{
    double now_s = MPI_Wtime();
    pthread_mutex_lock(&coordinator->lock);
    uint32_t count = handout_give(&coordinator->handout, rank, most, now_s,
                                  patience_of(coordinator, now_s), tasks);
    pthread_mutex_unlock(&coordinator->lock);
    return count;
}

static bool is_stopped(const Coordinator *coordinator)
{
    return atomic_load(coordinator->plan->stop) != 0;
}

static void stop_all(const Coordinator *coordinator)
{
    int none = 0;
    atomic_compare_exchange_strong(coordinator->plan->stop, &none, POINTS_STOPPED_FOR_ERROR);
}

static void keep_record(Coordinator *coordinator, uint64_t task, GBytes *record)
{
    g_autoptr(GError) error = NULL;
    bool is_kept = journal_add(coordinator->run->journal, task, record, &error);
    pthread_mutex_lock(&coordinator->lock);
    if (is_kept)
        handout_finish(&coordinator->handout, task);
    else if (coordinator->result->error == NULL)
        coordinator->result->error = g_steal_pointer(&error);
    if (coordinator->handout.done == coordinator->handout.count)
        atomic_store(&coordinator->is_over, true);
    pthread_mutex_unlock(&coordinator->lock);
    if (!is_kept)
        stop_all(coordinator);
}

static void keep_problem(Coordinator *coordinator, const char *problem, bool is_internal)
{
    PointsResult *result = coordinator->result;
    pthread_mutex_lock(&coordinator->lock);
    if (result->problem == NULL) {
        result->problem = g_strdup(problem);
        result->is_internal = is_internal;
    }
    pthread_mutex_unlock(&coordinator->lock);
    stop_all(coordinator);
}

static void answer(Coordinator *coordinator, int rank, const char *bytes, int length)
{
    uint32_t asked;
    uint64_t tasks[TASKS_AT_ONCE];
    SIM_CHECK(length == sizeof asked);
    memcpy(&asked, bytes, sizeof asked);
    pthread_mutex_lock(&coordinator->lock);
    uint32_t chunk = handout_chunk(&coordinator->handout, coordinator->threads);
    pthread_mutex_unlock(&coordinator->lock);
    uint32_t count =
        give(coordinator, (uint32_t)rank, MIN(MAX(asked, chunk), TASKS_AT_ONCE), tasks);
    send(rank, TAG_TASKS, tasks, count * sizeof *tasks);
}

static void take_record(Coordinator *coordinator, const char *bytes, int length)
{
    uint64_t task;
    SIM_CHECK((size_t)length >= sizeof task);
    memcpy(&task, bytes, sizeof task);
    g_autoptr(GBytes) record = g_bytes_new(bytes + sizeof task, (gsize)length - sizeof task);
    keep_record(coordinator, task, record);
}

static void handle(Coordinator *coordinator, const MPI_Status *status, char *bytes, int length)
{
    switch (status->MPI_TAG) {
    case TAG_ASK:
        answer(coordinator, status->MPI_SOURCE, bytes, length);
        break;
    case TAG_RECORD:
        take_record(coordinator, bytes, length);
        break;
    case TAG_PROBLEM:
        bytes[length] = '\0';
        keep_problem(coordinator, bytes + 1, bytes[0] != 0);
        break;
    case TAG_GOODBYE:
        coordinator->left++;
        break;
    default:
        break;
    }
}

static PointsProgress progress_of(Coordinator *coordinator)
{
    pthread_mutex_lock(&coordinator->lock);
    PointsProgress progress = coordinator->result->progress;
    progress.done = progress.before + coordinator->handout.done;
    pthread_mutex_unlock(&coordinator->lock);
    progress.share = (double)progress.done / (double)MAX(progress.total, 1);
    return progress;
}

/* Called every POLL_NS by the main thread. */
static void coordinate(void *context)
{
    Coordinator *coordinator = context;
    MPI_Status status;
    char *bytes;
    int length;
    while (receive(&status, &bytes, &length)) {
        handle(coordinator, &status, bytes, length);
        g_free(bytes);
    }
    PointsProgress progress = progress_of(coordinator);
    coordinator->run->tick(coordinator->run->context, &progress);
}

static void work_on(Coordinator *coordinator, uint64_t task, uint32_t worker)
{
    PointMade made;
    switch (points_make(coordinator->plan, task, coordinator->run->pool, worker, NULL, &made)) {
    case POINT_DONE:
        keep_record(coordinator, task, made.record);
        break;
    case POINT_WRONG:
        keep_problem(coordinator, made.problem, made.is_internal);
        break;
    case POINT_STOPPED:
        break;
    }
    point_made_clear(&made);
}

/* One for each thread of this rank: until all tasks are done, whoever does them. */
static void work_along(void *context, uint64_t number, uint32_t worker)
{
    Coordinator *coordinator = context;
    (void)number;
    while (!is_stopped(coordinator) && !atomic_load(&coordinator->is_over)) {
        uint64_t task;
        if (give(coordinator, 0, 1, &task) > 0)
            work_on(coordinator, task, worker);
        else
            nap();
    }
}

/* What others are still at is not needed: they stop, and say so. A rank that hangs cannot hold up
 * the results, which are complete. */
static void dismiss(Coordinator *coordinator)
{
    double start_s = MPI_Wtime();
    for (int i = 1; i < coordinator->ranks; i++)
        tell(i, TAG_STOP);
    while (coordinator->left < coordinator->ranks - 1 && MPI_Wtime() - start_s < GOODBYE_S) {
        MPI_Status status;
        char *bytes;
        int length;
        if (!receive(&status, &bytes, &length)) {
            nap();
            continue;
        }
        coordinator->left += status.MPI_TAG == TAG_GOODBYE;
        g_free(bytes);
    }
    coordinator->result->silent_ranks = (uint32_t)(coordinator->ranks - 1 - coordinator->left);
}

static uint64_t *missing_tasks(const PointsPlan *plan, Journal *journal, uint64_t *count)
{
    uint64_t size = points_shard_size(plan);
    uint64_t *tasks = g_new(uint64_t, size + 1);
    *count = 0;
    for (uint64_t i = 0; i < size; i++) {
        uint64_t task = points_shard_task(plan, i);
        if (!journal_has(journal, task))
            tasks[(*count)++] = task;
    }
    return tasks;
}

static void run_coordinator(const PointsPlan *plan, const PointsRun *run, PointsResult *result)
{
    Coordinator coordinator = {.plan = plan, .run = run, .result = result};
    uint64_t count, *tasks = missing_tasks(plan, run->journal, &count);
    handout_init(&coordinator.handout, tasks, count);
    coordinator.ranks = (int)ranks_count();
    coordinator.start_s = MPI_Wtime();
    coordinator.threads = (uint64_t)coordinator.ranks * thread_pool_threads(run->pool);
    atomic_store(&coordinator.is_over, count == 0);
    result->progress.total = points_shard_size(plan);
    result->progress.before = result->progress.total - count;
    pthread_mutex_init(&coordinator.lock, NULL);
    const LoopWatch watch = {coordinate, &coordinator, POLL_NS};
    thread_pool_run(run->pool, thread_pool_threads(run->pool), work_along, &coordinator, &watch);
    result->progress = progress_of(&coordinator);
    dismiss(&coordinator);
    pthread_mutex_destroy(&coordinator.lock);
    handout_clear(&coordinator.handout);
    journal_flush(run->journal);
}

/* --- the others */

typedef struct Outgoing {
    int tag;
    GByteArray *bytes;
} Outgoing;

typedef struct Assistant {
    const PointsPlan *plan;
    ThreadPool *pool;
    GQueue tasks;    /* of uint64_t *, to do */
    GQueue outgoing; /* of Outgoing *, to be sent */
    uint32_t idle;   /* threads without a task */
    bool has_asked;
    uint32_t patience; /* looks until it asks again */
    bool is_over;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} Assistant;

static void put_outgoing(Assistant *assistant, int tag, const void *head, size_t head_length,
                         const void *body, size_t length)
{
    Outgoing *outgoing = g_new(Outgoing, 1);
    *outgoing = (Outgoing){tag, g_byte_array_new()};
    g_byte_array_append(outgoing->bytes, head, (guint)head_length);
    g_byte_array_append(outgoing->bytes, body, (guint)length);
    pthread_mutex_lock(&assistant->lock);
    g_queue_push_tail(&assistant->outgoing, outgoing);
    pthread_mutex_unlock(&assistant->lock);
}

static void assist_with(Assistant *assistant, uint64_t task, uint32_t worker)
{
    PointMade made;
    gsize length;
    const void *bytes;
    guint8 is_internal;
    switch (points_make(assistant->plan, task, assistant->pool, worker, NULL, &made)) {
    case POINT_DONE:
        bytes = g_bytes_get_data(made.record, &length);
        put_outgoing(assistant, TAG_RECORD, &task, sizeof task, bytes, length);
        break;
    case POINT_WRONG:
        is_internal = made.is_internal;
        put_outgoing(assistant, TAG_PROBLEM, &is_internal, 1, made.problem, strlen(made.problem));
        break;
    case POINT_STOPPED:
        break;
    }
    point_made_clear(&made);
}

/* Waits for one; false: it is over. */
static bool take_task(Assistant *assistant, uint64_t *task)
{
    pthread_mutex_lock(&assistant->lock);
    assistant->idle++;
    while (!assistant->is_over && g_queue_is_empty(&assistant->tasks))
        pthread_cond_wait(&assistant->changed, &assistant->lock);
    assistant->idle--;
    g_autofree uint64_t *taken = assistant->is_over ? NULL : g_queue_pop_head(&assistant->tasks);
    pthread_mutex_unlock(&assistant->lock);
    if (taken != NULL)
        *task = *taken;
    return taken != NULL;
}

static void assist(void *context, uint64_t number, uint32_t worker)
{
    Assistant *assistant = context;
    uint64_t task;
    (void)number;
    while (take_task(assistant, &task))
        assist_with(assistant, task, worker);
}

/* --- its main thread */

static void end_assistance(Assistant *assistant)
{
    int none = 0;
    assistant->is_over = true;
    atomic_compare_exchange_strong(assistant->plan->stop, &none, POINTS_STOPPED_FOR_ERROR);
    pthread_cond_broadcast(&assistant->changed);
}

static void take_tasks(Assistant *assistant, const char *bytes, int length)
{
    assistant->has_asked = false;
    assistant->patience = length == 0 ? ASK_AGAIN : 0;
    for (int at = 0; at < length; at += (int)sizeof(uint64_t))
        g_queue_push_tail(&assistant->tasks, g_memdup2(bytes + at, sizeof(uint64_t)));
    pthread_cond_broadcast(&assistant->changed);
}

static void listen(Assistant *assistant)
{
    MPI_Status status;
    char *bytes;
    int length;
    while (receive(&status, &bytes, &length)) {
        pthread_mutex_lock(&assistant->lock);
        if (status.MPI_TAG == TAG_TASKS)
            take_tasks(assistant, bytes, length);
        else if (status.MPI_TAG == TAG_STOP)
            end_assistance(assistant);
        pthread_mutex_unlock(&assistant->lock);
        g_free(bytes);
    }
}

static void send_outgoing(Assistant *assistant)
{
    for (;;) {
        pthread_mutex_lock(&assistant->lock);
        Outgoing *outgoing = g_queue_pop_head(&assistant->outgoing);
        pthread_mutex_unlock(&assistant->lock);
        if (outgoing == NULL)
            return;
        send(0, outgoing->tag, outgoing->bytes->data, outgoing->bytes->len);
        g_byte_array_unref(outgoing->bytes);
        g_free(outgoing);
    }
}

/* Before the last task is taken, so that nobody waits for the message. */
static void ask(Assistant *assistant)
{
    pthread_mutex_lock(&assistant->lock);
    uint32_t wanted = thread_pool_threads(assistant->pool), there = assistant->tasks.length;
    bool asks = !assistant->has_asked && !assistant->is_over && there < wanted;
    if (asks && assistant->patience > 0) {
        assistant->patience--;
        asks = false;
    }
    assistant->has_asked |= asks;
    pthread_mutex_unlock(&assistant->lock);
    if (asks)
        send(0, TAG_ASK, &wanted, sizeof wanted);
}

/* A signal ends this rank; rank 0 gives its tasks to others. */
static void heed_signals(Assistant *assistant)
{
    pthread_mutex_lock(&assistant->lock);
    if (!assistant->is_over && atomic_load(assistant->plan->stop) != 0)
        end_assistance(assistant);
    pthread_mutex_unlock(&assistant->lock);
}

static void speak(void *context)
{
    Assistant *assistant = context;
    heed_signals(assistant);
    listen(assistant);
    send_outgoing(assistant);
    ask(assistant);
}

static void drop_outgoing(Assistant *assistant)
{
    for (Outgoing *left; (left = g_queue_pop_head(&assistant->outgoing)) != NULL;) {
        g_byte_array_unref(left->bytes);
        g_free(left);
    }
}

static void run_assistant(const PointsPlan *plan, const PointsRun *run)
{
    SIM_CHECK(thread_pool_has_threads(run->pool)); /* else nobody would listen */
    Assistant assistant = {.plan = plan, .pool = run->pool};
    g_queue_init(&assistant.tasks);
    g_queue_init(&assistant.outgoing);
    pthread_mutex_init(&assistant.lock, NULL);
    pthread_cond_init(&assistant.changed, NULL);
    const LoopWatch watch = {speak, &assistant, POLL_NS};
    thread_pool_run(run->pool, thread_pool_threads(run->pool), assist, &assistant, &watch);
    send(0, TAG_GOODBYE, "", 0);
    drop_outgoing(&assistant);
    g_queue_clear_full(&assistant.tasks, g_free);
    pthread_cond_destroy(&assistant.changed);
    pthread_mutex_destroy(&assistant.lock);
}

void ranks_run(const PointsPlan *plan, const PointsRun *run, PointsResult *result)
{
    *result = (PointsResult){0};
    if (ranks_number() == 0)
        run_coordinator(plan, run, result);
    else
        run_assistant(plan, run);
}
