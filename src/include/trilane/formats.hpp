#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "trilane/api.h"

namespace trilane {

/// A storage format of ternary codes; the layouts are in docs/formats.md.
enum class Format {
  i2_s,  ///< 2 bits a weight, 4 codes a byte
  tl1,   ///< 2 bits a weight, 2 pairs a byte
  tl2,   ///< 1.67 bits a weight, 2 triples a byte and a sign bit each
};

/// How the scale s of w ≈ s·t is found.
enum class ScaleRule {
  absmean,  ///< s = mean |w| (BitNet b1.58)
  absmax,   ///< s = max |w|
};

/// What shares one scale.
enum class Granularity { tensor, row };

/// rows × cols, row-major. A vector is 1 × n.
struct Shape {
  std::size_t rows = 0;
  std::size_t cols = 0;

  friend bool operator==(const Shape&, const Shape&) = default;
};

inline constexpr std::array all_formats{Format::i2_s, Format::tl1, Format::tl2};
inline constexpr std::array all_scale_rules{ScaleRule::absmean, ScaleRule::absmax};
inline constexpr std::array all_granularities{Granularity::tensor, Granularity::row};

/// "i2_s", "absmax", "row" …: the names that files, suites and commands use.
TRILANE_API std::string_view name(Format format) noexcept;
TRILANE_API std::string_view name(ScaleRule rule) noexcept;
TRILANE_API std::string_view name(Granularity granularity) noexcept;

/// The inverse of name(). Throw invalid_argument, listing the known names.
TRILANE_API Format parse_format(std::string_view name);
TRILANE_API ScaleRule parse_scale_rule(std::string_view name);
TRILANE_API Granularity parse_granularity(std::string_view name);

/// Weights in a block: 128 (i2_s, tl1) or 96 (tl2).
TRILANE_API std::size_t block_elements(Format format) noexcept;
/// Bytes of a block: 32 (i2_s, tl1) or 20 (tl2).
TRILANE_API std::size_t block_bytes(Format format) noexcept;

/// Bytes of one row of `cols` weights: ceil(cols / block_elements) · block_bytes.
TRILANE_API std::size_t row_bytes(Format format, std::size_t cols) noexcept;
/// rows · row_bytes: the length of the codes, scales not counted.
/// Throws invalid_argument if rows or cols is 0, overflow if rows · cols floats do not fit in memory.
TRILANE_API std::size_t storage_bytes(Format format, Shape shape);
/// 1 or rows.
TRILANE_API std::size_t scale_count(Granularity granularity, Shape shape) noexcept;

}  // namespace trilane
