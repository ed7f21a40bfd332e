#include "native/launcher.hpp"

#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int not_executable = 126;  // what a shell says of a command
constexpr int not_found = 127;
constexpr int of_a_signal = 128;  // and the signal's number

nlohmann::ordered_json launch_of(std::uint32_t seed, const std::string& cases) {
  return {{"seed", seed}, {"cases", cases}};
}

}  // namespace

Launcher::Launcher(std::string side, std::string command, bool on_request, double timeout_s)
    : side_(std::move(side)), command_(std::move(command)), on_request_(on_request), timeout_s_(timeout_s) {}

void Launcher::fail(const std::string& why) const {
  throw Error(ErrorCode::corrupt_data, "a launch of the " + side_ + " side failed: " + printable(why));
}

std::string Launcher::reason_of(const std::string& said) const { return complaint("the " + side_ + " side", said); }

void Launcher::fail_to_end(Child& child) const {
  const int status = child.wait();
  const std::string reason = reason_of(child.said());
  if (child.was_late()) {
    fail("no result after " + duration(1e9 * timeout_s_) + " (--timeout)" +
         (reason.empty() ? "" : "; the last that it said is: " + reason));
  }
  if (status == not_found || status == not_executable) {
    throw Error(ErrorCode::invalid_argument, "the command of the " + side_ + " side cannot be run: " +
                                                 printable(reason.empty() ? command_ : reason));
  }
  std::string end = "status " + std::to_string(status);
  if (status > of_a_signal && status < of_a_signal + NSIG) end += ", " + std::string(strsignal(status - of_a_signal));
  fail(reason.empty() ? "it ended with " + end + " and said nothing" : reason + " (" + end + ")");
}

std::string Launcher::once(std::uint32_t seed, const std::string& cases) {
  Child child(command_, {{"TRILANE_SEED", std::to_string(seed)}, {"TRILANE_CASES", cases}}, false);
  child.expect_within(std::chrono::duration<double>(timeout_s_));
  std::string text = child.read_all();
  if (child.wait() != 0 || child.was_late()) fail_to_end(child);
  said_ = child.said();
  return text;
}

void Launcher::fail_to_answer(const std::string& why) const {
  const std::string reason = reason_of(child_ ? child_->said() : said_);
  fail(why + "; a launch writes a baseline to stdout" + (reason.empty() ? "" : "; it said: " + reason));
}

void Launcher::start() {
  if (on_request_ && !child_) child_ = std::make_unique<Child>(command_, Child::Environment{}, true);
}

void Launcher::ask(const std::string& line) {
  start();
  child_->expect_within(std::chrono::duration<double>(timeout_s_));
  asked_ = child_->write_line(line);
}

std::string Launcher::answer() {
  std::optional<std::string> answer;
  if (asked_) answer = child_->read_line();
  if (!answer) {
    const auto ended = std::move(child_);
    fail_to_end(*ended);
  }
  const auto json = nlohmann::json::parse(*answer, nullptr, false);
  if (json.is_object() && json.contains("error")) {
    const auto& error = json["error"];
    fail(error.is_string() ? error.get<std::string>() : error.dump());
  }
  return *answer;
}

void Launcher::ask_to_prepare(std::uint32_t seed, const std::string& cases) {
  if (!on_request_) return;
  ask(nlohmann::ordered_json{{"prepare", launch_of(seed, cases)}}.dump());
  asked_to_prepare_ = true;
}

void Launcher::wait_until_prepared() {
  if (!std::exchange(asked_to_prepare_, false)) return;
  try {
    (void)answer();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data) throw;
  }
}

bench::Baseline Launcher::launch(std::uint32_t seed, const std::string& cases) {
  std::string failure;
  try {
    return try_to_launch(seed, cases);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data) throw;
    failure = error.what();
  }
  try {
    bench::Baseline baseline = try_to_launch(seed, cases);
    complain(failure + "; the second try went well", 0);
    return baseline;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data || error.what() == failure) throw;
    throw Error(ErrorCode::corrupt_data, failure + "; when tried again, " + error.what());
  }
}

bench::Baseline Launcher::try_to_launch(std::uint32_t seed, const std::string& cases) {
  if (on_request_) ask(launch_of(seed, cases).dump());
  const std::string text = on_request_ ? answer() : once(seed, cases);
  if (text.empty()) fail_to_answer("it wrote nothing");
  try {
    bench::Baseline baseline = bench::parse_baseline(text, "its output");
    for (const bench::Benchmark& benchmark : baseline.benchmarks) {
      if (benchmark.launches.size() != 1) fail("it is no single launch: '" + benchmark.name + "' has several");
    }
    return baseline;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::corrupt_data) throw;
    fail_to_answer(error.what());
  }
}

}  // namespace trilane::cli
