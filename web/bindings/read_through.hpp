#pragma once

#include <emscripten/val.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "trilane/error.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::web {

/// A JavaScript function (offset, length) => Uint8Array | null as what safetensors::Reader reads from.
inline safetensors::ReadAt read_through(const emscripten::val& read_slice) {
  return [read_slice](std::uint64_t offset, std::span<std::byte> bytes) {
    const emscripten::val slice = read_slice(static_cast<double>(offset), static_cast<double>(bytes.size()));
    if (slice.isNull() || slice.isUndefined() || slice["length"].as<std::size_t>() != bytes.size()) {
      throw Error(ErrorCode::io, "The file cannot be read: it changed, or is gone.");
    }
    const emscripten::val memory(
        emscripten::typed_memory_view(bytes.size(), reinterpret_cast<std::uint8_t*>(bytes.data())));
    memory.call<void>("set", slice);
  };
}

}  // namespace trilane::web
