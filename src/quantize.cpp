#include "trilane/quantize.hpp"

#include <bit>
#include <limits>
#include <string>

#include "exact_floats.hpp"
#include "float_environment.hpp"
#include "formats/layout.hpp"
#include "kernels/registry.hpp"
#include "trilane/error.hpp"

namespace trilane {

namespace {

std::string at(std::size_t index, Shape shape) {
  return "row " + std::to_string(index / shape.cols) + ", column " + std::to_string(index % shape.cols) + " (index " +
         std::to_string(index) + ")";
}

void require_size(const char* what, std::size_t is, std::size_t wanted, Shape shape) {
  if (is != wanted) {
    throw Error(ErrorCode::size_mismatch, std::string(what) + " has " + std::to_string(is) + " entries; shape " +
                                              std::to_string(shape.rows) + "x" + std::to_string(shape.cols) +
                                              " needs " + std::to_string(wanted));
  }
}

/// Looks for what made a sum or a maximum of `part` (from `first` on, of a tensor of `shape`) non-finite, and throws.
[[noreturn]] void report_not_finite(std::span<const float> part, std::size_t first, Shape shape) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (!is_finite(part[i])) {
      throw Error(ErrorCode::not_finite, std::string("weight is ") + (is_nan(part[i]) ? "NaN" : "infinite") + " at " +
                                             at(first + i, shape) + "; only finite weights can be quantized");
    }
  }
  throw Error(ErrorCode::overflow, "the sum of |w| overflows float32 in the " + std::to_string(part.size()) +
                                       " weights from " + at(first, shape) +
                                       "; use the absmax scale rule or scale the weights down");
}

float scale_of(const KernelTable& kernels, std::span<const float> part, std::size_t first, ScaleRule rule,
               Shape shape) {
  if (rule == ScaleRule::absmax) {
    const std::uint32_t bits = kernels.abs_max_bits(part.data(), part.size());
    if (bits >= infinity_bits) report_not_finite(part, first, shape);
    return std::bit_cast<float>(bits);
  }
  const double sum = kernels.abs_sum(part.data(), part.size());
  if (!is_finite(sum)) report_not_finite(part, first, shape);
  return static_cast<float>(sum / static_cast<double>(part.size()));
}

/// h such that |w| > h exactly if 2·|w| > s: s/2 rounded toward zero. s/2 is exact unless it is subnormal, where halving
/// the bits drops the half unit that no |w| can tell from h. A mean that rounds to 0 leaves no code but 0, as s = 0 does.
float threshold_of(float scale) {
  if (scale == 0) return std::numeric_limits<float>::max();
  constexpr std::uint32_t twice_smallest_normal = 2U << 23;
  const auto bits = std::bit_cast<std::uint32_t>(scale);
  return bits < twice_smallest_normal ? std::bit_cast<float>(bits / 2) : scale * 0.5F;
}

struct Layout {
  std::size_t rows;  // as the kernels see them: whole blocks need no row ends, so they are one row
  std::size_t cols;
  std::size_t row_bytes;
};

Layout layout_of(Format format, Shape shape, bool one_scale) {
  const bool padded = shape.cols % block_elements(format) != 0;
  const Layout rows{shape.rows, shape.cols, row_bytes(format, shape.cols)};
  return one_scale && !padded ? Layout{1, rows.rows * rows.cols, rows.rows * rows.row_bytes} : rows;
}

[[noreturn]] void report_corrupt(const std::string& what, Format format, std::size_t row, std::size_t block) {
  throw Error(ErrorCode::corrupt_data, "corrupt " + std::string(name(format)) + " data: " + what + " in row " +
                                           std::to_string(row) + ", block " + std::to_string(block));
}

/// Finds the corrupt block among `blocks` that a kernel found some of to be, and throws.
[[noreturn]] void report_unused_code(const KernelTable& kernels, Format format, const std::uint8_t* codes,
                                     std::size_t blocks, std::size_t blocks_a_row) {
  std::size_t block = 0;
  while (block + 1 < blocks && kernels.of(format).valid(codes + block * block_bytes(format), 1)) ++block;
  report_corrupt("an unused code", format, block / blocks_a_row, block % blocks_a_row);
}

