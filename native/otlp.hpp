#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "bench/baseline.hpp"
#include "native/http.hpp"
#include "native/terminal.hpp"

namespace trilane::cli {

/// Sends results to an OpenTelemetry collector while a run goes on, as OTLP/HTTP JSON. It works only within its calls, with
/// neither thread nor buffer beside them, so that samples taken between two calls do not feel it.
///
/// A collector that is away does not stop the run: results are kept and sent with later ones, after a pause, so that its
/// time-outs cost a small share of the run. stderr says once that it is away, and finish() how many results it did not get.
class OtlpSender {
 public:
  /// `url`: http://HOST[:PORT][/PATH], the path by default /v1/metrics. Throws invalid_argument as parse_http_url().
  OtlpSender(std::string url, Progress& progress);

  /// Sends these benchmarks; each is a gauge of the time in `created`. Blocks for seconds at most.
  void send(const bench::Baseline& done);
  /// Tries once more to send what is left.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  void try_to_send();
  void say(const std::string& line);

  std::string shown_;
  HttpUrl url_;
  Progress& progress_;
  struct Request {
    std::string body;
    std::size_t results = 0;
  };
  std::deque<Request> waiting_;
  std::size_t all_ = 0;                      // results
  std::optional<Clock::time_point> failed_;  // when it last did
};

}  // namespace trilane::cli
