#pragma once

// The one list of what exists: formats, kernels and suite operations. Declarations, dispatch, tests and the
// benchmark suite are generated from it; a line added here gets them all.

#include <cstddef>
#include <cstdint>

#include "trilane/formats.hpp"

/// X(format)
#define TRILANE_FORMATS(X) X(i2_s) X(tl1) X(tl2)

/// X(operation): what the benchmark suite runs, each over every arch.
#define TRILANE_OPERATIONS(X) X(quantize) X(dequantize) X(quantize_activations) X(pack) X(gemv) X(gemm) X(model)

/// X(result, kernel, parameters): kernels that know no format. Contracts: kernels/<folder>/<folder>.hpp.
#define TRILANE_KERNELS(X)                                                                               \
  X(double, abs_sum, (const float* weights, std::size_t n))                                              \
  X(std::uint32_t, abs_max_bits, (const float* weights, std::size_t n))                                  \
  X(void, probe_read, (const float* data, std::size_t n, float* result))                                 \
  X(void, probe_copy, (const float* from, std::size_t n, float* to))                                     \
  X(void, probe_fill, (float* to, std::size_t n, float value))                                           \
  X(std::int32_t, quantize_activations, (const float* x, std::size_t n, float a, std::int8_t* q))        \
  X(void, scale_sums,                                                                                    \
    (const std::int32_t* sums, std::size_t n, const float* scales, std::size_t step, float a, float* y)) \
  X(std::uint64_t, probe_int8_mac, (std::uint64_t rounds, std::int32_t * result))                        \
  X(bool, products_are_exact, ())

/// X(result, kernel, parameters): kernels that exist once a format.
#define TRILANE_FORMAT_KERNELS(X)                                                                                      \
  X(void, encode, (const float* weights, std::size_t n, float threshold, std::uint8_t* codes))                         \
  X(void, decode, (const std::uint8_t* codes, std::size_t n, float scale, float* weights))                             \
  X(bool, valid, (const std::uint8_t* codes, std::size_t blocks))                                                      \
  X(std::size_t, packed_bytes, (std::size_t rows, std::size_t cols))                                                   \
  X(void, pack, (const std::uint8_t* codes, std::size_t rows, std::size_t cols, std::uint8_t* packed))                 \
  X(void, unpack, (const std::uint8_t* packed, std::size_t rows, std::size_t cols, std::uint8_t* codes))               \
  X(std::size_t, prepared_bytes, (std::size_t cols))                                                                   \
  X(void, prepare, (const std::int8_t* q, std::size_t cols, std::uint8_t* prepared))                                   \
  X(void, multiply,                                                                                                    \
    (const std::uint8_t* packed, std::size_t cols, std::size_t first, std::size_t count, const std::uint8_t* prepared, \
     std::size_t n, std::int32_t* sums, std::size_t stride))

namespace trilane {

/// The kernels of one format on one arch.
struct FormatKernels {
#define TRILANE_POINTER(result, kernel, parameters) result(*kernel) parameters noexcept;
  TRILANE_FORMAT_KERNELS(TRILANE_POINTER)
#undef TRILANE_POINTER
};

/// Everything that one arch provides. Kernels are noexcept, allocate nothing and check nothing: their
/// preconditions stand in their contract headers.
struct KernelTable {
  const char* arch;
  bool (*runnable)() noexcept;
#define TRILANE_POINTER(result, kernel, parameters) result(*kernel) parameters noexcept;
  TRILANE_KERNELS(TRILANE_POINTER)
#undef TRILANE_POINTER
#define TRILANE_FORMAT_MEMBER(format) FormatKernels format;
  TRILANE_FORMATS(TRILANE_FORMAT_MEMBER)
#undef TRILANE_FORMAT_MEMBER

  [[nodiscard]] const FormatKernels& of(Format wanted) const noexcept {
#define TRILANE_RETURN_FORMAT(format) \
  if (wanted == Format::format) return format;
    TRILANE_FORMATS(TRILANE_RETURN_FORMAT)
#undef TRILANE_RETURN_FORMAT
    return i2_s;
  }
};

}  // namespace trilane
