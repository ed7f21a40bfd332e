#include <algorithm>
#include <cmath>
#include <vector>

#include "trilane/conversion.hpp"

namespace trilane::safetensors {

namespace {

/// Takes the weights of a matrix in order.
class TernaryCheck {
 public:
  explicit TernaryCheck(std::size_t cols) : cols_(cols) {}

  /// Returns false once the weights are not ternary.
  bool add(float weight) {
    if (column_ == 0) of_row_ = 0;
    column_ = column_ + 1 == cols_ ? 0 : column_ + 1;
    if (weight == 0) return true;
    const float magnitude = std::fabs(weight);
    if (!std::isfinite(magnitude)) return false;
    if (of_row_ == 0) of_row_ = magnitude;
    if (of_tensor_ == 0) of_tensor_ = magnitude;
    if (of_tensor_ != magnitude) one_per_tensor_ = false;
    return of_row_ == magnitude;
  }

  [[nodiscard]] std::optional<Granularity> result() const {
    if (of_tensor_ == 0) return std::nullopt;  // zeros: any scale keeps them
    if (one_per_tensor_) return Granularity::tensor;
    if (cols_ == 1) return std::nullopt;  // one weight per row says nothing
    return Granularity::row;
  }

 private:
  std::size_t cols_;
  std::size_t column_ = 0;
  float of_row_ = 0;     // the magnitude of the row's weights that are not zero
  float of_tensor_ = 0;  // the same of the tensor's first
  bool one_per_tensor_ = true;
};

}  // namespace

std::optional<Granularity> ternary_granularity(const Reader& reader, const Tensor& tensor) {
  constexpr std::uint64_t max_piece = 16384;
  std::vector<float> piece;
  TernaryCheck check(tensor.matrix().cols);
  const std::uint64_t elements = tensor.elements();
  for (std::uint64_t first = 0; first < elements; first += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(max_piece, elements - first)));
    reader.read_f32(tensor, first, piece);
    if (!std::ranges::all_of(piece, [&](float weight) { return check.add(weight); })) return std::nullopt;
  }
  return check.result();
}

}  // namespace trilane::safetensors
