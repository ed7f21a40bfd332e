#include "dtype.hpp"

#include <limits>

#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

struct Known {
  Dtype dtype;
  std::string_view name;
  std::size_t size;
};

constexpr std::array known{
    Known{Dtype::boolean, "BOOL", 1},    Known{Dtype::u8, "U8", 1},           Known{Dtype::i8, "I8", 1},
    Known{Dtype::f8_e5m2, "F8_E5M2", 1}, Known{Dtype::f8_e4m3, "F8_E4M3", 1}, Known{Dtype::i16, "I16", 2},
    Known{Dtype::u16, "U16", 2},         Known{Dtype::f16, "F16", 2},         Known{Dtype::bf16, "BF16", 2},
    Known{Dtype::i32, "I32", 4},         Known{Dtype::u32, "U32", 4},         Known{Dtype::f32, "F32", 4},
    Known{Dtype::i64, "I64", 8},         Known{Dtype::u64, "U64", 8},         Known{Dtype::f64, "F64", 8}};

const Known& of(Dtype dtype) noexcept {
  for (const Known& one : known) {
    if (one.dtype == dtype) return one;
  }
  return known[0];
}

Shape matrix_of(const std::vector<std::uint64_t>& shape) {
  if (shape.empty()) return {1, 1};
  const std::optional<std::uint64_t> bytes = byte_count(shape, sizeof(float));
  if (!bytes || *bytes > std::numeric_limits<std::size_t>::max()) {
    throw Error(ErrorCode::overflow, "a tensor does not fit the memory that this platform can address");
  }
  if (*bytes == 0) return {0, 0};
  const auto rows = static_cast<std::size_t>(shape[0]);
  return {rows, static_cast<std::size_t>(*bytes) / sizeof(float) / rows};
}

}  // namespace

std::string_view name(Dtype dtype) noexcept { return of(dtype).name; }

std::size_t size_of(Dtype dtype) noexcept { return of(dtype).size; }

bool is_weight(Dtype dtype) noexcept { return dtype == Dtype::f32 || dtype == Dtype::f16 || dtype == Dtype::bf16; }

std::optional<Dtype> find_dtype(std::string_view name) noexcept {
  for (const Known& one : known) {
    if (one.name == name) return one.dtype;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> byte_count(const std::vector<std::uint64_t>& shape, std::size_t size) noexcept {
  constexpr std::uint64_t most = std::uint64_t{1} << 63U;
  for (const std::uint64_t dimension : shape) {
    if (dimension == 0) return 0;
  }
  std::uint64_t bytes = size;
  for (const std::uint64_t dimension : shape) {
    if (dimension > most / bytes) return std::nullopt;
    bytes *= dimension;
  }
  return bytes;
}

Shape Tensor::matrix() const { return matrix_of(shape); }

Shape Quantized::matrix() const { return matrix_of(shape); }

bool is_quantizable(const Tensor& tensor) noexcept {
  return is_weight(tensor.dtype) && tensor.shape.size() >= 2 && tensor.size > 0;
}

}  // namespace trilane::safetensors
