#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "bench/baseline.hpp"
#include "bench/suite.hpp"

// What the processor itself counts: a second signal beside the times, all but free of noise. Linux lends it, where it is
// permitted and the machine has such counters; a virtual machine mostly has none.

namespace trilane::bench {

/// What is asked of the system, so that a test can stand in for it.
struct CounterSystem {
  enum class Event { instructions, cycles };
  enum class Command { start, stop };

  /// A descriptor for a stopped counter of the calling thread's user space, or -errno. The counter belongs to the group that
  /// `leader` leads and counts when that does; -1: it leads one itself.
  std::function<int(Event event, int leader)> open;
  /// Of a whole group, by its leader. False if it fails.
  std::function<bool(int leader, Command command)> control;
  /// Fills `words` with a group's number of counters, the nanoseconds it was to count, those it did count, and the counts in the
  /// order of opening, all since then. False if it cannot fill all of them.
  std::function<bool(int leader, std::span<std::uint64_t> words)> read;
  std::function<void(int descriptor)> close;
  /// What /proc/sys/kernel/perf_event_paranoid says; none if there is none.
  std::function<std::optional<int>()> paranoid;
};

/// Linux's perf events; elsewhere, WebAssembly included, a system whose open() answers ENOSYS.
CounterSystem this_system();

/// The two counters of the thread that made it, opened once. Without them why_not() says so and there are no counts: none are
/// made up from anything else.
class Counters {
 public:
  explicit Counters(CounterSystem system = this_system());
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;
  ~Counters();

  /// Why there are no counters, as the end of a sentence: "perf_event_paranoid is 3, …". Empty if there are.
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

  /// The least of three runs of `iterations` calls each, by iteration: what disturbs a run only adds to its counts. None without
  /// counters, and none if another program held the processor's counters for part of every run. Enough iterations (a
  /// millisecond's) make what is counted around them, some hundred instructions, vanish. A job of several threads would be counted
  /// by half: those of a pool take what is left, and look for work while there is none.
  [[nodiscard]] std::optional<EventCounts> count(Job& job, std::size_t iterations);

 private:
  std::optional<EventCounts> count_once(Job& job, std::size_t iterations);
  void close();

  CounterSystem system_;
  int leader_ = -1;
  int member_ = -1;
  std::string why_not_;
};

}  // namespace trilane::bench
