// trilane.h: the same results as the C++ calls, statuses in place of exceptions. tests/consumer compiles it as C.

#include <cmath>
#include <cstring>

#include "oracle/oracle.hpp"
#include "support.hpp"
#include "trilane/trilane.h"

using namespace trilane;
using namespace trilane::test;

namespace {

constexpr std::size_t rows = 70;
constexpr std::size_t cols = 300;
constexpr std::size_t n = 3;

struct Example {
  std::vector<float> weights = oracle::seeded_weights(1, rows* cols);
  std::vector<float> x = oracle::seeded_weights(2, n* cols);
  std::vector<std::uint8_t> codes = std::vector<std::uint8_t>(trilane_storage_bytes(TRILANE_TL2, rows, cols));
  std::vector<float> scales = std::vector<float>(rows);
  std::vector<std::int8_t> q = std::vector<std::int8_t>(n * cols);
  std::vector<float> a = std::vector<float>(n);
  std::vector<std::int32_t> sums = std::vector<std::int32_t>(n);
  trilane_matrix* matrix = nullptr;
  std::vector<std::byte> workspace;

  Example() {
    BOOST_REQUIRE_EQUAL(trilane_quantize(weights.data(), rows, cols, TRILANE_TL2, TRILANE_ABSMEAN, TRILANE_PER_ROW,
                                         codes.data(), codes.size(), scales.data(), scales.size()),
                        TRILANE_OK);
    BOOST_REQUIRE_EQUAL(trilane_quantize_activations(x.data(), n, cols, q.data(), a.data(), sums.data()), TRILANE_OK);
    BOOST_REQUIRE_EQUAL(
        trilane_pack(codes.data(), codes.size(), scales.data(), scales.size(), rows, cols, TRILANE_TL2, &matrix),
        TRILANE_OK);
    workspace.resize(trilane_workspace_bytes(matrix, n));
  }
  Example(const Example&) = delete;
  Example& operator=(const Example&) = delete;
  ~Example() { trilane_free(matrix); }
};

void require_failure(trilane_status status, trilane_status wanted, std::string_view part) {
  BOOST_TEST(status == wanted);
  BOOST_TEST(std::string_view(trilane_last_error()).find(part) != std::string_view::npos, trilane_last_error());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(c_interface)

BOOST_AUTO_TEST_CASE(same_results) {
  const Example example;
  std::vector<std::byte> workspace = example.workspace;
  const PackedMatrix w(example.codes, example.scales, {rows, cols}, Format::tl2);
  std::vector<float> wanted(n * rows);
  gemm(w, {example.q, example.a}, wanted, workspace);
  trilane_pool* pool = trilane_pool_create(1);
  BOOST_REQUIRE(pool != nullptr);
  const trilane_executor executor = trilane_pool_executor(pool);
  for (const trilane_executor* used : {static_cast<const trilane_executor*>(nullptr), &executor}) {
    std::vector<float> y(n * rows);
    BOOST_REQUIRE_EQUAL(trilane_gemm(example.matrix, example.q.data(), example.a.data(), n, y.data(), workspace.data(),
                                     workspace.size(), used),
                        TRILANE_OK);
    BOOST_TEST(std::memcmp(y.data(), wanted.data(), y.size() * sizeof(float)) == 0);
    std::vector<std::int32_t> sums(n * rows);
    std::vector<std::int32_t> wanted_sums(n * rows);
    BOOST_REQUIRE_EQUAL(
        trilane_gemm_sums(example.matrix, example.q.data(), n, sums.data(), workspace.data(), workspace.size(), used),
        TRILANE_OK);
    gemm_sums(w, example.q, wanted_sums, workspace);
    BOOST_TEST(sums == wanted_sums);
  }
  trilane_pool_free(pool);
  std::vector<std::uint8_t> unpacked(example.codes.size());
  BOOST_REQUIRE_EQUAL(trilane_unpack(example.matrix, unpacked.data(), unpacked.size()), TRILANE_OK);
  BOOST_TEST(unpacked == example.codes);
}

BOOST_AUTO_TEST_CASE(archs_by_name) {
  const std::string before = trilane_active_arch();
  BOOST_TEST(before == active_arch().name());
  BOOST_TEST(trilane_set_active_arch("scalar") == TRILANE_OK);
  BOOST_TEST(std::string_view(trilane_active_arch()) == "scalar");
  BOOST_TEST(trilane_set_active_arch(before.c_str()) == TRILANE_OK);
  require_failure(trilane_set_active_arch("nonsense"), TRILANE_INVALID_ARGUMENT, "nonsense");
  require_failure(trilane_set_active_arch(nullptr), TRILANE_INVALID_ARGUMENT, "null");
}

BOOST_AUTO_TEST_CASE(failures) {
  Example example;
  std::vector<float> y(n * rows);
  const auto gemm_with = [&](const trilane_matrix* matrix, const std::int8_t* q, float* to, std::size_t bytes) {
    return trilane_gemm(matrix, q, example.a.data(), n, to, example.workspace.data(), bytes, nullptr);
  };
  const std::size_t enough = example.workspace.size();
  require_failure(gemm_with(nullptr, example.q.data(), y.data(), enough), TRILANE_INVALID_ARGUMENT, "matrix is null");
  require_failure(gemm_with(example.matrix, nullptr, y.data(), enough), TRILANE_INVALID_ARGUMENT, "q is null");
  require_failure(gemm_with(example.matrix, example.q.data(), nullptr, enough), TRILANE_INVALID_ARGUMENT, "y is null");
  require_failure(gemm_with(example.matrix, example.q.data(), y.data(), 1), TRILANE_SIZE_MISMATCH, "workspace");
  example.x[5] = NAN;
  require_failure(
      trilane_quantize_activations(example.x.data(), n, cols, example.q.data(), example.a.data(), example.sums.data()),
      TRILANE_NOT_FINITE, "index 5");
  trilane_matrix* made = nullptr;
  require_failure(trilane_pack(example.codes.data(), 1, example.scales.data(), rows, rows, cols, TRILANE_TL2, &made),
                  TRILANE_SIZE_MISMATCH, "codes");
  std::fill(example.codes.begin(), example.codes.end(), std::uint8_t{0xFF});
  require_failure(trilane_pack(example.codes.data(), example.codes.size(), example.scales.data(), rows, rows, cols,
                               TRILANE_TL2, &made),
                  TRILANE_CORRUPT_DATA, "row 0");
  BOOST_TEST(made == nullptr);
  const std::size_t most = static_cast<std::size_t>(-1);
  require_failure(
      trilane_quantize_activations(example.x.data(), most, 3, example.q.data(), example.a.data(), example.sums.data()),
      TRILANE_OVERFLOW, "memory");
  BOOST_TEST(trilane_storage_bytes(static_cast<trilane_format>(3), 1, 1) == 0U);
  BOOST_TEST(trilane_storage_bytes(TRILANE_I2_S, 0, 1) == 0U);
  BOOST_TEST(trilane_pool_create(0) == nullptr);
  trilane_free(nullptr);
  trilane_pool_free(nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
