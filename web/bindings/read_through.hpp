#pragma once

#include <emscripten/val.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "trilane/error.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::web {

/// A JavaScript function (offset, length) => Uint8Array | null as what safetensors::Reader reads from. It is asked for slices of
/// 16 MB at most, so that a large tensor is in memory once, not twice.
inline safetensors::ReadAt read_through(const emscripten::val& read_slice) {
  return [read_slice](std::uint64_t offset, std::span<std::byte> bytes) {
    constexpr std::size_t most = std::size_t{1} << 24U;
    while (!bytes.empty()) {
      const std::span<std::byte> piece = bytes.first(std::min(most, bytes.size()));
      const emscripten::val slice = read_slice(static_cast<double>(offset), static_cast<double>(piece.size()));
      if (slice.isNull() || slice.isUndefined() || slice["length"].as<std::size_t>() != piece.size()) {
        throw Error(ErrorCode::io, "The file cannot be read: it changed, or is gone.");
      }
      const emscripten::val memory(
          emscripten::typed_memory_view(piece.size(), reinterpret_cast<std::uint8_t*>(piece.data())));
      memory.call<void>("set", slice);
      offset += piece.size();
      bytes = bytes.subspan(piece.size());
    }
  };
}

}  // namespace trilane::web
