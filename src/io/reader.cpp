#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "dtype.hpp"
#include "other_file.hpp"
#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t max_header_bytes = 100'000'000;
constexpr int most_depth = 8;

[[noreturn]] void fail(const std::string& source, const std::string& what) {
  throw Error(ErrorCode::bad_file, source + ": " + what);
}

/// Parses the header; what a JSON library would let pass, duplicate keys and depth, is looked for on the way.
Json parse_header(const std::string& text, const std::string& source) {
  std::vector<std::set<std::string>> keys;
  std::string wrong;
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > most_depth && wrong.empty()) wrong = "the header is nested too deeply";
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second && wrong.empty()) {
      wrong = "the name '" + parsed.get<std::string>() + "' stands twice in the header";
    }
    return wrong.empty();
  };
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) fail(source, "the header is UTF-16, not UTF-8");
  Json header;
  try {
    header = Json::parse(text, watch);
  } catch (const Json::exception&) {
    fail(source, "the header is not JSON");
  }
  if (!wrong.empty()) fail(source, wrong);
  if (!header.is_object()) fail(source, "the header is not a JSON object");
  return header;
}

std::vector<std::uint64_t> integers(const Json& json, const std::string& where, const std::string& source) {
  if (!json.is_array()) fail(source, where + " is not an array");
  std::vector<std::uint64_t> values;
  for (const Json& value : json) {
    if (!value.is_number_unsigned())
      fail(source, where + " holds " + value.dump().substr(0, 40) + ", no whole number ≥ 0");
    values.push_back(value.get<std::uint64_t>());
  }
  return values;
}

/// The bytes must be those of the shape and the dtype. How many an unknown dtype needs only its offsets say.
void require_size(const Tensor& tensor, const std::string& what, const std::string& source) {
  const bool known = tensor.dtype != Dtype::other;
  const std::optional<std::uint64_t> bytes =
      known ? byte_count(tensor.shape, bits_of(tensor.dtype)) : element_count(tensor.shape);
  if (!bytes) fail(source, what + ": the shape has more bytes than any file");
  if (!known) return;
  if (!fills_bytes(tensor.shape, bits_of(tensor.dtype))) {
    fail(source, what + ": its elements of " + std::to_string(bits_of(tensor.dtype)) + " bits do not fill whole bytes");
  }
  if (tensor.size == *bytes) return;
  fail(source,
       what + " has " + std::to_string(tensor.size) + " bytes; its shape and dtype need " + std::to_string(*bytes));
}

Tensor parse_tensor(const std::string& name, const Json& entry, std::uint64_t data, const std::string& source) {
  const std::string what = "tensor '" + name + "'";
  if (!entry.is_object()) fail(source, what + " is described by no object");
  for (const char* field : {"dtype", "shape", "data_offsets"}) {
    if (entry.contains(field)) continue;
    fail(source, what + " has no " + field + ", as if another version of safetensors had written it");
  }
  const Json& dtype = entry["dtype"];
  if (!dtype.is_string()) fail(source, what + ": the dtype " + dtype.dump().substr(0, 40) + " is not a name");

  Tensor tensor;
  tensor.name = name;
  tensor.dtype = find_dtype(dtype.get_ref<const std::string&>()).value_or(Dtype::other);
  if (tensor.dtype == Dtype::other) tensor.other_dtype = dtype.get<std::string>();
  tensor.shape = integers(entry["shape"], what + ": the shape", source);
  const std::vector<std::uint64_t> offsets = integers(entry["data_offsets"], what + ": data_offsets", source);
  if (offsets.size() != 2 || offsets[0] > offsets[1]) fail(source, what + ": data_offsets are no begin and end");
  tensor.size = offsets[1] - offsets[0];
  require_size(tensor, what, source);
  if (offsets[1] > (std::uint64_t{1} << 63U)) fail(source, what + " lies outside the file");
  tensor.offset = data + offsets[0];
  return tensor;
}

Metadata parse_metadata(const Json& json, const std::string& source) {
  if (!json.is_object()) fail(source, "__metadata__ is not an object");
  Metadata metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) fail(source, "__metadata__ '" + key + "' is not a string");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// The tensors must fill the file from `data` to its end, one after the other.
void require_contiguous(const std::vector<Tensor>& tensors, std::uint64_t data, std::uint64_t file_size,
                        const std::string& source) {
  std::uint64_t end = data;
  const Tensor* cut = nullptr;
  for (const Tensor& tensor : tensors) {
    if (tensor.offset < end) fail(source, "tensor '" + tensor.name + "' overlaps the one before it");
    if (tensor.offset > end) fail(source, "there is a gap before tensor '" + tensor.name + "'");
    end = tensor.offset + tensor.size;
    if (end > file_size && cut == nullptr) cut = &tensor;
  }
  if (cut != nullptr) {
    fail(source, "cut off: " + std::to_string(end - file_size) + " of its " + std::to_string(end) +
                     " bytes are missing, so tensor '" + cut->name + "' lies outside the file; download it again");
  }
  if (end != file_size) {
    fail(source, std::to_string(file_size - end) + " bytes at the end belong to no tensor");
  }
}

