#include "native/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "native/file_system.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* schema = "trilane.journal/1";
constexpr std::string_view any_schema = "trilane.journal/";

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool is_header(const Json& json) {
  return json.is_object() && json.contains("schema") && json["schema"].is_string() &&
         json["schema"].get<std::string>().starts_with(any_schema);
}

/// "filter was "a", is "b"; …": every field in which two headers differ. Empty if there is none.
std::string differences(const Json& was, const Json& is) {
  std::string text;
  const auto shown = [](const Json& header, const std::string& key) {
    return header.contains(key) ? one_line(header[key]) : "not there";
  };
  const auto add = [&](const std::string& key) {
    text += (text.empty() ? "" : "; ") + key + " was " + shown(was, key) + ", is " + shown(is, key);
  };
  for (const auto& [key, value] : is.items()) {
    if (!was.contains(key) || was[key] != value) add(key);
  }
  for (const auto& [key, value] : was.items()) {
    if (!is.contains(key)) add(key);
  }
  return text;
}

}  // namespace

Journal::Journal(std::string path) : path_(std::move(path)) {
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) refuse(" is not a regular file: no journal");
  file_ = Descriptor(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file_) fail("cannot open the journal");
}

Journal::Journal(std::string path, const Json& header) : Journal(std::move(path)) {
  // Where files cannot be locked nothing else is at risk: a run that is alone goes well.
  if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    refuse(" is the journal of a run that has not ended");
  }
  Json wanted = {{"schema", schema}};
  wanted.update(header);
  const std::string first_line = one_line(wanted);
  const std::string text = read();
  end_ = text.rfind('\n') + 1;  // 0 if there is no whole line
  const std::string_view lines = std::string_view(text).substr(0, end_);
  if (lines.empty()) {
    if (!first_line.starts_with(text)) refuse(" is no journal of trilane");
    write_line(first_line);
    return;
  }
  std::size_t number = 0;
  for (std::size_t at = 0; at < lines.size(); at += entries_.back().size() + 1) {
    entries_.emplace_back(lines.substr(at, lines.find('\n', at) - at));
    if (++number > 1 && !Json::accept(entries_.back())) {
      refuse(": line " + std::to_string(number) + " is not JSON: take it out, or begin another journal");
    }
  }
  const Json begun = Json::parse(entries_.front(), nullptr, false);
  if (!is_header(begun)) refuse(" is no journal of trilane");
  if (const std::string what = differences(begun, wanted); !what.empty()) {
    refuse(" is the journal of another run: " + what);
  }
  entries_.erase(entries_.begin());
}

void Journal::append(std::string entry) {
  std::erase(entry, '\n');
  write_line(entry);
  entries_.push_back(std::move(entry));
}

std::string Journal::read() const {
  std::string text;
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t got = ::read(file_.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read");
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

void Journal::write_line(const std::string& line) {
  const auto undo_and_fail = [&] {
    const int error = errno;
    if (ftruncate(file_.get(), static_cast<off_t>(end_)) == 0)
      static_cast<void>(flush(file_.get()));  // else the line stays torn, and is ignored
    errno = error;
    fail("cannot write");
  };
  if (ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) undo_and_fail();
  const std::string text = line + "\n";
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written =
        pwrite(file_.get(), text.data() + done, text.size() - done, static_cast<off_t>(end_ + done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) undo_and_fail();
    done += static_cast<std::size_t>(written);
  }
  if (!flush(file_.get())) undo_and_fail();
  end_ += text.size();
}

void Journal::refuse(const std::string& what) const { throw Error(ErrorCode::bad_file, path_ + what); }

void Journal::fail(const char* what) const {
  throw Error(ErrorCode::io, std::string(what) + " " + path_ + ": " + std::strerror(errno));
}

}  // namespace trilane::cli
