#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "trilane/error.hpp"

// What the public calls say of lengths that do not fit.

namespace trilane {

/// Throws size_mismatch.
inline void require_size(const char* what, std::size_t is, std::size_t wanted) {
  if (is == wanted) return;
  throw Error(ErrorCode::size_mismatch,
              std::string(what) + " has " + std::to_string(is) + " entries; " + std::to_string(wanted) + " are needed");
}

/// n · each. Throws overflow if so many floats do not fit in memory.
inline std::size_t times(std::size_t n, std::size_t each) {
  std::size_t product = 0;
  if (__builtin_mul_overflow(n, each, &product) || product > std::numeric_limits<std::size_t>::max() / sizeof(float)) {
    throw Error(ErrorCode::overflow,
                std::to_string(n) + " vectors of " + std::to_string(each) + " do not fit in memory");
  }
  return product;
}

}  // namespace trilane
