// Regular expressions over names that a user or a file gives: ECMAScript's meaning, and no text that crashes or never ends.

#include "bench/expression.hpp"

#include "bench/effects.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using trilane::test::require_error;

namespace {

bool found(const std::string& expression, const std::string& text) { return Expression(expression).found_in(text); }

void require_refused(const std::string& expression, std::string_view part) {
  require_error([&] { (void)Expression(expression); }, ErrorCode::invalid_argument, {"regular expression", part},
                expression.substr(0, 60));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_expression)

BOOST_AUTO_TEST_CASE(finds_a_part) {
  BOOST_TEST(found("", "any"));
  BOOST_TEST(found("^gemv/(i2_s|tl1)/", "gemv/tl1/640x2560"));
  BOOST_TEST(!found("^gemv/(i2_s|tl1)/", "gemv/tl2/640x2560"));
  BOOST_TEST(found("layers\\.\\d+\\.mlp", "model.layers.12.mlp.weight"));
  BOOST_TEST(found("(a+)b\\1$", "xaabaa"));
  BOOST_TEST(found("a{2,3}?b", "aaab"));
  BOOST_TEST(found("[^\\]x]y", "]xzy"));
  BOOST_TEST(!found("[^\\]x]y", "]xy"));
}

// Where Perl means another thing.
BOOST_AUTO_TEST_CASE(means_what_ecmascript_means) {
  BOOST_TEST(!found("a$", "a\n"));
  BOOST_TEST(!found("a$", "a\nb"));
  BOOST_TEST(!found("^b", "a\nb"));
  BOOST_TEST(!found("a.b", "a\nb"));
  BOOST_TEST(found("a[^]b", "a\nb"));
  BOOST_TEST(!found("[]", "ab]"));
  BOOST_TEST(found("\\<b\\>", "a<b>"));
  BOOST_TEST(!found("\\<b\\>", "b"));
  BOOST_TEST(found("\\`b\\'", "a`b'c"));
  BOOST_TEST(found("^\\v$", "\v"));
  BOOST_TEST(!found("^\\v$", "\n"));
  BOOST_TEST(found("^[[.]+$", "[."));
  BOOST_TEST(found("^[[:alpha:]_]+$", "ab_"));
  BOOST_TEST(found("^\\x41$", "A"));
}

BOOST_AUTO_TEST_CASE(has_what_newer_ecmascript_has) {
  BOOST_TEST(found("(?<=gemv/)tl1", "gemv/tl1"));
  BOOST_TEST(!found("(?<!gemv/)tl1", "gemv/tl1"));
  BOOST_TEST(found("(?<one>a|b)\\k<one>", "bb"));
  BOOST_TEST(!found("(?<one>a|b)\\k<one>", "ab"));
  BOOST_TEST(found("a(?!c)(?=b)(?:b)", "ab"));
}

BOOST_AUTO_TEST_CASE(expressions_that_are_none) {
  require_refused("(", "'('");
  require_refused(")", "");
  require_refused("[a", "");
  require_refused("a**", "");
  require_refused("*", "");
  require_refused("a\\", "");
  require_refused("\\c\\(?i)x", "\\c takes a letter");
  require_refused("[\\c]", "\\c takes a letter");
  require_refused("[z-a]", "");
  require_refused("[[:letter:]]", "");
  require_refused("(?<=a+)b", "lookbehind");
  require_refused("\\1", "");
}

BOOST_AUTO_TEST_CASE(what_only_perl_has_is_refused) {
  for (const char* escape : {"\\A", "\\z", "\\Z", "\\Qa\\E", "\\u0041", "\\K", "\\R", "[\\h]"}) {
    require_refused(escape, "is not known");
  }
  for (const char* group : {"(?R)", "(?>a)", "(?1)", "(?i)a", "(?#a)", "(?|a)", "(?P<a>b)", "(?'a'b)", "(?", "(?&a)"}) {
    require_refused(group, "is not known");
  }
  for (const char* possessive : {"a++", "a*+", "a?+", "a{2}+", "(*ACCEPT)"}) {
    require_refused(possessive, "nothing to repeat");
  }
  require_refused("\\x{41}", "two digits");
}

BOOST_AUTO_TEST_CASE(expressions_that_would_recurse) {
  require_refused(repeated("(", 101) + repeated(")", 101), "nested more than 100");
  BOOST_TEST(found(repeated("(", 100) + "a" + repeated(")", 100), "a"));
  require_refused("(?<=" + repeated("a|", 2000) + "a)b", "1000 choices");
  BOOST_TEST(found("(?<=" + repeated("b|", 999) + "a)b", "ab"));
  require_refused(std::string(65537, 'a'), "longer than 65536");
  BOOST_TEST(found(repeated("x|", 32767) + "a", "a"));
  BOOST_TEST(found(repeated("a?", 20000), "a"));
  BOOST_TEST(!found(repeated("\\<", 20000), "a"));
  BOOST_TEST(!found(repeated("[[:<:]]", 9000), "a"));
}

// std::regex overflowed the stack on these.
BOOST_AUTO_TEST_CASE(long_texts) {
  const std::string text(1'000'000, 'a');
  BOOST_TEST(found("^(a|b)*$", std::string(10'000, 'a')));
  BOOST_TEST(found("^[ab]*$", text));
  BOOST_TEST(!found("[ab]$", text + "c"));
  const auto is_found_or_too_complex = [&](const char* expression) {
    try {
      (void)found(expression, text);
    } catch (const Error& error) {
      BOOST_TEST((error.code() == ErrorCode::overflow));
    }
  };
  for (const char* expression :
       {"(a|b)*c", "^(a|b)*$", "(a*)*c", "((?=a)a)+b", "^(?:(?:a)+?)+c", "(a)\\1*c", ".*.*c"}) {
    is_found_or_too_complex(expression);
  }
}

BOOST_AUTO_TEST_CASE(a_search_that_would_never_end_is_an_error) {
  require_error([] { (void)found("^(a+)+$", std::string(100, 'a') + "b"); }, ErrorCode::overflow,
                {"'^(a+)+$'", "(101 bytes)", "too many steps"});
  require_error([] { (void)found("(a|b)*c", std::string(1'000'000, 'a')); }, ErrorCode::overflow,
                {"'(a|b)*c'", "(1000000 bytes)", "too many steps"});
}

BOOST_AUTO_TEST_CASE(the_error_passes_through_what_uses_expressions) {
  const MinimumEffects effects = parse_minimum_effects(R"({"^(a+)+$": 3})", "e.json");
  BOOST_TEST(effects.of("aaaa") == 0.03);
  require_error([&] { (void)effects.of(std::string(100, 'a') + "b"); }, ErrorCode::overflow, {"'^(a+)+$'"});
}

BOOST_AUTO_TEST_SUITE_END()
