#include "native/launch.hpp"

#include <csignal>
#include <cstring>
#include <utility>

#include "native/child.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int could_not_start = 127;
constexpr int of_a_signal = 128;  // and the signal's number

void require_success(const std::string& name, int status, const std::string& said) {
  if (status == 0) return;
  const std::string reason = complaint(name, said);
  std::string what = name + " failed";
  if (status == could_not_start) what = name + " could not be started";
  if (status > of_a_signal) {
    const int signal = status - of_a_signal;
    what = name + " was ended by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  }
  if (reason.empty() && status < could_not_start) what += " with status " + std::to_string(status);
  throw Error(ErrorCode::io, reason.empty() ? what : what + ": " + reason);
}

}  // namespace

std::string launch(const std::string& name, std::vector<std::string> arguments,
                   const std::function<void(const std::string&)>& on_progress) {
  Child child(std::move(arguments));
  while (const auto line = child.read_progress()) on_progress(*line);
  std::string text = child.read_all();
  require_success(name, child.wait(), child.said());
  return text;
}

}  // namespace trilane::cli
