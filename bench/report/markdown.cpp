#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/numbers.hpp"
#include "bench/report/outcome.hpp"
#include "bench/report/report.hpp"
#include "bench/report/text.hpp"
#include "bench/summary.hpp"

namespace trilane::bench {

namespace {

// GitHub takes 65,536 characters. Ours are counted as bytes, and who posts the comment has room for a line of his own.
constexpr std::size_t most_comment = 65'000;
constexpr std::string_view marker = "<!-- trilane -->\n";

constexpr std::size_t most_sections = 8;
constexpr std::size_t around_a_section = 400;  // bytes at most besides its rows: summary, table head, what is left out
constexpr std::size_t most_name = 200;         // bytes of a case's name

std::string code(std::string_view text, std::size_t most_bytes) { return markdown_code(clean(text, most_bytes)); }
std::string text(std::string_view text, std::size_t most_bytes) { return markdown_text(clean(text, most_bytes)); }

/// The document's middle: sections of rows, as long as there is room for rows.
class Body {
 public:
  explicit Body(std::size_t room) : room_(room) {}

  /// `head` and `foot` stand around the rows.
  void add(std::string_view head, const std::vector<std::string>& rows, std::string_view foot) {
    if (rows.empty()) return;
    text_ += head;
    std::size_t shown = 0;
    for (; shown < rows.size() && rows[shown].size() <= room_; ++shown) {
      text_ += rows[shown];
      room_ -= rows[shown].size();
    }
    if (shown < rows.size()) {
      room_ = 0;
      text_ += "\n" + std::to_string(rows.size() - shown) + " of these are left out: there is no room for them here.\n";
    }
    text_ += foot;
  }

  void add_folded(const std::string& summary, std::string_view head, const std::vector<std::string>& rows) {
    add("\n<details><summary>" + summary + "</summary>\n\n" + std::string(head), rows, "\n</details>\n");
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::size_t room_;
  std::string text_;
};

std::string_view sign(const ComparisonReport& report) {
  if (report.comparison.exit_code(report.options) != 0) return "❌ ";
  return outcome_of(report.comparison, report.options) == Outcome::inconclusive ? "⚠️ " : "✅ ";
}

/// A table of pairs; the columns of notes and of counted instructions only where a pair has them.
struct PairTable {
  explicit PairTable(std::vector<const Pair*> chosen)
      : pairs(std::move(chosen)),
        noted(std::ranges::any_of(pairs, [](const Pair* pair) { return !pair->note.empty(); })),
        counted(std::ranges::any_of(pairs, [](const Pair* pair) { return pair->instructions_ratio().has_value(); })) {}

  [[nodiscard]] std::string head() const {
    return std::string("| case | arch | time | interval | base | new |") + (counted ? " instructions |" : "") +
           " verdict |" + (noted ? " note |" : "") + "\n|---|---|--:|--:|--:|--:|" + (counted ? "--:|" : "") + "---|" +
           (noted ? "---|" : "") + "\n";
  }
  [[nodiscard]] std::vector<std::string> rows() const {
    std::vector<std::string> rows;
    for (const Pair* pair : pairs) {
      rows.push_back("| " + code(pair->name, most_name) + " | " + text(pair->a->arch, 40) + " | " +
                     change(pair->ratio.point) + " | " + change_interval(pair->ratio) + " | " + duration(pair->time_a) +
                     " | " + duration(pair->time_b) + " | " + (counted ? instructions(*pair) + " | " : "") +
                     std::string(name(pair->verdict)) + " |" + (noted ? " " + text(pair->note, 300) + " |" : "") +
                     "\n");
    }
    return rows;
  }

  static std::string instructions(const Pair& pair) {
    const auto ratio = pair.instructions_ratio();
    return ratio ? change(*ratio) : "";
  }

