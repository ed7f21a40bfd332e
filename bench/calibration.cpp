#include "bench/calibration.hpp"

#include <algorithm>
#include <cmath>

#include "bench/aligned.hpp"
#include "bench/clock.hpp"
#include "bench/suite.hpp"
#include "kernels/registry.hpp"
#include "trilane/arch.hpp"

#ifndef __EMSCRIPTEN__
#include <barrier>
#include <thread>
#endif

namespace trilane::bench {

namespace {

constexpr std::size_t smallest_set = std::size_t{16} << 10U;
constexpr std::size_t largest_set = std::size_t{256} << 20U;
constexpr std::size_t step_of_sets = 4;

/// The best of several times, in nanoseconds, of what `work(thread)` does `rounds` times on `threads` threads at once.
template <class Work>
double best_ns(unsigned threads, int repetitions, std::size_t rounds, const Work& work) {
  double best = INFINITY;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    double start = 0;
#ifndef __EMSCRIPTEN__
    if (threads > 1) {
      std::barrier together(static_cast<std::ptrdiff_t>(threads));
      std::vector<std::thread> others;
      const auto run = [&](unsigned thread) {
        together.arrive_and_wait();
        for (std::size_t i = 0; i < rounds; ++i) work(thread);
      };
      for (unsigned thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
      together.arrive_and_wait();
      start = now_ns();
      for (std::size_t i = 0; i < rounds; ++i) work(0);
      for (std::thread& other : others) other.join();
    }
#endif
    if (threads == 1) {
      start = now_ns();
      for (std::size_t i = 0; i < rounds; ++i) work(0);
    }
    best = std::min(best, now_ns() - start);
  }
  return best;
}

/// So many rounds that they last `least_ns`, from the time of some: a time that may hold a stall, or code that a JIT has
/// not optimised yet, so they have to last again.
template <class Work>
std::size_t rounds_for(double least_ns, const Work& work) {
  std::size_t rounds = 1;
  for (;;) {
    const double taken = best_ns(1, 1, rounds, work);
    if (taken >= least_ns && best_ns(1, 2, rounds, work) >= least_ns / 2) return rounds;
    rounds *= taken < least_ns / 10 ? 8 : 2;
  }
}

struct Effort {
  double least_ns;
  int repetitions;
};

BandwidthPoint measure_bandwidth(const KernelTable& kernels, unsigned threads, std::size_t set, Effort effort) {
  const std::size_t n = set / sizeof(float);
  std::vector<Buffer<float>> buffers(threads, Buffer<float>(n, 1.0F));
  std::vector<float> results(threads);
  const auto gb_per_s = [&](const auto& work) {
    const std::size_t rounds = rounds_for(effort.least_ns, work);
    const double ns = best_ns(threads, effort.repetitions, rounds, work);
    return static_cast<double>(set) * static_cast<double>(rounds) * threads / ns;
  };
  BandwidthPoint point;
  point.threads = threads;
  point.working_set = set;
  point.read_gb_per_s = gb_per_s([&](unsigned i) { kernels.probe_read(buffers[i].data(), n, &results[i]); });
  point.fill_gb_per_s = gb_per_s([&](unsigned i) { kernels.probe_fill(buffers[i].data(), n, 1.0F); });
  // Half the set is copied onto the other half: as many bytes are touched as above.
  point.copy_gb_per_s =
      gb_per_s([&](unsigned i) { kernels.probe_copy(buffers[i].data(), n / 2, buffers[i].data() + n / 2); });
  return point;
}

double measure_int8_peak(const KernelTable& kernels, unsigned threads, Effort effort) {
  constexpr std::uint64_t steps = 2000;
  std::vector<std::int32_t> results(threads);
  std::vector<std::uint64_t> products(threads);
  const auto work = [&](unsigned i) { products[i] = kernels.probe_int8_mac(steps, &results[i]); };
  const std::size_t rounds = rounds_for(effort.least_ns, work);
  const double ns = best_ns(threads, effort.repetitions, rounds, work);
  return static_cast<double>(products[0]) * static_cast<double>(rounds) * threads / ns;
}

}  // namespace

Calibration calibrate(unsigned threads, bool quick, const std::function<void(double)>& progress) {
  const double ms = 1e6;
  const Effort effort{std::max(1000 * measure_tick_ns(), (quick ? 1 : 4) * ms), quick ? 4 : 12};
  std::vector<unsigned> thread_counts{1};
  if (threads > 1) thread_counts.push_back(threads);
  std::vector<std::size_t> sets;
  for (std::size_t set = smallest_set; set <= largest_set; set *= step_of_sets) sets.push_back(set);
  std::vector<Arch> runnable;
  for (const Arch& arch : archs()) {
    if (arch.runnable()) runnable.push_back(arch);
  }

  const auto steps = static_cast<double>(thread_counts.size() * (sets.size() + runnable.size()));
  double done = 0;
  const auto advance = [&] {
    if (progress) progress(++done / steps);
  };
  Calibration calibration;
  for (const unsigned count : thread_counts) {
    for (const std::size_t set : sets) {
      calibration.bandwidth.push_back(measure_bandwidth(runnable.back().kernels(), count, set, effort));
      advance();
    }
    for (const Arch& arch : runnable) {
      calibration.int8_mac.push_back(
          {std::string(arch.name()), count, measure_int8_peak(arch.kernels(), count, effort)});
      advance();
    }
  }
  return calibration;
}

Bandwidth bandwidth_at(const Calibration& calibration, std::uint64_t bytes, std::uint64_t threads) {
  std::vector<BandwidthPoint> points;
  for (const BandwidthPoint& point : calibration.bandwidth) {
    if (point.threads == threads) points.push_back(point);
  }
  if (points.empty()) return {0, 0, 0};
  const auto above = std::find_if(points.begin(), points.end(), [&](const auto& p) { return p.working_set >= bytes; });
  if (above == points.begin() || above == points.end()) {
    const BandwidthPoint& end = above == points.begin() ? points.front() : points.back();
    return {end.read_gb_per_s, end.copy_gb_per_s, end.fill_gb_per_s};
  }
  const BandwidthPoint& below = *(above - 1);
  const auto size = [](std::uint64_t set) { return std::log(static_cast<double>(set)); };
  const double t = (size(bytes) - size(below.working_set)) / (size(above->working_set) - size(below.working_set));
  return {std::lerp(below.read_gb_per_s, above->read_gb_per_s, t),
          std::lerp(below.copy_gb_per_s, above->copy_gb_per_s, t),
          std::lerp(below.fill_gb_per_s, above->fill_gb_per_s, t)};
}

Roofline roofline_of(const Calibration& calibration, const Benchmark& benchmark) {
  const Operation* operation = find_operation(benchmark.op);
  if (operation == nullptr) return {};
  Roofline roofline;
  const std::uint64_t working_set = (benchmark.bytes_read + benchmark.bytes_written) / benchmark.threads;
  const Bandwidth bandwidth = bandwidth_at(calibration, working_set, benchmark.threads);
  if (bandwidth.read > 0 && bandwidth.fill > 0) {
    const double read_ns = operation->read_passes * static_cast<double>(benchmark.bytes_read) / bandwidth.read;
    const double write_ns = static_cast<double>(benchmark.bytes_written) / bandwidth.fill;
    roofline.bandwidth_ns = std::max(read_ns, write_ns);
  }
  if (operation->multiplies) {
    for (const Int8Peak& peak : calibration.int8_mac) {
      if (peak.arch == benchmark.arch && peak.threads == benchmark.threads) {
        roofline.int8_mac_ns = static_cast<double>(benchmark.elements) / peak.gmac_per_s;
      }
    }
  }
  return roofline;
}

}  // namespace trilane::bench
