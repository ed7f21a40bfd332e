#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "trilane/formats.hpp"

namespace trilane::bench {

/// A tensor of a file that can be quantized.
struct Tensor {
  std::string name;
  Shape shape;                                 ///< rows = its first dimension, cols = the product of the others
  std::function<void(std::span<float>)> load;  ///< fills rows · cols floats
};

struct WeightsFile {
  std::string digest;
  std::vector<Tensor> tensors;
};

/// Reads the F32, F16 and BF16 tensors of at least two dimensions from a safetensors file's bytes. Throws bad_file, also
/// when there are none.
WeightsFile read_weights(std::span<const std::byte> file);

/// A tensor's name as part of a case's name: percent-encoded but for letters, digits, '.', '_' and '-'.
std::string escaped(const std::string& name);

}  // namespace trilane::bench
