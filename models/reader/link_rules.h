/* The rules behind links, and how those that match a pair are merged. Private to models/reader/.
 *
 * A key is read once for each set of rules that it comes from, however many pairs there are. Values
 * that are no objects replace what is below them, so that mostly one rule is enough; objects are
 * merged (RFC 7396) and then read. */
#ifndef TOPPLE_MODELS_READER_LINK_RULES_H
#define TOPPLE_MODELS_READER_LINK_RULES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/reader/draft.h"

#define LINK_RULES_MAX 6u  /* that match one pair */
#define LINK_KEYS_MAX  17u /* supported ones; they come first in link_keys */

typedef struct LinkRule {
    Spec spec;
    uint32_t caller; /* as link_caller says; 0: any */
    uint32_t callee; /* service; NO_INDEX: any */
    uint32_t operation;
    uint32_t present, objects, nulls;       /* a bit for each key */
    uint32_t seen;                          /* keys that were read */
    const LinkConfig *alone[LINK_KEYS_MAX]; /* a supported key read from this rule only; NULL: not
                                               yet */
    bool is_used;
} LinkRule;

struct LinkBook {
    GArray *rules;          /* LinkRule */
    GHashTable *by_pattern; /* (caller, target) -> rule + 1 */
    GHashTable *by_pair;    /* (caller, target) -> link */
    GHashTable *merged;     /* key and rules -> LinkConfig */
    LinkConfig defaults;
};

/* Callers are numbered from 1: services, then workloads. One of the two is NO_INDEX. */
uint32_t link_caller(const Draft *draft, uint32_t service, uint32_t workload);

/* Splits "a -> b.op" and finds the names, for rules and for those who speak of links. */
bool link_pattern_read(const Spec *spec, const Draft *draft, const char *name, LinkRule *rule);

/* Reads the defaults. */
void link_rules_start(ReadContext *context);

/* Notes which keys the rule has and reports unknown ones. */
void link_rule_look(LinkRule *rule);

/* The link that comes of the rules, least specific first; all but the names. */
void link_rules_merge(ReadContext *context, const uint32_t *rules, uint32_t count,
                      LinkConfig *link);

/* Whether what was merged agrees with itself; if not, a problem where the rules say so. */
bool link_rules_check(ReadContext *context, const uint32_t *rules, uint32_t count,
                      const LinkConfig *link);

/* Reads the keys of the last rule that have not been read. */
void link_rules_read_rest(ReadContext *context, const uint32_t *rules, uint32_t count);

#endif
