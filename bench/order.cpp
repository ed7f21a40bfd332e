#include "bench/order.hpp"

#include <numeric>
#include <utility>

namespace trilane::bench {

namespace {

/// A Weyl sequence through the finaliser of MurmurHash3, as in web/bench/order.ts: a page has no 64-bit integers that are fast.
class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}

  std::uint32_t next() {
    state_ += 0x9e3779b9U;
    std::uint32_t x = state_;
    x = (x ^ (x >> 16U)) * 0x85ebca6bU;
    x = (x ^ (x >> 13U)) * 0xc2b2ae35U;
    return x ^ (x >> 16U);
  }

 private:
  std::uint32_t state_;
};

}  // namespace

std::vector<std::size_t> shuffled(std::size_t count, std::uint32_t seed) {
  Random random(seed);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i-- > 1;) std::swap(order[i], order[random.next() % (i + 1)]);
  return order;
}

}  // namespace trilane::bench
