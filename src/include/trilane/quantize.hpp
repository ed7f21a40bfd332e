#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "trilane/api.h"
#include "trilane/arch.hpp"
#include "trilane/formats.hpp"

namespace trilane {

struct QuantizeOptions {
  ScaleRule rule = ScaleRule::absmean;
  Granularity granularity = Granularity::tensor;
};

/// Quantizes float32 weights to ternary codes and scales: w ≈ s·t.
///
///   t = sign(w) if 2·|w| > s, else 0        s = mean |w| (absmean) or max |w| (absmax)
///
/// which is clamp(round-half-even(w/s), −1, 1) without a division; s is one number a tensor or a row.
/// Codes, scales and their bytes are the same on every arch and platform (docs/formats.md says how sums are
/// ordered). If s = 0 all codes are 0.
///
/// weights  rows · cols floats, row-major
/// codes    storage_bytes(format, shape) bytes, written whole; each row starts on a block, padded with zero weights
/// scales   scale_count(options.granularity, shape) floats
/// arch     whose kernels run; never changes the result
///
/// Throws invalid_argument (rows or cols 0), size_mismatch (a span's length), not_finite (NaN or infinity: the
/// message names the first index), overflow (a sum of 4096 |w| beyond float32); nothing is written then.
/// Allocates nothing. Source: the BitNet b1.58 report, arXiv:2402.17764, eq. 1–3.
TRILANE_API void quantize(std::span<const float> weights, Shape shape, Format format, QuantizeOptions options,
                          std::span<std::uint8_t> codes, std::span<float> scales, Arch arch = active_arch());

/// The inverse: writes s·t, and +0 for t = 0, whatever the sign of zero was.
///
/// codes    storage_bytes(format, shape) bytes as quantize() writes them
/// scales   1 float, or one a row
/// weights  rows · cols floats, written whole
///
/// Throws size_mismatch, and corrupt_data as check_storage() does, before anything is written.
/// Allocates nothing.
TRILANE_API void dequantize(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape,
                            Format format, std::span<float> weights, Arch arch = active_arch());

/// Throws corrupt_data, naming row and block, unless codes and scales are what a quantizer can write:
/// no unused code (i2_s 3; tl1 9…15; tl2 index 14, 15 or a sign on 0), padding of zero weights, scales finite
/// and not negative. What loads a file calls it once; kernels then rely on it.
TRILANE_API void check_storage(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape,
                               Format format, Arch arch = active_arch());

}  // namespace trilane
