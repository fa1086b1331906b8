#include "tests/bench/table.h"

#include <math.h>

static void print_figure(const Column *column, double value)
{
    if (isnan(value))
        printf(" %*s", column->width, "-");
    else
        printf(" %*.*f", column->width, column->digits, value);
}

static void print_cases(const Figures *best)
{
    printf("%-16s", "case");
    for (size_t i = 0; i < column_count; i++)
        printf(" %*s", columns[i].width, columns[i].title);
    printf("\n");
    for (size_t i = 0; i < case_count; i++) {
        printf("%-16s", cases[i].name);
        for (size_t j = 0; j < column_count; j++)
            print_figure(&columns[j], columns[j].figure(&best[i]));
        printf("\n");
    }
}

static void print_comparison(const Comparison *what, double value)
{
    printf("%-72s %6.2f", what->title, value);
    if (what->at_most > 0)
        printf("  at most %.4g", what->at_most);
    if (what->at_least > 0)
        printf("  at least %.4g", what->at_least);
    printf("%s\n", comparison_is_met(what, value) ? "" : "  MISSED");
}

void print_table(const Figures *best, const Origin *origin)
{
    printf("%s\n%s\n%s\n\n", origin->machine, origin->versions, origin->flags);
    print_cases(best);
    printf("\n");
    for (size_t i = 0; i < comparison_count; i++)
        print_comparison(&comparisons[i], comparison_value(&comparisons[i], best));
}

/* --- the file */

static void write_value(FILE *csv, double value)
{
    if (isnan(value))
        fputc(',', csv);
    else
        fprintf(csv, ",%.6g", value);
}

static void write_origin(FILE *csv, const Origin *origin)
{
    fprintf(csv, ",\"%s\",\"%s\",\"%s\"\n", origin->machine, origin->versions, origin->flags);
}

static void write_head(FILE *csv)
{
    fputs("case", csv);
    for (size_t i = 0; i < column_count; i++)
        fprintf(csv, ",%s", columns[i].name);
    fputs(",value,at_least,at_most,machine,versions,flags\n", csv);
}

static void write_case(FILE *csv, const char *name, const Figures *figures)
{
    fputs(name, csv);
    for (size_t i = 0; i < column_count; i++)
        write_value(csv, columns[i].figure(figures));
    fputs(",,,", csv);
}

static double limit(double value)
{
    return value > 0 ? value : NAN;
}

static void write_comparison(FILE *csv, const Comparison *what, double value)
{
    fputs(what->name, csv);
    for (size_t i = 0; i < column_count; i++)
        fputc(',', csv);
    write_value(csv, value);
    write_value(csv, limit(what->at_least));
    write_value(csv, limit(what->at_most));
}

void write_csv(FILE *csv, const Figures *best, const Origin *origin)
{
    write_head(csv);
    for (size_t i = 0; i < case_count; i++) {
        write_case(csv, cases[i].name, &best[i]);
        write_origin(csv, origin);
    }
    for (size_t i = 0; i < comparison_count; i++) {
        write_comparison(csv, &comparisons[i], comparison_value(&comparisons[i], best));
        write_origin(csv, origin);
    }
}
