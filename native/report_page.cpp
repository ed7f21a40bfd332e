#include "native/report_page.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "native/input.hpp"
#include "trilane/error.hpp"
#include "trilane/version.hpp"

namespace trilane::cli {

namespace {

using Json = nlohmann::ordered_json;

/// The number is that of the data's layout: a template of another one is refused.
constexpr std::string_view place_start = R"(<script type="application/json" id="trilane-report-1">)";
constexpr std::string_view place_end = "</script>";

/// The earliest baseline that times of `index` can be judged against; `index` if there is none.
std::size_t earlier_alike(const std::vector<NamedBaseline>& baselines, std::size_t index) {
  const auto& fingerprint = baselines[index].baseline.environment.fingerprint;
  for (std::size_t i = 0; fingerprint && i < index; ++i) {
    if (baselines[i].baseline.environment.fingerprint == fingerprint) return i;
  }
  return index;
}

Json compared(const std::vector<NamedBaseline>& baselines, std::size_t index, const bench::MinimumEffects& effects) {
  const std::size_t alike = earlier_alike(baselines, index);
  const bool cross = alike == index;
  const std::size_t first = cross ? 0 : alike;
  const bench::CompareOptions options{.cross = cross, .effects = effects};
  Json entry = {{"a", first}, {"b", index}};
  try {
    const auto comparison = bench::compare(baselines[first].baseline, baselines[index].baseline, options);
    entry["comparison"] = Json::parse(bench::to_json(comparison, options));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    entry["error"] = error.what();  // another suite
  }
  return entry;
}

/// Where templates are looked for.
std::vector<std::filesystem::path> template_places() {
  std::vector<std::filesystem::path> places;
  std::error_code unknown;
  const std::filesystem::path binary = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (!unknown) {
    places.push_back((binary.parent_path() / ".." / TRILANE_REPORT_INSTALLED / "report.html").lexically_normal());
  }
  places.emplace_back(TRILANE_REPORT_BUILT);
  return places;
}

}  // namespace

std::string report_data(const std::string& title, const std::vector<NamedBaseline>& baselines,
                        const bench::MinimumEffects& effects) {
  Json data = {{"title", title}, {"made_by", std::string("trilane ") + version}};
  data["baselines"] = Json::array();
  data["comparisons"] = Json::array();
  for (std::size_t i = 0; i < baselines.size(); ++i) {
    const auto& [name, baseline] = baselines[i];
    data["baselines"].push_back({{"name", name}, {"baseline", Json::parse(bench::to_json(baseline))}});
    if (i > 0) data["comparisons"].push_back(compared(baselines, i, effects));
  }
  // In ASCII, so without U+2028; a file's name need not be UTF-8.
  const std::string text = data.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size());
  for (const char one : text) {  // outside of strings JSON has none of the three
    switch (one) {
      case '<': escaped += "\\u003c"; break;
      case '>': escaped += "\\u003e"; break;
      case '&': escaped += "\\u0026"; break;
      default: escaped += one;
    }
  }
  return escaped;
}

std::string fill_template(const std::string& page, const std::string& data, const std::string& source) {
  const std::size_t place = page.find(place_start);
  const std::size_t start = place + place_start.size();
  const std::size_t end = place == std::string::npos ? place : page.find(place_end, start);
  if (end == std::string::npos) {
    throw Error(ErrorCode::bad_file,
                source + " is no template of this version's report: npm --prefix web run " + "build:report makes one");
  }
  return page.substr(0, start) + data + page.substr(end);
}

std::string read_template(const std::string& path, std::string& source) {
  source = path;
  if (!path.empty()) return read_text(path);
  std::string looked;
  for (const auto& place : template_places()) {
    source = place.string();
    if (std::error_code error; std::filesystem::exists(place, error)) return read_text(source);
    looked += (looked.empty() ? "" : " and ") + source;
  }
  throw Error(ErrorCode::bad_file,
              "the page's template was not built: npm --prefix web run build:report makes it in the source tree, "
              "--template names another place (looked for " +
                  looked + ")");
}

}  // namespace trilane::cli
