// The journal of launches: what was appended is there again, whatever ended the run that wrote it.

#include "native/journal.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "files.hpp"
#include "tests/support.hpp"
#include "trilane/error.hpp"

using namespace trilane;
using namespace trilane::test;
using cli::Journal;
using Json = nlohmann::ordered_json;
using Entries = std::vector<std::string>;

namespace {

const Json header = {{"work", "a test"}, {"launches", 3}};

void require_refused(const std::string& path, std::initializer_list<std::string_view> parts,
                     const Json& with = header) {
  require_error([&] { const Journal journal(path, with); }, ErrorCode::bad_file, parts);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal)

BOOST_AUTO_TEST_CASE(what_is_appended_is_there_again) {
  const TemporaryFolder folder;
  {
    Journal journal(folder / "x", header);
    BOOST_TEST(journal.entries().empty());
    journal.append("{\"a\":\n 1\n}\n");
    journal.append("[2]");
    BOOST_TEST((journal.entries() == Entries{"{\"a\": 1}", "[2]"}));
  }
  Journal journal(folder / "x", header);
  BOOST_TEST((journal.entries() == Entries{"{\"a\": 1}", "[2]"}));
  journal.append("3");
  BOOST_TEST(read_file(folder / "x") ==
             "{\"schema\":\"trilane.journal/1\",\"work\":\"a test\",\"launches\":3}\n{\"a\": 1}\n[2]\n3\n");
}

BOOST_AUTO_TEST_CASE(a_run_that_ended_at_any_byte) {
  const TemporaryFolder folder;
  {
    Journal journal(folder / "x", header);
    journal.append("[1]");
    journal.append("[22]");
  }
  const std::string whole = read_file(folder / "x");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    write_file(folder / "x", whole.substr(0, length));
    std::size_t kept = 0;
    {
      Journal journal(folder / "x", header);
      kept = journal.entries().size();
      BOOST_REQUIRE(kept == (length == whole.size() ? 2U : length + 5 >= whole.size() ? 1U : 0U));
      journal.append("[3]");
    }
    const Journal journal(folder / "x", header);
    BOOST_REQUIRE(journal.entries().size() == kept + 1);
    BOOST_REQUIRE(journal.entries().back() == "[3]");
  }
}

BOOST_AUTO_TEST_CASE(another_run_or_no_journal) {
  const TemporaryFolder folder;
  { const Journal journal(folder / "x", header); }
  require_refused(folder / "x", {"/x", "work was \"a test\", is \"another\"", "launches was 3, is not there"},
                  {{"work", "another"}});
  require_refused(folder / "x", {"more was not there, is null"},
                  {{"work", "a test"}, {"launches", 3}, {"more", nullptr}});
  for (const char* text : {"a text", "a text\n", "{}\n", "\n", "{\"schema\":\"trilane.baseline/1\"}\n", "[[[[\n"}) {
    write_file(folder / "y", text);
    require_refused(folder / "y", {"/y", "no journal"});
    BOOST_TEST(read_file(folder / "y") == text);
  }
  require_refused(folder.path(), {"no journal"});
  require_refused("/dev/null", {"no journal"});
  require_error([&] { const Journal journal(folder / "no/x", header); }, ErrorCode::io, {"no/x", "No such file"});
}

BOOST_AUTO_TEST_CASE(a_line_that_is_not_json) {
  const TemporaryFolder folder;
  { Journal(folder / "x", header).append("[1]"); }
  const std::string good = read_file(folder / "x");
  for (const char* bad : {"", "{", "nonsense", "\xff"}) {
    write_file(folder / "x", good + bad + "\n[2]\n");
    require_refused(folder / "x", {"/x: line 3 is not JSON"});
  }
}

BOOST_AUTO_TEST_CASE(two_runs_at_once) {
  const TemporaryFolder folder;
  const Journal journal(folder / "x", header);
  require_refused(folder / "x", {"has not ended"});
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
  const TemporaryFolder folder;
  // In a process of its own, as the limit is one of the process.
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(2);
    Journal journal(folder / "x", header);
    journal.append("[1]");
    try {
      journal.append(std::string(5000, ' ') + "[2]");
    } catch (const Error& error) {
      _exit(error.code() == ErrorCode::io && std::string(error.what()).find("File too large") != std::string::npos ? 0
                                                                                                                   : 3);
    }
    _exit(4);
  }
  int status = -1;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  BOOST_TEST(read_file(folder / "x").ends_with("\n[1]\n"));
  BOOST_TEST((Journal(folder / "x", header).entries() == Entries{"[1]"}));
}

BOOST_AUTO_TEST_SUITE_END()
