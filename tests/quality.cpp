#include "trilane/quality.hpp"

#include <limits>

#include "support.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

Quality quality_of(std::vector<float> original, std::vector<float> restored) {
  Quality quality;
  quality.add(original, restored);
  return quality;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_SUITE(quality, *boost::unit_test::tolerance(1e-12))

BOOST_AUTO_TEST_CASE(by_hand) {
  // Σw² = 25, Σ(w − r)² = 16, Σwr = 9, Σr² = 9: 10·log10(25/16), 9/(5·3).
  const Quality quality = quality_of({3, 4}, {3, 0});
  BOOST_TEST(quality.snr_db() == 1.938200260161128);
  BOOST_TEST(quality.cosine() == 0.6);
  BOOST_TEST(quality.zero_share() == 0.5);
  BOOST_TEST(quality.elements() == 2U);
}

BOOST_AUTO_TEST_CASE(signs) {
  // Σw² = 2, Σ(w − r)² = 8: 10·log10(1/4).
  const Quality quality = quality_of({1, -1}, {-1, 1});
  BOOST_TEST(quality.snr_db() == -6.020599913279624);
  BOOST_TEST(quality.cosine() == -1.0);
}

BOOST_AUTO_TEST_CASE(nothing_lost) {
  const Quality quality = quality_of({1, -2, 0}, {1, -2, 0});
  BOOST_TEST(quality.snr_db() == infinity);
  BOOST_TEST(quality.cosine() == 1.0);
  BOOST_TEST(quality.zero_share() == 1 / 3.0);
}

BOOST_AUTO_TEST_CASE(zeros) {
  BOOST_TEST(quality_of({0, -0.0F}, {-0.0F, 0}).cosine() == 1.0);
  BOOST_TEST(quality_of({0, -0.0F}, {-0.0F, 0}).zero_share() == 1.0);
  BOOST_TEST(quality_of({0, -0.0F}, {-0.0F, 0}).snr_db() == infinity);
  BOOST_TEST(quality_of({1}, {0}).cosine() == 0.0);
  BOOST_TEST(quality_of({1}, {0}).snr_db() == 0.0);
  BOOST_TEST(Quality().zero_share() == 0.0);
  BOOST_TEST(Quality().elements() == 0U);
}

BOOST_AUTO_TEST_CASE(any_magnitude) {
  for (const float unit : {1e-40F, 1e-20F, 1e19F, 3e37F}) {
    const Quality quality = quality_of({3 * unit, 4 * unit}, {3 * unit, 0});
    BOOST_TEST(quality.snr_db() == 1.938200260161128, boost::test_tools::tolerance(1e-4));
    BOOST_TEST(quality.cosine() == 0.6, boost::test_tools::tolerance(1e-4));
  }
}

BOOST_AUTO_TEST_CASE(pieces_add_up) {
  Quality by_pieces = quality_of({3}, {3});
  by_pieces.add(quality_of({4}, {0}));
  BOOST_TEST(by_pieces.snr_db() == 1.938200260161128);
  BOOST_TEST(by_pieces.cosine() == 0.6);
  BOOST_TEST(by_pieces.zero_share() == 0.5);
  BOOST_TEST(by_pieces.elements() == 2U);
}

BOOST_AUTO_TEST_CASE(lengths_differ) {
  require_error([] { quality_of({1, 2, 3}, {1, 2}); }, ErrorCode::size_mismatch, {"3", "2"});
}

BOOST_AUTO_TEST_SUITE_END()
