/* A document becomes a topology: names first, then the parts in the order in which they refer to
 * each other, then what can only be judged of the whole. */
#include <string.h>

#include "models/reader/draft.h"
#include "models/reader/links.h"
#include "models/reader/streams.h"
#include "models/reader/traffic.h"
#include "models/reader/tables.h"

#define WORKLOADS_MAX 1000u
#define FAULTS_MAX    1000u
#define BROKERS_MAX   10000u

/* Links that all faults hit together; each is a number to remember. */
#define FAULT_LINKS_MAX 10000000u

/* What balancers may keep, in counters of 4 bytes. */
#define COUNTERS_MAX (64u << 20)

/* Consumers of all brokers, one for each replica of its service. */
#define SLOTS_MAX 1000000u

typedef struct RootDraft {
    const char *schema, *name, *description;
    uint32_t format;
    Spec simulation, services, links, brokers, workloads, faults, slos, designs;
    char expectations; /* they go to the topology at once */
} RootDraft;

static bool keep_object(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    if (!spec_expect(spec, SPEC_OBJECT))
        return false;
    *(Spec *)value = *spec;
    return true;
}

static bool read_format(const Spec *spec, ReadContext *context, void *value)
{
    (void)context;
    int64_t format;
    if (!spec_get_integer(spec, 0, INT32_MAX, &format))
        return false;
    *(uint32_t *)value = (uint32_t)format;
    return format == 1 || spec_problem(spec, "must be 1, the only format there is");
}

static const KeyCustom format_custom = {read_format, "1", "{\"const\": 1}"};

#define PART(name) "{\"$ref\": \"#/$defs/" name "\"}"

static const KeyCustom simulation_custom = {keep_object, "an object", PART("simulation")};
static const KeyCustom services_custom = {keep_object, "services by name", PART("services")};
static const KeyCustom links_custom = {keep_object, "links by name", PART("links")};
static const KeyCustom brokers_custom = {keep_object, "brokers by name", PART("brokers")};
static const KeyCustom workloads_custom = {keep_object, "workloads by name", PART("workloads")};
static const KeyCustom faults_custom = {keep_object, "faults by name", PART("faults")};
static const KeyCustom slos_custom = {keep_object, "objectives by name", PART("slos")};
static const KeyCustom designs_custom = {keep_object, "designs by name", PART("designs")};

#define ROOT(member) offsetof(RootDraft, member)

const Key root_keys[] = {
    {"$schema", KEY_STRING, .offset = ROOT(schema), .summary = "for editors; ignored"},
    {"format", KEY_CUSTOM, .offset = ROOT(format), .fallback = "1", .detail.custom = &format_custom,
     .summary = "of this file"},
    {"name", KEY_STRING, .offset = ROOT(name),
     .summary = "of the topology; the file's name by default"},
    {"description", KEY_STRING, .offset = ROOT(description), .summary = "for people"},
    {"simulation", KEY_CUSTOM, .offset = ROOT(simulation), .detail.custom = &simulation_custom,
     .summary = "how long, how often, with which seed"},
    {"services", KEY_CUSTOM, .required = true, .offset = ROOT(services),
     .detail.custom = &services_custom, .summary = "what answers"},
    {"links", KEY_CUSTOM, .required = true, .offset = ROOT(links), .detail.custom = &links_custom,
     .summary = "how callers reach what they call"},
    {"brokers", KEY_CUSTOM, .offset = ROOT(brokers), .detail.custom = &brokers_custom,
     .summary = "queues, topics and streams"},
    {"workloads", KEY_CUSTOM, .required = true, .offset = ROOT(workloads),
     .detail.custom = &workloads_custom, .summary = "who asks"},
    {"faults", KEY_CUSTOM, .offset = ROOT(faults), .detail.custom = &faults_custom,
     .summary = "what goes wrong"},
    {"slos", KEY_CUSTOM, .offset = ROOT(slos), .detail.custom = &slos_custom,
     .summary = "objectives"},
    {"designs", KEY_CUSTOM, .offset = ROOT(designs), .detail.custom = &designs_custom,
     .summary = "variants of this file to compare"},
    {"expectations", KEY_CUSTOM, .offset = ROOT(expectations),
     .detail.custom = &expectations_custom,
     .summary = "what must come out of run and compare, as base: workload/shoppers.p99_ms < 300"},
    {"hosts", KEY_UNSUPPORTED, .summary = "machines that services share"},
    {.name = NULL},
};

