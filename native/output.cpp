#include "native/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>
#include <utility>

#include "native/file_system.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

/// A name in the same folder that nobody has, probably.
std::string name_beside(const std::string& path) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t max_name = 240;  // of the 255 bytes that file systems allow
  const std::size_t name = path.rfind('/') + 1;
  std::string beside = path.substr(0, name + std::min(path.size() - name, max_name)) + ".";
  std::random_device random;
  for (int i = 0; i < 6; ++i) beside += letters[random() % letters.size()];
  return beside;
}

/// False if another user's file may not be replaced in its folder, as in /tmp.
bool may_replace(const std::string& path, uid_t owner) {
  struct stat folder {};
  if (stat(path.substr(0, path.rfind('/') + 1).c_str(), &folder) != 0) return true;
  return (folder.st_mode & S_ISVTX) == 0 || owner == geteuid() || folder.st_uid == geteuid();
}

/// The error of a write that close() alone reports, as network file systems do.
bool closes_well(int file) {
  const int copy = dup(file);
  return copy < 0 || close(copy) == 0;
}

std::ostream& nowhere() {
  static std::ostream stream(nullptr);
  return stream;
}

}  // namespace

safetensors::WriteAt writer_of(Output& output) {
  return [&output](std::uint64_t offset, std::span<const std::byte> bytes) { output.write_at(offset, bytes); };
}

void require_writable(const std::string& path) {
  struct stat status {};
  const bool is_special = stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
  if (!is_special) {
    const Output tried(path);
  } else if (access(path.c_str(), W_OK) != 0) {  // opening it may be an event to who is at the other end
    throw Error(ErrorCode::io, "cannot write " + path + ": " + std::strerror(errno));
  }
}

Output::Output(std::string path) : path_(std::move(path)) {
  if (path_.empty()) throw Error(ErrorCode::invalid_argument, "an output has no name: give a file, or - for stdout");
  is_stdout_ = path_ == "-" || is_open_as(path_, STDOUT_FILENO);
  if (is_stdout_) {
    path_ = "standard output";
    through_ = Descriptor(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!through_ || (fcntl(through_.get(), F_GETFL) & O_ACCMODE) == O_RDONLY) {
      errno = EBADF;
      fail("cannot open");
    }
    collect();
    return;
  }
  if (isatty(STDERR_FILENO) == 0 && is_open_as(path_, STDERR_FILENO)) {
    throw Error(ErrorCode::io, "cannot write " + path_ + ": it is standard error, where messages go");
  }
  struct stat status {};
  const bool exists = stat(path_.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) fail("cannot create");
  if (!exists) {
    target_ = follow_links(path_);
    if (!open_beside(0666, true)) fail("cannot create");
    return;
  }
  if (S_ISDIR(status.st_mode)) throw Error(ErrorCode::io, "cannot write " + path_ + ": it is a directory");
  if (!S_ISREG(status.st_mode)) {
    through_ = Descriptor(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!through_) fail("cannot open");
    collect();
    return;
  }
  // A link's target is replaced, not the link. A file that was deleted has no name: /proc/self/fd/3 still opens it.
  struct stat resolved {};
  if (char* real = realpath(path_.c_str(), nullptr)) {
    if (stat(real, &resolved) == 0 && resolved.st_ino == status.st_ino && resolved.st_dev == status.st_dev) {
      target_ = real;
    }
    std::free(real);
  }
  open_existing(!target_.empty() && !is_mount_point(target_) && may_replace(target_, status.st_uid),
                status.st_mode & 07777U);
}

void Output::open_existing(bool may_be_replaced, unsigned mode) {
  if (may_be_replaced) {
    if (open_beside(mode, false)) return;
    if (errno != EACCES && errno != EPERM && errno != EROFS) fail("cannot create");
  }
  through_ = Descriptor(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!through_) fail("cannot write");
  is_overwritten_ = true;
  collect();
}

