#pragma once

#include <cstddef>
#include <memory>

#include "trilane/api.h"

namespace trilane {

/// Where the parts of a product run. An engine with threads of its own implements this; others take ThreadPool.
class TRILANE_API Executor {
 public:
  virtual ~Executor() = default;

  /// Calls task(context, i) once for each i < count, on any threads and in any order, and returns when all are done. Tasks do
  /// not throw. A thread's floating-point environment does not matter.
  virtual void run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) = 0;
};

/// A few threads that wait for work. The thread that calls run() works too, so ThreadPool(1) starts none. In WebAssembly
/// there are none: only ThreadPool(1) exists.
class TRILANE_API ThreadPool final : public Executor {
 public:
  /// Throws invalid_argument for 0 threads, or for more than 1 where there are none.
  explicit ThreadPool(unsigned threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() override;

  /// One call at a time: a second one waits for the first.
  void run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trilane
