#include "simd/ssse3.hpp"
#define TRILANE_THIS_ARCH ssse3
#include "arch/instantiate.inc"
