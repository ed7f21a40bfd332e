// Preloaded into the binary: makes the system calls fail that TRILANE_TEST_REFUSE names, as file systems do which do not have
// them, or which are broken: "fchmod=EPERM fsync=EIO".

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace {

constexpr std::pair<const char*, int> errors[] = {
    {"EPERM", EPERM},     {"EACCES", EACCES}, {"EIO", EIO},     {"EINVAL", EINVAL}, {"ENOSYS", ENOSYS},
    {"ENOTSUP", ENOTSUP}, {"ENOSPC", ENOSPC}, {"EBUSY", EBUSY}, {"ENOLCK", ENOLCK}, {"EROFS", EROFS}};

/// True, with errno, if this call is to fail.
bool refused(const char* call) {
  const char* wanted = std::getenv("TRILANE_TEST_REFUSE");
  const std::size_t length = std::strlen(call);
  for (const char* at = wanted; at != nullptr; at = std::strchr(at, ' ')) {
    at += *at == ' ' ? 1 : 0;
    if (std::strncmp(at, call, length) != 0 || at[length] != '=') continue;
    for (const auto& [name, number] : errors) {
      if (std::strncmp(at + length + 1, name, std::strlen(name)) != 0) continue;
      errno = number;
      return true;
    }
  }
  return false;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fchmod(int file, mode_t mode) { return refused("fchmod") ? -1 : next<int(int, mode_t)>("fchmod")(file, mode); }

int fsync(int file) { return refused("fsync") ? -1 : next<int(int)>("fsync")(file); }

int flock(int file, int operation) { return refused("flock") ? -1 : next<int(int, int)>("flock")(file, operation); }

int rename(const char* from, const char* to) {
  return refused("rename") ? -1 : next<int(const char*, const char*)>("rename")(from, to);
}

int posix_fallocate(int file, off_t offset, off_t size) {
  return refused("posix_fallocate") ? errno : next<int(int, off_t, off_t)>("posix_fallocate")(file, offset, size);
}

/// `create`: of a file that must be new.
int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const bool has_mode = (flags & (O_CREAT | __O_TMPFILE)) != 0;
  const mode_t mode = has_mode ? va_arg(more, mode_t) : 0;
  va_end(more);
  if ((flags & O_EXCL) != 0 && refused("create")) return -1;
  return next<int(const char*, int, ...)>("open")(path, flags, mode);
}
}
