#pragma once

// Everything of the kernel library; safetensors are apart (trilane/safetensors.hpp, target trilane::io).
#include "trilane/activations.hpp"  // IWYU pragma: export
#include "trilane/arch.hpp"         // IWYU pragma: export
#include "trilane/error.hpp"        // IWYU pragma: export
#include "trilane/executor.hpp"     // IWYU pragma: export
#include "trilane/formats.hpp"      // IWYU pragma: export
#include "trilane/product.hpp"      // IWYU pragma: export
#include "trilane/quality.hpp"      // IWYU pragma: export
#include "trilane/quantize.hpp"     // IWYU pragma: export
#include "trilane/version.hpp"      // IWYU pragma: export
