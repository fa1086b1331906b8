/* Every discipline against a plain list: random pushes, pops and removals. */
#include "models/discipline/discipline.h"

#include <glib.h>

#include "tests/support/chance.h"

#define MOST 300u

typedef struct Waiting {
    uint32_t handle, ticket;
    double priority;
} Waiting;

/* In the order of arrival. */
typedef struct Reference {
    Waiting items[MOST];
    uint32_t count;
} Reference;

static void reference_drop(Reference *list, uint32_t i)
{
    memmove(&list->items[i], &list->items[i + 1], (--list->count - i) * sizeof(Waiting));
}

static uint32_t oldest(const Reference *list)
{
    (void)list;
    return 0;
}

static uint32_t newest(const Reference *list)
{
    return list->count - 1;
}

static uint32_t most_urgent(const Reference *list)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < list->count; i++) {
        if (list->items[i].priority < list->items[best].priority)
            best = i;
    }
    return best;
}

typedef struct Rule {
    const char *name;
    uint32_t (*next)(const Reference *list);
} Rule;

static const Rule rules[] = {{"fifo", oldest}, {"lifo", newest}, {"priority", most_urgent}};

/* NULL for a kind that came later: only what must hold for all is tested. */
static const Rule *rule_of(const Kind *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (strcmp(rules[i].name, kind->name) == 0)
            return &rules[i];
    }
    return NULL;
}

typedef struct Trial {
    WaitQueue queue;
    Reference list;
    const Rule *rule;
    SimRng rng;
    uint32_t handles; /* given so far */
} Trial;

static void trial_init(Trial *trial, const Kind *kind)
{
    *trial =
        (Trial){.queue.kind = (const DisciplineKind *)(const void *)kind, .rule = rule_of(kind)};
    draws_named(&trial->rng, kind->name);
}

static uint32_t below(Trial *trial, uint32_t bound)
{
    return (uint32_t)gsl_rng_uniform_int(&trial->rng.gsl, bound);
}

static void trial_push(Trial *trial)
{
    Waiting *made = &trial->list.items[trial->list.count++];
    made->handle = ++trial->handles;
    made->priority = (double)below(trial, 4) - 1.5;
    made->ticket = wait_queue_push(&trial->queue, made->handle, made->priority);
}

static void trial_pop(Trial *trial)
{
    uint32_t handle = wait_queue_pop(&trial->queue), i = 0;
    while (i < trial->list.count && trial->list.items[i].handle != handle)
        i++;
    assert_true(i < trial->list.count);
    if (trial->rule != NULL)
        assert_int_equal(handle, trial->list.items[trial->rule->next(&trial->list)].handle);
    reference_drop(&trial->list, i);
}

static void trial_remove(Trial *trial)
{
    uint32_t i = below(trial, trial->list.count);
    trial->queue.kind->remove(&trial->queue, trial->list.items[i].ticket);
    reference_drop(&trial->list, i);
}

/* Fills and empties in waves, so that the queue is full, empty and in between. */
static void trial_step(Trial *trial, uint32_t step)
{
    bool fills = step / 700 % 2 == 0;
    uint32_t choice = below(trial, 10);
    if (trial->list.count == 0 || (trial->list.count < MOST && choice < (fills ? 6u : 3u)))
        trial_push(trial);
    else if (choice % 2 == 0)
        trial_pop(trial);
    else
        trial_remove(trial);
    assert_int_equal(trial->queue.count, trial->list.count);
}

static void test_all_agree_with_a_plain_list(void **state)
{
    (void)state;
    for (const Kind *const *kind = discipline_family.kinds; *kind != NULL; kind++) {
        Trial trial;
        trial_init(&trial, *kind);
        for (uint32_t step = 0; step < 20000; step++)
            trial_step(&trial, step);
        while (trial.list.count > 0)
            trial_pop(&trial);
        trial.queue.kind->clear(&trial.queue);
    }
}

static void test_a_cleared_queue_can_be_used_again(void **state)
{
    (void)state;
    for (const Kind *const *kind = discipline_family.kinds; *kind != NULL; kind++) {
        Trial trial;
        trial_init(&trial, *kind);
        for (uint32_t i = 0; i < 50; i++)
            trial_push(&trial);
        trial.queue.kind->clear(&trial.queue);
        assert_int_equal(trial.queue.count, 0);
        trial.list.count = 0;
        for (uint32_t i = 0; i < 50; i++)
            trial_push(&trial);
        while (trial.list.count > 0)
            trial_pop(&trial);
        trial.queue.kind->clear(&trial.queue);
    }
}

/* Those who give up must not leave anything behind: one who waits for good, or the one before the
 * last, would otherwise keep their places open for ever. A ticket is a place. */
static void test_memory_does_not_grow_with_those_who_gave_up(void **state)
{
    (void)state;
    for (const Kind *const *kind = discipline_family.kinds; *kind != NULL; kind++) {
        WaitQueue queue = {.kind = (const DisciplineKind *)(const void *)*kind};
        wait_queue_push(&queue, 1, 0);
        uint32_t last = wait_queue_push(&queue, 2, 0);
        for (uint32_t i = 3; i < 10000; i++) {
            uint32_t ticket = wait_queue_push(&queue, i, 0);
            assert_true(ticket < 64);
            queue.kind->remove(&queue, last);
            last = ticket;
        }
        assert_int_equal(queue.count, 2);
        queue.kind->clear(&queue);
    }
}

static void test_equal_priorities_come_in_the_order_of_arrival(void **state)
{
    (void)state;
    WaitQueue queue = {.kind = discipline_find("priority")};
    for (uint32_t i = 1; i <= 1000; i++)
        wait_queue_push(&queue, i, i % 3);
    uint32_t last = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t handle = wait_queue_pop(&queue);
        assert_true(handle > last || handle % 3 > last % 3);
        last = handle;
    }
    queue.kind->clear(&queue);
}

static void test_a_name_finds_its_kind(void **state)
{
    (void)state;
    for (const Kind *const *kind = discipline_family.kinds; *kind != NULL; kind++)
        assert_ptr_equal(discipline_find((*kind)->name), *kind);
    assert_null(discipline_find("adaptive_lifo"));
    assert_null(discipline_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_agree_with_a_plain_list),
        cmocka_unit_test(test_a_cleared_queue_can_be_used_again),
        cmocka_unit_test(test_memory_does_not_grow_with_those_who_gave_up),
        cmocka_unit_test(test_equal_priorities_come_in_the_order_of_arrival),
        cmocka_unit_test(test_a_name_finds_its_kind),
    };
    return cmocka_run_group_tests_name("models/discipline_contract", tests, NULL, NULL);
}
