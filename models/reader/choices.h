/* Choices among names of which some are known and not supported yet. Private to models/reader/. */
#ifndef TOPPLE_MODELS_READER_CHOICES_H
#define TOPPLE_MODELS_READER_CHOICES_H

#include <stdbool.h>

#include "models/spec.h"

/* Index of the string among `choices`; a problem of its own for those in `later`. Both lists end
 * with NULL. */
bool choice_read(const Spec *spec, const char *const *choices, const char *const *later,
                 int *value);

#endif
