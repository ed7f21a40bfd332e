// Baselines that are cut short, of the future, or made to harm: compare and export say so in one line, with the exit status
// that --help gives.

#include <boost/test/unit_test.hpp>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;

namespace {

constexpr int unreadable = 4;
constexpr int not_comparable = 3;

std::string good() { return read_file(TRILANE_SOURCE "/tests/fuzz/corpus/baseline/complete"); }

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

/// Neither side of a comparison may be this text, nor what is exported.
void require_refused(const std::string& text, int status, std::initializer_list<std::string_view> parts) {
  const TemporaryFolder folder;
  write_file(folder / "good.json", good());
  write_file(folder / "x.json", text);
  write_file(folder / "out", "earlier");
  run_badly({"compare", folder / "x.json", folder / "good.json"}, status, parts);
  run_badly({"compare", "--cross", folder / "good.json", folder / "x.json"}, status, parts);
  run_badly({"export", folder / "x.json", "--to", "csv", "-o", folder / "out"}, status, parts);
  BOOST_TEST(read_file(folder / "out") == "earlier");
  BOOST_TEST(folder.names().size() == 3);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(a_good_one) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", good());
  run_well({"compare", folder / "x.json", folder / "x.json"});
  run_well({"export", folder / "x.json", "--to", "csv"});
}

BOOST_AUTO_TEST_CASE(cut_short) {
  const std::string text = good();
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, text.size() / 2, text.rfind('}')}) {
    require_refused(text.substr(0, length), unreadable, {"x.json is not JSON"});
  }
}

BOOST_AUTO_TEST_CASE(of_the_future) {
  require_refused(changed(good(), "trilane.baseline/1", "trilane.baseline/2"), not_comparable,
                  {"x.json", "trilane.baseline/2", "this trilane reads"});
  require_refused("{\"schema\":\"trilane.baseline/2\"}", not_comparable, {"trilane.baseline/2"});
}

BOOST_AUTO_TEST_CASE(fields_that_are_wrong) {
  const std::string elements = "\"elements\":65536";
  require_refused(changed(good(), elements, "\"later\":1"), unreadable, {"/benchmarks/0/elements is missing"});
  for (const char* number : {"1e999", "NaN", "Infinity", "-1", "18446744073709551616", "9007199254740993", "\"NaN\""}) {
    require_refused(changed(good(), elements, std::string("\"elements\":") + number), unreadable, {"x.json"});
  }
  require_refused(changed(good(), "\"median\":{\"point_estimate\":5.5", "\"median\":{\"point_estimate\":0"), unreadable,
                  {"/benchmarks/0/estimates/median/point_estimate is not positive"});
  require_refused(changed(good(), "[10.0,11.0,12.0]", "[10.0,0,12.0]"), unreadable, {"times_ns/1 is not positive"});
  require_refused(changed(good(), "{\"iterations\":[1.0,2.0,3.0],\"times_ns\":[10.0,11.0,12.0]}",
                          "{\"iterations\":[],\"times_ns\":[]}"),
                  unreadable, {"/benchmarks/0/launches/0 needs"});
  require_refused(changed(changed(good(), "model/m/tl2", "quantize/i2_s/65536"), "\"arch\":\"scalar\",\"op\"",
                          "\"arch\":\"avx2\",\"op\""),
                  unreadable, {"/benchmarks/1 has the case and arch of an earlier one"});
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text) {
  require_refused(changed(good(), "avx2", "\xff"), unreadable, {"not JSON"});
  require_refused(changed(good(), "avx2", std::string(1, '\0')), unreadable, {"not JSON"});
  const TemporaryFolder folder;
  write_file(folder / "x.json", changed(good(), "quantize/i2_s/65536", "a\\u001b[31m\\u0000\\nb"));
  const Ended ended =
      run({"compare", folder / "x.json", folder / "x.json"});  // text, if odd: it must not reach a terminal
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.out.find('\x1b') == std::string::npos);
  BOOST_TEST(ended.out.find('\0') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(deep_wide_and_long) {
  require_refused(std::string(100'000, '['), unreadable, {"not JSON"});
  require_refused(std::string(100'000, '[') + std::string(100'000, ']'), unreadable, {"x.json", "not an object"});
  const std::string long_text(10'000'000, 'a');
  require_refused("{\"schema\":\"" + long_text, unreadable, {"not JSON"});
  require_refused(changed(good(), "avx2\",\"op\"", long_text + "\",\"op\""), unreadable,
                  {"/benchmarks/0/arch is longer"});
}

BOOST_AUTO_TEST_CASE(a_disk_that_fills_up) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", good());
  write_file(folder / "out", "earlier");
  const RunOptions full{.file_size_limit = 300};
  run_badly({"export", folder / "x.json", "--to", "otlp", "-o", folder / "out"}, 1, {"cannot write", "/out"}, full);
  const Ended bench = run({"bench", "--quick", "--no-calibration", "--arch", "scalar", "--filter",
                           "^quantize/tl1/1024$", "--json", folder / "out"},
                          {.file_size_limit = 1000});
  BOOST_TEST(bench.status == 1);
  BOOST_TEST(bench.out.find("quantize/tl1/1024") != std::string::npos, bench.out);  // what was measured is shown
  BOOST_TEST(bench.err == "trilane: cannot write " + (folder / "out") + ": File too large\n");
  run_badly({"compare", folder / "x.json", "/dev/zero"}, 4, {"/dev/zero", "longer than the 1024 MiB"});
  run_badly({"export", folder / "x.json", "--to", "otlp", "-o", "/dev/full"}, 1, {"/dev/full", "No space left"});
  BOOST_TEST(read_file(folder / "out") == "earlier");
  BOOST_TEST(folder.names().size() == 2);
}

BOOST_AUTO_TEST_CASE(expressions_that_are_too_complex) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", changed(good(), "quantize/i2_s/65536", std::string(4000, 'a') + "/b"));
  write_file(folder / "effects.json", R"({"^(a+)+$": 3})");
  run_badly({"compare", "--min-effects", folder / "effects.json", folder / "x.json", folder / "x.json"}, unreadable,
            {"'^(a+)+$'", "too many steps"});
  write_file(folder / "effects.json", R"json({"(?R)": 3})json");
  run_badly({"compare", "--min-effects", folder / "effects.json", folder / "x.json", folder / "x.json"}, unreadable,
            {"effects.json", "regular expression"});
}

BOOST_AUTO_TEST_SUITE_END()
