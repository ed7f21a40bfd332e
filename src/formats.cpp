#include "trilane/formats.hpp"

#include <limits>
#include <span>
#include <string>

#include "formats/layout.hpp"
#include "kernels/registry.hpp"
#include "trilane/error.hpp"

namespace trilane {

namespace {

template <class T>
T parse(std::string_view wanted, std::span<const T> all, const char* what) {
  std::string known;
  for (const T candidate : all) {
    if (name(candidate) == wanted) return candidate;
    known += (known.empty() ? "" : ", ") + std::string(name(candidate));
  }
  throw Error(ErrorCode::invalid_argument,
              std::string("unknown ") + what + " '" + std::string(wanted) + "'; known are " + known);
}

}  // namespace

std::string_view name(Format format) noexcept {
#define TRILANE_NAME(f) \
  if (format == Format::f) return #f;
  TRILANE_FORMATS(TRILANE_NAME)
#undef TRILANE_NAME
  return "unknown";
}

std::string_view name(ScaleRule rule) noexcept { return rule == ScaleRule::absmean ? "absmean" : "absmax"; }

std::string_view name(Granularity granularity) noexcept {
  return granularity == Granularity::tensor ? "tensor" : "row";
}

Format parse_format(std::string_view name) { return parse<Format>(name, all_formats, "format"); }

ScaleRule parse_scale_rule(std::string_view name) { return parse<ScaleRule>(name, all_scale_rules, "scale rule"); }

Granularity parse_granularity(std::string_view name) {
  return parse<Granularity>(name, all_granularities, "granularity");
}

std::size_t block_elements(Format format) noexcept {
#define TRILANE_ELEMENTS(f) \
  if (format == Format::f) return formats::f::elements;
  TRILANE_FORMATS(TRILANE_ELEMENTS)
#undef TRILANE_ELEMENTS
  return formats::i2_s::elements;
}

std::size_t block_bytes(Format format) noexcept {
#define TRILANE_BYTES(f) \
  if (format == Format::f) return formats::f::bytes;
  TRILANE_FORMATS(TRILANE_BYTES)
#undef TRILANE_BYTES
  return formats::i2_s::bytes;
}

std::size_t row_bytes(Format format, std::size_t cols) noexcept {
  const std::size_t elements = block_elements(format);
  return (cols / elements + (cols % elements != 0 ? 1 : 0)) * block_bytes(format);
}

std::size_t storage_bytes(Format format, Shape shape) {
  if (shape.rows == 0 || shape.cols == 0) {
    throw Error(ErrorCode::invalid_argument, "shape " + std::to_string(shape.rows) + "x" + std::to_string(shape.cols) +
                                                 " has no elements; both sides must be at least 1");
  }
  // A row's bytes never exceed its floats by more than a block, so one bound serves floats and codes.
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 2 / sizeof(float);
  if (shape.cols > most - 128 || shape.rows > most / (shape.cols + 128)) {
    throw Error(ErrorCode::overflow, "shape " + std::to_string(shape.rows) + "x" + std::to_string(shape.cols) +
                                         " is larger than this machine's memory can address");
  }
  return shape.rows * row_bytes(format, shape.cols);
}

std::size_t scale_count(Granularity granularity, Shape shape) noexcept {
  return granularity == Granularity::tensor ? 1 : shape.rows;
}

}  // namespace trilane
