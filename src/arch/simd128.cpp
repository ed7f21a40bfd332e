#include "simd/simd128.hpp"
#define TRILANE_THIS_ARCH simd128
#include "arch/instantiate.inc"
