#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "bench/report/kernel_source.hpp"
#include "bench/report/outcome.hpp"
#include "bench/report/report.hpp"
#include "bench/report/text.hpp"

// The fields and limits are those of GitHub's REST API, "Create a check run" (docs.github.com/rest/checks/runs).

namespace trilane::bench {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_summary = 65'000;  // GitHub takes 65,535 characters, and we count bytes
constexpr std::size_t most_annotations = 50;  // a request; there are as many at most as kernel_source() has files
constexpr std::size_t most_named = 20;        // cases in an annotation: its message may have 64 kB
constexpr std::size_t most_title = 250;       // an annotation's title may have 255 characters

bool is_whole_commit(std::string_view commit) {
  return commit.size() == 40 && commit.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view conclusion_of(const ComparisonReport& report) {
  if (report.comparison.exit_code(report.options) != 0) return "failure";
  return outcome_of(report.comparison, report.options) == Outcome::inconclusive ? "neutral" : "success";
}

/// One for each file whose kernels regressed: at its first line, since no case belongs to a line.
Json annotations_of(const Comparison& comparison) {
  std::map<std::string_view, std::vector<const Pair*>> by_file;
  for (const Pair& pair : comparison.pairs) {
    const std::string_view file = kernel_source(pair.b->op, pair.b->arch);
    if (pair.verdict == Verdict::regressed && !file.empty()) by_file[file].push_back(&pair);
  }
  Json annotations = Json::array();
  for (const auto& [file, pairs] : by_file) {
    if (annotations.size() == most_annotations) break;
    std::string message;
    for (std::size_t i = 0; i < std::min(pairs.size(), most_named); ++i) {
      message += clean(pairs[i]->name) + ", " + clean(pairs[i]->a->arch) + ": " + change_in_words(*pairs[i]) + "\n";
    }
    message += pairs.size() > most_named ? "and " + std::to_string(pairs.size() - most_named) + " more\n" : "";
    annotations.push_back({{"path", file},
                           {"start_line", 1},
                           {"end_line", 1},
                           {"annotation_level", "failure"},
                           {"title", clean(cases(pairs.size()) + " of these kernels regressed", most_title)},
                           {"message", message}});
  }
  return annotations;
}

}  // namespace

std::string check_run(const ComparisonReport& report) {
  const Environment& where = report.new_.environment;
  Json body = {
      {"name", "trilane: " + clean(where.platform, 60) + (where.engine ? ", " + clean(where.engine->name, 60) : "")}};
  if (is_whole_commit(report.new_.build.commit)) body["head_sha"] = report.new_.build.commit;
  body["status"] = "completed";
  body["conclusion"] = conclusion_of(report);
  body["output"] = {{"title", headline(report.comparison, report.options)},
                    {"summary", markdown_body(report, most_summary)}};
  if (report.comparison.digest_errors.empty()) {
    Json annotations = annotations_of(report.comparison);
    if (!annotations.empty()) body["output"]["annotations"] = std::move(annotations);
  }
  return body.dump(1) + "\n";
}

std::string check_run_of_failure(const std::string& why, int status) {
  const Json body = {{"name", "trilane"},
                     {"status", "completed"},
                     {"conclusion", "failure"},
                     {"output", {{"title", "Not comparable"}, {"summary", markdown_of_failure(why, status)}}}};
  return body.dump(1) + "\n";
}

}  // namespace trilane::bench
