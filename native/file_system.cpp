#include "native/file_system.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

namespace fs = std::filesystem;

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

bool is_null_device(const struct stat& status) { return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3); }

bool is_same(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && !is_null_device(one);
}

/// A path of /proc/self/mountinfo, which has spaces and the like as octal numbers: "\040".
std::string without_octal(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::strtoul(text.substr(i + 1, 3).c_str(), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// What tells files apart: the inode of one that exists, else the name in its folder.
struct Identity {
  std::optional<struct stat> status;
  fs::path name;
};

Identity identity_of(const std::string& path) {
  Identity identity;
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) identity.status = status;
  const fs::path end = follow_links(path);
  std::error_code ignored;
  identity.name = fs::weakly_canonical(end.has_parent_path() ? end.parent_path() : ".", ignored) / end.filename();
  return identity;
}

bool is_same(const Identity& one, const Identity& other) {
  if (one.status && other.status) return is_same(*one.status, *other.status);
  return !one.status && !other.status && one.name == other.name;
}

}  // namespace

void occupy_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free: this one, since those below are taken.
    static_cast<void>(open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

Descriptor open_temporary(const std::string& content) {
  const std::string folder = temporary_folder();
  Descriptor file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) {  // not every file system has files that never had a name
    std::string name = folder + "/trilane-XXXXXX";
    file = Descriptor(mkostemp(name.data(), O_CLOEXEC));
    if (file) unlink(name.c_str());
  }
  if (!file) fail_temporary(content);
  return file;
}

void fail_temporary(const std::string& content) {
  const int error = errno;
  throw Error(ErrorCode::io, "cannot keep " + content + " in a temporary file in " + temporary_folder() +
                                 " (TMPDIR can name another folder): " + std::strerror(error));
}

bool flush(int file) {
  int status = 0;
  do {
    status = fsync(file);
  } while (status != 0 && errno == EINTR);
  return status == 0 || errno == EINVAL || errno == EPERM || errno == ENOSYS || errno == ENOTSUP;
}

bool is_mount_point(const std::string& path) {
  // Not by st_dev: what is mounted with --bind may be of the same device.
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string field;
    for (int i = 0; i < 5; ++i) fields >> field;
    if (without_octal(field) == path) return true;
  }
  return false;
}

std::string follow_links(std::string path) {
  constexpr int max_links = 40;  // as Linux
  std::error_code error;
  for (int i = 0; i < max_links; ++i) {
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = (fs::path(path).parent_path() / target).string();
  }
  return path;
}

bool is_open_as(const std::string& path, int descriptor) {
  struct stat named {};
  struct stat opened {};
  return stat(path.c_str(), &named) == 0 && fstat(descriptor, &opened) == 0 && is_same(named, opened);
}

bool is_same(int one, int other) {
  struct stat first {};
  struct stat second {};
  return fstat(one, &first) == 0 && fstat(other, &second) == 0 && is_same(first, second);
}

void require_apart(const std::vector<NamedOutput>& outputs) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::invalid_argument, why); };
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [option, path] = outputs[i];
    if (path.empty()) continue;
    const std::string named = option + ": '" + path + "' ";
    if (is_open_as(path, STDOUT_FILENO)) refuse(named + "is standard output, where other text goes");
    if (is_open_as(path, STDERR_FILENO)) refuse(named + "is standard error, where messages go");
    for (std::size_t j = 0; j < i; ++j) {
      if (outputs[j].path.empty() || !is_same(identity_of(path), identity_of(outputs[j].path))) continue;
      refuse(named + "is also the file of " + outputs[j].option);
    }
  }
}

}  // namespace trilane::cli
