#include "bench/expression_grammar.hpp"

#include <algorithm>
#include <vector>

#include "trilane/error.hpp"

// Boost.Regex compiles ECMAScript as Perl's grammar, which has more. What only Perl has is refused: some of it recurses over the
// text ((?R) in (?>…)), some means another thing than in ECMAScript (\<, \u). Wrong expressions that both refuse are left to Boost.

namespace trilane::bench {

namespace {

constexpr std::size_t max_length = 65536;             // bytes; Boost's states take up to 300 bytes for each
constexpr std::size_t max_depth = 100;                // Boost's parser recurses per open group
constexpr std::size_t max_lookbehind_choices = 1000;  // Boost recurses per choice to find the length

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, why); }

/// Reads `text` from its beginning to its end.
class Translation {
 public:
  explicit Translation(std::string_view text) : rest_(text) {}

  std::string all() {
    while (!rest_.empty()) {
      switch (rest_.front()) {
        case '\\': escape(); break;
        case '[': set(); break;
        case '(': open(); break;
        case ')': close(); break;
        case '|': choice(); break;
        case '*':
        case '+':
        case '?': repeat(1); break;
        case '{': brace(); break;
        default: take(1);
      }
    }
    return std::move(perl_);
  }

 private:
  void take(std::size_t count) {
    perl_ += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  void replace(std::size_t count, std::string_view by) {
    perl_ += by;
    rest_.remove_prefix(count);
  }

  void escape() {
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    if (next == 'v') return replace(2, "\\x0B");
    // In Perl these are the edges of words and of the text.
    if (std::string_view("<>`'").find(next) != std::string_view::npos) return replace(2, rest_.substr(1, 1));
    if (is_letter(next) && std::string_view("bBcdDfknrsStwWx").find(next) == std::string_view::npos) {
      refuse("\\" + std::string(1, next) + " is not known");
    }
    if (next == 'c' && (rest_.size() < 3 || !is_letter(rest_[2])))
      refuse("\\c takes a letter");  // Boost takes any character
    if (next == 'x' && rest_.substr(2).starts_with('{')) refuse("\\x takes two digits");
    take(std::min<std::size_t>(next == 'c' ? 3 : 2, rest_.size()));
  }

  void set() {
    if (rest_.starts_with("[]")) return replace(2, "(?!)");
    if (rest_.starts_with("[^]")) return replace(3, "[\\s\\S]");
    take(1);
    while (!rest_.empty() && rest_.front() != ']') {
      if (rest_.front() == '[') {
        bracket_in_set();
      } else if (rest_.front() == '\\') {
        escape();
      } else {
        take(1);
      }
    }
    take(std::min<std::size_t>(1, rest_.size()));
  }

  /// Of the bracket expressions that POSIX has in a set, only [:alpha:] and its like. Perl's [:<:] is the edge of a word.
  void bracket_in_set() {
    const std::size_t end = rest_.find(":]");
    const bool named = rest_.starts_with("[:") && end != std::string_view::npos && end > 2 &&
                       std::ranges::all_of(rest_.substr(2, end - 2), is_letter);
    named ? take(end + 2) : replace(1, "\\[");
  }

  void open() {
    if (open_.size() == max_depth) refuse("it is nested more than " + std::to_string(max_depth) + " deep");
    if (rest_.starts_with("(*")) refuse("there is nothing to repeat before *");
    const bool lookbehind = rest_.starts_with("(?<=") || rest_.starts_with("(?<!");
    const bool special = rest_.starts_with("(?");
    const bool named = rest_.starts_with("(?<") && rest_.size() > 3 && (is_letter(rest_[3]) || rest_[3] == '_');
    if (special && !lookbehind && !named &&
        (rest_.size() < 3 || std::string_view(":=!").find(rest_[2]) == rest_.npos)) {
      refuse("(?" + std::string(rest_.substr(2, 1)) + " is not known");
    }
    open_.push_back(lookbehind || (!open_.empty() && open_.back()));
    take(lookbehind ? 4 : special ? 3 : 1);
  }

  void close() {
    if (!open_.empty()) open_.pop_back();
    take(1);
  }

  void choice() {
    if (!open_.empty() && open_.back() && ++lookbehind_choices_ > max_lookbehind_choices) {
      refuse("a lookbehind has more than " + std::to_string(max_lookbehind_choices) + " choices");
    }
    take(1);
  }

  /// A repetition that `length` bytes say. A + behind it would make it possessive in Perl.
  void repeat(std::size_t length) {
    take(length);
    if (rest_.starts_with('?')) take(1);
    if (rest_.starts_with('+')) refuse("there is nothing to repeat before +");
  }

  void brace() {
    const std::size_t end = std::min(rest_.find('}'), rest_.size());
    const std::string_view within = rest_.substr(1, end - 1);
    const bool repeats = end < rest_.size() && !within.empty() && is_digit(within.front()) &&
                         std::ranges::all_of(within, [](char c) { return is_digit(c) || c == ','; });
    repeats ? repeat(end + 1) : take(1);
  }

  std::string_view rest_;
  std::string perl_;
  std::vector<bool> open_;  // per open group: whether it is a lookbehind or in one
  std::size_t lookbehind_choices_ = 0;
};

}  // namespace

std::string perl_from_ecmascript(std::string_view text) {
  if (text.size() > max_length) refuse("it is longer than " + std::to_string(max_length) + " bytes");
  return Translation(text).all();
}

}  // namespace trilane::bench