void check_scales(std::span<const float> scales, Format format) {
  for (std::size_t row = 0; row < scales.size(); ++row) {
    const float scale = scales[row];
    if (is_finite(scale) && !is_negative(scale)) continue;
    const char* const what = is_nan(scale) ? "NaN" : is_finite(scale) ? "negative" : "infinite";
    throw Error(ErrorCode::corrupt_data, "corrupt " + std::string(name(format)) + " data: the scale of row " +
                                             std::to_string(row) + " is " + what +
                                             "; a scale is finite and not negative");
  }
}

void check_padding(const KernelTable& kernels, Format format, std::span<const std::uint8_t> codes, Shape shape) {
  const std::size_t elements = block_elements(format);
  const std::size_t used = shape.cols % elements;
  if (used == 0) return;
  constexpr std::size_t largest_block = 128;
  float block[largest_block];
  const std::size_t bytes = row_bytes(format, shape.cols);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    kernels.of(format).decode(codes.data() + (row + 1) * bytes - block_bytes(format), elements, 1.0F, block);
    for (std::size_t i = used; i < elements; ++i) {
      if (magnitude_bits(block[i]) != 0) report_corrupt("padding that is not zero", format, row, shape.cols / elements);
    }
  }
}

void require_scale_count(std::size_t count, Shape shape) {
  if (count == 1 || count == shape.rows) return;
  throw Error(ErrorCode::size_mismatch, "scales has " + std::to_string(count) + " entries; shape " +
                                            std::to_string(shape.rows) + "x" + std::to_string(shape.cols) +
                                            " needs 1, or one a row");
}

}  // namespace

void quantize(std::span<const float> weights, Shape shape, Format format, QuantizeOptions options,
              std::span<std::uint8_t> codes, std::span<float> scales, Arch arch) {
  if (!environment_is_default()) {
    return in_default_environment([=] { quantize(weights, shape, format, options, codes, scales, arch); });
  }
  const std::size_t bytes = storage_bytes(format, shape);
  require_size("weights", weights.size(), shape.rows * shape.cols, shape);
  require_size("codes", codes.size(), bytes, shape);
  require_size("scales", scales.size(), scale_count(options.granularity, shape), shape);

  const KernelTable& kernels = arch.kernels();
  const auto encode = kernels.of(format).encode;
  const bool one_scale = scales.size() == 1;
  const Layout layout = layout_of(format, shape, one_scale);
  if (one_scale) {
    scales[0] = scale_of(kernels, weights, 0, options.rule, shape);
  } else {  // nothing may be written before every row is known to be good
    for (std::size_t row = 0; row < shape.rows; ++row) {
      scale_of(kernels, weights.subspan(row * shape.cols, shape.cols), row * shape.cols, options.rule, shape);
    }
  }
  for (std::size_t row = 0; row < layout.rows; ++row) {
    const std::size_t first = row * layout.cols;
    if (!one_scale) {
      scales[row] = scale_of(kernels, weights.subspan(first, layout.cols), first, options.rule, shape);
    }
    encode(weights.data() + first, layout.cols, threshold_of(scales[one_scale ? 0 : row]),
           codes.data() + row * layout.row_bytes);
  }
}

void check_storage(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape, Format format,
                   Arch arch) {
  require_size("codes", codes.size(), storage_bytes(format, shape), shape);
  require_scale_count(scales.size(), shape);
  check_scales(scales, format);
  const std::size_t blocks = codes.size() / block_bytes(format);
  if (!arch.kernels().of(format).valid(codes.data(), blocks)) {
    report_unused_code(arch.kernels(), format, codes.data(), blocks, blocks / shape.rows);
  }
  check_padding(arch.kernels(), format, codes, shape);
}

void dequantize(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape, Format format,
                std::span<float> weights, Arch arch) {
  check_storage(codes, scales, shape, format, arch);
  require_size("weights", weights.size(), shape.rows * shape.cols, shape);
  const auto decode = arch.kernels().of(format).decode;
  const Layout layout = layout_of(format, shape, scales.size() == 1);
  for (std::size_t row = 0; row < layout.rows; ++row) {
    decode(codes.data() + row * layout.row_bytes, layout.cols, scales[scales.size() == 1 ? 0 : row],
           weights.data() + row * layout.cols);
  }
}

}  // namespace trilane
