#include "trilane/quality.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "trilane/error.hpp"

namespace trilane {

void Quality::add(std::span<const float> original, std::span<const float> restored) {
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
    zeros_ += restored[i] == 0.0F ? 1 : 0;
  }
  elements_ += original.size();
}

void Quality::add(const Quality& other) noexcept {
  signal_ += other.signal_;
  restored_ += other.restored_;
  noise_ += other.noise_;
  product_ += other.product_;
  zeros_ += other.zeros_;
  elements_ += other.elements_;
}

double Quality::snr_db() const noexcept {
  if (noise_ == 0) return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal_ / noise_);
}

double Quality::cosine() const noexcept {
  if (signal_ == 0 && restored_ == 0) return 1;
  if (signal_ == 0 || restored_ == 0) return 0;
  return product_ / (std::sqrt(signal_) * std::sqrt(restored_));
}

double Quality::zero_share() const noexcept {
  return elements_ == 0 ? 0 : static_cast<double>(zeros_) / static_cast<double>(elements_);
}

}  // namespace trilane
