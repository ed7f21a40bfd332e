#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "native/descriptor.hpp"
#include "native/signals.hpp"
#include "trilane/conversion.hpp"

namespace trilane::cli {

/// A file that appears whole or not at all: it is written beside its place under another name and renamed by commit().
/// Without commit() nothing remains. Errors are ErrorCode::io and name the path.
///
/// `-`, and every other name of what stdout is, is stdout. What goes there, to a device or to a pipe waits in a temporary
/// file and is written by commit(). The same holds for a file that cannot be renamed to, or not be written beside: a mount
/// point, one in a folder that is read-only or sticky. That it can be written is tried at once. commit() overwrites it, and
/// makes sure of its room before.
class Output {
 public:
  explicit Output(std::string path);

  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  void write(std::string_view text) { write_at(0, std::as_bytes(std::span(text))); }

  /// Makes it durable and gives it its name, or sends it on.
  void commit();

  /// Where the command may print besides: not into the data. That is stdout; stderr if this is stdout; nowhere if both are one
  /// file or pipe.
  [[nodiscard]] std::ostream& words() const;

  /// Where notes go that belong on stderr: nowhere if that is the file or pipe of the data.
  [[nodiscard]] std::ostream& notes() const;

 private:
  void open_existing(bool may_be_replaced, unsigned mode);
  bool open_beside(unsigned mode, bool is_new);
  void collect();
  void rename_to_target();
  void send_on();
  void overwrite();
  [[noreturn]] void fail(const char* what) const;

  std::string path_;                           // as messages name it
  std::string target_;                         // without links
  std::unique_ptr<UnfinishedFile> temporary_;  // none where the unfinished file has no name
  Descriptor file_;                            // the unfinished file
  Descriptor through_;  // where it is sent to: stdout, device, pipe, or a file that is overwritten
  bool is_stdout_ = false;
  bool is_overwritten_ = false;
};

/// Throws as Output if there can be none, and leaves the place as it is: for what is written after long work.
void require_writable(const std::string& path);

/// As what conversions write to; `output` must outlive it.
safetensors::WriteAt writer_of(Output& output);

}  // namespace trilane::cli
