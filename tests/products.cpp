// Matrix products against the oracle's integers, exactly: every arch and format, shapes around tiles, blocks and the bounds
// of narrow sums, with the inputs that reach those bounds.

#include <array>
#include <cmath>
#include <numeric>

#include "check.hpp"
#include "oracle/products.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

using Values = std::vector<int>;
using Bytes8 = std::vector<std::int8_t>;

int random_value(std::uint64_t i) {
  std::uint64_t z = (i + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 29U)) * 0xBF58476D1CE4E5B9U;
  return static_cast<int>((z >> 33U) % 1000003U);
}

struct WeightKind {
  const char* name;
  int (*at)(std::size_t i);
};
constexpr std::array weight_kinds{
    WeightKind{"all +1", [](std::size_t) { return 1; }},
    WeightKind{"all -1", [](std::size_t) { return -1; }},
    WeightKind{"random", [](std::size_t i) { return random_value(i) % 3 - 1; }},
};

struct ActivationKind {
  const char* name;
  int (*at)(std::size_t i);
};
constexpr std::array activation_kinds{
    ActivationKind{"all +127", [](std::size_t) { return 127; }},
    ActivationKind{"all -127", [](std::size_t) { return -127; }},
    ActivationKind{"random +-127", [](std::size_t i) { return random_value(i + 77) % 2 == 0 ? 127 : -127; }},
    ActivationKind{"random", [](std::size_t i) { return random_value(i + 99) % 255 - 127; }},
};

Values make_weights(const WeightKind& kind, Shape shape) {
  Values values(shape.rows * shape.cols);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = kind.at(i);
  return values;
}

Bytes8 make_activations(const ActivationKind& kind, std::size_t n) {
  Bytes8 q(n);
  for (std::size_t i = 0; i < n; ++i) q[i] = static_cast<std::int8_t>(kind.at(i));
  return q;
}

/// Weights and activations of some kind, with the oracle's sums of all rows and vectors.
class Problem {
 public:
  Problem(const WeightKind& weights, const ActivationKind& activations, std::size_t most_rows, std::size_t cols,
          std::size_t most_n)
      : name_(std::string(weights.name) + " times " + activations.name),
        all_{most_rows, cols},
        values_(make_weights(weights, all_)),
        q_(make_activations(activations, most_n * cols)),
        wanted_(oracle::product_sums(values_, all_, q_, most_n)) {
    for (const Format format : all_formats) codes_.push_back(oracle::store(values_, all_, format));
  }

  void check(std::size_t rows, std::span<const std::size_t> ns) const {
    for (std::size_t f = 0; f < all_formats.size(); ++f) {
      const Shape shape{rows, all_.cols};
      const auto codes = std::span(codes_[f]).first(storage_bytes(all_formats[f], shape));
      const std::array scale{1.0F};
      for (const Arch arch : tested_archs()) {
        const PackedMatrix w(codes, scale, shape, all_formats[f], arch);
        for (const std::size_t n : ns) check_sums(w, n);
        Guarded<std::uint8_t> unpacked(codes.size());
        w.unpack(unpacked.span());
        BOOST_REQUIRE_MESSAGE(std::equal(codes.begin(), codes.end(), unpacked.span().begin()),
                              text(w, 0) << ": unpacking gives other bytes");
        BOOST_REQUIRE(unpacked.guards_intact());
      }
    }
  }

 private:
  [[nodiscard]] std::string text(const PackedMatrix& w, std::size_t n) const {
    return name_ + ", " + std::string(w.arch().name()) + " " + std::string(name(w.format())) + ", " +
           std::to_string(w.shape().rows) + "x" + std::to_string(w.shape().cols) + ", N=" + std::to_string(n);
  }

  void check_sums(const PackedMatrix& w, std::size_t n) const {
    Guarded<std::int32_t> sums(n * w.shape().rows);
    Guarded<std::byte> workspace(workspace_bytes(w, n));
    Guarded<std::int8_t> q(std::span<const std::int8_t>(q_).first(n * w.shape().cols));
    gemm_sums(w, q.span(), sums.span(), workspace.span());
    for (std::size_t i = 0; i < n; ++i) {
      const auto is = sums.span().subspan(i * w.shape().rows, w.shape().rows);
      const auto wanted = std::span(wanted_).subspan(i * all_.rows, w.shape().rows);
      const auto row = std::mismatch(is.begin(), is.end(), wanted.begin());
      BOOST_REQUIRE_MESSAGE(row.first == is.end(), text(w, n)
                                                       << ": sum of row " << row.first - is.begin() << ", vector " << i
                                                       << " is " << *row.first << ", wanted " << *row.second);
    }
    BOOST_REQUIRE_MESSAGE(sums.guards_intact() && workspace.guards_intact(), text(w, n) << ": wrote past the end");
  }

