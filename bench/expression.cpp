#include "bench/expression.hpp"

#include <utility>

// Without the rest of Boost, and with the C locale's characters: C++'s locales add about 50 kB to a WebAssembly module.
#include <boost/regex.hpp>

#include "bench/expression_grammar.hpp"
#include "trilane/error.hpp"

#ifdef BOOST_REGEX_RECURSIVE
#error "A matcher that recurses overflows the stack on long names."
#endif

namespace trilane::bench {

namespace {

using Regex = boost::basic_regex<char, boost::c_regex_traits<char>>;

// As ECMAScript without its flags m and s: ^ and $ are the ends of the text, and . is not a line break.
constexpr auto grammar =
    boost::regex_constants::ECMAScript | boost::regex_constants::no_mod_m | boost::regex_constants::no_mod_s;

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "'" + text + "' is not a regular expression: " + why);
}

/// The beginning of what may be a long text.
std::string shortened(std::string_view text) {
  constexpr std::size_t max_shown = 60;
  return text.size() <= max_shown ? std::string(text) : std::string(text.substr(0, max_shown)) + "…";
}

}  // namespace

struct Expression::Compiled {
  Regex regex;
};

Expression::Expression(std::string text) : text_(std::move(text)) {
  try {
    compiled_ = std::make_shared<const Compiled>(Compiled{Regex(perl_from_ecmascript(text_), grammar)});
  } catch (const boost::regex_error& error) {
    const std::string_view why = error.what();
    refuse(shortened(text_),
           std::string(why.substr(0, why.find("  The error occurred"))));  // then comes the text again
  } catch (const Error& error) {
    refuse(shortened(text_), error.what());
  }
}

bool Expression::found_in(std::string_view text) const {
  try {
    return boost::regex_search(text.begin(), text.end(), compiled_->regex);
  } catch (const boost::regex_error&) {
    throw Error(ErrorCode::overflow, "the search for '" + shortened(text_) + "' in '" + shortened(text) + "' (" +
                                         std::to_string(text.size()) +
                                         " bytes) takes too many steps: write it with fewer repetitions, such as [ab]* "
                                         "for (a|b)*");
  }
}

}  // namespace trilane::bench
