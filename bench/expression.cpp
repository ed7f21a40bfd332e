#include "bench/expression.hpp"

#include "trilane/error.hpp"

namespace trilane::bench {

std::regex expression_of(const std::string& text) {
  try {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw Error(ErrorCode::invalid_argument, "'" + text + "' is not a regular expression: " + error.what());
  }
}

}  // namespace trilane::bench
