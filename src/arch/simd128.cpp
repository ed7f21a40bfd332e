#define TRILANE_THIS_ARCH simd128
#include "simd/simd128.hpp"

#include "arch/vector.inc"
