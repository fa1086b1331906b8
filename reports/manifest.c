#include "reports/manifest.h"

#include <inttypes.h>

#include "reports/json_values.h"
#include "reports/precision.h"
#include "reports/output_set.h"

/* A command line can hold anything; JSON is UTF-8. */
static void print_valid(JsonText *json, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_text_string(json, valid);
}

static void print_strings(JsonText *json, const char *key, const char *const *strings)
{
    json_text_name(json, key);
    json_text_open(json, '[');
    for (; strings != NULL && *strings != NULL; strings++)
        print_valid(json, *strings);
    json_text_close(json, ']');
}

static void print_libraries(JsonText *json, const char *const *libraries)
{
    json_text_name(json, "libraries");
    json_text_open(json, '{');
    for (; libraries != NULL && libraries[0] != NULL; libraries += 2)
        json_label_member(json, libraries[0], libraries[1]);
    json_text_close(json, '}');
}

/* point NULL: of many points, each with replications of its own. */
static void print_topology(JsonText *json, const char *design, const char *point,
                           uint32_t replications, const Topology *topology)
{
    json_label_member(json, "topology", topology->name);
    json_label_member(json, "design", design);
    if (point != NULL)
        json_label_member(json, "point", point);
    if (topology->resolved != NULL) {
        g_autofree char *sha256 =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, topology->resolved, -1);
        json_label_member(json, "resolved_sha256", sha256);
    }
    if (point != NULL)
        json_value_member(json, "replications", replications);
    json_value_member(json, "warmup_s", sim_time_to_s(topology->simulation.warmup));
    json_text_raw_member(json, "warmup_found",
                         topology->simulation.finds_warmup ? "true" : "false");
    json_value_member(json, "duration_s", sim_time_to_s(topology->simulation.duration));
}

static void print_variant(JsonText *json, const Study *study, uint32_t index)
{
    const StudyVariant *variant = study_variant(study, index);
    uint32_t replications = 0;
    for (uint32_t i = 0; i < study_replication_count(study, index); i++)
        replications += study_run(study, index, i) != NULL;
    json_text_open(json, '{');
    print_topology(json, variant->design, variant->point, replications, variant->topology);
    json_text_close(json, '}');
}

static void print_precision(JsonText *json, const Study *study)
{
    const Precision *precision = study_precision(study);
    if (precision == NULL)
        return;
    json_text_name(json, "precision");
    json_text_open(json, '{');
    json_value_member(json, "asked_ratio", precision->asked);
    json_text_raw_member(json, "reached", precision->is_reached ? "true" : "false");
    json_value_member(json, "worst_ratio", precision->worst);
    json_label_member(json, "worst_metric", precision->metric == NULL ? "" : precision->metric);
    json_label_member(json, "worst_design",
                      precision->metric == NULL ? ""
                                                : study_variant(study, precision->variant)->design);
    json_value_member(json, "replications", precision->replications);
    json_text_close(json, '}');
}

static void print_warnings(JsonText *json, const char *const *warnings, const GPtrArray *notes)
{
    json_text_name(json, "warnings");
    json_text_open(json, '[');
    for (; warnings != NULL && *warnings != NULL; warnings++)
        print_valid(json, *warnings);
    for (guint i = 0; notes != NULL && i < notes->len; i++)
        print_valid(json, g_ptr_array_index(notes, i));
    json_text_close(json, ']');
}

static void print_file(JsonText *json, const OutputFile *file)
{
    json_text_open(json, '{');
    json_label_member(json, "name", file->name);
    if (g_str_has_suffix(file->name, ".csv"))
        json_value_member(json, "rows", (double)file->rows);
    json_label_member(json, "sha256", g_checksum_get_string(file->sha256));
    json_text_close(json, '}');
}

/* What is there before the designs, and behind them. */
static void print_head(JsonText *json, const Provenance *provenance, uint64_t seed)
{
    /* A text: numbers of JSON keep only 53 bits of it. */
    g_autofree char *text = g_strdup_printf("%" PRIu64, seed);
    json_text_open(json, '{');
    json_value_member(json, "format", 1);
    json_label_member(json, "version", provenance->version);
    print_libraries(json, provenance->libraries);
    print_strings(json, "command_line", provenance->command_line);
    json_label_member(json, "seed", text);
}

static void print_tail(JsonText *json, const Provenance *provenance, const GPtrArray *notes,
                       const GPtrArray *files)
{
    json_value_member(json, "wall_s", provenance->wall_s);
    json_text_raw_member(json, "complete", provenance->is_complete ? "true" : "false");
    print_warnings(json, provenance->warnings, notes);
    json_text_name(json, "files");
    json_text_open(json, '[');
    for (guint i = 0; i < files->len; i++)
        print_file(json, g_ptr_array_index(files, i));
    json_text_close(json, ']');
    json_text_close(json, '}');
    g_string_append_c(json->text, '\n');
}

void manifest_print(GString *text, const Study *study, const Provenance *provenance,
                    const GPtrArray *files)
{
    JsonText json = {.text = text};
    g_autoptr(GPtrArray) notes = study_notes(study);
    print_head(&json, provenance, study_seed(study));
    json_text_name(&json, "designs");
    json_text_open(&json, '[');
    for (uint32_t i = 0; i < study_variant_count(study); i++)
        print_variant(&json, study, i);
    json_text_close(&json, ']');
    print_precision(&json, study);
    print_tail(&json, provenance, notes, files);
}

static void print_design(JsonText *json, const PointsDesign *design)
{
    json_text_open(json, '{');
    print_topology(json, design->name, NULL, 0, design->topology);
    json_text_close(json, '}');
}

void manifest_print_points(GString *text, const PointsOutput *output, const GPtrArray *files)
{
    JsonText json = {.text = text};
    print_head(&json, output->provenance, output->seed);
    json_text_name(&json, "designs");
    json_text_open(&json, '[');
    for (uint32_t i = 0; i < output->view->design_count; i++)
        print_design(&json, &output->view->designs[i]);
    json_text_close(&json, ']');
    print_strings(&json, "parameters", output->parameters);
    json_label_member(&json, "sampling", output->sampling);
    json_value_member(&json, "points", (double)output->view->point_count);
    print_tail(&json, output->provenance, NULL, files);
}
