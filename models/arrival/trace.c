/* Arrivals from a file: the times of the arrivals themselves, or `time,rate` rows between which a
 * Poisson process has that rate. Times are seconds from the start of measurement. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "models/arrival/rate_curve.h"
#include "models/reader/reader.h"
#include "sim/exponential.h"

#define ROWS_MAX 10000000u

typedef struct Trace {
    const double *times; /* s, ascending */
    const double *rates; /* per second, from each time on; NULL: the times are arrivals */
    uint32_t count;
} Trace;

typedef struct TraceConfig {
    Trace trace;
} TraceConfig;

static void start(ArrivalSource *source)
{
    const Trace *trace = &((const TraceConfig *)source->config)->trace;
    if (trace->rates == NULL)
        return;
    CurvePiece *pieces = g_new(CurvePiece, (size_t)trace->count + 1);
    double before = 0;
    for (uint32_t i = 0; i <= trace->count; i++) {
        double end = i < trace->count
                         ? (double)source->measure_from + trace->times[i] * (double)SIM_TIME_S
                         : INFINITY;
        pieces[i] = (CurvePiece){.end = end, .from = before, .to = before};
        before = i < trace->count ? trace->rates[i] / (double)SIM_TIME_S : 0;
    }
    rate_curve_free(source->curve);
    source->curve = rate_curve_new(pieces, trace->count + 1);
}

static bool next(ArrivalSource *source, double *time_ns)
{
    const Trace *trace = &((const TraceConfig *)source->config)->trace;
    if (trace->rates == NULL) {
        if (source->index > trace->count)
            return false;
        *time_ns =
            (double)source->measure_from + trace->times[source->index - 1] * (double)SIM_TIME_S;
        return true;
    }
    if (rate_curve_advance(source->curve, draw_unit_exponential(&source->rng.gsl), INFINITY) > 0)
        return false;
    *time_ns = source->curve->time;
    return true;
}

static double arrivals_of_rates(const Trace *trace, double end)
{
    double arrivals = 0;
    for (uint32_t i = 0; i < trace->count && trace->times[i] < end; i++) {
        double next = i + 1 < trace->count ? trace->times[i + 1] : end;
        arrivals += trace->rates[i] * (fmin(next, end) - trace->times[i]);
    }
    return arrivals;
}

static double mean_rate(const void *config, SimTime duration)
{
    const Trace *trace = &((const TraceConfig *)config)->trace;
    double end = sim_time_to_s(duration);
    if (trace->rates != NULL)
        return arrivals_of_rates(trace, end) / end;
    uint32_t count = 0;
    while (count < trace->count && trace->times[count] < end)
        count++;
    return count / end;
}

static bool parse_number(const char *text, double *value)
{
    char *end;
    *value = g_ascii_strtod(text, &end);
    return end != text && *g_strchug(end) == '\0' && isfinite(*value);
}

/* A row is "time" or "time,rate"; false if it is neither. */
static bool parse_row(const char *line, double *time, double *rate, bool *has_rate)
{
    g_auto(GStrv) cells = g_strsplit(line, ",", 3);
    guint count = g_strv_length(cells);
    *has_rate = count == 2;
    if (count < 1 || count > 2 || !parse_number(cells[0], time))
        return false;
    return count == 1 || parse_number(cells[1], rate);
}

static bool check_row(LineFile *file, const GArray *times, const GArray *rates, double time,
                      double rate, bool has_rate)
{
    if (times->len > 0 && has_rate != (rates->len > 0))
        return line_file_problem(file, "all rows must have as many values as the first");
    if (time < 0 || time > sim_time_to_s(SIM_TIME_LONGEST))
        return line_file_problem(file, "a time must be from 0 to %.0f seconds",
                                 sim_time_to_s(SIM_TIME_LONGEST));
    if (times->len > 0 && time < g_array_index(times, double, times->len - 1))
        return line_file_problem(file, "times must not go back");
    if (has_rate && !(rate >= 0 && rate <= 1e9))
        return line_file_problem(file, "a rate must be from 0 to 1e9 per second");
    if (times->len >= ROWS_MAX)
        return line_file_problem(file, "a trace has at most %u rows", ROWS_MAX);
    return true;
}

static bool read_rows(LineFile *file, GArray *times, GArray *rates)
{
    bool is_first = true;
    for (const char *line = line_file_next(file); line != NULL;
         line = line_file_next(file), is_first = false) {
        double time, rate = 0;
        bool has_rate;
        if (!parse_row(line, &time, &rate, &has_rate)) {
            if (is_first)
                continue; /* a line of headings */
            return line_file_problem(file, "must be a time in seconds, or time,rate");
        }
        if (!check_row(file, times, rates, time, rate, has_rate))
            return false;
        g_array_append_val(times, time);
        if (has_rate)
            g_array_append_val(rates, rate);
    }
    return !line_file_failed(file);
}

static const double *keep(ReadContext *context, const GArray *values)
{
    if (values->len == 0)
        return NULL;
    double *kept = arena_take(context->arena, values->len, sizeof(double));
    memcpy(kept, values->data, values->len * sizeof(double));
    return kept;
}

static bool read_trace(const Spec *spec, ReadContext *context, void *value)
{
    g_autoptr(LineFile) file = line_file_open(spec);
    if (file == NULL)
        return false;
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) rates = g_array_new(FALSE, FALSE, sizeof(double));
    if (!read_rows(file, times, rates))
        return false;
    if (times->len == 0)
        return spec_problem(spec, "the file must have at least one time");
    *(Trace *)value = (Trace){keep(context, times), keep(context, rates), times->len};
    return true;
}

static const KeyCustom trace_reader = {
    .read = read_trace,
    .type_text = "a file name",
    .schema = "{\"type\": \"string\"}",
};

static const Key keys[] = {
    {.name = "file",
     .type = KEY_CUSTOM,
     .required = true,
     .offset = offsetof(TraceConfig, trace),
     .detail.custom = &trace_reader,
     .summary = "lines of arrival times, or of time,rate; seconds from the start of measurement"},
    {0},
};

const ArrivalKind arrival_trace = {
    .kind = {.name = "trace",
             .summary = "arrivals, or rates over time, from a file",
             .keys = keys,
             .config_size = sizeof(TraceConfig)},
    .start = start,
    .next = next,
    .mean_rate = mean_rate,
};
