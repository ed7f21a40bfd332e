#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "trilane/activations.hpp"
#include "trilane/api.h"
#include "trilane/arch.hpp"
#include "trilane/executor.hpp"
#include "trilane/formats.hpp"

namespace trilane {

/// Ternary weights in the order that one arch multiplies fastest. Made once, at load; its bytes never leave memory, and
/// products run on the arch that it was packed for.
class TRILANE_API PackedMatrix {
 public:
  /// codes, scales, shape and format as dequantize() takes them; they can go afterwards.
  /// Throws as check_storage(), and invalid_argument if cols is beyond most_cols.
  PackedMatrix(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape, Format format,
               Arch arch = active_arch());

  [[nodiscard]] Shape shape() const noexcept { return shape_; }
  [[nodiscard]] Format format() const noexcept { return format_; }
  [[nodiscard]] Arch arch() const noexcept { return arch_; }
  /// The memory it takes, scales not counted.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::span<const float> scales() const noexcept { return scales_; }

  /// Writes the storage bytes that it was made of. Throws size_mismatch.
  void unpack(std::span<std::uint8_t> codes) const;

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const noexcept;
  };

  Shape shape_;
  Format format_;
  Arch arch_;
  std::size_t bytes_;
  std::unique_ptr<std::uint8_t[], Free> data_;
  std::vector<float> scales_;
};

/// Bytes that a product of `n` vectors needs to prepare activations (lookup tables, or a copy in the arch's order). The largest
/// size_t if they are more than it counts: no workspace has so many, and products throw size_mismatch.
TRILANE_API std::size_t workspace_bytes(const PackedMatrix& w, std::size_t n) noexcept;

/// y = W · x.
///
///   y[r] = float(Σ_k t[r,k] · q[k]) · (s / a)        the sum exact in int32, s the row's or the tensor's scale
///
/// Floats have the same bits on every arch and platform and for any executor.
///
/// x           one vector of w.shape().cols
/// y           w.shape().rows floats
/// workspace   at least workspace_bytes(w, 1) bytes, of any alignment; what it holds afterwards is nobody's
/// executor    null: the calling thread alone
///
/// Throws size_mismatch, and invalid_argument for a q of −128 or no vectors at all. Allocates nothing.
TRILANE_API void gemv(const PackedMatrix& w, const Activations& x, std::span<float> y, std::span<std::byte> workspace,
                      Executor* executor = nullptr);

/// Y = X · Wᵀ for N = x.a.size() vectors: X is N × cols, Y is N × rows, both row-major. As gemv() for each.
TRILANE_API void gemm(const PackedMatrix& w, const Activations& x, std::span<float> y, std::span<std::byte> workspace,
                      Executor* executor = nullptr);

/// The exact integer sums Σ_k t[r,k] · q[k] alone: N × rows, row-major. N = q.size() / cols.
TRILANE_API void gemm_sums(const PackedMatrix& w, std::span<const std::int8_t> q, std::span<std::int32_t> sums,
                           std::span<std::byte> workspace, Executor* executor = nullptr);

}  // namespace trilane
