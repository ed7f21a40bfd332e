// The probes that the calibration times do what their contract says: an empty one would show a fabulous machine.

#include <bit>

#include "kernels/registry.hpp"
#include "oracle/oracle.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

constexpr std::size_t sizes[] = {128, 256, 1280, 4096};

}  // namespace

BOOST_AUTO_TEST_SUITE(probes)

BOOST_AUTO_TEST_CASE(read) {
  for (const std::size_t n : sizes) {
    Guarded<float> data(oracle::seeded_weights(1, n));
    std::uint32_t wanted = 0;
    for (const float x : data.span()) wanted ^= std::bit_cast<std::uint32_t>(x);
    for (const Arch arch : tested_archs()) {
      Guarded<float> result(1);
      arch.kernels().probe_read(data.span().data(), n, result.span().data());
      BOOST_TEST(std::bit_cast<std::uint32_t>(result.span()[0]) == wanted, arch.name() << " reads " << n);
      BOOST_TEST(result.guards_intact(), arch.name());
    }
  }
}

BOOST_AUTO_TEST_CASE(copy) {
  for (const std::size_t n : sizes) {
    Guarded<float> from(oracle::seeded_weights(2, n));
    for (const Arch arch : tested_archs()) {
      Guarded<float> to(n);
      arch.kernels().probe_copy(from.span().data(), n, to.span().data());
      BOOST_TEST(std::ranges::equal(to.span(), from.span()), arch.name() << " copies " << n);
      BOOST_TEST(to.guards_intact(), arch.name());
    }
  }
}

BOOST_AUTO_TEST_CASE(fill) {
  for (const std::size_t n : sizes) {
    for (const Arch arch : tested_archs()) {
      Guarded<float> to(n);
      arch.kernels().probe_fill(to.span().data(), n, 1.5F);
      BOOST_TEST(std::ranges::count(to.span(), 1.5F) == static_cast<std::ptrdiff_t>(n), arch.name() << " fills " << n);
      BOOST_TEST(to.guards_intact(), arch.name());
    }
  }
}

BOOST_AUTO_TEST_CASE(int8_mac) {
  for (const Arch arch : tested_archs()) {
    std::int32_t result = 0;
    const std::uint64_t a_round = arch.kernels().probe_int8_mac(1, &result);
    BOOST_TEST(a_round > 0U, arch.name());
    BOOST_TEST(arch.kernels().probe_int8_mac(10, &result) == 10 * a_round, arch.name());
    BOOST_TEST(result != 0, arch.name());
  }
}

BOOST_AUTO_TEST_CASE(products_of_bytes_are_exact) {
  for (const Arch arch : tested_archs()) BOOST_TEST(arch.kernels().products_are_exact(), arch.name());
}

BOOST_AUTO_TEST_SUITE_END()
