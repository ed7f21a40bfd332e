#include "native/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "native/file_system.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

Input::Input(const std::string& path, std::uint64_t most) : name_(path == "-" ? "standard input" : path) {
  file_ = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file_ < 0 || fstat(file_, &status) != 0) fail("cannot open");
  if (S_ISDIR(status.st_mode))
    throw Error(ErrorCode::bad_file, "cannot read " + name_ + ": it is a directory; name a file in it");
  if (S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    require_at_most(most);
  } else {
    spool(most);
  }
}

void Input::require_at_most(std::uint64_t most) const {
  if (size_ <= most) return;
  throw Error(ErrorCode::bad_file, "cannot read " + name_ + ": it is longer than the " + std::to_string(most >> 20U) +
                                       " MiB that such a file may have");
}

Input::~Input() {
  if (file_ >= 0) close(file_);
}

void Input::spool(std::uint64_t most) {
  const std::string content = "what comes from " + name_;
  const Descriptor pipe(std::exchange(file_, -1));
  file_ = open_temporary(content).release();
  std::array<std::byte, 65536> piece{};
  for (;;) {
    const ssize_t got = ::read(pipe.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read");
    if (got == 0) return;
    std::span<const std::byte> rest(piece.data(), static_cast<std::size_t>(got));
    while (!rest.empty()) {
      const ssize_t written = pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_temporary(content);
      size_ += static_cast<std::uint64_t>(written);
      rest = rest.subspan(static_cast<std::size_t>(written));
    }
    require_at_most(most);
  }
}

void Input::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read");
    if (got == 0) throw Error(ErrorCode::bad_file, name_ + " became shorter while it was read");
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void Input::fail(const char* what) const {
  throw Error(ErrorCode::bad_file, std::string(what) + " " + name_ + ": " + std::strerror(errno));
}

safetensors::ReadAt reader_of(const Input& input) {
  return [&input](std::uint64_t offset, std::span<std::byte> bytes) { input.read(offset, bytes); };
}

std::string read_text(const std::string& path) {
  constexpr std::uint64_t most_text = std::uint64_t{1} << 30U;  // a baseline of 10,000 cases has 40 MiB
  const Input input(path, most_text);
  std::string text(input.size(), '\0');
  input.read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace trilane::cli
