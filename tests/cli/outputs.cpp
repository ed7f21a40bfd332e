// Outputs appear whole or not at all, whatever happens to the place they go to.

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;

namespace {

constexpr int failed = 1;

std::vector<std::string> quantize_to(const std::string& output) {
  return {"quantize", tiny(), "-o", output, "--format", "i2_s"};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outputs)

BOOST_AUTO_TEST_CASE(places_that_cannot_be_written) {
  const TemporaryFolder folder;
  run_badly(quantize_to(folder / "no/such/folder/q"), failed, {"no/such/folder/q", "No such file or directory"});
  run_badly(quantize_to(folder.path()), failed, {"directory"});
  run_badly(quantize_to(tiny() + "/q"), failed, {"Not a directory"});
  run_badly({"bench", "--quick", "--filter", "1024", "--json", folder / "no/such"}, failed, {"no/such"});
  BOOST_TEST(folder.names().empty());
}

BOOST_AUTO_TEST_CASE(a_full_device) {
  run_badly(quantize_to("/dev/full"), failed, {"/dev/full", "No space left"});
  run_badly({"dequantize", "/dev/null", "-o", "/dev/full"}, 4, {"/dev/null"});
}

BOOST_AUTO_TEST_CASE(a_disk_that_fills_up) {
  const TemporaryFolder folder;
  write_file(folder / "q", "earlier");
  run_badly(quantize_to(folder / "q"), failed, {"cannot write", "/q"}, {.file_size_limit = 4096});
  BOOST_TEST(read_file(folder / "q") == "earlier");
  BOOST_TEST(folder.names().size() == 1);
}

BOOST_AUTO_TEST_CASE(standard_output_that_is_full) {
  // The limit holds for the file that stdout is.
  const Ended ended = run({"list", "--json"}, {.file_size_limit = 100});
  BOOST_TEST(ended.status == failed);
  BOOST_TEST(ended.err == "trilane: cannot write to standard output\n");
}

BOOST_AUTO_TEST_CASE(an_interrupt_leaves_nothing) {
  const TemporaryFolder folder;
  const Ended ended = run({"bench", "--json", folder / "x.json"}, {.interrupt_when = folder / "x.json"});
  BOOST_TEST(ended.status == 128 + 2);
  BOOST_TEST(folder.names().empty());
}

BOOST_AUTO_TEST_CASE(an_output_that_is_the_input) {
  const TemporaryFolder folder;
  std::filesystem::copy_file(tiny(), folder / "x");
  run_well({"quantize", folder / "x", "-o", folder / "q", "--format", "tl2"});
  run_well({"quantize", folder / "x", "-o", folder / "x", "--format", "tl2"});
  BOOST_TEST((read_file(folder / "x") == read_file(folder / "q")));
}

BOOST_AUTO_TEST_CASE(permissions_and_links_stay) {
  const TemporaryFolder folder;
  write_file(folder / "real", "earlier");
  BOOST_REQUIRE(chmod((folder / "real").c_str(), 0640) == 0);
  std::filesystem::create_symlink("real", folder / "link");
  run_well(quantize_to(folder / "link"));
  struct stat status {};
  BOOST_REQUIRE(stat((folder / "real").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0640U);
  BOOST_TEST(status.st_size > 1000);
  BOOST_TEST(std::filesystem::is_symlink(folder / "link"));

  const mode_t old = umask(027);
  run_well(quantize_to(folder / "new"));
  umask(old);
  BOOST_REQUIRE(stat((folder / "new").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0640U);
}

BOOST_AUTO_TEST_SUITE_END()
