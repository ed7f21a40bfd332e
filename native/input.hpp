#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "trilane/safetensors.hpp"

namespace trilane::cli {

/// A file to read at any place. `-` and pipes are first copied to a temporary file without a name. Errors are
/// ErrorCode::bad_file and name the path.
class Input {
 public:
  /// Of `most` bytes at most: what is longer is no such file, or never ends.
  explicit Input(const std::string& path, std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Fills `bytes`; the file must have that many from `offset` on.
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  void spool(std::uint64_t most);
  void require_at_most(std::uint64_t most) const;
  [[noreturn]] void fail(const char* what) const;

  std::string name_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

/// As what safetensors::Reader reads from; `input` must outlive it.
safetensors::ReadAt reader_of(const Input& input);

/// The whole of a text file.
std::string read_text(const std::string& path);

}  // namespace trilane::cli
