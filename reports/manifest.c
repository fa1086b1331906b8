#include "reports/manifest.h"

#include <inttypes.h>

#include "reports/json_text.h"
#include "reports/output_set.h"

static void print_strings(JsonText *json, const char *key, const char *const *strings)
{
    json_open(json, key, '[');
    for (; strings != NULL && *strings != NULL; strings++)
        json_string(json, NULL, *strings);
    json_close(json, ']');
}

static void print_libraries(JsonText *json, const char *const *libraries)
{
    json_open(json, "libraries", '{');
    for (; libraries != NULL && libraries[0] != NULL; libraries += 2)
        json_string(json, libraries[0], libraries[1]);
    json_close(json, '}');
}

static void print_variant(JsonText *json, const Study *study, uint32_t index)
{
    const StudyVariant *variant = study_variant(study, index);
    const Topology *topology = variant->topology;
    uint32_t replications = 0;
    for (uint32_t i = 0; i < study_replication_count(study, index); i++)
        replications += study_run(study, index, i) != NULL;
    json_open(json, NULL, '{');
    json_string(json, "topology", topology->name);
    json_string(json, "design", variant->design);
    json_string(json, "point", variant->point);
    if (topology->resolved != NULL) {
        g_autofree char *sha256 =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, topology->resolved, -1);
        json_string(json, "resolved_sha256", sha256);
    }
    json_number(json, "replications", replications);
    json_number(json, "warmup_s", sim_time_to_s(topology->simulation.warmup));
    json_number(json, "duration_s", sim_time_to_s(topology->simulation.duration));
    json_close(json, '}');
}

static void print_file(JsonText *json, const OutputFile *file)
{
    json_open(json, NULL, '{');
    json_string(json, "name", file->name);
    if (g_str_has_suffix(file->name, ".csv"))
        json_number(json, "rows", (double)file->rows);
    json_string(json, "sha256", g_checksum_get_string(file->sha256));
    json_close(json, '}');
}

void manifest_print(GString *text, const Study *study, const Provenance *provenance,
                    const GPtrArray *files)
{
    JsonText json = {.text = text};
    /* A text: numbers of JSON keep only 53 bits of it. */
    g_autofree char *seed = g_strdup_printf("%" PRIu64, study_seed(study));
    json_open(&json, NULL, '{');
    json_number(&json, "format", 1);
    json_string(&json, "version", provenance->version);
    print_libraries(&json, provenance->libraries);
    print_strings(&json, "command_line", provenance->command_line);
    json_string(&json, "seed", seed);
    json_open(&json, "designs", '[');
    for (uint32_t i = 0; i < study_variant_count(study); i++)
        print_variant(&json, study, i);
    json_close(&json, ']');
    json_number(&json, "wall_s", provenance->wall_s);
    json_bool(&json, "complete", provenance->is_complete);
    print_strings(&json, "warnings", provenance->warnings);
    json_open(&json, "files", '[');
    for (guint i = 0; i < files->len; i++)
        print_file(&json, g_ptr_array_index(files, i));
    json_close(&json, ']');
    json_close(&json, '}');
}
