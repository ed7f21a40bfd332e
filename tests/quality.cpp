#include "trilane/quality.hpp"

#include <limits>
#include <span>
#include <vector>

#include "support.hpp"
#include "trilane/quantize.hpp"

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

BOOST_AUTO_TEST_CASE(of_storage) {
  const Shape shape{3, 130};
  std::vector<float> weights(shape.rows * shape.cols);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 7) - 3;
  for (const Format format : all_formats) {
    for (const Granularity granularity : all_granularities) {
      std::vector<std::uint8_t> codes(storage_bytes(format, shape));
      std::vector<float> scales(scale_count(granularity, shape));
      std::vector<float> restored(weights.size());
      quantize(weights, shape, format, {.granularity = granularity}, codes, scales);
      dequantize(codes, scales, shape, format, restored);
      const Quality expected = quality_of(weights, restored);
      const Quality measured = measure_quality(weights, codes, scales, shape, format);
      BOOST_TEST(measured.snr_db() == expected.snr_db());
      BOOST_TEST(measured.cosine() == expected.cosine());
      BOOST_TEST(measured.zero_share() == expected.zero_share());
      BOOST_TEST(measured.elements() == weights.size());
      const std::span<const float> few(weights.data(), weights.size() - 1);
      require_error([&] { measure_quality(few, codes, scales, shape, format); }, ErrorCode::size_mismatch, {"389"});
    }
  }
}

BOOST_AUTO_TEST_CASE(lengths_differ) {
  require_error([] { quality_of({1, 2, 3}, {1, 2}); }, ErrorCode::size_mismatch, {"3", "2"});
}

BOOST_AUTO_TEST_SUITE_END()
