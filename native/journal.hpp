#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "native/descriptor.hpp"

namespace trilane::cli {

/// A file of JSON lines in which finished work outlives a run that does not end well. The first line, the header, says what
/// the work is; every other line is one finished piece. A last line without its line break was being written when the run
/// ended: it is ignored, and overwritten by the next. The file is locked while it is open.
class Journal {
 public:
  /// Opens or creates it. `header` is an object; it must equal that of an existing file. Throws bad_file in one line if it does
  /// not (and says in what), if a line is not JSON, if the file is none of these, or if another run has it open; io if it cannot
  /// be read or written.
  Journal(std::string path, const nlohmann::ordered_json& header);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// What it holds, the oldest first: one JSON text each, without line breaks.
  [[nodiscard]] const std::vector<std::string>& entries() const { return entries_; }

  /// Adds a JSON text, whose line breaks are left out, and makes it durable. Throws io if that fails, after which the file holds
  /// what it held before.
  void append(std::string entry);

 private:
  explicit Journal(std::string path);  // opens it; reads nothing
  [[noreturn]] void refuse(const std::string& what) const;
  [[nodiscard]] std::string read() const;
  void write_line(const std::string& line);
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  Descriptor file_;
  std::uint64_t end_ = 0;  // where the next line goes
  std::vector<std::string> entries_;
};

}  // namespace trilane::cli
