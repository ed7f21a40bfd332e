// float32 activations to int8: known answers, every arch against the oracle, and what is refused.

#include <cmath>
#include <limits>

#include "check.hpp"
#include "inputs.hpp"
#include "oracle/products.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

struct Quantized {
  std::vector<std::int8_t> q;
  std::vector<float> a;
  std::vector<std::int32_t> sums;
};

Quantized quantize_on(Arch arch, std::span<const float> x, std::size_t cols) {
  const std::size_t n = x.size() / cols;
  Guarded<float> input(x);
  Guarded<std::int8_t> q(x.size());
  Guarded<float> a(n);
  Guarded<std::int32_t> sums(n);
  quantize_activations(input.span(), cols, q.span(), a.span(), sums.span(), arch);
  BOOST_REQUIRE_MESSAGE(q.guards_intact() && a.guards_intact() && sums.guards_intact(),
                        arch.name() << ": wrote past the end of a span");
  return {
      {q.span().begin(), q.span().end()}, {a.span().begin(), a.span().end()}, {sums.span().begin(), sums.span().end()}};
}

void check_known(const std::vector<float>& x, float a, const std::vector<std::int8_t>& q, std::int32_t sum) {
  const auto of_oracle = oracle::quantize_activations(x);
  BOOST_TEST(of_oracle.a == a);
  BOOST_TEST(of_oracle.q == q, boost::test_tools::per_element());
  BOOST_TEST(of_oracle.sum == sum);
  for (const Arch arch : tested_archs()) {
    const Quantized result = quantize_on(arch, x, x.size());
    BOOST_TEST(result.a[0] == a, arch.name());
    BOOST_TEST(result.q == q, arch.name());
    BOOST_TEST(result.sums[0] == sum, arch.name());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activations)

/// a = 127 / 127 = 1: the activations are their own integers, and halves go to the even neighbour.
BOOST_AUTO_TEST_CASE(halves_go_to_even) {
  check_known({127, 0.5F, 1.5F, 2.5F, -0.5F, -1.5F, -2.5F, 3.49F, -3.51F, -0.0F}, 1.0F,
              {127, 0, 2, 2, 0, -2, -2, 3, -4, 0}, 126);
}

/// a = 127 / 2 = 63.5: the largest becomes ±127, 1 becomes 63.5, which goes to 64.
BOOST_AUTO_TEST_CASE(the_largest_is_127) { check_known({1, -2, 0.25F}, 63.5F, {64, -127, 16}, -47); }

/// 127 / max overflows float32 below 127 / FLT_MAX ≈ 3.73e−37: then q = 0, and the sum too.
BOOST_AUTO_TEST_CASE(zero_or_tiny) {
  const float infinity = std::numeric_limits<float>::infinity();
  check_known({0, -0.0F, 0}, infinity, {0, 0, 0}, 0);
  check_known({3.7e-37F, -1e-40F}, infinity, {0, 0}, 0);
  check_known({3.8e-37F, -3.8e-37F}, 127.0F / 3.8e-37F, {127, -127}, 0);
}

BOOST_AUTO_TEST_CASE(every_length_and_input) {
  for (std::size_t n = 1; n <= 300; ++n) {
    for (const Input& input : inputs()) {
      const auto x = input.make(n);
      const auto wanted = oracle::quantize_activations(x);
      for (const Arch arch : tested_archs()) {
        const Quantized result = quantize_on(arch, x, n);
        BOOST_REQUIRE_MESSAGE(result.q == wanted.q && result.sums[0] == wanted.sum &&
                                  std::memcmp(&result.a[0], &wanted.a, sizeof wanted.a) == 0,
                              arch.name() << ", " << input.name << ", " << n << " activations");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(vectors_have_their_own_factors) {
  auto x = oracle::seeded_weights(3, 7 * 100);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::ldexp(x[i], static_cast<int>(i / 100) * 5 - 15);
  for (const Arch arch : tested_archs()) {
    const Quantized all = quantize_on(arch, x, 100);
    for (std::size_t i = 0; i < 7; ++i) {
      const auto alone = oracle::quantize_activations(std::span(x).subspan(i * 100, 100));
      BOOST_TEST(all.a[i] == alone.a);
      BOOST_TEST(all.sums[i] == alone.sum);
      BOOST_TEST(std::equal(alone.q.begin(), alone.q.end(), all.q.begin() + static_cast<std::ptrdiff_t>(i * 100)));
    }
  }
}

BOOST_AUTO_TEST_CASE(not_finite_is_refused_and_nothing_written) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    for (const std::size_t index : {0, 99, 150, 299}) {
      auto x = oracle::seeded_weights(3, 3 * 100);
      x[index] = bad;
      for (const Arch arch : tested_archs()) {
        Guarded<std::int8_t> q(300);
        Guarded<float> a(3);
        Guarded<std::int32_t> sums(3);
        require_error([&] { quantize_activations(x, 100, q.span(), a.span(), sums.span(), arch); },
                      ErrorCode::not_finite, {std::isnan(bad) ? "NaN" : "infinite", "index " + std::to_string(index)});
        BOOST_TEST((q.untouched() && a.untouched() && sums.untouched()));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_sizes) {
  std::vector<float> x(6);
  std::vector<std::int8_t> q(6);
  std::vector<float> a(2);
  std::vector<std::int32_t> sums(2);
  const auto refuses = [&](std::size_t cols, std::size_t nx, std::size_t nq, std::size_t na, std::size_t ns,
                           ErrorCode code) {
    require_error(
        [&] {
          quantize_activations(std::span(x).first(nx), cols, std::span(q).first(nq), std::span(a).first(na),
                               std::span(sums).first(ns));
        },
        code, {});
  };
  refuses(3, 5, 6, 2, 2, ErrorCode::size_mismatch);
  refuses(3, 6, 5, 2, 2, ErrorCode::size_mismatch);
  refuses(3, 6, 6, 1, 2, ErrorCode::size_mismatch);
  refuses(3, 6, 6, 2, 1, ErrorCode::size_mismatch);
  refuses(0, 0, 0, 2, 2, ErrorCode::invalid_argument);
  refuses(3, 0, 0, 0, 0, ErrorCode::invalid_argument);
  refuses(most_cols + 1, 6, 6, 2, 2, ErrorCode::invalid_argument);
  refuses(std::size_t{1} << 24U, 6, 6, 2, 2, ErrorCode::size_mismatch);
}

BOOST_AUTO_TEST_SUITE_END()
