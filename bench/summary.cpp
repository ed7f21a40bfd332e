#include "bench/summary.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "bench/numbers.hpp"

namespace trilane::bench {

namespace {

using Row = std::pair<std::string, std::string>;  // a label and Markdown

bool plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/// Every character that is none of `kept` as its HTML entity, which Markdown never takes for markup; control characters,
/// which no entity may stand for, as \xNN.
std::string escaped(std::string_view text, std::string_view kept) {
  constexpr char digits[] = "0123456789abcdef";
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain(c) || kept.find(c) != std::string_view::npos) {
      safe += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      safe.append("&#92;x") += {digits[byte >> 4U], digits[byte & 15U]};
    } else {
      safe.append("&#").append(std::to_string(byte)) += ';';
    }
  }
  return safe;
}

/// "48 KiB": caches are powers of two or small multiples of one.
std::string cache_size(std::uint64_t bytes) {
  constexpr std::uint64_t mebi = 1 << 20;
  if (bytes >= mebi && bytes % mebi == 0) return std::to_string(bytes / mebi) + " MiB";
  return bytes % 1024 == 0 ? std::to_string(bytes / 1024) + " KiB" : std::to_string(bytes) + " B";
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : between).append(part);
  return text;
}

std::string caches_text(const std::vector<Cache>& caches) {
  std::vector<std::string> parts;
  for (const Cache& cache : caches) {
    parts.push_back("L" + std::to_string(cache.level) + " " + markdown_text(cache.type) + " " + cache_size(cache.size));
  }
  return parts.empty() ? "unknown" : join(parts, ", ");
}

std::string known(const std::optional<std::string>& text) { return text ? markdown_text(*text) : "unknown"; }

std::string threads_text(std::uint64_t threads) {
  return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

/// By threads: bandwidth at the smallest and at the largest working set, and the int8 peaks.
void add_calibration(std::vector<Row>& rows, const Calibration& calibration) {
  std::map<std::uint64_t, std::pair<const BandwidthPoint*, const BandwidthPoint*>> ends;
  for (const BandwidthPoint& point : calibration.bandwidth) {
    auto& [least, most] = ends.try_emplace(point.threads, &point, &point).first->second;
    if (point.working_set < least->working_set) least = &point;
    if (point.working_set > most->working_set) most = &point;
  }
  for (const auto& [threads, range] : ends) {
    std::vector<std::string> parts;
    for (const BandwidthPoint* point : {range.first, range.second}) {
      const std::string set = cache_size(point->working_set);
      parts.push_back(set + ": read " + rate(point->read_gb_per_s * 1e9) + "B/s, copy " +
                      rate(point->copy_gb_per_s * 1e9) + "B/s, fill " + rate(point->fill_gb_per_s * 1e9) + "B/s");
      if (range.first == range.second) break;
    }
    rows.emplace_back("bandwidth, " + threads_text(threads), join(parts, "; "));
  }
  std::map<std::uint64_t, std::vector<std::string>> peaks;
  for (const Int8Peak& peak : calibration.int8_mac) {
    peaks[peak.threads].push_back(markdown_text(peak.arch) + " " + rate(peak.gmac_per_s * 1e9));
  }
  for (const auto& [threads, parts] : peaks) {
    rows.emplace_back("int8 multiply-accumulates/s, " + threads_text(threads), join(parts, ", "));
  }
}

void add_noise(std::vector<Row>& rows, const Noise& noise) {
  const Interval rate = noise.alarm_rate();
  rows.emplace_back("false alarms", std::to_string(noise.alarms) + " of " + std::to_string(noise.verdicts) +
                                        " verdicts of `trilane aa` (" + fixed(100 * rate.lower, 2) + " … " +
                                        fixed(100 * rate.upper, 2) + " %), " + std::to_string(noise.inconclusive) +
                                        " inconclusive");
  rows.emplace_back("slowdown found 9 times in 10", "from " + fixed(100 * noise.detectable, 1) +
                                                        " % on; in 9 cases of 10 from " +
                                                        fixed(100 * noise.detectable_worst, 1) + " % on");
}

std::vector<Row> environment_rows(const Baseline& baseline) {
  const Environment& where = baseline.environment;
  const Build& build = baseline.build;
  std::vector<Row> rows;
  rows.emplace_back("platform", markdown_text(where.platform));
  std::vector<std::string> cpu{known(where.cpu.model), std::to_string(where.cpu.logical_cores) +
                                                           (where.cpu.logical_cores == 1 ? " core" : " cores")};
  for (const std::string& feature : where.cpu.features) cpu.push_back(markdown_text(feature));
  rows.emplace_back("CPU", join(cpu, ", "));
  rows.emplace_back("caches", caches_text(where.cpu.caches));
  rows.emplace_back("OS", known(where.os));
  if (where.engine) {
    rows.emplace_back("engine", markdown_text(where.engine->name + " " + where.engine->version));
  }
  if (where.cross_origin_isolated) {
    rows.emplace_back("cross-origin isolated", *where.cross_origin_isolated ? "yes" : "no");
  }
  rows.emplace_back("compiler", markdown_text(build.compiler) + ", " + markdown_code(build.flags));
  rows.emplace_back("trilane", markdown_text(build.version) + ", commit " + markdown_code(build.commit) +
                                   (build.dirty ? ", with changes" : ""));
  rows.emplace_back("timer", duration(where.timer_resolution_ns) + " a tick");
  rows.emplace_back("suite", markdown_text(baseline.suite.name) +
                                 (baseline.suite.weights ? ", " + markdown_code(*baseline.suite.weights) : ""));
  rows.emplace_back("launches", std::to_string(baseline.suite.launches));
  rows.emplace_back("created", markdown_text(baseline.created));
  if (baseline.noise) add_noise(rows, *baseline.noise);
  rows.emplace_back("fingerprint", where.fingerprint ? markdown_code(*where.fingerprint) : "unknown");
  add_calibration(rows, baseline.calibration);
  return rows;
}

/// The fastest arch of each case, by operation; operations and cases in the order in which they first appear.
std::vector<std::pair<std::string, std::vector<const Benchmark*>>> fastest_by_operation(const Baseline& baseline) {
  std::vector<std::pair<std::string, std::vector<const Benchmark*>>> groups;
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> places;  // of a case: its group, its row
  std::map<std::string_view, std::size_t> group_of;
  for (const Benchmark& benchmark : baseline.benchmarks) {
    const auto known_case = places.find(benchmark.name);
    if (known_case != places.end()) {
      const Benchmark*& best = groups[known_case->second.first].second[known_case->second.second];
      if (benchmark.estimates.median.point < best->estimates.median.point) best = &benchmark;
      continue;
    }
    const std::size_t group = group_of.try_emplace(benchmark.op, groups.size()).first->second;
    if (group == groups.size()) groups.emplace_back(benchmark.op, std::vector<const Benchmark*>());
    places[benchmark.name] = {group, groups[group].second.size()};
    groups[group].second.push_back(&benchmark);
  }
  return groups;
}

std::string result_row(const Benchmark& one, bool with_tokens) {
  const Estimate& median = one.estimates.median;
  const bool calibrated = one.roofline && one.roofline->bound_ns() > 0;
  const auto tokens = one.tokens_per_s();
  return "| " + markdown_code(one.name) + " | " + markdown_text(one.arch) + " | " + duration(median.point) + " | " +
         duration(median.lower) + " … " + duration(median.upper) + " | " + rate(one.elements_per_s()) + " | " +
         (with_tokens ? (tokens ? fixed(*tokens, 1) : "") + " | " : "") +
         (calibrated ? percent(one.roofline->bound_ns() / median.point) : "") + " |\n";
}

}  // namespace

