// Products refuse what does not fit together, and write nothing then.

#include <array>
#include <limits>

#include "check.hpp"
#include "oracle/products.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

constexpr Shape shape{3, 200};

PackedMatrix example(Format format = Format::i2_s, Arch arch = active_arch()) {
  const auto stored = oracle::quantize(oracle::seeded_weights(1, 600), shape, format, {}, Granularity::row);
  return {stored.codes, stored.scales, shape, format, arch};
}

struct Sizes {
  std::size_t q = 400;
  std::size_t a = 2;
  std::size_t y = 6;
  std::size_t workspace_less = 0;
};

void require_refused(const Sizes& sizes, std::initializer_list<std::string_view> parts) {
  for (const Format format : all_formats) {
    for (const Arch arch : tested_archs()) {
      const PackedMatrix w = example(format, arch);
      const std::vector<std::int8_t> q(sizes.q, 1);
      const std::vector<float> a(sizes.a, 1.0F);
      Guarded<float> y(sizes.y);
      std::vector<std::byte> workspace(workspace_bytes(w, 2) - sizes.workspace_less);
      require_error([&] { gemm(w, {q, a}, y.span(), workspace); }, ErrorCode::size_mismatch, parts);
      BOOST_TEST(y.untouched());
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(product_errors)

BOOST_AUTO_TEST_CASE(sizes_that_do_not_match) {
  require_refused({.q = 399}, {"q", "399", "400"});
  require_refused({.q = 0}, {"q", "0", "400"});
  require_refused({.a = 1}, {"q", "400", "200"});
  require_refused({.y = 5}, {"y", "5", "6"});
  require_refused({.y = 0}, {"y", "0", "6"});
  require_refused({.workspace_less = 1}, {"workspace"});
}

BOOST_AUTO_TEST_CASE(gemv_takes_one_vector) {
  const PackedMatrix w = example();
  const std::vector<std::int8_t> q(400, 1);
  const std::vector<float> a(2, 1.0F);
  std::vector<float> y(6);
  std::vector<std::byte> workspace(workspace_bytes(w, 2));
  require_error([&] { gemv(w, {q, a}, y, workspace); }, ErrorCode::size_mismatch, {"a"});
}

BOOST_AUTO_TEST_CASE(no_vectors_at_all) {
  const PackedMatrix w = example();
  std::vector<float> y;
  require_error([&] { gemm(w, {}, y, {}); }, ErrorCode::invalid_argument, {"no activations"});
  std::vector<std::int32_t> sums;
  require_error([&] { gemm_sums(w, {}, sums, {}); }, ErrorCode::invalid_argument, {"no activations"});
}

BOOST_AUTO_TEST_CASE(null_spans) {
  const PackedMatrix w = example();
  std::vector<float> y(3);
  const std::array a{1.0F};
  const std::vector<std::int8_t> q(200);
  std::vector<std::byte> workspace(workspace_bytes(w, 1));
  require_error([&] { gemm(w, {{}, a}, y, workspace); }, ErrorCode::size_mismatch, {"q"});
  require_error([&] { gemm(w, {q, a}, {}, workspace); }, ErrorCode::size_mismatch, {"y"});
  require_error([&] { gemm(w, {q, a}, y, {}); }, ErrorCode::size_mismatch, {"workspace"});
  require_error([&] { PackedMatrix({}, {}, shape, Format::tl2); }, ErrorCode::size_mismatch, {"codes"});
}

BOOST_AUTO_TEST_CASE(minus_128) {
  for (const Format format : all_formats) {
    const PackedMatrix w = example(format);
    std::vector<std::int8_t> q(400, 5);
    q[333] = -128;
    std::vector<std::int32_t> sums(6);
    std::vector<std::byte> workspace(workspace_bytes(w, 2));
    require_error([&] { gemm_sums(w, q, sums, workspace); }, ErrorCode::invalid_argument, {"128", "333"});
  }
}

BOOST_AUTO_TEST_CASE(corrupt_storage_is_not_packed) {
  std::vector<std::uint8_t> codes(3 * 64, 0x55);
  codes[70] = 0xFF;
  const std::array scale{1.0F};
  require_error([&] { PackedMatrix(codes, scale, {3, 256}, Format::i2_s); }, ErrorCode::corrupt_data, {"row 1"});
}

BOOST_AUTO_TEST_CASE(shapes_beyond_memory) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  const std::vector<std::uint8_t> codes(32);
  const std::array scale{1.0F};
  for (const Format format : all_formats) {
    for (const Shape beyond : {Shape{most, 1}, Shape{1, most}, Shape{most, most}, Shape{2, most / 2 + 1}}) {
      require_error([&] { PackedMatrix(codes, scale, beyond, format); }, ErrorCode::overflow, {});
    }
  }
}

BOOST_AUTO_TEST_CASE(more_columns_than_int32_sums_hold) {
  const Shape wide{1, most_cols + 1};
  const std::vector<std::uint8_t> codes(storage_bytes(Format::i2_s, wide), 0x55);
  const std::array scale{1.0F};
  require_error([&] { PackedMatrix(codes, scale, wide, Format::i2_s); }, ErrorCode::invalid_argument, {"columns"});
}

/// The longest rows there may be, all of them at the bound: 127 · 2²⁴ fits int32.
BOOST_AUTO_TEST_CASE(the_longest_row) {
  const Shape wide{1, most_cols};
  const std::vector<std::uint8_t> codes(storage_bytes(Format::i2_s, wide), 0xAA);  // all +1
  const std::array scale{1.0F};
  const std::vector<std::int8_t> q(2 * most_cols, -127);
  for (const Arch arch : tested_archs()) {
    const PackedMatrix w(codes, scale, wide, Format::i2_s, arch);
    for (const std::size_t n : {1, 2}) {
      std::vector<std::byte> workspace(workspace_bytes(w, n));
      std::vector<std::int32_t> sums(n);
      gemm_sums(w, std::span(q).first(n * most_cols), sums, workspace);
      for (const std::int32_t sum : sums) BOOST_TEST(sum == -127 * static_cast<std::int32_t>(most_cols));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
