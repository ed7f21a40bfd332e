#include "bench/ab.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <set>

#include "bench/merge.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

namespace {

constexpr std::array marks = {0.7, 0.85};           // of the budget: where the first measurement is judged in any case
constexpr std::size_t longest_expression = 20'000;  // some regular expression libraries take no more

/// The name as an expression that finds it alone.
std::string escaped(const std::string& name) {
  std::string expression;
  for (const char c : name) {
    if (std::string_view("^$\\.*+?()[]{}|").find(c) != std::string_view::npos) expression += '\\';
    expression += c;
  }
  return expression;
}

/// Appends the launches of the cases that both have. Throws corrupt_data if an output is not what it was, invalid_argument if the
/// launch is of another build.
void append(Baseline& all, const Baseline& launch, const std::string& side) {
  require_same_run(all, launch, "a launch of the " + side + " side");
  const BenchmarkIndex found = index_of(launch);
  for (Benchmark& benchmark : all.benchmarks) {
    const auto more = found.find({benchmark.name, benchmark.arch});
    if (more == found.end()) continue;
    if (more->second->output_digest != benchmark.output_digest) {
      throw Error(ErrorCode::corrupt_data,
                  "the output of '" + benchmark.name + "' differs from one launch to the next; its times mean nothing");
    }
    const auto& launches = more->second->launches;
    benchmark.launches.insert(benchmark.launches.end(), launches.begin(), launches.end());
    benchmark.counters = least_counts(benchmark.counters, more->second->counters);
  }
}

std::string percents(const Estimate& ratio) {
  char text[96];
  std::snprintf(text, sizeof text, "%.3f (%.3f … %.3f)", ratio.point, ratio.lower, ratio.upper);
  return text;
}

}  // namespace

Ab::Ab(AbOptions options) : options_(std::move(options)) { options_.compare.side_by_side = true; }

Ab::Measurement Ab::measurement_of(SequentialTest::Rule rule, std::vector<std::size_t> which, double start_s) const {
  std::vector<double> effects;
  for (const std::size_t key : which) effects.push_back(options_.compare.effects.of(keys_[key].first));
  Measurement measurement{SequentialTest(std::move(effects), rule), std::move(which), start_s};
  measurement.times.resize(measurement.which.size());
  return measurement;
}

void Ab::start(const Baseline& base, const Baseline& changed) {
  Comparison comparison;
  try {
    comparison = compare(base, changed, options_.compare);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::overflow) throw;  // an expression of the user's, not what was launched
    throw Error(ErrorCode::corrupt_data, error.what());
  }
  std::vector<std::size_t> which;
  for (const Pair& pair : comparison.pairs) {
    which.push_back(keys_.size());
    keys_.emplace_back(pair.name, pair.a->arch);
  }
  if (keys_.empty()) throw Error(ErrorCode::corrupt_data, "the two sides have no case in common");
  first_ = measurement_of(SequentialTest::Rule::judge, std::move(which), 0);
  base_ = base;
  changed_ = changed;
  if (!comparison.digest_errors.empty()) done_ = true;
}

void Ab::add(const Baseline& base, const Baseline& changed, double seconds) {
  if (pairs_ == 0) {
    start(base, changed);
  } else {
    append(base_, base, "base");
    append(changed_, changed, "new");
  }
  ++pairs_;
  if (done_) return;
  add_times(current(), base, changed, seconds - last_s_);
  judge(current(), seconds, seconds - last_s_);
  last_s_ = seconds;
}

void Ab::add_times(Measurement& measurement, const Baseline& base, const Baseline& changed, double pair_s) {
  const BenchmarkIndex in_base = index_of(base);
  const BenchmarkIndex in_changed = index_of(changed);
  std::size_t measured = 0;
  for (std::size_t i = 0; i < measurement.which.size(); ++i) {
    const auto a = in_base.find(keys_[measurement.which[i]]);
    const auto b = in_changed.find(keys_[measurement.which[i]]);
    if (a == in_base.end() || b == in_changed.end()) continue;
    if (measurement.test.judgement(i).settled) continue;
    const auto& [base_ns, new_ns] = measurement.times[i].emplace_back(fastest_ns(a->second->launches.front()),
                                                                      fastest_ns(b->second->launches.front()));
    measurement.test.add(i, std::log(new_ns / base_ns));
    ++measured;
  }
  ++measurement.pairs;
  case_s_ = pair_s / static_cast<double>(std::max<std::size_t>(1, measured));
}

void Ab::judge(Measurement& measurement, double seconds, double pair_s) {
  using Wanted = SequentialTest::Wanted;
  const double by_time = (seconds - measurement.start_s) / (options_.budget_s - measurement.start_s);
  const double by_pairs = static_cast<double>(measurement.pairs) / static_cast<double>(options_.most_pairs);
  const double share = std::max(by_time, by_pairs);
  // Before 5 pairs there is no verdict, so no look would be of use.
  const bool at_mark = !confirming_ && measurement.pairs >= least_launches && mark_ < marks.size() &&
                       seconds + pair_s > marks[mark_] * options_.budget_s;
  if (seconds + pair_s > options_.budget_s || measurement.pairs >= options_.most_pairs) {
    measurement.test.look(1, Wanted::verdict);
    measurement.ended = true;
    go_on(seconds);
  } else if (at_mark) {
    measurement.test.look(share, Wanted::verdict);
    pass_marks(seconds + pair_s);
    go_on(seconds);
  } else if (SequentialTest::is_due(measurement.pairs, std::max(by_time / (confirming_ ? 1 : marks[0]), by_pairs))) {
    measurement.test.look(share, Wanted::certainty);
    if (measurement.test.open() == 0) go_on(seconds);
  }
}

