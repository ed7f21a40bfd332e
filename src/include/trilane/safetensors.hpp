#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trilane/formats.hpp"
#include "trilane/quantize.hpp"

// Safetensors files over bytes and callbacks: no file system here, so that a page can read a Blob by slices. The format is
// Hugging Face's; docs/formats.md says what trilane writes into it.

namespace trilane::safetensors {

enum class Dtype {
  boolean,
  f4,
  f6_e2m3,
  f6_e3m2,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  f8_e8m0,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  c64,
  i64,
  u64,
  f64,
  other  ///< a name that is not known here: newer, or of somebody's own
};

/// "F32", "BF16", …: the names in the file. "other" is not one: see Tensor::dtype_name().
std::string_view name(Dtype dtype) noexcept;
/// Returns the bits of one element; 0 for Dtype::other.
unsigned bits_of(Dtype dtype) noexcept;
/// True for F32, F16 and BF16: what can be read as float32 and quantized.
bool is_weight(Dtype dtype) noexcept;

using Metadata = std::map<std::string, std::string>;

/// A tensor's description; `offset` counts from the file's beginning.
struct Tensor {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::uint64_t> shape;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;        ///< bytes
  std::string other_dtype = {};  ///< the dtype's name where `dtype` is Dtype::other

  /// Returns the dtype's name as the file has it.
  [[nodiscard]] std::string_view dtype_name() const noexcept;
  /// Returns the product of the dimensions, which is at most 2⁶³ for a tensor of a Reader or a Layout.
  [[nodiscard]] std::uint64_t elements() const noexcept;
  /// rows = the first dimension, cols = the product of the others; a scalar is 1 × 1. Throws overflow if as float32 it does not
  /// fit this platform's address space.
  [[nodiscard]] Shape matrix() const;
};

/// True if quantize takes it: a weight of at least two dimensions that is not empty.
bool is_quantizable(const Tensor& tensor) noexcept;

/// Reads `bytes.size()` bytes from `offset` on, all of them, or throws.
using ReadAt = std::function<void(std::uint64_t offset, std::span<std::byte> bytes)>;

/// A file's header, checked, and access to its tensors.
class Reader {
 public:
  /// Throws bad_file, with one line that names the file (`source`) and the tensor, for a header that is cut off, no JSON, too
  /// deep, or holds duplicate names, shapes that do not fit their bytes, or bytes that overlap, leave gaps or lie outside the
  /// file. A tensor of an unknown dtype has the bytes that its offsets say. Another kind of file is called what it is.
  Reader(std::uint64_t file_size, ReadAt read, std::string source);

  [[nodiscard]] const std::string& source() const noexcept { return source_; }
  /// In the order of their bytes.
  [[nodiscard]] const std::vector<Tensor>& tensors() const noexcept { return tensors_; }
  [[nodiscard]] const Metadata& metadata() const noexcept { return metadata_; }
  /// Reads the header's bytes, those of its length included: all before the first tensor.
  [[nodiscard]] std::string header() const;
  [[nodiscard]] const Tensor* find(std::string_view name) const noexcept;

  /// Bytes of a tensor from its byte `first` on.
  void read(const Tensor& tensor, std::uint64_t first, std::span<std::byte> bytes) const;
  /// Elements of an F32, F16 or BF16 tensor from element `first` on, widened exactly.
  void read_f32(const Tensor& tensor, std::uint64_t first, std::span<float> elements) const;

 private:
  ReadAt read_;
  std::string source_;
  std::uint64_t header_bytes_ = 0;
  std::vector<Tensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;  // of a name in tensors_
  Metadata metadata_;
};

/// A file to be: its header's bytes, and the tensors with the offsets that they get.
struct Layout {
  std::string header;
  std::vector<Tensor> tensors;
  std::uint64_t file_size = 0;

  /// The tensor of that name. Throws invalid_argument if there is none.
  [[nodiscard]] const Tensor& at(std::string_view name) const;

  std::map<std::string, std::size_t, std::less<>> index;  ///< of a name in `tensors`
};

/// Places tensors (name, dtype, shape; of an unknown dtype also its size in bytes) sorted by the size of their dtype, descending,
/// then by name, behind a compact JSON header padded with spaces to 8 bytes. Throws invalid_argument for duplicate names, names
/// that are not UTF-8, and elements that do not fill whole bytes.
Layout lay_out(std::vector<Tensor> tensors, const Metadata& metadata);

/// What `__metadata__.trilane` says of a quantized tensor.
struct Quantized {
  Format format = Format::i2_s;
  ScaleRule rule = ScaleRule::absmean;
  Granularity granularity = Granularity::tensor;
  std::vector<std::uint64_t> shape;  ///< that it had
  Dtype dtype = Dtype::f32;          ///< that it had

  [[nodiscard]] Shape matrix() const;  ///< as Tensor::matrix()
};

using QuantizedTensors = std::map<std::string, Quantized>;

inline constexpr const char* metadata_key = "trilane";

/// The name of a quantized tensor's scales: "<name>.scale".
std::string scale_name(const std::string& tensor);

/// The JSON text for metadata()["trilane"].
std::string to_metadata(const QuantizedTensors& tensors);

/// The quantized tensors of a file; empty if it has none. Throws bad_file if the metadata is no JSON of a known version, or
/// says what the file's tensors contradict: a tensor or its scales missing, another dtype or shape.
QuantizedTensors quantized_tensors(const Reader& reader);

}  // namespace trilane::safetensors
