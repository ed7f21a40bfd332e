#include "bench/report/outcome.hpp"

#include "bench/numbers.hpp"

namespace trilane::bench {

namespace {

std::string sign_and_digits(double ratio) {
  const double percent = (ratio - 1) * 100;
  const std::string digits = fixed(percent < 0 ? -percent : percent, 1);
  return (percent < 0 && digits != "0.0" ? "−" : "+") + digits;
}

std::string of_all(std::size_t some, std::size_t all) { return std::to_string(some) + " of " + cases(all); }

std::size_t& of(Counts& counts, Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return counts.pass;
    case Verdict::regressed: return counts.regressed;
    case Verdict::improved: return counts.improved;
    case Verdict::slower: return counts.slower;
    case Verdict::faster: return counts.faster;
    case Verdict::inconclusive: break;
  }
  return counts.inconclusive;
}

}  // namespace

std::string_view name(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::error: return "error";
    case Outcome::regressed: return "regressed";
    case Outcome::inconclusive: return "inconclusive";
    case Outcome::slower: return name(Verdict::slower);
    case Outcome::improved: return "improved";
    case Outcome::faster: return name(Verdict::faster);
    case Outcome::pass: return "pass";
  }
  return "unknown";
}

Outcome outcome_of(const Comparison& comparison, const CompareOptions& options) {
  constexpr int not_comparable = 3;
  if (comparison.exit_code(options) == not_comparable) return Outcome::error;
  const Counts counts = count(comparison);
  if (counts.regressed > 0) return Outcome::regressed;
  if (counts.inconclusive > 0 || comparison.pairs.empty() || !comparison.only_a.empty()) return Outcome::inconclusive;
  if (counts.slower > 0) return Outcome::slower;
  if (counts.improved > 0) return Outcome::improved;
  return counts.faster > 0 ? Outcome::faster : Outcome::pass;
}

Counts count(const Comparison& comparison) {
  Counts counts;
  for (const Pair& pair : comparison.pairs) ++of(counts, pair.verdict);
  return counts;
}

std::string in_words(const Counts& counts, std::string_view between) {
  std::string text;
  Counts all = counts;
  for (const Verdict verdict : all_verdicts) {
    const std::size_t number = of(all, verdict);
    if (number == 0) continue;
    text.append(text.empty() ? "" : between).append(std::to_string(number)).append(" ").append(name(verdict));
  }
  return text.empty() ? "no case on both sides" : text;
}

std::string headline(const Comparison& comparison, const CompareOptions& options) {
  const Counts counts = count(comparison);
  const std::size_t all = comparison.pairs.size();
  switch (outcome_of(comparison, options)) {
    case Outcome::error:
      return comparison.digest_errors.empty()
                 ? cases(comparison.only_a.size() + comparison.only_b.size()) + " missing on one side"
                 : "The outputs of " + cases(comparison.digest_errors.size()) + " differ";
    case Outcome::regressed: return of_all(counts.regressed, all) + " regressed";
    case Outcome::inconclusive:
      if (all == 0) return "Inconclusive: no case on both sides";
      if (counts.inconclusive == 0) {
        return "Inconclusive: " + cases(comparison.only_a.size()) + " only in base, none of the other " +
               std::to_string(all) + " regressed";
      }
      return "Inconclusive: " + of_all(counts.inconclusive, all) + " got no verdict, none regressed";
    case Outcome::slower: return of_all(counts.slower, all) + " slower within tolerance, none regressed";
    case Outcome::improved: return of_all(counts.improved, all) + " improved, none regressed";
    case Outcome::faster: return of_all(counts.faster, all) + " faster within tolerance, none regressed";
    case Outcome::pass: return "None of " + cases(all) + " regressed";
  }
  return "";
}

std::string cases(std::size_t count) { return std::to_string(count) + (count == 1 ? " case" : " cases"); }

std::string change(double ratio) { return sign_and_digits(ratio) + " %"; }

std::string change_interval(const Estimate& ratio) {
  return sign_and_digits(ratio.lower) + " … " + sign_and_digits(ratio.upper) + " %";
}

std::string change_in_words(const Pair& pair) {
  return change(pair.ratio.point) + " (" + change_interval(pair.ratio) + "), " + duration(pair.time_a) + " → " +
         duration(pair.time_b);
}

}  // namespace trilane::bench
