#include <nlohmann/json.hpp>

#include "dtype.hpp"
#include "json_text.hpp"
#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

using Json = nlohmann::json;  // the header's parser, once more: another would be 10 kB of a WebAssembly module

constexpr int metadata_version = 1;

[[noreturn]] void fail(const Reader& reader, const std::string& what) {
  throw Error(ErrorCode::bad_file, reader.source() + ": trilane's metadata: " + what);
}

Quantized parse(const Reader& reader, const std::string& tensor, const Json& json) {
  Quantized quantized;
  try {
    quantized.format = parse_format(json.at("format").get<std::string>());
    quantized.rule = parse_scale_rule(json.at("scale").get<std::string>());
    quantized.granularity = parse_granularity(json.at("per").get<std::string>());
    for (const Json& dimension : json.at("shape")) {
      if (!dimension.is_number_unsigned())
        fail(reader, "tensor '" + tensor + "': the shape is no list of whole numbers");
      quantized.shape.push_back(dimension.get<std::uint64_t>());
    }
    const std::optional<Dtype> dtype = find_dtype(json.at("dtype").get<std::string>());
    if (!dtype || !is_weight(*dtype)) fail(reader, "tensor '" + tensor + "': the dtype is not F32, F16 or BF16");
    quantized.dtype = *dtype;
  } catch (const Json::exception&) {
    fail(reader, "tensor '" + tensor + "' lacks a field, or one has the wrong type");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_file) throw;
    fail(reader, "tensor '" + tensor + "': " + error.what());
  }
  return quantized;
}

/// The file must hold what the metadata says.
void require_agreement(const Reader& reader, const std::string& name, const Quantized& quantized) {
  const std::string what = "tensor '" + name + "'";
  const std::optional<std::uint64_t> bytes = byte_count(quantized.shape, bits_of(Dtype::f32));
  if (quantized.shape.size() < 2 || !bytes || *bytes == 0) fail(reader, what + " has a shape that cannot be quantized");
  const Shape matrix = quantized.matrix();
  const std::uint64_t row = row_bytes(quantized.format, matrix.cols);
  const Tensor* codes = reader.find(name);
  if (codes == nullptr || codes->dtype != Dtype::u8 || codes->shape != std::vector<std::uint64_t>{matrix.rows, row}) {
    fail(reader, what + " should be U8 [" + std::to_string(matrix.rows) + ", " + std::to_string(row) + "] and is not");
  }
  const std::uint64_t count = scale_count(quantized.granularity, matrix);
  const Tensor* scales = reader.find(scale_name(name));
  if (scales == nullptr || scales->dtype != Dtype::f32 || scales->shape != std::vector<std::uint64_t>{count}) {
    fail(reader,
         what + " should have scales '" + scale_name(name) + "', F32 [" + std::to_string(count) + "], and has not");
  }
}

}  // namespace

std::string scale_name(const std::string& tensor) { return tensor + ".scale"; }

std::string to_metadata(const QuantizedTensors& tensors) {
  const auto quoted = [](std::string_view text) { return json_string(std::string(text)); };
  JsonObject entries;
  for (const auto& [name, quantized] : tensors) {
    JsonObject entry;
    entry.add("format", quoted(trilane::name(quantized.format)));
    entry.add("scale", quoted(trilane::name(quantized.rule)));
    entry.add("per", quoted(trilane::name(quantized.granularity)));
    entry.add("shape", json_array(quantized.shape));
    entry.add("dtype", quoted(safetensors::name(quantized.dtype)));
    entries.add(name, entry.text());
  }
  JsonObject metadata;
  metadata.add("version", std::to_string(metadata_version));
  metadata.add("tensors", entries.text());
  return metadata.text();
}

QuantizedTensors quantized_tensors(const Reader& reader) {
  const auto text = reader.metadata().find(metadata_key);
  if (text == reader.metadata().end()) return {};
  Json json;
  try {
    json = Json::parse(text->second);
  } catch (const Json::exception&) {
    fail(reader, "it is not JSON");
  }
  if (!json.is_object() || !json.contains("version") || json["version"] != metadata_version) {
    fail(reader, "its version is not " + std::to_string(metadata_version) + "; a newer trilane may have written it");
  }
  if (!json.contains("tensors") || !json["tensors"].is_object()) fail(reader, "it has no tensors");
  QuantizedTensors tensors;
  for (const auto& [name, entry] : json["tensors"].items()) {
    const Quantized quantized = parse(reader, name, entry);
    require_agreement(reader, name, quantized);
    tensors.emplace(name, quantized);
  }
  return tensors;
}

}  // namespace trilane::safetensors
