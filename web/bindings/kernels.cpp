// The npm package's module: matrices, activations and safetensors files, as web/package wraps them. No C++ exception crosses into
// JavaScript, where it would be no Error: a call that fails returns null (or undefined), and lastError() then says why. Nor does what
// JavaScript throws cross this module: the functions that it is given catch it, and return null or false.

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read_through.hpp"
#include "trilane/conversion.hpp"
#include "trilane/safetensors.hpp"
#include "trilane/trilane.hpp"

namespace trilane::web {

namespace {

using emscripten::val;
using Json = nlohmann::json;

EMSCRIPTEN_DECLARE_VAL_TYPE(Bytes)
EMSCRIPTEN_DECLARE_VAL_TYPE(MaybeBytes)
EMSCRIPTEN_DECLARE_VAL_TYPE(Floats)
EMSCRIPTEN_DECLARE_VAL_TYPE(MaybeFloats)
EMSCRIPTEN_DECLARE_VAL_TYPE(MaybeActivations)
EMSCRIPTEN_DECLARE_VAL_TYPE(MaybeQuality)
EMSCRIPTEN_DECLARE_VAL_TYPE(MaybeBoolean)
EMSCRIPTEN_DECLARE_VAL_TYPE(MaybeText)
EMSCRIPTEN_DECLARE_VAL_TYPE(Texts)
EMSCRIPTEN_DECLARE_VAL_TYPE(Numbers)
EMSCRIPTEN_DECLARE_VAL_TYPE(ReadSlice)
EMSCRIPTEN_DECLARE_VAL_TYPE(WritePiece)

/// Room is reserved: to say that there is no memory must not need any.
struct Failure {
  std::string code = std::string(64, ' ');
  std::string message = std::string(256, ' ');

