// Outputs appear whole or not at all, whatever happens to the place they go to.

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;

namespace {

constexpr int failed = 1;

std::vector<std::string> quantize_to(const std::string& output) {
  return {"quantize", tiny(), "-o", output, "--format", "i2_s"};
}

/// What quantize_to() writes.
std::string quantized() {
  const TemporaryFolder folder;
  run_well(quantize_to(folder / "q"));
  return read_file(folder / "q");
}

/// These system calls fail: "fchmod=EPERM fsync=EIO".
RunOptions refusing(const std::string& calls) {
  return {.environment = preload("refuse", {"TRILANE_TEST_REFUSE=" + calls})};
}

/// Whether mounts can be made here, in a namespace of the test's own.
boost::test_tools::assertion_result can_mount(boost::unit_test::test_unit_id) {
  if (std::system("unshare -rm sh -c 'mount --bind /dev/null /dev/zero' >&- 2>&-") == 0) return true;  // NOLINT
  boost::test_tools::assertion_result no = false;
  no.message() << "unshare -rm and mount are not permitted here";
  return no;
}

/// A run in which these mounts were made before.
RunOptions with_mounts(const std::string& mounts) {
  return {.shell = "exec unshare -rm sh -c '" + mounts + " && exec \"$@\"' sh \"$@\""};
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
  const Ended ended = run({"bench", "--json", folder / "x.json"}, {.meanwhile = interrupt_when(folder / "x.json")});
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

BOOST_AUTO_TEST_CASE(links_to_what_is_not_there) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("later", folder / "link");
  run_well(quantize_to(folder / "link"));
  BOOST_TEST(std::filesystem::is_symlink(folder / "link"));
  BOOST_TEST((read_file(folder / "later") == quantized()));
  std::filesystem::create_symlink("loop", folder / "loop");
  run_badly(quantize_to(folder / "loop"), failed, {"/loop", "Too many levels"});
  BOOST_TEST(std::filesystem::is_symlink(folder / "loop"));
}

BOOST_AUTO_TEST_CASE(long_names_and_none) {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  for (int i = 0; i < 2; ++i) run_well(quantize_to(folder / name));
  BOOST_TEST(folder.names() == std::vector<std::string>{name}, boost::test_tools::per_element());
  run_badly(quantize_to(""), 4, {"no name"});
}

// As `docker -v out.json:/out.json` makes them.
BOOST_AUTO_TEST_CASE(mount_points, *boost::unit_test::precondition(can_mount)) {
  const TemporaryFolder folder;
  const std::string x = folder / "x";
  write_file(x, "earlier");
  const std::string on_itself = "mount --bind " + x + " " + x;
  run_well(quantize_to(x), with_mounts(on_itself));
  BOOST_TEST((read_file(x) == quantized()));
  BOOST_TEST(folder.names().size() == 1U);
  // In a folder that is read-only.
  write_file(x, "earlier");
  const std::string in_read_only = "mount --bind " + folder.path() + " " + folder.path() + " && " + on_itself +
                                   " && mount -o remount,bind,ro " + folder.path();
  run_well(quantize_to(x), with_mounts(in_read_only));
  BOOST_TEST((read_file(x) == quantized()));
  // What cannot be written is known before any work.
  write_file(x, "earlier");
  const std::string base = folder / "base.json";
  const std::string launch = "touch " + (folder / "begun");
  run_badly({"ab", "--base", launch, "--new", launch, "--report", "json=" + x}, 4, {"/x", "Read-only file system"},
            with_mounts(on_itself + " && mount -o remount,bind,ro " + x));
  BOOST_TEST(read_file(x) == "earlier");
  BOOST_TEST(folder.names() == std::vector<std::string>{"x"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(places_that_can_only_be_overwritten) {
  const TemporaryFolder folder;
  const std::string x = folder / "x";
  const std::string wanted = quantized();
  for (const char* calls : {"create=EACCES", "create=EROFS", "rename=EBUSY", "rename=EPERM"}) {
    for (const std::string& before : {std::string("earlier"), wanted + "and more"}) {
      write_file(x, before);
      run_well(quantize_to(x), refusing(calls));
      BOOST_TEST((read_file(x) == wanted), calls);
      BOOST_TEST(folder.names().size() == 1U);
    }
  }
  // A disk without room for it leaves it as it was.
  write_file(x, "earlier");
  for (const char* calls : {"create=EACCES posix_fallocate=ENOSPC", "rename=EBUSY posix_fallocate=ENOSPC"}) {
    run_badly(quantize_to(x), failed, {"/x", "No space left"}, refusing(calls));
    BOOST_TEST(read_file(x) == "earlier");
    BOOST_TEST(folder.names().size() == 1U);
  }
  run_badly(quantize_to(folder / "new"), failed, {"cannot create", "/new", "Permission denied"},
            refusing("create=EACCES"));
}

BOOST_AUTO_TEST_CASE(file_systems_that_lack_calls) {
  const TemporaryFolder folder;
  const std::string x = folder / "x";
  const std::string wanted = quantized();
  write_file(x, "earlier");
  BOOST_REQUIRE(chmod(x.c_str(), 0666) == 0);  // which the umask would not leave
  for (const char* calls : {"fchmod=EPERM", "fchmod=ENOSYS", "fsync=EPERM", "fsync=EINVAL", "fsync=ENOTSUP",
                            "fsync=ENOSYS", "create=EACCES fsync=EINVAL"}) {
    write_file(x, "earlier");
    run_well(quantize_to(x), refusing(calls));
    BOOST_TEST((read_file(x) == wanted), calls);
    BOOST_TEST(folder.names().size() == 1U);
  }
  write_file(x, "earlier");
  for (const char* calls : {"fsync=EIO", "fsync=ENOSPC"}) {
    run_badly(quantize_to(x), failed, {"cannot write", "/x"}, refusing(calls));
    BOOST_TEST(read_file(x) == "earlier");
    BOOST_TEST(folder.names().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(every_name_of_stdout) {
  const TemporaryFolder folder;
  const std::string wanted = quantized();
  std::filesystem::create_symlink("/dev/stdout", folder / "link");
  for (const std::string& name : {std::string("-"), std::string("/dev/stdout"), std::string("/dev/fd/1"),
                                  std::string("/proc/self/fd/1"), folder / "link"}) {
    Ended ended = run_well(quantize_to(name));
    BOOST_TEST((ended.out == wanted), name);
    BOOST_TEST(ended.err.find("all of these") != std::string::npos, name);
    ended = run_well(quantize_to(name), {.shell = "\"$@\" | cat"});
    BOOST_TEST((ended.out == wanted), name);
    // Both in one file: the data alone.
    ended = run_well(quantize_to(name), {.shell = "exec \"$@\" 2>&1"});
    BOOST_TEST((ended.out == wanted), name);
  }
  // Nor is a note in the data: this file has nothing to dequantize.
  Ended ended = run_well({"dequantize", tiny(), "-o", "-"}, {.shell = "exec \"$@\" 2>&1"});
  BOOST_TEST((ended.out == read_file(tiny())));
  const std::string x = folder / "x";
  ended = run_well(quantize_to(x), {.shell = "exec \"$@\" > " + x});
  BOOST_TEST((read_file(x) == wanted));
  BOOST_TEST(ended.err.find("all of these") != std::string::npos);
  ended = run_well({"bench", "--quick", "--no-calibration", "--arch", "scalar", "--filter", "^quantize/i2_s/1024$",
                    "--json", "/dev/stdout"});
  BOOST_TEST(ended.out.starts_with("{"));
  BOOST_TEST(ended.out.ends_with("}\n"));
}

BOOST_AUTO_TEST_CASE(standard_error_is_for_messages) {
  const TemporaryFolder folder;
  run_badly(quantize_to("/dev/stderr"), failed, {"/dev/stderr", "standard error"});
  const std::string x = folder / "x";
  BOOST_TEST(run(quantize_to(x), {.shell = "exec \"$@\" 2> " + x}).status == failed);
  BOOST_TEST(read_file(x).starts_with("trilane: "));
}

BOOST_AUTO_TEST_CASE(a_stdout_that_is_closed) {
  const TemporaryFolder folder;
  const Ended ended = run(quantize_to(folder / "q"), {.shell = "exec \"$@\" >&-"});
  BOOST_TEST(ended.status == failed);
  BOOST_TEST(ended.err == "trilane: cannot write to standard output\n");
  BOOST_TEST((read_file(folder / "q") == quantized()));  // nothing else is in it
  run_badly(quantize_to("-"), failed, {"standard output"}, {.shell = "exec \"$@\" >&-"});
}

BOOST_AUTO_TEST_CASE(two_outputs_in_one_file) {
  const TemporaryFolder folder;
  const std::string x = folder / "x";
  std::filesystem::create_symlink("x", folder / "link");
  const std::string link = folder / "link";
  const auto bench = [&](const std::string& json, const std::string& journal) {
    return std::vector<std::string>{"bench",  "--quick", "--filter",  "^quantize/i2_s/1024$",
                                    "--json", json,      "--journal", journal};
  };
  run_badly(bench(x, x), 4, {"--journal", "also the file of --json"});
  run_badly(bench(x, link), 4, {"--journal", "also the file of --json"});
  run_badly(bench(x, folder.path() + "/./x"), 4, {"--journal", "also the file of --json"});
  run_badly(bench(x, "/dev/stdout"), 4, {"--journal", "standard output"});
  run_badly(bench("-", "/dev/fd/1"), 4, {"--journal", "standard output"});
  const auto ab = [](std::initializer_list<std::string> more) {
    std::vector<std::string> arguments = {"ab", "--base", "false", "--new", "false"};
    arguments.insert(arguments.end(), more);
    return arguments;
  };
  run_badly(ab({"--save-base", x, "--save-new", link}), 4, {"--save-new", "also the file of --save-base"});
  run_badly(ab({"--report", "json=" + x, "--report", "junit=" + x}), 4, {"also the file of --report"});
  run_badly(ab({"--report", "json=/dev/stdout"}), 4, {"standard output"});
  run_badly(ab({"--journal", "/dev/stderr"}), 4, {"standard error"});
  run_badly({"aa", "--run", "false", "--into", x, "--journal", x}, 4, {"--into", "also the file of --journal"});
  run_badly({"compare", "--report", "table=/dev/stdout", "a", "b"}, 4, {"standard output"});
  BOOST_TEST(folder.names() == std::vector<std::string>{"link"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(temporary_files_are_where_TMPDIR_says) {
  const TemporaryFolder folder;
  const std::string none = "TMPDIR=" + (folder / "none");
  run_badly(quantize_to("-"), failed, {"standard output", folder / "none", "TMPDIR", "No such file"},
            {.environment = {none}});
  run_badly({"inspect", "-"}, failed, {"standard input", folder / "none", "TMPDIR"},
            {.environment = {none}, .shell = "cat " + tiny() + " | \"$@\""});
  const std::string here = "TMPDIR=" + folder.path();
  BOOST_TEST((run_well(quantize_to("-"), {.environment = {here}}).out == quantized()));
  run_badly(quantize_to("-"), failed, {"standard output", folder.path(), "TMPDIR", "File too large"},
            {.environment = {here}, .file_size_limit = 4096});
  BOOST_TEST(folder.names().empty());
  // What needs none does not ask for it.
  run_well(quantize_to(folder / "q"), {.environment = {none}});
}

BOOST_AUTO_TEST_SUITE_END()
