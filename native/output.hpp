#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "trilane/conversion.hpp"

namespace trilane::cli {

/// A file that appears whole or not at all: it is written beside its place under another name and renamed by commit().
/// Without commit() nothing remains. `-` is stdout; what goes there, to a device or to a pipe waits in a file without a name
/// and is written by commit(). Errors are ErrorCode::io and name the path.
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
  std::string temporary_;  // the unfinished file's name; empty where it has none
  int file_ = -1;          // the unfinished file
  int through_ = -1;       // stdout, device or pipe
};

/// As what conversions write to; `output` must outlive it.
safetensors::WriteAt writer_of(Output& output);

/// Has SIGINT, SIGTERM and SIGHUP remove the file that is being written before they end the process.
void handle_signals();

}  // namespace trilane::cli
