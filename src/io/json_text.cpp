#include "json_text.hpp"

#include <nlohmann/json.hpp>

namespace trilane::safetensors {

std::string json_string(const std::string& text) { return nlohmann::json(text).dump(); }

std::string json_array(std::span<const std::uint64_t> numbers) {
  std::string array = "[";
  for (const std::uint64_t number : numbers) {
    if (array.size() > 1) array += ',';
    array += std::to_string(number);
  }
  array += ']';
  return array;
}

void JsonObject::add(const std::string& name, const std::string& value) {
  if (!members_.empty()) members_ += ',';
  members_ += json_string(name);
  members_ += ':';
  members_ += value;
}

}  // namespace trilane::safetensors
