#include "bench/history.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "bench/expression.hpp"

namespace trilane::bench {

namespace {

using Json = nlohmann::ordered_json;

/// What must agree for times to be of the same thing.
auto group_key(const Baseline& baseline) {
  return std::tuple(baseline.environment.fingerprint.value_or(""), baseline.suite.name, baseline.suite.seed,
                    baseline.suite.weights.value_or(""));
}

void add_to(Group& group, const Baseline& baseline, const std::string& name, const Expression& cases,
            const HistoryOptions& options, std::map<std::pair<std::string, std::string>, std::size_t>& places) {
  group.revisions.push_back({name, baseline.created, baseline.build.commit, baseline.build.dirty});
  group.platform = platform_text(baseline.environment);
  for (const Benchmark& one : baseline.benchmarks) {
    if (!options.arch.empty() && one.arch != options.arch) continue;
    if (!options.cases.empty() && !cases.found_in(one.name)) continue;
    const std::size_t place = places.try_emplace({one.name, one.arch}, group.series.size()).first->second;
    if (place == group.series.size()) group.series.push_back({one.name, one.arch, {}, {}});
    group.series[place].points.push_back({group.revisions.size() - 1, one.estimates.median});
  }
}

std::vector<double> logs_of(const Series& series) {
  std::vector<double> logs;
  for (const Point& point : series.points) logs.push_back(std::log(point.median.point));
  return logs;
}

Json json_of(const Estimate& ratio) { return {{"point", ratio.point}, {"lower", ratio.lower}, {"upper", ratio.upper}}; }

Json json_of(const Series& series, const Group& group) {
  Json points = Json::array();
  for (const Point& point : series.points) {
    points.push_back({{"revision", point.revision},
                      {"median_ns", point.median.point},
                      {"lower_ns", point.median.lower},
                      {"upper_ns", point.median.upper}});
  }
  Json steps = Json::array();
  for (const ChangePoint& step : series.changes.steps) {
    const std::size_t revision = series.points[step.first].revision;
    steps.push_back({{"point", step.first},
                     {"revision", revision},
                     {"name", group.revisions[revision].name},
                     {"commit", group.revisions[revision].commit},
                     {"created", group.revisions[revision].created},
                     {"ratio", json_of(step.ratio)}});
  }
  const auto& drift = series.changes.drift;
  return {
      {"case", series.name},
      {"arch", series.arch},
      {"points", points},
      {"steps", steps},
      {"drift", drift ? Json{{"total", json_of(drift->total)}, {"per_point", std::exp(drift->per_point)}} : Json()}};
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field.append(c == '"' ? "\"" : "") += c;
  return field + "\"";
}

}  // namespace

History make_history(std::vector<StoredBaseline> baselines, const HistoryOptions& options) {
  const Expression cases(options.cases);
  std::ranges::sort(baselines, {}, [](const StoredBaseline& one) { return std::tie(one.baseline.created, one.name); });
  History history;
  std::map<decltype(group_key(Baseline())), std::size_t> groups;
  std::vector<std::map<std::pair<std::string, std::string>, std::size_t>> places;
  for (const StoredBaseline& one : baselines) {
    if (!one.baseline.environment.fingerprint) {
      ++history.anonymous;
      continue;
    }
    const std::size_t at = groups.try_emplace(group_key(one.baseline), history.groups.size()).first->second;
    if (at == history.groups.size()) {
      history.groups.push_back({*one.baseline.environment.fingerprint, "", {}, {}});
      places.emplace_back();
    }
    Group& group = history.groups[at];
    // One machine cannot have made two in one second: it was saved twice, and would count twice.
    if (!group.revisions.empty() && group.revisions.back().created == one.baseline.created) {
      ++history.copies;
      continue;
    }
    add_to(group, one.baseline, one.name, cases, options, places[at]);
  }
  std::erase_if(history.groups, [](const Group& group) { return group.series.empty(); });

  for (const Group& group : history.groups) {
    history.tested += static_cast<std::size_t>(
        std::ranges::count_if(group.series, [](const Series& series) { return series.points.size() >= least_points; }));
  }
  const double tested = static_cast<double>(std::max<std::size_t>(history.tested, 1));
  ChangeFinder finder({history_level / tested, options.minimum_effect});
  for (Group& group : history.groups) {
    for (Series& series : group.series) series.changes = finder.find(logs_of(series));
  }
  return history;
}

bool slowed_down(const Series& series, std::size_t recent) {
  const Changes& changes = series.changes;
  if (changes.drift) return changes.drift->total.point > 1;
  if (changes.steps.empty()) return false;
  const ChangePoint& last = changes.steps.back();
  return last.ratio.point > 1 && last.first + recent >= series.points.size();
}

std::string to_json(const History& history) {
  Json groups = Json::array();
  for (const Group& group : history.groups) {
    Json revisions = Json::array();
    for (const Revision& one : group.revisions) {
      revisions.push_back({{"name", one.name}, {"created", one.created}, {"commit", one.commit}, {"dirty", one.dirty}});
    }
    Json series = Json::array();
    for (const Series& one : group.series) series.push_back(json_of(one, group));
    groups.push_back({{"fingerprint", group.fingerprint},
                      {"platform", group.platform},
                      {"revisions", revisions},
                      {"series", series}});
  }
  const Json root = {{"schema", "trilane.history/1"}, {"level", history_level},
                     {"tested", history.tested},      {"without_fingerprint", history.anonymous},
                     {"copies", history.copies},      {"groups", groups}};
  return root.dump(1) + "\n";
}

std::string to_csv(const History& history) {
  const auto number = [](double value) { return Json(value).dump(); };
  std::string text = "fingerprint,platform,case,arch,baseline,created,commit,median_ns,lower_ns,upper_ns,step,drift\n";
  for (const Group& group : history.groups) {
    for (const Series& series : group.series) {
      const auto& [steps, drift] = series.changes;
      for (std::size_t i = 0; i < series.points.size(); ++i) {
        const Point& point = series.points[i];
        const Revision& revision = group.revisions[point.revision];
        const auto step = std::ranges::find(steps, i, &ChangePoint::first);
        const std::array fields = {group.fingerprint,
                                   group.platform,
                                   series.name,
                                   series.arch,
                                   revision.name,
                                   revision.created,
                                   revision.commit,
                                   number(point.median.point),
                                   number(point.median.lower),
                                   number(point.median.upper),
                                   step == steps.end() ? "" : number(step->ratio.point),
                                   drift ? number(drift->total.point) : ""};
        for (std::size_t f = 0; f < fields.size(); ++f) text.append(f == 0 ? "" : ",") += csv_field(fields[f]);
        text += '\n';
      }
    }
  }
  return text;
}

std::string sparkline(const Series& series, std::size_t revisions, double minimum_effect, std::size_t width) {
  constexpr std::array levels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::vector<double> logs = logs_of(series);
  const std::size_t begin = revisions - std::min(revisions, width);
  double low = logs.back();
  double high = logs.back();
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (series.points[i].revision < begin) continue;
    low = std::min(low, logs[i]);
    high = std::max(high, logs[i]);
  }
  const bool flat = high - low < std::log1p(minimum_effect);
  std::vector<std::string> signs(revisions - begin, " ");
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (series.points[i].revision < begin) continue;
    const double share = flat ? 0.5 : (logs[i] - low) / (high - low);
    signs[series.points[i].revision - begin] =
        levels[static_cast<std::size_t>(std::lround(share * 7 - (flat ? 0.5 : 0)))];
  }
  std::string text;
  for (const std::string& sign : signs) text += sign;
  return text;
}

}  // namespace trilane::bench
