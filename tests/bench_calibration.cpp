// What calibration.hpp says, with figures worked out by hand, and that calibrate() finds something at all.

#include "bench/calibration.hpp"

#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using boost::test_tools::tolerance;

namespace {

constexpr double rounding = 1e-12;

/// One thread at 2^14 and 2^18 bytes; what two threads do must not matter.
Calibration two_sizes() {
  Calibration calibration;
  calibration.bandwidth = {{1, 1U << 14, 100, 80, 60}, {1, 1U << 18, 20, 16, 12}, {2, 1U << 16, 999, 999, 999}};
  return calibration;
}

void check(const Bandwidth& is, double read, double copy, double fill) {
  BOOST_TEST(is.read == read, tolerance(rounding));
  BOOST_TEST(is.copy == copy, tolerance(rounding));
  BOOST_TEST(is.fill == fill, tolerance(rounding));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_calibration)

BOOST_AUTO_TEST_CASE(bandwidth_between_sizes) {
  const Calibration calibration = two_sizes();
  check(bandwidth_at(calibration, 1U << 14), 100, 80, 60);
  check(bandwidth_at(calibration, 1U << 18), 20, 16, 12);
  check(bandwidth_at(calibration, 1U << 16), 60, 48, 36);  // half way, counted in doublings
  check(bandwidth_at(calibration, 1U << 15), 80, 64, 48);
}

BOOST_AUTO_TEST_CASE(bandwidth_beyond_the_sizes) {
  const Calibration calibration = two_sizes();
  check(bandwidth_at(calibration, 0), 100, 80, 60);
  check(bandwidth_at(calibration, 1), 100, 80, 60);
  check(bandwidth_at(calibration, std::uint64_t{1} << 40), 20, 16, 12);
  check(bandwidth_at({}, 1U << 16), 0, 0, 0);
}

BOOST_AUTO_TEST_CASE(bound_of_a_case) {
  Calibration calibration;
  calibration.bandwidth = {{1, 1U << 10, 100, 80, 50}};
  Benchmark benchmark = test::benchmark("quantize/i2_s/65536", "avx2", {{1, 2, 3}});
  // Two reads of 262144 bytes at 100 GB/s take longer than 16388 written at 50.
  BOOST_TEST(roofline_of(calibration, benchmark).bandwidth_ns == 5242.88, tolerance(rounding));
  benchmark.op = "dequantize";
  std::swap(benchmark.bytes_read, benchmark.bytes_written);
  // 262144 bytes written at 50 GB/s.
  BOOST_TEST(roofline_of(calibration, benchmark).bandwidth_ns == 5242.88, tolerance(rounding));
  benchmark.bytes_read = 1 << 20;  // once
  BOOST_TEST(roofline_of(calibration, benchmark).bandwidth_ns == 10485.76, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(roofs_of_a_product) {
  Calibration calibration;
  calibration.bandwidth = {{1, 1U << 10, 100, 80, 50}, {2, 1U << 10, 150, 80, 50}};
  calibration.int8_mac = {{"ssse3", 1, 10}, {"avx2", 1, 20}, {"avx2", 2, 40}};
  Benchmark benchmark = test::benchmark("gemv/i2_s/640x2560", "avx2", {{1, 2, 3}});
  benchmark.op = "gemv";
  benchmark.elements = 1000;
  benchmark.bytes_read = 3000;
  benchmark.bytes_written = 100;
  Roofline roofline = roofline_of(calibration, benchmark);
  BOOST_TEST(roofline.bandwidth_ns == 30, tolerance(rounding));
  BOOST_TEST(roofline.int8_mac_ns == 50, tolerance(rounding));
  BOOST_TEST(roofline.bound_ns() == 50, tolerance(rounding));
  BOOST_TEST(roofline.bound_by_int8());
  benchmark.threads = 2;
  benchmark.elements = 100;
  roofline = roofline_of(calibration, benchmark);
  BOOST_TEST(roofline.bandwidth_ns == 20, tolerance(rounding));
  BOOST_TEST(roofline.int8_mac_ns == 2.5, tolerance(rounding));
  BOOST_TEST(!roofline.bound_by_int8());
  benchmark.op = "pack";  // multiplies nothing
  BOOST_TEST(roofline_of(calibration, benchmark).int8_mac_ns == 0);
}

BOOST_AUTO_TEST_CASE(no_bound_where_nothing_is_known) {
  Benchmark benchmark = test::benchmark("quantize/i2_s/65536", "avx2", {{1, 2, 3}});
  BOOST_TEST(roofline_of({}, benchmark).bound_ns() == 0);
  benchmark.op = "from_a_later_version";
  BOOST_TEST(roofline_of(two_sizes(), benchmark).bound_ns() == 0);
}

BOOST_AUTO_TEST_CASE(every_figure_is_measured) {
  double before = 0;
  const Calibration calibration = calibrate(1, true, [&](double share) {
    BOOST_TEST(share > before);
    before = share;
  });
  BOOST_TEST(before == 1, tolerance(rounding));
  BOOST_TEST(calibration.bandwidth.front().working_set <= 32U << 10U);
  BOOST_TEST(calibration.bandwidth.back().working_set >= 64U << 20U);
  for (const BandwidthPoint& point : calibration.bandwidth) {
    BOOST_TEST(point.threads == 1U);
    BOOST_TEST(point.read_gb_per_s > 0);
    BOOST_TEST(point.copy_gb_per_s > 0);
    BOOST_TEST(point.fill_gb_per_s > 0);
  }
  std::size_t runnable = 0;
  for (const Arch arch : archs()) runnable += arch.runnable() ? 1 : 0;
  BOOST_TEST(calibration.int8_mac.size() == runnable);
  for (const Int8Peak& peak : calibration.int8_mac) BOOST_TEST(peak.gmac_per_s > 0);
}

#ifndef __EMSCRIPTEN__
BOOST_AUTO_TEST_CASE(threads_are_measured_too) {
  const Calibration calibration = calibrate(2, true);
  std::size_t of_one = 0;
  std::size_t of_two = 0;
  for (const BandwidthPoint& point : calibration.bandwidth) (point.threads == 1 ? of_one : of_two) += 1;
  BOOST_TEST(of_one == of_two);
  BOOST_TEST(calibration.int8_mac.back().threads == 2U);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
