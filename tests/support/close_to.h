/* Doubles in tests: cmocka's own comparison casts to float. */
#ifndef TOPPLE_TESTS_CLOSE_TO_H
#define TOPPLE_TESTS_CLOSE_TO_H

#include <math.h>
#include <stdio.h>

#include "tests/support/cmocka_all.h"

/* |actual - expected| <= relative * |expected|; an expected 0 must be met exactly. */
#define assert_close(actual, expected, relative)                                                   \
    do {                                                                                           \
        double actual_ = (actual), expected_ = (expected);                                         \
        if (!(fabs(actual_ - expected_) <= (relative)*fabs(expected_)))                            \
            fail_msg("%s is %.12g, not %.12g", #actual, actual_, expected_);                       \
    } while (0)

#define assert_missing(actual) assert_true(isnan(actual))

#endif
