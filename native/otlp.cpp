#include "native/otlp.hpp"

#include <iostream>
#include <utility>

#include "bench/export.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr std::chrono::seconds time_out{2};
constexpr std::chrono::seconds pause_after_failure{60};  // at most 1/30 of a run is time-outs

HttpUrl with_default_path(HttpUrl url) {
  if (url.path.empty() || url.path == "/") url.path = "/v1/metrics";
  return url;
}

}  // namespace

OtlpSender::OtlpSender(std::string url, Progress& progress)
    : shown_(std::move(url)), url_(with_default_path(parse_http_url(shown_))), progress_(progress) {}

void OtlpSender::send(const bench::Baseline& done) {
  waiting_.push_back({bench::export_as(bench::ExportFormat::otlp, done, ""), done.benchmarks.size()});
  all_ += done.benchmarks.size();
  if (!failed_ || Clock::now() - *failed_ >= pause_after_failure) try_to_send();
}

void OtlpSender::finish() {
  try_to_send();
  std::size_t left = 0;
  for (const Request& request : waiting_) left += request.results;
  if (left > 0) say(std::to_string(left) + " of " + std::to_string(all_) + " results were not sent to " + shown_);
}

void OtlpSender::try_to_send() {
  try {
    while (!waiting_.empty()) {
      const int code = post_json(url_, waiting_.front().body, time_out);
      if (code < 200 || code > 299) throw Error(ErrorCode::io, "HTTP status " + std::to_string(code));
      waiting_.pop_front();
    }
  } catch (const Error& error) {
    if (!failed_) say(shown_ + " does not take the results: " + error.what() + "; the run goes on");
    failed_ = Clock::now();
  }
}

void OtlpSender::say(const std::string& line) {
  progress_.clear();
  std::cerr << "trilane: " << printable(line) << "\n";
}

}  // namespace trilane::cli
