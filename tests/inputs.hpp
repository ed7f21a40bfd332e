#pragma once

// Kinds of weights that a quantizer could get wrong, of any length.

#include <cstdint>
#include <span>
#include <vector>

namespace trilane::test {

struct Input {
  const char* name;
  std::vector<float> (*make)(std::size_t n);
};

/// All kinds.
std::span<const Input> inputs();

}  // namespace trilane::test