  void set(std::string_view new_code, std::string_view new_message) {
    code.assign(new_code);
    message.assign(new_message);
  }
};

constexpr std::string_view no_memory =
    "WebAssembly gets no more memory: free matrices that are no longer needed, or take fewer rows at a time.";

Failure last_error;  // NOLINT(cert-err58-cpp): without memory at its start the module does not run at all

/// Bytes of the largest array: the differences of its pointers must fit in ptrdiff_t.
constexpr std::size_t max_block = PTRDIFF_MAX;

/// Puts the exception that is being handled into last_error. Apart, so that this stands once in the module and not in each call.
[[gnu::noinline]] void record() noexcept {
  try {
    throw;
  } catch (const Error& error) {
    last_error.set(name(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    last_error.set("out_of_memory", no_memory);
  } catch (const std::length_error&) {
    last_error.set("out_of_memory", no_memory);  // a vector beyond what its size type counts
  } catch (const std::exception& error) {
    last_error.set("internal", error.what());
  }
}

/// What `call` returns; or `failed`, and the reason in last_error.
template <class Result, class Call>
Result guarded(Result failed, const Call& call) {
  try {
    return call();
  } catch (const std::exception&) {
    record();
  }
  return failed;
}

template <class T>
val view(std::span<const T> elements) {
  return val(emscripten::typed_memory_view(elements.size(), elements.data()));
}

/// A typed array of JavaScript's own: growth of the WebAssembly memory does not touch it.
template <class T>
val copy_out(std::span<const T> elements) {
  return view(elements).template call<val>("slice");
}

std::size_t length_of(const val& array) { return array["length"].as<std::size_t>(); }

template <class T>
void copy_in(const val& array, std::span<T> to) {
  view<T>(to).template call<void>("set", array);
}

/// Memory that is about to be overwritten, so that nobody clears it first.
template <class T>
class Buffer {
 public:
  explicit Buffer(std::size_t size) : size_(size), elements_(std::make_unique_for_overwrite<T[]>(size)) {}
  [[nodiscard]] std::span<T> all() const { return {elements_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<T[]> elements_;
};

template <class T>
Buffer<T> copied_in(const val& array) {
  Buffer<T> buffer(length_of(array));
  copy_in<T>(array, buffer.all());
  return buffer;
}

/// Throws size_mismatch unless `array` is null or has so many entries.
void require_room(const MaybeFloats& array, const char* what, std::size_t wanted) {
  if (array.isNull() || length_of(array) == wanted) return;
  throw Error(ErrorCode::size_mismatch, std::string(what) + " has " + std::to_string(length_of(array)) + " entries; " +
                                            std::to_string(wanted) + " are needed");
}

/// The caller's array with the elements in it, or a new one if that is null.
MaybeFloats hand_over(std::span<const float> elements, const MaybeFloats& array) {
  if (array.isNull()) return MaybeFloats(copy_out(elements));
  array.call<void>("set", view(elements));
  return array;
}

val quality_object(const Quality& quality) {
  val object = val::object();
  object.set("snrDb", quality.snr_db());
  object.set("cosine", quality.cosine());
  object.set("zeros", quality.zero_share());
  return object;
}

/// What products need beside the matrix. One for all matrices, since one call runs at a time; it keeps the size of the largest.
struct Scratch {
  std::vector<float> x;
  std::vector<std::int8_t> q;
  std::vector<float> a;
  std::vector<std::int32_t> sums;
  std::vector<std::byte> workspace;
  std::vector<float> y;

  /// Quantizes N vectors of `cols` out of `from`.
  void take(const val& from, std::size_t cols) {
    x.resize(length_of(from));
    if (cols == 0 || x.empty() || x.size() % cols != 0) {
      throw Error(ErrorCode::size_mismatch, "x has " + std::to_string(x.size()) + " entries; a multiple of the " +
                                                std::to_string(cols) + " columns is needed");
    }
    copy_in<float>(from, x);
    q.resize(x.size());
    a.resize(x.size() / cols);
    sums.resize(a.size());
    quantize_activations(x, cols, q, a, sums);
  }
};

Scratch scratch;  // NOLINT(cert-err58-cpp): empty vectors

class Matrix {
 public:
  Matrix(std::span<const std::uint8_t> codes, std::span<const float> scales, Shape shape, Format format, ScaleRule rule)
      : packed_(codes, scales, shape, format), rule_(rule) {}

  [[nodiscard]] const PackedMatrix& packed() const { return packed_; }
  [[nodiscard]] ScaleRule rule() const { return rule_; }
  [[nodiscard]] Granularity granularity() const {
    return packed_.scales().size() == 1 ? Granularity::tensor : Granularity::row;
  }
  [[nodiscard]] Buffer<std::uint8_t> storage() const {
    Buffer<std::uint8_t> codes(storage_bytes(packed_.format(), packed_.shape()));
    packed_.unpack(codes.all());
    return codes;
  }

  [[nodiscard]] double rows() const { return static_cast<double>(packed_.shape().rows); }
  [[nodiscard]] double columns() const { return static_cast<double>(packed_.shape().cols); }
  [[nodiscard]] std::string format_name() const { return std::string(name(packed_.format())); }
  [[nodiscard]] std::string rule_name() const { return std::string(name(rule_)); }
  [[nodiscard]] std::string granularity_name() const { return std::string(name(granularity())); }
  [[nodiscard]] double bytes() const {
    return static_cast<double>(storage_bytes(packed_.format(), packed_.shape()) +
                               packed_.scales().size() * sizeof(float));
  }

  MaybeFloats multiply(const Floats& x, const MaybeFloats& y) const {
    return guarded(MaybeFloats(val::null()), [&] {
      scratch.take(x, packed_.shape().cols);
      const std::size_t n = scratch.a.size();
      const auto [rows, cols] = packed_.shape();
      if (n > max_block / sizeof(float) / rows) {
        throw Error(ErrorCode::overflow, "the product of " + std::to_string(n) + " vectors has " + std::to_string(n) +
                                             " x " + std::to_string(rows) +
                                             " floats, more than 2 GB: multiply fewer at a time");
      }
      scratch.y.resize(n * rows);
      require_room(y, "y", scratch.y.size());
      // In batches: the workspace of all vectors at once may be larger than the memory.
      constexpr std::size_t workspace_limit = std::size_t{1} << 26U;
      const std::size_t batch = std::min(n, workspace_limit / workspace_bytes(packed_, 1) + 1);
      scratch.workspace.resize(workspace_bytes(packed_, batch));
      for (std::size_t first = 0; first < n; first += batch) {
        const std::size_t count = std::min(batch, n - first);
        const std::span<const std::int8_t> q(scratch.q);
        const std::span<const float> a(scratch.a);
        gemm(packed_, {q.subspan(first * cols, count * cols), a.subspan(first, count)},
             std::span(scratch.y).subspan(first * rows, count * rows), scratch.workspace);
      }
      return hand_over(scratch.y, y);
    });
  }

  MaybeFloats dequantize(const MaybeFloats& weights) const {
    return guarded(MaybeFloats(val::null()), [&] {
      const Shape shape = packed_.shape();
      require_room(weights, "weights", shape.rows * shape.cols);
      const Buffer<float> restored(shape.rows * shape.cols);
      trilane::dequantize(storage().all(), packed_.scales(), shape, packed_.format(), restored.all());
      return hand_over(restored.all(), weights);
    });
  }

  MaybeBytes codes() const {
    return guarded(MaybeBytes(val::null()), [&] { return MaybeBytes(copy_out<std::uint8_t>(storage().all())); });
  }

  MaybeFloats scales() const { return MaybeFloats(copy_out<float>(packed_.scales())); }

  MaybeQuality quality(const Floats& original) const {
    return guarded(MaybeQuality(val::null()), [&] {
      return MaybeQuality(quality_object(measure_quality(copied_in<float>(original).all(), storage().all(),
                                                         packed_.scales(), packed_.shape(), packed_.format())));
    });
  }

 private:
  PackedMatrix packed_;
  ScaleRule rule_;
};

Shape shape_of(double rows, double columns) {
  // A double beyond size_t does not convert; the package lets through whole numbers only.
  constexpr double most = 4294967295.0;
  if (rows > most || columns > most) {
    throw Error(ErrorCode::overflow, "rows and columns are at most " + std::to_string(UINT32_MAX));
  }
  return {static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)};
}

Matrix* quantize(const Floats& weights, double rows, double columns, const std::string& format, const std::string& rule,
                 const std::string& granularity) {
  return guarded<Matrix*>(nullptr, [&] {
    const Shape shape = shape_of(rows, columns);
    const Format layout = parse_format(format);
    const QuantizeOptions options{parse_scale_rule(rule), parse_granularity(granularity)};
    const std::size_t bytes = storage_bytes(layout, shape);
    const Buffer<float> floats = copied_in<float>(weights);
    // Where the lengths do not fit, nothing is allocated for what is about to be refused.
    const bool fits = floats.all().size() == shape.rows * shape.cols;
    const Buffer<std::uint8_t> codes(fits ? bytes : 0);
    const Buffer<float> scales(fits ? scale_count(options.granularity, shape) : 0);
    trilane::quantize(floats.all(), shape, layout, options, codes.all(), scales.all());
    return new Matrix(codes.all(), scales.all(), shape, layout, options.rule);
  });
}

Matrix* from_storage(const Bytes& codes, const Floats& scales, double rows, double columns, const std::string& format,
                     const std::string& rule) {
  return guarded<Matrix*>(nullptr, [&] {
    return new Matrix(copied_in<std::uint8_t>(codes).all(), copied_in<float>(scales).all(), shape_of(rows, columns),
                      parse_format(format), parse_scale_rule(rule));
  });
}

MaybeActivations activations(const Floats& x, double columns) {
  return guarded(MaybeActivations(val::null()), [&] {
    scratch.take(x, shape_of(1, columns).cols);
    val object = val::object();
    object.set("q", copy_out<std::int8_t>(scratch.q));
    object.set("a", copy_out<float>(scratch.a));
    object.set("sums", copy_out<std::int32_t>(scratch.sums));
    return MaybeActivations(object);
  });
}

MaybeQuality quality(const Floats& original, const Floats& restored) {
  return guarded(MaybeQuality(val::null()), [&] {
    Quality quality;
    quality.add(copied_in<float>(original).all(), copied_in<float>(restored).all());
    return MaybeQuality(quality_object(quality));
  });
}

// ---------------------------------------------------------------------------------------------------- safetensors files

using safetensors::Reader;
using safetensors::Tensor;

safetensors::WriteAt write_through(const WritePiece& write) {
  return [&write](std::uint64_t offset, std::span<const std::byte> bytes) {
    const std::span<const std::uint8_t> octets(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (!write(static_cast<double>(offset), copy_out<std::uint8_t>(octets)).as<bool>()) {
      throw Error(ErrorCode::io, "The new file cannot be written.");
    }
  };
}

/// A new file in the making: first its header, then a tensor a step.
class Conversion {
 public:
  using Convert = std::function<void(const Tensor&, const safetensors::WriteAt&)>;

  Conversion(std::shared_ptr<const Reader> reader, const safetensors::Layout& layout, Convert convert)
      : reader_(std::move(reader)),
        header_(layout.header),
        file_size_(layout.file_size),
        convert_(std::move(convert)) {}

  [[nodiscard]] double file_size() const { return static_cast<double>(file_size_); }
  /// The bytes of the old file that step() has been through, of all its tensors' bytes.
  [[nodiscard]] double done() const { return static_cast<double>(done_); }
  [[nodiscard]] double total() const {
    double bytes = 0;
    for (const Tensor& tensor : reader_->tensors()) bytes += static_cast<double>(tensor.size);
    return bytes;
  }

  /// True while there is more to do; null if it failed.
  MaybeBoolean step(const WritePiece& write) {
    return guarded(MaybeBoolean(val::null()), [&] {
      const safetensors::WriteAt write_at = write_through(write);
      if (!header_.empty()) {
        write_at(0, std::as_bytes(std::span(header_)));
        header_.clear();
      }
      if (next_ < reader_->tensors().size()) {
        const Tensor& tensor = reader_->tensors()[next_];
        convert_(tensor, write_at);
        done_ += tensor.size;
        ++next_;
      }
      return MaybeBoolean(val(next_ < reader_->tensors().size()));
    });
  }

 private:
  std::shared_ptr<const Reader> reader_;
  std::string header_;
  std::uint64_t file_size_;
  Convert convert_;
  std::size_t next_ = 0;
  std::uint64_t done_ = 0;
};

class File {
 public:
  File(double size, const val& read, std::string name)
      : reader_(std::make_shared<Reader>(static_cast<std::uint64_t>(size), read_through(read), std::move(name))),
        quantized_(safetensors::quantized_tensors(*reader_)) {}

  /// { tensors: [{ name, dtype, shape, elements, bytes, quantizable, quantized }], metadata } as JSON.
  MaybeText describe() const {
    return guarded(MaybeText(val::null()), [&] { return MaybeText(val(description())); });
  }

  MaybeFloats weights(const std::string& tensor_name) const {
    return guarded(MaybeFloats(val::null()), [&] {
      const Tensor& tensor = find(tensor_name);
      const auto found = quantized_.find(tensor_name);
      if (found != quantized_.end()) {
        const safetensors::Storage storage = safetensors::read_storage(*reader_, tensor_name, found->second);
        const Shape shape = found->second.matrix();
        const Buffer<float> weights(shape.rows * shape.cols);
        dequantize(storage.codes, storage.scales, shape, found->second.format, weights.all());
        return MaybeFloats(copy_out<float>(weights.all()));
      }
      const Shape shape = tensor.matrix();
      const Buffer<float> weights(shape.rows * shape.cols);
      reader_->read_f32(tensor, 0, weights.all());
      return MaybeFloats(copy_out<float>(weights.all()));
    });
  }

  Matrix* matrix(const std::string& tensor_name) const {
    return guarded<Matrix*>(nullptr, [&] {
      static_cast<void>(find(tensor_name));
      const auto found = quantized_.find(tensor_name);
      if (found == quantized_.end()) {
        throw Error(ErrorCode::invalid_argument,
                    reader_->source() + ": tensor '" + tensor_name + "' is not quantized; take its weights");
      }
      const safetensors::Storage storage = safetensors::read_storage(*reader_, tensor_name, found->second);
      return new Matrix(storage.codes, storage.scales, found->second.matrix(), found->second.format,
                        found->second.rule);
    });
  }

  Conversion* quantize(const std::string& format, const std::string& rule, const std::string& granularity,
                       const Texts& names) const {
    return guarded<Conversion*>(nullptr, [&] {
      const auto listed = emscripten::vecFromJSArray<std::string>(names);
      const std::set<std::string> chosen(listed.begin(), listed.end());
      const auto plan = std::make_shared<const safetensors::QuantizedPlan>(safetensors::plan_quantized(
          *reader_, parse_format(format), {parse_scale_rule(rule), parse_granularity(granularity)},
          [&](const Tensor& tensor) { return chosen.contains(tensor.name); }));
      // Here nobody reads a note, so names that choose nothing are an error.
      if (plan->quantized.empty() && std::ranges::any_of(reader_->tensors(), &safetensors::is_quantizable)) {
        throw Error(ErrorCode::bad_file, reader_->source() + " " + safetensors::nothing_to_quantize(*reader_));
      }
      return new Conversion(reader_, plan->layout,
                            [reader = reader_, plan](const Tensor& tensor, const safetensors::WriteAt& write) {
                              safetensors::quantize_tensor(*reader, tensor, *plan, write);
                            });
    });
  }

  Conversion* dequantize_all() const {
    return guarded<Conversion*>(nullptr, [&] {
      const auto plan = std::make_shared<const safetensors::DequantizedPlan>(safetensors::plan_dequantized(*reader_));
      if (plan->quantized.empty() && std::ranges::any_of(reader_->tensors(), &safetensors::is_quantizable)) {
        throw Error(ErrorCode::bad_file, reader_->source() + " has no tensor that trilane quantized");
      }
      return new Conversion(reader_, plan->layout,
                            [reader = reader_, plan](const Tensor& tensor, const safetensors::WriteAt& write) {
                              safetensors::dequantize_tensor(*reader, tensor, *plan, write);
                            });
    });
  }

 private:
  [[nodiscard]] std::string description() const {
    Json tensors = Json::array();
    for (const Tensor& tensor : reader_->tensors()) {
      Json entry = {{"name", tensor.name},   {"dtype", tensor.dtype_name()},
                    {"shape", tensor.shape}, {"elements", tensor.elements()},
                    {"bytes", tensor.size},  {"quantizable", safetensors::is_quantizable(tensor)},
                    {"quantized", nullptr}};
      const auto found = quantized_.find(tensor.name);
      if (found != quantized_.end()) {
        entry["quantized"] = {{"format", name(found->second.format)},
                              {"scale", name(found->second.rule)},
                              {"per", name(found->second.granularity)},
                              {"shape", found->second.shape},
                              {"dtype", name(found->second.dtype)}};
      }
      tensors.push_back(std::move(entry));
    }
    return Json{{"tensors", std::move(tensors)}, {"metadata", reader_->metadata()}}.dump();
  }

  [[nodiscard]] const Tensor& find(const std::string& tensor_name) const {
    const Tensor* tensor = reader_->find(tensor_name);
    if (tensor == nullptr) {
      throw Error(ErrorCode::invalid_argument, reader_->source() + " has no tensor '" + tensor_name + "'");
    }
    return *tensor;
  }

  std::shared_ptr<const Reader> reader_;
  safetensors::QuantizedTensors quantized_;
};

File* open_file(double size, const ReadSlice& read, const std::string& file_name) {
  return guarded<File*>(nullptr, [&] { return new File(size, read, file_name); });
}

/// Collects tensors, then lays them out as one file.
class Writer {
 public:
  /// null if it failed, as add_floats().
  MaybeBoolean add_matrix(const std::string& tensor_name, const Matrix& matrix) {
    return guarded(MaybeBoolean(val::null()), [&] {
      const PackedMatrix& packed = matrix.packed();
      const Shape shape = packed.shape();
      quantized_[tensor_name] = {
          packed.format(), matrix.rule(), matrix.granularity(), {shape.rows, shape.cols}, safetensors::Dtype::f32};
      add({tensor_name, safetensors::Dtype::u8, {shape.rows, row_bytes(packed.format(), shape.cols)}},
          bytes_of<std::uint8_t>(matrix.storage().all()));
      add({safetensors::scale_name(tensor_name), safetensors::Dtype::f32, {packed.scales().size()}},
          bytes_of(packed.scales()));
      return MaybeBoolean(val(true));
    });
  }

  /// `bytes`: the float32 of a tensor of `shape`, which the package has checked.
  MaybeBoolean add_floats(const std::string& tensor_name, const Numbers& shape, const Bytes& bytes) {
    return guarded(MaybeBoolean(val::null()), [&] {
      const auto dimensions = emscripten::convertJSArrayToNumberVector<double>(shape);
      std::vector<std::uint64_t> whole(dimensions.begin(), dimensions.end());
      add({tensor_name, safetensors::Dtype::f32, std::move(whole)},
          bytes_of<std::uint8_t>(copied_in<std::uint8_t>(bytes).all()));
      return MaybeBoolean(val(true));
    });
  }

  MaybeBytes finish(const std::string& metadata_json) {
    return guarded(MaybeBytes(val::null()), [&] {
      safetensors::Metadata metadata = Json::parse(metadata_json).get<safetensors::Metadata>();
      if (!quantized_.empty() &&
          !metadata.emplace(safetensors::metadata_key, safetensors::to_metadata(quantized_)).second) {
        throw Error(ErrorCode::invalid_argument, "the metadata's key 'trilane' is taken by trilane itself");
      }
      const safetensors::Layout layout = safetensors::lay_out(tensors_, metadata);
      std::vector<std::uint8_t> file(static_cast<std::size_t>(layout.file_size));
      std::copy(layout.header.begin(), layout.header.end(), file.begin());
      for (const auto& [tensor_name, bytes] : bytes_) {
        std::copy(bytes.begin(), bytes.end(),
                  file.begin() + static_cast<std::ptrdiff_t>(layout.at(tensor_name).offset));
      }
      return MaybeBytes(copy_out<std::uint8_t>(file));
    });
  }

 private:
  template <class T>
  static std::vector<std::uint8_t> bytes_of(std::span<const T> elements) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(elements.data());
    return {first, first + elements.size_bytes()};
  }

  void add(Tensor tensor, std::vector<std::uint8_t> bytes) {
    bytes_.emplace_back(tensor.name, std::move(bytes));
    tensors_.push_back(std::move(tensor));
  }

  std::vector<Tensor> tensors_;
  std::vector<std::pair<std::string, std::vector<std::uint8_t>>> bytes_;
  safetensors::QuantizedTensors quantized_;
};

}  // namespace

EMSCRIPTEN_BINDINGS(trilane_kernels) {
  using emscripten::allow_raw_pointers;
  using emscripten::return_value_policy::take_ownership;

  emscripten::register_type<Bytes>("Uint8Array");
  emscripten::register_type<MaybeBytes>("Uint8Array | null");
  emscripten::register_type<Floats>("Float32Array");
  emscripten::register_type<MaybeFloats>("Float32Array | null");
  emscripten::register_type<MaybeActivations>("{ q: Int8Array, a: Float32Array, sums: Int32Array } | null");
  emscripten::register_type<MaybeQuality>("{ snrDb: number, cosine: number, zeros: number } | null");
  emscripten::register_type<MaybeBoolean>("boolean | null");
  emscripten::register_type<Texts>("string[]");
  emscripten::register_type<Numbers>("number[]");
  emscripten::register_type<ReadSlice>("(offset: number, length: number) => Uint8Array | null");
  emscripten::register_type<WritePiece>("(offset: number, bytes: Uint8Array) => boolean");
  emscripten::register_type<MaybeText>("string | null");

  emscripten::class_<Matrix>("Matrix")
      .property("rows", &Matrix::rows)
      .property("columns", &Matrix::columns)
      .property("format", &Matrix::format_name)
      .property("scale", &Matrix::rule_name)
      .property("per", &Matrix::granularity_name)
      .property("bytes", &Matrix::bytes)
      .function("multiply(x, y)", &Matrix::multiply)
      .function("dequantize(weights)", &Matrix::dequantize)
      .function("codes()", &Matrix::codes)
      .function("scales()", &Matrix::scales)
      .function("quality(original)", &Matrix::quality);
  emscripten::class_<Conversion>("Conversion")
      .property("fileSize", &Conversion::file_size)
      .property("done", &Conversion::done)
      .property("total", &Conversion::total)
      .function("step(write)", &Conversion::step);
  emscripten::class_<File>("File")
      .function("describe()", &File::describe)
      .function("weights(name)", &File::weights)
      .function("matrix(name)", &File::matrix, allow_raw_pointers(), take_ownership())
      .function("quantize(format, scale, per, names)", &File::quantize, allow_raw_pointers(), take_ownership())
      .function("dequantize()", &File::dequantize_all, allow_raw_pointers(), take_ownership());
  emscripten::class_<Writer>("Writer")
      .constructor<>()
      .function("addMatrix(name, matrix)", &Writer::add_matrix)
      .function("addFloats(name, shape, bytes)", &Writer::add_floats)
      .function("finish(metadata)", &Writer::finish);

  emscripten::function(
      "lastErrorCode()", +[] { return last_error.code; });
  emscripten::function(
      "lastErrorMessage()", +[] { return last_error.message; });
  emscripten::function(
      "version()", +[] { return std::string(version); });
  emscripten::function(
      "arch()", +[] { return std::string(active_arch().name()); });
  emscripten::function("quantize(weights, rows, columns, format, scale, per)", &quantize, allow_raw_pointers(),
                       take_ownership());
  emscripten::function("fromStorage(codes, scales, rows, columns, format, scale)", &from_storage, allow_raw_pointers(),
                       take_ownership());
  emscripten::function("quantizeActivations(x, columns)", &activations);
  emscripten::function("quality(original, restored)", &quality);
  emscripten::function("openFile(size, read, name)", &open_file, allow_raw_pointers(), take_ownership());
}

}  // namespace trilane::web
