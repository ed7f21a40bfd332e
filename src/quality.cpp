#include "trilane/quality.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "exact_floats.hpp"
#include "float_environment.hpp"
#include "sizes.hpp"
#include "trilane/error.hpp"
#include "trilane/quantize.hpp"

namespace trilane {

namespace {

/// What work() returns in the default environment.
template <class Work>
double of_default_environment(Work work) {
  double result = 0;
  in_default_environment([&] { result = work(); });
  return result;
}

}  // namespace

void Quality::add(std::span<const float> original, std::span<const float> restored) {
  if (!environment_is_default()) return in_default_environment([=, this] { add(original, restored); });
  if (original.size() != restored.size()) {
    throw Error(ErrorCode::size_mismatch, "quality: " + std::to_string(original.size()) + " original and " +
                                              std::to_string(restored.size()) + " restored weights");
  }
  for (std::size_t i = 0; i < original.size(); ++i) {
    const double w = original[i];
    const double r = restored[i];
    signal_ += w * w;
    restored_ += r * r;
    noise_ += (w - r) * (w - r);
    product_ += w * r;
    zeros_ += magnitude_bits(restored[i]) == 0 ? 1 : 0;
  }
  elements_ += original.size();
}

void Quality::add(const Quality& other) noexcept {
  if (!environment_is_default()) return in_default_environment([this, &other] { add(other); });
  signal_ += other.signal_;
  restored_ += other.restored_;
  noise_ += other.noise_;
  product_ += other.product_;
  zeros_ += other.zeros_;
  elements_ += other.elements_;
}

double Quality::snr_db() const noexcept {
  if (!environment_is_default()) return of_default_environment([this] { return snr_db(); });
  if (noise_ == 0) return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal_ / noise_);
}

double Quality::cosine() const noexcept {
  if (!environment_is_default()) return of_default_environment([this] { return cosine(); });
  if (signal_ == 0 && restored_ == 0) return 1;
  if (signal_ == 0 || restored_ == 0) return 0;
  return product_ / (std::sqrt(signal_) * std::sqrt(restored_));
}

double Quality::zero_share() const noexcept {
  if (!environment_is_default()) return of_default_environment([this] { return zero_share(); });
  return elements_ == 0 ? 0 : static_cast<double>(zeros_) / static_cast<double>(elements_);
}

Quality measure_quality(std::span<const float> weights, std::span<const std::uint8_t> codes,
                        std::span<const float> scales, Shape shape, Format format, Arch arch) {
  require_size("weights", weights.size(), shape.rows * shape.cols);
  require_size("codes", codes.size(), storage_bytes(format, shape));
  if (scales.size() != 1) require_size("scales", scales.size(), shape.rows);
  const std::size_t bytes = row_bytes(format, shape.cols);
  std::vector<float> row(shape.cols);
  Quality quality;
  for (std::size_t r = 0; r < shape.rows; ++r) {
    const std::span<const float> scale = scales.subspan(scales.size() == 1 ? 0 : r, 1);
    dequantize(codes.subspan(r * bytes, bytes), scale, {1, shape.cols}, format, row, arch);
    quality.add(weights.subspan(r * shape.cols, shape.cols), row);
  }
  return quality;
}

}  // namespace trilane
