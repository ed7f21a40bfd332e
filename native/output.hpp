#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace trilane::cli {

/// A file that appears whole or not at all: it is written beside its place under another name and renamed by commit().
/// Without commit() nothing remains. `-` is stdout; a device or a pipe is written through. Errors are ErrorCode::io and
/// name the path.
class Output {
 public:
  explicit Output(std::string path);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// True for a file, where write_at() works.
  [[nodiscard]] bool seekable() const noexcept { return !temporary_.empty(); }

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);

  /// Makes it durable and gives it its name.
  void commit();

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string temporary_;  // empty: written through
  int file_ = -1;
  bool owned_ = true;
};

/// Has SIGINT, SIGTERM and SIGHUP remove the file that is being written before they end the process.
void remove_unfinished_output_on_signals();

}  // namespace trilane::cli
