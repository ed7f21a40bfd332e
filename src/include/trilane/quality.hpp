#pragma once

#include <cstdint>
#include <span>

#include "trilane/api.h"
#include "trilane/arch.hpp"
#include "trilane/formats.hpp"

namespace trilane {

/// How near a quantized tensor is to the original, accumulated piece by piece so that a file of any size
/// needs only one tensor in memory.
///
///   snr_db = 10·log10( Σ w² / Σ (w − r)² )      cosine = Σ w·r / √(Σ w² · Σ r²)      zeros = share of r = 0
class TRILANE_API Quality {
 public:
  /// Adds `original` w and what quantization made of it, `restored` r. Throws size_mismatch if their lengths differ.
  void add(std::span<const float> original, std::span<const float> restored);
  void add(const Quality& other) noexcept;

  /// In decibel; +infinity when nothing was lost.
  [[nodiscard]] double snr_db() const noexcept;
  /// 1 when both are zero, 0 when only one is.
  [[nodiscard]] double cosine() const noexcept;
  /// 0 … 1; 0 when nothing was added.
  [[nodiscard]] double zero_share() const noexcept;
  [[nodiscard]] std::uint64_t elements() const noexcept { return elements_; }

 private:
  double signal_ = 0;
  double restored_ = 0;
  double noise_ = 0;
  double product_ = 0;
  std::uint64_t zeros_ = 0;
  std::uint64_t elements_ = 0;
};

/// The quality of codes and scales that quantize() made of `weights`, dequantized row by row: one row is all the memory it takes.
/// Throws size_mismatch, and corrupt_data as dequantize() does.
TRILANE_API Quality measure_quality(std::span<const float> weights, std::span<const std::uint8_t> codes,
                                    std::span<const float> scales, Shape shape, Format format,
                                    Arch arch = active_arch());

}  // namespace trilane
