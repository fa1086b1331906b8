#include "models/discipline/discipline.h"

#define DISCIPLINE_KIND(name) extern const DisciplineKind discipline_##name;
#include "models/discipline/kinds.def"
#undef DISCIPLINE_KIND

static const Kind *const kinds[] = {
#define DISCIPLINE_KIND(name) &discipline_##name.kind,
#include "models/discipline/kinds.def"
#undef DISCIPLINE_KIND
    NULL,
};

static const char *const later[] = {"adaptive_lifo", "edf", NULL};

const Family discipline_family = {
    .name = "discipline",
    .selector = "discipline",
    .fallback = "fifo",
    .place = "/services/<service>/queue",
    .kinds = kinds,
    .later = later,
};

const DisciplineKind *discipline_find(const char *name)
{
    return (const DisciplineKind *)(const void *)kind_find(&discipline_family, name);
}
