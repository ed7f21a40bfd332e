#pragma once

#include <string>
#include <vector>

#include "native/descriptor.hpp"

// What programs need of file systems and the standard library lacks.

namespace trilane::cli {

/// Opens /dev/null for each of stdin, stdout and stderr that is closed, such that reading and writing still fail. Else the next
/// file that is opened would take its place, and get what is printed.
void occupy_standard_descriptors();

/// An open file without a name, in $TMPDIR, or in /tmp if that is not set. Its room is free again once it is closed. Throws
/// ErrorCode::io, which names the folder; `content` is what the file is for.
Descriptor open_temporary(const std::string& content);
/// Throws ErrorCode::io with errno: that file has no room for its content.
[[noreturn]] void fail_temporary(const std::string& content);

/// fsync(). False, with errno, if what was written may be lost. A file system that has no such call is not an error.
bool flush(int file);

/// True if another file or folder is mounted there, so that it cannot be replaced.
bool is_mount_point(const std::string& path);

/// The name at the end of a chain of symbolic links, whether there is such a file or not.
std::string follow_links(std::string path);

/// True if `path` is the file that `descriptor` has open, by whatever name: /dev/stdout, /dev/fd/1, a link, or the file that
/// stdout is redirected to. False of /dev/null, which keeps nothing apart.
bool is_open_as(const std::string& path, int descriptor);
/// The same of two descriptors.
bool is_same(int one, int other);

/// A file that a command writes, and the option that names it.
struct NamedOutput {
  std::string option;
  std::string path;  ///< empty: none is wanted
};

/// Throws invalid_argument, in one line, if two of them are one file, or if one is the file of stdout or stderr, under whatever
/// name: what goes there would be mixed.
void require_apart(const std::vector<NamedOutput>& outputs);

}  // namespace trilane::cli
