#include <stdio.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/csv.h"
#include "reports/describe.h"
#include "tests/support/cmocka_all.h"

#define RUN "topology,design,point,replication,seed,"
#define ALL "topology,design,point,"

/* What users read: names keep their meaning and their order; new ones are only appended. */
static const struct {
    const Table *table;
    const char *header;
} contract[] = {
    {&table_summary, ALL "scope,name,phase,metric,unit,replications,observations,estimate,ci_low,"
                         "ci_high,ci_method,flag"},
    {&table_requests,
     RUN "workload,operation,phase,offered,completed,succeeded,degraded,failed,timed_out,rejected,"
         "in_flight_at_end,offered_rps,throughput_rps,goodput_rps,availability_ratio,mean_ms,"
         "stddev_ms,p50_ms,p90_ms,p95_ms,p99_ms,p999_ms,max_ms,failed_mean_ms,failed_p99_ms,"
         "completion_mean_ms,completion_p99_ms"},
    {&table_services,
     RUN "service,operation,phase,arrived,completed,failed,rejected,abandoned,replicas_mean,"
         "thread_utilization,cpu_utilization,in_system_mean,queue_mean,queue_max,"
         "queue_wait_mean_ms,queue_wait_p99_ms,response_mean_ms,response_p50_ms,response_p99_ms,"
         "wasted_work_ratio,work_amplification"},
    {&table_links,
     RUN "link,phase,calls,attempts,retries,hedges,succeeded,failed,connect_failure,reset,timeout,"
         "error,rejected,circuit_open,bulkhead_full,rate_limited,throttled,pool_overflow,"
         "no_healthy_host,retry_amplification,breaker_trips,breaker_open_s,latency_mean_ms,"
         "latency_p50_ms,latency_p99_ms,connections,pool_wait_mean_ms,pool_wait_p99_ms"},
    {&table_brokers,
     RUN "broker,consumer,phase,published,rejected,delivered,acknowledged,redelivered,"
         "dead_lettered,dropped,expired,duplicates,depth_mean,depth_max,delay_mean_ms,"
         "delay_p99_ms,completion_mean_ms,completion_p99_ms,lost,undone,reordered,"
         "executed_twice,deduplicated,age_max_ms,drain_s"},
    {&table_timeseries, RUN "scope,name,t_start_s,t_end_s,"},
    {&table_percentiles,
     ALL "scope,name,percentile,value_ms,ci_low_ms,ci_high_ms,total_count,one_by_one_minus_p"},
    {&table_events, RUN "time_s,type,subject,value,detail"},
    {&table_compare,
     ALL "scope,name,phase,metric,baseline,pairs,baseline_estimate,design_estimate,difference,"
         "difference_ci_low,difference_ci_high,ratio,ratio_ci_low,ratio_ci_high,p_adjusted,"
         "verdict,variance_reduction"},
    {&table_outcomes, ALL "outcome,name,replications,count,share_ratio,ci_low,ci_high"},
    {&table_expectations, ALL "expectation,result,found,ci_low,ci_high,flag"},
    {&table_points, ALL "parameter,value"},
    {&table_sweep, ALL "seed,replications,flag"},
};

static void test_every_column_of_the_contract_is_there_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(contract); i++) {
        GString *text = g_string_new(NULL);
        Csv csv = {.text = text};
        csv_header(&csv, contract[i].table);
        text->str[text->len - 1] = '\0';
        if (contract[i].table == &table_timeseries)
            text->str[strlen(contract[i].header)] = '\0';
        assert_string_equal(text->str, contract[i].header);
        g_string_free(text, TRUE);
    }
}

static void test_every_file_is_listed_once(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t i = 0; tables[i] != NULL; i++) {
        count++;
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(tables[i]->file, tables[k]->file);
    }
    assert_int_equal(count, G_N_ELEMENTS(contract));
}

static void check_column(const Column *column)
{
    assert_true(strlen(column->meaning) > 0);
    if (column->kind == COLUMN_VALUE || column->kind == COLUMN_TOTAL ||
        column->kind == COLUMN_LARGEST)
        assert_non_null(column->value);
    if (column->kind == COLUMN_PERCENTILE)
        assert_true(column->p > 0 && column->p < 1);
    if (g_str_has_suffix(column->name, "_ms"))
        assert_string_equal(column->unit, "ms");
    if (g_str_has_suffix(column->name, "_rps"))
        assert_string_equal(column->unit, "1/s");
}

static void test_every_column_has_a_meaning_and_the_unit_of_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; tables[i] != NULL; i++) {
        for (size_t k = 0; k < tables[i]->column_count; k++)
            check_column(&tables[i]->columns[k]);
    }
}

static void test_a_series_has_no_samples_but_the_first(void **state)
{
    (void)state;
    const Column *columns[SERIES_COLUMNS_MAX];
    size_t count = series_columns(columns);
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        if (!column_is_of_samples(columns[i]))
            continue;
        assert_int_equal(columns[i]->index, 0);
        assert_true(columns[i]->kind != COLUMN_STDDEV);
        assert_true(columns[i]->kind != COLUMN_PERCENTILE || columns[i]->p == 0.5 ||
                    columns[i]->p == 0.99);
    }
}

static void test_the_documentation_names_every_column(void **state)
{
    (void)state;
    GString *text = g_string_new(NULL);
    describe_outputs(text);
    for (size_t i = 0; tables[i] != NULL; i++) {
        g_autofree char *heading = g_strconcat("### ", tables[i]->file, "\n", NULL);
        assert_non_null(strstr(text->str, heading));
        for (size_t k = 0; k < tables[i]->column_count; k++) {
            g_autofree char *cell = g_strconcat("| `", tables[i]->columns[k].name, "` |", NULL);
            assert_non_null(strstr(text->str, cell));
        }
    }
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_column_of_the_contract_is_there_in_order),
        cmocka_unit_test(test_every_file_is_listed_once),
        cmocka_unit_test(test_every_column_has_a_meaning_and_the_unit_of_its_name),
        cmocka_unit_test(test_a_series_has_no_samples_but_the_first),
        cmocka_unit_test(test_the_documentation_names_every_column),
    };
    return cmocka_run_group_tests_name("reports/columns", tests, NULL, NULL);
}