  std::string name_;
  Shape all_;
  Values values_;
  Bytes8 q_;
  std::vector<std::int32_t> wanted_;
  std::vector<std::vector<std::uint8_t>> codes_;
};

void check_kinds(std::size_t cols, std::span<const std::size_t> rows, std::span<const std::size_t> ns) {
  const std::size_t most_rows = *std::max_element(rows.begin(), rows.end());
  const std::size_t most_n = *std::max_element(ns.begin(), ns.end());
  for (const auto& weights : weight_kinds) {
    for (const auto& activations : activation_kinds) {
      const Problem problem(weights, activations, most_rows, cols, most_n);
      for (const std::size_t r : rows) problem.check(r, ns);
    }
  }
}

std::vector<std::size_t> up_to(std::size_t last) {
  std::vector<std::size_t> all(last);
  std::iota(all.begin(), all.end(), 1);
  return all;
}

std::vector<std::size_t> one_to_9_and_33() {
  auto ns = up_to(9);
  ns.push_back(33);
  return ns;
}

constexpr std::array<std::size_t, 1> one{1};
constexpr std::array<std::size_t, 4> few_columns{1, 4, 9, 33};
constexpr std::array<std::size_t, 5> few_rows{1, 6, 32, 33, 70};

const WeightKind& plus_ones = weight_kinds[0];
const ActivationKind& all_127 = activation_kinds[0];

}  // namespace

BOOST_AUTO_TEST_SUITE(products)

BOOST_AUTO_TEST_CASE(short_rows_of_every_count_times_every_number_of_vectors) {
  const auto rows = up_to(70);
  const auto ns = one_to_9_and_33();
  check_kinds(1, rows, ns);
  for (const std::size_t cols : {127, 128, 129}) check_kinds(cols, few_rows, ns);
}

BOOST_AUTO_TEST_CASE(every_number_of_rows) {
  for (const std::size_t cols : {127, 128, 129, 2560}) {
    for (const auto& activations : activation_kinds) {
      const Problem problem(weight_kinds[2], activations, 70, cols, 2);
      for (const std::size_t rows : up_to(70)) problem.check(rows, up_to(2));
    }
  }
}

BOOST_AUTO_TEST_CASE(columns_around_blocks_and_vectors) {
  for (const std::size_t cols : {2, 31, 32, 33, 63, 64, 65, 95, 96, 97, 191, 192, 193, 255, 256, 257, 383, 384, 385}) {
    check_kinds(cols, std::array<std::size_t, 2>{5, 34}, std::array<std::size_t, 3>{1, 3, 8});
  }
}

BOOST_AUTO_TEST_CASE(columns_of_models) {
  for (const std::size_t cols : {2560, 6912}) check_kinds(cols, few_rows, few_columns);
  for (const std::size_t n : one_to_9_and_33()) {
    Problem(weight_kinds[2], activation_kinds[3], 33, 6912, n).check(33, std::span(&n, 1));
  }
}

BOOST_AUTO_TEST_CASE(longest_columns) {
  check_kinds(65536, std::array<std::size_t, 3>{1, 33, 70}, one);
  check_kinds(65536, std::array<std::size_t, 2>{1, 5}, std::array<std::size_t, 3>{2, 9, 33});
}

/// Around the lengths at which int16 and int8 sums of every vector width must be widened.
BOOST_AUTO_TEST_CASE(columns_around_the_bounds_of_narrow_sums) {
  for (std::size_t cols = 128; cols <= 8192 + 512; cols += 384) {
    Problem(plus_ones, all_127, 4, cols, 2).check(4, up_to(2));
    Problem(weight_kinds[1], all_127, 4, cols + 1, 2).check(4, up_to(2));
  }
}

