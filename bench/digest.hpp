#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace trilane::bench {

/// "xxh3:" and the 16 hex digits of XXH3's 64 bits, seed 0, over the parts one after the other.
std::string digest(std::span<const std::span<const std::byte>> parts);
std::string digest(std::span<const std::byte> bytes);

}  // namespace trilane::bench
