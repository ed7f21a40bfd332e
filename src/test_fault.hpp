#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/product/product.hpp"

// The faults of cmake/TestFault.cmake. Without one the constants below are false and 0, and what they guard is not compiled.

#if defined(TRILANE_TEST_FAULT_SLOW) || defined(TRILANE_TEST_FAULT_WRONG)
/// What tells such a build from others: see tests/symbols.
extern "C" const char trilane_test_fault;
extern "C" const char trilane_test_fault = 1;
#endif

namespace trilane::test_fault {

#ifdef TRILANE_TEST_FAULT_WRONG
constexpr bool wrong = true;
#else
constexpr bool wrong = false;
#endif

#ifdef TRILANE_TEST_FAULT_SLOW
constexpr double slow_percent = TRILANE_TEST_FAULT_SLOW;
#else
constexpr double slow_percent = 0;
#endif

/// How many of a product's `rows` to multiply again: whole tiles, since a kernel that looks up works on no less. What a call has
/// too little is made good by the next ones, so that `percent`, to a tenth, holds on average for any shape.
inline std::size_t rows_again(std::size_t rows, double percent) noexcept {
  thread_local std::uint64_t owed = 0;  // thousandths of a tile
  owed += kernels::ceil_div(rows, kernels::tile_rows) * static_cast<std::uint64_t>(percent * 10 + 0.5);
  const std::uint64_t tiles = owed / 1000;
  owed %= 1000;
  return std::min(rows, static_cast<std::size_t>(tiles) * kernels::tile_rows);
}

}  // namespace trilane::test_fault
