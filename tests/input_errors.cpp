// Weights, shapes and spans that quantize() and dequantize() refuse, naming what is wrong and writing nothing.

#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "check.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

using Floats = std::vector<float>;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float largest = std::numeric_limits<float>::max();

void require_refused(const Floats& weights, const Case& which, ErrorCode code,
                     std::initializer_list<std::string_view> parts) {
  for (const Arch arch : tested_archs()) {
    Guarded<std::uint8_t> codes(storage_bytes(which.format, which.shape));
    Guarded<float> scales(scale_count(which.granularity, which.shape));
    require_error(
        [&] {
          quantize(weights, which.shape, which.format, {which.rule, which.granularity}, codes.span(), scales.span(),
                   arch);
        },
        code, parts, which.text(arch));
    BOOST_REQUIRE_MESSAGE(codes.untouched() && scales.untouched(), which.text(arch) << ": wrote before the error");
  }
}

void require_not_finite(const Floats& weights, Shape shape, std::size_t index) {
  const std::string text = "row " + std::to_string(index / shape.cols) + ", column " +
                           std::to_string(index % shape.cols) + " (index " + std::to_string(index) + ")";
  const std::string_view kind = std::isnan(weights[index]) ? "NaN" : "infinite";
  for_each_case(shape, [&](const Case& which) {
    require_refused(weights, which, ErrorCode::not_finite, {kind, text});
  });
}

struct Call {
  Shape shape;
  std::size_t weights;
  std::size_t codes;
  std::size_t scales;
};

