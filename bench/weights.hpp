#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "trilane/formats.hpp"
#include "trilane/safetensors.hpp"

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

/// Opens a safetensors file of `size` bytes, which is read when a tensor is loaded: its F32, F16 and BF16 tensors of at least
/// two dimensions. Throws bad_file, also when there are none; `source` names the file in messages.
WeightsFile open_weights(std::uint64_t size, safetensors::ReadAt read, std::string source);

/// A tensor's name as part of a case's name: percent-encoded but for letters, digits, '.', '_' and '-'.
std::string escaped(const std::string& name);

}  // namespace trilane::bench
