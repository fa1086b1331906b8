#include "models/discipline/line.h"

const DisciplineKind discipline_fifo = {
    .kind = {.name = "fifo", .summary = "first come, first served"},
    .push = line_push,
    .pop = line_pop_first,
    .remove = line_remove,
    .clear = line_clear,
};
