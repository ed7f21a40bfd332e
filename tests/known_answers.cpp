// Answers worked out by hand from docs/formats.md; the derivation stands beside each. Neither the library nor the oracle
// had a part in them, so both are checked.

#include <bit>
#include <cmath>
#include <limits>

#include "bench/seeded_weights.hpp"
#include "check.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

using Floats = std::vector<float>;
using Bytes = std::vector<std::uint8_t>;

constexpr float d = std::numeric_limits<float>::denorm_min();

/// `rest` everywhere but at the given positions.
template <class T>
std::vector<T> sparse(std::size_t n, T rest, std::initializer_list<std::pair<std::size_t, T>> others) {
  std::vector<T> all(n, rest);
  for (const auto& [index, value] : others) all.at(index) = value;
  return all;
}

void check(const Case& which, const Floats& weights, const Bytes& codes, const Floats& scales, const Floats& restored) {
  const auto of_oracle = oracle::quantize(weights, which.shape, which.format, which.rule, which.granularity);
  BOOST_TEST_CONTEXT("the oracle") {
    BOOST_TEST(of_oracle.codes == codes, boost::test_tools::per_element());
    BOOST_TEST(of_oracle.scales == scales, boost::test_tools::per_element());
  }
  check_case(weights, which, {codes, scales}, restored);
}

void check_vector(Format format, ScaleRule rule, const Floats& weights, const Bytes& codes, float scale,
                  const Floats& restored) {
  check({{1, weights.size()}, format, rule, Granularity::tensor}, weights, codes, {scale}, restored);
}

/// The scale alone, under absmean.
void check_mean(const Floats& weights, float wanted) {
  BOOST_TEST(oracle::scale(weights, ScaleRule::absmean) == wanted);
  for (const Arch arch : tested_archs()) {
    Bytes codes(storage_bytes(Format::i2_s, {1, weights.size()}));
    Floats scales(1);
    quantize(weights, {1, weights.size()}, Format::i2_s, {}, codes, scales, arch);
    BOOST_TEST(scales[0] == wanted, arch.name() << ": " << scales[0] << ", wanted " << wanted);
  }
}

// Largest |w| is 1, so s = 1 and the ternary values are the weights.
const Floats block_of_128 =
    sparse<float>(128, 0, {{0, 1}, {32, 0}, {64, -1}, {96, 1}, {1, -1}, {33, 1}, {65, 0}, {97, 0}, {31, 1}, {127, -1}});

const Floats block_of_96 = sparse<float>(96, 0,
                                         {{0, 1},    // triple 0: 1, 0, -1
                                          {64, -1},  //
                                          {1, 0},    // triple 1: 0, -1, 0
                                          {33, -1},  //
                                          {15, 1},   // triple 15: 1, 1, 1
                                          {47, 1},
                                          {79, 1},
                                          {16, -1},  // triple 16: -1, 1, 1
                                          {48, 1},
                                          {80, 1},
                                          {31, -1},  // triple 31: -1, -1, -1
                                          {63, -1},
                                          {95, -1}});

}  // namespace

BOOST_AUTO_TEST_SUITE(known_answers)

BOOST_AUTO_TEST_CASE(i2_s_block) {
  // c = w + 1, so four zeros are 01 01 01 01 = 0x55.
  // byte 0:  elements 0, 32, 64, 96  = 1, 0, -1, 1  -> 10 01 00 10 = 0x92
  // byte 1:  elements 1, 33, 65, 97  = -1, 1, 0, 0  -> 00 10 01 01 = 0x25
  // byte 31: elements 31, 63, 95, 127 = 1, 0, 0, -1 -> 10 01 01 00 = 0x94
  const auto codes = sparse<std::uint8_t>(32, 0x55, {{0, 0x92}, {1, 0x25}, {31, 0x94}});
  check_vector(Format::i2_s, ScaleRule::absmax, block_of_128, codes, 1, block_of_128);
}

