#include "simd/scalar.hpp"
#define TRILANE_THIS_ARCH scalar
#include "arch/instantiate.inc"
