#include "json_text.hpp"

#include <nlohmann/json.hpp>

namespace trilane::safetensors {

std::string json_string(const std::string& text) { return nlohmann::json(text).dump(); }

std::string json_array(std::span<const std::uint64_t> numbers) {
  std::string members;
  for (const std::uint64_t number : numbers) members += (members.empty() ? "" : ",") + std::to_string(number);
  return "[" + members + "]";
}

void JsonObject::add(const std::string& name, const std::string& value) {
  members_ += (members_.empty() ? "" : ",") + json_string(name) + ":" + value;
}

}  // namespace trilane::safetensors
