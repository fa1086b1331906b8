#include "models/reader/choices.h"

#include <string.h>

bool choice_read(const Spec *spec, const char *const *choices, const char *const *later, int *value)
{
    const char *name;
    if (!spec_get_string(spec, &name))
        return false;
    for (size_t i = 0; later[i] != NULL; i++) {
        if (strcmp(later[i], name) == 0)
            return spec_problem(spec, "\"%s\" is not supported yet", name);
    }
    size_t count = 0;
    while (choices[count] != NULL)
        count++;
    return spec_get_choice(spec, choices, count, value);
}
