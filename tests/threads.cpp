// Executors: every task runs once, and products do not depend on where.

#include <array>
#include <atomic>
#include <thread>

#include "check.hpp"
#include "oracle/products.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

#ifdef __EMSCRIPTEN__
constexpr unsigned most_threads = 1;
#else
constexpr unsigned most_threads = 4;
#endif

/// A caller's own executor: the last task first, on the calling thread.
class Backwards final : public Executor {
 public:
  void run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) override {
    ++calls;
    while (count > 0) task(context, --count);
  }
  int calls = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(every_task_runs_once) {
  for (unsigned threads = 1; threads <= most_threads; ++threads) {
    ThreadPool pool(threads);
    for (const std::size_t count : {0, 1, 2, 3, 7, 100, 1000}) {
      std::vector<std::atomic<int>> ran(count);
      pool.run(
          count, [](void* context, std::size_t i) { ++(*static_cast<std::vector<std::atomic<int>>*>(context))[i]; },
          &ran);
      for (const auto& times : ran) BOOST_REQUIRE_EQUAL(times, 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pool_has_threads) {
  require_error([] { ThreadPool pool(0); }, ErrorCode::invalid_argument, {"1 thread"});
#ifdef __EMSCRIPTEN__
  require_error([] { ThreadPool pool(2); }, ErrorCode::invalid_argument, {"WebAssembly"});
#endif
}

BOOST_AUTO_TEST_CASE(products_do_not_depend_on_threads) {
  constexpr std::size_t n = 9;
  Backwards backwards;
  std::vector<std::unique_ptr<Executor>> pools;
  for (unsigned threads = 1; threads <= most_threads; ++threads) pools.push_back(std::make_unique<ThreadPool>(threads));
  for (const Shape shape : {Shape{1, 129}, Shape{64, 128}, Shape{65, 2560}, Shape{333, 300}}) {
    const auto x = oracle::seeded_weights(2, n * shape.cols);
    std::vector<std::int8_t> q(n * shape.cols);
    std::vector<float> a(n);
    std::vector<std::int32_t> q_sums(n);
    quantize_activations(x, shape.cols, q, a, q_sums);
    for_each_case(shape, [&](const Case& which) {
      const auto stored = oracle::quantize(oracle::seeded_weights(1, shape.rows * shape.cols), shape, which.format,
                                           which.rule, which.granularity);
      for (const Arch arch : tested_archs()) {
        const PackedMatrix w(stored.codes, stored.scales, shape, which.format, arch);
        std::vector<std::byte> workspace(workspace_bytes(w, n));
        std::vector<float> wanted(n * shape.rows);
        gemm(w, {q, a}, wanted, workspace);
        const auto check = [&](Executor& executor) {
          std::vector<float> y(n * shape.rows);
          gemm(w, {q, a}, y, workspace, &executor);
          require_same_bits<float>(y, wanted, "y", which, arch);
        };
        for (const auto& pool : pools) check(*pool);
        check(backwards);
      }
    });
  }
  BOOST_TEST(backwards.calls > 0);
}

#ifndef __EMSCRIPTEN__
BOOST_AUTO_TEST_CASE(calls_from_several_threads_take_turns) {
  ThreadPool pool(3);
  std::atomic<int> ran = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        pool.run(
            10, [](void* context, std::size_t) { ++*static_cast<std::atomic<int>*>(context); }, &ran);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  BOOST_TEST(ran == 4 * 200 * 10);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
