#include "models/problems.h"

#include <string.h>

#define POINTER_CHARACTERS_MAX 300
#define MESSAGE_CHARACTERS_MAX 500
#define NAME_BYTES_MAX         128 /* of names that suggestions are sought for */

static void problem_free(void *data)
{
    Problem *problem = data;
    g_free(problem->file);
    g_free(problem->pointer);
    g_free(problem->message);
    g_free(problem);
}

Problems *problems_new(void)
{
    Problems *problems = g_new0(Problems, 1);
    problems->list = g_ptr_array_new_with_free_func(problem_free);
    return problems;
}

void problems_free(Problems *problems)
{
    if (problems == NULL)
        return;
    g_ptr_array_free(problems->list, TRUE);
    g_free(problems);
}

bool problems_are_full(const Problems *problems)
{
    return problems->count >= PROBLEMS_SHOWN_MAX;
}

/* A value that stands for several (a link with a wildcard) may be found wrong several times. */
static bool is_repetition(const Problems *problems, const Problem *problem)
{
    for (guint i = 0; i < problems->list->len; i++) {
        const Problem *other = g_ptr_array_index(problems->list, i);
        if (problem->line != 0 && other->line == problem->line &&
            other->column == problem->column && strcmp(other->file, problem->file) == 0 &&
            strcmp(other->message, problem->message) == 0)
            return true;
    }
    return false;
}

void problems_add(Problems *problems, const char *file, size_t line, size_t column,
                  const char *pointer, char *message)
{
    Problem *problem = g_new0(Problem, 1);
    problem->file = g_strdup(file);
    problem->line = line;
    problem->column = column;
    problem->pointer = g_strdup(pointer);
    problem->message = message;
    if (is_repetition(problems, problem)) {
        problem_free(problem);
        return;
    }
    problems->count++;
    if (problems->list->len < PROBLEMS_SHOWN_MAX)
        g_ptr_array_add(problems->list, problem);
    else
        problem_free(problem);
}

static int compare_sizes(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_places(const void *a, const void *b)
{
    const Problem *first = *(const Problem *const *)a, *second = *(const Problem *const *)b;
    int order = strcmp(first->file, second->file);
    if (order == 0)
        order = compare_sizes(first->line, second->line);
    if (order == 0)
        order = compare_sizes(first->column, second->column);
    return order;
}

/* Characters that move the cursor, change the terminal, reorder the line or cannot be seen. */
static bool is_unprintable(gunichar character)
{
    GUnicodeType type = g_unichar_type(character);
    return !g_unichar_isprint(character) || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_PRIVATE_USE;
}

static void append_escaped(GString *text, const char *part, size_t characters_max)
{
    const char *at = part, *end = part + strlen(part);
    for (size_t count = 0; at < end; count++) {
        if (count == characters_max) {
            g_string_append(text, "...");
            return;
        }
        gunichar character = g_utf8_get_char_validated(at, end - at);
        if (character == (gunichar)-1 || character == (gunichar)-2) {
            g_string_append_printf(text, "\\x%02x", (unsigned)(unsigned char)*at);
            at++;
            continue;
        }
        if (is_unprintable(character))
            g_string_append_printf(text, "\\u{%x}", (unsigned)character);
        else
            g_string_append_unichar(text, character);
        at = g_utf8_next_char(at);
    }
}

static void append_problem(GString *text, const Problem *problem)
{
    append_escaped(text, problem->file, POINTER_CHARACTERS_MAX);
    if (problem->line != 0)
        g_string_append_printf(text, ":%zu:%zu", problem->line, problem->column);
    g_string_append(text, ": ");
    if (problem->pointer[0] != '\0') {
        append_escaped(text, problem->pointer, POINTER_CHARACTERS_MAX);
        g_string_append(text, ": ");
    }
    append_escaped(text, problem->message, MESSAGE_CHARACTERS_MAX);
    g_string_append_c(text, '\n');
}

char *problems_format(Problems *problems)
{
    GString *text = g_string_new(NULL);
    g_ptr_array_sort(problems->list, compare_places);
    for (guint i = 0; i < problems->list->len; i++)
        append_problem(text, g_ptr_array_index(problems->list, i));
    if (problems->count > problems->list->len)
        g_string_append_printf(text, "%zu problems in all; the first %u found are shown\n",
                               problems->count, problems->list->len);
    return g_string_free(text, FALSE);
}

/* --- nearest names --- */

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static bool same_letter(char a, char b)
{
    return g_ascii_tolower(a) == g_ascii_tolower(b);
}

/* Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NAME_BYTES_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1]) && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

const char *problems_nearest(const char *name, const char *const *candidates, size_t count)
{
    size_t length = strlen(name);
    if (length > NAME_BYTES_MAX)
        return NULL;
    size_t limit = length / 3 > 1 ? length / 3 : 1;
    if (limit >= length)
        limit = length > 0 ? length - 1 : 0;
    const char *nearest = NULL;
    size_t least = limit + 1;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        size_t apart = other > length ? other - length : length - other;
        if (apart > limit || other > NAME_BYTES_MAX)
            continue;
        size_t distance = edit_distance(name, length, candidates[i], other);
        if (distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
