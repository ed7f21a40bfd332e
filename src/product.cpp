#include "trilane/product.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <string>

#include "exact_floats.hpp"
#include "float_environment.hpp"
#include "kernels/product/product.hpp"
#include "kernels/registry.hpp"
#include "sizes.hpp"
#include "test_fault.hpp"
#include "trilane/error.hpp"
#include "trilane/quantize.hpp"

namespace trilane {

namespace {

constexpr std::align_val_t alignment{64};

void require_vectors(std::size_t n) {
  if (n == 0) throw Error(ErrorCode::invalid_argument, "there are no activations to multiply by");
}

const FormatKernels& kernels_of(const PackedMatrix& w) noexcept { return w.arch().kernels().of(w.format()); }

/// Makes the activations' prepared forms in the workspace; returns where they begin.
const std::uint8_t* prepare_all(const PackedMatrix& w, std::span<const std::int8_t> q, std::size_t n,
                                std::span<std::byte> workspace, Executor* executor) {
  const std::size_t cols = w.shape().cols;
  const std::size_t wanted = workspace_bytes(w, n);
  if (workspace.size() < wanted) {
    throw Error(ErrorCode::size_mismatch, "the workspace has " + std::to_string(workspace.size()) + " bytes; " +
                                              std::to_string(wanted) + " are needed");
  }
  if (const void* found = std::memchr(q.data(), 0x80, q.size())) {
    throw Error(ErrorCode::invalid_argument, "activation −128 at index " +
                                                 std::to_string(static_cast<const std::int8_t*>(found) - q.data()) +
                                                 "; int8 activations are −127 … 127");
  }
  struct Work {
    const FormatKernels& kernels;
    const std::int8_t* q;
    std::size_t cols;
    std::uint8_t* prepared;
    std::size_t bytes;
  };
  void* start = workspace.data();
  std::size_t space = workspace.size();
  std::align(static_cast<std::size_t>(alignment), wanted - static_cast<std::size_t>(alignment), start, space);
  Work work{kernels_of(w), q.data(), cols, static_cast<std::uint8_t*>(start), kernels_of(w).prepared_bytes(cols)};
  const auto prepare_one = [](void* context, std::size_t i) {
    const Work& todo = *static_cast<const Work*>(context);
    todo.kernels.prepare(todo.q + i * todo.cols, todo.cols, todo.prepared + i * todo.bytes);
  };
  if (executor != nullptr && n > 1) {
    executor->run(n, prepare_one, &work);
  } else {
    for (std::size_t i = 0; i < n; ++i) prepare_one(&work, i);
  }
  return work.prepared;
}

/// What becomes of the sums of some rows and columns: `sums` holds columns of most_rows each.
struct Output {
  std::int32_t* sums = nullptr;  // either these
  float* y = nullptr;            // or these
  const float* a = nullptr;

  void take(const PackedMatrix& w, const std::int32_t* from, std::size_t row, std::size_t count,
            std::size_t column) const noexcept {
    const std::size_t to = column * w.shape().rows + row;
    if (sums != nullptr) {
      std::memcpy(sums + to, from, count * sizeof *from);
      return;
    }
    const std::size_t step = w.scales().size() == 1 ? 0 : 1;
    w.arch().kernels().scale_sums(from, count, w.scales().data() + row * step, step, a[column], y + to);
  }
};

/// A product of the first `rows` rows, in parts of most_rows.
struct Product {
  const PackedMatrix& w;
  const std::uint8_t* prepared;
  std::size_t n;
  Output output;
  std::size_t rows = w.shape().rows;

  [[nodiscard]] std::size_t parts() const noexcept { return kernels::ceil_div(rows, kernels::most_rows); }

