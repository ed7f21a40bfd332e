#define TRILANE_THIS_ARCH relaxed
#include "simd/relaxed.hpp"

#include "arch/vector.inc"
