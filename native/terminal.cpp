#include "native/terminal.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <new>
#include <utility>

namespace trilane::cli {

namespace {

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

}  // namespace

bool styled(int file) { return may_style(isatty(file) == 1, std::getenv("NO_COLOR"), std::getenv("TERM")); }

bool may_style(bool is_terminal, const char* no_color, const char* term) {
  return may_rewrite(is_terminal, term) && (no_color == nullptr || *no_color == '\0');
}

bool may_rewrite_stderr() { return may_rewrite(isatty(STDERR_FILENO) == 1, std::getenv("TERM")); }

bool may_rewrite(bool is_terminal, const char* term) {
  return is_terminal && (term == nullptr || std::string_view(term) != "dumb");
}

std::string printable(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      safe.append("\\x") += {digits[byte >> 4U], digits[byte & 15U]};
    } else {
      safe += c;
    }
  }
  return safe;
}

int complain(std::string_view message, int status) {
  std::cerr << "trilane: " << printable(message) << "\n";
  return status;
}

std::string reason_of(const std::exception& thrown) {
  const bool no_memory = dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr;
  return no_memory ? "not enough memory" : thrown.what();
}

int complain(const std::exception& thrown, int status) { return complain(reason_of(thrown), status); }

Progress::Progress(std::string what) : what_(std::move(what)), shows_(may_rewrite_stderr()) {}

void Progress::show(const std::string& now, double share, std::optional<double> seconds_left) {
  if (!shows_) return;
  shown_ = true;
  std::cerr << "\r\033[K" << what_ << " " << static_cast<int>(share * 100) << " % · " << printable(now);
  if (seconds_left) std::cerr << " · " << clock_text(*seconds_left) << " left";
  std::cerr << std::flush;
}

void Progress::show_bytes(const std::string& now, std::uint64_t done, std::uint64_t all) {
  if (!shows_ || all == 0) return;
  const double share = static_cast<double>(done) / static_cast<double>(all);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  show(now, share, done == 0 ? std::nullopt : std::optional(spent.count() * (1 - share) / share));
}

void Progress::clear() {
  if (std::exchange(shown_, false)) std::cerr << "\r\033[K" << std::flush;
}

}  // namespace trilane::cli