  void multiply(std::size_t part) const noexcept {
    using kernels::most_columns;
    using kernels::most_rows;
    const FormatKernels& kernels = kernels_of(w);
    const std::size_t cols = w.shape().cols;
    const std::size_t first = part * most_rows;
    const std::size_t count = std::min(most_rows, rows - first);
    std::int32_t sums[most_columns * most_rows];
    for (std::size_t column = 0; column < n; column += most_columns) {
      const std::size_t here = std::min(most_columns, n - column);
      kernels.multiply(w.data(), cols, first, count, prepared + column * kernels.prepared_bytes(cols), here, sums,
                       most_rows);
      if constexpr (test_fault::wrong) {
        if (w.format() == Format::i2_s && w.arch().name() != "scalar" && first == 0) ++sums[0];
      }
      for (std::size_t c = 0; c < here; ++c) output.take(w, sums + c * most_rows, first, count, column + c);
    }
  }
};

void multiply_parts(Product product, Executor* executor) {
  const auto multiply_part = [](void* context, std::size_t part) {
    const Product& whole = *static_cast<const Product*>(context);
    // Each of an executor's threads has an environment of its own.
    if (!environment_is_default()) return in_default_environment([&whole, part] { whole.multiply(part); });
    whole.multiply(part);
  };
  if (executor != nullptr && product.parts() > 1) {
    executor->run(product.parts(), multiply_part, &product);
  } else if (!environment_is_default()) {
    in_default_environment([=] { multiply_parts(product, nullptr); });
  } else {
    for (std::size_t part = 0; part < product.parts(); ++part) product.multiply(part);
  }
}

void multiply_all(Product product, Executor* executor) {
  multiply_parts(product, executor);
  if constexpr (test_fault::slow_percent > 0) {
    if (product.w.format() != Format::i2_s) return;
    product.rows = test_fault::rows_again(product.rows, test_fault::slow_percent);
    multiply_parts(product, executor);
  }
}

}  // namespace

void PackedMatrix::Free::operator()(std::uint8_t* bytes) const noexcept { ::operator delete[](bytes, alignment); }

PackedMatrix::PackedMatrix(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape,
                           Format format, Arch arch)
    : shape_(shape), format_(format), arch_(arch), bytes_(0) {
  if (!arch.runnable()) {
    throw Error(ErrorCode::unsupported_arch, "this CPU does not have the arch '" + std::string(arch.name()) + "'");
  }
  check_storage(codes, scales, shape, format, arch);
  if (shape.cols > most_cols) {
    throw Error(ErrorCode::invalid_argument, "the matrix has " + std::to_string(shape.cols) +
                                                 " columns; products take " + std::to_string(most_cols) + " at most");
  }
  const FormatKernels& kernels = arch.kernels().of(format);
  bytes_ = kernels.packed_bytes(shape.rows, shape.cols);
  data_.reset(static_cast<std::uint8_t*>(::operator new[](bytes_, alignment)));
  kernels.pack(codes.data(), shape.rows, shape.cols, data_.get());
  scales_.assign(scales.begin(), scales.end());
}

void PackedMatrix::unpack(std::span<std::uint8_t> codes) const {
  require_size("codes", codes.size(), storage_bytes(format_, shape_));
  arch_.kernels().of(format_).unpack(data_.get(), shape_.rows, shape_.cols, codes.data());
}

std::size_t workspace_bytes(const PackedMatrix& w, std::size_t n) noexcept {
  std::size_t bytes = 0;
  const bool too_many = __builtin_mul_overflow(n, kernels_of(w).prepared_bytes(w.shape().cols), &bytes) ||
                        __builtin_add_overflow(bytes, static_cast<std::size_t>(alignment), &bytes);
  return too_many ? std::numeric_limits<std::size_t>::max() : bytes;
}

void gemm(const PackedMatrix& w, const Activations& x, std::span<float> y, std::span<std::byte> workspace,
          Executor* executor) {
  const std::size_t n = x.a.size();
  require_vectors(n);
  require_size("q", x.q.size(), times(n, w.shape().cols));
  require_size("y", y.size(), times(n, w.shape().rows));
  const std::uint8_t* prepared = prepare_all(w, x.q, n, workspace, executor);
  multiply_all({w, prepared, n, {nullptr, y.data(), x.a.data()}}, executor);
}

void gemv(const PackedMatrix& w, const Activations& x, std::span<float> y, std::span<std::byte> workspace,
          Executor* executor) {
  require_size("a", x.a.size(), 1);
  gemm(w, x, y, workspace, executor);
}

void gemm_sums(const PackedMatrix& w, std::span<const std::int8_t> q, std::span<std::int32_t> sums,
               std::span<std::byte> workspace, Executor* executor) {
  const std::size_t n = q.size() / w.shape().cols;
  require_vectors(n);
  require_size("q", q.size(), times(n, w.shape().cols));
  require_size("sums", sums.size(), times(n, w.shape().rows));
  const std::uint8_t* prepared = prepare_all(w, q, n, workspace, executor);
  multiply_all({w, prepared, n, {sums.data(), nullptr, nullptr}}, executor);
}

}  // namespace trilane
