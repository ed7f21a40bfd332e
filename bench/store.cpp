#include "bench/store.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "bench/summary.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// "Processor", "CPU" and "64-Core" say nothing that tells machines apart, or nothing that is true of a virtual one.
bool says_nothing(std::string_view word) {
  if (word == "processor" || word == "cpu") return true;
  return word.ends_with("-core") && std::ranges::all_of(word.substr(0, word.size() - 5), digit);
}

/// "AMD EPYC 7763 64-Core Processor" as "amd-epyc-7763".
std::string slug_of(std::string_view model) {
  std::string text;
  for (const char c : model.substr(0, model.find('@'))) text += lower(c);  // behind @ stands the clock
  for (const std::string_view mark : {"(r)", "(tm)", "(c)"}) {
    for (std::size_t at = 0; (at = text.find(mark)) != std::string::npos;) text.replace(at, mark.size(), " ");
  }
  std::string slug;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    if (says_nothing(word)) continue;
    if (!slug.empty() && slug.back() != '-') slug += '-';
    for (const char c : word) {
      if (digit(c) || letter(c))
        slug += c;
      else if (!slug.empty() && slug.back() != '-')
        slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

/// Oldest first; names decide between equals.
std::vector<const StoredBaseline*> by_time(std::span<const StoredBaseline> baselines) {
  std::vector<const StoredBaseline*> sorted;
  for (const StoredBaseline& one : baselines) sorted.push_back(&one);
  std::ranges::sort(sorted, {}, [](const StoredBaseline* one) { return std::tie(one->baseline.created, one->name); });
  return sorted;
}

/// Of every fingerprint the newest, and every one that has none; native ones first, then by engine.
std::vector<const StoredBaseline*> newest_by_fingerprint(const std::vector<const StoredBaseline*>& sorted) {
  std::map<std::string, const StoredBaseline*> newest;
  std::vector<const StoredBaseline*> chosen;
  for (const StoredBaseline* one : sorted) {
    const auto& fingerprint = one->baseline.environment.fingerprint;
    if (fingerprint)
      newest[*fingerprint] = one;
    else
      chosen.push_back(one);
  }
  for (const auto& [fingerprint, one] : newest) chosen.push_back(one);
  std::ranges::sort(chosen, {}, [](const StoredBaseline* one) {
    const Environment& where = one->baseline.environment;
    return std::tuple(where.platform != "native", where.engine ? where.engine->name : "", one->baseline.created,
                      one->name);
  });
  return chosen;
}

std::string cases_text(const Baseline& baseline) { return std::to_string(baseline.benchmarks.size()); }

}  // namespace

void require_store_name(std::string_view name, std::string_view what) {
  constexpr std::size_t longest = 100;
  const auto allowed = [](char c) { return digit(c) || letter(c) || c == '.' || c == '_' || c == '-'; };
  const char* wrong = nullptr;
  if (name.empty())
    wrong = "is empty";
  else if (name.size() > longest)
    wrong = "has more than 100 characters";
  else if (!std::ranges::all_of(name, allowed))
    wrong = "may hold letters, digits, '.', '_' and '-' only";
  else if (!digit(name.front()) && !letter(name.front()))
    wrong = "must begin with a letter or a digit";
  else if (name.ends_with(".json"))
    wrong = "goes without .json";
  if (wrong == nullptr) return;
  throw Error(ErrorCode::invalid_argument,
              std::string(what) + " '" + std::string(name.substr(0, longest)) + "' " + wrong);
}

bool is_utc_time(std::string_view text) {
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= pattern.size() || text.back() != 'Z') return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == 'd' ? !digit(text[i]) : text[i] != pattern[i]) return false;
  }
  const std::string_view fraction = text.substr(pattern.size(), text.size() - pattern.size() - 1);
  return fraction.empty() ||
         (fraction.size() > 1 && fraction.front() == '.' && std::ranges::all_of(fraction.substr(1), digit));
}

void require_storable(const Baseline& baseline, const std::string& source) {
  if (!is_utc_time(baseline.created)) {
    throw Error(ErrorCode::bad_file, source + ": /created is no UTC time such as 2026-01-31T12:00:00Z");
  }
  if (baseline.benchmarks.empty()) throw Error(ErrorCode::bad_file, source + ": /benchmarks is empty");
}

std::string machine_class_of(const Environment& environment) {
  const std::string slug = slug_of(environment.cpu.model.value_or(""));
  if (slug.empty()) {
    throw Error(ErrorCode::invalid_argument, "the baseline does not know its CPU: name its machine class by --class");
  }
  const std::uint64_t cores = environment.cpu.logical_cores;
  return slug.substr(0, 70) + "-" + std::to_string(cores) + (cores == 1 ? "-core" : "-cores");
}

std::string platform_text(const Environment& environment) {
  std::string text = environment.platform;
  if (environment.engine) text += ", " + environment.engine->name + " " + environment.engine->version;
  return text + ", " + environment.cpu.model.value_or("unknown CPU") + ", " + environment.os.value_or("unknown OS");
}

std::string class_summary(const std::string& machine_class, std::span<const StoredBaseline> baselines) {
  const std::vector<const StoredBaseline*> sorted = by_time(baselines);
  std::string text = "# " + markdown_text(machine_class) +
                     "\n\nMade from the JSON files beside it by `trilane baseline summary`: do not edit.\n\n"
                     "| baseline | platform | engine | created | commit | launches | results |\n"
                     "|---|---|---|---|---|--:|--:|\n";
  for (const StoredBaseline* one : sorted) {
    const Baseline& baseline = one->baseline;
    const auto& engine = baseline.environment.engine;
    text += "| [" + markdown_text(one->name) + "](" + one->name + ".json) | " +
            markdown_text(baseline.environment.platform) + " | " +
            (engine ? markdown_text(engine->name + " " + engine->version) : "") + " | " +
            markdown_text(baseline.created) + " | " + markdown_code(baseline.build.commit) +
            (baseline.build.dirty ? ", with changes" : "") + " | " + std::to_string(baseline.suite.launches) + " | " +
            cases_text(baseline) + " |\n";
  }
  const std::vector<const StoredBaseline*> chosen = newest_by_fingerprint(sorted);
  if (chosen.size() < sorted.size()) text += "\nWhat follows is the newest of every fingerprint.\n";
  for (const StoredBaseline* one : chosen) text += "\n" + summary_markdown(one->baseline, one->name);
  return text;
}

const StoredBaseline& find_stored(std::span<const StoredBaseline> named, const std::string& name,
                                  const Baseline& like) {
  if (named.empty()) {
    throw Error(ErrorCode::bad_file, "the store has no baseline '" + name + "'; trilane baseline list shows them");
  }
  const auto& wanted = like.environment.fingerprint;
  if (!wanted) {
    throw Error(
        ErrorCode::invalid_argument,
        "the new baseline does not know its CPU, so no stored one can be found for it; name a file, and --cross");
  }
  std::string candidates;
  for (const StoredBaseline& one : named) {
    if (one.baseline.environment.fingerprint == wanted) return one;
    candidates += (candidates.empty() ? "" : "; ") + one.machine_class + " (" +
                  platform_text(one.baseline.environment) + ", " + one.baseline.build.compiler + ")";
  }
  throw Error(ErrorCode::invalid_argument, "no baseline '" + name + "' has the new one's fingerprint (" +
                                               platform_text(like.environment) + ", " + like.build.compiler +
                                               "); there is " + candidates);
}

}  // namespace trilane::bench
