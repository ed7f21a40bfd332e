// Preloaded into the binary: tells a test what it does, so that the test waits for that and not for a time.
//
// TRILANE_TEST_LAUNCHES: a FIFO. Each launch of `bench --launches` writes its process id there as it starts, one line, and then
// waits for a byte of the FIFO TRILANE_TEST_GO.
// TRILANE_TEST_CORES: a file. Each choice of cores is a line there: how many, and the first of them.

#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

bool is_launch() {
  std::string arguments;
  std::array<char, 4096> piece{};
  const int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  for (ssize_t got = 0; (got = read(file, piece.data(), piece.size())) > 0;) {
    arguments.append(piece.data(), static_cast<std::size_t>(got));
  }
  close(file);
  return arguments.find("--is-launch") != std::string::npos;
}

__attribute__((constructor)) void announce() {
  const char* launches = std::getenv("TRILANE_TEST_LAUNCHES");
  const char* go = std::getenv("TRILANE_TEST_GO");
  if (launches == nullptr || go == nullptr || !is_launch()) return;
  const int to = open(launches, O_WRONLY | O_CLOEXEC);
  dprintf(to, "%d\n", static_cast<int>(getpid()));
  close(to);
  const int from = open(go, O_RDONLY | O_CLOEXEC);
  char byte = 0;
  if (read(from, &byte, 1) != 1) std::abort();
  close(from);
}

}  // namespace

extern "C" int sched_setaffinity(pid_t process, std::size_t size, const cpu_set_t* cores) noexcept {
  using Function = int(pid_t, std::size_t, const cpu_set_t*);
  if (const char* path = std::getenv("TRILANE_TEST_CORES")) {
    int first = 0;
    while (CPU_ISSET(first, cores) == 0) ++first;
    const int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    dprintf(file, "%d %d\n", CPU_COUNT(cores), first);
    close(file);
  }
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "sched_setaffinity"))(process, size, cores);
}
