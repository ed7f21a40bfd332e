#pragma once

// Every kernel's scalar reference.

#include "kernels/activations/scalar.hpp"  // IWYU pragma: export
#include "kernels/decode/scalar.hpp"       // IWYU pragma: export
#include "kernels/encode/scalar.hpp"       // IWYU pragma: export
#include "kernels/probe/scalar.hpp"        // IWYU pragma: export
#include "kernels/product/scalar.hpp"      // IWYU pragma: export
#include "kernels/scale/scalar.hpp"        // IWYU pragma: export