BOOST_AUTO_TEST_CASE(tl1_block) {
  // pair(a, b) = 3(a+1) + (b+1), so two pairs of zeros are 4, 4 = 0x44.
  // byte 0:  pair(1, 0) = 6+1 = 7,  pair(-1, 1) = 0+2 = 2 -> 0x72
  // byte 1:  pair(-1, 1) = 0+2 = 2, pair(0, 0) = 4        -> 0x24
  // byte 31: pair(1, 0) = 7,        pair(0, -1) = 3+0 = 3 -> 0x73
  const auto codes = sparse<std::uint8_t>(32, 0x44, {{0, 0x72}, {1, 0x24}, {31, 0x73}});
  check_vector(Format::tl1, ScaleRule::absmax, block_of_128, codes, 1, block_of_128);
}

BOOST_AUTO_TEST_CASE(tl2_block_with_signs) {
  // v = 9a + 3b + c. Byte t has |v| of triple t in its high half and of triple t+16 in its low half.
  // triple 0: 9-1 = 8, triple 16: -9+3+1 = -5  -> byte 0  = 0x85, sign bit 16
  // triple 1: -3,      triple 17: 0            -> byte 1  = 0x30, sign bit 1
  // triple 15: 13,     triple 31: -13          -> byte 15 = 0xDD, sign bit 31
  // sign bits 1, 16, 31, little endian in bytes 16...19 -> 02 00 01 80
  const auto codes =
      sparse<std::uint8_t>(20, 0, {{0, 0x85}, {1, 0x30}, {15, 0xDD}, {16, 0x02}, {18, 0x01}, {19, 0x80}});
  check_vector(Format::tl2, ScaleRule::absmax, block_of_96, codes, 1, block_of_96);
}

BOOST_AUTO_TEST_CASE(padded_tails) {
  const Floats weights{1, -1, 0};
  // 10 01 01 01 = 0x95 (element 0 is 1), 00 01 01 01 = 0x15 (element 1 is -1)
  check_vector(Format::i2_s, ScaleRule::absmax, weights, sparse<std::uint8_t>(32, 0x55, {{0, 0x95}, {1, 0x15}}), 1,
               weights);
  // pair(1, 0) = 7 and pair(-1, 0) = 1, each before pair(0, 0) = 4
  check_vector(Format::tl1, ScaleRule::absmax, weights, sparse<std::uint8_t>(32, 0x44, {{0, 0x74}, {1, 0x14}}), 1,
               weights);
  // triple 0 is 9, triple 1 is -9: sign bit 1
  check_vector(Format::tl2, ScaleRule::absmax, weights, sparse<std::uint8_t>(20, 0, {{0, 0x90}, {1, 0x90}, {16, 0x02}}),
               1, weights);
}

BOOST_AUTO_TEST_CASE(second_block) {
  // Element 128 opens the second block of i2_s and tl1: 00 01 01 01 = 0x15; pair(-1, 0) = 1, 4 = 0x14.
  const auto long_one = sparse<float>(129, 0, {{128, -1}});
  check_vector(Format::i2_s, ScaleRule::absmax, long_one, sparse<std::uint8_t>(64, 0x55, {{32, 0x15}}), 1, long_one);
  check_vector(Format::tl1, ScaleRule::absmax, long_one, sparse<std::uint8_t>(64, 0x44, {{32, 0x14}}), 1, long_one);
  // Element 96 opens the second block of tl2: -9, sign bit 0.
  const auto short_one = sparse<float>(97, 0, {{96, -1}});
  check_vector(Format::tl2, ScaleRule::absmax, short_one, sparse<std::uint8_t>(40, 0, {{20, 0x90}, {36, 0x01}}), 1,
               short_one);
}