std::string markdown_text(std::string_view text) {
  // A colon before // would make a link.
  std::string safe = escaped(text, " .,:;/()-+%=_");
  for (std::size_t at = 0; (at = safe.find("://", at)) != std::string::npos;) safe.replace(at, 1, "&#58;");
  for (std::size_t at = 0; (at = safe.find('_', at)) != std::string::npos;) {
    // Within a word it is a sign like any other.
    const bool within = at > 0 && at + 1 < safe.size() && plain(safe[at - 1]) && plain(safe[at + 1]);
    if (within)
      ++at;
    else
      safe.replace(at, 1, "&#95;");
  }
  return safe;
}

std::string markdown_code(std::string_view text) {
  constexpr std::string_view harmless = " .,:;/()-+%=_@#*<>[]{}!?\"'$^~&";
  const bool simple = !text.empty() && text.front() != ' ' && text.back() != ' ' &&
                      std::ranges::all_of(text, [&](char c) { return plain(c) || harmless.find(c) != harmless.npos; });
  if (simple) return "`" + std::string(text) + "`";
  return "<code>" + escaped(text, " .,/()-") + "</code>";
}

std::string summary_markdown(const Baseline& baseline, std::string_view title, int level) {
  std::string text = std::string(static_cast<std::size_t>(std::clamp(level, 1, 6)), '#') + " " + markdown_text(title) +
                     "\n\n| where | |\n|---|---|\n";
  for (const auto& [label, value] : environment_rows(baseline)) text += "| " + label + " | " + value + " |\n";
  for (const auto& [op, cases] : fastest_by_operation(baseline)) {
    const bool with_tokens =
        std::ranges::any_of(cases, [](const auto* one) { return one->tokens_per_s().has_value(); });
    text += "\n<details><summary>" + markdown_text(op) + ": " + std::to_string(cases.size()) +
            (cases.size() == 1 ? " case" : " cases") + "</summary>\n\n";
    text += "| case | fastest arch | median | 95 % interval | elements/s | ";
    text += with_tokens ? "tokens/s | of roof |\n|---|---|--:|--:|--:|--:|--:|\n"
                        : "of roof |\n|---|---|--:|--:|--:|--:|\n";
    for (const Benchmark* one : cases) text += result_row(*one, with_tokens);
    text += "\n</details>\n";
  }
  return text;
}

}  // namespace trilane::bench
