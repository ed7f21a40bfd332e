#define TRILANE_THIS_ARCH scalar
#include "kernels/scalar.hpp"

#include "arch/table.inc"