  std::vector<const Pair*> pairs;
  bool noted;
  bool counted;
};

std::vector<const Pair*> with(const Comparison& comparison, Verdict verdict) {
  std::vector<const Pair*> pairs;
  for (const Pair& pair : comparison.pairs) {
    if (pair.verdict == verdict) pairs.push_back(&pair);
  }
  return pairs;
}

/// The largest regressions first, then the largest improvements.
std::vector<const Pair*> moved(const Comparison& comparison) {
  std::vector<const Pair*> pairs = with(comparison, Verdict::regressed);
  std::vector<const Pair*> improved = with(comparison, Verdict::improved);
  // Equal ones in the order of the file.
  std::ranges::sort(pairs, {}, [](const Pair* pair) { return std::pair(-pair->ratio.point, pair); });
  std::ranges::sort(improved, {}, [](const Pair* pair) { return std::pair(pair->ratio.point, pair); });
  pairs.insert(pairs.end(), improved.begin(), improved.end());
  return pairs;
}

std::vector<std::string> items(const std::vector<std::string>& names) {
  std::vector<std::string> rows;
  for (const std::string& name : names) rows.push_back("- " + code(name, most_name) + "\n");
  return rows;
}

void add_times(Body& body, const Comparison& comparison) {
  const PairTable what_moved(moved(comparison));
  body.add("\n" + what_moved.head(), what_moved.rows(), "");
  const auto add_all = [&](Verdict verdict) {
    const PairTable table(with(comparison, verdict));
    body.add_folded(std::to_string(table.pairs.size()) + " " + std::string(name(verdict)), table.head(), table.rows());
  };
  add_all(Verdict::inconclusive);
  body.add_folded(cases(comparison.only_a.size()) + " only in base", "", items(comparison.only_a));
  body.add_folded(cases(comparison.only_b.size()) + " only in new", "", items(comparison.only_b));
  for (const Verdict verdict : {Verdict::slower, Verdict::faster, Verdict::pass}) add_all(verdict);
}

std::string paragraphs(const std::string& lines) {
  std::string paragraphs;
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', from), lines.size());
    paragraphs += text(std::string_view(lines).substr(from, end - from), 600) + "\n\n";
    from = end + 1;
    if (paragraphs.size() > 2000) break;
  }
  return paragraphs;
}

/// How it was judged, and both environments.
std::string ground(const ComparisonReport& report) {
  std::string table = "| | base | new |\n|---|---|---|\n";
  const auto row = [&](std::string_view label, const std::function<std::string(const Baseline&)>& value) {
    table += "| " + std::string(label) + " | " + text(value(report.base), 150) + " | " + text(value(report.new_), 150) +
             " |\n";
  };
  row("commit", [](const Baseline& one) { return one.build.commit + (one.build.dirty ? ", with changes" : ""); });
  row("trilane", [](const Baseline& one) { return one.build.version; });
  row("compiler", [](const Baseline& one) { return one.build.compiler + " " + one.build.flags; });
  row("platform", [](const Baseline& one) {
    const auto& engine = one.environment.engine;
    return one.environment.platform + (engine ? ", " + engine->name + " " + engine->version : "");
  });
  row("CPU", [](const Baseline& one) { return one.environment.cpu.model.value_or("unknown"); });
  row("OS", [](const Baseline& one) { return one.environment.os.value_or("unknown"); });
  if (report.base.build.module_bytes && report.new_.build.module_bytes) {
    row("WebAssembly module", [](const Baseline& one) { return std::to_string(*one.build.module_bytes) + " bytes"; });
  }
  row("launches", [](const Baseline& one) { return std::to_string(one.suite.launches); });
  row("measured", [](const Baseline& one) { return one.created; });
  return "\n<details><summary>How it was judged, and where it was measured</summary>\n\n" + paragraphs(report.basis) +
         table + "\n</details>\n";
}

}  // namespace

std::string markdown_body(const ComparisonReport& report, std::size_t limit) {
  const Comparison& comparison = report.comparison;
  std::string begin = "## " + std::string(sign(report)) + headline(comparison, report.options) + "\n\n" +
                      code(report.new_name, 150) + " against " + code(report.base_name, 150);
  const bool differ = !comparison.digest_errors.empty();
  begin += differ ? ". Where outputs differ, times mean nothing and are left out.\n"
                  : ": " + in_words(count(comparison), " · ") + ". Digests: all outputs equal.\n";
  const std::string end = ground(report);
  Body body(limit - begin.size() - end.size() - most_sections * around_a_section);
  if (differ) {
    body.add("\n", items(comparison.digest_errors), "");
  } else {
    add_times(body, comparison);
  }
  return begin + body.text() + end;
}

std::string markdown_comment(const ComparisonReport& report) {
  return std::string(marker) + markdown_body(report, most_comment - marker.size());
}

std::string markdown_of_failure(const std::string& why, int status) {
  std::string shown = clean(why, 1000);
  std::erase(shown, '`');  // of the fence
  return std::string(marker) + "## ❌ Not comparable (status " + std::to_string(status) + ")\n\n```text\n" + shown +
         "\n```\n";
}

}  // namespace trilane::bench
