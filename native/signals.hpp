#pragma once

#include <sys/types.h>

#include <csignal>
#include <functional>
#include <string>

namespace trilane::cli {

/// To be called once, first. From now on signals that would end this process remove its UnfinishedFiles and end its children
/// before. A signal that is ignored at this moment stays ignored, as nohup wants it.
void handle_signals();

/// While it exists signals that would end this process wait.
class SignalsBlocked {
 public:
  SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked();

 private:
  sigset_t before_{};
};

/// A file that goes with the object, or with a signal that ends the process, unless keep() was called.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(std::string path);
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// It has got its name.
  void keep() { is_kept_ = 1; }

 private:
  friend void remove_unfinished_files() noexcept;
  const std::string path_;  // a signal handler reads it
  volatile std::sig_atomic_t is_kept_ = 0;
  UnfinishedFile* next_;
};

/// How signals that end this process end a child, too.
enum class ChildEnd {
  kill,            ///< at once: it may be a launch that is stopped or stuck
  terminate_group  ///< by SIGTERM, so that it can end what it started; it leads a process group of its own
};

/// fork(): the child runs `body`, which must not return and may do only what is safe between fork() and exec(). It handles and
/// blocks signals as this process did when it was started. Signals that end this process end the child too, and say in one
/// line that nothing was written (or what say_when_interrupted() gave), until forget_child(). Four children at a time; errno is
/// EAGAIN for a fifth.
pid_t fork_with_us(const std::function<void()>& body, ChildEnd end = ChildEnd::kill);
/// Before it is waited for.
void forget_child(pid_t child);

/// A descriptor that can be read from after a child has ended; has_ended() then says whether it is the one in question.
int child_events();
/// Takes what can be read there.
void clear_child_events();
/// True if the child has ended. It is still to be waited for.
bool has_ended(pid_t child);

/// From now on signals that end this process say this line, a text that lives as long as the program, whether a child runs or
/// not.
void say_when_interrupted(const char* line);

}  // namespace trilane::cli
