#pragma once

#include "bench/suite.hpp"

// One file an operation of the registry; each defines <name>_operation.

namespace trilane::bench {

/// Codes and one scale of a tensor: what quantize writes and dequantize reads.
inline std::uint64_t storage_and_scale_bytes(Format format, Shape shape) {
  return storage_bytes(format, shape) + sizeof(float);
}

inline std::uint64_t float_bytes(Format /*format*/, Shape shape) { return std::uint64_t{shape.rows} * shape.cols * 4; }

}  // namespace trilane::bench
