#define TRILANE_THIS_ARCH neon64_dotprod
#include "simd/neon64.hpp"

#include "arch/vector.inc"
