#include "command.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "files.hpp"

namespace trilane::test {

namespace {

/// Between fork() and exec(): only what is safe there.
[[noreturn]] void become(char* const* arguments, char* const* environment, const std::string& folder,
                         const RunOptions& options) {
  const int in = open((folder + "/in").c_str(), O_RDONLY);
  const int out = open((folder + "/out").c_str(), O_WRONLY | O_CREAT, 0600);
  const int err = open((folder + "/err").c_str(), O_WRONLY | O_CREAT, 0600);
  if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
  const rlimit no_core{0, 0};  // tests send SIGQUIT
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) _exit(126);
  if (options.file_size_limit != 0) {
    const rlimit limit{options.file_size_limit, options.file_size_limit};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(126);
  }
  execve(arguments[0], arguments, environment);
  _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Ended run(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TemporaryFolder folder;
  write_file(folder / "in", options.input);
  std::vector<std::string> command;
  if (!options.shell.empty()) command = {"/bin/sh", "-c", options.shell, "sh"};
  command.emplace_back(TRILANE_BINARY);
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = options.environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string name = std::string(*variable).substr(0, std::string(*variable).find('=') + 1);
    const auto replaces = [&](const std::string& other) { return other.starts_with(name); };
    if (std::ranges::none_of(options.environment, replaces)) environment.emplace_back(*variable);
  }
  const std::vector<char*> argv = pointers(command);
  const std::vector<char*> envp = pointers(environment);

  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) become(argv.data(), envp.data(), folder.path(), options);
  if (options.meanwhile) options.meanwhile(Running(child, folder.path()));
  int status = 0;
  rusage usage{};
  BOOST_REQUIRE(wait4(child, &status, 0, &usage) == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder / "out"),
          read_file(folder / "err"), usage.ru_maxrss * 1024};
}

std::string run_on_terminal(const std::vector<std::string>& arguments, std::vector<std::string> environment) {
  std::vector<std::string> command{TRILANE_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  const std::vector<char*> argv = pointers(command);
  const std::vector<char*> envp = pointers(environment);

  const int screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  BOOST_REQUIRE(screen >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0);
  // Opened here: a screen without another side has ended.
  const int terminal = open(ptsname(screen), O_RDWR | O_NOCTTY | O_CLOEXEC);
  BOOST_REQUIRE(terminal >= 0);
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    if (dup2(terminal, 0) < 0 || dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0) _exit(126);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(terminal);
  std::string shown;
  char piece[4096];
  // Its end is an error on Linux: nobody has the other side any more.
  for (ssize_t got = 0; (got = read(screen, piece, sizeof piece)) > 0;)
    shown.append(piece, static_cast<std::size_t>(got));
  close(screen);
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_REQUIRE_MESSAGE(status == 0, shown);
  return shown;
}

namespace {

std::string text_of(const std::vector<std::string>& arguments, const Ended& ended) {
  std::string text = "trilane";
  for (const std::string& argument : arguments) text.append(" ").append(argument, 0, 60);
  return text + " -> " + std::to_string(ended.status) + ", stdout: " + ended.out.substr(0, 200) +
         ", stderr: " + ended.err.substr(0, 2000);
}

}  // namespace

Ended run_well(const std::vector<std::string>& arguments, const RunOptions& options) {
  const Ended ended = run(arguments, options);
  BOOST_REQUIRE_MESSAGE(ended.status == 0, text_of(arguments, ended));
  return ended;
}

void run_badly(const std::vector<std::string>& arguments, int status, std::initializer_list<std::string_view> parts,
               const RunOptions& options) {
  const Ended ended = run(arguments, options);
  const std::string text = text_of(arguments, ended);
  BOOST_REQUIRE_MESSAGE(ended.status == status, "wanted status " << status << ": " << text);
  BOOST_REQUIRE_MESSAGE(ended.out.empty(), text);
  BOOST_REQUIRE_MESSAGE(std::ranges::count(ended.err, '\n') == 1 && ended.err.ends_with("\n"),
                        "not one line: " << text);
  BOOST_REQUIRE_MESSAGE(ended.err.starts_with("trilane: "), text);
  for (const std::string_view part : parts) {
    BOOST_REQUIRE_MESSAGE(ended.err.find(part) != std::string::npos, "no '" << part << "': " << text);
  }
}

}  // namespace trilane::test
