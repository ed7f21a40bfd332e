#pragma once

// Everything of the kernel library; safetensors are apart (trilane/safetensors.hpp, target trilane::io).
//
// Results do not depend on the calling thread's floating-point environment (rounding mode, flush-to-zero, traps) nor on the flags,
// such as -ffast-math, that the caller is compiled with. Calls leave the environment as it is, but for exception flags.
#include "trilane/activations.hpp"  // IWYU pragma: export
#include "trilane/arch.hpp"         // IWYU pragma: export
#include "trilane/error.hpp"        // IWYU pragma: export
#include "trilane/executor.hpp"     // IWYU pragma: export
#include "trilane/formats.hpp"      // IWYU pragma: export
#include "trilane/product.hpp"      // IWYU pragma: export
#include "trilane/quality.hpp"      // IWYU pragma: export
#include "trilane/quantize.hpp"     // IWYU pragma: export
#include "trilane/version.hpp"      // IWYU pragma: export