void Ab::pass_marks(double seconds) {
  while (mark_ < marks.size() && marks[mark_] * options_.budget_s < seconds) ++mark_;
}

std::vector<std::size_t> Ab::new_suspects() const {
  std::set<std::size_t> known;
  for (const Measurement& confirmation : confirmations_)
    known.insert(confirmation.which.begin(), confirmation.which.end());
  std::vector<std::size_t> suspects;
  for (std::size_t i = 0; i < first_->which.size(); ++i) {
    const std::size_t key = first_->which[i];
    if (is_change(first_->test.judgement(i).verdict) && !known.contains(key)) suspects.push_back(key);
  }
  return suspects;
}

/// A measurement, or a part of the first, is over: chooses what comes next.
void Ab::go_on(double seconds) {
  confirming_ = false;
  // Pairs of fewer cases are shorter, at best in proportion to their number.
  const auto has_time = [&](std::size_t pairs, std::size_t cases) {
    return seconds + case_s_ * static_cast<double>(pairs * cases) <= options_.budget_s;
  };
  std::vector<std::size_t> suspects = new_suspects();
  if (!suspects.empty() && has_time(least_launches, suspects.size())) {
    confirmations_.push_back(measurement_of(SequentialTest::Rule::confirm, std::move(suspects), seconds));
    confirming_ = true;
    return;
  }
  const std::size_t open = first_->test.open();
  done_ = open == 0 || first_->ended || !has_time(1, open);
  // A look right after a confirmation would have hardly a pair more than the last.
  pass_marks(seconds + case_s_ * static_cast<double>(open));
}

std::size_t Ab::open() const {
  if (pairs_ == 0 || done_) return 0;
  return current().test.open();
}

std::string Ab::wanted_cases() const {
  if (pairs_ == 0) return "";
  std::set<std::string> names;
  const Measurement& measurement = current();
  for (std::size_t i = 0; i < measurement.which.size(); ++i) {
    if (!measurement.test.judgement(i).settled) names.insert(keys_[measurement.which[i]].first);
  }
  std::string expression = "^(";
  for (const std::string& name : names) {
    if (expression.size() > 2) expression += '|';
    expression += escaped(name);
  }
  expression += ")$";
  return expression.size() > longest_expression ? "" : expression;
}

Baseline Ab::merged(const Baseline& launches) {
  Baseline result = launches;
  result.suite.launches = 0;
  for (Benchmark& benchmark : result.benchmarks) {
    benchmark.estimates = estimate(benchmark.launches);
    benchmark.outliers = find_outliers(benchmark.launches);
    result.suite.launches = std::max<std::uint64_t>(result.suite.launches, benchmark.launches.size());
  }
  return result;
}

Comparison Ab::comparison(const Baseline& base, const Baseline& changed) const {
  Comparison comparison = compare(base, changed, options_.compare);
  comparison.judged = 0;
  if (!comparison.digest_errors.empty()) return comparison;
  std::vector<bool> measured_again(keys_.size(), false);
  for (const Measurement& confirmation : confirmations_) {
    for (const std::size_t key : confirmation.which) measured_again[key] = true;
  }
  const auto take = [](Pair& pair, const Measurement& measurement, std::size_t i) {
    const Judgement& judgement = measurement.test.judgement(i);
    pair.verdict = judgement.verdict;
    if (judgement.pairs < least_launches) return;
    std::vector<double> base_ns;
    std::vector<double> new_ns;
    for (const auto& [a, b] : measurement.times[i]) {
      base_ns.push_back(a);
      new_ns.push_back(b);
    }
    pair.time_a = median(base_ns);
    pair.time_b = median(new_ns);
    pair.ratio = judgement.ratio;
    pair.level = judgement.level;
  };
  for (std::size_t i = 0; i < first_->which.size(); ++i) {
    Pair& pair = comparison.pairs[first_->which[i]];
    const Judgement& judgement = first_->test.judgement(i);
    take(pair, *first_, i);
    if (judgement.pairs >= least_launches) {
      ++comparison.judged;
    } else {
      pair.note = "only " + std::to_string(judgement.pairs) + (judgement.pairs == 1 ? " pair" : " pairs") +
                  " in the budget, 5 are needed";
    }
    if (is_change(judgement.verdict) && !measured_again[first_->which[i]]) {
      pair.verdict = Verdict::inconclusive;
      pair.note = std::string(name(judgement.verdict)) + ", but no time was left to confirm it";
    }
  }
  for (const Measurement& confirmation : confirmations_) {
    for (std::size_t i = 0; i < confirmation.which.size(); ++i) {
      Pair& pair = comparison.pairs[confirmation.which[i]];
      const Judgement& again = confirmation.test.judgement(i);
      const Verdict before = pair.verdict;
      const Estimate ratio_before = pair.ratio;
      take(pair, confirmation, i);
      if (again.verdict == before) {
        pair.note = "confirmed: first " + percents(ratio_before);
        continue;
      }
      pair.verdict = Verdict::inconclusive;
      pair.note = std::string(name(before)) + (again.pairs < least_launches
                                                   ? ", but the budget ended before the 5 pairs that confirm it"
                                                   : " first, " + percents(ratio_before) + ", but not confirmed");
    }
  }
  return comparison;
}

}  // namespace trilane::bench
