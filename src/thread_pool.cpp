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

// A call of run() is a round. Threads take the numbers of its tasks from `next`; the last that has done its part ends it.
struct ThreadPool::State {
  std::mutex one_call;
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<std::uint64_t> round = 0;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> next = 0;
  std::atomic<unsigned> busy = 0;
  std::size_t count = 0;
  void (*task)(void*, std::size_t) = nullptr;
  void* context = nullptr;
  std::vector<std::thread> threads;

  void work() noexcept {
    for (std::size_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) task(context, i);
  }

  /// Waits for a round other than `seen`; false if there will be none.
  bool await(std::uint64_t seen) {
    for (int look = 0; look < looks; ++look) {
      if (round.load(std::memory_order_acquire) != seen || stopping.load(std::memory_order_relaxed)) break;
      pause();
    }
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return stopping || round != seen; });
    return !stopping;
  }

  void serve() {
    for (std::uint64_t seen = 0; await(seen);) {
      ++seen;
      work();
      busy.fetch_sub(1, std::memory_order_release);
    }
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
  {
    const std::lock_guard lock(state.mutex);
    state.count = count;
    state.task = task;
    state.context = context;
    state.next.store(0, std::memory_order_relaxed);
    state.busy.store(static_cast<unsigned>(state.threads.size()), std::memory_order_relaxed);
    state.round.fetch_add(1, std::memory_order_release);
  }
  state.wake.notify_all();
  state.work();
  while (state.busy.load(std::memory_order_acquire) != 0) pause();
}

#endif

}  // namespace trilane
