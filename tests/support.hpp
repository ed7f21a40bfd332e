#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trilane/trilane.hpp"

namespace trilane::test {

/// Every arch that runs here, or those named after `--` on the command line.
inline std::vector<Arch> tested_archs() {
  const auto& arguments = boost::unit_test::framework::master_test_suite();
  std::vector<Arch> tested;
  for (int i = 1; i < arguments.argc; ++i) {
    if (std::string_view(arguments.argv[i]) != "--") tested.push_back(find_arch(arguments.argv[i]));
  }
  if (!tested.empty()) return tested;
  for (const Arch arch : archs()) {
    if (arch.runnable()) tested.push_back(arch);
  }
  BOOST_REQUIRE_MESSAGE(!tested.empty(), "no arch runs here");
  return tested;
}

/// What one call works on, for messages.
struct Case {
  Shape shape;
  Format format;
  ScaleRule rule;
  Granularity granularity;

  [[nodiscard]] std::string text(Arch arch) const {
    return std::string(arch.name()) + " " + std::string(name(format)) + " " + std::string(name(rule)) + " per " +
           std::string(name(granularity)) + ", " + std::to_string(shape.rows) + "x" + std::to_string(shape.cols);
  }
};

/// Calls f(Case) for every format, rule and granularity.
template <class F>
void for_each_case(Shape shape, F f) {
  for (const Format format : all_formats) {
    for (const ScaleRule rule : all_scale_rules) {
      for (const Granularity granularity : all_granularities) f(Case{shape, format, rule, granularity});
    }
  }
}

/// `count` elements with guard elements around them, which a correct call leaves alone; one element off any alignment
/// that a vector could want.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t count) : count_(count), all_(count + 2 * guard) {
    std::memset(all_.data(), fill, bytes());
  }
  explicit Guarded(std::span<const T> content) : Guarded(content.size()) {
    std::copy(content.begin(), content.end(), span().begin());
  }

  [[nodiscard]] std::span<T> span() { return std::span(all_).subspan(guard, count_); }
  [[nodiscard]] bool guards_intact() const { return filled(0, guard) && filled(guard + count_, all_.size()); }
  [[nodiscard]] bool untouched() const { return filled(0, all_.size()); }

 private:
  static constexpr std::size_t guard = 65;
  static constexpr unsigned char fill = 0xA5;

  [[nodiscard]] std::size_t bytes() const { return all_.size() * sizeof(T); }
  [[nodiscard]] bool filled(std::size_t first, std::size_t last) const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(all_.data());
    return std::all_of(bytes + first * sizeof(T), bytes + last * sizeof(T), [](unsigned char b) { return b == fill; });
  }

  std::size_t count_;
  std::vector<T> all_;
};

/// Fails unless both are the same bits; names the first element that differs.
template <class T>
void require_same_bits(std::span<const T> is, std::span<const T> wanted, std::string_view what, const Case& which,
                       Arch arch) {
  BOOST_REQUIRE_EQUAL(is.size(), wanted.size());
  if (std::memcmp(is.data(), wanted.data(), is.size_bytes()) == 0) return;
  std::size_t i = 0;
  while (std::memcmp(&is[i], &wanted[i], sizeof(T)) == 0) ++i;
  BOOST_FAIL(which.text(arch) << ": " << what << "[" << i << "] is " << +is[i] << ", wanted " << +wanted[i]);
}

/// Runs f, which must throw an Error of that code whose message has all of `parts`.
template <class F>
void require_error(F f, ErrorCode code, std::initializer_list<std::string_view> parts, std::string_view context = "") {
  try {
    f();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    BOOST_REQUIRE_MESSAGE(error.code() == code,
                          context << ": wanted " << name(code) << ", got " << name(error.code()) << ": " << message);
    for (const auto part : parts) {
      BOOST_REQUIRE_MESSAGE(message.find(part) != std::string_view::npos,
                            context << ": no '" << part << "' in: " << message);
    }
    return;
  }
  BOOST_FAIL(context << ": no error, wanted " << name(code));
}

}  // namespace trilane::test
