#include "bench/ab.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "bench/merge.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

namespace {

constexpr double first_share = 0.7;                 // of the budget, for the first measurement
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

Ab::Measurement Ab::measurement_of(SequentialTest::Rule rule, std::vector<std::size_t> which, double start_s,
                                   double end_s) const {
  std::vector<double> effects;
  for (const std::size_t key : which) effects.push_back(options_.compare.effects.of(keys_[key].first));
  Measurement measurement{SequentialTest(std::move(effects), rule), std::move(which), start_s, end_s};
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
  first_ = measurement_of(SequentialTest::Rule::judge, std::move(which), 0, first_share * options_.budget_s);
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
  judge(current(), base, changed, seconds);
  last_s_ = seconds;
}

void Ab::judge(Measurement& measurement, const Baseline& base, const Baseline& changed, double seconds) {
  const BenchmarkIndex in_base = index_of(base);
  const BenchmarkIndex in_changed = index_of(changed);
  for (std::size_t i = 0; i < measurement.which.size(); ++i) {
    const auto a = in_base.find(keys_[measurement.which[i]]);
    const auto b = in_changed.find(keys_[measurement.which[i]]);
    if (a == in_base.end() || b == in_changed.end()) continue;
    if (measurement.test.judgement(i).settled) continue;
    const auto& [base_ns, new_ns] = measurement.times[i].emplace_back(fastest_ns(a->second->launches.front()),
                                                                      fastest_ns(b->second->launches.front()));
    measurement.test.add(i, std::log(new_ns / base_ns));
  }
  ++measurement.pairs;
  // Until a verdict is possible at all, the first measurement may take the rest.
  const double end_s = measurement.pairs < least_launches ? options_.budget_s : measurement.end_s;
  const double pair_s = seconds - last_s_;
  const double by_time = (seconds - measurement.start_s) / (measurement.end_s - measurement.start_s);
  const double by_pairs = static_cast<double>(measurement.pairs) / static_cast<double>(options_.most_pairs);
  const double share = std::max(by_time, by_pairs);
  if (seconds + pair_s > end_s || measurement.pairs >= options_.most_pairs) {
    measurement.test.look(1);
    confirm_or_end(seconds, pair_s);
  } else if (SequentialTest::is_due(measurement.pairs, share)) {
    measurement.test.look(share);
    if (measurement.test.open() == 0) confirm_or_end(seconds, pair_s);
  }
}

void Ab::confirm_or_end(double seconds, double pair_s) {
  std::vector<std::size_t> suspects;
  if (!confirmation_) {
    for (std::size_t i = 0; i < first_->which.size(); ++i) {
      if (is_change(first_->test.judgement(i).verdict)) suspects.push_back(first_->which[i]);
    }
  }
  // Pairs of the suspects alone are shorter, at best in proportion to their number.
  const double least_s = pair_s * static_cast<double>(suspects.size()) / static_cast<double>(keys_.size());
  if (suspects.empty() || seconds + least_s > options_.budget_s) {
    done_ = true;
  } else {
    confirmation_ = measurement_of(SequentialTest::Rule::confirm, std::move(suspects), seconds, options_.budget_s);
  }
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
    if (is_change(judgement.verdict) && !confirmation_) {
      pair.verdict = Verdict::inconclusive;
      pair.note = std::string(name(judgement.verdict)) + ", but no time was left to confirm it";
    }
  }
  if (!confirmation_) return comparison;
  for (std::size_t i = 0; i < confirmation_->which.size(); ++i) {
    Pair& pair = comparison.pairs[confirmation_->which[i]];
    const Judgement& again = confirmation_->test.judgement(i);
    const Verdict before = pair.verdict;
    const Estimate ratio_before = pair.ratio;
    take(pair, *confirmation_, i);
    if (again.verdict == before) {
      pair.note = "confirmed: first " + percents(ratio_before);
    } else if (again.pairs < least_launches) {
      pair.verdict = Verdict::inconclusive;
      pair.note = std::string(name(before)) + ", but the budget ended before the 5 pairs that confirm it";
    } else {
      pair.verdict = Verdict::inconclusive;
      pair.note = std::string(name(before)) + " first, " + percents(ratio_before) + ", but not confirmed";
    }
  }
  return comparison;
}

}  // namespace trilane::bench
