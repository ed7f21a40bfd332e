#include "trilane/activations.hpp"

#include <bit>
#include <cstring>
#include <string>

#include "exact_floats.hpp"
#include "float_environment.hpp"
#include "kernels/registry.hpp"
#include "sizes.hpp"
#include "trilane/error.hpp"

namespace trilane {

namespace {

/// 127 / max|x| of a vector, from index `first` on of all activations.
float factor_of(const KernelTable& kernels, std::span<const float> x, std::size_t first) {
  const std::uint32_t largest = kernels.abs_max_bits(x.data(), x.size());
  if (largest == 0) return std::bit_cast<float>(infinity_bits);  // a division by 0 is an error to some sanitizers
  if (largest < infinity_bits) return 127.0F / std::bit_cast<float>(largest);
  std::size_t i = 0;
  while (i + 1 < x.size() && is_finite(x[i])) ++i;
  throw Error(ErrorCode::not_finite, std::string("activation is ") + (is_nan(x[i]) ? "NaN" : "infinite") +
                                         " at index " + std::to_string(first + i) +
                                         "; only finite ones can be quantized");
}

}  // namespace

void quantize_activations(std::span<const float> x, std::size_t cols, std::span<std::int8_t> q, std::span<float> a,
                          std::span<std::int32_t> sums, Arch arch) {
  if (!environment_is_default()) {
    return in_default_environment([=] { quantize_activations(x, cols, q, a, sums, arch); });
  }
  const std::size_t n = a.size();
  if (cols == 0 || cols > most_cols) {
    throw Error(ErrorCode::invalid_argument, "activations have " + std::to_string(cols) + " columns; 1 to " +
                                                 std::to_string(most_cols) + " are possible");
  }
  if (n == 0) throw Error(ErrorCode::invalid_argument, "there are no activations: a is empty");
  const std::size_t count = times(n, cols);
  require_size("x", x.size(), count);
  require_size("q", q.size(), count);
  require_size("sums", sums.size(), n);

  const KernelTable& kernels = arch.kernels();
  if (n > 1) {  // nothing may be written before every vector is known to be good
    for (std::size_t i = 0; i < n; ++i) factor_of(kernels, x.subspan(i * cols, cols), i * cols);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> vector = x.subspan(i * cols, cols);
    a[i] = factor_of(kernels, vector, i * cols);
    if (is_finite(a[i])) {
      sums[i] = kernels.quantize_activations(vector.data(), cols, a[i], q.data() + i * cols);
    } else {
      std::memset(q.data() + i * cols, 0, cols);
      sums[i] = 0;
    }
  }
}

}  // namespace trilane
