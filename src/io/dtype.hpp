#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trilane/safetensors.hpp"

namespace trilane::safetensors {

std::optional<Dtype> find_dtype(std::string_view name) noexcept;

/// The product of the dimensions and `size`; none if it exceeds 2⁶³.
std::optional<std::uint64_t> byte_count(const std::vector<std::uint64_t>& shape, std::size_t size) noexcept;

}  // namespace trilane::safetensors
