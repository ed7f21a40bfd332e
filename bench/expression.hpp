#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace trilane::bench {

/// A regular expression that a user gave, in ECMAScript's grammar and over bytes; docs/expressions.md has the details. A search
/// neither recurses nor runs forever, however long the text is.
class Expression {
 public:
  /// Throws invalid_argument if `text` is not an expression.
  explicit Expression(std::string text);

  /// Returns whether it is found anywhere in `text`. Throws overflow if the search takes too many steps or too much memory.
  [[nodiscard]] bool found_in(std::string_view text) const;

 private:
  struct Compiled;

  std::string text_;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace trilane::bench