/* --- designs: their form; what a patch makes is checked when that design is read */

static const KeyCustom patch_custom = {keep_object, "a JSON Merge Patch over the whole file",
                                       "{\"type\": \"object\"}"};

const Key design_keys[] = {
    {"patch", KEY_CUSTOM, .required = true, .offset = 0, .detail.custom = &patch_custom,
     .summary = "JSON Merge Patch (RFC 7396) over the whole file; null removes a key"},
    {.name = NULL},
};

static void check_designs(const Spec *root, ReadContext *context)
{
    Spec designs;
    Spec design;
    Spec patch;
    if (!spec_member(root, "designs", &designs) || !spec_expect(&designs, SPEC_OBJECT))
        return;
    for (bool more = spec_first(&designs, &design); more; more = spec_next(&design)) {
        spec_check_name(&design, "design");
        keys_read(&design, context, &patch, design_keys);
    }
}

/* --- names */

static void name_members(const Spec *spec, ReadContext *context, NameMap *map, const char *what,
                         uint32_t max)
{
    Spec child;
    if (spec_size(spec) > max) {
        spec_problem(spec, "must have at most %u %ss, got %zu", max, what, spec_size(spec));
        return;
    }
    for (bool more = spec_first(spec, &child); more; more = spec_next(&child)) {
        spec_check_name(&child, what);
        name_map_add(map, arena_string(context->arena, child.name));
    }
}

static void check_workload_names(const Draft *draft)
{
    Spec child;
    for (bool more = spec_first(&draft->workloads_spec, &child); more; more = spec_next(&child)) {
        if (name_map_find(&draft->services, child.name) != NO_INDEX)
            spec_problem_at_key(&child,
                                "\"%s\" is the name of a service; a caller needs a name "
                                "of its own",
                                child.name);
    }
}

static bool read_names(ReadContext *context)
{
    Draft *draft = context->draft;
    if (!services_name(context))
        return false;
    if (draft->has_brokers)
        name_members(&draft->brokers_spec, context, &draft->brokers, "broker", BROKERS_MAX);
    if (draft->has_workloads) {
        name_members(&draft->workloads_spec, context, &draft->workloads, "workload", WORKLOADS_MAX);
        check_workload_names(draft);
    }
    return true;
}

/* --- workloads and faults, one by one */

static void read_workloads(ReadContext *context)
{
    Draft *draft = context->draft;
    Spec child;
    uint32_t index = 0;
    if (!draft->has_workloads)
        return;
    for (bool more = spec_first(&draft->workloads_spec, &child); more; more = spec_next(&child)) {
        WorkloadConfig workload = {.name = child.name};
        if (index >= name_map_count(&draft->workloads))
            return;
        workload.name = name_map_get(&draft->workloads, index);
        if (workload_read(&child, context, index, &workload))
            draft->topology->client_count += workload.clients;
        g_array_append_val(draft->workload_list, workload);
        index++;
    }
}

static void read_faults(ReadContext *context)
{
    Draft *draft = context->draft;
    Spec child;
    uint64_t links = 0;
    if (!draft->has_faults)
        return;
    if (spec_size(&draft->faults_spec) > FAULTS_MAX) {
        spec_problem(&draft->faults_spec, "must have at most %u faults, got %zu", FAULTS_MAX,
                     spec_size(&draft->faults_spec));
        return;
    }
    for (bool more = spec_first(&draft->faults_spec, &child); more; more = spec_next(&child)) {
        FaultConfig fault = {.name = arena_string(context->arena, child.name)};
        spec_check_name(&child, "fault");
        fault_read(&child, context, &fault);
        g_array_append_val(draft->fault_list, fault);
        links += fault.link_count;
        if (links > FAULT_LINKS_MAX) {
            spec_problem(&draft->faults_spec, "must not hit more than %u links in all",
                         FAULT_LINKS_MAX);
            return;
        }
    }
}

/* --- the whole */

static void keep_part(const Spec *part, Spec *place, bool *has_part)
{
    *has_part = part->node != NULL;
    if (*has_part)
        *place = *part;
}

static void check_not_empty(const Spec *spec, bool is_there, const char *what)
{
    if (is_there && spec_size(spec) == 0)
        spec_problem(spec, "must have at least one %s", what);
}

static char *name_of_file(const Document *document)
{
    char *name = g_path_get_basename(document_name(document));
    if (g_str_has_suffix(name, ".json") && strlen(name) > strlen(".json"))
        name[strlen(name) - strlen(".json")] = '\0';
    return name;
}

