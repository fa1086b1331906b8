/* "connection_pool" of a link. */
#ifndef TOPPLE_MODELS_READER_POOLS_H
#define TOPPLE_MODELS_READER_POOLS_H

#include "models/reader/reader.h"

bool pool_read(const Spec *spec, ReadContext *context, PoolConfig *pool);

#endif
