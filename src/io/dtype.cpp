#include "dtype.hpp"

#include <limits>

#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

struct Known {
  Dtype dtype;
  std::string_view name;
  unsigned bits;
};

constexpr std::array known{
    Known{Dtype::boolean, "BOOL", 8},    Known{Dtype::f4, "F4", 4},           Known{Dtype::f6_e2m3, "F6_E2M3", 6},
    Known{Dtype::f6_e3m2, "F6_E3M2", 6}, Known{Dtype::u8, "U8", 8},           Known{Dtype::i8, "I8", 8},
    Known{Dtype::f8_e5m2, "F8_E5M2", 8}, Known{Dtype::f8_e4m3, "F8_E4M3", 8}, Known{Dtype::f8_e8m0, "F8_E8M0", 8},
    Known{Dtype::i16, "I16", 16},        Known{Dtype::u16, "U16", 16},        Known{Dtype::f16, "F16", 16},
    Known{Dtype::bf16, "BF16", 16},      Known{Dtype::i32, "I32", 32},        Known{Dtype::u32, "U32", 32},
    Known{Dtype::f32, "F32", 32},        Known{Dtype::c64, "C64", 64},        Known{Dtype::i64, "I64", 64},
    Known{Dtype::u64, "U64", 64},        Known{Dtype::f64, "F64", 64}};

constexpr Known unknown{Dtype::other, "other", 0};

constexpr std::uint64_t max_count = std::uint64_t{1} << 63U;

const Known& of(Dtype dtype) noexcept {
  for (const Known& one : known) {
    if (one.dtype == dtype) return one;
  }
  return unknown;
}

Shape matrix_of(const std::vector<std::uint64_t>& shape) {
  if (shape.empty()) return {1, 1};
  const std::optional<std::uint64_t> bytes = byte_count(shape, bits_of(Dtype::f32));
  if (!bytes || *bytes > std::numeric_limits<std::size_t>::max()) {
    throw Error(ErrorCode::overflow, "a tensor does not fit the memory that this platform can address");
  }
  if (*bytes == 0) return {0, 0};
  const auto rows = static_cast<std::size_t>(shape[0]);
  return {rows, static_cast<std::size_t>(*bytes) / sizeof(float) / rows};
}

}  // namespace

std::string_view name(Dtype dtype) noexcept { return of(dtype).name; }

unsigned bits_of(Dtype dtype) noexcept { return of(dtype).bits; }

bool is_weight(Dtype dtype) noexcept { return dtype == Dtype::f32 || dtype == Dtype::f16 || dtype == Dtype::bf16; }

std::optional<Dtype> find_dtype(std::string_view name) noexcept {
  for (const Known& one : known) {
    if (one.name == name) return one.dtype;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> element_count(const std::vector<std::uint64_t>& shape) noexcept {
  for (const std::uint64_t dimension : shape) {
    if (dimension == 0) return 0;
  }
  std::uint64_t elements = 1;
  for (const std::uint64_t dimension : shape) {
    if (dimension > max_count / elements) return std::nullopt;
    elements *= dimension;
  }
  return elements;
}

std::optional<std::uint64_t> byte_count(const std::vector<std::uint64_t>& shape, unsigned bits) noexcept {
  const std::optional<std::uint64_t> elements = element_count(shape);
  if (!elements || *elements / 8 >= max_count / bits) return std::nullopt;
  return *elements / 8 * bits + (*elements % 8 * bits + 7) / 8;
}

bool fills_bytes(const std::vector<std::uint64_t>& shape, unsigned bits) noexcept {
  return element_count(shape).value_or(0) % 8 * bits % 8 == 0;
}

std::string_view Tensor::dtype_name() const noexcept {
  return dtype == Dtype::other ? std::string_view(other_dtype) : safetensors::name(dtype);
}

std::uint64_t Tensor::elements() const noexcept { return element_count(shape).value_or(0); }

Shape Tensor::matrix() const { return matrix_of(shape); }

Shape Quantized::matrix() const { return matrix_of(shape); }

bool is_quantizable(const Tensor& tensor) noexcept {
  return is_weight(tensor.dtype) && tensor.shape.size() >= 2 && tensor.size > 0;
}

}  // namespace trilane::safetensors
