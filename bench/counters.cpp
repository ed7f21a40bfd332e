#include "bench/counters.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#ifdef __linux__
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#endif

namespace trilane::bench {

namespace {

constexpr std::size_t runs = 3;

/// Of the time that a run took. What is missing of 1 is the kernel's own work between its two clocks, not another program.
constexpr double least_share_counted = 0.999;

/// The kernel's own default lets everyone count their own user space up to here; distributions add a level that does not.
constexpr int most_permissive_paranoid = 2;

std::string reason(int error, std::optional<int> paranoid) {
  switch (error) {
    case EACCES:
    case EPERM:
      if (paranoid && *paranoid > most_permissive_paranoid) {
        return "perf_event_paranoid is " + std::to_string(*paranoid) + ", and 2 or less permits them";
      }
      return "perf_event_open() is not permitted here, as in most containers";
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP: return "this processor, or the virtual machine, has no counters to lend";
    case ENOSYS: return "this system has no perf events";
    default: return std::string("perf_event_open() fails: ") + std::strerror(error);
  }
}

}  // namespace

#ifdef __linux__

CounterSystem this_system() {
  using System = CounterSystem;
  return {
      .open = [](System::Event event, int leader) -> int {
        perf_event_attr attributes{};
        attributes.size = sizeof attributes;
        attributes.type = PERF_TYPE_HARDWARE;
        attributes.config =
            event == System::Event::instructions ? PERF_COUNT_HW_INSTRUCTIONS : PERF_COUNT_HW_CPU_CYCLES;
        attributes.exclude_kernel = 1;
        attributes.exclude_hv = 1;
        attributes.disabled = leader < 0;
        attributes.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
        constexpr int this_thread = 0;
        constexpr int any_cpu = -1;
        const long got = syscall(SYS_perf_event_open, &attributes, this_thread, any_cpu, leader, PERF_FLAG_FD_CLOEXEC);
        return got < 0 ? -errno : static_cast<int>(got);
      },
      .control = [](int leader, System::Command command) -> bool {
        const unsigned long request =
            command == System::Command::start ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE;
        return ioctl(leader, request, PERF_IOC_FLAG_GROUP) == 0;
      },
      .read = [](int leader, std::span<std::uint64_t> words) -> bool {
        return ::read(leader, words.data(), words.size_bytes()) == static_cast<ssize_t>(words.size_bytes());
      },
      .close = [](int descriptor) { ::close(descriptor); },
      .paranoid = []() -> std::optional<int> {
        std::ifstream file("/proc/sys/kernel/perf_event_paranoid");
        int level = 0;
        return file >> level ? std::optional(level) : std::nullopt;
      },
  };
}

#else

CounterSystem this_system() {
  return {.open = [](CounterSystem::Event, int) { return -ENOSYS; },
          .control = [](int, CounterSystem::Command) { return false; },
          .read = [](int, std::span<std::uint64_t>) { return false; },
          .close = [](int) {},
          .paranoid = [] { return std::optional<int>(); }};
}

#endif

Counters::Counters(CounterSystem system) : system_(std::move(system)) {
  leader_ = system_.open(CounterSystem::Event::instructions, -1);
  if (leader_ >= 0) member_ = system_.open(CounterSystem::Event::cycles, leader_);
  if (leader_ >= 0 && member_ >= 0) return;
  why_not_ = reason(-std::min(leader_, member_), system_.paranoid());
  close();
}

Counters::~Counters() { close(); }

void Counters::close() {
  for (int* descriptor : {&member_, &leader_}) {
    if (*descriptor >= 0) system_.close(*descriptor);
    *descriptor = -1;
  }
}

std::optional<EventCounts> Counters::count(Job& job, std::size_t iterations) {
  if (!why_not_.empty()) return std::nullopt;
  std::optional<EventCounts> least;
  for (std::size_t i = 0; i < runs; ++i) {
    const auto counts = count_once(job, iterations);
    if (!counts) continue;
    least = least ? EventCounts{std::min(least->instructions, counts->instructions),
                                std::min(least->cycles, counts->cycles)}
                  : *counts;
  }
  return least;
}

std::optional<EventCounts> Counters::count_once(Job& job, std::size_t iterations) {
  std::array<std::uint64_t, 5> before{};
  std::array<std::uint64_t, 5> after{};
  if (!system_.read(leader_, before) || !system_.control(leader_, CounterSystem::Command::start)) return std::nullopt;
  for (std::size_t i = 0; i < iterations; ++i) {
    job.run();
    asm volatile("" : : : "memory");  // as the sampler
  }
  if (!system_.control(leader_, CounterSystem::Command::stop) || !system_.read(leader_, after)) return std::nullopt;
  const auto since = [&](std::size_t word) { return static_cast<double>(after[word] - before[word]); };
  const bool all_the_time = since(2) >= least_share_counted * since(1);
  if (after[0] != 2 || !all_the_time || since(3) <= 0 || since(4) <= 0) return std::nullopt;
  const auto count = static_cast<double>(iterations);
  return EventCounts{since(3) / count, since(4) / count};
}

}  // namespace trilane::bench
