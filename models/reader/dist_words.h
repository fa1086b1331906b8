/* What the readers of random durations and random counts have in common. */
#ifndef TOPPLE_MODELS_DIST_WORDS_H
#define TOPPLE_MODELS_DIST_WORDS_H

#include "models/reader/reader.h"

/* The value of "dist", borrowed; NULL with a problem. */
const char *dist_name_get(const Spec *spec);

/* Reports that there is no such kind at "dist", with the names (of const char *) that there are. */
void dist_report_unknown(const Spec *spec, const char *what, const char *name, GPtrArray *names);

bool dist_number_get(const Spec *spec, const DistributionParameter *parameter, double *value);

/* spec_finish with the kind's parameters, `common` keys, and `also` (may be NULL) as known keys. */
bool dist_finish(const Spec *spec, const DistributionParameter *parameters,
                 const char *const *common, size_t common_count, const char *also);

/* Whether exactly the parameters of one of the sets ("mean cv|shape scale") are given: values that
 * are not NaN. */
bool dist_set_matches(const DistributionParameter *parameters, const char *sets,
                      const double *values);

/* Reports which parameters the kind takes and which it got. Returns false. */
bool dist_report_sets(const Spec *spec, const char *kind, const DistributionParameter *parameters,
                      const char *sets, const double *values);

#endif
