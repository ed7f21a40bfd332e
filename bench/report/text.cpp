#include "bench/report/text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace trilane::bench {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool ascii(char c) { return c >= 0x20 && c < 0x7f; }

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

std::string valid_utf8(std::string_view text) {
  using Json = nlohmann::json;
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

}  // namespace

std::string clean(std::string_view text, std::size_t most_bytes) {
  std::string safe;
  if (std::all_of(text.begin(), text.end(), ascii)) {
    safe = text;
  } else {
    const std::string valid = valid_utf8(text);
    for (std::size_t i = 0; i < valid.size(); ++i) {
      const std::string_view rest = std::string_view(valid).substr(i);
      if (static_cast<unsigned char>(valid[i]) < 0x20 || valid[i] == 0x7f) {
        safe += replacement;
      } else if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {  // no characters of XML
        safe += replacement;
        i += 2;
      } else {
        safe += valid[i];
      }
    }
  }
  if (safe.size() <= most_bytes) return safe;
  constexpr std::string_view dots = "…";
  std::size_t end = most_bytes - std::min(most_bytes, dots.size());
  while (end > 0 && continues(safe[end])) --end;
  return safe.substr(0, end) + std::string(dots);
}

std::string side_name(const std::string& name, const Build& build) {
  const bool has_commit = !build.commit.empty() && name.find(build.commit) != std::string::npos;
  if (has_commit) return clean(name) + (build.dirty ? " (with changes)" : "");
  return clean(name) + " (commit " + clean(build.commit, 60) + (build.dirty ? ", with changes)" : ")");
}

}  // namespace trilane::bench
