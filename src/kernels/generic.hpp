#pragma once

// Every kernel's generic template, for vector archs.

#include "kernels/activations/generic.hpp"  // IWYU pragma: export
#include "kernels/decode/generic.hpp"       // IWYU pragma: export
#include "kernels/encode/generic.hpp"       // IWYU pragma: export
#include "kernels/probe/generic.hpp"        // IWYU pragma: export
#include "kernels/product/generic.hpp"      // IWYU pragma: export
#include "kernels/scale/generic.hpp"        // IWYU pragma: export
