#define TRILANE_THIS_ARCH neon64
#include "simd/neon64.hpp"

#include "arch/vector.inc"
