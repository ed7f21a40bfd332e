// Kernels may not even read outside their spans, and sanitizers do not look into arch units: here the pages before and
// after every span cannot be touched. POSIX only.

#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "check.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

/// Memory between two pages that fault.
template <class T>
class Fenced {
 public:
  explicit Fenced(std::size_t count) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    length_ = (count * sizeof(T) + page - 1) / page * page;
    mapped_ = length_ + 2 * page;
    base_ = static_cast<char*>(mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    BOOST_REQUIRE(base_ != MAP_FAILED);
    begin_ = base_ + page;
    BOOST_REQUIRE_EQUAL(mprotect(begin_, length_, PROT_READ | PROT_WRITE), 0);
  }
  ~Fenced() { munmap(base_, mapped_); }
  Fenced(const Fenced&) = delete;
  Fenced& operator=(const Fenced&) = delete;

  [[nodiscard]] std::span<T> at_start(std::size_t count) { return {reinterpret_cast<T*>(begin_), count}; }
  [[nodiscard]] std::span<T> at_end(std::size_t count) {
    return {reinterpret_cast<T*>(begin_ + length_ - count * sizeof(T)), count};
  }

 private:
  char* base_;
  char* begin_;
  std::size_t length_;
  std::size_t mapped_;
};

constexpr std::size_t most = 4500;

void check_bounds(std::size_t n) {
  static Fenced<float> weights_memory(most);
  static Fenced<float> restored_memory(most);
  static Fenced<float> scale_memory(1);
  static Fenced<std::uint8_t> codes_memory(most);
  const std::vector<float> input = oracle::seeded_weights(3, n);
  for_each_case({1, n}, [&](const Case& which) {
    const std::size_t bytes = storage_bytes(which.format, which.shape);
    for (const Arch arch : tested_archs()) {
      for (const bool end : {false, true}) {
        const auto weights = end ? weights_memory.at_end(n) : weights_memory.at_start(n);
        const auto restored = end ? restored_memory.at_end(n) : restored_memory.at_start(n);
        const auto scale = end ? scale_memory.at_end(1) : scale_memory.at_start(1);
        const auto codes = end ? codes_memory.at_end(bytes) : codes_memory.at_start(bytes);
        BOOST_TEST_CHECKPOINT(which.text(arch));
        std::copy(input.begin(), input.end(), weights.begin());
        quantize(weights, which.shape, which.format, {which.rule, which.granularity}, codes, scale, arch);
        dequantize(codes, scale, which.shape, which.format, restored, arch);
      }
    }
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds)

BOOST_AUTO_TEST_CASE(no_access_outside_spans) {
  for (std::size_t n = 1; n <= 400; ++n) check_bounds(n);
  for (std::size_t n = 4090; n <= 4100; ++n) check_bounds(n);
}

BOOST_AUTO_TEST_SUITE_END()
