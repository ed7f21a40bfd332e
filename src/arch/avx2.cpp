#define TRILANE_THIS_ARCH avx2
#include "simd/avx2.hpp"

#include "arch/vector.inc"
