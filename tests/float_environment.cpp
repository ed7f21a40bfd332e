// A caller that rounds otherwise, flushes subnormals or traps gets the bits of the default environment, and its own
// environment back.

#include "float_environments.hpp"

#include <cmath>
#include <limits>
#include <memory>

#include "check.hpp"
#include "inputs.hpp"
#include "oracle/products.hpp"
#include "trilane/trilane.h"

using namespace trilane;
using namespace trilane::test;

namespace {

/// One of every thing that the library computes, of n vectors times `shape`.
struct Results {
  std::vector<std::uint8_t> codes;
  std::vector<float> scales;
  std::vector<float> restored;
  std::vector<std::int8_t> q;
  std::vector<float> a;
  std::vector<std::int32_t> sums;
  std::vector<float> y;
  double quality[3] = {};

  static constexpr std::size_t n = 3;

  Results(const Case& which)
      : codes(storage_bytes(which.format, which.shape)),
        scales(scale_count(which.granularity, which.shape)),
        restored(which.shape.rows * which.shape.cols),
        q(n * which.shape.cols),
        a(n),
        sums(n),
        y(n * which.shape.rows) {}

  void compute(std::span<const float> weights, std::span<const float> x, const Case& which, Executor* executor,
               std::span<std::byte> workspace, Arch arch) {
    quantize(weights, which.shape, which.format, {which.rule, which.granularity}, codes, scales, arch);
    dequantize(codes, scales, which.shape, which.format, restored, arch);
    quantize_activations(x, which.shape.cols, q, a, sums, arch);
    const PackedMatrix w(codes, scales, which.shape, which.format, arch);
    gemm(w, {q, a}, y, workspace, executor);
    Quality all = measure_quality(weights, codes, scales, which.shape, which.format, arch);
    all.add(all);
    quality[0] = all.snr_db();
    quality[1] = all.cosine();
    quality[2] = all.zero_share();
  }

  void require_same(const Results& wanted, const Case& which, Arch arch) const {
    require_same_bits<std::uint8_t>(codes, wanted.codes, "codes", which, arch);
    require_same_bits<float>(scales, wanted.scales, "scales", which, arch);
    require_same_bits<float>(restored, wanted.restored, "restored weights", which, arch);
    require_same_bits<std::int8_t>(q, wanted.q, "q", which, arch);
    require_same_bits<float>(a, wanted.a, "a", which, arch);
    require_same_bits<std::int32_t>(sums, wanted.sums, "sums", which, arch);
    require_same_bits<float>(y, wanted.y, "y", which, arch);
    require_same_bits<double>(quality, wanted.quality, "quality", which, arch);
  }
};

std::vector<float> scaled_down(std::vector<float> x) {
  for (float& one : x) one *= 0.25F;
  return x;
}

/// Runs each task in an environment of its own.
class Strange final : public Executor {
 public:
  explicit Strange(const FloatEnvironment& environment) : environment_(environment) {}
  void run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) override {
    for (std::size_t i = 0; i < count; ++i) kept = keeps(environment_, [&] { task(context, i); }) && kept;
  }
  bool kept = true;

 private:
  FloatEnvironment environment_;
};

constexpr Shape shape{130, 200};

std::vector<std::byte> enough_workspace() { return std::vector<std::byte>(std::size_t{1} << 20U); }

}  // namespace

BOOST_AUTO_TEST_SUITE(float_environment)

BOOST_AUTO_TEST_CASE(results_are_those_of_the_default_one) {
  std::vector<std::byte> workspace = enough_workspace();
  const auto x = scaled_down(oracle::seeded_weights(2, Results::n * shape.cols));
  for (const Input& input : inputs()) {
    const std::vector<float> weights = input.make(shape.rows * shape.cols);
    for_each_case(shape, [&](const Case& which) {
      for (const Arch arch : tested_archs()) {
        Results wanted(which);
        wanted.compute(weights, x, which, nullptr, workspace, arch);
        for (const FloatEnvironment& environment : float_environments) {
          BOOST_TEST_CONTEXT(environment.name << ", weights: " << input.name) {
            Results is(which);
            BOOST_REQUIRE(keeps(environment, [&] { is.compute(weights, x, which, nullptr, workspace, arch); }));
            is.require_same(wanted, which, arch);
          }
        }
      }
    });
  }
}

