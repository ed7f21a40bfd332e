#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "native/output.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::cli {

/// Writes all bytes of a tensor to its place.
void write_tensor(const safetensors::Layout& layout, const std::string& name, std::span<const std::byte> bytes,
                  Output& output);

/// Copies a tensor as it is to its place, piece by piece.
void copy_tensor(const safetensors::Reader& reader, const safetensors::Tensor& tensor,
                 const safetensors::Layout& layout, Output& output);

}  // namespace trilane::cli
