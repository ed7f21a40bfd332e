#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace trilane::safetensors {

// JSON is written here, in the order that files have: nlohmann::ordered_json would be a second copy of that library in a
// WebAssembly module.

/// Returns `text` as a JSON string. Throws nlohmann::json::exception if it is not UTF-8.
std::string json_string(const std::string& text);

/// Returns a JSON array of these numbers.
std::string json_array(std::span<const std::uint64_t> numbers);

/// A JSON object, written member by member.
class JsonObject {
 public:
  /// Adds a member; `value` is JSON. The name must be new.
  void add(const std::string& name, const std::string& value);
  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace trilane::safetensors
