#include "simd/avx2.hpp"
#define TRILANE_THIS_ARCH avx2
#include "arch/instantiate.inc"
