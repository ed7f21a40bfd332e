#include <atomic>
#include <string>

#include "trilane/error.hpp"
#include "trilane/executor.hpp"

#ifndef __EMSCRIPTEN__
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
#endif

namespace trilane {

namespace {

void require_a_thread(unsigned threads) {
  if (threads == 0) throw Error(ErrorCode::invalid_argument, "a pool has at least 1 thread");
}

}  // namespace

#ifdef __EMSCRIPTEN__

struct ThreadPool::State {};

ThreadPool::ThreadPool(unsigned threads) {
  require_a_thread(threads);
  if (threads > 1) {
    throw Error(ErrorCode::invalid_argument, "WebAssembly has one thread here, not " + std::to_string(threads));
  }
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) {
  for (std::size_t i = 0; i < count; ++i) task(context, i);
}

#else

namespace {

/// How often a thread looks for work before it sleeps: products follow one another within microseconds.
constexpr int looks = 20000;

void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

// Threads take tasks by counting `untaken` down. Whoever takes one may read the job: run() does not return, and so none of it
// changes, before every task is done. A thread that wakes too late finds nothing to take, and nobody waits for it.
struct ThreadPool::State {
  std::mutex one_call;
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> untaken = 0;
  std::atomic<std::size_t> undone = 0;
  std::size_t count = 0;
  void (*task)(void*, std::size_t) = nullptr;
  void* context = nullptr;
  std::vector<std::thread> threads;

  void work() noexcept {
    std::size_t left = untaken.load(std::memory_order_acquire);
    while (left > 0) {
      if (!untaken.compare_exchange_weak(left, left - 1, std::memory_order_acquire)) continue;
      task(context, count - left);
      undone.fetch_sub(1, std::memory_order_release);
      left = untaken.load(std::memory_order_acquire);
    }
  }

  /// Waits for tasks; false if there will be none.
  bool await() {
    const auto awake = [&] { return stopping || untaken.load(std::memory_order_relaxed) > 0; };
    for (int look = 0; look < looks; ++look) {
      if (awake()) return !stopping;
      pause();
    }
    std::unique_lock lock(mutex);
    wake.wait(lock, awake);
    return !stopping;
  }

  void serve() {
    while (await()) work();
  }

  void stop() noexcept {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (std::thread& thread : threads) thread.join();
  }
};

ThreadPool::ThreadPool(unsigned threads) : state_(std::make_unique<State>()) {
  require_a_thread(threads);
  try {
    for (unsigned i = 1; i < threads; ++i) state_->threads.emplace_back([this] { state_->serve(); });
  } catch (...) {
    state_->stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { state_->stop(); }

void ThreadPool::run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) {
  State& state = *state_;
  const std::lock_guard one_call(state.one_call);
  state.count = count;
  state.task = task;
  state.context = context;
  state.undone.store(count, std::memory_order_relaxed);
  {
    const std::lock_guard lock(state.mutex);  // no thread may be between looking and sleeping
    state.untaken.store(count, std::memory_order_release);
  }
  state.wake.notify_all();
  state.work();
  while (state.undone.load(std::memory_order_acquire) != 0) pause();
}

#endif

}  // namespace trilane
