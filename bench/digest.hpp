#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace trilane::bench {

/// "xxh3:" and the 16 hex digits of XXH3's 64 bits, seed 0, over the parts one after the other.
std::string digest(std::span<const std::span<const std::byte>> parts);
std::string digest(std::span<const std::byte> bytes);

/// Of `size` bytes that `read` fetches piece by piece.
std::string digest(std::uint64_t size, const std::function<void(std::uint64_t, std::span<std::byte>)>& read);

}  // namespace trilane::bench
