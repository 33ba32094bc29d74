#pragma once
// Only the reentrant functions: a global GEOS context may not be shared between tasks.
#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