bool earlier(const Tensor& a, const Tensor& b) {
  return std::tie(a.offset, a.size, a.name) < std::tie(b.offset, b.size, b.name);
}

float widen_f16(std::uint16_t half) noexcept {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
  const std::uint32_t exponent = half >> 10U & 31U;
  const std::uint32_t mantissa = half & 1023U;
  if (exponent == 0) return std::copysign(static_cast<float>(mantissa) * 0x1p-24F, std::bit_cast<float>(sign));
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000U | mantissa << 13U);
  return std::bit_cast<float>(sign | (exponent + 112) << 23U | mantissa << 13U);
}

float widen_bf16(std::uint16_t bits) noexcept { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U); }

}  // namespace

Reader::Reader(std::uint64_t file_size, ReadAt read, std::string source)
    : read_(std::move(read)), source_(std::move(source)) {
  if (file_size == 0) fail(source_, "it is empty (0 bytes): download it again");
  if (file_size < length_bytes) {
    fail(source_,
         "no safetensors file: it has " + std::to_string(file_size) + " bytes, fewer than the header's length takes");
  }
  std::string beginning(static_cast<std::size_t>(std::min<std::uint64_t>(kind_bytes, file_size)), '\0');
  read_(0, std::as_writable_bytes(std::span(beginning)));
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length |= std::uint64_t{static_cast<unsigned char>(beginning[i])} << (8 * i);
  }
  const bool is_header = length <= max_header_bytes && beginning.substr(length_bytes).starts_with('{');
  const std::string kind = is_header ? "" : kind_of_other_file(beginning);
  if (!kind.empty()) fail(source_, "this is " + kind);
  if (length > max_header_bytes) {
    fail(source_, "no safetensors file: its header would be " + std::to_string(length) + " bytes long");
  }
  if (length > file_size - length_bytes) {
    fail(source_, "cut off: the header has " + std::to_string(length) + " bytes, the file " +
                      std::to_string(file_size - length_bytes) + " behind its length; download it again");
  }
  std::string text(static_cast<std::size_t>(length), '\0');  // at most max_header_bytes
  read_(length_bytes, std::as_writable_bytes(std::span(text)));

  const std::uint64_t data = length_bytes + length;
  header_bytes_ = data;
  const Json header = parse_header(text, source_);
  for (const auto& [key, entry] : header.items()) {
    if (key == "__metadata__") {
      metadata_ = parse_metadata(entry, source_);
    } else {
      tensors_.push_back(parse_tensor(key, entry, data, source_));
    }
  }
  std::sort(tensors_.begin(), tensors_.end(), &earlier);
  require_contiguous(tensors_, data, file_size, source_);
  for (std::size_t i = 0; i < tensors_.size(); ++i) index_.emplace(tensors_[i].name, i);
}

std::string Reader::header() const {
  std::string bytes(static_cast<std::size_t>(header_bytes_), '\0');
  read_(0, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

const Tensor* Reader::find(std::string_view name) const noexcept {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

void Reader::read(const Tensor& tensor, std::uint64_t first, std::span<std::byte> bytes) const {
  if (first > tensor.size || bytes.size() > tensor.size - first) {
    throw Error(ErrorCode::invalid_argument, "bytes beyond the end of tensor '" + tensor.name + "' asked for");
  }
  read_(tensor.offset + first, bytes);
}

void Reader::read_f32(const Tensor& tensor, std::uint64_t first, std::span<float> elements) const {
  if (tensor.dtype == Dtype::f32) {
    read(tensor, first * sizeof(float), std::as_writable_bytes(elements));
    return;
  }
  if (!is_weight(tensor.dtype)) {
    throw Error(ErrorCode::invalid_argument,
                "tensor '" + tensor.name + "' is " + std::string(tensor.dtype_name()) + ", not F32, F16 or BF16");
  }
  const auto widen = tensor.dtype == Dtype::f16 ? &widen_f16 : &widen_bf16;
  constexpr std::size_t piece = 4096;
  std::uint16_t narrow[piece];
  while (!elements.empty()) {
    const std::size_t here = std::min(piece, elements.size());
    read(tensor, first * sizeof(std::uint16_t), std::as_writable_bytes(std::span(narrow, here)));
    std::transform(narrow, narrow + here, elements.begin(), widen);
    elements = elements.subspan(here);
    first += here;
  }
}

}  // namespace trilane::safetensors