BOOST_AUTO_TEST_CASE(rows_start_on_blocks) {
  // Three rows of 4. Per row absmean: 4/4 = 1; 0; 2/4 = 0.5. Twice |w| decides:
  //   2, -2, 0, 0          s = 1:   1, -1, 0, 0
  //   0, -0, 0, 0          s = 0:   0,  0, 0, 0
  //   0.5, 0.25, -0.25, 1  s = 0.5: 1 > 0.5 -> 1; 0.5 > 0.5 is false -> 0, 0; 1
  const Floats weights{2, -2, 0, 0, 0, -0.0F, 0, 0, 0.5F, 0.25F, -0.25F, 1};
  const Shape shape{3, 4};
  const Bytes i2_s = sparse<std::uint8_t>(96, 0x55, {{0, 0x95}, {1, 0x15}, {64, 0x95}, {67, 0x95}});
  const Bytes tl1 = sparse<std::uint8_t>(96, 0x44, {{0, 0x74}, {1, 0x14}, {64, 0x74}, {67, 0x74}});
  const Bytes tl2 = sparse<std::uint8_t>(60, 0, {{0, 0x90}, {1, 0x90}, {16, 0x02}, {40, 0x90}, {43, 0x90}});
  const Floats scales{1, 0, 0.5F};
  const Floats restored{1, -1, 0, 0, 0, 0, 0, 0, 0.5F, 0, 0, 0.5F};
  check({shape, Format::i2_s, ScaleRule::absmean, Granularity::row}, weights, i2_s, scales, restored);
  check({shape, Format::tl1, ScaleRule::absmean, Granularity::row}, weights, tl1, scales, restored);
  check({shape, Format::tl2, ScaleRule::absmean, Granularity::row}, weights, tl2, scales, restored);

  // One scale: (4 + 0 + 2) / 12 = 0.5 gives the same codes.
  const Floats by_half{0.5F, -0.5F, 0, 0, 0, 0, 0, 0, 0.5F, 0, 0, 0.5F};
  check({shape, Format::i2_s, ScaleRule::absmean, Granularity::tensor}, weights, i2_s, {0.5F}, by_half);

  // absmax per row: 2, 0, 1, and 2·0.5 > 1 is false.
  check({shape, Format::i2_s, ScaleRule::absmax, Granularity::row}, weights,
        sparse<std::uint8_t>(96, 0x55, {{0, 0x95}, {1, 0x15}, {67, 0x95}}), {2, 0, 1},
        {2, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

BOOST_AUTO_TEST_CASE(rules_and_the_tie) {
  const Floats weights{4, 1, -1, 2};
  // absmax: s = 4. 2·2 > 4 is false: a tie is 0.
  check_vector(Format::i2_s, ScaleRule::absmax, weights, sparse<std::uint8_t>(32, 0x55, {{0, 0x95}}), 4, {4, 0, 0, 0});
  // absmean: s = 8/4 = 2. 2·1 > 2 is false, 2·2 > 2 is true.
  check_vector(Format::i2_s, ScaleRule::absmean, weights, sparse<std::uint8_t>(32, 0x55, {{0, 0x95}, {3, 0x95}}), 2,
               {2, 0, 0, 2});
}

BOOST_AUTO_TEST_CASE(zero_has_no_sign) {
  // s = 1. Neither -0 nor a negative weight whose code is 0 leaves a sign bit behind: check() compares bits.
  check_vector(Format::i2_s, ScaleRule::absmax, {1, -0.0F, -0.25F}, sparse<std::uint8_t>(32, 0x55, {{0, 0x95}}), 1,
               {1, 0, 0});
  check_vector(Format::tl2, ScaleRule::absmax, {1, -0.0F, -0.25F}, sparse<std::uint8_t>(20, 0, {{0, 0x90}}), 1,
               {1, 0, 0});
  // All zero: s = +0, all codes 0.
  check_vector(Format::i2_s, ScaleRule::absmax, {-0.0F, -0.0F}, Bytes(32, 0x55), 0, {0, 0});
  check_vector(Format::tl1, ScaleRule::absmean, {-0.0F, -0.0F}, Bytes(32, 0x44), 0, {0, 0});
  check_vector(Format::tl2, ScaleRule::absmean, {-0.0F, -0.0F}, Bytes(20, 0), 0, {0, 0});
}

BOOST_AUTO_TEST_CASE(subnormal_scales) {
  // d is the smallest float. s = d: 2d > d, so the code is 1, although d/2 is no float.
  check_vector(Format::i2_s, ScaleRule::absmean, {d}, sparse<std::uint8_t>(32, 0x55, {{0, 0x95}}), d, {d});
  // s = 3d: 2·2d > 3d is true; 2·d > 3d is false.
  check_vector(Format::i2_s, ScaleRule::absmax, {3 * d, -2 * d, d},
               sparse<std::uint8_t>(32, 0x55, {{0, 0x95}, {1, 0x15}}), 3 * d, {3 * d, -3 * d, 0});
  // Mean of d, -d, 0: 2d/3 rounds to d, so ±d have codes ±1.
  check_vector(Format::tl2, ScaleRule::absmean, {d, -d, 0},
               sparse<std::uint8_t>(20, 0, {{0, 0x90}, {1, 0x90}, {16, 0x02}}), d, {d, -d, 0});
  // Mean of d, 0, 0, 0: d/4 rounds to 0, and a scale of 0 leaves only codes 0.
  check_vector(Format::i2_s, ScaleRule::absmean, {-d, 0, 0, 0}, Bytes(32, 0x55), 0, {0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(order_within_a_chunk) {
  // 2^24 + 1 rounds back to 2^24 in float32, 2^24 + 2 does not: what survives tells the order.
  const float big = std::ldexp(1.0F, 24);
  // Lane 0 loses element 32's 1; lane 1 keeps both of its. (2^24 + 2) / 64 = 2^18 + 2^-5.
  check_mean(sparse<float>(64, 0, {{0, big}, {32, 1}, {1, 1}, {33, 1}}), 262144.03125F);
  // Lanes 16 and 8 are lost in lane 0, one by one; lanes 1 and 3 meet first, then add 2. (2^24 + 2) / 32 = 2^19 + 2^-4.
  check_mean(sparse<float>(32, 0, {{0, big}, {16, 1}, {8, 1}, {1, 1}, {3, 1}}), 524288.0625F);
}

BOOST_AUTO_TEST_CASE(order_of_chunks) {
  // The chunks' sums 2^24, 1, 1, 0 meet in float64, where nothing is lost. (2^24 + 2) / 2^14 = 1024 + 2^-13.
  const float big = std::ldexp(1.0F, 24);
  check_mean(sparse<float>(16384, 0, {{0, big}, {4096, 1}, {8192, 1}}), 1024.0001220703125F);
}

BOOST_AUTO_TEST_CASE(sum_beyond_float32) {
  // Each chunk sums to 2^127 exactly, the chunks to 2^130; the mean is 2^115.
  check_mean(Floats(8 * 4096, std::ldexp(1.0F, 115)), std::ldexp(1.0F, 115));
}

BOOST_AUTO_TEST_CASE(seeded_weights) {
  // splitmix64(42) gives bdd732262feb6e95, 28efe333b266f103, …; the 16-bit fields of the first add up to
  // 0xbdd7 + 0x3226 + 0x2feb + 0x6e95 = 102013, and 102013 - 131070 = -29057.
  const Floats wanted{-29057 / 65536.0F, 44941 / 65536.0F, -40692 / 65536.0F, 11259 / 65536.0F};
  BOOST_TEST(oracle::seeded_weights(42, 4) == wanted, boost::test_tools::per_element());
  for (const std::uint64_t seed : {0U, 42U, 0xFFFFFFFFU}) {
    Floats of_bench(10000);
    bench::fill_seeded(of_bench, seed);
    BOOST_TEST(of_bench == oracle::seeded_weights(seed, of_bench.size()), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()