static void read_root(ReadContext *context)
{
    Draft *draft = context->draft;
    Topology *topology = draft->topology;
    RootDraft root = {0};
    keys_read(&draft->root, context, &root, root_keys);
    keep_part(&root.services, &draft->services_spec, &draft->has_services);
    keep_part(&root.brokers, &draft->brokers_spec, &draft->has_brokers);
    keep_part(&root.links, &draft->links_spec, &draft->has_links);
    keep_part(&root.workloads, &draft->workloads_spec, &draft->has_workloads);
    keep_part(&root.faults, &draft->faults_spec, &draft->has_faults);
    keep_part(&root.slos, &draft->slos_spec, &draft->has_slos);
    check_not_empty(&draft->services_spec, draft->has_services, "service");
    check_not_empty(&draft->workloads_spec, draft->has_workloads, "workload");
    g_autofree char *name = name_of_file(context->document);
    topology->name = root.name != NULL ? root.name : arena_string(context->arena, name);
    topology->description = root.description != NULL ? root.description : "";
    Spec simulation = root.simulation.node != NULL
                          ? root.simulation
                          : spec_from_text(&draft->root, "simulation", "{}");
    simulation_read(&simulation, context, &topology->simulation);
}

static void check_counters(ReadContext *context)
{
    const Draft *draft = context->draft;
    double counters = link_counters(context);
    if (counters > COUNTERS_MAX)
        spec_problem(
            &draft->links_spec,
            "must not give balancers and connection pools more than %u million counters for "
            "pairs of replicas, got %.0f million: have fewer replicas, no pools, or a "
            "balancer that does not count",
            COUNTERS_MAX >> 20, counters / (1u << 20));
}

static void check_slots(ReadContext *context)
{
    const Draft *draft = context->draft;
    uint64_t slots = broker_slots(draft);
    if (slots > SLOTS_MAX)
        spec_problem(&draft->brokers_spec,
                     "must not have more than %u consumers, the replicas of each counted, got "
                     "%" G_GUINT64_FORMAT,
                     SLOTS_MAX, slots);
}

static void read_parts(ReadContext *context)
{
    read_root(context);
    if (!read_names(context))
        return;
    links_read(context);
    brokers_read(context);
    services_read(context);
    read_workloads(context);
    read_faults(context);
    slos_read(context);
    links_finish(context);
    check_counters(context);
    check_slots(context);
    streams_check_size(context);
}

static bool read_all(Document *document, Topology *topology, Problems *problems)
{
    Draft draft;
    ReadContext context = {
        .arena = topology->arena, .problems = problems, .document = document, .draft = &draft};
    context.constants = g_hash_table_new(g_int64_hash, g_int64_equal);
    draft_init(&draft, topology);
    draft.root = spec_root(document, problems);
    if (spec_expect(&draft.root, SPEC_OBJECT))
        read_parts(&context);
    if (problems->count == 0) {
        draft_hand_over(&draft);
        traffic_solve(&context);
    }
    if (problems->count == 0)
        topology_review(&context);
    draft_clear(&draft);
    g_hash_table_destroy(context.constants);
    return problems->count == 0;
}

static Topology *topology_new(void)
{
    Topology *topology = g_new0(Topology, 1);
    topology->arena = arena_new();
    topology->warnings = g_ptr_array_new_with_free_func(g_free);
    return topology;
}

static void keep_design_names(Document *document, Topology *topology)
{
    g_auto(GStrv) names = document_design_names(document);
    guint count = g_strv_length(names);
    const char **kept = arena_take(topology->arena, (size_t)count + 2, sizeof *kept);
    kept[0] = "base";
    for (guint i = 0; i < count; i++)
        kept[i + 1] = arena_string(topology->arena, names[i]);
    topology->design_names = kept;
}

Topology *topology_read(Document *document, const char *design, Problems *problems)
{
    Topology *topology = topology_new();
    ReadContext context = {.arena = topology->arena, .problems = problems, .document = document};
    Spec root = spec_root(document, problems);
    check_designs(&root, &context);
    keep_design_names(document, topology);
    if (document_apply_design(document, design, problems) &&
        read_all(document, topology, problems)) {
        topology->resolved = document_print(document);
        topology->data_hash = document_data_hash(document);
        return topology;
    }
    topology_free(topology);
    return NULL;
}
