#define TRILANE_THIS_ARCH avx512vnni
#include "simd/avx512vnni.hpp"

#include "arch/vector.inc"
