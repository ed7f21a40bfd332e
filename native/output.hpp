#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "trilane/conversion.hpp"

namespace trilane::cli {

struct Unfinished;

/// A file that appears whole or not at all: it is written beside its place under another name and renamed by commit().
/// Without commit() nothing remains. `-` is stdout; what goes there, to a device or to a pipe waits in a file without a name
/// and is written by commit(). Errors are ErrorCode::io and name the path. Two at most are open at a time.
class Output {
 public:
  explicit Output(std::string path);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  void write(std::string_view text) { write_at(0, std::as_bytes(std::span(text))); }

  /// Makes it durable and gives it its name, or sends it on.
  void commit();

 private:
  void open_beside(bool exists, unsigned mode);
  void send_on();
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  Unfinished* unfinished_ = nullptr;  // what the signal handler removes
  std::string temporary_;             // the unfinished file's name; empty where it has none
  int file_ = -1;                     // the unfinished file
  int through_ = -1;                  // stdout, device or pipe
};

/// As what conversions write to; `output` must outlive it.
safetensors::WriteAt writer_of(Output& output);

/// Has SIGINT, SIGTERM and SIGHUP remove the file that is being written, and end the child of fork_with_us(), before they end
/// the process.
void handle_signals();

/// How signals that end this process end a child, too.
enum class ChildEnd {
  kill,            ///< at once: it may be a launch that is stopped or stuck
  terminate_group  ///< by SIGTERM, so that it can end what it started; it leads a process group of its own
};

/// fork(): the child runs `body`, which must not return and may do only what is safe between fork() and exec(). Signals that end
/// this process end the child too, and say in one line that nothing was written (or what say_when_interrupted() gave), until
/// forget_child(). Four children at a time; errno is EAGAIN for a fifth.
pid_t fork_with_us(const std::function<void()>& body, ChildEnd end = ChildEnd::kill);
/// After it was waited for.
void forget_child(pid_t child);

/// From now on signals that end this process say this line, a text that lives as long as the program, whether a child runs or
/// not.
void say_when_interrupted(const char* line);

}  // namespace trilane::cli