/// Threads take the environment of the one that starts them.
BOOST_AUTO_TEST_CASE(so_are_those_of_other_threads) {
  std::vector<std::byte> workspace = enough_workspace();
  const auto x = scaled_down(oracle::seeded_weights(2, Results::n * shape.cols));
  // y is subnormal: s / a rounds and would be flushed.
  auto weights = oracle::seeded_weights(1, shape.rows * shape.cols);
  for (float& w : weights) w = std::ldexp(w, -122);
  for (const FloatEnvironment& environment : float_environments) {
    std::unique_ptr<ThreadPool> pool;
    keeps(environment, [&] { pool = std::make_unique<ThreadPool>(4); });
    for_each_case(shape, [&](const Case& which) {
      for (const Arch arch : tested_archs()) {
        BOOST_TEST_CONTEXT(environment.name) {
          Results wanted(which);
          wanted.compute(weights, x, which, nullptr, workspace, arch);
          Results of_pool(which);
          BOOST_REQUIRE(keeps(environment, [&] { of_pool.compute(weights, x, which, pool.get(), workspace, arch); }));
          of_pool.require_same(wanted, which, arch);
          Strange strange(environment);
          Results of_others(which);
          of_others.compute(weights, x, which, &strange, workspace, arch);
          BOOST_REQUIRE(strange.kept);
          of_others.require_same(wanted, which, arch);
        }
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(errors_leave_it_alone) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Case which{shape, Format::i2_s, ScaleRule::absmean, Granularity::tensor};
  const std::vector<float> weights(shape.rows * shape.cols, nan);
  for (const Arch arch : tested_archs()) {
    for (const FloatEnvironment& environment : float_environments) {
      BOOST_TEST_CONTEXT(environment.name) {
        Results is(which);
        int errors = 0;
        const auto refuse = [&](const auto& call) {
          try {
            call();
          } catch (const Error& error) {
            errors += error.code() == ErrorCode::not_finite ? 1 : 0;
          }
        };
        const bool kept = keeps(environment, [&] {
          refuse([&] { quantize(weights, shape, which.format, {}, is.codes, is.scales, arch); });
          refuse([&] {
            quantize_activations(std::span(weights).first(Results::n * shape.cols), shape.cols, is.q, is.a, is.sums,
                                 arch);
          });
        });
        BOOST_TEST(kept);
        BOOST_TEST(errors == 2);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_in_c) {
  const auto weights = oracle::seeded_weights(1, shape.rows * shape.cols);
  const auto compute = [&](std::vector<float>& floats) {
    std::vector<std::uint8_t> codes(trilane_storage_bytes(TRILANE_TL2, shape.rows, shape.cols));
    std::vector<std::int8_t> q(shape.cols);
    std::int32_t sum = 0;
    floats.resize(2 + shape.rows);
    trilane_matrix* matrix = nullptr;
    std::vector<std::byte> workspace = enough_workspace();
    bool good = trilane_quantize(weights.data(), shape.rows, shape.cols, TRILANE_TL2, TRILANE_ABSMEAN,
                                 TRILANE_PER_TENSOR, codes.data(), codes.size(), floats.data(), 1) == TRILANE_OK;
    good =
        good && trilane_quantize_activations(weights.data(), 1, shape.cols, q.data(), &floats[1], &sum) == TRILANE_OK &&
        trilane_pack(codes.data(), codes.size(), floats.data(), 1, shape.rows, shape.cols, TRILANE_TL2, &matrix) ==
            TRILANE_OK &&
        trilane_gemm(matrix, q.data(), &floats[1], 1, floats.data() + 2, workspace.data(), workspace.size(), nullptr) ==
            TRILANE_OK;
    trilane_free(matrix);
    return good;
  };
  std::vector<float> wanted;
  BOOST_REQUIRE(compute(wanted));
  for (const FloatEnvironment& environment : float_environments) {
    std::vector<float> is;
    bool good = false;
    BOOST_TEST(keeps(environment, [&] { good = compute(is); }), environment.name);
    BOOST_TEST(good);
    BOOST_TEST(std::memcmp(is.data(), wanted.data(), wanted.size() * sizeof(float)) == 0, environment.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