/// bitnet.cpp's issue 629: its int16 sums of maddubs wrap for such input from 2560 columns on.
BOOST_AUTO_TEST_CASE(int16_does_not_wrap_as_in_bitnet_cpp) {
  for (const std::size_t cols : {2560, 6912, 65536}) {
    const Problem problem(plus_ones, all_127, 4, cols, 8);
    problem.check(4, up_to(8));
    BOOST_TEST(oracle::product_sums(make_weights(plus_ones, {1, cols}), {1, cols}, make_activations(all_127, cols),
                                    1)[0] == 127 * static_cast<std::int32_t>(cols));
  }
}

/// bitnet.cpp's TL2 batches give the results of other columns: each vector of ours is as if it came alone.
BOOST_AUTO_TEST_CASE(tl2_batches_are_right_unlike_in_bitnet_cpp) {
  const Shape shape{128, 2560};
  const Values values = make_weights(weight_kinds[2], shape);
  const auto codes = oracle::store(values, shape, Format::tl2);
  constexpr std::size_t n = 32;
  const Bytes8 q = make_activations(activation_kinds[3], n * shape.cols);
  const auto wanted = oracle::product_sums(values, shape, q, n);
  for (const Arch arch : tested_archs()) {
    const PackedMatrix w(codes, std::array{1.0F}, shape, Format::tl2, arch);
    std::vector<std::byte> workspace(workspace_bytes(w, n));
    std::vector<std::int32_t> together(n * shape.rows);
    gemm_sums(w, q, together, workspace);
    BOOST_TEST(together == wanted, arch.name());
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<std::int32_t> alone(shape.rows);
      gemm_sums(w, std::span(q).subspan(i * shape.cols, shape.cols), alone, workspace);
      BOOST_TEST(std::equal(alone.begin(), alone.end(), wanted.begin() + static_cast<std::ptrdiff_t>(i * shape.rows)),
                 arch.name() << ", vector " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(floats_have_the_bits_of_the_definition) {
  constexpr std::size_t n = 5;
  for (const Shape shape : {Shape{1, 1}, Shape{7, 100}, Shape{33, 129}, Shape{70, 2560}}) {
    const auto weights = oracle::seeded_weights(1, shape.rows * shape.cols);
    auto x = oracle::seeded_weights(2, n * shape.cols);
    std::fill_n(x.begin() + static_cast<std::ptrdiff_t>(shape.cols), shape.cols, 0.0F);           // the second is zero
    for (std::size_t k = 2 * shape.cols; k < 3 * shape.cols; ++k) x[k] = std::ldexp(x[k], -140);  // the third tiny
    for_each_case(shape, [&](const Case& which) {
      const auto stored = oracle::quantize(weights, shape, which.format, which.rule, which.granularity);
      std::vector<float> signs = oracle::dequantize(stored, shape, which.format);
      Values values(signs.size());
      for (std::size_t i = 0; i < signs.size(); ++i) values[i] = (signs[i] > 0) - (signs[i] < 0);
      std::vector<float> wanted;
      for (std::size_t i = 0; i < n; ++i) {
        const auto quantized = oracle::quantize_activations(std::span(x).subspan(i * shape.cols, shape.cols));
        const auto sums = oracle::product_sums(values, shape, quantized.q, 1);
        for (std::size_t r = 0; r < shape.rows; ++r) {
          wanted.push_back(oracle::scaled(sums[r], stored.scales[stored.scales.size() == 1 ? 0 : r], quantized.a));
        }
      }
      for (const Arch arch : tested_archs()) {
        Guarded<std::int8_t> q(n * shape.cols);
        std::vector<float> a(n);
        std::vector<std::int32_t> q_sums(n);
        quantize_activations(x, shape.cols, q.span(), a, q_sums, arch);
        const PackedMatrix w(stored.codes, stored.scales, shape, which.format, arch);
        Guarded<std::byte> workspace(workspace_bytes(w, n));
        Guarded<float> y(n * shape.rows);
        gemm(w, {q.span(), a}, y.span(), workspace.span());
        require_same_bits<float>(y.span(), wanted, "y", which, arch);
        Guarded<float> first(shape.rows);
        gemv(w, {q.span().first(shape.cols), std::span(a).first(1)}, first.span(), workspace.span());
        require_same_bits<float>(first.span(), std::span(wanted).first(shape.rows), "y of gemv", which, arch);
        BOOST_REQUIRE(y.guards_intact() && first.guards_intact() && workspace.guards_intact());
      }
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