/// False, with errno, if there can be no file beside it.
bool Output::open_beside(unsigned mode, bool is_new) {
  {
    const SignalsBlocked blocked;  // until the handler knows of it
    std::string name;
    do {
      name = name_beside(target_);
      // The permissions are given here: some file systems refuse to change them afterwards.
      file_ = Descriptor(open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777U));
    } while (!file_ && errno == EEXIST);
    if (!file_) return false;
    temporary_ = std::make_unique<UnfinishedFile>(name);
  }
  // A new file has what the umask leaves, an old one keeps what it had, where the file system can.
  struct stat status {};
  if (!is_new && fstat(file_.get(), &status) == 0 && (status.st_mode & 07777U) != mode) {
    static_cast<void>(fchmod(file_.get(), mode));
  }
  return true;
}

/// In a file without a name, until it is sent on.
void Output::collect() { file_ = open_temporary("what goes to " + path_); }

void Output::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && !temporary_) fail_temporary("what goes to " + path_);
    if (written < 0) fail("cannot write");
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void Output::commit() {
  if (!through_) {
    rename_to_target();
  } else if (is_overwritten_) {
    overwrite();
  } else {
    send_on();
  }
}

void Output::rename_to_target() {
  if (!flush(file_.get()) || !closes_well(file_.get())) fail("cannot write");
  if (rename(temporary_->path().c_str(), target_.c_str()) == 0) {
    temporary_->keep();
    file_.reset();
    return;
  }
  // What forbids it was not to be seen before: the finished file is not to be lost.
  const int refused = errno;
  through_ = Descriptor(open(target_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!through_) {
    errno = refused;
    fail("cannot create");
  }
  overwrite();
}

void Output::send_on() {
  std::array<std::byte, 65536> piece{};
  off_t offset = 0;
  for (;;) {
    const ssize_t got = pread(file_.get(), piece.data(), piece.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read back what goes to");
    if (got == 0) return;
    offset += got;
    std::span<const std::byte> rest(piece.data(), static_cast<std::size_t>(got));
    while (!rest.empty()) {
      const ssize_t written = ::write(through_.get(), rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EAGAIN) {  // who reads it has made it so
        pollfd wanted{.fd = through_.get(), .events = POLLOUT, .revents = 0};
        poll(&wanted, 1, -1);
        continue;
      }
      if (written < 0) fail("cannot write");
      rest = rest.subspan(static_cast<std::size_t>(written));
    }
  }
}

void Output::overwrite() {
  const SignalsBlocked blocked;  // half of it would be no file
  struct stat now {};
  struct stat before {};
  if (fstat(file_.get(), &now) != 0 || fstat(through_.get(), &before) != 0) fail("cannot write");
  // Only now, as nothing of it is overwritten yet, a full disk leaves it as it was.
  // Where the file system cannot reserve room, posix_fallocate() writes into each block beyond the end.
  const int error =
      now.st_size > before.st_size ? posix_fallocate(through_.get(), before.st_size, now.st_size - before.st_size) : 0;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO) {
    static_cast<void>(ftruncate(through_.get(), before.st_size));
    errno = error;
    fail("cannot write");
  }
  send_on();
  if (ftruncate(through_.get(), now.st_size) != 0 || !flush(through_.get()) || !closes_well(through_.get())) {
    fail("cannot write");
  }
}

std::ostream& Output::words() const {
  if (!is_stdout_) return std::cout;
  return notes();
}

std::ostream& Output::notes() const {
  const bool is_in_data = is_stdout_ && isatty(STDERR_FILENO) == 0 && is_same(STDOUT_FILENO, STDERR_FILENO);
  return is_in_data ? nowhere() : std::cerr;
}

void Output::fail(const char* what) const {
  throw Error(ErrorCode::io, std::string(what) + " " + path_ + ": " + std::strerror(errno));
}

}  // namespace trilane::cli