void require_both_refuse(const Call& call, ErrorCode code, std::initializer_list<std::string_view> parts) {
  Floats weights(call.weights, 1.0F);
  std::vector<std::uint8_t> codes(call.codes, 0x55);
  Floats scales(call.scales, 1.0F);
  const Granularity granularity = call.scales == 1 ? Granularity::tensor : Granularity::row;
  require_error(
      [&] {
        quantize(weights, call.shape, Format::i2_s, {ScaleRule::absmean, granularity}, codes, scales);
      },
      code, parts, "quantize");
  require_error([&] { dequantize(codes, scales, call.shape, Format::i2_s, weights); }, code, parts, "dequantize");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(input_errors)

BOOST_AUTO_TEST_CASE(not_finite_anywhere) {
  const float quiet = std::numeric_limits<float>::quiet_NaN();
  for (const std::size_t n : {1, 31, 32, 33, 96, 127, 128, 129, 1000, 4096, 4097, 9000}) {
    for (const std::size_t index : std::set<std::size_t>{0, n / 3, n / 2, n - 1}) {
      for (const float bad : {quiet, -quiet, infinity, -infinity}) {
        Floats weights = oracle::seeded_weights(7, n);
        weights[index] = bad;
        require_not_finite(weights, {1, n}, index);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(any_nan) {
  for (const std::uint32_t bits : {0x7F800001U, 0xFF800001U, 0x7FBFFFFFU, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
    Floats weights(200, 0.5F);
    weights[77] = std::bit_cast<float>(bits);
    require_not_finite(weights, {1, 200}, 77);
  }
}

BOOST_AUTO_TEST_CASE(first_of_several) {
  Floats weights(10000, 1.0F);
  weights[5001] = infinity;
  weights[5002] = std::numeric_limits<float>::quiet_NaN();
  weights[9999] = -infinity;
  require_not_finite(weights, {1, 10000}, 5001);
  require_not_finite(weights, {10, 1000}, 5001);
}

BOOST_AUTO_TEST_CASE(not_finite_in_a_later_row) {
  const Shape shape{5, 201};
  for (std::size_t row = 0; row < shape.rows; ++row) {
    Floats weights = oracle::seeded_weights(7, shape.rows * shape.cols);
    weights[row * shape.cols + 150] = infinity;
    require_not_finite(weights, shape, row * shape.cols + 150);
  }
}

BOOST_AUTO_TEST_CASE(sum_overflows) {
  for (const Format format : all_formats) {
    // In one lane, across lanes, and in the second of three chunks.
    require_refused(Floats(64, largest), {{1, 64}, format, ScaleRule::absmean, Granularity::tensor},
                    ErrorCode::overflow, {"float32"});
    require_refused({largest, -largest}, {{1, 2}, format, ScaleRule::absmean, Granularity::tensor}, ErrorCode::overflow,
                    {"float32"});
    Floats weights(3 * 4096, 1.0F);
    weights[5000] = weights[5001] = largest;
    require_refused(weights, {{1, weights.size()}, format, ScaleRule::absmean, Granularity::tensor},
                    ErrorCode::overflow, {"float32"});
    // Only row 1 of three.
    weights = Floats(3 * 40, 1.0F);
    weights[45] = weights[46] = largest;
    require_refused(weights, {{3, 40}, format, ScaleRule::absmean, Granularity::row}, ErrorCode::overflow,
                    {"float32", "row 1"});
  }
}

BOOST_AUTO_TEST_CASE(largest_floats_are_no_overflow) {
  for_each_case({1, 1}, [](const Case& which) { check_case_against_oracle(Floats{-largest}, which); });
  const Floats weights{largest, largest / 2, -largest, std::nextafter(largest / 2, largest), -largest};
  for_each_case({1, 5}, [&](const Case& which) {
    if (which.rule == ScaleRule::absmax) check_case_against_oracle(weights, which);
  });
}

BOOST_AUTO_TEST_CASE(nothing_to_quantize) {
  require_both_refuse({{0, 0}, 0, 0, 1}, ErrorCode::invalid_argument, {});
  require_both_refuse({{0, 5}, 0, 0, 1}, ErrorCode::invalid_argument, {});
  require_both_refuse({{5, 0}, 0, 0, 1}, ErrorCode::invalid_argument, {});
}

BOOST_AUTO_TEST_CASE(wrong_spans) {
  // 3 x 200: 600 weights, 3 * 2 * 32 bytes, 1 or 3 scales.
  for (const std::size_t weights : {0, 599, 601}) {
    require_both_refuse({{3, 200}, weights, 192, 1}, ErrorCode::size_mismatch, {"weights", "3x200", "600"});
  }
  for (const std::size_t codes : {0, 191, 193}) {
    require_both_refuse({{3, 200}, 600, codes, 1}, ErrorCode::size_mismatch, {"codes", "3x200", "192"});
  }
  for (const std::size_t scales : {0, 2, 4}) {
    require_both_refuse({{3, 200}, 600, 192, scales}, ErrorCode::size_mismatch, {"scales", "3x200"});
  }
  Floats weights(600, 1.0F);
  std::vector<std::uint8_t> codes(192);
  Floats scales(3);
  require_error(
      [&] {
        quantize(weights, {3, 200}, Format::i2_s, {}, codes, scales);
      },
      ErrorCode::size_mismatch, {"scales", "3", "1"});
}

BOOST_AUTO_TEST_CASE(shapes_beyond_memory) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const Format format : all_formats) {
    for (const Shape shape :
         {Shape{most, 1}, Shape{1, most}, Shape{most, most}, Shape{2, most / 2 + 1}, Shape{most / 2 + 1, 2},
          Shape{1, most / 4 + 1}, Shape{most / 16, 1},  // the floats would fit, the codes, a block a row, would not
          Shape{std::size_t{1} << (4 * sizeof most), std::size_t{1} << (4 * sizeof most)}}) {
      BOOST_TEST_CONTEXT(shape.rows << "x" << shape.cols << " " << name(format)) {
        require_error([&] { storage_bytes(format, shape); }, ErrorCode::overflow, {});
        Floats weights(1);
        std::vector<std::uint8_t> codes(32);
        Floats scales(1);
        require_error([&] { quantize(weights, shape, format, {}, codes, scales); }, ErrorCode::overflow, {});
        require_error([&] { dequantize(codes, scales, shape, format, weights); }, ErrorCode::overflow, {});
        require_error([&] { check_storage(codes, scales, shape, format); }, ErrorCode::overflow, {});
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
