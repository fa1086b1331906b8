#include "models/discipline/line.h"

const DisciplineKind discipline_lifo = {
    .kind = {.name = "lifo",
             .summary = "last come, first served: the freshest request, whose caller still waits"},
    .push = line_push,
    .pop = line_pop_last,
    .remove = line_remove,
    .clear = line_clear,
};
