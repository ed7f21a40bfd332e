// bench --otlp-endpoint: what a collector gets, and what becomes of a run whose collector is away.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;
using Json = nlohmann::json;

namespace {

/// A server on a port of its own that keeps what is POSTed to it.
class Collector {
 public:
  /// `answer` is what it says to each request; with an empty one it takes connections and never says anything.
  explicit Collector(std::string answer) : answer_(std::move(answer)), listening_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(bind(listening_, any, size) == 0);
    BOOST_REQUIRE(listen(listening_, 16) == 0);
    BOOST_REQUIRE(getsockname(listening_, any, &size) == 0);
    port_ = ntohs(address.sin_port);
    BOOST_REQUIRE(pipe(stop_.data()) == 0);
    if (!answer_.empty()) thread_ = std::thread([this] { serve(); });
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector() {
    stop();
    for (const int file : {listening_, stop_[0]}) close(file);
  }

  /// From here on it is away.
  void stop() {
    if (stop_[1] >= 0) close(stop_[1]);
    stop_[1] = -1;
    if (thread_.joinable()) thread_.join();
    shutdown(listening_, SHUT_RDWR);
  }
  [[nodiscard]] std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// Whole requests; after stop().
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
  void serve() {
    for (;;) {
      std::array<pollfd, 2> wanted{{{listening_, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
      if (poll(wanted.data(), wanted.size(), -1) < 0) continue;
      if (wanted[1].revents != 0) return;
      const int connection = accept(listening_, nullptr, nullptr);
      if (connection < 0) continue;
      requests_.push_back(read_request(connection));
      if (write(connection, answer_.data(), answer_.size()) < 0) requests_.emplace_back("no answer could be written");
      close(connection);
    }
  }

  static std::string read_request(int connection) {
    std::string text;
    std::array<char, 4096> piece{};
    const std::string length = "Content-Length: ";
    for (;;) {
      const ssize_t got = read(connection, piece.data(), piece.size());
      if (got <= 0) return "cut off: " + text;
      text.append(piece.data(), static_cast<std::size_t>(got));
      const std::size_t end = text.find("\r\n\r\n");
      const std::size_t at = text.find(length);
      if (end != std::string::npos && at < end &&
          text.size() >= end + 4 + std::strtoul(text.c_str() + at + length.size(), nullptr, 10)) {
        return text;
      }
    }
  }

  std::string answer_;
  int listening_;
  unsigned port_ = 0;
  std::array<int, 2> stop_{-1, -1};
  std::vector<std::string> requests_;
  std::thread thread_;
};

constexpr const char* ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

std::vector<std::string> bench(const std::string& url, std::initializer_list<std::string> more) {
  std::vector<std::string> arguments = {"bench",
                                        "--quick",
                                        "--no-calibration",
                                        "--arch",
                                        "scalar",
                                        "--filter",
                                        "^(de)?quantize/(i2_s|tl2)/1024$",
                                        "--otlp-endpoint",
                                        url};
  arguments.insert(arguments.end(), more);
  return arguments;
}

/// The median times that were sent, by case, one a data point; each request is checked on the way.
std::map<std::string, std::vector<double>> times_of(const std::vector<std::string>& requests) {
  std::map<std::string, std::vector<double>> times;
  for (const std::string& request : requests) {
    BOOST_TEST(request.starts_with("POST /v1/metrics HTTP/1.1\r\n"), request.substr(0, 100));
    BOOST_TEST(request.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
    BOOST_TEST(body.at("resourceMetrics").size() == 1);
    const Json& resource = body.at("resourceMetrics")[0];
    BOOST_TEST(resource.at("resource").at("attributes")[0].at("key") == "service.name");
    for (const Json& metric : resource.at("scopeMetrics").at(0).at("metrics")) {
      if (metric.at("name") != "trilane.time") continue;
      for (const Json& point : metric.at("gauge").at("dataPoints")) {
        BOOST_TEST(point.at("timeUnixNano").get<std::string>().size() == 19);
        BOOST_TEST(point.at("attributes")[0].at("key") == "trilane.case");
        times[point.at("attributes")[0].at("value").at("stringValue")].push_back(point.at("asDouble"));
      }
    }
  }
  return times;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(telemetry)

BOOST_AUTO_TEST_CASE(every_case_is_sent_once) {
  Collector collector(ok);
  const Ended ended = run_well(bench(collector.url(), {"--json", "-"}));
  collector.stop();
  BOOST_TEST(ended.err.find("not sent") == std::string::npos, ended.err);
  BOOST_TEST(collector.requests().size() == 4);  // one a case, as they end
  const auto times = times_of(collector.requests());
  const Json baseline = Json::parse(ended.out);
  BOOST_TEST(times.size() == baseline.at("benchmarks").size());
  for (const Json& one : baseline.at("benchmarks")) {
    const auto sent = times.find(one.at("case"));
    BOOST_REQUIRE((sent != times.end() && sent->second.size() == 1));
    BOOST_TEST(sent->second[0] == one.at("estimates").at("median").at("point_estimate").get<double>());
  }
}

BOOST_AUTO_TEST_CASE(launches_are_sent_as_they_end) {
  const TemporaryFolder folder;
  Collector collector(ok);
  const auto command = [&](const std::string& launches) {
    return bench(collector.url("/v1/metrics"), {"--launches", launches, "--journal", folder / "x"});
  };
  run_well(command("2"));
  run_well(command("3"));  // sends what it measures, the third
  collector.stop();
  BOOST_TEST(collector.requests().size() == 3);
  const auto times = times_of(collector.requests());
  BOOST_TEST(times.size() == 4);
  for (const auto& [name, sent] : times) BOOST_TEST(sent.size() == 3, name);
}

BOOST_AUTO_TEST_CASE(a_collector_that_is_away) {
  Collector collector(ok);
  collector.stop();
  const Ended ended = run_well(bench(collector.url(), {}));
  BOOST_TEST(ended.out.find("quantize/tl2/1024") != std::string::npos);
  BOOST_TEST(ended.err == "trilane: " + collector.url() +
                              " does not take the results: Connection refused; the run goes on\n"
                              "trilane: 4 of 4 results were not sent to " +
                              collector.url() + "\n");
}

BOOST_AUTO_TEST_CASE(a_collector_that_never_answers) {
  Collector collector("");  // the system takes its connections, and nobody reads
  const Ended ended = run_well(bench(collector.url(), {}));
  BOOST_TEST(ended.err.find("Connection timed out; the run goes on\n") != std::string::npos, ended.err);
  BOOST_TEST(ended.err.find("4 of 4 results were not sent") != std::string::npos, ended.err);
}

BOOST_AUTO_TEST_CASE(a_collector_that_refuses) {
  Collector refusing("HTTP/1.1 404 Not Found\r\n\r\n");
  BOOST_TEST(run_well(bench(refusing.url(), {})).err.find("HTTP status 404; the run goes on\n") != std::string::npos);
  Collector other("220 mail.example ESMTP\r\n\r\n");
  BOOST_TEST(run_well(bench(other.url(), {})).err.find("no HTTP server; the run goes on\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(addresses) {
  for (const char* url :
       {"localhost:4318", "https://localhost", "http://", "http://:4318", "http://a:0", "http://a:65536", "http://a:b",
        "http://a:", "http://[::1", "http://[::1]x", "http://a@b", "http://a/b c", "http://a\r\nX: y"}) {
    run_badly(bench(url, {}), 4, {"wanted http://HOST"});
  }
}

BOOST_AUTO_TEST_SUITE_END()
