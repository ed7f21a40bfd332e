#include <cstdlib>
#include <set>

#include "support.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

/// Sets the active arch back at the end.
class KeepActiveArch {
 public:
  ~KeepActiveArch() { set_active_arch(before_); }

 private:
  Arch before_ = active_arch();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch)

BOOST_AUTO_TEST_CASE(scalar_is_first_and_runs) {
  BOOST_REQUIRE(!archs().empty());
  BOOST_TEST(archs().front().name() == "scalar");
  BOOST_TEST(archs().front().runnable());
}

BOOST_AUTO_TEST_CASE(names_are_unique) {
  std::set<std::string_view> names;
  for (const Arch arch : archs()) names.insert(arch.name());
  BOOST_TEST(names.size() == archs().size());
}

BOOST_AUTO_TEST_CASE(find_by_name) {
  for (const Arch arch : archs()) {
    if (arch.runnable()) {
      BOOST_TEST((find_arch(arch.name()) == arch));
    } else {
      require_error([&] { find_arch(arch.name()); }, ErrorCode::unsupported_arch, {arch.name(), "CPU"});
      require_error([&] { set_active_arch(arch); }, ErrorCode::unsupported_arch, {arch.name(), "CPU"});
    }
  }
}

BOOST_AUTO_TEST_CASE(unknown_name_lists_known) {
  for (const char* wrong : {"mmx", "", "Scalar", "scalar ", "avx"}) {
    require_error([&] { find_arch(wrong); }, ErrorCode::invalid_argument, {std::string("'") + wrong + "'"});
    for (const Arch arch : archs()) {
      require_error([&] { find_arch(wrong); }, ErrorCode::invalid_argument, {arch.name()});
    }
  }
}

BOOST_AUTO_TEST_CASE(active_is_the_fastest_until_set) {
  if (std::getenv("TRILANE_ARCH") == nullptr) {
    Arch fastest = archs().front();
    for (const Arch arch : archs()) {
      if (arch.runnable()) fastest = arch;
    }
    BOOST_TEST(active_arch().name() == fastest.name());
  }
  const KeepActiveArch keep;
  for (const Arch arch : archs()) {
    if (!arch.runnable()) continue;
    set_active_arch(arch);
    BOOST_TEST(active_arch().name() == arch.name());
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Disabled among the others because the variable is read once a process: ctest runs it by name (library.environment.*), once for
// each arch and once for none, with TRILANE_ARCH set.
BOOST_AUTO_TEST_CASE(environment, *boost::unit_test::disabled()) {  // needs TRILANE_ARCH: ctest runs it
  const char* forced = std::getenv("TRILANE_ARCH");
  BOOST_REQUIRE(forced != nullptr);
  for (const Arch arch : archs()) {
    if (arch.name() != forced) continue;
    if (arch.runnable()) {
      BOOST_TEST(active_arch().name() == forced);
    } else {
      require_error([] { active_arch(); }, ErrorCode::unsupported_arch, {"TRILANE_ARCH", forced});
    }
    return;
  }
  // Neither the first call nor a later one goes on without the arch that was asked for.
  require_error([] { active_arch(); }, ErrorCode::invalid_argument, {"TRILANE_ARCH", forced, "scalar"});
  require_error(
      [] {
        const std::vector<float> weights(1);
        std::vector<std::uint8_t> codes(32);
        std::vector<float> scales(1);
        quantize(weights, {1, 1}, Format::i2_s, {}, codes, scales);
      },
      ErrorCode::invalid_argument, {"TRILANE_ARCH", forced, "scalar"});
}
