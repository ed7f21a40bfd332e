#pragma once

// Every kernel, one folder an operation: the scalar reference and the generic template.

#include "kernels/decode/scalar.hpp"
#include "kernels/encode/scalar.hpp"
#include "kernels/probe/scalar.hpp"
#include "kernels/scale/scalar.hpp"
