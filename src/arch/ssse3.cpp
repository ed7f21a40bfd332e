#define TRILANE_THIS_ARCH ssse3
#include "simd/ssse3.hpp"

#include "arch/vector.inc"
