/* Numbers with a unit. Their grammar is tested with the readers of keys. */
#include "models/quantity.h"

#include <glib.h>

#include "tests/support/cmocka_all.h"

static void test_quantities_are_numbers_for_plots(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        double value;
        const char *unit;
    } cases[] = {{"3", 3, ""},
                 {"-1.5", -1.5, ""},
                 {"\"20ms\"", 20, "ms"},
                 {"\"1.5s\"", 1500, "ms"},
                 {"\"4KiB\"", 4096, "bytes"},
                 {"\"1Gbps\"", 1e9, "bps"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double value;
        const char *unit;
        assert_true(quantity_of_json(cases[i].json, &value, &unit));
        assert_true(value == cases[i].value);
        assert_string_equal(unit, cases[i].unit);
    }
    double value;
    const char *unit;
    assert_false(quantity_of_json("\"random\"", &value, &unit));
    assert_false(quantity_of_json("true", &value, &unit));
    assert_false(quantity_of_json("{\"a\":1}", &value, &unit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities_are_numbers_for_plots),
    };
    return cmocka_run_group_tests_name("models/quantity", tests, NULL, NULL);
}
