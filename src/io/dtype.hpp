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

/// Returns the product of the dimensions; none if it exceeds 2⁶³.
std::optional<std::uint64_t> element_count(const std::vector<std::uint64_t>& shape) noexcept;

/// Returns the bytes of so many elements of `bits` each, rounded up; none if they exceed 2⁶³.
std::optional<std::uint64_t> byte_count(const std::vector<std::uint64_t>& shape, unsigned bits) noexcept;

/// Returns whether the elements fill whole bytes; those of less than a byte may not.
bool fills_bytes(const std::vector<std::uint64_t>& shape, unsigned bits) noexcept;

}  // namespace trilane::safetensors
